//! What a lock that is made again keeps.

use super::*;

const LATER: u64 = DATE + DAY;

/// An archive with a base, a server and what it needs.
fn first() -> fixture::Archive {
    fixture::Archive::new("stable")
        .package(Package::new("base-files", "1").essential().depends("libc"))
        .package(Package::new("libc", "1"))
        .package(Package::new("web", "1").depends("lib"))
        .package(Package::new("lib", "1"))
        .package(Package::new("other", "1").depends("lib"))
}

/// A day later everything is newer, and nothing is there in the version of before.
fn second() -> fixture::Archive {
    fixture::Archive::new("stable")
        .date(LATER)
        .package(Package::new("base-files", "2").essential().depends("libc"))
        .package(Package::new("libc", "2"))
        .package(Package::new("web", "2").depends("lib"))
        .package(Package::new("lib", "2"))
        .package(Package::new("other", "2").depends("lib"))
        .package(Package::new("extra", "2").depends("lib | libc"))
}

/// The archive of a project is another one now.
fn becomes(project: &Project, now: &fixture::Archive) {
    now.write(&project.directory.path().join("archive"));
}

fn versions(lock: &Lock) -> String {
    let shown = lock.packages.iter().map(|package| format!("{} {}", package.key.name, package.key.version));
    shown.collect::<Vec<_>>().join(", ")
}

/// The lock of hosts, made again with only packages of some names to move.
fn again(
    project: &Project,
    hosts: &[(&str, &[&str])],
    before: &Lock,
    names: &[&str],
) -> Result<Lock, String> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    project.make(hosts, LATER, Some(before), false, Update::Only(&names))
}

fn locked(project: &Project, hosts: &[(&str, &[&str])]) -> Lock {
    project.make(hosts, DATE, None, false, Update::Everything).unwrap()
}

#[test]
fn what_is_locked_stays_without_asking_anybody() {
    let project = Project::new(&first());
    let hosts: [(&str, &[&str]); 2] = [("web", &["web"]), ("db", &["other"])];
    let before = locked(&project, &hosts);
    fs::remove_dir_all(project.directory.path().join("archive")).unwrap();
    assert_eq!(again(&project, &hosts, &before, &[]).unwrap(), before);
    // What nobody asks for any more goes.
    let less = again(&project, &hosts[..1], &before, &[]).unwrap();
    assert_eq!(versions(&less), "base-files 1, lib 1, libc 1, web 1");
    assert_eq!((less.closures.len(), &less.archives), (2, &before.archives));
    assert!(again(&project, &hosts, &before, &["web"]).is_err());
}

#[test]
fn a_further_request_moves_nothing() {
    let project = Project::new(&first());
    let before = locked(&project, &[("web", &["web"])]);
    becomes(&project, &second());
    let hosts: [(&str, &[&str]); 2] = [("web", &["web"]), ("db", &["extra"])];
    let after = again(&project, &hosts, &before, &[]).unwrap();
    assert_eq!(versions(&after), "base-files 1, extra 2, lib 1, libc 1, web 1");
    assert_eq!(after.archives[0].suites[0].date, "2025-01-02T00:00:00Z");
    // Of alternatives, what is there already: the base has `libc`, and the first is `lib`.
    let db = after.closures.iter().find(|closure| closure.of == ClosureOf::Host("db".into())).unwrap();
    assert_eq!(db.packages.len(), 1, "{db:?}");
    // All of it moves when it may.
    let newest = project.make(&hosts, LATER, Some(&before), false, Update::Everything).unwrap();
    assert_eq!(
        versions(&newest),
        "base-files 2, extra 2, libc 2, lib 2, web 2".replace("libc 2, lib 2", "lib 2, libc 2")
    );
}

#[test]
fn a_named_package_moves_alone() {
    let project = Project::new(&first());
    let hosts: [(&str, &[&str]); 2] = [("web", &["web"]), ("db", &["other"])];
    let before = locked(&project, &hosts);
    becomes(&project, &second());
    let web = again(&project, &hosts, &before, &["web"]).unwrap();
    assert_eq!(versions(&web), "base-files 1, lib 1, libc 1, other 1, web 2");
    let lib = again(&project, &hosts, &before, &["lib"]).unwrap();
    assert_eq!(versions(&lib), "base-files 1, lib 2, libc 1, other 1, web 1");
    let base = again(&project, &hosts, &before, &["libc"]).unwrap();
    assert_eq!(versions(&base), "base-files 1, lib 1, libc 2, other 1, web 1");
}

#[test]
fn what_a_named_package_forces_moves_with_it() {
    let project = Project::new(&first());
    let hosts: [(&str, &[&str]); 1] = [("web", &["web"])];
    let before = locked(&project, &hosts);
    let mut now = second();
    now.packages[2] = Package::new("web", "2").depends("lib (>= 2), libc (>= 2)");
    becomes(&project, &now);
    let after = again(&project, &hosts, &before, &["web"]).unwrap();
    assert_eq!(versions(&after), "base-files 1, lib 2, libc 2, web 2");
}

#[test]
fn what_is_to_be_had_nowhere_moves() {
    let project = Project::new(&first());
    let before = locked(&project, &[("web", &["web"])]);
    fs::remove_dir_all(project.directory.path().join("archive")).unwrap();
    becomes(&project, &second());
    let after = again(&project, &[("web", &["web", "extra"])], &before, &[]).unwrap();
    assert_eq!(versions(&after), "base-files 2, extra 2, lib 2, libc 2, web 2");
}

#[test]
fn a_version_that_is_another_file_now_is_refused() {
    let project = Project::new(&first());
    let before = locked(&project, &[("web", &["web"])]);
    let mut now = first().date(LATER);
    now.packages[3] = Package::new("lib", "1").file("/usr/lib/lib", 0o644, "other bytes");
    becomes(&project, &now);
    let hosts: [(&str, &[&str]); 1] = [("web", &["web", "other"])];
    let error = again(&project, &hosts, &before, &[]).unwrap_err();
    assert!(error.starts_with("`lib` 1 of archive `debian` is another file"), "{error}");
    assert!(again(&project, &hosts, &before, &["lib"]).is_ok());
}

#[test]
fn an_archive_that_is_described_otherwise_keeps_what_it_has_still() {
    let mut project = Project::new(&first());
    let before = locked(&project, &[("web", &["web"])]);
    let security = fixture::Archive::new("stable-security").package(Package::new("lib", "1.1"));
    becomes(&project, &security);
    project.archive.suites.push("stable-security".into());
    let hosts: [(&str, &[&str]); 1] = [("web", &["web"])];
    let kept = again(&project, &hosts, &before, &[]).unwrap();
    assert_eq!(versions(&kept), "base-files 1, lib 1, libc 1, web 1");
    let newer = again(&project, &hosts, &before, &["lib"]).unwrap();
    assert_eq!(versions(&newer), "base-files 1, lib 1.1, libc 1, web 1");
}

#[test]
fn of_alternatives_the_one_that_was_there_stays() {
    let project = Project::new(&first());
    let before = locked(&project, &[("web", &["web"])]);
    let mut now = second().package(Package::new("fresh", "2"));
    now.packages[2] = Package::new("web", "2").depends("fresh | lib");
    becomes(&project, &now);
    let hosts: [(&str, &[&str]); 1] = [("web", &["web"])];
    let after = again(&project, &hosts, &before, &["web"]).unwrap();
    assert_eq!(versions(&after), "base-files 1, lib 1, libc 1, web 2");
}
