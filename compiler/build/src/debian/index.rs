//! Package indices: the `Packages` files of an archive's suites, as one table of packages that borrows their text.
//!
//! The format is that of Debian's repository format and of deb-control(5). Only what resolution and the lock need is
//! read; the rest of a stanza is passed over without looking at it.

mod relation;
mod stanza;

use std::{cmp::Ordering, collections::HashMap, ops::Range};

pub(crate) use relation::groups as relations;
pub use relation::{Group, Operator, Relation, compare_versions};

/// An index that cannot be understood, or that must not be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the index of suite `{suite}` cannot be used: package `{package}` {problem}")]
pub struct IndexError {
    /// The suite.
    pub suite: String,
    /// The package, as far as its name is known.
    pub package: String,
    /// What is wrong with it.
    pub problem: String,
}

/// One `Packages` file.
#[derive(Clone, Copy, Debug)]
pub struct IndexText<'a> {
    /// Position of its archive among those that packages may come from; the first is the one that they do come from
    /// unless something speaks against it.
    pub archive: usize,
    /// Position of its suite in the archive's order of preference.
    pub suite: usize,
    /// The suite's name.
    pub name: &'a str,
    /// The text.
    pub text: &'a str,
}

/// One package as an index describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record<'a> {
    /// `Package`.
    pub name: &'a str,
    /// `Version`.
    pub version: &'a str,
    /// `Architecture`.
    pub architecture: &'a str,
    /// The source package that it is built from: `Source` without a version, or the name.
    pub source: &'a str,
    /// `Essential: yes`.
    pub essential: bool,
    /// `Important: yes` or `Protected: yes`.
    pub protected: bool,
    /// `Priority`.
    pub priority: &'a str,
    /// `Multi-Arch`.
    pub multi_arch: &'a str,
    /// `Pre-Depends`.
    pub pre_depends: &'a str,
    /// `Depends`.
    pub depends: &'a str,
    /// `Recommends`.
    pub recommends: &'a str,
    /// `Conflicts`.
    pub conflicts: &'a str,
    /// `Breaks`.
    pub breaks: &'a str,
    /// `Provides`.
    pub provides: &'a str,
    /// `Replaces`.
    pub replaces: &'a str,
    /// `Filename`, relative to the archive.
    pub path: &'a str,
    /// `Size` in bytes.
    pub size: u64,
    /// `SHA256`, lower-case hexadecimal.
    pub sha256: &'a str,
    /// Position of the archive in the order of preference.
    pub archive: usize,
    /// Position of the suite in the archive's order of preference.
    pub suite: usize,
}

/// Which record of an [`Index`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u32);

/// A package that provides a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provider<'a> {
    /// The package.
    pub record: RecordId,
    /// The version that it provides the name in, where it says one.
    pub version: Option<&'a str>,
}

/// All packages of the suites of one archive, or of several, for one architecture.
#[derive(Debug, Default)]
pub struct Index<'a> {
    /// By name; of one name those of the first archive first; of one archive the newest first, of one version the earlier
    /// suite's only.
    records: Vec<Record<'a>>,
    /// The ranges of records that share a name, by name.
    names: Vec<(&'a str, Range<u32>)>,
    providers: HashMap<&'a str, Vec<Provider<'a>>>,
}

impl<'a> Index<'a> {
    /// Reads the indices of an archive. Packages of other architectures are passed over; refused are a package without
    /// SHA-256, one whose file is not inside the archive, and two different packages of one version in one suite.
    pub fn parse(texts: &[IndexText<'a>], architecture: &str) -> Result<Self, IndexError> {
        let mut records = Vec::new();
        for text in texts {
            for stanza in stanza::stanzas(text.text) {
                let record = stanza::record(stanza, text)?;
                if record.architecture == architecture || record.architecture == "all" {
                    records.push(record);
                }
            }
        }
        records.sort_by(order);
        let records = without_repetitions(records, texts)?;
        let names = names(&records);
        let providers = providers(&records);
        Ok(Self { records, names, providers })
    }

    /// A package.
    pub fn record(&self, id: RecordId) -> &Record<'a> {
        &self.records[id.0 as usize]
    }

