//! The lock as text: one fact a line, sorted, so that a difference of two locks reads as a list of changes.

use std::{collections::BTreeMap, fmt::Write};

use super::{Closure, ClosureOf, Lock, LockedArchive, LockedPackage, source};
use crate::{
    derivation::PackageVersion,
    request::{Held, PackageRequest, Want},
};

/// The first line of every lock.
pub(super) const HEADER: &str = "plc lock 1";

impl Lock {
    /// The text of `env.lock`. Two equal locks have the same text.
    pub fn write(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for archive in &self.archives {
            write_archive(&mut text, archive);
        }
        let names = Names::of(&self.packages);
        let usual = self.usual_archive();
        for closure in &self.closures {
            write_closure(&mut text, closure, usual, &names);
        }
        for package in &self.packages {
            write_package(&mut text, package);
        }
        for locked in &self.sources {
            source::write(&mut text, locked);
        }
        text
    }
}

fn write_archive(text: &mut String, archive: &LockedArchive) {
    heading(text, "archive", &archive.name);
    field(text, 2, "components", &archive.components.join(" "));
    field(text, 2, "signed-by", &archive.signed_by);
    for suite in &archive.suites {
        field(text, 2, "suite", &suite.suite);
        field(text, 4, "codename", &suite.codename);
        field(text, 4, "date", &suite.date);
        for signer in &suite.signers {
            field(text, 4, "signer", signer);
        }
    }
}

fn write_closure(text: &mut String, closure: &Closure, usual: Option<&str>, names: &Names) {
    match &closure.of {
        ClosureOf::Base(archive) => heading(text, "base", archive),
        ClosureOf::Host(host) => {
            heading(text, "host", host);
            write_request(text, &closure.request, usual);
        }
        ClosureOf::Tools(archive) => {
            heading(text, "tools", archive);
            write_request(text, &closure.request, Some(archive));
        }
    }
    for package in &closure.base {
        field(text, 2, "base", &names.shortest(package));
    }
    for package in &closure.packages {
        field(text, 2, "package", &names.shortest(package));
    }
}

fn write_request(text: &mut String, request: &PackageRequest, usual: Option<&str>) {
    if usual != Some(request.archive()) {
        field(text, 2, "archive", request.archive());
    }
    for Want { package, from, recommends } in request.wants() {
        let with = if *recommends { " with recommends" } else { "" };
        field(text, 2, "wants", &format!("{package}{}{with}", from_archives(from.as_slice())));
    }
    for Held { package, version, from } in request.pins() {
        let version = version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        field(text, 2, "pin", &format!("{package}{version}{}", from_archives(from)));
    }
}

fn from_archives(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!(" from {}", names.join(" ")) }
}

fn write_package(text: &mut String, package: &LockedPackage) {
    heading(text, "package", &package.key.name);
    field(text, 2, "version", &package.key.version);
    field(text, 2, "architecture", &package.key.architecture);
    field(text, 2, "archive", &package.file.archive);
    field(text, 2, "suite", &package.file.suite);
    field(text, 2, "path", &package.file.path);
    field(text, 2, "sha256", &package.file.sha256);
    field(text, 2, "size", &package.file.size.to_string());
}

fn heading(text: &mut String, kind: &str, name: &str) {
    // Writing to a string does not fail.
    let _ = write!(text, "\n{kind} {name}\n");
}

fn field(text: &mut String, indent: usize, name: &str, value: &str) {
    let _ = writeln!(text, "{:indent$}{name} {value}", "");
}

/// How many packages of the lock share a name, and how many share a name and a version.
struct Names<'a> {
    by_name: BTreeMap<&'a str, usize>,
    by_version: BTreeMap<(&'a str, &'a str), usize>,
}

impl<'a> Names<'a> {
    fn of(packages: &'a [LockedPackage]) -> Self {
        let mut names = Self { by_name: BTreeMap::new(), by_version: BTreeMap::new() };
        for LockedPackage { key, .. } in packages {
            *names.by_name.entry(&key.name).or_default() += 1;
            *names.by_version.entry((&key.name, &key.version)).or_default() += 1;
        }
        names
    }

    /// `name`, or `name=version` or `name:architecture=version` where the shorter one would not tell it from another.
    fn shortest(&self, key: &PackageVersion) -> String {
        let PackageVersion { name, version, architecture } = key;
        if self.by_name.get(name.as_str()).is_none_or(|count| *count == 1) {
            name.clone()
        } else if self.by_version.get(&(name.as_str(), version.as_str())) == Some(&1) {
            format!("{name}={version}")
        } else {
            format!("{name}:{architecture}={version}")
        }
    }
}
