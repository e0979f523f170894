//! Several mirrors, and what they may do wrong: one that is down or behind is passed over, and none is believed more than the
//! archive's signature.

use super::*;
use crate::{
    debian::fixture::clear_sign_by,
    fetch::server::{self, Answer, Server},
};

const LATER: u64 = DATE + DAY;

/// Of the archive of a day later.
fn newer() -> fixture::Archive {
    small("stable").date(LATER)
}

/// A project whose own mirror has the archive of a day later, and another archive that is asked first.
fn two(first: &fixture::Archive) -> Project {
    let mut project = Project::new(&newer());
    let directory = project.directory.path().join("first");
    first.write(&directory);
    project.first = Some("first".into());
    project
}

fn lock_at(project: &Project, at: u64, previous: Option<&Lock>) -> Result<String, String> {
    project.lock(&["web"], at, previous).map(|lock| lock.archives[0].suites[0].date.clone())
}

fn path_of(project: &Project, path: &str) -> std::path::PathBuf {
    project.directory.path().join(path)
}

#[test]
fn a_mirror_that_is_down_is_passed_over() {
    let mut project = two(&newer());
    for answer in [Answer::Status(404), Answer::Status(403), Answer::Raw(Vec::new())] {
        let server = Server::new(move |_| answer.clone());
        project.first = Some(server.url());
        assert_eq!(lock_at(&project, LATER, None).unwrap(), "2025-01-02T00:00:00Z");
        assert!(!server.requests().is_empty());
    }
    // That a place has no such suite is not worth a word.
    assert_eq!(project.passed.borrow().len(), 2, "{:?}", project.passed);
    project.archive.mirror = None;
    assert!(lock_at(&project, LATER, None).unwrap_err().contains("cannot fetch"));
}

#[test]
fn a_mirror_that_is_behind_is_passed_over() {
    let newest = Project::new(&newer()).lock(&["web"], LATER, None).unwrap();
    let mut project = two(&small("stable"));
    // Nobody knows that it is.
    assert_eq!(lock_at(&project, LATER, None).unwrap(), "2025-01-01T00:00:00Z");
    assert_eq!(lock_at(&project, LATER, Some(&newest)).unwrap(), "2025-01-02T00:00:00Z");
    let passed = project.passed.borrow().join("");
    assert!(
        passed.contains("it is dated 2025-01-01T00:00:00Z, but was dated 2025-01-02T00:00:00Z"),
        "{passed}"
    );
    project.archive.mirror = None;
    assert!(lock_at(&project, LATER, Some(&newest)).unwrap_err().contains("but was dated"));

    let project = two(&small("stable").fault(Fault::Expired));
    assert_eq!(lock_at(&project, DATE + 8 * DAY, None).unwrap(), "2025-01-02T00:00:00Z");
}

#[test]
fn a_mirror_that_holds_an_archive_back_is_seen_by_its_age() {
    let mut project = two(&small("stable"));
    project.max_age = Some(Duration::from_secs(10 * DAY));
    assert_eq!(lock_at(&project, DATE + 10 * DAY, None).unwrap(), "2025-01-01T00:00:00Z");
    assert_eq!(lock_at(&project, DATE + 11 * DAY, None).unwrap(), "2025-01-02T00:00:00Z");
    let error = lock_at(&project, DATE + 12 * DAY, None).unwrap_err();
    assert!(error.contains("it is dated 2025-01-02T00:00:00Z, more than 10 days ago"), "{error}");
}

#[test]
fn a_mirror_in_the_middle_of_a_change_is_passed_over() {
    let project = two(&newer().fault(Fault::WrongIndexHash));
    assert_eq!(lock_at(&project, LATER, None).unwrap(), "2025-01-02T00:00:00Z");
    assert!(project.passed.borrow()[0].contains("its SHA-256 is"), "{:?}", project.passed);
}

#[test]
fn what_the_archive_has_not_signed_is_never_papered_over() {
    for fault in [
        Fault::Unsigned,
        Fault::WrongKey,
        Fault::ExpiredKey,
        Fault::RevokedKey,
        Fault::Altered,
        Fault::Prefix,
        Fault::Suffix,
        Fault::TwoMessages,
        Fault::OtherSuite,
    ] {
        let mut project = two(&newer().fault(fault));
        let good = Server::of(path_of(&project, "archive"));
        project.archive.mirror = Some(good.url());
        let error = lock_at(&project, LATER, None).unwrap_err();
        assert!(error.contains("its Release file is refused"), "{fault:?}: {error}");
        assert!(good.requests().is_empty(), "{fault:?}: another mirror makes it good");
        // The same the other way round: what comes second is judged as the first is.
        std::fs::remove_file(path_of(&project, "first/dists/stable/Release")).unwrap();
        project.first = Some("nowhere".into());
        project.archive.mirror = Some("first".into());
        let error = lock_at(&project, LATER, None).unwrap_err();
        assert!(error.contains("its Release file is refused"), "{fault:?}: {error}");
    }
}

