//! What the steps change is what comes back.

use plc_build::sandbox::ScaffoldFile;
use plc_store::Kind;

use super::fixture::{CAPABILITY, Fixture, THEN, find, names, path, summary};

#[test]
fn a_step_that_changes_nothing_gives_the_root_directory_only() {
    let delta = Fixture::new().delta("true");
    assert_eq!(names(&delta.removed), [""; 0]);
    assert_eq!(names(&delta.opaque), [""; 0]);
    assert_eq!(delta.entries.iter().map(|entry| entry.path.to_string()).collect::<Vec<_>>(), [""]);
    assert_eq!(delta.entries[0].meta.mtime, THEN);
}

#[test]
fn files_are_written_changed_and_removed() {
    let fixture = Fixture::new();
    let delta = fixture.delta(
        "echo new >/etc/new; echo more >>/etc/conf; rm /etc/conf.d/one; mkdir /var; chmod 750 /var; ln -s ../etc /var/etc;
         mkfifo -m 600 /var/fifo; touch -d @86400 /var/dated; mkdir -p /var/locked/deep; chmod 000 /var/locked",
    );
    assert_eq!(summary(&delta, "etc/new"), "644 0:0 file of 4");
    assert_eq!(fixture.read(find(&delta, "etc/conf").expect("it is there")), "old\nmore\n");
    assert_eq!(names(&delta.removed), ["etc/conf.d/one"]);
    assert_eq!(summary(&delta, "var"), "750 0:0 directory");
    assert_eq!(summary(&delta, "var/etc"), "777 0:0 link to ../etc");
    assert_eq!(summary(&delta, "var/fifo"), "600 0:0 Fifo");
    assert_eq!(find(&delta, "var/dated").map(|entry| entry.meta.mtime), Some(86400));
    assert_eq!(summary(&delta, "var/locked"), "0 0:0 directory");
    assert_eq!(summary(&delta, "var/locked/deep"), "755 0:0 directory");
    assert_eq!(summary(&delta, "etc/conf.d/two"), "nothing");
    assert!(delta.entries.is_sorted_by(|a, b| a.path < b.path));
    assert_eq!(fixture.leftovers(), [""; 0].map(std::path::PathBuf::from));
}

#[test]
fn owners_modes_and_capabilities_are_the_trees() {
    let fixture = Fixture::new();
    assert_eq!(fixture.print("stat -c '%u:%g %a %Y' /lib/owned"), format!("33:8 4755 {THEN}\n"));
    let delta = fixture.delta("chown 1000:65535 /etc/conf; touch /lib/owned; chmod 700 /lib/capable; touch /etc/s; chmod 6755 /etc/s");
    assert_eq!(summary(&delta, "etc/conf"), "644 1000:65535 file of 4");
    assert_eq!(summary(&delta, "lib/owned"), "4755 33:8 file of 6");
    assert_eq!(summary(&delta, "etc/s"), "6755 0:0 file of 0");
    let xattrs = &find(&delta, "lib/capable").expect("it is there").meta.xattrs;
    assert_eq!(xattrs.iter().map(|xattr| &*xattr.value).collect::<Vec<_>>(), [CAPABILITY]);
}

#[test]
fn hard_links_are_found() {
    let fixture = Fixture::new();
    assert_eq!(fixture.print("stat -c %h /lib/twice /lib/twice-too"), "2\n2\n");
    let delta = fixture.delta("echo x >/etc/b; ln /etc/b /etc/a; ln /etc/b /bin/z");
    assert_eq!(summary(&delta, "bin/z"), "644 0:0 file of 2");
    assert_eq!(summary(&delta, "etc/a"), "644 0:0 hard link to bin/z");
    assert_eq!(summary(&delta, "etc/b"), "644 0:0 hard link to bin/z");
}

