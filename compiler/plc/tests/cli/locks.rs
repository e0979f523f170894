//! `plc lock`: what stays, what moves, what is told of it, and whether a lock is up to date.

use std::fs;

use serde_json::{Value, json};

use crate::{
    archive::{Archive, DATE, Package},
    fixture::architecture,
    support::{Place, Ran},
};

/// Two hosts, of which the second is a variant's only.
pub(crate) const ENV: &str = r#"//! Two hosts.

archive tiny = apt {
  suites     = ["tiny", "tiny-security"]
  components = ["main"]
  signed_by  = "archive.asc"
  mirror     = "archive"
}

/// Serves.
component Web {
  /// What it is made of.
  param parts: List<String> = ["web"]

  package parts
}

/// The environment.
environment small {
  base = tiny
  host front { run web = Web }
  host back { run web = Web { parts = ["other"] } }
}

/// Here.
profile local of small { }
"#;

const LATER: u64 = DATE + 86_400;

fn packages(version: &str) -> [Package; 4] {
    [
        Package::new("base-files", version).essential(),
        Package::new("web", version).depends("lib"),
        Package::new("lib", version),
        Package::new("other", version).depends("lib"),
    ]
}

fn suite(name: &str, date: u64, packages: impl IntoIterator<Item = Package>) -> Archive {
    let mut archive = Archive::new(name).date(date);
    architecture().clone_into(&mut archive.architecture);
    archive.packages.extend(packages);
    archive
}

/// A place with the archive as it was first, and a lock of that.
pub(crate) fn place() -> Place {
    let place = Place::new();
    place.write("env.pl", ENV);
    suite("tiny", DATE, packages("1")).write(&place.path("archive"));
    suite("tiny-security", DATE, []).write(&place.path("archive"));
    place.run(["lock"], 0);
    place
}

/// Everything is newer, and `lib` once more in the security suite.
pub(crate) fn move_on(place: &Place) {
    suite("tiny", LATER, packages("2")).write(&place.path("archive"));
    suite("tiny-security", LATER + 1, [Package::new("lib", "2.1")]).write(&place.path("archive"));
}

/// `name from → to` of what a run with `--json` has told.
fn told(ran: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    let changes = ran["changes"].as_array().unwrap().iter();
    changes.map(|c| format!("{} {} → {}", text(&c["package"]), text(&c["from"]), text(&c["to"]))).collect()
}

fn lock(place: &Place, further: &[&str]) -> Vec<String> {
    told(&place.run([&["lock", "--json"], further].concat(), 0).json())
}

#[test]
fn what_is_locked_stays_and_no_archive_is_asked() {
    let place = place();
    let first = place.read("env.lock");
    move_on(&place);
    assert_eq!(lock(&place, &[]), [""; 0]);
    assert_eq!(place.read("env.lock"), first);
    fs::remove_dir_all(place.path("archive")).unwrap();
    assert_eq!(place.run(["lock", "--offline"], 0).out.lines().next(), Some("no package changed"));
    // What has to be asked cannot be.
    let ran = place.run(["lock", "--offline", "--update"], 2);
    assert!(ran.err.contains("`--offline`"), "{}", ran.err);
}

#[test]
fn a_named_package_moves_and_the_others_stay() {
    let place = place();
    move_on(&place);
    assert_eq!(lock(&place, &["--update", "web"]), ["web 1 → 2"]);
    assert_eq!(lock(&place, &["-u", "other", "-u", "lib"]), ["lib 1 → 2.1", "other 1 → 2"]);
    assert_eq!(lock(&place, &["--update"]), ["base-files 1 → 2"]);
    let text = place.read("env.lock");
    assert_eq!(lock(&place, &["--update"]), [""; 0]);
    assert_eq!(place.read("env.lock"), text);
}

#[test]
fn a_further_package_is_locked_upon_what_is_there() {
    let place = place();
    move_on(&place);
    place.edit("env.pl", "[\"other\"]", "[\"other\", \"web\"]");
    // The files of the old versions are only in the pool by now.
    assert_eq!(lock(&place, &[]), [""; 0]);
    let text = place.read("env.lock");
    assert!(text.contains("  wants other\n  wants web\n  package lib\n  package other\n"), "{text}");
    // And the archive is as it was when it was last asked.
    assert!(text.contains("  suite tiny\n    codename tiny\n    date 2025-01-02T00:00:00Z\n"), "{text}");
}

#[test]
fn what_changed_is_told_with_dates_and_the_part_of_the_security_suite() {
    let place = place();
    move_on(&place);
    let ran = place.run(["lock", "--update"], 0);
    assert_eq!(
        ran.out,
        "PACKAGE     BEFORE             NOW\n\
         base-files  1 (2025-01-01)  →  2 (2025-01-02)\n\
         lib         1 (2025-01-01)  →  2.1 (2025-01-02)  security\n\
         other       1 (2025-01-01)  →  2 (2025-01-02)\n\
         web         1 (2025-01-01)  →  2 (2025-01-02)\n\
         4 packages change, 1 of them by a security suite\n\
         tiny tiny of 2025-01-02T00:00:00Z\n\
         tiny tiny-security of 2025-01-02T00:00:01Z\n\
         env.lock: 4 packages\n"
    );
    assert_eq!(ran.err, "");
}

#[test]
fn the_same_is_told_to_programs() {
    let place = place();
    move_on(&place);
    let ran = place.run(["lock", "--update", "--json"], 0).json();
    let lib = &ran["changes"][1];
    let expected = json!({
        "package": "lib", "from": "1", "to": "2.1", "suite": "tiny-security", "security": true,
        "from_date": "2025-01-01T00:00:00Z", "to_date": "2025-01-02T00:00:01Z",
    });
    assert_eq!(*lib, expected);
    assert_eq!((&ran["changed"], &ran["written"]), (&json!(true), &json!(true)));
}

