use std::fs;

use plc_store::{Problem, Store, StoreError};

use crate::support::{assert_good, derivation, scratch};

#[test]
fn added_replaced_listed_and_removed() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let (a, b) = (derivation("a").0, derivation("b").0);
    assert_eq!(store.roots().unwrap(), []);
    store.add_root("result-local", &a).unwrap();
    store.add_root("a@1.2+3_x", &a).unwrap();
    store.add_root("result-local", &b).unwrap();
    assert_eq!(store.roots().unwrap(), [("a@1.2+3_x".to_owned(), a), ("result-local".to_owned(), b)]);
    assert!(store.remove_root("a@1.2+3_x").unwrap());
    assert!(!store.remove_root("a@1.2+3_x").unwrap());
    assert_eq!(
        Store::open_read_only(root.path()).unwrap().roots().unwrap(),
        [("result-local".to_owned(), b)]
    );
    assert_good(&store);
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let hash = derivation("a").0;
    for name in ["", ".", "..", ".hidden", "a/b", "../x", "a b", "ä", "a\0b", &"x".repeat(201)] {
        assert!(matches!(store.add_root(name, &hash), Err(StoreError::BadRootName(_))), "{name:?}");
        assert!(matches!(store.remove_root(name), Err(StoreError::BadRootName(_))), "{name:?}");
    }
}

#[test]
fn one_without_a_hash_is_named() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    fs::write(root.path().join("roots/bad"), "what\n").unwrap();
    assert_eq!(store.roots().unwrap(), []);
    assert_eq!(store.verify().unwrap().problems, [Problem::Root("bad".to_owned())]);
}
