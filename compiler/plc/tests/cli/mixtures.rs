//! Packages of two suites on one host, packages that are held, and differences of profiles: what is locked, what is built
//! of it, and what is locked only when it is asked for.

use std::{fs, path::PathBuf, sync::OnceLock};

use plc_plan::lock::{Closure, ClosureOf, Lock};

use crate::{
    archive::{Archive, Package, Written},
    fixture::{architecture, distribution, shared},
    support::{Place, Ran, Root},
};

const ENV: &str = include_str!("fixture/mixed.pl");

/// A program that prints its version, and succeeds where it is asked for that one.
fn program(name: &str, version: &str) -> Package {
    let script = format!("#!/bin/sh\necho {version}\n[ -z \"$1\" ] || [ \"$1\" = {version} ]\n");
    Package::new(name, version).file(&format!("/usr/bin/{name}"), 0o755, script)
}

/// The distribution as it is: `db` and its library, of two sources.
fn tiny() -> Archive {
    let mut archive = distribution();
    archive.packages.extend([
        program("db", "1.0").field("Source", "sql").depends("db-core (>= 1), libdb"),
        program("db-core", "1.0").field("Source", "sql"),
        program("libdb", "1.0"),
        program("site", "1.0").depends("libdb"),
        program("stub", "1.0"),
    ]);
    archive
}

/// The next one: its C library goes with no `libc-bin` but its own.
fn next() -> Archive {
    let mut archive = Archive::new("next");
    architecture().clone_into(&mut archive.architecture);
    let renewed =
        distribution().packages.into_iter().filter(|p| ["libc6", "libc-bin"].contains(&p.name.as_str()));
    archive.packages = renewed
        .map(|package| {
            let breaks = if package.name == "libc6" { "libc-bin (<< 2)" } else { "nothing" };
            let mark = format!("/etc/{}-is-new", package.name);
            Package { version: "2.41-1".into(), ..package }
                .field("Breaks", breaks)
                .file(&mark, 0o644, "new\n")
        })
        .collect();
    archive.packages.extend([
        program("db", "2.0").field("Source", "sql").depends("db-core (>= 1), libdb (>= 1)"),
        program("db-core", "2.0").field("Source", "sql"),
        program("libdb", "2.0"),
        program("engine", "2.0").depends("libc6 (>= 2.41)"),
    ]);
    archive
}

/// Both, in one directory.
fn mirror() -> &'static str {
    static WRITTEN: OnceLock<Written> = OnceLock::new();
    static URL: OnceLock<String> = OnceLock::new();
    let written = WRITTEN.get_or_init(|| {
        let directory: PathBuf = shared().join("mixed");
        next().write(&directory);
        tiny().write(&directory)
    });
    URL.get_or_init(|| written.url())
}

fn place() -> Place {
    let place = Place::new();
    mirror();
    fs::copy(shared().join("mixed.asc"), place.path("keyring.asc")).unwrap();
    place.write("env.pl", ENV);
    place
}

fn run(place: &Place, command: &str, further: &[&str], code: i32) -> Ran {
    let mut args = vec![command, "env.pl"];
    if ["build", "lock"].contains(&command) {
        args.extend(["--mirror", mirror()]);
    }
    args.extend(further);
    place.run(args, code)
}

fn build(place: &Place, further: &[&str]) -> serde_json::Value {
    run(place, "build", &[&["--json"], further].concat(), 0).json()
}

fn lock(place: &Place) -> Lock {
    Lock::parse(&place.read("env.lock")).unwrap()
}

/// What a host has beyond its base, as `name version`.
fn shown(closure: &Closure) -> String {
    let keys = closure.packages.iter().map(|key| format!("{} {}", key.name, key.version));
    keys.collect::<Vec<_>>().join(", ")
}

/// `dpkg -l` of a host in one line, but for what is as in the base.
fn installed(place: &Place, result: &serde_json::Value, host: &str) -> String {
    let status = Root::of(&place.store(), result, host).text("var/lib/dpkg/status");
    let packages = status.split("\n\n").filter_map(|stanza| {
        let field = |name: &str| stanza.lines().find_map(|line| line.strip_prefix(name));
        Some((field("Package: ")?, field("Version: ")?))
    });
    let told = packages.filter(|(name, version)| {
        ["db", "db-core", "libdb", "site", "stub", "engine"].contains(name) || version.starts_with("2.41")
    });
    let mut told: Vec<String> = told.map(|(name, version)| format!("{name} {version}")).collect();
    told.sort();
    told.join(", ")
}

