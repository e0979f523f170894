//! The same description comes to the same bytes, wherever, whenever and by whomever it is built. And what is not so is
//! found out.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    fixture::{archive, build, build_args, built, furnish, mirror, place, result, template},
    support::{PLC, Place, Ran, host_trees, is_root},
};

/// The trees of the hosts, built here and now.
fn expected() -> Vec<String> {
    let trees = host_trees(&result());
    assert_eq!(trees.len(), 3);
    trees
}

#[test]
fn elsewhere_with_one_job_and_another_environment() {
    let place = place();
    let mut command = Command::new("sh");
    command.args(["-c", "umask 077; exec \"$@\"", "sh", PLC, "--store", "elsewhere/much/deeper/store"]);
    command.args(build_args(&["--json", "--jobs", "1"])).current_dir(&place.directory).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    for (name, value) in [
        ("TZ", "Pacific/Kiritimati"),
        ("LC_ALL", "tr_TR.UTF-8"),
        ("LANG", "tr_TR.UTF-8"),
        ("HOME", "/nonexistent"),
        ("USER", "somebody"),
        ("FROM_OUTSIDE", "leaks"),
        ("SOURCE_DATE_EPOCH", "1"),
        ("DEBIAN_FRONTEND", "readline"),
        ("DPKG_ROOT", "/nowhere"),
        ("LD_LIBRARY_PATH", "/nowhere"),
    ] {
        command.env(name, value);
    }
    assert_eq!(host_trees(&Ran::of(&mut command, 0).json()), expected());
}

#[test]
fn with_two_jobs_and_a_lock_of_its_own() {
    let other = place();
    let trees = host_trees(&build(&other, &["--jobs", "2"]));
    assert_eq!(trees, expected());
    let lock = fs::read_to_string(template().join("env.lock")).unwrap();
    assert_eq!(other.read("env.lock"), lock, "the lock is the same too");
}

#[test]
fn as_root_of_another_group() {
    if !is_root() {
        return eprintln!("skipped: the tests are not run by root");
    }
    let place = place();
    let mut command = Command::new("setpriv");
    command.args(["--regid", "60", "--groups", "60,0", "--", PLC, "--store"]).arg(place.store());
    command.args(build_args(&["--json"])).current_dir(&place.directory);
    assert_eq!(host_trees(&Ran::of(&mut command, 0).json()), expected());
}

#[test]
fn on_a_machine_of_another_name() {
    if !is_root() {
        return eprintln!("skipped: the tests are not run by root");
    }
    let with_names = || {
        let place = place();
        place.edit("env.pl", "package \"keeper\"", "package [\"keeper\", \"namesake\"]");
        place
    };
    let trees = host_trees(&build(&with_names(), &[]));
    let place = with_names();
    let names = "hostname other.example; echo example > /proc/sys/kernel/domainname; exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--uts", "sh", "-e", "-c", names, "sh", PLC, "--store"]).arg(place.store());
    command.args(build_args(&["--json"])).current_dir(&place.directory);
    assert_eq!(host_trees(&Ran::of(&mut command, 0).json()), trees);
}

#[test]
fn as_an_ordinary_user() {
    let place = furnish(Place::in_the_open());
    if let Some(trees) = built_by_an_ordinary_user(&place) {
        assert_eq!(trees, expected());
    }
}

/// The trees of the hosts as an ordinary user builds them, in a place that any user can get at; none where that
/// cannot be tried.
pub(crate) fn built_by_an_ordinary_user(place: &Place) -> Option<Vec<String>> {
    if !is_root() {
        eprintln!("skipped: the tests are not run by root, so that all of them are run by an ordinary user");
        return None;
    }
    let Some((uid, gid)) = user_with_subordinate_ids() else {
        eprintln!("skipped: `/etc/subuid` gives no user of this machine 65535 ids");
        return None;
    };
    let program = place.path("plc");
    fs::copy(PLC, &program).unwrap();
    copy_to(&archive().directory, &place.path("archive"));
    let owned = Command::new("chown").arg("-R").arg(format!("{uid}:{gid}")).arg(&place.directory).status();
    assert!(owned.unwrap().success());
    let mut command = Command::new("setpriv");
    command.args(["--reuid", &uid, "--regid", &gid, "--clear-groups", "--"]).arg(&program);
    command.args(["build", "env.pl", "--profile", "local", "--json", "--mirror"]);
    command.arg(format!("file://{}", place.path("archive").display()));
    command.current_dir(&place.directory).env("HOME", &place.directory).env("PLC_STORE", place.store());
    Some(host_trees(&Ran::of(&mut command, 0).json()))
}

/// A user of this machine, with his group, who may use enough subordinate ids.
fn user_with_subordinate_ids() -> Option<(String, String)> {
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let has = |file: &str, user: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        text.lines().any(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            fields[0] == user
                && fields.get(2).is_some_and(|count| count.parse::<u64>().unwrap_or(0) >= 65_535)
        })
    };
    passwd.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let fits = has("/etc/subuid", fields[0]) && has("/etc/subgid", fields[0]) && fields[2] != "0";
        fits.then(|| (fields[2].to_owned(), fields[3].to_owned()))
    })
}

fn copy_to(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap().success());
}

/// libfaketime, where this machine has it.
fn faketime() -> Option<PathBuf> {
    let directories = fs::read_dir("/usr/lib").ok()?.flatten();
    let library = directories
        .map(|entry| entry.path().join("faketime/libfaketime.so.1"))
        .find(|library| library.exists());
    if library.is_none() {
        eprintln!("skipped: libfaketime is not installed (package `faketime`)");
    }
    library
}

/// A build again of what is there, a year later for everything that runs in the sandbox.
fn a_year_later(place: &Place, library: &Path, code: i32) -> Ran {
    let mut command = place.plc(build_args(&["--json", "--rebuild", "--preload"]));
    Ran::of(command.arg(library).env("FAKETIME", "+1y"), code)
}

#[test]
fn a_year_later_nothing_differs() {
    let Some(library) = faketime() else { return };
    let place = built();
    assert_eq!(host_trees(&a_year_later(&place, &library, 0).json()), expected());
}

#[test]
fn what_depends_on_the_year_is_found_out() {
    let Some(library) = faketime() else { return };
    let place = place();
    place.edit("env.pl", "package \"keeper\"", "package [\"keeper\", \"clock\"]");
    build(&place, &[]);
    let ran = a_year_later(&place, &library, 3);
    assert!(ran.err.contains("not reproducible"), "{}", ran.err);
    assert!(ran.err.contains("packages of clock, keeper"), "it says what: {}", ran.err);
}

#[test]
fn built_again_nothing_differs() {
    let place = built();
    let before = result();
    let again = build(&place, &["--rebuild"]);
    assert!(again["built"].as_u64().unwrap() > 30, "all but downloads: {again}");
    assert_eq!(host_trees(&again), host_trees(&before));
    assert_eq!(again["tree"], before["tree"]);
}

#[test]
fn dice_are_found_out() {
    let place = place();
    place.edit("env.pl", "package \"keeper\"", "package [\"keeper\", \"dice\"]");
    build(&place, &[]);
    let first = build(&place, &[]);
    assert_eq!(first["built"], 0, "without being asked, nothing is built again");
    let ran = place.run(build_args(&["--rebuild"]), 3);
    assert!(ran.err.contains("not reproducible"), "{}", ran.err);
    assert!(ran.err.contains("packages of dice, keeper"), "it says what: {}", ran.err);
    // What was there stays, and a build without `--rebuild` goes on as before.
    assert_eq!(build(&place, &[]), first);
    assert!(mirror().starts_with("file://"));
}
