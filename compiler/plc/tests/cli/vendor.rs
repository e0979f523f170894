//! `plc vendor`: what a project keeps beside it, and builds from when nobody else has it any more.

use std::{fs, os::unix::fs::symlink, path::Path, time::Duration};

use serde_json::json;

use crate::{
    archive::sha256,
    fixture::{build_args, mirror, place as furnished},
    locks,
    server::{self, Answer, Server},
    support::{Place, host_trees},
};

/// A server that has nothing.
fn nothing() -> Server {
    Server::new(|_| Answer::Status(404))
}

#[test]
fn a_build_needs_no_mirror_when_all_is_kept() {
    let place = furnished();
    place.run(["lock", "--mirror", mirror()], 0);
    let ran = place.run(["vendor", "--mirror", mirror()], 0);
    assert!(ran.out.starts_with("env.vendor: ") && ran.out.contains(" added, 0 removed"), "{}", ran.out);
    let plain = place.run(build_args(&["--json"]), 0).json();

    // Years later, on another machine.
    let later = furnished();
    let copied = std::process::Command::new("cp")
        .arg("-r")
        .args(["env.vendor", "env.lock"].map(|name| place.path(name)))
        .arg(&later.directory)
        .status();
    assert!(copied.unwrap().success());
    let gone = nothing();
    let url = gone.url();
    let build = ["build", "--profile", "local", "--json", "--locked", "--mirror", &url];
    let built = later.run(build, 0).json();
    assert_eq!(host_trees(&built), host_trees(&plain));
    assert_eq!(gone.requests(), []);

    // What is kept is verified like everything else, and where it is wrong a mirror may have it.
    later.forget_store();
    let deb = later.path("env.vendor/archives/tiny/pool/main/k/keeper/keeper_0.9~rc2-1_all.deb");
    let good = fs::read(&deb).unwrap();
    let mut other = good.clone();
    other[200] ^= 1;
    fs::write(&deb, other).unwrap();
    let ran = later.run(build, 3);
    for part in ["env.vendor/archives/tiny/pool/main/k/keeper", "its SHA-256 is", "not there"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    let ran = later.run(["build", "--profile", "local", "--offline"], 3);
    assert!(ran.err.contains("its SHA-256 is"), "{}", ran.err);
    later.run(build_args(&[]), 0);
    // A pipe is not waited for.
    later.forget_store();
    fs::remove_file(&deb).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&deb).status().unwrap();
    assert!(made.success());
    later.run(build_args(&[]), 0);
}

/// A place with a small archive, a lock, and what that names.
fn small() -> Place {
    let place = locks::place();
    place.run(["vendor"], 0);
    place
}

const LIB: &str = "archives/tiny/pool/main/l/lib/lib_1_all.deb";

#[test]
fn what_is_kept_can_be_checked() {
    let place = small();
    fs::remove_dir_all(place.path("archive")).unwrap();
    let check = |code: i32| place.run(["vendor", "--check"], code).out;
    assert_eq!(check(0), "env.vendor has 4 files, all whole\n");
    let lib = place.path("env.vendor").join(LIB);
    let good = fs::read(&lib).unwrap();
    let mut other = good.clone();
    other[200] ^= 1;
    let longer = [&good[..], b"x"].concat();
    for (broken, state) in [(Some(longer), "damaged"), (Some(other), "damaged"), (None, "missing")] {
        match broken {
            Some(bytes) => fs::write(&lib, bytes).unwrap(),
            None => fs::remove_file(&lib).unwrap(),
        }
        assert_eq!(check(1), format!("{state:<11}  {LIB}\n"));
    }
    fs::write(&lib, good).unwrap();
    let more = place.path("env.vendor/archives/tiny/pool/more_1_all.deb");
    fs::write(&more, "x").unwrap();
    assert_eq!(check(1), "superfluous  archives/tiny/pool/more_1_all.deb\n");
    let json = place.run(["vendor", "--check", "--json"], 1).json();
    assert_eq!((&json["whole"], &json["files"]), (&json!(false), &json!(4)));
    assert!(more.exists(), "a check changes nothing");
}

#[test]
fn what_is_damaged_is_mended_and_what_is_not_locked_any_more_goes() {
    let place = small();
    let lib = place.path("env.vendor").join(LIB);
    let good = fs::read(&lib).unwrap();
    fs::write(&lib, "damaged").unwrap();
    let other = place.path("env.vendor/archives/tiny/pool/main/o/other/other_1_all.deb");
    assert!(other.exists());
    place.write("env.vendor/archives/README", "somebody's own\n");
    place.write("env.vendor/archives/tiny/.plc-partial-1", "half of a file");
    place.write("env.pl", &locks::ENV.replace("  host back { run web = Web { parts = [\"other\"] } }\n", ""));
    let ran = place.run(["vendor"], 0);
    // The lock has too much, which is no harm.
    assert!(ran.out.contains("; 1 added, 0 removed"), "{}", ran.out);
    assert_eq!(fs::read(&lib).unwrap(), good);
    place.run(["lock"], 0);
    let ran = place.run(["vendor", "--json"], 0).json();
    assert_eq!((&ran["files"], &ran["added"], &ran["removed"]), (&json!(3), &json!(0), &json!(1)));
    assert!(!other.parent().unwrap().exists(), "and directories that are empty");
    assert!(!place.path("env.vendor/archives/tiny/.plc-partial-1").exists());
    assert_eq!(place.read("env.vendor/archives/README"), "somebody's own\n");
    assert_eq!(place.run(["vendor", "--check"], 0).out, "env.vendor has 3 files, all whole\n");
}

