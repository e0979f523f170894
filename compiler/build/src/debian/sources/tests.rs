use plc_lang::{source::Span, topology::Archive};

use super::*;

fn archive(mirror: Option<&str>) -> Archive {
    Archive {
        name: "debian".into(),
        suites: vec!["bookworm".into(), "bookworm-security".into()],
        components: vec!["main".into()],
        signed_by: "debian-archive-keyring".into(),
        mirror: mirror.map(str::to_owned),
        span: Span::default(),
    }
}

fn apt() -> Sources {
    let mut sources = Sources::default();
    sources.add(
        "# a comment\nTypes: deb deb-src\nURIs: http://mirror.example/debian/\nSuites: bookworm\n bookworm-updates\n\
         Components: main contrib\nSigned-By:\n -----BEGIN\n .\n\n\
         Types: deb\nURIs: http://mirror.example/debian-security\nSuites: bookworm-security\nComponents: main\n\n\
         Enabled: no\nTypes: deb\nURIs: http://off.example/debian\nSuites: bookworm trixie\nComponents: main\n\n\
         Types: deb-src\nURIs: http://source.example/debian\nSuites: bookworm\nComponents: main\n",
        true,
    );
    sources.add(
        "deb [arch=amd64 signed-by=/k.gpg] https://other.example/linux/debian bookworm stable # vendor\n\
         deb-src http://source.example/debian bookworm main\n\
         # deb http://off.example/debian bookworm main\n\
         deb [ enabled=no ] http://off.example/debian bookworm main\n\
         deb cdrom:[Debian]/ bookworm main\n\
         deb\tcopy:/srv/debian bullseye main\n\
         deb http://flat.example/ ./\n",
        false,
    );
    sources
}

fn urls(mirrors: &Mirrors, mirror: Option<&str>, suite: &str) -> Vec<String> {
    mirrors.urls(&archive(mirror), suite).unwrap()
}

#[test]
fn apt_says_which_base_serves_a_suite() {
    let mirrors = Mirrors { sources: apt(), ..Mirrors::default() };
    assert_eq!(urls(&mirrors, None, "bookworm"), ["http://mirror.example/debian"]);
    assert_eq!(urls(&mirrors, None, "bookworm-updates"), ["http://mirror.example/debian"]);
    assert_eq!(urls(&mirrors, None, "bookworm-security"), ["http://mirror.example/debian-security"]);
    assert_eq!(urls(&mirrors, None, "bullseye"), ["file:///srv/debian"]);
}

#[test]
fn a_suite_that_apt_does_not_have_is_looked_for_beside_those_of_its_kind() {
    let mirrors = Mirrors { sources: apt(), ..Mirrors::default() };
    assert_eq!(urls(&mirrors, None, "trixie"), ["http://mirror.example/debian", "file:///srv/debian"]);
    assert_eq!(urls(&mirrors, None, "trixie-security"), ["http://mirror.example/debian-security"]);
}

#[test]
fn a_given_mirror_comes_first_and_stands_for_its_security_sibling() {
    let mirrors = Mirrors {
        explicit: Some("http://near.example/debian/".into()),
        sources: apt(),
        ..Mirrors::default()
    };
    assert_eq!(urls(&mirrors, None, "bookworm"), ["http://near.example/debian"]);
    assert_eq!(
        urls(&mirrors, None, "bookworm-security"),
        ["http://near.example/debian-security", "http://near.example/debian"]
    );
    assert_eq!(urls(&mirrors, Some("file:/x"), "bookworm"), ["http://near.example/debian", "file:///x"]);
}

#[test]
fn a_directory_that_has_the_security_suite_is_used_before_its_sibling() {
    let directory = tempfile::tempdir().unwrap();
    let base = directory.path().join("debian");
    std::fs::create_dir_all(base.join("dists/bookworm-security")).unwrap();
    let mirrors = Mirrors { explicit: Some(base.display().to_string()), ..Mirrors::default() };
    assert_eq!(urls(&mirrors, None, "bookworm-security")[0], format!("file://{}", base.display()));
}

#[test]
fn a_path_in_the_description_is_relative_to_the_project() {
    let mirrors = Mirrors { project: "/project".into(), ..Mirrors::default() };
    assert_eq!(urls(&mirrors, Some("archive"), "stable"), ["file:///project/archive"]);
}

#[test]
fn nothing_at_all_says_what_to_set() {
    let error = Mirrors::default().urls(&archive(None), "bookworm").unwrap_err();
    assert_eq!(
        error.to_string(),
        "no mirror is known for suite `bookworm` of archive `debian`: set `PLC_MIRROR` or give `--mirror URL`"
    );
}

#[test]
fn files_are_read_in_apts_order() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(Sources::read(directory.path()).unwrap(), Sources::default());
    std::fs::create_dir(directory.path().join("sources.list.d")).unwrap();
    std::fs::write(directory.path().join("sources.list"), "deb http://a.example/debian sid main\n").unwrap();
    std::fs::write(directory.path().join("sources.list.d/b.list"), "deb http://b.example/debian sid main\n")
        .unwrap();
    std::fs::write(
        directory.path().join("sources.list.d/c.list.bak"),
        "deb http://c.example/debian sid main\n",
    )
    .unwrap();
    let mirrors = Mirrors { sources: Sources::read(directory.path()).unwrap(), ..Mirrors::default() };
    assert_eq!(urls(&mirrors, None, "sid"), ["http://a.example/debian", "http://b.example/debian"]);
}

#[test]
fn snapshots_are_of_the_hours_after_a_date() {
    let dated = date::parse_lock("2026-07-11T20:16:37Z").unwrap();
    let none = Mirrors::default();
    assert!(none.snapshots("bookworm", dated).is_empty());
    let snapshot = Some("http://snapshot.example/archive/debian/".to_owned());
    let mirrors = Mirrors { snapshot, ..Mirrors::default() };
    assert_eq!(
        mirrors.snapshots("bookworm", dated),
        [
            "http://snapshot.example/archive/debian/20260712T021637Z",
            "http://snapshot.example/archive/debian/20260712T081637Z",
            "http://snapshot.example/archive/debian/20260712T201637Z",
            "http://snapshot.example/archive/debian/20260713T201637Z",
            "http://snapshot.example/archive/debian/20260711T201637Z",
        ]
    );
    let security = mirrors.snapshots("bookworm-security", dated);
    assert_eq!(security[0], "http://snapshot.example/archive/debian-security/20260712T021637Z");
    assert_eq!(security[1], "http://snapshot.example/archive/debian/20260712T021637Z");
    // No mirror stands in for it, nor it for a mirror.
    assert!(mirrors.urls(&archive(None), "bookworm").is_err());
}
