use std::{fs, io::Write};

use plc_store::{BlobDigest, Object, Output, Realisation, Store, StoreError};

use crate::support::{assert_good, derivation, put_tree, realisation, resolved, scratch};

#[test]
fn every_kind_is_read_back_by_another_process() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let tree = put_tree(&store, b"tree").unwrap();
    let layer = put_tree(&store, b"layer").unwrap();
    let blob = store.put_blob(b"blob").unwrap();
    let all = [
        realisation("plain", tree),
        Realisation { layers: vec![layer, tree], ..realisation("layered", tree) },
        Realisation { output: Output::Blob { digest: blob, size: 4 }, ..realisation("blob", tree) },
    ];
    store.commit(&all).unwrap();
    let other = Store::open_read_only(root.path()).unwrap();
    for one in &all {
        assert_eq!(other.realisation(&one.resolved).unwrap().as_ref(), Some(one));
        assert_eq!(other.realised(&one.derivation).unwrap().as_ref(), Some(one));
    }
    assert_eq!(other.realisation(&resolved("unknown")).unwrap(), None);
    assert_eq!(other.realised(&derivation("unknown").0).unwrap(), None);
    assert_eq!(other.verify().unwrap().realisations, 3);
}

#[test]
fn the_latest_wins_and_nothing_is_said_twice() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let (one, two) = (put_tree(&store, b"1").unwrap(), put_tree(&store, b"2").unwrap());
    let old = realisation("a", one);
    let new = Realisation { resolved: resolved("changed inputs"), ..realisation("a", two) };
    let other = Store::open(root.path()).unwrap();
    store.commit(std::slice::from_ref(&old)).unwrap();
    assert_eq!(other.realised(&old.derivation).unwrap(), Some(old.clone()));
    store.commit(std::slice::from_ref(&new)).unwrap();
    assert_eq!(store.realised(&old.derivation).unwrap(), Some(new.clone()));
    assert_eq!(store.realisation(&old.resolved).unwrap(), Some(old.clone()));
    let log = root.path().join("realisations/log");
    let length = fs::metadata(&log).unwrap().len();
    store.commit(std::slice::from_ref(&new)).unwrap();
    other.commit(std::slice::from_ref(&new)).unwrap();
    assert_eq!(fs::metadata(&log).unwrap().len(), length);
    // The old one again: the latest for the derivation changes, so it is said.
    store.commit(std::slice::from_ref(&old)).unwrap();
    assert_eq!(store.realised(&old.derivation).unwrap(), Some(old));
}

#[test]
fn what_is_not_there_is_not_recorded() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let tree = put_tree(&store, b"tree").unwrap();
    let nowhere = BlobDigest::from_bytes([7; 32]);
    let made = Realisation { output: Output::Blob { digest: nowhere, size: 1 }, ..realisation("a", tree) };
    let error = store.commit(&[made]).unwrap_err();
    assert!(matches!(error, StoreError::Missing { object: Object::Blob(missing), .. } if missing == nowhere));
    // Another session's pending tree is not there either.
    let other = Store::open(root.path()).unwrap();
    let theirs = put_tree(&other, b"theirs").unwrap();
    assert!(matches!(store.commit(&[realisation("b", theirs)]), Err(StoreError::Missing { .. })));
    assert_eq!(store.verify().unwrap().realisations, 0);
    assert_good(&store);
}

#[test]
fn a_torn_line_is_ignored_and_then_healed() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let tree = put_tree(&store, b"tree").unwrap();
    let (a, b, c) = (realisation("a", tree), realisation("b", tree), realisation("c", tree));
    store.commit(&[a.clone(), b.clone()]).unwrap();
    let log = root.path().join("realisations/log");
    let whole = fs::read(&log).unwrap();
    let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for cut in first..whole.len() {
        fs::write(&log, &whole[..cut]).unwrap();
        let reader = Store::open_read_only(root.path()).unwrap();
        assert_eq!(reader.realisation(&a.resolved).unwrap(), Some(a.clone()));
        assert_eq!(reader.realisation(&b.resolved).unwrap(), None);
        assert_good(&reader);
        if cut % 50 == 0 {
            let writer = Store::open(root.path()).unwrap();
            writer.commit(std::slice::from_ref(&c)).unwrap();
            assert_eq!(reader.realisation(&c.resolved).unwrap(), Some(c.clone()));
            assert_eq!(reader.realisation(&b.resolved).unwrap(), None);
            assert_eq!(writer.verify().unwrap().realisations, 2);
            assert_good(&writer);
        }
    }
    // A tail that is longer than one piece of the search for the last end of a line.
    fs::write(&log, [&whole[..], &[b'x'; 10_000]].concat()).unwrap();
    let writer = Store::open(root.path()).unwrap();
    writer.commit(std::slice::from_ref(&c)).unwrap();
    assert_eq!(writer.verify().unwrap().realisations, 3);
    assert_good(&writer);
}

#[test]
fn a_damaged_line_costs_itself_only() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let tree = put_tree(&store, b"tree").unwrap();
    let all = ["a", "b", "c"].map(|name| realisation(name, tree));
    store.commit(&all).unwrap();
    let log = root.path().join("realisations/log");
    let whole = fs::read(&log).unwrap();
    let line = whole.len() / 3;
    for at in (line..2 * line).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(&log, &damaged).unwrap();
        let reader = Store::open_read_only(root.path()).unwrap();
        assert_eq!(reader.realisation(&all[0].resolved).unwrap().as_ref(), Some(&all[0]));
        assert_eq!(reader.realisation(&all[1].resolved).unwrap(), None);
        assert_eq!(reader.realisation(&all[2].resolved).unwrap().as_ref(), Some(&all[2]));
        assert_eq!(reader.verify().unwrap().problems.len(), 1);
    }
}

#[test]
fn an_old_latest_of_a_damaged_log_does_not_stand_in_the_way() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let tree = put_tree(&store, b"tree").unwrap();
    let made = realisation("a", tree);
    fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(root.path().join("realisations/log"))
        .unwrap()
        .write_all(b"\0\0\0\0\nnonsense\n\n")
        .unwrap();
    store.commit(std::slice::from_ref(&made)).unwrap();
    assert_eq!(Store::open_read_only(root.path()).unwrap().realisation(&made.resolved).unwrap(), Some(made));
    assert_eq!(store.verify().unwrap().problems.len(), 3);
}

#[test]
fn a_log_that_was_taken_away_is_begun_again() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let tree = put_tree(&store, b"tree").unwrap();
    store.commit(&[realisation("a", tree)]).unwrap();
    fs::remove_file(root.path().join("realisations/log")).unwrap();
    store.commit(&[realisation("b", tree)]).unwrap();
    assert!(store.realisation(&resolved("b")).unwrap().is_some());
    assert_good(&store);
}