#[test]
fn keys_count_for_their_own_archive_only() {
    let mut project = Project::new(&newer());
    fixture::Archive::new("other").fault(Fault::WrongKey).date(LATER).write(&path_of(&project, "other"));
    let mut other = debian(&["other"]);
    (other.name, other.mirror) = ("other".into(), Some("other".into()));
    fs::write(path_of(&project, "stranger.asc"), Key::stranger().armored()).unwrap();
    other.signed_by = "stranger.asc".into();
    project.others = vec![other.clone()];
    assert!(project.lock(&["web"], LATER, None).is_ok());
    // The key that is good for the first archive is not for this one, nor the other way round.
    project.others[0].signed_by = "archive.asc".into();
    let error = project.lock(&["web"], LATER, None).unwrap_err();
    assert!(error.contains("archive `other`") && error.contains("is not in the keyring"), "{error}");
    project.others = vec![other];
    project.archive.signed_by = "stranger.asc".into();
    let error = project.lock(&["web"], LATER, None).unwrap_err();
    assert!(error.contains("archive `debian`") && error.contains("is not in the keyring"), "{error}");
}

#[test]
fn a_new_key_comes_with_the_old_ones_consent() {
    let (old, new) = (Key::archive(), Key::stranger());
    let project = Project::new(&newer());
    let before = project.lock(&["web"], LATER, None).unwrap();
    fs::write(path_of(&project, "archive.asc"), format!("{}\n{}", old.armored(), new.armored())).unwrap();
    let signed = path_of(&project, "archive/dists/stable/InRelease");
    let release = fs::read_to_string(path_of(&project, "archive/dists/stable/Release")).unwrap();
    fs::write(&signed, new.clear_sign(&release, LATER)).unwrap();
    let error = lock_at(&project, LATER, Some(&before)).unwrap_err();
    assert!(error.contains("none of which signed it when the lock was made"), "{error}");
    fs::write(&signed, clear_sign_by(&[&old, &new], &release, LATER)).unwrap();
    let both = project.lock(&["web"], LATER, Some(&before)).unwrap();
    let mut signers = [old.fingerprint(), new.fingerprint()];
    signers.sort();
    assert_eq!(both.archives[0].suites[0].signers, signers);
    // From then on the new one is enough.
    fs::write(&signed, new.clear_sign(&release, LATER)).unwrap();
    assert!(lock_at(&project, LATER, Some(&both)).is_ok());
}

#[test]
fn indices_belong_to_the_release_file_that_names_them() {
    let project = Project::new(&small("stable"));
    let old = path_of(&project, "old");
    let copied =
        std::process::Command::new("cp").arg("-r").arg(path_of(&project, "archive")).arg(&old).status();
    assert!(copied.unwrap().success());
    let mut now = newer();
    now.packages[1] = Package::new("web", "1.1").depends("lib (>= 2)");
    now.write(&path_of(&project, "archive"));
    // The archive of today with the Release file of yesterday: the old index is still there under its hash, and only so.
    let in_release = "dists/stable/InRelease";
    fs::copy(old.join(in_release), path_of(&project, "archive").join(in_release)).unwrap();
    let server = Server::of(path_of(&project, "archive"));
    let mut mixed = project;
    mixed.archive.mirror = Some(server.url());
    let lock = mixed.lock(&["web"], LATER, None).unwrap();
    assert!(lock.packages.iter().any(|package| package.key.version == "1.0"));
    let paths: Vec<String> = server.requests().into_iter().map(|request| request.path).collect();
    assert!(paths[1].contains("/main/binary-amd64/by-hash/SHA256/"), "{paths:?}");
    fs::remove_dir_all(path_of(&mixed, "cache")).unwrap();
    fs::remove_dir_all(path_of(&mixed, "archive/dists/stable/main/binary-amd64/by-hash")).unwrap();
    let error = mixed.lock(&["web"], LATER, None).unwrap_err();
    assert!(error.contains("its SHA-256 is") || error.contains("bytes"), "{error}");
}

