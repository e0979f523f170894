//! A file system that is really full.

use std::{fs, path::Path, process::Command};

use plc_store::Store;

use crate::support::{assert_good, put_tree, realisation, scratch};

/// A tmpfs that is unmounted with the test.
struct Mounted(tempfile::TempDir);

impl Mounted {
    fn new(options: &str) -> Self {
        let at = scratch();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at.path()).status();
        assert!(mounted.unwrap().success());
        Self(at)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

/// Fills the store until it is full; says how many commits were acknowledged.
fn fill(root: &Path) -> u32 {
    let store = match Store::open(root) {
        Ok(store) => store,
        Err(error) => {
            assert!(error.is_full(), "{error:?}");
            return 0;
        }
    };
    for round in 0.. {
        let content = round.to_string().repeat(3000);
        let made = put_tree(&store, content.as_bytes())
            .and_then(|tree| store.commit(&[realisation(&round.to_string(), tree)]));
        if let Err(error) = made {
            assert!(error.is_full(), "{error:?}");
            assert!(error.hint().unwrap().contains("space"));
            return round;
        }
    }
    unreachable!("a small disk is full at some time")
}

fn check(root: &Path, acknowledged: u32) {
    if !root.join("version").exists() {
        assert_eq!(acknowledged, 0);
        return;
    }
    let store = Store::open_read_only(root).unwrap();
    assert_good(&store);
    assert!(store.verify().unwrap().realisations >= u64::from(acknowledged));
}

#[test]
#[ignore = "needs root to mount a tmpfs"]
fn full_in_bytes() {
    for size in (64..2048).step_by(64) {
        let disk = Mounted::new(&format!("size={size}k"));
        let acknowledged = fill(disk.path());
        check(disk.path(), acknowledged);
        let grown = Command::new("mount").args(["-o", "remount,size=16m"]).arg(disk.path()).status();
        assert!(grown.unwrap().success());
        let store = Store::open(disk.path()).unwrap();
        let tree = put_tree(&store, b"after").unwrap();
        store.commit(&[realisation("after", tree)]).unwrap();
        assert_good(&store);
    }
}

#[test]
#[ignore = "needs root to mount a tmpfs"]
fn full_in_inodes() {
    for inodes in (100..700).step_by(25) {
        let disk = Mounted::new(&format!("size=16m,nr_inodes={inodes}"));
        let acknowledged = fill(disk.path());
        check(disk.path(), acknowledged);
    }
}

#[test]
#[ignore = "needs root to mount a tmpfs"]
fn read_only() {
    let disk = Mounted::new("size=16m");
    let store = Store::open(disk.path()).unwrap();
    let tree = put_tree(&store, b"content").unwrap();
    store.commit(&[realisation("a", tree)]).unwrap();
    drop(store);
    let remounted = Command::new("mount").args(["-o", "remount,ro"]).arg(disk.path()).status();
    assert!(remounted.unwrap().success());
    let error = Store::open(disk.path()).err().unwrap();
    assert!(error.hint().unwrap().contains("--store"), "{error:?}");
    let store = Store::open_read_only(disk.path()).unwrap();
    assert!(store.read_tree(&tree).is_ok());
    assert_good(&store);
    assert!(fs::read_dir(disk.path().join("tmp")).unwrap().next().is_none());
}