#[test]
fn directories_are_replaced() {
    let fixture = Fixture::new();
    let delta = fixture.delta("rm -r /etc/conf.d; echo file >/etc/conf.d; rm /etc/conf; mkdir /etc/conf");
    assert_eq!(summary(&delta, "etc/conf.d"), "644 0:0 file of 5");
    assert_eq!(summary(&delta, "etc/conf"), "755 0:0 directory");
    assert_eq!(names(&delta.removed), [""; 0]);

    let delta = fixture.delta("rm -r /etc/conf.d; mkdir /etc/conf.d; echo 3 >/etc/conf.d/three");
    assert_eq!(names(&delta.opaque), ["etc/conf.d"]);
    assert_eq!(summary(&delta, "etc/conf.d/three"), "644 0:0 file of 2");

    let delta = fixture.delta("mv /etc/conf.d /etc/moved");
    assert_eq!(names(&delta.removed), ["etc/conf.d"]);
    assert_eq!(summary(&delta, "etc/moved/one"), "640 0:0 file of 2");
    assert_eq!(find(&delta, "etc/moved/two").map(|entry| entry.meta.mtime), Some(THEN));
}

#[test]
fn names_need_not_be_text() {
    let delta = Fixture::new().delta(r"echo x >$'/etc/\377\n'");
    assert!(delta.entries.iter().any(|entry| entry.path.as_bytes() == b"etc/\xff\n"), "{delta:?}");
}

#[test]
fn the_scaffold_is_there_and_leaves_no_trace() {
    let fixture = Fixture::new();
    let file = |at: &str| ScaffoldFile {
        path: path(at),
        mode: 0o755,
        content: b"#!/bin/sh\necho scaffold\n".into(),
    };
    let mut request = fixture.request(&["/etc/conf; /usr/sbin/policy; /usr/lib/left; touch /usr/lib/mine"]);
    request.scaffold = vec![file("etc/conf"), file("usr/sbin/policy"), file("usr/lib/left")];
    let (outcome, log) = fixture.try_run(&request).expect("a sandbox");
    assert_eq!(
        (outcome.failure.map(|failure| failure.reason), log.as_str()),
        (None, "scaffold\nscaffold\nscaffold\n")
    );
    let delta = outcome.delta.expect("a delta");
    let paths: Vec<_> = delta.entries.iter().map(|entry| entry.path.to_string()).collect();
    assert_eq!(paths, ["", "usr", "usr/lib", "usr/lib/mine"]);
    assert_eq!((names(&delta.removed), names(&delta.opaque)), (vec![], vec![]));
}

/// What steps have done to a scaffold file is theirs.
#[test]
fn a_scaffold_file_that_was_changed_is_no_scaffold() {
    let fixture = Fixture::new();
    let file = |at: &str| ScaffoldFile { path: path(at), mode: 0o755, content: b"placed".into() };
    let mut request = fixture.request(&[
        "rm /etc/conf; mv /usr/lib/moved /usr/lib/there; cat /etc/copied >/etc/copy; echo new >/etc/new; \
         printf Placed >/etc/same",
    ]);
    request.scaffold = ["etc/conf", "usr/lib/moved", "etc/copied", "etc/new", "etc/same"].map(file).into();
    let (outcome, _) = fixture.try_run(&request).expect("a sandbox");
    let delta = outcome.delta.expect("a delta");
    let paths: Vec<_> = delta.entries.iter().map(|entry| entry.path.to_string()).collect();
    assert_eq!(paths, ["", "etc", "etc/copy", "etc/new", "etc/same", "usr", "usr/lib", "usr/lib/there"]);
    assert_eq!(names(&delta.removed), ["etc/conf"]);
}

#[test]
fn large_files_come_back_whole() {
    let fixture = Fixture::new();
    let delta = fixture.delta("for i in {1..200}; do cat /bin/bash >>/etc/large; echo $i >/etc/$i; done");
    let size = |at: &str| match find(&delta, at).map(|entry| &entry.kind) {
        Some(Kind::File { size, .. }) => *size,
        other => panic!("{other:?}"),
    };
    assert_eq!(size("etc/large") % 200, 0);
    assert_eq!(size("etc/200"), 4);
}
