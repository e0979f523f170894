//! On small archives made here.

use std::{cell::RefCell, fs, time::Duration};

use plc_lang::source::Span;
use plc_plan::{
    lock::ClosureOf,
    request::{PackageRequest, Want},
};
use tempfile::TempDir;

use super::*;
use crate::debian::{
    deb,
    fixture::{self, Compression, DATE, Fault, Key, Package},
    trust::keyring_file,
};

mod keep;
mod mirrors;
mod real;

const DAY: u64 = 86_400;

/// A project with an archive in it.
struct Project {
    directory: TempDir,
    archive: Archive,
    /// Archives that nothing is asked of.
    others: Vec<Archive>,
    /// The mirror that is asked first.
    first: Option<String>,
    snapshot: Option<String>,
    max_age: Option<Duration>,
    /// Mirrors that were passed over.
    passed: RefCell<Vec<String>>,
}

fn small(suite: &str) -> fixture::Archive {
    fixture::Archive::new(suite)
        .package(Package::new("base-files", "1").essential())
        .package(Package::new("web", "1.0").depends("lib (>= 2)"))
        .package(
            Package::new("lib", "2.0").architecture("amd64").compression(Compression::Xz, Compression::Zstd),
        )
}

impl Project {
    fn new(written: &fixture::Archive) -> Self {
        let directory = tempfile::tempdir().unwrap();
        written.write(&directory.path().join("archive"));
        let mut archive = debian(&[&written.suite]);
        archive.signed_by = "archive.asc".into();
        archive.mirror = Some("archive".into());
        let (others, first, snapshot, max_age, passed) = Default::default();
        Self { directory, archive, others, first, snapshot, max_age, passed }
    }

    fn lock(&self, wants: &[&str], at: u64, previous: Option<&Lock>) -> Result<Lock, String> {
        self.make(&[("web", wants)], at, previous, false, Update::Everything)
    }

    /// From the archives as they were for another lock, where that is still to be had.
    fn as_before(&self, wants: &[&str], at: u64, before: &Lock) -> Result<Lock, String> {
        self.make(&[("web", wants)], at, Some(before), true, Update::Everything)
    }

    fn make(
        &self,
        hosts: &[(&str, &[&str])],
        at: u64,
        previous: Option<&Lock>,
        as_before: bool,
        update: Update<'_>,
    ) -> Result<Lock, String> {
        let path = self.directory.path();
        let explicit = self.first.clone();
        let (snapshot, project) = (self.snapshot.clone(), path.to_owned());
        let mirrors = Mirrors { explicit, snapshot, project, ..Mirrors::default() };
        let fetcher = Fetcher::default();
        let cache = path.join("cache");
        let machine = Machine {
            fetcher: &fetcher,
            mirrors: &mirrors,
            keyring: &|name| keyring_file(name, path),
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(at),
            cache: Some(&cache),
            architecture: "amd64",
            controls: &|packages| self.controls(packages),
            progress: &|event| {
                if let Event::PassedOver { failure, .. } = event {
                    self.passed.borrow_mut().push(failure.to_string());
                }
            },
        };
        let archives = [std::slice::from_ref(&self.archive), &self.others[..]].concat();
        let asked: Vec<Asked> = hosts.iter().map(|(name, wants)| host(name, wants)).collect();
        let (archives, asked, accept_expired) = (&archives, &asked, false);
        let request = LockRequest {
            archives,
            asked,
            previous,
            as_before,
            update,
            accept_expired,
            max_age: self.max_age,
        };
        make_lock(&request, &machine).map_err(|error| error.to_string())
    }

    /// Of what the archive's pool has, whatever its indices say.
    fn controls(&self, packages: &[&LockedPackage]) -> BTreeMap<String, Control> {
        let control = |package: &&LockedPackage| {
            let deb = fs::read(self.directory.path().join("archive").join(&package.file.path)).ok()?;
            assert_eq!(fixture::sha256(&deb), package.file.sha256);
            Some((package.file.sha256.clone(), deb::control_of(&*deb).unwrap()))
        };
        packages.iter().filter_map(control).collect()
    }
}

