//! Writers are killed at any moment; what they had acknowledged is there, and the next one succeeds.

use std::{
    fs,
    io::{Read, Write},
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use plc_store::Store;

use crate::support::{assert_good, derivation, put_tree, realisation, resolved, scratch};

const STORE: &str = "PLC_STORE_TEST_KILLED_WRITER";

/// Not a test, but the writer that is killed: it says on standard error what it has committed.
#[test]
fn writer() {
    let Some(root) = std::env::var_os(STORE) else { return };
    let root = PathBuf::from(root);
    let store = Store::open(&root).unwrap();
    let own = store.session().file_name().unwrap().to_string_lossy().into_owned();
    for round in 0.. {
        let name = format!("{own} {round}");
        let tree = put_tree(&store, name.as_bytes()).unwrap();
        put_tree(&store, &name.as_bytes().repeat(20_000)).unwrap();
        store.put_derivations(&[derivation(&name)]).unwrap();
        store.commit(&[realisation(&name, tree)]).unwrap();
        std::io::stderr().write_all(format!("committed {name}\n").as_bytes()).unwrap();
    }
}

#[test]
fn killed_writers_lose_nothing_that_they_acknowledged() {
    let root = scratch();
    let mut acknowledged = Vec::new();
    for round in 0..20 {
        let children: Vec<_> = (0..2)
            .map(|_| {
                Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", "crash::writer", "--nocapture"])
                    .env(STORE, root.path())
                    .stdout(Stdio::null())
                    .stderr(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        std::thread::sleep(Duration::from_micros(30_000 + round * 1_733));
        for mut child in children {
            child.kill().unwrap();
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            // Killed in the middle of saying it, it has not said it.
            let whole = said.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
            acknowledged
                .extend(whole.filter_map(|line| line.strip_prefix("committed ")).map(ToOwned::to_owned));
            child.wait().unwrap();
        }
        let store = Store::open(root.path()).unwrap();
        assert!(store.leftovers().is_empty());
        assert_eq!(fs::read_dir(root.path().join("tmp")).unwrap().count(), 1);
        assert_good(&store);
        for name in &acknowledged {
            assert!(store.realisation(&resolved(name)).unwrap().is_some(), "{name} is lost");
            assert!(store.read_derivation(&derivation(name).0).unwrap().is_some(), "{name} is lost");
        }
    }
    assert!(!acknowledged.is_empty(), "no writer came so far as to commit");
}