#[test]
fn without_by_hash_indices_are_fetched_by_name() {
    let mut archive = newer();
    archive.by_hash = false;
    let mut project = Project::new(&archive);
    let server = Server::of(path_of(&project, "archive"));
    project.archive.mirror = Some(server.url());
    assert!(project.lock(&["web"], LATER, None).is_ok());
    let paths: Vec<String> = server.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/dists/stable/InRelease", "/dists/stable/main/binary-amd64/Packages.gz"]);
}

#[test]
fn a_release_file_with_a_signature_beside_it_is_not_taken() {
    let project = Project::new(&newer());
    let dists = path_of(&project, "archive/dists/stable");
    assert!(dists.join("Release").exists());
    fs::rename(dists.join("InRelease"), dists.join("Release.gpg")).unwrap();
    let error = lock_at(&project, LATER, None).unwrap_err();
    assert!(error.contains("InRelease: not there"), "{error}");
}

#[test]
fn what_is_longer_or_shorter_than_promised_is_left() {
    /// An archive whose indices are changed on their way.
    fn changed(change: fn(Vec<u8>) -> Answer) -> (Project, Server) {
        let mut project = Project::new(&newer());
        let directory = path_of(&project, "archive");
        let server = Server::new(move |request| match server::file(&directory, request) {
            Answer::File(bytes) if request.path.contains("binary-amd64") => change(bytes),
            other => other,
        });
        project.archive.mirror = Some(server.url());
        (project, server)
    }
    let says = |(project, server): (Project, Server), part: &str| {
        let error = lock_at(&project, LATER, None).unwrap_err();
        assert!(error.contains(part), "{error}");
        drop(server);
    };
    let (project, _server) = changed(Answer::File);
    assert!(lock_at(&project, LATER, None).is_ok());
    says(changed(|bytes| Answer::File([bytes, b"x".to_vec()].concat())), "bytes that it may have");
    says(changed(|bytes| Answer::File(bytes[1..].to_vec())), " bytes instead of ");
    says(changed(|_| Answer::Endless), "bytes that it may have");
    let project = Project::new(&newer().fault(Fault::IndexBomb));
    let error = lock_at(&project, LATER, None).unwrap_err();
    assert!(error.contains("it unpacks to more than"), "{error}");
}

#[test]
fn a_release_file_without_end_is_left() {
    let mut project = Project::new(&newer());
    let server = Server::new(|_| Answer::Endless);
    project.archive.mirror = Some(server.url());
    let error = lock_at(&project, LATER, None).unwrap_err();
    assert!(error.contains("more than the 16777216 bytes that it may have"), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn an_archive_is_taken_as_it_was_from_a_snapshot() {
    let mut project = Project::new(&small("stable"));
    let before = project.lock(&["web"], DATE, None).unwrap();
    let versions = |lock: &Lock| -> Vec<String> {
        lock.packages.iter().map(|package| format!("{} {}", package.key.name, package.key.version)).collect()
    };
    // Another machine, long after: nothing was kept, and the mirror has moved on.
    let snapshot = path_of(&project, "20250101T060000Z");
    fs::rename(path_of(&project, "archive"), &snapshot).unwrap();
    newer().package(Package::new("lib", "3.0")).write(&path_of(&project, "archive"));
    fs::remove_dir_all(path_of(&project, "cache")).unwrap();
    let late = DATE + 900 * DAY;
    let now = project.as_before(&["lib"], late, &before).unwrap();
    assert_eq!(versions(&now), ["base-files 1", "lib 3.0"]);
    fs::remove_dir_all(path_of(&project, "cache")).unwrap();
    let server = Server::of(project.directory.path());
    project.snapshot = Some(server.url());
    let then = project.as_before(&["lib"], late, &before).unwrap();
    assert_eq!(versions(&then), ["base-files 1", "lib 2.0"]);
    assert_eq!(then.archives, before.archives);
    // What it has is judged like everything else, but for its age.
    fs::remove_dir_all(path_of(&project, "cache")).unwrap();
    let signed = snapshot.join("dists/stable/InRelease");
    let text = fs::read_to_string(&signed).unwrap();
    fs::write(&signed, text.replace("Label: Test", "Label: Tost")).unwrap();
    let instead = project.as_before(&["lib"], late, &before).unwrap();
    assert_eq!(versions(&instead), ["base-files 1", "lib 3.0"]);
    // And another day's is another state.
    small("stable").date(LATER).write(&snapshot);
    let instead = project.as_before(&["lib"], late, &before).unwrap();
    assert_eq!(versions(&instead), ["base-files 1", "lib 3.0"]);
}
