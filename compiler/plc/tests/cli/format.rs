//! `plc fmt`: in place, with `--check`, from standard input.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
};

use crate::support::{Place, Ran};

const LOOSE: &str = "let a=1 // one\nlet b={\nx=1,long=2}\n";
const LAID_OUT: &str = "let a = 1 // one\n\nlet b = {\n  x    = 1\n  long = 2\n}\n";

/// What is in a place, hidden or not.
fn names(place: &Place) -> Vec<String> {
    let entries = fs::read_dir(&place.directory).unwrap().map(Result::unwrap);
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_laid_out_in_place() {
    let place = Place::new();
    place.write("env.pl", LOOSE);
    fs::set_permissions(place.path("env.pl"), fs::Permissions::from_mode(0o640)).unwrap();
    let ran = place.run(["fmt"], 0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("formatted env.pl\n", ""));
    assert_eq!(place.read("env.pl"), LAID_OUT);
    let metadata = fs::metadata(place.path("env.pl")).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o7777, 0o640);
    assert_eq!(names(&place), ["env.pl"], "nothing is left beside it");
    let ran = place.run(["fmt", "env.pl"], 0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""));
    let after = fs::metadata(place.path("env.pl")).unwrap();
    assert_eq!(
        (after.ino(), after.mtime_nsec()),
        (metadata.ino(), metadata.mtime_nsec()),
        "it was not touched"
    );
}

#[test]
fn check_tells_what_would_change_and_writes_nothing() {
    let place = Place::new();
    for (name, text) in [("a.pl", LOOSE), ("b.pl", LAID_OUT), ("c.pl", "let c=1")] {
        place.write(name, text);
    }
    let ran = place.run(["fmt", "--check", "a.pl", "b.pl", "c.pl"], 1);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("a.pl\nc.pl\n", ""));
    assert_eq!(place.read("a.pl"), LOOSE);
    assert_eq!(place.run(["fmt", "--check", "b.pl"], 0).out, "");
}

#[test]
fn standard_input_goes_to_standard_output() {
    let place = Place::new();
    for (input, check, code, output) in [
        (LOOSE, false, 0, LAID_OUT),
        (LAID_OUT, false, 0, LAID_OUT),
        (LOOSE, true, 1, "-\n"),
        (LAID_OUT, true, 0, ""),
        ("let a = [", false, 2, ""),
    ] {
        place.write("input", input);
        let mut command = place.plc(["fmt", "-"]);
        command.args(check.then_some("--check")).stdin(fs::File::open(place.path("input")).unwrap());
        let ran = Ran::of(&mut command, code);
        assert_eq!(ran.out, output);
        assert_eq!(ran.err.contains("standard input:1:"), code == 2, "{}", ran.err);
    }
    assert_eq!(names(&place), ["input"]);
}

#[test]
fn a_file_with_mistakes_is_left_and_the_others_are_laid_out() {
    let place = Place::new();
    let broken = "let a=1\nlet b = [1, 2\nlet c=3\n";
    place.write("broken.pl", broken);
    place.write("fine.pl", LOOSE);
    let ran = place.run(["fmt", "missing.pl", "broken.pl", "fine.pl"], 2);
    assert_eq!(ran.out, "formatted fine.pl\n");
    assert!(ran.err.contains("cannot read `missing.pl`"), "{}", ran.err);
    assert!(ran.err.contains("E0107") && ran.err.contains("broken.pl:2:"), "{}", ran.err);
    assert_eq!(place.read("broken.pl"), broken);
    assert_eq!(place.read("fine.pl"), LAID_OUT);
    let ran = place.run(["fmt", "--check", "broken.pl"], 2);
    assert_eq!(ran.out, "", "it would not change");
}

#[test]
fn directories_are_walked() {
    let place = Place::new();
    fs::create_dir_all(place.path("lib/deep")).unwrap();
    fs::create_dir_all(place.path("lib/.hidden")).unwrap();
    fs::create_dir_all(place.path("elsewhere")).unwrap();
    for name in ["lib/b.pl", "lib/a.pl", "lib/deep/c.pl", "lib/.hidden/d.pl", "lib/e.txt", "elsewhere/f.pl"] {
        place.write(name, LOOSE);
    }
    symlink("../elsewhere", place.path("lib/result-local")).unwrap();
    symlink("../elsewhere/f.pl", place.path("lib/link.pl")).unwrap();
    let ran = place.run(["fmt", "lib"], 0);
    assert_eq!(ran.out, "formatted lib/a.pl\nformatted lib/b.pl\nformatted lib/deep/c.pl\n");
    assert_eq!(place.read("elsewhere/f.pl"), LOOSE);
    assert_eq!(place.read("lib/.hidden/d.pl"), LOOSE);
    // A link that is named is meant, and stays one.
    let ran = place.run(["fmt", "lib/link.pl"], 0);
    assert_eq!(ran.out, "formatted lib/link.pl\n");
    assert!(fs::symlink_metadata(place.path("lib/link.pl")).unwrap().is_symlink());
    assert_eq!(place.read("elsewhere/f.pl"), LAID_OUT);
}

#[test]
fn what_is_no_description_is_told() {
    let place = Place::new();
    let ran = place.run(["fmt"], 2);
    assert!(ran.err.contains("cannot read `env.pl`") && ran.err.contains("help:"), "{}", ran.err);
    fs::write(place.path("latin.pl"), b"let a = \"\xe9\"\n").unwrap();
    let ran = place.run(["fmt", "latin.pl"], 2);
    assert!(ran.err.contains("`latin.pl` is not UTF-8"), "{}", ran.err);
    let ran = place.run(["fmt", "/dev/zero"], 2);
    assert!(ran.err.contains("`/dev/zero` is not a regular file"), "{}", ran.err);
    place.write("large.pl", &"// comment\n".repeat(1_000_000));
    let ran = place.run(["fmt", "large.pl"], 2);
    assert!(ran.err.contains("E0101"), "{}", ran.err);
}
