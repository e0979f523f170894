use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
};

use plc_store::{Store, StoreError};

use crate::support::{assert_good, files, put_tree, realisation, scratch};

#[test]
fn a_new_store_is_its_owners_only() {
    let above = scratch();
    let root = above.path().join("deep/store");
    let store = Store::open(&root).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&root), 0o700);
    assert_eq!(mode(&store.checkouts()), 0o700);
    assert_eq!(mode(&root.join("tmp")), 0o700);
    assert_eq!(mode(store.session()), 0o700);
    assert_eq!(fs::read_to_string(root.join("version")).unwrap(), "plc store 2\n");
    assert!(store.root().is_absolute());
    assert_good(&store);
}

#[test]
fn a_session_goes_with_its_store() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let session = store.session().to_owned();
    store.put_blob(b"never committed").unwrap();
    fs::create_dir(session.join("scratch")).unwrap();
    drop(store);
    assert!(!session.exists());
    assert!(files(root.path()).iter().all(|file| file.ends_with("version")));
}

#[test]
fn a_helper_writes_into_the_session_and_leaves_it() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let helper = Store::join(root.path(), store.session()).unwrap();
    assert_eq!(helper.session(), store.session());
    let tree = put_tree(&helper, b"from the helper").unwrap();
    drop(helper);
    assert!(store.has_tree(&tree));
    store.commit(&[realisation("a", tree)]).unwrap();
    let helper = Store::join(root.path(), store.session()).unwrap();
    let tree = put_tree(&store, b"from the owner").unwrap();
    assert!(helper.has_tree(&tree));
    helper.commit(&[realisation("b", tree)]).unwrap();
    assert!(store.realisation(&realisation("b", tree).resolved).unwrap().is_some());
    assert_good(&store);
}

#[test]
fn what_is_no_session_is_not_joined() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let session = store.session().to_owned();
    for path in [root.path(), &root.path().join("tmp/none"), &session.join("incoming")] {
        assert!(matches!(Store::join(root.path(), path), Err(StoreError::NoSession { .. })), "{path:?}");
    }
    drop(store);
    assert!(matches!(Store::join(root.path(), &session), Err(StoreError::NoSession { .. })));
}

#[test]
fn leftovers_are_swept_and_running_sessions_are_not() {
    let root = scratch();
    let running = Store::open(root.path()).unwrap();
    let blob = running.put_blob(b"pending").unwrap();
    let tmp = root.path().join("tmp");
    fs::create_dir_all(tmp.join("session-dead/pending/blobs")).unwrap();
    fs::write(tmp.join("session-dead/pending/blobs/x"), b"").unwrap();
    fs::write(tmp.join("stray"), b"").unwrap();
    symlink(root.path(), tmp.join("link")).unwrap();
    let store = Store::open(root.path()).unwrap();
    assert_eq!(store.leftovers(), &[] as &[std::path::PathBuf]);
    assert_eq!(fs::read_dir(&tmp).unwrap().count(), 2);
    assert!(running.has_blob(&blob));
    running.commit(&[]).unwrap();
    assert!(store.has_blob(&blob));
}

#[test]
fn somebody_elses_directory_is_no_store() {
    let root = scratch();
    fs::write(root.path().join("letter.txt"), b"dear").unwrap();
    let error = Store::open(root.path()).err().unwrap();
    assert!(matches!(&error, StoreError::NotAStore { found, .. } if found == "letter.txt"), "{error}");
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
}

#[test]
fn another_version_is_refused() {
    let root = scratch();
    drop(Store::open(root.path()).unwrap());
    let version = root.path().join("version");
    fs::remove_file(&version).unwrap();
    fs::write(&version, "plc store 3\n").unwrap();
    for opened in [Store::open(root.path()), Store::open_read_only(root.path())] {
        let error = opened.err().unwrap();
        assert!(matches!(&error, StoreError::Version { found, .. } if found == "plc store 3"), "{error}");
    }
}

#[test]
fn a_half_made_store_is_finished() {
    let root = scratch();
    drop(Store::open(root.path()).unwrap());
    fs::remove_file(root.path().join("version")).unwrap();
    fs::remove_dir(root.path().join("trees/7f")).unwrap();
    let store = Store::open(root.path()).unwrap();
    assert!(root.path().join("trees/7f").is_dir());
    assert!(root.path().join("version").is_file());
    assert_good(&store);
}

#[test]
fn an_empty_directory_that_was_tidied_away_is_made_again() {
    let root = scratch();
    let store = Store::open(root.path()).unwrap();
    let blob = store.put_blob(b"content").unwrap();
    fs::remove_dir(root.path().join("blobs").join(&blob.to_hex()[..2])).unwrap();
    store.commit(&[]).unwrap();
    assert!(store.has_blob(&blob));
    assert_good(&store);
}

#[test]
fn reading_changes_nothing() {
    let root = scratch();
    assert!(matches!(Store::open_read_only(&root.path().join("none")), Err(StoreError::NoStore { .. })));
    assert!(matches!(Store::open_read_only(root.path()), Err(StoreError::NoStore { .. })));
    let store = Store::open(root.path()).unwrap();
    let tree = put_tree(&store, b"content").unwrap();
    let made = realisation("a", tree);
    store.commit(std::slice::from_ref(&made)).unwrap();
    drop(store);

    let store = Store::open_read_only(root.path()).unwrap();
    assert_eq!(fs::read_dir(root.path().join("tmp")).unwrap().count(), 0);
    assert_eq!(store.realisation(&made.resolved).unwrap(), Some(made.clone()));
    assert!(store.read_tree(&tree).is_ok());
    assert_good(&store);
    assert!(!store.session().exists());
    assert!(store.put_blob(b"content").is_ok());
    let refused = |result: plc_store::Result<()>| assert!(matches!(result, Err(StoreError::ReadOnly { .. })));
    refused(store.put_blob(b"new").map(drop));
    refused(store.blob_writer().map(drop));
    refused(store.commit(std::slice::from_ref(&made)));
    refused(store.put_derivations(&[crate::support::derivation("a")]));
    refused(store.add_root("a", &made.derivation));
    refused(store.remove_root("a").map(drop));
}

#[test]
fn any_directory_that_was_tidied_away_is_made_again() {
    let root = crate::support::scratch();
    drop(plc_store::Store::open(root.path()).unwrap());
    let mut empty = Vec::new();
    for entry in std::fs::read_dir(root.path()).unwrap() {
        // Those that are not empty stay.
        let path = entry.unwrap().path();
        if std::fs::remove_dir(&path).is_ok() {
            empty.push(path);
        }
    }
    assert!(empty.contains(&root.path().join("tmp")), "{empty:?}");
    drop(plc_store::Store::open(root.path()).unwrap());
    assert!(empty.iter().all(|path| path.is_dir()));
}
