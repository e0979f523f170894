use super::*;
use crate::debian::index::IndexText;

mod mixed;
mod recommends;

const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// `name version; Field: value; …` for each package.
fn packages(lines: &[&str]) -> String {
    let stanza = |line: &&str| {
        let mut parts = line.split("; ");
        let (name, version) = parts.next().unwrap().split_once(' ').unwrap();
        let fields: String = parts.map(|part| format!("{part}\n")).collect();
        format!(
            "Package: {name}\nVersion: {version}\nArchitecture: all\n{fields}Filename: pool/{name}_{version}\nSize: 1\nSHA256: {HASH}\n\n"
        )
    };
    lines.iter().map(stanza).collect()
}

/// The base and what a host has beyond it, as `name version`; a want with a `+` is one with what it recommends.
fn closures(lines: &[&str], wants: &[&str]) -> Result<(Vec<String>, Vec<String>), String> {
    let (base, packages, _) = picked(lines, wants)?;
    Ok((base, packages))
}

/// The base, what is beyond it, and what is left out of what is recommended.
type Shown = (Vec<String>, Vec<String>, Vec<String>);

/// As [`closures`], and what is left out.
fn picked(lines: &[&str], wants: &[&str]) -> Result<Shown, String> {
    let text = packages(lines);
    let texts = [IndexText { archive: 0, suite: 0, name: "stable", text: &text }];
    let index = Index::parse(&texts, "amd64").unwrap();
    let show = |ids: &BTreeSet<RecordId>| {
        ids.iter().map(|id| format!("{} {}", index.record(*id).name, index.record(*id).version)).collect()
    };
    let want = |want: &&str| match want.strip_suffix('+') {
        Some(name) => Want::new(name).with_recommends(),
        None => Want::new(*want),
    };
    let request = PackageRequest::new("debian", wants.iter().map(want), []);
    let choice = Choice { index: &index, archives: &["debian"], kept: &Kept::new() };
    let base = base(&choice).map_err(|error| error.to_string())?;
    let picked = pick(&choice, &base, "host `web`", &request).map_err(|error| error.to_string())?;
    assert!(picked.base.is_empty());
    let left_out = picked.left_out.iter().map(|(id, text)| format!("{}: {text}", index.record(*id).name));
    Ok((show(&base), show(&picked.packages), left_out.collect()))
}

fn beyond(lines: &[&str], wants: &[&str]) -> Vec<String> {
    closures(lines, wants).unwrap().1
}

fn error(lines: &[&str], wants: &[&str]) -> String {
    closures(lines, wants).unwrap_err()
}

#[test]
fn the_base_is_essential_required_and_apt_with_what_they_need() {
    let lines = [
        "dpkg 1; Essential: yes; Pre-Depends: libc",
        "libc 2",
        "mount 1; Priority: required",
        "apt 1; Depends: gpgv",
        "gpgv 1; Recommends: gnupg",
        "gnupg 1",
        "nano 1; Priority: important",
    ];
    let (base, beyond) = closures(&lines, &["nano"]).unwrap();
    assert_eq!(base, ["apt 1", "dpkg 1", "gpgv 1", "libc 2", "mount 1"]);
    assert_eq!(beyond, ["nano 1"]);
}

#[test]
fn the_first_alternative_is_taken_unless_another_is_there() {
    let lines = ["a 1; Depends: y", "b 1; Depends: x | y", "x 1", "y 1"];
    assert_eq!(beyond(&lines, &["b"]), ["b 1", "x 1"]);
    assert_eq!(beyond(&lines, &["a", "b"]), ["a 1", "b 1", "y 1"]);
    assert_eq!(beyond(&lines, &["b", "y"]), ["b 1", "y 1"]);
}

#[test]
fn dependencies_are_met_in_the_order_of_the_text() {
    let rest = ["b 1; Depends: n", "m 1", "n 1"];
    let of = |depends: &str| beyond(&[&[depends], &rest[..]].concat(), &["a"]);
    assert_eq!(of("a 1; Depends: b, m | n"), ["a 1", "b 1", "n 1"]);
    assert_eq!(of("a 1; Depends: m | n; Pre-Depends: b"), ["a 1", "b 1", "n 1"]);
    // As apt has it, although `n` alone would do.
    assert_eq!(of("a 1; Depends: m | n, b"), ["a 1", "b 1", "m 1", "n 1"]);
    let rest = ["c 1; Conflicts: d", "d 1", "m 1", "n 1"];
    let lines = [&["a 1; Depends: m | n, n, c | d, d | c"], &rest[..]].concat();
    assert_eq!(beyond(&lines, &["a"]), ["a 1", "c 1", "m 1", "n 1"]);
    // A conflict elsewhere makes no difference to that.
    let lines = [&["a 1; Depends: m | n, n, d | c, c"], &rest[..]].concat();
    assert_eq!(beyond(&lines, &["a"]), ["a 1", "c 1", "m 1", "n 1"]);
}