    /// All packages.
    pub fn ids(&self) -> impl Iterator<Item = RecordId> + use<> {
        (0..u32::try_from(self.records.len()).unwrap_or(u32::MAX)).map(RecordId)
    }

    /// Position of a name among [`Index::names`].
    pub fn name_position(&self, name: &str) -> Option<usize> {
        self.names.binary_search_by_key(&name, |(known, _)| known).ok()
    }

    /// The packages of a name by its position: those of the first archive first, and of each the newest first.
    pub fn of_position(&self, position: usize) -> impl Iterator<Item = RecordId> + use<'a> {
        let range = self.names.get(position).map_or(0..0, |(_, range)| range.clone());
        range.map(RecordId)
    }

    /// The packages of a name: those of the first archive first, and of each the newest first.
    pub fn of_name(&self, name: &str) -> impl Iterator<Item = RecordId> + use<'a> {
        self.of_position(self.name_position(name).unwrap_or(usize::MAX))
    }

    /// The names of real packages, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.names.iter().map(|(name, _)| *name)
    }

    /// The packages that provide a name without having it.
    pub fn providers(&self, name: &str) -> &[Provider<'a>] {
        self.providers.get(name).map_or(&[], Vec::as_slice)
    }
}

fn order(left: &Record<'_>, right: &Record<'_>) -> Ordering {
    let by_version =
        || compare_versions(right.version, left.version).then_with(|| right.version.cmp(left.version));
    left.name
        .cmp(right.name)
        .then_with(|| left.archive.cmp(&right.archive))
        .then_with(by_version)
        .then_with(|| left.suite.cmp(&right.suite))
        .then_with(|| left.architecture.cmp(right.architecture))
        .then_with(|| left.path.cmp(right.path))
}

/// One record for each name and version of an archive: the earlier suite's.
fn without_repetitions<'a>(
    records: Vec<Record<'a>>,
    texts: &[IndexText<'a>],
) -> Result<Vec<Record<'a>>, IndexError> {
    let mut kept: Vec<Record<'a>> = Vec::with_capacity(records.len());
    for record in records {
        match kept.last() {
            Some(last)
                if (last.name, last.archive, last.version)
                    == (record.name, record.archive, record.version) =>
            {
                if last.suite == record.suite && *last != record {
                    return Err(repeated(&record, texts));
                }
            }
            _ => kept.push(record),
        }
    }
    Ok(kept)
}

fn repeated(record: &Record<'_>, texts: &[IndexText<'_>]) -> IndexError {
    let of = |text: &&IndexText<'_>| (text.archive, text.suite) == (record.archive, record.suite);
    let suite = texts.iter().find(of).map_or("", |text| text.name);
    IndexError {
        suite: suite.to_owned(),
        package: record.name.to_owned(),
        problem: format!("is there twice at version {}, with different content", record.version),
    }
}

fn names<'a>(records: &[Record<'a>]) -> Vec<(&'a str, Range<u32>)> {
    let mut names: Vec<(&str, Range<u32>)> = Vec::new();
    for (position, record) in (0..).zip(records) {
        match names.last_mut() {
            Some((name, range)) if *name == record.name => range.end = position + 1,
            _ => names.push((record.name, position..position + 1)),
        }
    }
    names
}

fn providers<'a>(records: &[Record<'a>]) -> HashMap<&'a str, Vec<Provider<'a>>> {
    let mut providers: HashMap<&str, Vec<Provider<'_>>> = HashMap::new();
    for (position, record) in (0..).zip(records) {
        for relation in relation::groups(record.provides).flatten() {
            if relation.name != record.name {
                let version = relation.constraint.map(|(_, version)| version);
                providers
                    .entry(relation.name)
                    .or_default()
                    .push(Provider { record: RecordId(position), version });
            }
        }
    }
    providers
}

#[cfg(test)]
mod tests;
