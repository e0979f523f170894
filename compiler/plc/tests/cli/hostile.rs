//! Archives that must be refused, packages that are not what they say, scripts and checks that fail: each with a message
//! that says what is wrong and what to do, the exit code that belongs to it, and a store that goes on working.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    archive::{Archive, Fault, Package},
    fixture::{architecture, archive, build, build_args, built, distribution, place},
    support::{Place, Ran},
};

/// Builds from a mirror, which must fail so, and leaves the store as it was.
fn refused(place: &Place, mirror: &str, code: i32, says: &[&str]) -> Ran {
    let ran = place.run(["build", "env.pl", "--profile", "local", "--mirror", mirror], code);
    let missing: Vec<_> = says.iter().filter(|part| !ran.err.contains(**part)).collect();
    assert!(missing.is_empty(), "{missing:?} not in: {}", ran.err);
    nothing_left(place);
    ran
}

/// No session, no result, nothing half done.
fn nothing_left(place: &Place) {
    let left: Vec<PathBuf> =
        fs::read_dir(place.store().join("tmp")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(!place.path("result-local").exists());
}

/// A copy of the good archive, to be damaged.
fn copy_of_archive(place: &Place) -> PathBuf {
    let copy = place.path("archive");
    let copied = Command::new("cp").arg("-r").arg(&archive().directory).arg(&copy).status().unwrap();
    assert!(copied.success());
    copy
}

fn url(directory: &Path) -> String {
    format!("file://{}", directory.display())
}

#[test]
fn an_archive_that_is_not_to_be_trusted_makes_no_lock() {
    let place = place();
    let cases: [(Fault, &[&str]); 14] = [
        (Fault::Unsigned, &["it is not signed"]),
        (Fault::WrongKey, &["no signature is good", "is not in the keyring"]),
        (Fault::ExpiredKey, &["no signature is good", "has expired"]),
        (Fault::RevokedKey, &["no signature is good", "is revoked"]),
        (Fault::Altered, &["the text was changed after signing"]),
        (Fault::Prefix, &["text outside of the signed message"]),
        (Fault::Suffix, &["text outside of the signed message"]),
        (Fault::TwoMessages, &["text outside of the signed message"]),
        (Fault::WrongIndexHash, &["its SHA-256 is", "instead of"]),
        (Fault::Expired, &["valid until", "--accept-expired"]),
        (Fault::FutureDate, &["2100"]),
        (Fault::OtherSuite, &["`another`", "`tiny`"]),
        (Fault::Md5Only, &["`bait`", "has no SHA-256"]),
        (Fault::PathOutside, &["`bait`", "../../etc/passwd"]),
    ];
    for (fault, says) in cases {
        let directory = place.path(&format!("{fault:?}"));
        let mut bad = Archive::new("tiny").package(Package::new("bait", "1.0")).fault(fault);
        architecture().clone_into(&mut bad.architecture);
        let written = bad.write(&directory);
        fs::copy(&written.keyring, place.path("keyring.asc")).unwrap();
        let ran = refused(&place, &written.url(), 3, &[says, &["help: "]].concat());
        assert_eq!(ran.err.matches("because").count(), 1, "each cause is told once: {}", ran.err);
        assert!(!place.path("env.lock").exists(), "{fault:?}");
    }
    fs::copy(&archive().keyring, place.path("keyring.asc")).unwrap();
    build(&place, &[]);
}

#[test]
fn a_mirror_that_is_gone_is_told() {
    let place = place();
    let gone = place.path("gone");
    refused(
        &place,
        &url(&gone),
        3,
        &["the lock was not made", "gone/dists/tiny/InRelease", "help: ", "`--mirror URL`"],
    );
    fs::remove_file(place.path("keyring.asc")).unwrap();
    refused(&place, &archive().url(), 2, &["keyring.asc", "help: "]);
    fs::copy(&archive().keyring, place.path("keyring.asc")).unwrap();
    place.run(["lock", "env.pl", "--mirror", &archive().url()], 0);
    // With a lock, only the packages are asked for.
    refused(&place, &url(&gone), 3, &["cannot fetch", "gone/pool/main/", "help: try another mirror"]);
    build(&place, &[]);
}

#[test]
fn a_package_of_other_bytes_or_of_another_length_is_refused() {
    let place = place();
    let mirror = copy_of_archive(&place);
    let deb = mirror.join("pool/main/k/keeper/keeper_0.9~rc2-1_all.deb");
    let good = fs::read(&deb).unwrap();
    let mut other = good.clone();
    other[200] ^= 1;
    fs::write(&deb, other).unwrap();
    let says = ["keeper_0.9~rc2-1_all.deb", "its SHA-256 is", "instead of", "help: try another mirror"];
    refused(&place, &url(&mirror), 3, &says);
    fs::write(&deb, &good[..good.len() - 1]).unwrap();
    let bytes = format!("{} bytes instead of {}", good.len() - 1, good.len());
    refused(&place, &url(&mirror), 3, &["keeper_0.9~rc2-1_all.deb", &bytes, "help: try another mirror"]);
    fs::write(&deb, [&good[..], b"more"].concat()).unwrap();
    refused(&place, &url(&mirror), 3, &["keeper_0.9~rc2-1_all.deb", "bytes", "help: try another mirror"]);
    fs::remove_file(&deb).unwrap();
    refused(&place, &url(&mirror), 3, &["keeper_0.9~rc2-1_all.deb", "help: try another mirror"]);
    fs::write(&deb, good).unwrap();
    place.run(["build", "env.pl", "--profile", "local", "--mirror", &url(&mirror)], 0);
}

#[test]
fn another_package_under_the_locked_name_is_refused() {
    let place = place();
    let tool = Package::new("tool", "1.0").file("/usr/bin/tool", 0o755, "#!/bin/sh\n").deb();
    let written = distribution().replace("keeper", tool).write(&place.path("archive"));
    refused(&place, &written.url(), 3, &["`keeper 0.9~rc2-1", "the file is package `tool 1.0"]);
}

#[test]
fn a_hostile_package_writes_nowhere() {
    let place = place();
    let outside = place.path("outside");
    let up = "/..".repeat(40);
    let bad =
        Package::new("keeper", "0.9~rc2-1").file(&format!("{up}{}", outside.display()), 0o644, "caught\n");
    let written = distribution().replace("keeper", bad.deb()).write(&place.path("archive"));
    let ran = refused(&place, &written.url(), 3, &["keeper 0.9~rc2-1", "cannot be a name in a package"]);
    assert!(!outside.exists(), "{}", ran.err);
    // The same store, the good archive.
    fs::remove_file(place.path("env.lock")).unwrap();
    build(&place, &[]);
}

#[test]
fn a_failing_script_is_told_with_package_code_and_log() {
    let place = place();
    place.edit("env.pl", "package \"keeper\"", "package [\"keeper\", \"failing\"]");
    let says = [
        "`packages of failing, keeper`",
        "failing",
        "42",
        "the moon is not there",
        "help: the whole log: `plc log ",
    ];
    let ran = refused(&place, &archive().url(), 3, &says);
    let (_, rest) = ran.err.split_once("`plc log ").unwrap();
    let hash = rest.split('`').next().unwrap();
    let log = place.run(["log", hash], 0).out;
    assert!(log.contains("looking for the moon\nthe moon is not there\n"), "{log}");
    // What does not depend on it is built when asked for.
    let ran = place.run(build_args(&["--keep-going"]), 3);
    assert!(ran.err.contains("the moon is not there"), "{}", ran.err);
    let left = place.run(["plan", "env.pl", "--profile", "local", "--json"], 0).json();
    let left: Vec<_> = left["build"].as_array().unwrap().iter().map(|node| node["name"].clone()).collect();
    assert_eq!(
        left,
        ["packages of failing, keeper", "small.back", "small.back.keeper check keeper", "small@local"],
        "the other hosts are built and checked"
    );
    place.edit("env.pl", "[\"keeper\", \"failing\"]", "\"keeper\"");
    place.run(["lock", "env.pl", "--mirror", &archive().url()], 0);
    build(&place, &[]);
}

#[test]
fn a_failing_check_is_told_with_its_log() {
    let place = built();
    place.edit("env.pl", "\"listen {api.port}\"", "\"listen {api.port + 1}\"");
    let says =
        ["`small.back.keeper check keeper`", "`/usr/sbin/keeper --test` failed: exit status 1", "help: "];
    refused(&place, &archive().url(), 3, &says);
    place.edit("env.pl", "{api.port + 1}", "{api.port}");
    assert_eq!(build(&place, &[])["built"], 0);
}
