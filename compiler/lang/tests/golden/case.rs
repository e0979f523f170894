//! The files of a case: what is compiled, and what is expected of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use plc_lang::{CheckOptions, Date, FileError, Files, Selection, Versions};
use similar::TextDiff;

use super::versions::Written;

/// A case's folder as a project: its `.pl` files, `expect.json` and `expect.txt`, by their paths in it.
///
/// Beside them a file `profile` says which profile stage `eval` evaluates (else `local`), `variants` has a variant on each
/// line, `with` a setting of the command line, `versions` has what a lock would (both stages evaluate with it), `paths`
/// what stage `explain` explains, and `today` is the day as of which `until` is judged.
#[derive(Clone, Default)]
pub(crate) struct Case {
    files: BTreeMap<String, Vec<u8>>,
    /// What stage `eval` evaluates.
    pub(crate) selection: Selection,
    pub(crate) options: CheckOptions,
    /// What the file `versions` says that a lock has.
    versions: Option<Written>,
    /// What stage `explain` explains.
    pub(crate) paths: Vec<String>,
}

impl PartialEq for Case {
    fn eq(&self, other: &Self) -> bool {
        self.files == other.files
    }
}

impl Files for Case {
    fn read(&self, path: &str) -> Result<String, FileError> {
        let bytes = self.files.get(path).ok_or(FileError::NotFound)?;
        String::from_utf8(bytes.clone()).map_err(|_| FileError::NotUtf8)
    }
}

impl Case {
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let lines = |name: &str| -> Vec<String> {
            fs::read_to_string(folder.join(name)).unwrap_or_default().lines().map(str::to_owned).collect()
        };
        let profile = lines("profile").pop().unwrap_or_else(|| "local".to_owned());
        let today = lines("today").pop().and_then(|day| Date::parse(&day));
        let mut case = Self {
            files: BTreeMap::new(),
            selection: Selection { profile, variants: lines("variants") },
            options: CheckOptions { today, with: lines("with"), unused: false },
            versions: fs::read_to_string(folder.join("versions")).ok().map(Written),
            paths: lines("paths"),
        };
        case.gather(folder, "")?;
        Ok(case)
    }

    fn gather(&mut self, folder: &Path, prefix: &str) -> Result<(), String> {
        for entry in fs::read_dir(folder).map_err(|e| e.to_string())?.flatten() {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                self.gather(&entry.path(), &format!("{name}/"))?;
            } else if name.ends_with(".pl") || name == "expect.json" || name == "expect.txt" {
                self.files.insert(name, fs::read(entry.path()).map_err(|e| e.to_string())?);
            }
        }
        Ok(())
    }

    /// The versions of packages, where the case has a lock's.
    pub(crate) fn versions(&self) -> Option<&dyn Versions> {
        self.versions.as_ref().map(|written| written as &dyn Versions)
    }

    /// A file's text, if there is one and it is UTF-8.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// The description's files that are text, with their paths.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .keys()
            .filter(|path| path.ends_with(".pl"))
            .filter_map(|path| Some((path.as_str(), self.text(path)?)))
    }

    /// The same with other text in the description's files, and nothing expected elsewhere.
    pub(crate) fn with_sources(&self, mut change: impl FnMut(&str, &str) -> String) -> Self {
        let mut case = self.clone();
        case.files.retain(|path, _| path.ends_with(".pl"));
        for (path, text) in self.sources() {
            case.files.insert(path.to_owned(), change(path, text).into_bytes());
        }
        case
    }

    /// The same with one file that holds what is expected. No other is kept: nobody would compare it.
    pub(crate) fn expecting(&self, file: &str, text: String) -> Self {
        let mut case = self.with_sources(|_, text| text.to_owned());
        case.files.insert(file.to_owned(), text.into_bytes());
        case
    }

    /// # Errors
    /// What differs, if anything does.
    pub(crate) fn compare(&self, wanted: &Self) -> Result<(), String> {
        let paths: BTreeSet<&String> = self.files.keys().chain(wanted.files.keys()).collect();
        let mut all = String::new();
        for path in paths {
            let (old, new) = (self.files.get(path), wanted.files.get(path));
            if old != new {
                let text =
                    |bytes: Option<&Vec<u8>>| String::from_utf8_lossy(bytes.map_or(&[], |b| b)).into_owned();
                let (old, new) = (text(old), text(new));
                let difference = TextDiff::from_lines(&old, &new);
                let mut difference = difference.unified_diff();
                all += &difference.context_radius(2).header(path, "found").to_string();
            }
        }
        if all.is_empty() { Ok(()) } else { Err(all) }
    }

    /// Makes a folder that holds `old` hold this.
    pub(crate) fn write(&self, old: &Self, folder: &Path) -> Result<(), String> {
        for (path, bytes) in &self.files {
            if old.files.get(path) != Some(bytes) {
                fs::write(folder.join(path), bytes).map_err(|e| e.to_string())?;
            }
        }
        for path in old.files.keys().filter(|path| !self.files.contains_key(*path)) {
            fs::remove_file(folder.join(path)).map_err(|e| e.to_string())?;
        }
        Ok(())
    }
}
