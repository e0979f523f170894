//! Several archives on one host.

use plc_plan::request::Held;

use super::{packages, *};

/// What a host of `old` comes to beside `new`: its own base, and what is beyond the base, as `name version`; a package of
/// `new` with a `*`.
fn mixed(old: &[&str], new: &[&str], request: &[&str]) -> Result<(String, String), String> {
    let (old, new) = (packages(old), packages(new));
    let texts = [
        IndexText { archive: 0, suite: 0, name: "old", text: &old },
        IndexText { archive: 1, suite: 0, name: "new", text: &new },
    ];
    let index = Index::parse(&texts, "amd64").unwrap();
    let choice = Choice { index: &index, archives: &["old", "new"], kept: &Kept::new() };
    let base = base(&choice).map_err(|error| error.to_string())?;
    let picked = pick(&choice, &base, "host `web`", &asked(request)).map_err(|error| error.to_string())?;
    let show = |ids: &BTreeSet<RecordId>| {
        let one = |id: &RecordId| {
            let record = index.record(*id);
            format!("{} {}{}", record.name, record.version, ["", "*"][record.archive])
        };
        ids.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    Ok((show(&picked.base), show(&picked.packages)))
}

/// `name`, `name/archive`, `name=version`, `=name/archive`: wants, and what has a `=` is a pin.
fn asked(request: &[&str]) -> PackageRequest {
    let (mut wants, mut pins) = (Vec::new(), Vec::new());
    for text in request {
        let (front, from) = text.split_once('/').map_or((*text, None), |(f, a)| (f, Some(a.to_owned())));
        match front.split_once('=') {
            None => wants.push(Want { from, ..Want::new(front) }),
            Some((name, version)) => {
                let version = (!version.is_empty()).then(|| version.to_owned());
                let any = vec!["old".to_owned(), "new".to_owned()];
                let from = from.map_or(any, |archive| vec![archive]);
                pins.push(Held { package: name.into(), version, from });
            }
        }
    }
    PackageRequest::new("old", wants, pins)
}

fn beyond(old: &[&str], new: &[&str], request: &[&str]) -> String {
    let (base, beyond) = mixed(old, new, request).unwrap();
    assert_eq!(base, "");
    beyond
}

const BASE: &str = "libc 1; Priority: required";

#[test]
fn what_is_asked_for_from_another_archive_comes_from_there_and_its_dependencies_do_not() {
    let old = [BASE, "db 1; Depends: lib", "lib 1"];
    let new = ["libc 2; Priority: required", "db 2; Depends: lib, libc", "lib 2"];
    assert_eq!(beyond(&old, &new, &["db"]), "db 1, lib 1");
    assert_eq!(beyond(&old, &new, &["db/new"]), "db 2*, lib 1");
    assert_eq!(beyond(&old, &new, &["db/old"]), "db 1, lib 1");
}

#[test]
fn a_dependency_that_only_the_other_archive_meets_comes_from_there() {
    let old = [BASE, "db 1", "lib 1; Depends: deep", "deep 1"];
    let new = ["db 2; Depends: lib (>= 2), more", "lib 2; Depends: deep", "deep 2", "more 2"];
    assert_eq!(beyond(&old, &new, &["db/new"]), "db 2*, deep 1, lib 2*, more 2*");
}

#[test]
fn what_nobody_needs_from_the_other_archive_is_put_back() {
    // The solver chooses among `x` and `y` first, and then `c` can only be the other archive's.
    let old = [BASE, "a 1; Depends: c", "c 1", "z 1", "x 1; Breaks: c (<< 2)", "y 1"];
    let new = ["z 2; Depends: x | y", "c 2"];
    assert_eq!(beyond(&old, &new, &["a", "z/new"]), "a 1, c 1, y 1, z 2*");
    assert_eq!(beyond(&old, &new, &["a", "x", "z/new"]), "a 1, c 2*, x 1, z 2*");
}

#[test]
fn what_is_there_without_the_mixture_is_the_alternative_that_is_taken() {
    let old = [BASE, "db 1; Depends: b", "a 1", "b 1"];
    let new = ["db 2; Depends: a | b"];
    assert_eq!(beyond(&old, &new, &["db/new"]), "b 1, db 2*");
}

#[test]
fn a_source_is_not_taken_apart() {
    let old = [
        BASE,
        "db 1; Source: sql (1); Depends: db-core (>= 1)",
        "db-core 1; Source: sql",
        "lib 1; Source: sql",
        "web 1; Depends: lib",
    ];
    let new = [
        "db 2; Source: sql (2); Depends: db-core (>= 1)",
        "db-core 2; Source: sql",
        "lib 2; Source: sql",
        "db-doc 2; Source: sql",
    ];
    assert_eq!(beyond(&old, &new, &["db/new", "web"]), "db 2*, db-core 2*, lib 2*, web 1");
    // Unless the description says so.
    assert_eq!(beyond(&old, &new, &["db/new", "web", "lib=/old"]), "db 2*, db-core 2*, lib 1, web 1");
    let pinned = ["db", "web", "db=/new"];
    assert_eq!(beyond(&old, &new, &pinned), "db 2*, db-core 1, lib 1, web 1", "a pin is of one package");
}

#[test]
fn a_pin_takes_exactly_that_version_from_whoever_has_it() {
    let old = [BASE, "db 1; Depends: lib", "lib 1", "lib 2"];
    let new = ["lib 2", "lib 3", "lib 4"];
    assert_eq!(beyond(&old, &new, &["db"]), "db 1, lib 2");
    assert_eq!(beyond(&old, &new, &["db", "lib=1"]), "db 1, lib 1");
    assert_eq!(beyond(&old, &new, &["db", "lib=2"]), "db 1, lib 2");
    assert_eq!(beyond(&old, &new, &["db", "lib=2/new"]), "db 1, lib 2*");
    assert_eq!(beyond(&old, &new, &["db", "lib=3"]), "db 1, lib 3*");
    assert_eq!(beyond(&old, &new, &["db", "lib=/new"]), "db 1, lib 4*");
    assert_eq!(beyond(&old, &new, &["db", "libc=1", "lib=3"]), "db 1, lib 3*");
    assert_eq!(beyond(&[BASE, "db 1", "lib 1"], &new, &["db", "lib=3"]), "db 1", "nobody needs it");
}

#[test]
fn a_pin_to_what_there_is_not_is_told_with_what_there_is() {
    let old = [BASE, "db 1", "db 2"];
    let new = ["db 3"];
    let error = |pin: &str| mixed(&old, &new, &["db", pin]).unwrap_err();
    assert_eq!(
        error("db=9"),
        "`db` is held to 9 of `old` or `new`, and there is no such package; there is 2 in `old`, 1 in `old`, 3 in `new`"
    );
    assert_eq!(
        error("db=2/new"),
        "`db` is held to 2 of `new`, and there is no such package; there is 2 in `old`, 1 in `old`, 3 in `new`"
    );
    assert_eq!(
        error("bd=1"),
        "`bd` is held to 1 of `old` or `new`, and there is no such package, of any version"
    );
}

#[test]
fn a_mixture_that_needs_another_base_has_its_own() {
    let old = [
        "libc 1; Essential: yes",
        "libc-bin 1; Essential: yes; Depends: libc (<< 2)",
        "sh 1; Essential: yes; Depends: libc, mawk | gawk",
        "mawk 1",
        "gawk 1",
        "db 1; Depends: gawk",
    ];
    let new = ["libc 2; Breaks: libc-bin (<< 2)", "libc-bin 2", "db 2; Depends: libc (>= 2), gawk"];
    let own = "libc 2*, libc-bin 2*, mawk 1, sh 1".to_owned();
    assert_eq!(mixed(&old, &new, &["db/new"]), Ok((own.clone(), "db 2*, gawk 1".into())));
    assert_eq!(mixed(&old, &new, &["libc=2"]), Ok((own, String::new())));
    assert_eq!(mixed(&old, &new, &["db", "libc=1"]), Ok((String::new(), "db 1, gawk 1".into())));
}

#[test]
fn an_older_component_leaves_a_newer_base_alone() {
    let old = ["libc 5; Priority: required", "lib 5", "web 5; Depends: lib"];
    let new = ["libc 1", "db 1; Depends: lib (<< 2), libc", "lib 1; Depends: libc"];
    assert_eq!(beyond(&old, &new, &["db/new"]), "db 1*, lib 1*");
    assert_eq!(beyond(&old, &new, &["db/new", "web"]), "db 1*, lib 1*, web 5");
}

#[test]
fn what_is_asked_for_elsewhere_must_be_there() {
    let old = [BASE, "database 1"];
    let new = ["databose 2", "x 2; Provides: sql", "y 2; Provides: sql"];
    let error = |want: &str| mixed(&old, &new, &[want]).unwrap_err();
    assert_eq!(
        error("database/new"),
        "host `web` asks for package `database` from `new`, which is in none of its suites; did you mean `databose`"
    );
    assert!(
        error("databose").ends_with("`databose`, which is in none of its suites; did you mean `database`")
    );
    assert_eq!(
        error("sql/new"),
        "host `web` asks for `sql` from `new`, which several packages provide: ask for one of `x`, `y`"
    );
}

#[test]
fn who_stands_in_the_way_of_a_mixture_is_told() {
    let old = [BASE, "web 1; Depends: lib (<< 2)", "lib 1"];
    let new = ["db 2; Depends: lib (>= 2)", "lib 2"];
    let error = mixed(&old, &new, &["db/new", "web"]).unwrap_err();
    for part in ["`db 2` of `new` needs `lib (>= 2)`", "`web 1` needs `lib (<< 2)`"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    let error = mixed(&old, &new, &["db/new", "lib=1"]).unwrap_err();
    assert!(
        error.ends_with("`db 2` of `new` needs `lib (>= 2)`, and `lib` is held to 1 of `old` or `new`"),
        "{error}"
    );
    let error = mixed(&old, &new, &["db/new", "db=/old"]).unwrap_err();
    assert_eq!(error, "host `web` is to have `db` from `new` and `old`, and a host has a package once");
}
