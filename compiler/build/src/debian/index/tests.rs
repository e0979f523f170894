use std::cmp::Ordering;

use super::*;

const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn stanza(name: &str, version: &str, more: &str) -> String {
    format!(
        "Package: {name}\nVersion: {version}\nArchitecture: all\n{more}Filename: pool/{name}.deb\nSize: 7\nSHA256: {HASH}\n\n"
    )
}

fn parse(suites: &[&str]) -> Result<Vec<String>, String> {
    let texts: Vec<IndexText<'_>> = suites
        .iter()
        .enumerate()
        .map(|(suite, text)| IndexText { archive: 0, suite, name: "stable", text })
        .collect();
    let index = Index::parse(&texts, "amd64").map_err(|error| error.to_string())?;
    let show = |id| {
        let record = index.record(id);
        format!("{} {} {}", record.name, record.version, record.suite)
    };
    Ok(index.ids().map(show).collect())
}

#[test]
fn fields_are_read_and_others_passed_over() {
    let text = stanza(
        "hello",
        "1:2.0-1",
        "Essential: yes\nProtected: yes\nPriority: required\nDepends: a (>= 1),\n b | c:any\nDescription: x\n .\n y: z\nProvides: p (= 3), q\n",
    );
    let texts = [IndexText { archive: 0, suite: 0, name: "stable", text: &text }];
    let index = Index::parse(&texts, "amd64").unwrap();
    let id = index.of_name("hello").next().unwrap();
    let record = index.record(id);
    assert!(record.essential && record.protected);
    assert_eq!((record.version, record.size, record.path), ("1:2.0-1", 7, "pool/hello.deb"));
    let groups: Vec<Group<'_>> = relations(record.depends).collect();
    assert_eq!(groups[0][0].constraint, Some((Operator::GreaterOrEqual, "1")));
    assert_eq!((groups[1][0].name, groups[1][1].name, groups[1][1].architecture), ("b", "c", Some("any")));
    assert_eq!(index.providers("p"), [Provider { record: id, version: Some("3") }]);
    assert_eq!(index.providers("q"), [Provider { record: id, version: None }]);
}

#[test]
fn the_newest_version_comes_first_and_the_earlier_suite_wins() {
    let first = stanza("b", "1.0", "") + &stanza("a", "1.0", "");
    let second = stanza("a", "1.0", "") + &stanza("a", "1.10", "") + &stanza("a", "1.9", "");
    assert_eq!(parse(&[&first, &second]).unwrap(), ["a 1.10 1", "a 1.9 1", "a 1.0 0", "b 1.0 0"]);
}

#[test]
fn other_architectures_are_passed_over() {
    let text = stanza("a", "1", "").replace("Architecture: all", "Architecture: riscv64");
    assert_eq!(parse(&[&text]).unwrap(), [""; 0]);
}

#[test]
fn what_cannot_be_trusted_is_refused() {
    let good = stanza("good", "1", "");
    for (from, to, problem) in [
        ("pool/good.deb", "../../etc/passwd", "not a path inside"),
        ("pool/good.deb", "/etc/passwd", "not a path inside"),
        ("pool/good.deb", "pool//x", "not a path inside"),
        ("pool/good.deb", "pool/%2e%2e/\\x", "not a path inside"),
        ("SHA256:", "MD5sum:", "no SHA-256"),
        (HASH, "e3b0", "no SHA-256"),
        ("Size: 7", "Size: -7", "has no size"),
        ("Package: good", "Package: ../x", "a name that no package may have"),
        ("Version: 1", "Version: 1/2", "a version that none may have"),
    ] {
        let error = parse(&[&good.replace(from, to)]).unwrap_err();
        assert!(error.contains(problem), "{error}");
    }
}

#[test]
fn a_package_may_be_there_twice_only_with_the_same_content() {
    let once = stanza("a", "1", "");
    assert_eq!(parse(&[&(once.clone() + &once)]).unwrap(), ["a 1 0"]);
    let twice = once.clone() + &once.replace("Size: 7", "Size: 8");
    assert!(parse(&[&twice]).unwrap_err().contains("is there twice at version 1"));
}

#[test]
fn versions_are_compared_as_dpkg_does() {
    for (left, right, order) in [
        ("1.0~rc1", "1.0", Ordering::Less),
        ("1.0-1", "1.0-1+deb12u1", Ordering::Less),
        ("1:0.1", "2.0", Ordering::Greater),
        ("1.10", "1.9", Ordering::Greater),
        ("1.0", "1.0-0", Ordering::Equal),
        ("2.0.7-1+b6", "2.0.7-1+deb12u1", Ordering::Less),
    ] {
        assert_eq!(compare_versions(left, right), order, "{left} {right}");
    }
}