#[test]
fn one_lock_has_all_profiles_and_variants() {
    let place = place();
    let ran = run(&place, "lock", &["--json"], 0).json();
    assert!(ran["packages"].as_u64().unwrap() > 15);
    let lock = lock(&place);
    let hosts: Vec<_> = lock
        .closures
        .iter()
        .filter_map(|closure| match &closure.of {
            ClosureOf::Host(name) => Some(format!("{name}: {} → {}", closure.request, shown(closure))),
            ClosureOf::Base(_) | ClosureOf::Tools(_) => None,
        })
        .collect();
    assert_eq!(
        hosts,
        [
            "back: `db` → db 1.0, db-core 1.0, libdb 1.0",
            "front: `site` → libdb 1.0, site 1.0",
            "back: `db` from `next` → db 2.0, db-core 2.0, libdb 1.0",
            "back: `db`, `libc6` held to `next` → db 1.0, db-core 1.0, libdb 1.0",
            "front: `site`, `libc6` held to `next` → libdb 1.0, site 1.0",
            "front: `stub` → stub 1.0",
            "front: `stub`, `libc6` held to `next` → stub 1.0",
        ]
    );
    let text = place.read("env.lock");
    for part in ["\n  wants db from next\n", "\n  pin libc6 from next\n", "\n  base libc6=2.41-1\n"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // And nothing of it is asked for again.
    for selection in [vec!["local"], vec!["ci"], vec!["local", "--variant", "next_db"]] {
        let plan = run(&place, "plan", &[&["--profile"], &selection[..]].concat(), 0);
        assert!(plan.out.contains("environment"), "{}", plan.out);
    }
    let again = run(&place, "lock", &["--json"], 0).json();
    assert_eq!(again["changes"], serde_json::json!([]));
}

#[test]
fn a_variant_is_built_with_what_it_takes_from_elsewhere() {
    let place = place();
    let plain = build(&place, &["--profile", "local"]);
    assert_eq!(installed(&place, &plain, "back"), "db 1.0, db-core 1.0, libdb 1.0");
    assert_eq!(Root::of(&place.store(), &plain, "back").text("etc/db/version"), "1");

    let next = build(&place, &["--profile", "local", "--variant", "next_db", "--locked"]);
    assert_eq!(installed(&place, &next, "back"), "db 2.0, db-core 2.0, libdb 1.0");
    assert_eq!(Root::of(&place.store(), &next, "back").text("etc/db/version"), "2");
    assert_eq!(next["hosts"][1], plain["hosts"][1], "the other host is the same");

    let drift = place.run(["diff", "--json", "env.pl@local", "env.pl@local+next_db"], 1).json();
    let packages = drift["hosts"][0]["packages"].as_array().unwrap();
    let names: Vec<_> = packages.iter().map(|change| change["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["db", "db-core"], "{drift}");

    let ci = build(&place, &["--profile", "ci", "--locked"]);
    assert_eq!(installed(&place, &ci, "front"), "stub 1.0");
    assert_eq!(ci["hosts"][0]["tree"], plain["hosts"][0]["tree"], "what has no double is the same");
}

#[test]
fn a_mixture_that_needs_another_base_is_built_upon_its_own() {
    let place = place();
    let result = build(&place, &["--profile", "local", "--variant", "next_libc"]);
    let both = "libc-bin 2.41-1, libc6 2.41-1";
    assert_eq!(installed(&place, &result, "back"), format!("db 1.0, db-core 1.0, {both}, libdb 1.0"));
    let back = Root::of(&place.store(), &result, "back");
    assert_eq!(
        (back.text("etc/libc6-is-new"), back.line("usr/bin/sh")),
        ("new\n".into(), "0777 0:0 → dash".into())
    );
    let lock = lock(&place);
    let own: Vec<_> = lock.closures.iter().map(|closure| closure.base.len()).collect();
    let base = lock.closures[0].packages.len();
    assert_eq!(own, [0, 0, 0, 0, base, base, 0, base]);
    // Both hosts share the base of the mixture, so it is built once.
    let plan = run(&place, "plan", &["--profile", "ci", "--variant", "next_libc", "--verbose"], 0);
    assert!(!plan.out.contains("mixed base of tiny"), "{}", plan.out);
}

#[test]
fn what_the_command_line_sets_is_locked_once_and_kept() {
    let place = place();
    run(&place, "lock", &[], 0);
    let locked = place.read("env.lock");
    let with = ["--profile", "local", "--with", "back.db.from=next", "--with", "package:libdb=2.0"];
    let further = |more: &[&'static str]| [&with[..], more].concat();

    // Nothing is made where it may not be.
    let ran = run(&place, "build", &further(&["--locked"]), 2);
    for part in [
        "`back` asks for (`db` from `next`, `libdb` held to 2.0 of `tiny` or `next`)",
        "env.lock",
        "`variant`",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    let ran = run(&place, "build", &further(&["--offline"]), 2);
    assert!(
        ran.err.contains("`db` from `next`") && ran.err.contains("`--offline` forbids it"),
        "{}",
        ran.err
    );
    for command in ["plan", "show"] {
        let stage: &[&str] = if command == "show" { &["--stage", "derivations"] } else { &[] };
        let ran = run(&place, command, &further(stage), 2);
        assert!(ran.err.contains("not locked yet") && ran.err.contains("`plc build`"), "{}", ran.err);
    }
    assert!(!place.store().join("locks").exists());
    let judged = ["ci", "--against", "local", "--with", "back.db.from=next", "--with", "package:libdb=2.0"];
    let told = run(&place, "fidelity", &judged, 0).out;
    assert!(told.contains("(without versions: they are not locked)"), "{told}");
    let major = |code| run(&place, "show", &[&["back.db.major"], &with[..]].concat(), code);
    assert!(major(0).out.starts_with("back.db.major = not said"), "{}", major(0).out);

    let ran = run(&place, "build", &further(&["--json"]), 0);
    assert_eq!(ran.err, "");
    assert_eq!(installed(&place, &ran.json(), "back"), "db 2.0, db-core 2.0, libdb 2.0");
    assert_eq!(place.read("env.lock"), locked, "the project's lock stays as it is");
    assert_eq!(fs::read_dir(place.store().join("locks")).unwrap().count(), 1);

    // The same again needs no network, and other commands know it.
    let again = run(&place, "build", &further(&["--json", "--offline"]), 0);
    assert_eq!(again.json()["built"], 0);
    assert!(run(&place, "plan", &with, 0).out.starts_with("nothing to do"));
    assert!(major(0).out.starts_with("back.db.major = 2\n"), "{}", major(0).out);
    let line = place.run([&["explain-line", "back:/etc/db/version:1", "env.pl"], &with[..]].concat(), 0).out;
    assert!(line.starts_with("2\n") && line.contains("env.pl:11  major"), "{line}");
    // For the double of another profile it would have to be locked again.
    let judged = ["local", "--against", "ci", "--with", "back.db.from=next", "--with", "package:libdb=2.0"];
    let told = run(&place, "fidelity", &judged, 0).out;
    assert!(!told.contains("without versions") && told.contains("back.db.from"), "{told}");
    // What fits is used as it is.
    let other = ["--profile", "local", "--with", "back.db.from=tiny", "--offline", "--locked"];
    let ran = run(&place, "build", &other, 3);
    assert!(ran.err.contains("`--offline` forbids to fetch it"), "{}", ran.err);
    let ran = run(&place, "lock", &["--with", "back.db.from=next"], 2);
    assert!(ran.err.contains("and not of `--with`"), "{}", ran.err);
}

#[test]
fn a_version_is_found_in_an_archive_that_is_only_declared() {
    let place = place();
    let with = ["--profile", "local", "--with", "package:libdb=2.0"];
    run(&place, "lock", &[], 0);
    let ran = run(&place, "build", &with, 2);
    assert!(ran.err.contains("`libdb` is held to 2.0"), "{}", ran.err);
    let declared =
        "archive next = apt { suites = [\"next\"], components = [\"main\"], signed_by = \"keyring.asc\" }";
    place.edit("env.pl", "/// Keeps rows.", &format!("{declared}\n\n/// Keeps rows."));
    let result = build(&place, &with);
    assert_eq!(installed(&place, &result, "back"), "db 1.0, db-core 1.0, libdb 2.0");
}

#[test]
fn two_variants_together_are_locked_when_they_are_built() {
    let place = place();
    let both = ["--profile", "local", "--variant", "next_db", "--variant", "next_libc"];
    let result = build(&place, &both);
    let expected = "db 2.0, db-core 2.0, libc-bin 2.41-1, libc6 2.41-1, libdb 1.0";
    assert_eq!(installed(&place, &result, "back"), expected);
    assert!(place.read("env.lock").contains("pin libc6 from next"));
    assert_eq!(fs::read_dir(place.store().join("locks")).unwrap().count(), 1);
}

#[test]
fn an_archive_that_has_moved_on_is_taken_as_it_was() {
    let place = place();
    let directory = place.path("archive");
    tiny().write(&directory);
    next().write(&directory);
    let mirror = format!("file://{}", directory.display());
    let run = |command: &str, further: &[&str], code| {
        place.run([&[command, "env.pl", "--mirror", &mirror], further].concat(), code)
    };
    run("lock", &[], 0);
    let mut later = next().date(crate::archive::DATE + 86_400);
    later.packages.retain(|package| package.name != "db");
    later.packages.push(program("db", "3.0").field("Source", "sql"));
    later.write(&directory);
    let with = ["--profile", "local", "--json", "--with", "back.db.from=next", "--with", "package:libdb=1.0"];
    let ran = run("build", &with, 0);
    assert!(!ran.err.contains("warning"), "{}", ran.err);
    assert_eq!(installed(&place, &ran.json(), "back"), "db 2.0, db-core 2.0, libdb 1.0");

    // Where nothing was kept of it, the difference is told.
    fs::remove_dir_all(place.store()).unwrap();
    let ran = run("build", &with, 0);
    assert!(ran.err.contains("warning: archive `next next` is of 2025-01-02T00:00:00Z here"), "{}", ran.err);
    assert_eq!(installed(&place, &ran.json(), "back"), "db 3.0");
}

#[test]
fn what_stands_in_the_way_is_told() {
    let place = place();
    let lock = |edit: (&str, &str)| {
        place.write("env.pl", ENV);
        place.edit("env.pl", edit.0, edit.1);
        let ran = run(&place, "lock", &[], 2);
        assert!(!place.path("env.lock").exists());
        ran.err
    };
    let pinned =
        lock(("package \"libc6\" from apt { suites = [\"next\"] }", "package \"libc6\" = \"2.40-1\""));
    for part in
        ["`libc6` is held to 2.40-1 of `tiny`", "no such package", "2.36-9 in `tiny`", "2.41-1 in `next`"]
    {
        assert!(pinned.contains(part), "{part}: {pinned}");
    }
    let missing = lock(("package \"db\"\n", "package \"engine\"\n"));
    assert!(missing.contains("asks for package `engine`, which is in none of its suites"), "{missing}");
    let conflict = lock((
        "package \"libc6\" from apt { suites = [\"next\"] }",
        "package \"libc6\" from apt { suites = [\"next\"] }, package \"libc-bin\" = \"1.0-1\"",
    ));
    for part in
        ["`libc6 2.41-1` of `next` does not go with `libc-bin (<< 2)`", "and so not with `libc-bin 1.0-1`"]
    {
        assert!(conflict.contains(part), "{part}: {conflict}");
    }
}

#[test]
fn a_stale_lock_is_told_before_the_versions_that_it_does_not_have() {
    let place = place();
    run(&place, "lock", &[], 0);
    place.edit("env.pl", "package \"db\"\n", "package [\"db\", \"site\"]\n");
    for command in ["build", "plan"] {
        let ran = run(&place, command, &["--profile", "local"], 2);
        for part in ["other packages of host `back`: it lacks `site`", "`plc lock`"] {
            assert!(ran.err.contains(part), "{part}: {}", ran.err);
        }
    }
    place.edit("env.pl", "[\"db\", \"site\"]", "\"db\"");
    place.edit("env.pl", "\"libc6\" from", "\"libc6\" = \"2.36-9\" from");
    let ran = run(&place, "build", &["--profile", "local", "--variant", "next_libc"], 2);
    assert!(ran.err.contains("it lacks `libc6` held to 2.36-9 of `next`"), "{}", ran.err);
}
