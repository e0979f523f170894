use std::thread;

use plc_store::Store;

use crate::support::{assert_good, derivation, put_tree, realisation, scratch};

#[test]
fn a_store_is_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Store>();
}

/// Two processes' worth of stores, each with threads that put the same and other things, read them back at once and
/// commit.
#[test]
fn many_threads_put_read_and_commit() {
    let root = scratch();
    let stores = [Store::open(root.path()).unwrap(), Store::open(root.path()).unwrap()];
    thread::scope(|scope| {
        for (which, store) in stores.iter().enumerate() {
            for thread in 0..4 {
                scope.spawn(move || {
                    for round in 0..25 {
                        let shared = format!("shared {round}");
                        let own = format!("own {which} {thread} {round}");
                        let trees = [&shared, &own].map(|text| put_tree(store, text.as_bytes()).unwrap());
                        assert!(trees.iter().all(|tree| store.has_tree(tree)));
                        assert_eq!(store.read_tree(&trees[0]).unwrap().entries().len(), 2);
                        let made = [realisation(&shared, trees[0]), realisation(&own, trees[1])];
                        store.put_derivations(&[derivation(&shared), derivation(&own)]).unwrap();
                        store.commit(&made).unwrap();
                        assert_eq!(store.realisation(&made[1].resolved).unwrap().as_ref(), Some(&made[1]));
                    }
                });
            }
        }
    });
    assert_good(&stores[0]);
    let report = stores[1].verify().unwrap();
    assert_eq!((report.blobs, report.trees), (225, 225));
    for round in 0..25 {
        assert!(stores[1].read_derivation(&derivation(&format!("own 0 3 {round}")).0).unwrap().is_some());
    }
}

/// A commit moves an object from one of the places where it is looked for to the other.
#[test]
fn what_was_put_is_never_missing() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    thread::scope(|scope| {
        let putting = scope.spawn(|| {
            for number in 0..2000u32 {
                let blob = store.put_blob(&number.to_le_bytes()).unwrap();
                for _ in 0..20 {
                    assert!(store.has_blob(&blob));
                    store.open_blob(&blob).unwrap();
                }
            }
        });
        while !putting.is_finished() {
            store.commit(&[]).unwrap();
        }
    });
}

#[test]
fn many_open_a_new_store_at_once() {
    let root = scratch();
    thread::scope(|scope| {
        for number in 0..8u32 {
            let root = root.path();
            scope.spawn(move || {
                for round in 0..5u32 {
                    let store = Store::open(root).unwrap();
                    let tree = put_tree(&store, &(number * 10 + round).to_le_bytes()).unwrap();
                    store.commit(&[realisation(&format!("{number} {round}"), tree)]).unwrap();
                }
            });
        }
    });
    let store = Store::open_read_only(root.path()).unwrap();
    assert_good(&store);
    assert_eq!(store.verify().unwrap().realisations, 40);
    assert_eq!(std::fs::read_dir(root.path().join("tmp")).unwrap().count(), 0);
}

/// A commit takes along what others are putting: never a tree without the blobs that it names.
#[test]
fn a_tree_is_not_committed_before_its_blobs() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        let putting: Vec<_> = (0..2)
            .map(|thread| {
                let store = &store;
                scope.spawn(move || {
                    for number in 0..800 {
                        put_tree(store, format!("{thread} {number}").as_bytes()).unwrap();
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                store.commit(&[]).unwrap();
                // Another program sees only what is committed.
                let committed = Store::open_read_only(root.path()).unwrap();
                assert_good(&committed);
            }
        });
        for thread in putting {
            thread.join().unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}
