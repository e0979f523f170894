//! Directories and files of the project.

use std::{
    fs::{self, FileTimes},
    time::{Duration, SystemTime},
};

use plc_store::{Kind, TreePath};
use rustix::fs::{CWD, FileType, Mode, mknodat, stat};

use super::{
    super::{
        VENDORED,
        stamps::{self, Remembered, Stamp},
    },
    fixture::{Fixture, git},
};

#[test]
fn a_directory_is_what_is_in_it() {
    let it = Fixture::new();
    it.write("src/b/run", "#!/bin/sh\n");
    it.mode("src/b/run", 0o700);
    it.write("src/a.txt", "a\n");
    it.mode("src/a.txt", 0o664);
    it.write("src/.hidden", "");
    it.link("src/b/link", "../a.txt");
    it.write("src/.git/HEAD", "ref: refs/heads/main\n");
    it.write("src/b/.git", "gitdir: elsewhere\n");
    fs::create_dir_all(it.path("src/empty/too")).unwrap();
    assert_eq!(
        it.listing(it.local("./src", &[]).unwrap()),
        "0644 .hidden \"\"\n0644 a.txt \"a\\n\"\n0755 b /\n0777 b/link → ../a.txt\n0755 b/run \"#!/bin/sh\\n\"\n"
    );
}

#[test]
fn what_is_vendored_is_part_of_no_source() {
    let it = Fixture::new();
    it.write("src/a.txt", "a\n");
    let alone = it.local("./src", &[]).unwrap();
    it.write("src/env.vendor/archives/debian/x.deb", "x");
    assert_ne!(it.local("./src", &[]).unwrap(), alone);
    it.write(&format!("src/env.vendor/{VENDORED}"), "");
    assert_eq!(it.local("./src", &[]).unwrap(), alone);
}

#[test]
fn a_copy_elsewhere_is_the_same_source() {
    let it = Fixture::new();
    let there = Fixture::new();
    for (place, mode, ago) in [(&it, 0o600, 1_000), (&there, 0o664, 500_000)] {
        place.write("src/a", "a\n");
        place.write("src/d/b", "b\n");
        place.mode("src/a", mode);
        place.mode("src/d", 0o700 | mode);
        let past = SystemTime::now() - Duration::from_secs(ago);
        let times = FileTimes::new().set_modified(past);
        fs::File::open(place.path("src/a")).unwrap().set_times(times).unwrap();
    }
    let digest = it.local("src", &[]).unwrap();
    assert_eq!(there.local("./src/", &[]).unwrap(), digest);
    assert_eq!(there.local("src/d/..", &[]).unwrap(), digest);
    there.mode("src/a", 0o744);
    assert_ne!(there.local("src", &[]).unwrap(), digest, "whether a file can be run is part of it");
}

#[test]
fn what_is_left_out_changes_nothing() {
    let it = Fixture::new();
    it.write(".gitignore", "*.tmp\n/src/anchored\n");
    it.write("src/.gitignore", "node_modules/\n!kept.tmp\n");
    it.write("src/a", "a\n");
    it.write("src/kept.tmp", "kept\n");
    let before = it.local("./src", &["*.log"]).unwrap();
    assert_eq!(it.tree(before).entries().len(), 4, "{}", it.listing(before));
    it.write("src/node_modules/x/index.js", "x");
    it.write("src/deep/er/b.tmp", "b");
    it.write("src/c.log", "c");
    it.write("src/anchored", "d");
    assert_eq!(it.local("./src", &["*.log"]).unwrap(), before);
    it.write("src/node_modules/x/index.js", "y");
    assert_eq!(it.local("./src", &["*.log"]).unwrap(), before);
    // And without the description's pattern, its file is a part.
    assert_ne!(it.local("./src", &[]).unwrap(), before);
    // What the description says comes before what files say.
    let all = it.local("./src", &["!*"]).unwrap();
    assert!(it.listing(all).contains("node_modules/x/index.js"), "{}", it.listing(all));
    it.write("src/a", "another\n");
    assert_ne!(it.local("./src", &["*.log"]).unwrap(), before);
}

#[test]
fn rules_of_this_machine_do_not_count() {
    let it = Fixture::new();
    it.write("src/a", "a\n");
    it.write("src/b", "b\n");
    let digest = it.local("./src", &[]).unwrap();
    // Above the project, and where only one person's Git looks.
    fs::write(it.beside(".gitignore"), "a\n").unwrap();
    git(&it.path(""), &["init", "--quiet"]);
    it.write(".git/info/exclude", "b\n");
    assert_eq!(it.local("./src", &[]).unwrap(), digest);
    // A link to rules is not followed, as with Git; it is a part like any other link.
    it.write("rules", "a\n");
    it.write("other/a", "a\n");
    it.write("other/rules", "a\n");
    it.link("other/.gitignore", "rules");
    let other = it.local("./other", &[]).unwrap();
    assert_eq!(it.listing(other), "0777 .gitignore → rules\n0644 a \"a\\n\"\n0644 rules \"a\\n\"\n");
}

