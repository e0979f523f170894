//! What builders leave behind is removed whatever it is, and nothing outside is touched.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

use plc_store::Store;
use rustix::fs::{Mode, OFlags};

use crate::support::scratch;

/// A store with a directory of a session that nobody holds.
fn dead_session(root: &Path) -> std::path::PathBuf {
    drop(Store::open(root).unwrap());
    let dead = root.join("tmp/session-dead");
    fs::create_dir(&dead).unwrap();
    dead
}

#[test]
fn modes_do_not_stand_in_the_way() {
    let root = scratch();
    let dead = dead_session(root.path());
    for mode in [0, 0o111, 0o444, 0o555, 0o2000] {
        let directory = dead.join(format!("{mode:o}"));
        fs::create_dir_all(directory.join("below/again")).unwrap();
        fs::write(directory.join("below/file"), b"").unwrap();
        fs::set_permissions(directory.join("below"), Permissions::from_mode(mode)).unwrap();
        fs::set_permissions(&directory, Permissions::from_mode(mode)).unwrap();
    }
    fs::set_permissions(&dead, Permissions::from_mode(0o500)).unwrap();
    let store = Store::open(root.path()).unwrap();
    assert!(store.leftovers().is_empty(), "{:?}", store.leftovers());
    assert!(!dead.exists());
}

#[test]
fn links_are_not_followed() {
    let (root, outside) = (scratch(), scratch());
    fs::write(outside.path().join("precious"), b"").unwrap();
    fs::set_permissions(outside.path(), Permissions::from_mode(0o500)).unwrap();
    let dead = dead_session(root.path());
    symlink(outside.path(), dead.join("link")).unwrap();
    symlink(outside.path().join("precious"), dead.join("file")).unwrap();
    symlink(&dead, dead.join("loop")).unwrap();
    let store = Store::open(root.path()).unwrap();
    assert!(store.leftovers().is_empty());
    assert!(!dead.exists());
    assert!(outside.path().join("precious").exists());
    assert_eq!(fs::metadata(outside.path()).unwrap().permissions().mode() & 0o777, 0o500);
}

#[test]
fn ten_thousand_directories_deep() {
    let root = scratch();
    let dead = dead_session(root.path());
    let mut at = rustix::fs::open(&dead, OFlags::PATH, Mode::empty()).unwrap();
    for _ in 0..10_000 {
        rustix::fs::mkdirat(&at, "deep-1", Mode::RWXU).unwrap();
        at = rustix::fs::openat(&at, "deep-1", OFlags::PATH | OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
    let store = Store::open(root.path()).unwrap();
    assert!(store.leftovers().is_empty(), "{:?}", store.leftovers());
    assert!(!dead.exists());
}
