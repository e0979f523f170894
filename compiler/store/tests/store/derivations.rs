use std::fs;

use plc_store::{DerivationHash, Store, StoreError};

use crate::support::{assert_good, derivation, scratch};

fn many(count: usize) -> Vec<(DerivationHash, Vec<u8>)> {
    (0..count).map(|index| derivation(&format!("derivation {index}"))).collect()
}

fn packs(store: &Store) -> usize {
    fs::read_dir(store.root().join("derivations")).unwrap().count()
}

#[test]
fn one_pack_for_what_is_new() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let all = many(1000);
    store.put_derivations(&all[..0]).unwrap();
    assert_eq!(packs(&store), 0);
    store.put_derivations(&all[..600]).unwrap();
    assert_eq!(packs(&store), 1);
    store.put_derivations(&all[100..500]).unwrap();
    assert_eq!(packs(&store), 1);
    store.put_derivations(&[&all[..], &all[..]].concat()).unwrap();
    assert_eq!(packs(&store), 2);
    let other = Store::open_read_only(root.path()).unwrap();
    for (hash, bytes) in &all {
        assert_eq!(store.read_derivation(hash).unwrap().as_ref(), Some(bytes));
        assert_eq!(other.read_derivation(hash).unwrap().as_ref(), Some(bytes));
    }
    assert_eq!(store.read_derivation(&derivation("unknown").0).unwrap(), None);
    assert_eq!(store.verify().unwrap().derivations, 1000);
    assert_good(&store);
}

#[test]
fn a_pack_of_another_process_is_seen() {
    let root = scratch();
    let (one, two) = (Store::open(root.path()).unwrap(), Store::open(root.path()).unwrap());
    let (a, b) = (derivation("a"), derivation("b"));
    one.put_derivations(std::slice::from_ref(&a)).unwrap();
    assert_eq!(two.read_derivation(&a.0).unwrap(), Some(a.1.clone()));
    two.put_derivations(&[a.clone(), b.clone()]).unwrap();
    assert_eq!(one.read_derivation(&b.0).unwrap(), Some(b.1));
    assert_eq!(one.verify().unwrap().derivations, 2);
}

#[test]
fn found_by_the_first_digits() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let all = many(500);
    store.put_derivations(&all[..300]).unwrap();
    store.put_derivations(&all[300..]).unwrap();
    for prefix in ["", "0", "ab", "f", "ff", &all[7].0.to_hex()[..12], &all[7].0.to_hex()] {
        let mut expected: Vec<_> =
            all.iter().map(|(hash, _)| *hash).filter(|hash| hash.to_hex().starts_with(prefix)).collect();
        expected.sort();
        assert_eq!(store.find_derivations(prefix).unwrap(), expected, "{prefix:?}");
    }
    for nonsense in ["xyz", "AB", "../", &"0".repeat(65)] {
        assert!(store.find_derivations(nonsense).unwrap().is_empty());
    }
}

#[test]
fn every_flipped_bit_is_found() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let all = many(2);
    store.put_derivations(&all).unwrap();
    let path = fs::read_dir(root.path().join("derivations")).unwrap().next().unwrap().unwrap().path();
    let good = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        fs::write(&path, &bad).unwrap();
        let store = Store::open_read_only(root.path()).unwrap();
        assert_eq!(store.verify().unwrap().problems.len(), 1, "byte {at}");
        for (hash, bytes) in &all {
            match store.read_derivation(hash) {
                Ok(Some(read)) => assert_eq!(read, *bytes),
                // The index is damaged: the store no longer knows.
                Ok(None) => {}
                Err(error) => {
                    assert!(matches!(&error, StoreError::Damaged { .. }));
                    assert!(error.to_string().contains(&hash.to_hex()));
                    assert!(error.hint().unwrap().contains("--store"));
                }
            }
        }
    }
    for length in 0..good.len() {
        fs::write(&path, &good[..length]).unwrap();
        assert!(
            !Store::open_read_only(root.path()).unwrap().verify().unwrap().problems.is_empty(),
            "{length} bytes"
        );
    }
}

#[test]
fn a_pack_with_a_damaged_index_is_replaced() {
    let root = scratch();
    let all = many(2);
    Store::open(root.path()).unwrap().put_derivations(&all).unwrap();
    let path = fs::read_dir(root.path().join("derivations")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&path).unwrap();
    bytes[30] ^= 1;
    fs::remove_file(&path).unwrap();
    fs::write(&path, bytes).unwrap();
    let store = Store::open(root.path()).unwrap();
    assert_eq!(store.read_derivation(&all[0].0).unwrap(), None);
    store.put_derivations(&all).unwrap();
    assert_eq!(store.read_derivation(&all[0].0).unwrap().as_ref(), Some(&all[0].1));
    assert_good(&store);
}