#[test]
fn an_alternative_that_cannot_be_there_is_passed_over() {
    for second in ["x 1; Depends: gone", "x 1; Breaks: a", "x 1; Depends: deep | deeper"] {
        let lines =
            ["a 1; Depends: x | y", second, "y 1", "deep 1; Depends: gone", "deeper 1; Depends: gone"];
        assert_eq!(beyond(&lines, &["a"]), ["a 1", "y 1"], "{second}");
    }
    let lines = ["a 1; Depends: b, x | y", "b 1; Conflicts: x", "x 1; Depends: z", "y 1", "z 1"];
    assert_eq!(beyond(&lines, &["a"]), ["a 1", "b 1", "y 1"]);
}

#[test]
fn provided_names_are_met_by_providers_the_more_important_first() {
    let lines = [
        "a 1; Depends: mta",
        "exim 1; Priority: optional; Provides: mta",
        "postfix 1; Priority: standard; Provides: mta",
    ];
    assert_eq!(beyond(&lines, &["a"]), ["a 1", "postfix 1"]);
    assert_eq!(beyond(&lines, &["a", "exim"]), ["a 1", "exim 1"]);
    let equals = ["a 1; Depends: mta", "exim 1; Provides: mta", "postfix 1; Provides: mta"];
    assert_eq!(beyond(&equals, &["a"]), ["a 1", "exim 1"]);
}

#[test]
fn a_provided_version_counts_and_a_missing_one_does_not() {
    let lines = ["a 1; Depends: api (>= 2)", "old 1; Provides: api", "new 1; Provides: api (= 2.1)"];
    assert_eq!(beyond(&lines, &["a"]), ["a 1", "new 1"]);
}

#[test]
fn a_conflict_leads_to_the_other_alternative() {
    let lines = ["a 1; Depends: x | y", "b 1; Conflicts: x", "x 1", "y 1"];
    assert_eq!(beyond(&lines, &["a", "b"]), ["a 1", "b 1", "y 1"]);
}

#[test]
fn a_package_may_conflict_with_what_it_provides_itself() {
    let lines = ["a 1; Provides: mta; Conflicts: mta", "b 1; Provides: mta; Conflicts: mta"];
    assert_eq!(beyond(&lines, &["a"]), ["a 1"]);
    assert!(error(&lines, &["a", "b"]).contains("does not go with `mta`"));
}

#[test]
fn an_older_version_is_taken_where_the_newest_does_not_fit() {
    let lines = ["a 1; Depends: x", "x 1", "x 2; Depends: gone"];
    assert_eq!(beyond(&lines, &["a"]), ["a 1", "x 1"]);
    let lines = ["a 1; Depends: x", "x 1", "x 2"];
    assert_eq!(beyond(&lines, &["a"]), ["a 1", "x 2"]);
}

#[test]
fn circles_are_no_trouble() {
    assert_eq!(beyond(&["a 1; Depends: b", "b 1; Depends: a"], &["b"]), ["a 1", "b 1"]);
}

#[test]
fn a_name_that_one_package_provides_is_that_package() {
    let lines = ["mawk 1; Provides: awk", "x 1; Provides: two", "y 1; Provides: two"];
    assert_eq!(beyond(&lines, &["awk"]), ["mawk 1"]);
    assert!(error(&lines, &["two"]).ends_with("ask for one of `x`, `y`"));
}

#[test]
fn a_misspelt_name_is_answered_with_the_nearest() {
    let lines = ["haproxy 1", "apache2 1", "varnish 1"];
    assert_eq!(
        error(&lines, &["haprxoy"]),
        "host `web` asks for package `haprxoy`, which is in none of its suites; did you mean `haproxy`"
    );
}

#[test]
fn who_needs_what_is_missing_is_told() {
    let lines = ["a 1; Depends: b (>= 2)", "b 2; Depends: c (>= 3)", "c 1"];
    assert_eq!(
        error(&lines, &["a"]),
        "the packages of host `web` cannot be installed together: `a 1` needs `b (>= 2)`; \
         `b 2` needs `c (>= 3)`, which is in none of its suites"
    );
}

#[test]
fn who_excludes_whom_is_told() {
    let lines = ["a 1; Depends: x", "b 1; Breaks: x (<< 2)", "x 1"];
    let error = error(&lines, &["a", "b"]);
    assert!(error.contains("`a 1` needs `x`"), "{error}");
    assert!(error.contains("`b 1` does not go with `x (<< 2)`, and so not with `x 1`"), "{error}");
}

#[test]
fn a_host_cannot_displace_the_base() {
    let lines = ["dpkg 1; Essential: yes", "evil 1; Conflicts: dpkg"];
    assert!(error(&lines, &["evil"]).contains("`evil 1` does not go with `dpkg`"));
}