#[test]
fn what_cannot_be_had_is_told_and_the_rest_is_kept() {
    let place = locks::place();
    fs::remove_file(place.path("archive/pool/main/l/lib/lib_1_all.deb")).unwrap();
    let ran = place.run(["vendor"], 3);
    for part in ["`lib_1_all.deb` failed", "not there", "help: "] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert_eq!(place.run(["vendor", "--check"], 1).out, format!("missing      {LIB}\n"));
    // A lock is needed, and one that fits.
    place.edit("env.pl", "[\"other\"]", "[\"other\", \"web\"]");
    let ran = place.run(["vendor"], 2);
    assert!(ran.err.contains("env.lock is not what the description asks for"), "{}", ran.err);
    fs::remove_file(place.path("env.lock")).unwrap();
    assert!(place.run(["vendor", "--check"], 2).err.contains("there is no lock"));
}

#[test]
fn nothing_is_written_or_removed_outside_of_the_directory() {
    let place = locks::place();
    let outside = place.path("outside");
    fs::create_dir_all(outside.join("archives")).unwrap();
    place.write("outside/archives/mine_1_all.deb", "mine");
    let is_untouched = || {
        assert_eq!(place.read("outside/archives/mine_1_all.deb"), "mine");
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
        assert_eq!(fs::read_dir(outside.join("archives")).unwrap().count(), 1);
    };
    // The directory itself is a link.
    symlink("outside", place.path("env.vendor")).unwrap();
    let ran = place.run(["vendor"], 2);
    assert!(ran.err.contains("cannot write env.vendor"), "{}", ran.err);
    is_untouched();
    // It is somebody else's.
    fs::remove_file(place.path("env.vendor")).unwrap();
    fs::create_dir(place.path("env.vendor")).unwrap();
    place.write("env.vendor/mine_1_all.deb", "mine");
    let ran = place.run(["vendor"], 2);
    assert!(ran.err.contains("was not made by `plc vendor`"), "{}", ran.err);
    // A directory in it is a link.
    fs::remove_file(place.path("env.vendor/mine_1_all.deb")).unwrap();
    place.run(["vendor"], 0);
    fs::remove_dir_all(place.path("env.vendor/archives")).unwrap();
    symlink("../outside/archives", place.path("env.vendor/archives")).unwrap();
    place.run(["vendor"], 2);
    is_untouched();
    fs::remove_file(place.path("env.vendor/archives")).unwrap();
    fs::create_dir_all(place.path("env.vendor/archives")).unwrap();
    symlink("../../outside/archives", place.path("env.vendor/archives/tiny")).unwrap();
    place.run(["vendor"], 2);
    is_untouched();
    // A file in it is one: it is replaced, and what it leads to is not.
    fs::remove_file(place.path("env.vendor/archives/tiny")).unwrap();
    place.run(["vendor"], 0);
    let lib = place.path("env.vendor").join(LIB);
    fs::remove_file(&lib).unwrap();
    symlink(outside.join("archives/mine_1_all.deb"), &lib).unwrap();
    assert_eq!(place.run(["vendor", "--check"], 1).out, format!("damaged      {LIB}\n"));
    place.run(["vendor"], 0);
    assert!(fs::symlink_metadata(&lib).unwrap().is_file());
    is_untouched();
}

#[test]
fn files_are_fetched_side_by_side() {
    let place = locks::place();
    place.edit("env.pl", "\n  mirror     = \"archive\"", "");
    let directory = place.path("archive");
    let server = Server::new(move |request| match server::file(&directory, request) {
        Answer::File(bytes) => Answer::Later(Duration::from_millis(500), bytes),
        other => other,
    });
    place.run(["vendor", "--mirror", &server.url()], 0);
    assert_eq!(server.requests().len(), 4);
    assert!((2..=6).contains(&server.most_at_once()), "{}", server.most_at_once());
}

/// A file of a description that is in no archive of packages.
#[test]
fn downloads_are_kept_by_their_hash() {
    let place = locks::place();
    let server = Server::new(|_| Answer::File(b"a page\n".to_vec()));
    let hash = sha256(b"a page\n");
    let tree =
        format!("  tree \"/srv\" = download {{ url = \"{}/page\", sha256 = \"{hash}\" }}\n", server.url());
    place.edit("env.pl", "  package parts\n", &format!("  package parts\n{tree}"));
    place.run(["lock"], 0);
    place.run(["vendor"], 0);
    assert_eq!(place.read(&format!("env.vendor/files/{hash}")), "a page\n");
    assert_eq!(server.requests().len(), 1);
    assert_eq!(place.run(["vendor", "--check"], 0).out, "env.vendor has 5 files, all whole\n");
    // Another machine has it from there.
    place.forget_store();
    let kept = place.path("env.vendor/files").join(&hash);
    fs::write(&kept, "another\n").unwrap();
    let ran = place.run(["vendor", "--offline"], 3);
    assert!(ran.err.contains(&hash) && ran.err.contains("its SHA-256 is"), "{}", ran.err);
    fs::write(&kept, "a page\n").unwrap();
    place.run(["vendor", "--offline"], 0);
    assert_eq!(server.requests().len(), 1);
    // And no source has it in it.
    assert!(Path::new(&place.path("env.vendor/.plc-vendor")).is_file());
}