#[test]
fn a_lock_says_what_was_picked_and_who_vouches_for_it() {
    let project = Project::new(&small("stable"));
    let lock = project.lock(&["web"], DATE, None).unwrap();
    let text = lock.write();
    assert_eq!(Lock::parse(&text).unwrap(), lock);
    let signer = Key::archive().fingerprint();
    let head = format!(
        "plc lock 1\n\narchive debian\n  components main\n  signed-by archive.asc\n  suite stable\n    codename stable\n    \
         date 2025-01-01T00:00:00Z\n    signer {signer}\n\nbase debian\n  package base-files\n\n\
         host web\n  wants web\n  package lib\n  package web\n\npackage base-files\n"
    );
    assert!(text.starts_with(&head), "{text}");
    let found = lock.packages.iter().find(|package| package.key.name == "lib").unwrap();
    let deb = fs::read(project.directory.path().join("archive").join(&found.file.path)).unwrap();
    assert_eq!((found.file.sha256.clone(), found.file.size), (fixture::sha256(&deb), deb.len() as u64));
}

#[test]
fn the_same_archive_gives_the_same_lock() {
    let first = Project::new(&small("stable")).lock(&["web"], DATE, None).unwrap();
    let project = Project::new(&small("stable"));
    assert_eq!(project.lock(&["web"], DATE + DAY, None).unwrap(), first);
    // The second time from the cache.
    assert_eq!(project.lock(&["web", "web"], DATE, None).unwrap(), first);
}

#[test]
fn a_broken_cache_is_not_believed() {
    let project = Project::new(&small("stable"));
    let lock = project.lock(&["web"], DATE, None).unwrap();
    for entry in fs::read_dir(project.directory.path().join("cache")).unwrap() {
        fs::write(entry.unwrap().path(), "Package: evil\n").unwrap();
    }
    assert_eq!(project.lock(&["web"], DATE, None).unwrap(), lock);
}

#[test]
fn an_archive_that_cannot_be_trusted_is_refused() {
    for (fault, reason) in [
        (Fault::Unsigned, "it is not signed"),
        (Fault::WrongKey, "is not in the keyring"),
        (Fault::ExpiredKey, "has expired"),
        (Fault::RevokedKey, "is revoked"),
        (Fault::Altered, "the text was changed after signing"),
        (Fault::Prefix, "text outside of the signed message"),
        (Fault::Suffix, "text outside of the signed message"),
        (Fault::TwoMessages, "text outside of the signed message"),
        (Fault::WrongIndexHash, "its SHA-256 is"),
        (Fault::Expired, "it was valid until 2025-01-08T00:00:00Z"),
        (Fault::FutureDate, "which is in the future"),
        (Fault::OtherSuite, "codename `another`, not of `stable`"),
        (Fault::Md5Only, "no SHA-256"),
        (Fault::PathOutside, "not a path inside the archive"),
        (Fault::Duplicate, "is there twice"),
    ] {
        let project = Project::new(&small("stable").fault(fault));
        let error = project.lock(&["web"], DATE + 30 * DAY, None).unwrap_err();
        assert!(error.contains(reason), "{fault:?}: {error}");
        assert!(!project.directory.path().join("cache").exists() || fault >= Fault::Md5Only, "{fault:?}");
    }
}

#[test]
fn an_archive_may_not_go_back_in_time() {
    let newer = Project::new(&small("stable").date(DATE + DAY)).lock(&["web"], DATE + DAY, None).unwrap();
    let project = Project::new(&small("stable"));
    let error = project.lock(&["web"], DATE + DAY, Some(&newer)).unwrap_err();
    assert!(error.contains("is dated 2025-01-01T00:00:00Z, but was dated 2025-01-02T00:00:00Z"), "{error}");
    let older = project.lock(&["web"], DATE, None).unwrap();
    assert!(Project::new(&small("stable").date(DATE + DAY)).lock(&["web"], DATE + DAY, Some(&older)).is_ok());
}

