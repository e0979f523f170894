//! The Release file: which suite, from when, and the hashes of its indices.

use std::{collections::BTreeMap, time::SystemTime};

use super::{Judgement, TrustError};
use crate::debian::date;

/// A Release file, once its signature is known to be good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// `Suite`, for example `oldstable`; empty when it says none.
    pub suite: String,
    /// `Codename`, for example `bookworm`; empty when it says none.
    pub codename: String,
    /// `Date`.
    pub date: SystemTime,
    /// `Valid-Until`.
    pub valid_until: Option<SystemTime>,
    /// `Architectures`.
    pub architectures: Vec<String>,
    /// `Components`.
    pub components: Vec<String>,
    /// `Acquire-By-Hash`: whether indices are also there under their hashes.
    pub by_hash: bool,
    /// `SHA256`: what is below the suite's directory, by path.
    pub files: BTreeMap<String, IndexFile>,
}

/// A file that a Release file vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexFile {
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// Length in bytes.
    pub size: u64,
}

impl Release {
    /// Reads the signed text. Only SHA-256 counts: files that it lists by weaker hashes alone are not there.
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        let fields = Fields::read(text);
        let words = |name| fields.value(name).split_whitespace().map(str::to_owned).collect();
        let files = fields.value("SHA256");
        if files.trim().is_empty() {
            return Err(TrustError::Field { field: "SHA256", problem: "is missing" });
        }
        Ok(Self {
            suite: fields.value("Suite").trim().to_owned(),
            codename: fields.value("Codename").trim().to_owned(),
            date: fields.date("Date")?.ok_or(TrustError::Field { field: "Date", problem: "is missing" })?,
            valid_until: fields.date("Valid-Until")?,
            architectures: words("Architectures"),
            components: words("Components"),
            by_hash: fields.value("Acquire-By-Hash").trim() == "yes",
            files: read_files(files)
                .ok_or(TrustError::Field { field: "SHA256", problem: "cannot be read" })?,
        })
    }

    /// Refuses a Release file of another suite, one whose time is over, one that is too old, and one from the future.
    pub fn judge(&self, asked: &str, judgement: Judgement) -> Result<(), TrustError> {
        if !self.is_of(asked) {
            let (suite, codename) = (self.suite.clone(), self.codename.clone());
            return Err(TrustError::OtherSuite { asked: asked.to_owned(), suite, codename });
        }
        if self.date > judgement.latest() {
            return Err(TrustError::Future { date: self.date, now: judgement.now });
        }
        match self.valid_until {
            Some(until) if until < judgement.now && !judgement.accept_expired => {
                Err(TrustError::Expired { until, now: judgement.now })
            }
            _ => match judgement.max_age {
                Some(most) if self.date + most < judgement.now => {
                    Err(TrustError::TooOld { date: self.date, most })
                }
                _ => Ok(()),
            },
        }
    }

    /// By codename or suite name. Security suites before bullseye were called `CODENAME/updates`.
    fn is_of(&self, asked: &str) -> bool {
        let asked = asked.strip_suffix("/updates").unwrap_or(asked);
        !asked.is_empty() && (self.codename == asked || self.suite == asked)
    }
}

/// The fields of the one stanza; a name that is there twice counts once, the first time.
struct Fields<'a>(BTreeMap<String, &'a str>);

impl<'a> Fields<'a> {
    fn read(text: &'a str) -> Self {
        let mut fields = BTreeMap::new();
        let mut starts: Vec<usize> = Vec::new();
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            if !line.starts_with([' ', '\t']) {
                starts.push(offset);
            }
            offset += line.len();
        }
        starts.push(text.len());
        for bounds in starts.windows(2) {
            if let Some((name, value)) = text[bounds[0]..bounds[1]].split_once(':') {
                fields.entry(name.to_ascii_lowercase()).or_insert(value);
            }
        }
        Self(fields)
    }

    fn value(&self, name: &str) -> &'a str {
        self.0.get(&name.to_ascii_lowercase()).copied().unwrap_or("")
    }

    fn date(&self, field: &'static str) -> Result<Option<SystemTime>, TrustError> {
        match self.value(field).trim() {
            "" => Ok(None),
            text => date::parse_release(text)
                .map(Some)
                .ok_or(TrustError::Field { field, problem: "cannot be read" }),
        }
    }
}

/// ` HASH SIZE PATH` a line.
fn read_files(text: &str) -> Option<BTreeMap<String, IndexFile>> {
    let mut files = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [sha256, size, path] = words[..] else { return None };
        if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let file = IndexFile { sha256: sha256.to_ascii_lowercase(), size: size.parse().ok()? };
        // The same path with two hashes is no statement at all.
        if files.insert(path.to_owned(), file.clone()).is_some_and(|other| other != file) {
            return None;
        }
    }
    Some(files)
}
