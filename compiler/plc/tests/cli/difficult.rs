//! What maintainer scripts do comes out as dpkg would have it, and what only one machine or one day has does not.

use plc_store::Kind;

use crate::{
    archive::DATE,
    fixture::{result, template},
    support::Root,
};

/// `path: MODE UID:GID KIND` of each path, as expected.
fn expect(root: &Root, lines: &[(&str, &str)]) {
    let wrong: Vec<_> = lines
        .iter()
        .filter(|(path, line)| root.line(path) != *line)
        .map(|(path, line)| format!("{path}: {} and not {line}", root.line(path)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn host(name: &str) -> Root {
    Root::of(&template().join("store"), &result(), name)
}

#[test]
fn owners_and_modes_are_those_of_packages_scripts_and_description() {
    let root = host("front");
    expect(
        &root,
        &[
            ("usr/lib/web/suid", "4755 0:0 file"),
            ("usr/lib/web/suid-by-script", "4755 0:0 file"),
            ("usr/lib/web/sgid", "2755 0:42 file"),
            ("usr/lib/web/nobody", "0000 0:0 file"),
            ("usr/lib/web/closed", "0000 0:0 directory"),
            ("usr/lib/web/spool", "2750 0:100 directory"),
            ("etc/web/web.conf", "0640 100:100 file"),
            ("etc/web/mime.types", "0644 0:0 file"),
            ("var/lib/web", "0750 100:100 directory"),
            ("etc/shadow", "0640 0:42 file"),
            ("tmp", "1777 0:0 directory"),
            ("root", "0700 0:0 directory"),
            ("usr/bin/sh", "0777 0:0 → dash"),
            ("bin", "0777 0:0 → usr/bin"),
            ("usr/lib/libtiny.so.1", "0777 0:0 → libtiny.so.1.2"),
            ("usr/lib/libtiny.so.1.2", "0644 0:0 = usr/lib/libtiny-copy.so.1.2"),
        ],
    );
    assert!(root.entry(b"usr/lib/web/na\xefve").is_some(), "a name that is not UTF-8");
    assert!(root.text("var/lib/dpkg/statoverride").contains("root web 2750 /usr/lib/web/spool"));
}

#[test]
fn what_one_machine_or_one_day_has_is_gone() {
    let root = host("front");
    expect(
        &root,
        &[
            ("etc/machine-id", "0644 0:0 empty"),
            ("var/log/web/install.log", "0640 100:100 empty"),
            ("etc/ssh/ssh_host_tiny_key", "nothing"),
            ("etc/ssh/ssh_host_tiny_key.pub", "nothing"),
            ("var/lib/systemd/random-seed", "nothing"),
            ("etc/shadow-", "nothing"),
            ("tmp/when", "nothing"),
            ("var/tmp/when", "nothing"),
            ("run/when", "nothing"),
            ("usr/sbin/policy-rc.d", "nothing"),
            ("var/lib/dpkg/status-old", "nothing"),
            ("var/log/alternatives.log", "nothing"),
            ("var/log/dpkg.log", "nothing"),
        ],
    );
    let then = i64::try_from(DATE).unwrap();
    let day = format!("web:!:{}:0:", then / 86_400);
    assert!(root.text("etc/shadow").contains(&day), "{}", root.text("etc/shadow"));
    assert_eq!(root.text("usr/lib/web/made-at"), "Wed Jan  1 00:00:00 UTC 2025\n");
    let late: Vec<_> = root.entries().iter().filter(|entry| entry.meta.mtime > then).collect();
    assert!(late.is_empty(), "newer than what they are made of: {late:#?}");
}

#[test]
fn a_directory_takes_the_place_of_a_link_and_a_link_that_of_a_directory() {
    let root = host("front");
    expect(
        &root,
        &[
            ("var/spool/mail", "2775 0:8 directory"),
            ("var/spool/mail/root", "0644 0:8 file"),
            ("var/mail", "0755 0:0 directory"),
            ("mnt", "0777 0:0 → run"),
        ],
    );
    let other = host("back");
    expect(&other, &[("var/spool/mail", "0777 0:0 → ../mail"), ("mnt", "0755 0:0 directory")]);
}

#[test]
fn diversions_alternatives_and_triggers_are_dpkgs() {
    let root = host("middle");
    assert!(root.text("usr/bin/tool").contains("better"));
    assert!(root.text("usr/bin/tool.plain").contains("plain"));
    assert_eq!(root.text("var/lib/dpkg/diversions"), "/usr/bin/tool\n/usr/bin/tool.plain\nbetter-tool\n");
    expect(
        &root,
        &[
            ("usr/bin/editor", "0777 0:0 → /etc/alternatives/editor"),
            ("etc/alternatives/editor", "0777 0:0 → /usr/bin/large-editor"),
        ],
    );
    assert_eq!(root.text("var/lib/indexer/files"), "a b\n", "a file trigger of the base's package");
    assert_eq!(root.text("var/lib/indexer/asked"), "yes\n", "a named trigger of the base's package");
    let status = root.text("var/lib/dpkg/status");
    assert!(!status.contains("Triggers-"), "no trigger is left over: {status}");
}

#[test]
fn the_solver_takes_what_fits() {
    let root = host("front");
    let status = root.text("var/lib/dpkg/status");
    let has = |name: &str| status.lines().any(|line| line == format!("Package: {name}"));
    assert!(has("tiny-mta") && !has("old-mta"), "of a virtual package, the version that is asked for");
    assert!(has("cgi-present"), "of alternatives, the one that is there");
    assert!(!has("app") && !has("dice"), "nothing of other hosts");
    let other = |line: &&str| line.starts_with("Status: ") && *line != "Status: install ok installed";
    assert_eq!(status.lines().find(other), None);
    assert!(root.entry(b"var/lib/dpkg/info/libtiny1:amd64.list").is_some() || cfg!(target_arch = "aarch64"));
}

#[test]
fn state_belongs_to_the_running_host_and_configuration_to_the_description() {
    let root = host("back");
    expect(
        &root,
        &[
            ("var/lib/keeper", "0700 101:0 directory"),
            ("etc/keeper/enabled/default", "0777 0:0 → ../available/default"),
            ("usr/share/keeper/two", "0644 0:0 = usr/share/keeper/one"),
            ("var/cache/keeper", "0755 0:0 directory"),
        ],
    );
    assert_eq!(root.text("etc/keeper/keeper.conf"), "listen 7000\nverbose no\n");
    let sum = "/etc/keeper/keeper.conf ";
    assert!(root.text("var/lib/dpkg/status").contains(sum), "dpkg knows it as a configuration file");
    let empty = root.entries().iter().filter(|entry| matches!(entry.kind, Kind::File { .. })).count();
    assert!(empty > 50, "{empty} files");
}
