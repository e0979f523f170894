//! What is recommended, where that is asked for.

use super::*;

/// What a host has, and what it does without.
fn with(lines: &[&str], wants: &[&str]) -> (String, String) {
    let (_, packages, left_out) = picked(lines, wants).unwrap();
    (packages.join(", "), left_out.join("; "))
}

fn has(lines: &[&str], wants: &[&str]) -> String {
    let (packages, left_out) = with(lines, wants);
    assert_eq!(left_out, "");
    packages
}

#[test]
fn what_a_package_brings_recommends_too_and_only_where_that_is_asked_for() {
    let lines = [
        "a 1; Depends: b; Recommends: c",
        "b 1; Recommends: d",
        "c 1; Recommends: e; Suggests: f",
        "d 1",
        "e 1",
        "f 1",
    ];
    assert_eq!(has(&lines, &["a"]), "a 1, b 1");
    assert_eq!(has(&lines, &["a+"]), "a 1, b 1, c 1, d 1, e 1");
    assert_eq!(has(&lines, &["c+", "a"]), "a 1, b 1, c 1, e 1");
    // `b` is there without the one that asks for more.
    let base = ["dpkg 1; Essential: yes; Recommends: x", "x 1", "y 1; Depends: dpkg; Recommends: z", "z 1"];
    assert_eq!(has(&base, &["y+"]), "y 1, z 1");
    assert_eq!(has(&[&lines[..], &["g 1; Depends: b"]].concat(), &["a", "g+"]), "a 1, b 1, g 1");
    assert_eq!(has(&[&lines[..], &["g 1; Depends: b"]].concat(), &["a", "b+"]), "a 1, b 1, d 1");
}

#[test]
fn what_is_needed_comes_before_what_is_recommended() {
    let lines = ["a 1; Recommends: x | y; Depends: b", "b 1; Depends: y", "x 1", "y 1"];
    assert_eq!(has(&lines, &["a+"]), "a 1, b 1, y 1");
}

#[test]
fn what_does_not_go_with_the_rest_is_left_out() {
    let lines = ["a 1; Recommends: x, y | z, gone", "b 1; Conflicts: x", "x 1", "y 1; Breaks: b", "z 1"];
    let left = |text: &str| text.to_owned();
    assert_eq!(with(&lines, &["a+", "b"]), (left("a 1, b 1, z 1"), left("a: x; a: gone")));
    // Also where that is found out later, and then all is left out that came because of it.
    let lines = [
        "a 1; Recommends: x, c",
        "c 1; Conflicts: deep",
        "x 1; Depends: y",
        "y 1; Depends: deep",
        "deep 1; Breaks: a",
    ];
    assert_eq!(with(&lines, &["a+"]), (left("a 1, c 1"), left("a: x")));
}

#[test]
fn a_requirement_counts_more_than_a_recommendation() {
    let lines = ["a 1; Recommends: x", "b 1; Depends: m | n", "x 1; Conflicts: m", "m 1", "n 1"];
    assert_eq!(with(&lines, &["a+", "b"]), ("a 1, b 1, m 1".to_owned(), "a: x".to_owned()));
}
