//! What differs besides versions and configuration: the topology, checks, the kind of derivation.

use serde_json::Value;

use crate::derivation::{Builder, Derivation};

/// The most differences of a topology that are listed; past that their number is told.
const MOST: usize = 40;

/// What differs between two environments' topologies and is neither a file nor a package.
pub(super) fn of_environments(a: &Derivation, b: &Derivation) -> Vec<String> {
    let (Builder::Environment(one), Builder::Environment(other)) = (&a.builder, &b.builder) else {
        return Vec::new();
    };
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
    let mut found = Vec::new();
    compare("", &parse(&one.topology), &parse(&other.topology), &mut found);
    let more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    if more > 0 {
        found.push(format!("and {more} more"));
    }
    found
}

/// Elements of a list are told apart by these members, where they have one.
const KEYS: [&str; 5] = ["name", "path", "endpoint", "exec", "question"];

fn compare(at: &str, a: &Value, b: &Value, found: &mut Vec<String>) {
    match (a, b) {
        _ if a == b => {}
        (Value::Object(one), Value::Object(other)) => {
            for key in one.keys().chain(other.keys().filter(|key| !one.contains_key(*key))) {
                if is_told_elsewhere(at, key) {
                    continue;
                }
                let nothing = Value::Null;
                let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                compare(&path, one.get(key).unwrap_or(&nothing), other.get(key).unwrap_or(&nothing), found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.iter().chain(other).all(|v| name_of(v).is_some()) => {
            compare_named(at, one, other, found);
        }
        (Value::Null, b) => found.push(format!("{at}: added {}", short(b))),
        (a, Value::Null) => found.push(format!("{at}: removed {}", short(a))),
        (a, b) => found.push(format!("{at}: {} → {}", short(a), short(b))),
    }
}

fn compare_named(at: &str, a: &[Value], b: &[Value], found: &mut Vec<String>) {
    for one in a {
        let name = name_of(one).unwrap_or_default();
        let path = if at == "hosts" || at.is_empty() { name.clone() } else { format!("{at}.{name}") };
        match b.iter().find(|other| name_of(other).as_deref() == Some(&name)) {
            Some(other) => compare(&path, one, other, found),
            None => found.push(format!("{at}: removed `{name}`")),
        }
    }
    for other in b {
        let name = name_of(other).unwrap_or_default();
        if !a.iter().any(|one| name_of(one).as_deref() == Some(&name)) {
            found.push(format!("{at}: added `{name}`"));
        }
    }
}

/// Files are told as configuration, packages as versions, trees by their files, all of them by host.
fn is_told_elsewhere(at: &str, key: &str) -> bool {
    !at.is_empty() && matches!(key, "files" | "packages" | "checks" | "trees")
}

fn name_of(value: &Value) -> Option<String> {
    KEYS.iter().find_map(|key| Some(value.get(key)?.as_str()?.to_owned()))
}

fn short(value: &Value) -> String {
    let text = match value {
        Value::String(text) => format!("`{text}`"),
        other => other.to_string(),
    };
    if text.chars().count() > 80 { text.chars().take(79).chain(['…']).collect() } else { text }
}

/// What differs between two root file systems' own arguments.
pub(super) fn of_roots(a: &Derivation, b: &Derivation) -> Vec<String> {
    let mut found = Vec::new();
    if a.builder.kind() != b.builder.kind() {
        found.push(format!("a derivation of kind `{}` → `{}`", a.builder.kind(), b.builder.kind()));
    }
    if a.platform != b.platform {
        found.push(format!("platform {} → {}", a.platform, b.platform));
    }
    if let (Builder::Fetch(one), Builder::Fetch(other)) = (&a.builder, &b.builder) {
        for (what, from, to) in [
            ("archive", &*one.archive, &*other.archive),
            ("suite", &one.suite, &other.suite),
            ("path", &one.path, &other.path),
            ("SHA-256", &one.sha256, &other.sha256),
        ] {
            if from != to {
                found.push(format!("{what} {from} → {to}"));
            }
        }
    }
    found
}

/// Checks that only one side has.
pub(super) fn of_checks(a: &[String], b: &[String]) -> Vec<String> {
    let removed = a.iter().filter(|check| !b.contains(check)).map(|check| format!("check removed: {check}"));
    let added = b.iter().filter(|check| !a.contains(check)).map(|check| format!("check added: {check}"));
    removed.chain(added).collect()
}

/// When hashes differ and nothing above says why.
pub(super) fn unexplained(a: &Derivation, b: &Derivation) -> String {
    if a.name != b.name {
        return format!("named `{}` → `{}`", a.name, b.name);
    }
    match (&a.builder, &b.builder) {
        (Builder::Rootfs(one), Builder::Rootfs(other)) if one.manual != other.manual => {
            "which packages count as asked for".to_owned()
        }
        _ => "the packages' place in the archive, or how they are layered".to_owned(),
    }
}
