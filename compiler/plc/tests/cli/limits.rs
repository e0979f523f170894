//! A machine that does not give what a build takes: a full disk, no tools to map ids.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use plc_store::Store;

use crate::{
    fixture::{archive, build_args, furnish, mirror, place, result},
    support::{PLC, Place, Ran, is_root},
};

/// Builds on a file system of `$1` bytes below `store`, then on one that has grown; copies what is to be kept out of it.
const ON_A_SMALL_DISK: &str = r#"
set -u
size=$1
shift
mount -t tmpfs -o "size=$size" tmpfs store || exit 99
"$@" 2> first.err
echo $? > first.code
ls store/tmp > left
cp -r store/version store/blobs store/trees store/derivations store/realisations store/roots store/logs before
mount -o remount,size=300m store || exit 99
"$@" 2> second.err > second.out
echo $? > second.code
ls store/tmp >> left
cp -r store/version store/blobs store/trees store/derivations store/realisations store/roots store/logs after
"#;

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    let expected = result();
    for size in ["2500k", "9m", "16m"] {
        let place = place();
        for name in ["store", "before", "after"] {
            fs::create_dir(place.path(name)).unwrap();
        }
        // Where an ordinary user may mount, the ids that the sandbox maps must be there too.
        let namespaces: &[&str] =
            if is_root() { &["--mount"] } else { &["--user", "--map-root-user", "--map-auto", "--mount"] };
        let mut command = Command::new("unshare");
        command.args(namespaces).args(["sh", "-c", ON_A_SMALL_DISK, "sh", size, PLC]);
        command.args(build_args(&["--json"])).current_dir(&place.directory);
        command.env("PLC_STORE", place.store()).env("HOME", &place.directory);
        let output = command.output().unwrap();
        if output.status.code() == Some(99) || !place.path("first.code").exists() {
            eprintln!("skipped: nothing can be mounted here: {}", String::from_utf8_lossy(&output.stderr));
            return;
        }
        let error = place.read("first.err");
        assert_eq!(place.read("first.code"), "3\n", "{size}: {error}");
        // A builder says it, or the store, whoever is the first to find no room.
        assert!(error.contains("help: ") && error.contains("free some space"), "{size}: {error}");
        assert_eq!(place.read("second.code"), "0\n", "{size}: {}", place.read("second.err"));
        let second: serde_json::Value = serde_json::from_str(&place.read("second.out")).unwrap();
        assert_eq!(second["tree"], expected["tree"], "{size}");
        assert_eq!(second["hosts"], expected["hosts"], "{size}");
        assert_eq!(place.read("left"), "", "{size}: left in tmp");
        for name in ["before", "after"] {
            verified(&place.path(name), size);
        }
    }
}

fn verified(store: &Path, size: &str) {
    for name in ["checkouts", "tmp"] {
        fs::create_dir_all(store.join(name)).unwrap();
    }
    let report = Store::open_read_only(store).unwrap().verify().unwrap();
    assert!(report.problems.is_empty(), "{size}: {:?}", report.problems);
}

/// A build that must fail, with a PATH: by root's nobody, who has no subordinate ids, or by the ordinary user that we are.
fn refused(place: &Place, path: &str) -> String {
    let program = place.path("plc");
    let mut command = Command::new(if is_root() { "setpriv" } else { "env" });
    if is_root() {
        let owned = Command::new("chown").args(["-R", "65534:65534"]).arg(&place.directory).status().unwrap();
        assert!(owned.success());
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--", "env"]);
    }
    command.arg(format!("PATH={path}")).arg(program).args(["build", "env.pl", "--profile", "local"]);
    command.arg("--mirror").arg(format!("file://{}", place.path("archive").display()));
    command.current_dir(&place.directory).env("HOME", &place.directory).env("PLC_STORE", place.store());
    let ran = Ran::of(&mut command, 3);
    assert!(!place.path("result-local").exists());
    assert_eq!(fs::read_dir(place.store().join("tmp")).unwrap().count(), 0);
    ran.err
}

#[test]
fn missing_tools_and_ids_are_told() {
    let place = furnish(Place::in_the_open());
    fs::copy(PLC, place.path("plc")).unwrap();
    let copied = Command::new("cp").arg("-r").arg(&archive().directory).arg(place.path("archive")).status();
    assert!(copied.unwrap().success());
    let error = refused(&place, "/nonexistent");
    assert!(error.contains("`newuidmap` is not installed; install the package `uidmap`"), "{error}");
    if !is_root() || Command::new("newuidmap").output().is_err() {
        eprintln!("skipped: nobody without subordinate ids to be, or no newuidmap");
        return;
    }
    let error = refused(&place, &std::env::var("PATH").unwrap());
    assert!(
        error.contains("`/etc/subuid` gives `nobody` 0 subordinate ids, and 65535 are needed"),
        "{error}"
    );
    assert!(error.contains("usermod --add-subuids"), "{error}");
}

/// Root of a container in which the kernel has user namespaces switched off: the setting belongs to each user namespace, so
/// that it can be tried without touching the machine's own.
#[test]
fn user_namespaces_that_are_switched_off_are_told() {
    if !is_root() {
        eprintln!("skipped: only root may map whole ranges of ids");
        return;
    }
    let place = furnish(Place::new());
    // Only what begins after the ids are mapped is root there.
    let wait =
        "read ids && exec sh -c 'echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\"' sh \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "sh", "-c", wait, "sh", PLC, "build", "env.pl", "--profile", "local"]);
    command.args(["--mirror", mirror()]).current_dir(&place.directory);
    command.env("HOME", &place.directory).env("PLC_STORE", place.store());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let own = fs::read_link("/proc/self/ns/user").unwrap();
    let process = PathBuf::from(format!("/proc/{}", child.id()));
    while fs::read_link(process.join("ns/user")).unwrap() == own {
        std::thread::sleep(std::time::Duration::from_millis(1));
        assert!(child.try_wait().unwrap().is_none(), "`unshare` failed");
    }
    for map in ["uid_map", "gid_map"] {
        fs::write(process.join(map), "0 0 65536\n").unwrap();
    }
    writeln!(child.stdin.take().unwrap(), "mapped").unwrap();
    let ran = child.wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(3), "{error}");
    assert!(error.contains("user namespaces are switched off: `user.max_user_namespaces` is 0"), "{error}");
    assert!(error.contains("run `sysctl -w user.max_user_namespaces=10000` as root"), "{error}");
}
