//! What is there is not built again, and what has not changed is not touched.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use serde_json::Value;

use crate::{
    fixture::{build, build_args, built, place},
    support::{PLC, Place, Ran, host_trees},
};

/// Kind and name of what a build would run, sorted.
pub(crate) fn plan(place: &Place) -> Vec<String> {
    let plan = place.run(["plan", "env.pl", "--profile", "local", "--json"], 0).json();
    let build = plan["build"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut lines: Vec<String> =
        build.iter().map(|node| format!("{} {}", text(&node["kind"]), text(&node["name"]))).collect();
    lines.sort();
    lines
}

/// Hashes of all derivations by name.
pub(crate) fn derivations(place: &Place) -> BTreeMap<String, String> {
    let args = ["show", "env.pl", "--profile", "local", "--stage", "derivations"];
    let all = place.run(args, 0).json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = all.as_array().unwrap().iter();
    all.map(|node| (text(&node["derivation"]["name"]), text(&node["hash"]))).collect()
}

/// When each builder that ran programs last wrote its log.
fn logs(place: &Place) -> BTreeMap<PathBuf, SystemTime> {
    let entries = fs::read_dir(place.store().join("logs")).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.path(), entry.metadata().unwrap().modified().unwrap())).collect()
}

/// The program started by the loader, which it takes for itself: it cannot start its own sandbox.
fn without_a_sandbox(place: &Place, args: Vec<&str>, code: i32) -> Ran {
    let loader = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];
    let loader = loader.into_iter().find(|path| Path::new(path).exists()).expect("glibc's loader");
    let mut command = Command::new(loader);
    command.arg(PLC).args(args).current_dir(&place.directory).env_clear();
    command.env("HOME", "/nonexistent").env("PLC_STORE", place.store());
    Ran::of(&mut command, code)
}

#[test]
fn a_second_build_runs_nothing() {
    let place = built();
    let first = build(&place, &[]);
    let before = logs(&place);
    // Without a PATH either, so that nothing else is found.
    let second = without_a_sandbox(&place, build_args(&["--json", "--locked", "--offline"]), 0).json();
    assert_eq!(second["built"], 0);
    assert_eq!(second, first);
    assert_eq!(logs(&place), before);
    // The other way round: where there is something to do, that program cannot do it.
    place.edit("env.pl", "verbose no", "verbose yes");
    let refused = without_a_sandbox(&place, build_args(&["--json"]), 3);
    // An ordinary user's first lack without a PATH is the tool that maps ids.
    assert!(["sandbox", "newuidmap"].iter().any(|lack| refused.err.contains(lack)), "{}", refused.err);
}

#[test]
fn a_changed_line_builds_one_hosts_configuration_only() {
    let place = built();
    build(&place, &[]);
    assert_eq!(plan(&place), [""; 0]);
    let (before, logs_before) = (derivations(&place), logs(&place));
    let trees = host_trees(&build(&place, &[]));
    place.edit("env.pl", "verbose no", "verbose yes");
    assert_eq!(
        plan(&place),
        [
            "check small.back.keeper check keeper",
            "environment small@local",
            "rootfs small.back",
            "tree small.back configuration",
        ]
    );
    let after = derivations(&place);
    let changed: Vec<&str> = after
        .iter()
        .filter(|(name, hash)| before.get(*name) != Some(hash))
        .map(|(name, _)| &**name)
        .collect();
    assert_eq!(
        changed,
        ["small.back", "small.back configuration", "small.back.keeper check keeper", "small@local"],
        "no base, no package"
    );
    let result = build(&place, &["--locked", "--offline"]);
    assert_eq!(result["built"], 4);
    let now = host_trees(&result);
    assert_eq!(now[..2], trees[..2]);
    assert_ne!(now[2], trees[2]);
    assert_eq!(plan(&place), [""; 0]);
    // No maintainer script has run: the logs of those who run them are as they were.
    let logs = logs(&place);
    assert!(logs_before.iter().all(|(path, time)| logs.get(path) == Some(time)), "{logs_before:?}");
    assert_eq!(logs.len(), logs_before.len() + 2, "the root's and the check's");
    // Back again: all of it is still there.
    place.edit("env.pl", "verbose yes", "verbose no");
    let back = build(&place, &[]);
    assert_eq!((back["built"].clone(), host_trees(&back)), (0.into(), trees));
}

