//! The pages of `spec/errors/`: each code has one, the examples on it do what it says, and a golden case shows the code.
#![allow(
    clippy::disallowed_methods,
    reason = "the tests read the pages, the cases and the sources; the crate does not"
)]

#[path = "support/versions.rs"]
mod versions;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use plc_lang::diag::Severity;
use plc_lang::{CheckOptions, Date, FileError, Files, Selection, check};

use versions::Written;

/// A page, as far as the tests hold it to something.
struct Page {
    /// What follows `# CODE: `.
    title: String,
    /// It says why the rule is there.
    why: bool,
    /// No description brings the code about.
    internal: bool,
    examples: Vec<Example>,
    /// A block `versions`: what a lock has, for all examples of the page.
    versions: Written,
}

/// A fenced block: "pl,fails", "pl,fails also E0107", or "pl,passes".
struct Example {
    passes: bool,
    /// Other codes that a failing example may give.
    also: Vec<String>,
    text: String,
}

struct Entry(String);

impl Files for Entry {
    fn read(&self, path: &str) -> Result<String, FileError> {
        if path == "env.pl" { Ok(self.0.clone()) } else { Err(FileError::NotFound) }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pages() -> BTreeMap<String, Page> {
    let files = fs::read_dir(root().join("spec/errors")).expect("spec/errors").flatten();
    let page = |path: PathBuf| {
        let code = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a page is text");
        (code.clone(), parse(&code, &text))
    };
    files.map(|file| page(file.path())).collect()
}

fn parse(code: &str, text: &str) -> Page {
    let first = text.lines().next().unwrap_or("");
    let title = first.strip_prefix(&format!("# {code}: "));
    let title =
        title.unwrap_or_else(|| panic!("spec/errors/{code}.md begins with `{first}`, not `# {code}: …`"));
    let mut examples: Vec<Example> = Vec::new();
    let mut versions = String::new();
    let mut inside = None;
    for line in text.lines() {
        if let Some(info) = line.strip_prefix("```") {
            inside = if inside.is_some() { None } else { Some(info) };
            if inside.is_some_and(|info| info != "versions") {
                examples.push(example(code, info));
            }
        } else if inside == Some("versions") {
            versions += &format!("{line}\n");
        } else if let Some(example) = examples.last_mut().filter(|_| inside.is_some()) {
            grow(&mut example.text, line);
        }
    }
    Page {
        title: title.to_owned(),
        why: text.contains("\n## Why\n"),
        internal: text.lines().any(|line| line.starts_with("internal: ")),
        examples,
        versions: Written(versions),
    }
}

fn example(code: &str, info: &str) -> Example {
    let (kind, also) = info.split_once(" also ").unwrap_or((info, ""));
    let passes = match kind {
        "pl,passes" => true,
        "pl,fails" => false,
        _ => panic!(
            "spec/errors/{code}.md: a block is `pl,fails`, `pl,fails also CODE`, `pl,passes` or `versions`, not `{info}`"
        ),
    };
    Example { passes, also: also.split_whitespace().map(str::to_owned).collect(), text: String::new() }
}

/// Adds a line; `// 5000 more lines like the one before.` adds those.
fn grow(text: &mut String, line: &str) {
    let more = line
        .trim()
        .strip_prefix("// ")
        .and_then(|words| words.strip_suffix(" more lines like the one before."));
    match more.and_then(|number| number.parse().ok()) {
        Some(number) => {
            let before = format!("{}\n", text.lines().last().unwrap_or(""));
            text.push_str(&before.repeat(number));
        }
        None => *text += &format!("{line}\n"),
    }
}

/// What an example gives: errors and warnings, by their codes.
fn codes(example: &Example, versions: &Written) -> (BTreeSet<String>, BTreeSet<String>) {
    // The pages stay true: on this day, what was to end in 2025 has ended.
    let options = CheckOptions { today: Date::new(2026, 1, 1), with: Vec::new(), unused: true };
    let checked = check("env.pl", &Entry(example.text.clone()), &options);
    let mut found = checked.diagnostics;
    if let Some(program) = checked.program.filter(|_| *versions != Written::default()) {
        let local = Selection { profile: "local".to_owned(), variants: Vec::new() };
        let again = program.evaluate(&local, Some(versions));
        found.extend(again.err().unwrap_or_default());
    }
    let of = |severity| found.iter().filter(|d| d.severity == severity).map(|d| d.code.to_owned()).collect();
    (of(Severity::Error), of(Severity::Warning))
}

/// What is wrong with the examples of a page.
fn faults(code: &str, page: &Page) -> Vec<String> {
    let mut faults = Vec::new();
    for example in &page.examples {
        let (errors, warnings) = codes(example, &page.versions);
        let gives = errors.contains(code) || warnings.contains(code);
        if example.passes && (gives || !errors.is_empty()) {
            faults.push(format!("{code}: the example that passes gives {errors:?} {warnings:?}"));
        } else if !example.passes && !gives {
            faults
                .push(format!("{code}: the example that fails gives {errors:?} {warnings:?} and not {code}"));
        } else if !example.passes {
            let others = errors.iter().filter(|other| *other != code && !example.also.contains(other));
            let others: Vec<&str> = others.map(String::as_str).collect();
            if !others.is_empty() {
                let others = others.join(" ");
                faults.push(format!(
                    "{code}: the example that fails gives others; if need be say `pl,fails also {others}`"
                ));
            }
        }
    }
    faults
}

#[test]
fn the_examples_do_what_their_pages_say() {
    let faults: Vec<String> = pages().iter().flat_map(|(code, page)| faults(code, page)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn each_page_has_a_title_a_reason_and_two_examples() {
    for (code, page) in pages() {
        let title = &page.title;
        let plain = !title.ends_with('.') && !title.starts_with(|c: char| c.is_uppercase());
        assert!(plain, "{code}: a title is in lower case and has no full stop: `{title}`");
        assert!(page.why, "{code}: add a `## Why` that says why the rule is there");
        if !page.internal {
            for (passes, kind) in [(false, "fails"), (true, "passes")] {
                let there = page.examples.iter().any(|example| example.passes == passes);
                assert!(there, "{code}: add an example ```pl,{kind}, a whole small env.pl");
            }
        }
    }
}

#[test]
fn there_is_a_page_and_a_case_for_each_code() {
    let emitted = quoted_codes(&root().join("compiler/lang/src"));
    let pages = pages();
    let cases = expected_codes();
    let mut faults = Vec::new();
    for code in &emitted {
        if !pages.contains_key(code) {
            faults.push(format!("{code}: add spec/errors/{code}.md, made like the others there"));
        }
        let internal = pages.get(code).is_some_and(|page| page.internal);
        match (cases.contains(code), internal) {
            (false, false) => faults.push(format!(
                "{code}: add a folder to golden/check with an env.pl that gives it, and run `cargo golden --update`"
            )),
            (true, true) => faults.push(format!("{code}: its page says `internal`, but a golden case gives it")),
            _ => {}
        }
    }
    for code in pages.keys().filter(|code| !emitted.contains(*code)) {
        faults.push(format!("{code}: nothing in compiler/lang/src gives it: remove spec/errors/{code}.md"));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    let internal: Vec<&String> =
        pages.iter().filter(|(_, page)| page.internal).map(|(code, _)| code).collect();
    assert_eq!(internal, ["E0599"], "one code is for mistakes of the compiler; all others have examples");
}

/// The codes that stand in a folder's files as string literals.
fn quoted_codes(folder: &Path) -> BTreeSet<String> {
    let text = texts(folder);
    let quoted = text.split('"').filter(|part| part.len() == 5 && part.starts_with(['E', 'W']));
    quoted.filter(|part| part.bytes().skip(1).all(|b| b.is_ascii_digit())).map(str::to_owned).collect()
}

/// The codes that golden cases expect: first in a comment beside the code, or on a line of `expect.txt`.
fn expected_codes() -> BTreeSet<String> {
    let cases: String = ["check", "syntax"].map(|stage| texts(&root().join("golden").join(stage))).concat();
    let heads =
        cases.lines().map(|line| line.trim().trim_start_matches("//~ ").trim_start_matches("warning "));
    heads.filter_map(|head| head.split_once(' ')).map(|(code, _)| code.to_owned()).collect()
}

/// The text of all files below a folder.
fn texts(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            all += &texts(&entry.path());
        } else {
            all += &String::from_utf8_lossy(&fs::read(entry.path()).expect("a file"));
        }
    }
    all
}