#[test]
fn a_dry_run_tells_and_writes_nothing() {
    let place = place();
    move_on(&place);
    let first = place.read("env.lock");
    let ran = place.run(["lock", "--update", "--dry-run"], 0);
    assert!(ran.out.contains("web         1 (2025-01-01)  →  2 (2025-01-02)\n"), "{}", ran.out);
    assert!(ran.out.ends_with("env.lock: 4 packages, not written\n"), "{}", ran.out);
    let json = place.run(["lock", "--update", "--dry-run", "--json"], 0).json();
    assert_eq!((&json["changed"], &json["written"]), (&json!(true), &json!(false)));
    assert_eq!(place.read("env.lock"), first);
    // Nor a first one.
    fs::remove_file(place.path("env.lock")).unwrap();
    place.run(["lock", "--dry-run"], 0);
    assert!(!place.path("env.lock").exists());
}

#[test]
fn a_name_that_is_not_locked_is_an_error() {
    let place = place();
    let says = |args: &[&str], parts: &[&str]| {
        let Ran { err, .. } = place.run([&["lock"], args].concat(), 2);
        assert!(parts.iter().all(|part| err.contains(part)), "{err}");
    };
    says(&["--update", "wep"], &["`wep` is no package", "help: did you mean `web`?"]);
    says(&["--update", "env.pl"], &["help: a description goes first: `plc lock env.pl --update`"]);
    fs::remove_file(place.path("env.lock")).unwrap();
    says(&["--update", "web"], &["nothing is locked yet", "help: leave out `--update`"]);
}

#[test]
fn a_check_says_whether_the_lock_is_what_is_asked_for() {
    let place = place();
    fs::remove_dir_all(place.path("archive")).unwrap();
    let check = |code: i32| place.run(["lock", "--check"], code);
    assert_eq!(check(0).out, "env.lock is what the description asks for\n");
    let good = place.read("env.lock");

    place.edit("env.pl", "[\"other\"]", "[\"other\", \"web\"]");
    let ran = check(1);
    let expected = "lacks what host `back` asks for: `other`, `web`\nhas too much: what host `back` asked for: `other`\n";
    assert_eq!(ran.out, expected);
    assert!(ran.err.contains("note: `plc lock` makes it what the description asks for"), "{}", ran.err);
    let json = place.run(["lock", "--check", "--json"], 1).json();
    assert_eq!((&json["fits"], json["lacking"].as_array().unwrap().len()), (&json!(false), 1));

    place.write("env.pl", &ENV.replace("[\"tiny\", \"tiny-security\"]", "[\"tiny\"]"));
    let ran = check(1);
    assert!(ran.out.contains("archive `tiny` as it is described now"), "{}", ran.out);
    place.write("env.pl", &ENV.replace("  host back { run web = Web { parts = [\"other\"] } }\n", ""));
    assert_eq!(check(1).out, "has too much: what host `back` asked for: `other`\n");

    assert_eq!(place.read("env.lock"), good, "nothing is written");

    // What a merge has left behind.
    place.write("env.pl", ENV);
    let web = good.split("\n\n").find(|block| block.starts_with("package web")).unwrap().trim_end();
    place.write("env.lock", &format!("{good}\n{}\n", web.replace("package web", "package zope")));
    assert_eq!(check(1).out, "has too much: package `zope` 1\n");
    place.run(["lock"], 0);
    assert_eq!(place.read("env.lock"), good);
    fs::remove_file(place.path("env.lock")).unwrap();
    let ran = check(2);
    assert!(ran.err.contains("there is no lock") && ran.err.contains("help: "), "{}", ran.err);
}

/// As git leaves a lock that two branches have changed.
fn conflict(ours: &str, theirs: &str) -> String {
    let same = ours.lines().zip(theirs.lines()).take_while(|(a, b)| a == b).count();
    let (ours, theirs): (Vec<_>, Vec<_>) = (ours.lines().collect(), theirs.lines().collect());
    let lines = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let (begin, ours, theirs) = (lines(&ours[..same]), lines(&ours[same..]), lines(&theirs[same..]));
    format!("{begin}<<<<<<< HEAD\n{ours}||||||| base\nnothing\n=======\n{theirs}>>>>>>> theirs\n")
}

#[test]
fn a_merge_is_settled_by_making_the_lock_again() {
    let place = place();
    let older = place.read("env.lock");
    move_on(&place);
    lock(&place, &["--update", "web"]);
    let newer = place.read("env.lock");
    for text in [conflict(&older, &newer), conflict(&newer, &older)] {
        place.write("env.lock", &text);
        for args in [vec!["build", "--offline"], vec!["lock", "--check"]] {
            let ran = place.run(args, 2);
            assert!(ran.err.contains("a merge conflict is not settled here"), "{}", ran.err);
            assert!(
                ran.err.contains("help: a lock is not edited: make it again with `plc lock`"),
                "{}",
                ran.err
            );
        }
        assert_eq!(place.read("env.lock"), text);
        let ran = place.run(["lock"], 0);
        assert!(ran.err.contains("note: settled: "), "{}", ran.err);
        assert_eq!(place.read("env.lock"), newer);
    }
    // Neither side is older than what the other has seen.
    place.write("env.lock", &conflict(&older, &newer));
    fs::remove_dir_all(place.path("archive")).unwrap();
    suite("tiny", DATE, packages("1")).write(&place.path("archive"));
    suite("tiny-security", DATE, []).write(&place.path("archive"));
    let ran = place.run(["lock", "--update"], 3);
    assert!(ran.err.contains("but was dated 2025-01-02T00:00:00Z when the lock was made"), "{}", ran.err);
}
