//! That each rule of labels matters: without it, what is said about some golden case of `check` is not what is expected.
//! A rule that a change makes useless, or whose case is deleted, fails here; so does one of `UNREACHED` that is reached.
#![allow(clippy::disallowed_methods, reason = "the test reads the cases; the crate does not")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use plc_lang::diag::Diagnostic;
use plc_lang::{FileError, Files, Rule, check_without};

/// Rules that nothing can break yet, by the names that `Debug` gives them, and why. They stand for the day when something
/// can.
const UNREACHED: [(&str, &str); 8] = [
    ("CarriesVersion(Made)", "the fields of what is made refuse versions themselves"),
    ("Refuses(Archive)", OF_MODULES),
    ("Refuses(Pin)", OF_MODULES),
    ("Refuses(Scheme)", OF_MODULES),
    ("Refuses(Setting)", OF_MODULES),
    ("RefusesVersion(Archive)", OF_MODULES),
    ("RefusesVersion(Pin)", OF_MODULES),
    ("RefusesVersion(Setting)", OF_MODULES),
];
const OF_MODULES: &str =
    "it is computed from the names of a module, which has no capacities, and no host to ask versions of";

struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<String, FileError> {
        fs::read_to_string(self.0.join(path)).map_err(|_| FileError::NotFound)
    }
}

/// A case, and what is said about it where all rules hold.
struct Case {
    folder: Folder,
    said: Vec<Diagnostic>,
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/check");
    let folders = fs::read_dir(root).expect("golden/check").flatten().map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = folders.filter(|path| path.is_dir()).collect();
    folders.sort();
    let case = |path| {
        let folder = Folder(path);
        let said = check_without(None, "env.pl", &folder);
        Case { folder, said }
    };
    // Without a rule less is said, so a case about which no rule says anything tells nothing.
    let by_rule = |d: &Diagnostic| matches!(d.code, "E0401" | "E0403" | "E0409");
    folders.into_iter().map(case).filter(|case| case.said.iter().any(by_rule)).collect()
}

#[test]
fn each_rule_matters_to_a_case() {
    let cases = cases();
    let matters = |rule: &Rule| {
        let notices = |case: &Case| check_without(Some(*rule), "env.pl", &case.folder) != case.said;
        cases.iter().any(notices)
    };
    let idle = Rule::all().into_iter().filter(|rule| !matters(rule)).map(|rule| format!("{rule:?}"));
    let idle: BTreeSet<String> = idle.collect();
    let known: BTreeSet<String> = UNREACHED.iter().map(|(rule, _)| (*rule).to_owned()).collect();
    let lacking: Vec<&String> = idle.difference(&known).collect();
    assert!(lacking.is_empty(), "no case depends on {lacking:#?}");
    let reached: Vec<&String> = known.difference(&idle).collect();
    assert!(reached.is_empty(), "these have a case: strike them out of UNREACHED: {reached:#?}");
}