#[test]
fn an_archive_is_taken_as_it_was_where_that_was_kept() {
    let project = Project::new(&small("stable"));
    let before = project.lock(&["web"], DATE, None).unwrap();
    let newer = small("stable").date(DATE + DAY).package(Package::new("lib", "3.0"));
    newer.write(&project.directory.path().join("archive"));
    let versions = |lock: &Lock| -> Vec<String> {
        lock.packages.iter().map(|package| format!("{} {}", package.key.name, package.key.version)).collect()
    };
    // Long after, without anything of what the archive said then.
    let as_before = project.as_before(&["lib"], DATE + 900 * DAY, &before).unwrap();
    assert_eq!(versions(&as_before), ["base-files 1", "lib 2.0"]);
    assert_eq!(as_before.archives, before.archives);
    let now = project.lock(&["lib"], DATE + 900 * DAY, Some(&before)).unwrap();
    assert_eq!(versions(&now), ["base-files 1", "lib 3.0"]);

    // What was kept is judged like everything else.
    for entry in fs::read_dir(project.directory.path().join("cache")).unwrap().map(Result::unwrap) {
        if entry.file_name().to_string_lossy().starts_with("release-") {
            let text = fs::read_to_string(entry.path()).unwrap();
            fs::write(entry.path(), text.replace("Label: Test", "Label: Tost")).unwrap();
        }
    }
    let instead = project.as_before(&["lib"], DATE + 900 * DAY, &before).unwrap();
    assert_eq!(versions(&instead), ["base-files 1", "lib 3.0"]);
}

#[test]
fn an_archive_may_not_change_hands_unnoticed() {
    let project = Project::new(&small("stable"));
    let mut previous = project.lock(&["web"], DATE, None).unwrap();
    previous.archives[0].suites[0].signers = vec!["0".repeat(40)];
    let error = project.lock(&["web"], DATE, Some(&previous)).unwrap_err();
    assert!(error.contains("none of which signed it"), "{error}");
}

#[test]
fn a_second_suite_brings_newer_versions() {
    let mut project = Project::new(&small("stable"));
    let before = project.lock(&["web"], DATE, None).unwrap();
    let newer =
        fixture::Archive::new("stable-security").package(Package::new("web", "1.1").depends("lib (>= 2)"));
    newer.write(&project.directory.path().join("archive"));
    project.archive.suites.push("stable-security".into());
    let after = project.lock(&["web"], DATE, Some(&before)).unwrap();
    let web = after.packages.iter().find(|package| package.key.name == "web").unwrap();
    assert_eq!((web.key.version.as_str(), &*web.file.suite), ("1.1", "stable-security"));
}

#[test]
fn what_is_missing_is_named() {
    let mut project = Project::new(&small("stable"));
    let error = project.lock(&["wep"], DATE, None).unwrap_err();
    assert!(error.ends_with("did you mean `web`"), "{error}");
    project.archive.components = vec!["contrib".into()];
    let error = project.lock(&["web"], DATE, None).unwrap_err();
    assert!(error.contains("it has no component `contrib` for `amd64`"), "{error}");
    project.archive.signed_by = "elsewhere.asc".into();
    let error = project.lock(&["web"], DATE, None).unwrap_err();
    assert!(error.contains("cannot read keyring `elsewhere.asc` of archive `debian`"), "{error}");
    project.archive.name = "other".into();
    let error = project.lock(&["web"], DATE, None).unwrap_err();
    assert_eq!(error, "host `web` takes packages from archive `debian`, which is not described");
}

#[test]
fn a_keyring_stays_inside_the_project() {
    for name in ["/etc/passwd.asc", "../archive.asc", "keys/../../archive.asc"] {
        assert!(
            keyring_file(name, Path::new(".")).unwrap_err().to_string().contains("stays inside"),
            "{name}"
        );
    }
}

fn debian(suites: &[&str]) -> Archive {
    Archive {
        name: "debian".into(),
        suites: suites.iter().map(|suite| (*suite).to_owned()).collect(),
        components: vec!["main".into()],
        signed_by: "debian-archive-keyring".into(),
        mirror: None,
        span: Span::default(),
    }
}

fn host(name: &str, wants: &[&str]) -> Asked {
    let wants = wants.iter().map(|want| Want::new(*want));
    Asked { by: ClosureOf::Host(name.into()), packages: PackageRequest::new("debian", wants, []) }
}
