//! What differs between a lock and the one that it replaces: versions, with the dates of the suites that had them.

use std::collections::{BTreeMap, BTreeSet};

use plc_build::debian::sources::is_security;
use plc_plan::lock::{Lock, LockedPackage};
use serde_json::{Value, json};

use crate::render;

/// A package's version in a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    version: String,
    /// Of the suite's Release file: no index says when a package was made.
    date: String,
    suite: String,
    sha256: String,
}

/// A package whose versions differ between two locks.
#[derive(Clone, Debug)]
pub(super) struct Change {
    package: String,
    from: Vec<Version>,
    to: Vec<Version>,
}

/// The packages whose versions or files differ, by name.
pub(super) fn of(before: &Lock, after: &Lock) -> Vec<Change> {
    let (one, other) = (versions(before), versions(after));
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let change = |name: &String| {
        let of = |versions: &BTreeMap<String, Vec<Version>>| versions.get(name).cloned().unwrap_or_default();
        Change { package: name.clone(), from: of(&one), to: of(&other) }
    };
    names.into_iter().map(change).filter(Change::is_one).collect()
}

fn versions(lock: &Lock) -> BTreeMap<String, Vec<Version>> {
    let date = |package: &LockedPackage| {
        let archive = lock.archive(&package.file.archive);
        archive.and_then(|archive| archive.suite(&package.file.suite)).map(|suite| suite.date.clone())
    };
    let mut by_name: BTreeMap<String, Vec<Version>> = BTreeMap::new();
    for package in &lock.packages {
        let version = Version {
            version: package.key.version.clone(),
            date: date(package).unwrap_or_default(),
            suite: package.file.suite.to_string(),
            sha256: package.file.sha256.clone(),
        };
        by_name.entry(package.key.name.clone()).or_default().push(version);
    }
    by_name
}

/// `3 packages change, 2 of them by a security suite`.
pub(super) fn count(changes: &[Change]) -> String {
    let security = changes.iter().filter(|change| change.is_security()).count();
    let all = render::count(changes.len(), "package changes", "packages change");
    match security {
        0 => all,
        all_of_them if all_of_them == changes.len() => format!("{all}, by a security suite"),
        some => format!("{all}, {some} of them by a security suite"),
    }
}

impl Change {
    fn is_one(&self) -> bool {
        let files = |versions: &[Version]| -> Vec<String> {
            versions.iter().map(|version| format!("{} {}", version.version, version.sha256)).collect()
        };
        files(&self.from) != files(&self.to)
    }

    /// Whether what is new comes from a suite of security updates.
    fn is_security(&self) -> bool {
        let is_new = |version: &&Version| self.from.iter().all(|old| old.sha256 != version.sha256);
        self.to.iter().filter(is_new).any(|version| is_security(&version.suite))
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        let joined = |versions: &[Version], of: fn(&Version) -> &str| {
            let texts: Vec<&str> = versions.iter().map(of).collect();
            (!texts.is_empty()).then(|| texts.join(", "))
        };
        json!({
            "package": self.package,
            "from": joined(&self.from, |version| &version.version),
            "to": joined(&self.to, |version| &version.version),
            "from_date": joined(&self.from, |version| &version.date),
            "to_date": joined(&self.to, |version| &version.date),
            "suite": joined(&self.to, |version| &version.suite),
            "security": self.is_security(),
        })
    }

    /// For people.
    pub(super) fn row(&self) -> [String; 5] {
        let text = |versions: &[Version]| match versions {
            [] => "none".to_owned(),
            some => some.iter().map(Version::shown).collect::<Vec<_>>().join(", "),
        };
        let same_names = self.from.iter().map(|old| &old.version).eq(self.to.iter().map(|new| &new.version));
        let marks = [(self.is_security(), "security"), (same_names, "another file")];
        let marks: Vec<&str> = marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect();
        [self.package.clone(), text(&self.from), "→".into(), text(&self.to), marks.join(", ")]
    }
}

impl Version {
    /// `1.0 (2026-07-11)`.
    fn shown(&self) -> String {
        match self.date.split('T').next() {
            Some(day) if !day.is_empty() => format!("{} ({day})", self.version),
            _ => self.version.clone(),
        }
    }
}
