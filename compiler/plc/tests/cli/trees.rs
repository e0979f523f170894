//! Files that no package has: sources, downloads, and what commands make of them.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
};

use serde_json::Value;

use crate::{
    archive::sha256,
    fixture::{build, build_args, built_for, furnish, mirror},
    incremental::{derivations, plan},
    reproducible::built_by_an_ordinary_user,
    support::{Place, Ran, Root, host_trees},
};

const ENV: &str = include_str!("fixture/trees.pl");

/// A place with the description and its source.
pub(crate) fn place() -> Place {
    let place = built_for(ENV);
    fill(&place.path("src"));
    place
}

fn fill(directory: &Path) {
    fs::create_dir(directory).unwrap();
    fs::write(directory.join("one.page"), "one\n").unwrap();
    fs::write(directory.join("two.page"), "two\n").unwrap();
    fs::write(directory.join("run"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(directory.join("run"), fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(directory.join(".gitignore"), "tmp/\n").unwrap();
}

/// Runs `git` for a place, as nobody in particular.
pub(crate) fn git(directory: &Path, arguments: &[&str]) -> String {
    let ran = Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", "/nonexistent")
        .output()
        .expect("`git` is needed for these tests: install the package `git`");
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout).trim().to_owned()
}

pub(crate) fn commit(directory: &Path, message: &str) {
    git(directory, &["add", "--all"]);
    git(directory, &["commit", "--quiet", "--message", message]);
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

#[test]
fn trees_lie_over_packages_and_under_configuration() {
    let place = place();
    let result = build(&place, &[]);
    let root = Root::of(&place.store(), &result, "front");
    for (path, line) in [
        ("srv", "0755 0:0 directory"),
        ("srv/site", "0755 101:101 directory"),
        ("srv/site/one.page", "0644 101:101 file"),
        ("srv/site/run", "0755 101:101 file"),
        ("srv/site/.gitignore", "0644 101:101 file"),
        ("srv/site/settings", "0644 0:0 file"),
    ] {
        assert_eq!(root.line(path), line, "{path}");
    }
    assert_eq!(root.text("srv/site/settings"), "of the description\n");
    let root = Root::of(&place.store(), &result, "back");
    assert_eq!(root.line("srv/made/one.html"), "0640 0:0 file");
    assert_eq!(root.text("srv/made/one.html"), "<html>\none\n</html>\n");
    assert_eq!(root.text("srv/made/word"), "hello\n");
    assert_eq!(root.line("usr/bin/site-maker"), "nothing", "what commands were run with is not on the host");
    assert_eq!(root.line("etc/passwd"), "0644 0:0 file");
    assert!(!root.text("etc/passwd").contains("build"));
    // With nothing to do, nothing is done.
    assert_eq!(build(&place, &["--locked", "--offline"])["built"], 0);
    assert_eq!(host_trees(&build(&place, &["--rebuild"])), host_trees(&result));
}

#[test]
fn an_edit_rebuilds_what_it_reaches_and_nothing_else() {
    let place = place();
    let first = build(&place, &[]);
    let before = derivations(&place);
    fs::create_dir(place.path("src/tmp")).unwrap();
    place.write("src/tmp/ignored", "x");
    place.write("src/ignored.log", "x");
    fs::set_permissions(place.path("src/one.page"), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(derivations(&place), before, "what is left out changes nothing");
    assert_eq!(plan(&place), [""; 0]);
    // Not a page, so that only the site is made of it.
    place.write("src/run", "#!/bin/sh\necho\n");
    let only_the_site =
        ["check shop.front.site check sh", "environment shop@local", "rootfs shop.front", "source ./src"];
    assert_eq!(plan(&place), only_the_site);
    let second = build(&place, &["--locked", "--offline"]);
    assert_eq!(second["built"], 4);
    let (one, two) = (host_trees(&first), host_trees(&second));
    assert!(one[0] != two[0] && one[1] == two[1]);
    place.write("src/two.page", "zwei\n");
    let mut all = vec!["rootfs shop.back", "run build of .", "source ."];
    all.extend(only_the_site);
    all.sort_unstable();
    assert_eq!(plan(&place), all);
    build(&place, &["--locked", "--offline"]);
    assert_eq!(plan(&place), [""; 0]);
    // Back again: everything is there.
    place.write("src/two.page", "two\n");
    place.write("src/run", "#!/bin/sh\n");
    let back = build(&place, &[]);
    assert_eq!((&back["built"], host_trees(&back)), (&0.into(), one));
}

#[test]
fn a_revision_is_locked_until_it_is_locked_again() {
    let place = place();
    let repository = place.path("src");
    git(&repository, &["init", "--quiet"]);
    commit(&repository, "one");
    git(&repository, &["tag", "v1"]);
    place.edit(
        "env.pl",
        "param files: Source = local { path = \"./src\", ignore = [\"*.log\"] }",
        "param files: Source = git { repository = \"./src\", revision = \"main\" }",
    );
    let mut command = place.plc(["lock", "env.pl", "--mirror", mirror()]);
    let without_git = Ran::of(command.env("PATH", "/nonexistent"), 3);
    assert!(without_git.err.contains("help: install the package `git`"), "{}", without_git.err);
    let first = build(&place, &[]);
    let locked =
        format!("source ./src\n  revision main\n  commit {}\n", git(&repository, &["rev-parse", "v1"]));
    assert!(place.read("env.lock").contains(&locked), "{}", place.read("env.lock"));
    // The branch moves on, and its work tree is not looked at.
    place.write("src/two.page", "zwei\n");
    commit(&repository, "two");
    let hostile = |place: &Place, further: &[&str]| {
        let mut command = place.plc(build_args(&[&["--json", "--locked"], further].concat()));
        for (name, value) in [
            ("GIT_DIR", "/nonexistent"),
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "core.bare"),
            ("GIT_CONFIG_VALUE_0", "nonsense"),
            ("GIT_OBJECT_DIRECTORY", "/nonexistent"),
            ("GIT_TRACE", "2"),
        ] {
            command.env(name, value);
        }
        Ran::of(&mut command, 0).json()
    };
    let trees = host_trees(&hostile(&place, &["--offline"]));
    assert_eq!(trees[0], host_trees(&first)[0]);
    assert_ne!(trees[1], host_trees(&first)[1], "that one takes the files as they are");
    // Elsewhere, from the lock alone, with a user's settings around.
    let other = built_for(&place.read("env.pl"));
    git(&other.directory, &["clone", "--quiet", repository.to_str().unwrap(), "src"]);
    fs::copy(place.path("env.lock"), other.path("env.lock")).unwrap();
    assert_eq!(host_trees(&hostile(&other, &[])), trees);
    // Locked again it stays, and updated it is what the branch is now.
    let lock = place.read("env.lock");
    place.run(["lock", "env.pl"], 0);
    assert_eq!(place.read("env.lock"), lock);
    let ran = place.run(["lock", "env.pl", "--update", "./src"], 0);
    let head = git(&repository, &["rev-parse", "main"]);
    assert!(ran.out.contains("./src main"), "{}", ran.out);
    assert!(place.read("env.lock").contains(&format!("  commit {head}\n")));
    let last = build(&place, &["--locked"]);
    assert_ne!(host_trees(&last)[0], trees[0]);
    // Another revision is not in the lock.
    place.edit("env.pl", "revision = \"main\"", "revision = \"v1\"");
    let ran = place.run(build_args(&[]), 2);
    assert!(ran.err.contains("the lock has nothing for the revision `v1` of `./src`"), "{}", ran.err);
    assert!(ran.err.contains("`plc lock`"), "{}", ran.err);
}

#[test]
fn revisions_of_variants_and_of_the_command_line_are_locked_too() {
    let place = place();
    let repository = place.path("src");
    git(&repository, &["init", "--quiet"]);
    commit(&repository, "one");
    git(&repository, &["tag", "v1"]);
    git(&repository, &["tag", "v2"]);
    let variant =
        "variant old of shop { front.site.files = git { repository = \"./src\", revision = \"v1\" } }\n";
    place.write("env.pl", &format!("{ENV}{variant}"));
    place.run(["lock", "env.pl", "--mirror", mirror()], 0);
    assert!(place.read("env.lock").contains("source ./src\n  revision v1\n"), "{}", place.read("env.lock"));
    place.write("src/one.page", "one, which is newer\n");
    let text = |args: &[&str]| {
        let result = build(&place, args);
        Root::of(&place.store(), &result, "front").text("srv/site/one.page")
    };
    assert_eq!(text(&["--locked"]), "one, which is newer\n");
    assert_eq!(text(&["--locked", "--variant", "old"]), "one\n");
    // What only the command line names has its lock beside the project's.
    let before = place.read("env.lock");
    let with = "front.site.files=git { repository = \"./src\", revision = \"v2\" }";
    assert_eq!(text(&["--with", with]), "one\n");
    assert_eq!(place.read("env.lock"), before);
}

#[test]
fn no_way_leads_out_of_the_project() {
    let place = place();
    fs::rename(place.path("src"), place.path("real")).unwrap();
    place.edit("env.pl", "path = \".\", ignore = [\"*\", \"!src/\", \"!*.page\"]", "path = \"./real\"");
    symlink("/etc", place.path("src")).unwrap();
    let ran = place.run(build_args(&[]), 2);
    assert!(ran.err.contains("`./src` leads out of the project"), "{}", ran.err);
    fs::remove_file(place.path("src")).unwrap();
    symlink("real", place.path("src")).unwrap();
    symlink("/etc/passwd", place.path("real/link.page")).unwrap();
    let ran = place.run(build_args(&[]), 2);
    assert!(ran.err.contains("`link.page` is a link to `/etc/passwd`"), "{}", ran.err);
    assert!(ran.err.contains("help: leave it out"), "{}", ran.err);
    fs::remove_file(place.path("real/link.page")).unwrap();
    place.edit("env.pl", "path = \"./src\"", "path = \"./gone\"");
    let ran = place.run(build_args(&[]), 2);
    assert!(ran.err.contains("there is no `./gone` in the project"), "{}", ran.err);
}

#[test]
fn what_the_command_line_names_may_be_anywhere_and_leaves_no_trace() {
    let (place, elsewhere) = (place(), tempfile::tempdir().unwrap());
    let mut results = Vec::new();
    for name in ["here", "there"] {
        let directory = elsewhere.path().join(name);
        fill(&directory);
        fs::write(directory.join("two.page"), "from elsewhere\n").unwrap();
        let with = format!("front.site.files={}", directory.display());
        let result = build(&place, &["--with", &with]);
        let root = Root::of(&place.store(), &result, "front");
        assert_eq!(root.text("srv/site/two.page"), "from elsewhere\n");
        let args = ["show", "env.pl", "--stage", "derivations", "--with", &with];
        let all = place.run(args, 0).out;
        assert!(!all.contains(elsewhere.path().to_str().unwrap()), "{all}");
        results.push(text(&result, "derivation").to_owned());
    }
    assert_eq!(results[0], results[1]);
    // In the description, such a path is refused.
    let here = elsewhere.path().join("here");
    place.edit("env.pl", "\"./src\"", &format!("\"{}\"", here.display()));
    let ran = place.run(build_args(&[]), 2);
    assert!(ran.err.contains("is not a path inside the project"), "{}", ran.err);
}

#[test]
fn a_command_that_fails_is_named_with_its_place() {
    let place = place();
    place.edit("env.pl", "\"echo $WORD > dist/word\"", "\"echo looking; ls $WORD; exit 5\"");
    let ran = place.run(build_args(&[]), 3);
    for part in [
        "`build of .` (",
        "command 2 of 2, `echo looking; ls $WORD; exit 5`, failed: exit status 2",
        "made 2 pages",
        "looking",
        "help: the whole log: `plc log ",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    let hash = ran.err.split("`plc log ").nth(1).unwrap().split('`').next().unwrap().to_owned();
    assert!(place.run(["log", &hash], 0).out.starts_with("made 2 pages\nlooking\n"));
    for (commands, message) in [
        ("\"true\"", "all commands succeeded, and there is no directory `dist`"),
        ("\"mkdir dist\"", "all commands succeeded, and the directory `dist` is empty"),
        ("\"echo $UNKNOWN\"", "command 1 of 1, `echo $UNKNOWN`, failed: exit status 2"),
    ] {
        let text = ENV.replace("\"site-maker\", \"echo $WORD > dist/word\"", commands);
        assert_ne!(text, ENV);
        place.write("env.pl", &text);
        let ran = place.run(build_args(&[]), 3);
        assert!(ran.err.contains(message), "{commands}: {}", ran.err);
    }
}

#[test]
fn commands_have_no_network_and_find_what_they_are_told() {
    let place = place();
    let probe = "id -un; echo $HOME $PWD $TZ $LC_ALL $SOURCE_DATE_EPOCH; stat -c '%n %U:%G %a %Y' . src src/one.page; \
                 cat /proc/net/route | wc -l; cat /proc/net/dev | grep -c :; touch /usr/bin/x || echo refused; \
                 test ! -e HERE; env | wc -l";
    let here = place.directory.to_str().unwrap();
    place.edit("env.pl", "\"site-maker\", ", &format!("{:?}, \"site-maker\", ", probe.replace("HERE", here)));
    build(&place, &[]);
    let hash = derivations(&place)["build of ."].clone();
    let log = place.run(["log", &hash[..16]], 0).out;
    assert_eq!(
        log,
        "build\n/build /build UTC C.UTF-8 315532800\n. build:build 755 315532800\nsrc build:build 755 315532800\n\
         src/one.page build:build 644 315532800\n1\n1\ntouch: cannot touch '/usr/bin/x': Permission denied\nrefused\n\
         11\nmade 2 pages\n"
    );
}

#[test]
fn what_commands_make_is_built_again_and_compared() {
    let place = place();
    let first = build(&place, &[]);
    assert_eq!(host_trees(&build(&place, &["--rebuild"])), host_trees(&first));
    place.edit("env.pl", "echo $WORD > dist/word", "od -An -N8 -tx1 /dev/urandom > dist/word");
    build(&place, &[]);
    let ran = place.run(build_args(&["--rebuild"]), 3);
    assert!(ran.err.contains("not reproducible") && ran.err.contains("`build of .`"), "{}", ran.err);
}

#[test]
fn an_ordinary_user_makes_the_same_trees() {
    let place = furnish(Place::in_the_open());
    place.write("env.pl", ENV);
    fill(&place.path("src"));
    if let Some(trees) = built_by_an_ordinary_user(&place) {
        assert_eq!(trees, host_trees(&build(&self::place(), &[])));
    }
}

#[test]
fn downloads_are_held_to_their_hash() {
    let place = place();
    let packed =
        Command::new("tar").args(["-czf", "site-1.0.tar.gz", "src"]).current_dir(&place.directory).status();
    assert!(packed.unwrap().success());
    let hash = sha256(&fs::read(place.path("site-1.0.tar.gz")).unwrap());
    let url = format!("file://{}", place.path("site-1.0.tar.gz").display());
    let download = |hash: &str, more: &str| {
        let made = format!("download {{ url = \"{url}\", sha256 = \"{hash}\"{more} }}");
        ENV.replace("local { path = \"./src\", ignore = [\"*.log\"] }", &made)
    };
    place.write("env.pl", &download(&hash, ", unpack = true"));
    let result = build(&place, &[]);
    let root = Root::of(&place.store(), &result, "front");
    assert_eq!(root.line("srv/site/run"), "0755 101:101 file");
    assert_eq!(root.text("srv/site/two.page"), "two\n");
    assert_eq!(build(&place, &[])["built"], 0);
    let lines = plan_text(&place, &["--verbose"]);
    assert!(lines.starts_with("nothing to do"), "{lines}");
    // As it is.
    let plain = download(&hash, "").replace("/srv/site/one.page", "/srv/site/site-1.0.tar.gz");
    place.write("env.pl", &plain.replace("grep -q one", "test -f"));
    let result = build(&place, &[]);
    assert_eq!(result["built"], 4, "the file is there already: a tree, a root, a check, the environment");
    let root = Root::of(&place.store(), &result, "front");
    assert_eq!(root.line("srv/site/site-1.0.tar.gz"), "0644 101:101 file");
    // Another file than the description means.
    place.write("env.pl", &download(&"0".repeat(64), ", unpack = true"));
    let ran = place.run(build_args(&[]), 3);
    assert!(ran.err.contains(&format!("its SHA-256 is {hash} instead of 000")), "{}", ran.err);
    assert!(ran.err.contains("does `sha256` say what it should be?"), "{}", ran.err);
}

fn plan_text(place: &Place, further: &[&str]) -> String {
    place.run([&["plan", "env.pl", "--profile", "local"], further].concat(), 0).out
}

#[test]
fn plan_show_and_diff_tell_of_trees() {
    let place = place();
    place.run(["lock", "env.pl", "--mirror", mirror()], 0);
    let planned = plan_text(&place, &["--verbose"]);
    for part in ["source", "run", "build of .", "./src"] {
        assert!(planned.contains(part), "{part}: {planned}");
    }
    let first = build(&place, &[]);
    let known = derivations(&place);
    let show = |name: &str| place.run(["show", &known[name][..16]], 0).out;
    for (name, parts) in [
        ("./src", &["source ./src", "holds ", "tree "][..]),
        (
            "build of .",
            &[
                "run build of .",
                "command site-maker",
                "variable WORD=hello",
                "result dist",
                "root ",
                "source ",
            ],
        ),
        ("shop.front", &["tree at /srv/site keeper:keeper", "./src"]),
    ] {
        let text = show(name);
        for part in parts {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
    place.write("src/one.page", "one, changed\n");
    place.write("src/new", "new\n");
    fs::remove_file(place.path("src/run")).unwrap();
    place.edit("env.pl", "WORD = \"hello\"", "WORD = \"goodbye\"");
    let ran = place.run(["diff", text(&first, "derivation"), "env.pl@local"], 1);
    assert_eq!(
        ran.out,
        "host front\n  /srv/site\n    + new\n    ~ one.page\n    - run\n\
         host back\n  /srv/made\n    ~ src/one.page\n    variable removed: WORD=hello\n    variable added: WORD=goodbye\n"
    );
}
