//! Whether a package may take over another's files (`Replaces`, Debian policy 7.6.1).

use std::cmp::Ordering;

use debversion::Version;

use super::package::Package;

/// Whether `package` declares that it replaces the other one at its version.
pub(super) fn replaces(package: &Package, other: &str, version: &str) -> bool {
    package.field("Replaces").split(',').any(|relation| matches(relation.trim(), other, version))
}

/// Whether a relation like `name:any (<< 1.2)` names the package at its version. A version that is none satisfies
/// nothing.
pub(super) fn matches(relation: &str, other: &str, version: &str) -> bool {
    let (name, condition) = match relation.split_once('(') {
        Some((name, rest)) => (name, rest.trim_end().strip_suffix(')')),
        None => (relation, None),
    };
    if name.trim().split(':').next() != Some(other) {
        return false;
    }
    let Some(condition) = condition else { return !relation.contains('(') };
    let condition = condition.trim();
    let (operator, wanted) =
        condition.split_at(condition.find(|c| !"<>=".contains(c)).unwrap_or(condition.len()));
    let (Ok(found), Ok(wanted)) = (version.parse::<Version>(), wanted.trim().parse::<Version>()) else {
        return false;
    };
    let order = found.cmp(&wanted);
    match operator {
        "<<" => order == Ordering::Less,
        "<=" | "<" => order != Ordering::Greater,
        "=" => order == Ordering::Equal,
        ">=" | ">" => order != Ordering::Less,
        ">>" => order == Ordering::Greater,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn versions_decide() {
        let cases = [
            ("b", "b", "1", true),
            ("c", "b", "1", false),
            ("b (<< 2)", "b", "1", true),
            ("b (<< 2~)", "b", "2", false),
            ("b (<= 1:0)", "b", "9", true),
            ("b:any (= 1)", "b", "1", true),
            ("b (>> 1", "b", "2", false),
            ("b (?? 1)", "b", "2", false),
        ];
        for (relation, other, version, expected) in cases {
            assert_eq!(matches(relation, other, version), expected, "{relation} against {other} {version}");
        }
    }
}
