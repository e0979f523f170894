//! The Nth call that changes the disk fails: what was acknowledged stays, nothing half-written has a final name, and
//! the next run succeeds unaided.

use std::{
    io::{self, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use plc_store::{Call, Fault, Realisation, Result, Store, StoreError};
use rustix::io::Errno;

use crate::support::{assert_good, derivation, files, put_tree, realisation, scratch};

/// Fails one call, or all from one on.
struct Failing {
    countdown: AtomicUsize,
    for_ever: bool,
    error: Errno,
    reached: AtomicBool,
    synced: AtomicBool,
}

impl Failing {
    fn new(nth: usize, for_ever: bool, error: Errno) -> Arc<Self> {
        let countdown = AtomicUsize::new(nth);
        Arc::new(Self {
            countdown,
            for_ever,
            error,
            reached: AtomicBool::new(false),
            synced: AtomicBool::new(false),
        })
    }
}

impl Fault for Failing {
    fn before(&self, call: Call, _: &Path) -> io::Result<()> {
        let left = self.countdown.load(Ordering::Relaxed);
        self.countdown.store(left.saturating_sub(1), Ordering::Relaxed);
        if left == 0 || (self.for_ever && self.reached.load(Ordering::Relaxed)) {
            if self.reached.swap(true, Ordering::Relaxed) && !self.for_ever {
                return Ok(());
            }
            self.synced.fetch_or(call == Call::Sync, Ordering::Relaxed);
            return Err(self.error.into());
        }
        Ok(())
    }
}

/// What a small build does; content that no other run has had.
fn work(store: &Store, run: &str, acknowledged: &mut Vec<Realisation>) -> Result<()> {
    store.put_derivations(&[derivation(run), derivation(&format!("{run} second"))])?;
    let tree = put_tree(store, run.as_bytes())?;
    let mut writer = store.blob_writer()?;
    let large = run.as_bytes().repeat(600_000 / run.len());
    writer.write_all(&large).map_err(|source| StoreError::Io {
        action: "write",
        path: "blob".into(),
        source,
    })?;
    writer.finish()?;
    let first = realisation(run, tree);
    store.commit(std::slice::from_ref(&first))?;
    acknowledged.push(first);
    let second = realisation(&format!("{run} second"), put_tree(store, format!("{run} second").as_bytes())?);
    store.commit(std::slice::from_ref(&second))?;
    acknowledged.push(second);
    store.add_root("result", &derivation(run).0)
}

fn check(root: &Path, acknowledged: &[Realisation]) {
    let store = Store::open(root).unwrap();
    assert!(store.leftovers().is_empty());
    assert!(files(&root.join("tmp")).is_empty());
    assert_good(&store);
    for made in acknowledged {
        assert_eq!(store.realisation(&made.resolved).unwrap().as_ref(), Some(made));
    }
}

fn every_call_fails(error: Errno, for_ever: bool) {
    let root = scratch();
    drop(Store::open(root.path()).unwrap());
    let mut acknowledged = Vec::new();
    for nth in 0.. {
        let run = format!("run {nth}");
        let fault = Failing::new(nth, for_ever, error);
        let outcome = Store::open_with_faults(root.path(), fault.clone()).and_then(|store| {
            let outcome = work(&store, &run, &mut acknowledged);
            if outcome.is_err() && fault.synced.load(Ordering::Relaxed) {
                // The system would report success now, and would be wrong.
                assert!(matches!(store.commit(&[]), Err(StoreError::Lost { .. })));
            }
            outcome
        });
        check(root.path(), &acknowledged);
        if !fault.reached.load(Ordering::Relaxed) {
            outcome.unwrap();
            assert!(nth > 30, "only {nth} calls were seen");
            return;
        }
        assert_eq!(outcome.unwrap_err().is_full(), error == Errno::NOSPC, "call {nth}");
        let store = Store::open(root.path()).unwrap();
        work(&store, &run, &mut acknowledged).unwrap();
        drop(store);
        check(root.path(), &acknowledged);
    }
}

#[test]
fn full_once() {
    every_call_fails(Errno::NOSPC, false);
}

#[test]
fn full_for_ever() {
    every_call_fails(Errno::NOSPC, true);
}

#[test]
fn failing_once() {
    every_call_fails(Errno::IO, false);
}

#[test]
fn failing_for_ever() {
    every_call_fails(Errno::IO, true);
}

#[test]
fn making_a_store_fails() {
    for nth in
        [0, 1, 2, 100, 300, 514, 515, 518, 520, 521, 522, 523, 525, 526, 527, 528, 529, 530, 531, 532, 533]
    {
        let root = scratch();
        let fault = Failing::new(nth, false, Errno::NOSPC);
        let opened = Store::open_with_faults(root.path(), fault.clone());
        assert_eq!(opened.is_err(), fault.reached.load(Ordering::Relaxed), "call {nth}");
        drop(opened);
        let store = Store::open(root.path()).unwrap();
        work(&store, "run", &mut Vec::new()).unwrap();
        assert_good(&store);
    }
}

/// A full disk is not a failing one: when there is space again, the same commit succeeds.
#[test]
fn a_commit_is_repeated_when_there_is_space_again() {
    let root = scratch();
    drop(Store::open(root.path()).unwrap());
    struct FullFor(Call, AtomicUsize);
    impl Fault for FullFor {
        fn before(&self, call: Call, path: &Path) -> io::Result<()> {
            let final_name = !path.components().any(|part| part.as_os_str() == "tmp");
            if call == self.0 && final_name && self.1.swap(0, Ordering::Relaxed) == 1 {
                return Err(Errno::NOSPC.into());
            }
            Ok(())
        }
    }
    for call in [Call::Rename, Call::Write] {
        let fault = Arc::new(FullFor(call, AtomicUsize::new(1)));
        let store = Store::open_with_faults(root.path(), fault).unwrap();
        let made =
            realisation(&format!("{call:?}"), put_tree(&store, format!("{call:?}").as_bytes()).unwrap());
        assert!(store.commit(std::slice::from_ref(&made)).unwrap_err().is_full());
        assert_eq!(store.realisation(&made.resolved).unwrap(), None);
        store.commit(std::slice::from_ref(&made)).unwrap();
        assert_eq!(store.realisation(&made.resolved).unwrap(), Some(made));
        assert_good(&store);
    }
}

/// After a failed write nobody knows what is in the file: it never becomes a blob.
#[test]
fn a_writer_does_not_go_on_after_a_failure() {
    let root = scratch();
    drop(Store::open(root.path()).unwrap());
    struct OneWrite(AtomicBool);
    impl Fault for OneWrite {
        fn before(&self, call: Call, _: &Path) -> io::Result<()> {
            if call == Call::Write && self.0.swap(false, Ordering::Relaxed) {
                return Err(Errno::NOSPC.into());
            }
            Ok(())
        }
    }
    let store = Store::open_with_faults(root.path(), Arc::new(OneWrite(AtomicBool::new(true)))).unwrap();
    let mut writer = store.blob_writer().unwrap();
    let error = writer.write_all(&vec![1; 600_000]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert!(writer.finish().is_err());
    store.commit(&[]).unwrap();
    assert_eq!(store.verify().unwrap().blobs, 0);
}

/// Writes down which calls are made, by the names below the root.
struct Recording(std::sync::Mutex<Vec<String>>);

impl Fault for Recording {
    fn before(&self, call: Call, path: &Path) -> io::Result<()> {
        let parts: Vec<_> = path.iter().rev().map(|part| part.to_string_lossy()).collect();
        let place = match parts.iter().position(|part| *part == "blobs" || *part == "trees") {
            Some(at) if !parts.contains(&"tmp".into()) => parts[at].to_string(),
            _ => parts[0].to_string(),
        };
        self.0.lock().unwrap().push(format!("{call:?} {place}"));
        Ok(())
    }
}

/// A power cut cannot be had in a test, so the order of the calls is what is held: the bytes before their names, the
/// names before the realisation.
#[test]
fn a_commit_syncs_in_this_order() {
    let root = scratch();
    let store_name = root.path().file_name().unwrap().to_string_lossy().into_owned();
    drop(Store::open(root.path()).unwrap());
    let recording = Arc::new(Recording(std::sync::Mutex::default()));
    let store = Store::open_with_faults(root.path(), recording.clone()).unwrap();
    let calls = || std::mem::take(&mut *recording.0.lock().unwrap());
    let sync = format!("Sync {store_name}");
    let sync = sync.as_str();

    let made = realisation("a", put_tree(&store, b"content").unwrap());
    assert!(calls().iter().all(|call| !call.starts_with("Sync")));
    store.commit(std::slice::from_ref(&made)).unwrap();
    let log = ["Create log", "Sync realisations", "Write log", "Sync log"];
    assert_eq!(calls(), [&[sync, "Rename blobs", "Rename trees", sync], &log[..]].concat());

    // What another session may have moved, and not synced yet.
    let again = Realisation { resolved: crate::support::resolved("b"), ..made.clone() };
    store.commit(std::slice::from_ref(&again)).unwrap();
    assert_eq!(calls(), [sync, "Create log", "Write log", "Sync log"]);

    // Nothing new.
    store.commit(&[again]).unwrap();
    store.put_blob(b"content").unwrap();
    store.commit(&[]).unwrap();
    assert_eq!(calls(), [] as [&str; 0]);
}

/// An outcome that is there is never looked into again: so it is durable before it has its name.
#[test]
fn an_outcome_that_may_not_last_is_not_shown() {
    struct NoSync;
    impl Fault for NoSync {
        fn before(&self, call: Call, _: &Path) -> io::Result<()> {
            if call == Call::Sync { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }
    }
    let root = scratch();
    let good = Store::open(root.path()).unwrap();
    let tree = put_tree(&good, b"content").unwrap();
    good.commit(&[]).unwrap();
    let place = root.path().join("outcomes").join(tree.to_hex());

    let failing = Store::open_with_faults(root.path(), Arc::new(NoSync)).unwrap();
    assert!(failing.present(&tree).is_err());
    assert!(!place.exists());

    assert_eq!(good.present(&tree).unwrap(), place.canonicalize().unwrap());
    assert_eq!(std::fs::read(place.join("file")).unwrap(), b"content");
}

#[test]
fn a_root_that_is_there_is_not_written_again() {
    let root = scratch();
    drop(Store::open(root.path()).unwrap());
    let recording = Arc::new(Recording(std::sync::Mutex::default()));
    let store = Store::open_with_faults(root.path(), recording.clone()).unwrap();
    let hash = crate::support::derivation("a").0;
    store.add_root("result", &hash).unwrap();
    recording.0.lock().unwrap().clear();
    store.add_root("result", &hash).unwrap();
    assert_eq!(*recording.0.lock().unwrap(), [] as [&str; 0]);
}