#[test]
fn capacity_reaches_configuration_and_topology_only() {
    let place = built();
    place.edit("env.pl", "front.web.workers = 2", "front.web.workers = 3");
    assert_eq!(
        plan(&place),
        [
            "check small.front.web check web-server",
            "environment small@local",
            "rootfs small.front",
            "tree small.front configuration",
        ]
    );
    // How many replicas there are is in the configuration of whoever is connected to them.
    place.edit("env.pl", "front.web.workers = 3", "front.web.workers = 2\n  replicas = 2");
    assert_eq!(plan(&place).len(), 4, "{:?}", plan(&place));
    let result = build(&place, &[]);
    assert_eq!((&result["built"], &result["hosts"][1]["replicas"]), (&4.into(), &2.into()));
    // The other profile has the same packages, and the same back.
    let mut args = build_args(&["--json", "--offline"]);
    args[3] = "production";
    let production = place.run(args, 0).json();
    assert_eq!(production["hosts"][2], result["hosts"][2]);
    assert_eq!(production["built"], 7, "two configurations, two roots, two checks, the environment");
    assert!(place.path("result-local").exists() && place.path("result-production").exists());
}

#[test]
fn plan_tells_before_and_after_and_does_nothing() {
    let place = built();
    place.forget_store();
    let first = plan(&place);
    let (fetches, unpacks) = (count(&first, "fetch "), count(&first, "unpack "));
    assert!(fetches > 20 && fetches == unpacks, "{first:?}");
    assert_eq!((count(&first, "rootfs "), count(&first, "check ")), (7, 3), "{first:?}");
    assert_eq!(plan(&place), first);
    assert!(!place.path("result-local").exists());
    let result = build(&place, &[]);
    assert_eq!(result["built"], first.len());
    let text = place.run(["plan", "env.pl", "--profile", "local"], 0).out;
    assert!(text.starts_with("nothing to do: "), "{text}");
}

fn count(lines: &[String], kind: &str) -> usize {
    lines.iter().filter(|line| line.starts_with(kind)).count()
}

#[test]
fn offline_needs_everything_to_be_there() {
    let place = built();
    build(&place, &["--offline"]);
    place.forget_store();
    let ran = place.run(build_args(&["--offline"]), 3);
    assert!(ran.err.contains("`--offline` forbids to fetch it"), "{}", ran.err);
    assert!(ran.err.contains("help: leave out `--offline`"), "{}", ran.err);
    fs::remove_file(place.path("env.lock")).unwrap();
    let ran = place.run(build_args(&["--offline"]), 2);
    assert!(ran.err.contains("a lock cannot be made with `--offline`"), "{}", ran.err);
    assert!(!place.path("env.lock").exists());
}

#[test]
fn locked_makes_no_lock() {
    let place = place();
    let ran = place.run(build_args(&["--locked"]), 2);
    assert!(ran.err.contains("there is no lock at env.lock"), "{}", ran.err);
    assert!(ran.err.contains("`plc lock`"), "{}", ran.err);
    assert!(!place.path("env.lock").exists());
}

#[test]
fn a_stale_lock_names_host_and_package() {
    let place = built();
    let lock = place.read("env.lock");
    place.edit("env.pl", "package \"keeper\"", "package [\"keeper\", \"tool\"]");
    let ran = place.run(build_args(&[]), 2);
    for part in ["`back`", "it lacks `tool`", "`plc lock`"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert_eq!(place.read("env.lock"), lock, "a build changes no lock");
    let args = ["lock", "env.pl", "--json", "--mirror", crate::fixture::mirror()];
    place.run(args, 0);
    assert!(place.read("env.lock").contains("wants tool"), "{}", place.read("env.lock"));
    build(&place, &["--locked"]);
    place.edit("env.pl", "[\"keeper\", \"tool\"]", "\"keeper\"");
    let ran = place.run(build_args(&[]), 2);
    assert!(ran.err.contains("does not ask for `tool` any more"), "{}", ran.err);
}