#[test]
fn no_way_leads_out_of_the_project() {
    let mut it = Fixture::new();
    fs::create_dir(it.beside("secret")).unwrap();
    fs::write(it.beside("secret/key"), "key\n").unwrap();
    it.write("src/a", "a\n");
    it.link("out", "../secret");
    it.link("absolute", it.beside("secret").to_str().unwrap());
    it.link("in", "src");
    fs::create_dir(it.path("deep")).unwrap();
    it.link("deep/out", "../../secret/key");
    let beside = it.beside("secret").to_str().unwrap().to_owned();
    for path in ["../secret", "out", "absolute", "deep/out", "src/../../secret", "out/key", &beside] {
        let error = it.local(path, &[]).unwrap_err();
        assert_eq!(error.to_string(), format!("`{path}` leads out of the project"));
        assert!(error.is_the_users() && error.help().is_some());
    }
    assert_eq!(it.local("in", &[]).unwrap(), it.local("src", &[]).unwrap());
    // What the command line names may be anywhere.
    it.named.insert(beside.clone());
    assert_eq!(it.listing(it.local(&beside, &[]).unwrap()), "0644 key \"key\\n\"\n");
}

#[test]
fn links_that_lead_out_of_the_source_are_refused() {
    let it = Fixture::new();
    it.write("src/a", "a\n");
    for target in ["../a", "/etc/passwd", "b/../../x"] {
        it.link("src/link", target);
        let error = it.local("./src", &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("`link` is a link to `{target}`, which is outside of the source `./src`")
        );
        assert!(it.local("./src", &["/link"]).is_ok(), "as its advice says: {:?}", error.help());
        fs::remove_file(it.path("src/link")).unwrap();
    }
}

#[test]
fn what_is_no_file_is_refused() {
    let it = Fixture::new();
    it.write("src/a", "a\n");
    mknodat(CWD, it.path("src/pipe"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    let error = it.local("./src", &[]).unwrap_err();
    assert_eq!(error.to_string(), "`pipe` of the source `./src` is neither a file, a directory nor a link");
    assert!(it.local("./src", &["/pipe"]).is_ok(), "as its advice says: {:?}", error.help());
    assert!(
        it.local("./src/pipe", &[]).unwrap_err().to_string().contains("neither a file"),
        "and not waited for"
    );
}

#[test]
fn nothing_is_no_source() {
    let it = Fixture::new();
    fs::create_dir_all(it.path("empty/too")).unwrap();
    it.write("logs/a.log", "a\n");
    it.write("file", "a\n");
    for (path, ignore, message) in [
        ("./gone", "", "there is no `./gone` in the project"),
        ("file/x", "", "there is no `file/x` in the project"),
        ("./empty", "", "the source `./empty` has no files, or all of them are left out"),
        ("./logs", "*.log", "the source `./logs` has no files, or all of them are left out"),
        ("./logs", "[z-a]", "`[z-a]` is no pattern of what to leave out: "),
    ] {
        let error = it.local(path, &[ignore]).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn a_file_is_a_tree_of_its_own_name() {
    let it = Fixture::new();
    it.write("bin/tool", "#!/bin/sh\n");
    it.mode("bin/tool", 0o755);
    let digest = it.local("./bin/tool", &[]).unwrap();
    assert_eq!(it.listing(digest), "0755 tool \"#!/bin/sh\\n\"\n");
    assert_eq!(it.local("bin", &[]).unwrap(), digest, "as a directory with it alone");
}

#[test]
fn what_is_as_it_was_is_not_read_again() {
    let it = Fixture::new();
    it.write("src/a", "one\n");
    let honest = it.local("./src", &[]).unwrap();
    assert!(!it.remembered("./src").exists(), "it was written just now, and may be again without a sign");
    // As if it had been read long ago, with another content.
    let lie = |blob| {
        let path = TreePath::new(b"a").unwrap();
        let stamp = Stamp::of(&stat(it.path("src/a")).unwrap());
        stamps::write(&it.remembered("./src"), &[Remembered { path, stamp, blob }]).unwrap();
    };
    let other = it.store.put_blob(b"two\n").unwrap();
    lie(other);
    let believed = it.local("./src", &[]).unwrap();
    let entry = it.tree(believed).get(&TreePath::new(b"a").unwrap()).unwrap().clone();
    assert_eq!(entry.kind, Kind::File { blob: other, size: 4 });
    // What this store does not have is read all the same.
    lie(plc_store::BlobDigest::from_bytes([7; 32]));
    assert_eq!(it.local("./src", &[]).unwrap(), honest);
    // And what was changed since.
    lie(other);
    it.write("src/a", "six\n");
    let now = it.local("./src", &[]).unwrap();
    assert_eq!(it.listing(now), "0644 a \"six\\n\"\n");
}

#[test]
fn the_store_is_no_part_of_a_source() {
    let mut it = Fixture::new();
    it.write("a", "a\n");
    let store = plc_store::Store::open(&it.path("store")).unwrap();
    let before = it.local(".", &["store"]).unwrap();
    it.link("result-local", store.root().join("outcomes/x").to_str().unwrap());
    it.store = store;
    assert_eq!(it.local(".", &[]).unwrap(), before);
}
