//! Golden cases of the stages `syntax`, `check` and `eval`: folders of `golden/STAGE/` with an `env.pl` and what is
//! expected of it. `cargo test -p plc-lang --test golden -- [--update] [FILTER]`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test runner talks to the person who runs it"
)]
#![allow(clippy::disallowed_methods, reason = "the runner reads the cases; the crate does not")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plc_lang::diag::{Diagnostic, Severity};
use plc_lang::source::{Sources, Span};
use plc_lang::{FileError, Files};

/// A case's folder as a project.
struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<String, FileError> {
        let bytes = fs::read(self.0.join(path)).map_err(|_| FileError::NotFound)?;
        String::from_utf8(bytes).map_err(|_| FileError::NotUtf8)
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let update = arguments.iter().any(|a| a == "--update");
    let filter = arguments.iter().find(|a| !a.starts_with('-')).cloned().unwrap_or_default();
    if arguments.iter().any(|a| a == "--ignored") {
        // `cargo test --workspace -- --ignored` asks every test binary; no case here is ignored.
        return ExitCode::SUCCESS;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden");
    let (mut passed, mut failed) = (0, 0);
    for stage in ["syntax", "check", "eval"] {
        for case in folders(&root.join(stage)) {
            let name = format!("{stage}/{}", case.file_name().unwrap_or_default().to_string_lossy());
            if !name.contains(&filter) {
                continue;
            }
            match run(stage, &case, update) {
                Ok(()) => passed += 1,
                Err(difference) => {
                    failed += 1;
                    println!("{name}: failed\n{difference}");
                }
            }
        }
    }
    println!("golden: {passed} passed, {failed} failed");
    if failed == 0 && (passed > 0 || !filter.is_empty()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn folders(stage: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(stage)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.is_dir())
        .collect();
    found.sort();
    found
}

fn run(stage: &str, case: &Path, update: bool) -> Result<(), String> {
    let (file, found) = match stage {
        "syntax" => syntax(case)?,
        "check" => ("expect.txt", check(case)),
        _ => eval(case),
    };
    let path = case.join(file);
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if found == expected {
        return Ok(());
    }
    if update {
        // A case that now ends otherwise would keep a file that nobody compares.
        for other in ["expect.txt", "expect.json"] {
            drop(fs::remove_file(case.join(other)));
        }
        return fs::write(&path, found).map_err(|e| e.to_string());
    }
    Err(difference(&expected, &found))
}

fn syntax(case: &Path) -> Result<(&'static str, String), String> {
    let text = fs::read_to_string(case.join("env.pl")).map_err(|e| e.to_string())?;
    let (tree, diagnostics) = plc_lang::syntax_tree(&text);
    if diagnostics.is_empty() {
        return Ok(("expect.json", format!("{tree:#}\n")));
    }
    let mut sources = Sources::default();
    sources.add("env.pl", text);
    Ok(("expect.txt", shown(&sources, &diagnostics)))
}

fn check(case: &Path) -> String {
    let checked = plc_lang::check("env.pl", &Folder(case.to_owned()));
    if checked.diagnostics.is_empty() {
        "ok\n".to_owned()
    } else {
        shown(&checked.sources, &checked.diagnostics)
    }
}

fn eval(case: &Path) -> (&'static str, String) {
    let checked = plc_lang::check("env.pl", &Folder(case.to_owned()));
    let Some(program) = checked.program else {
        return ("expect.txt", shown(&checked.sources, &checked.diagnostics));
    };
    let profile = fs::read_to_string(case.join("profile")).unwrap_or_else(|_| "local".to_owned());
    match program.evaluate(profile.trim(), None) {
        Ok(topology) => {
            let json = serde_json::to_string_pretty(&topology).unwrap_or_default();
            ("expect.json", json + "\n")
        }
        Err(diagnostics) => ("expect.txt", shown(&checked.sources, &diagnostics)),
    }
}

fn shown(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|d| one(sources, d)).collect::<Vec<_>>().join("\n")
}

/// `CODE severity FILE:LINE:COLUMN-LINE:COLUMN message`, then the labels, help and note, each on its line.
fn one(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
    let mut text = String::new();
    for (index, label) in diagnostic.labels.iter().enumerate() {
        let place = place(sources, label.span);
        if index == 0 {
            text += &format!("{} {severity} {place} {}\n", diagnostic.code, diagnostic.message);
            if !label.text.is_empty() {
                text += &format!("  here: {}\n", label.text);
            }
        } else {
            text += &format!("  at {place}: {}\n", label.text);
        }
    }
    for (what, words) in [("help", &diagnostic.help), ("note", &diagnostic.note)] {
        if let Some(words) = words {
            text += &format!("  {what}: {words}\n");
        }
    }
    text
}

fn place(sources: &Sources, span: Span) -> String {
    let Some(source) = sources.get(span.source) else { return "?".to_owned() };
    let position = |at: u32| {
        let before = source.text.get(..at as usize).unwrap_or(&source.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        format!("{line}:{column}")
    };
    format!("{}:{}-{}", source.name, position(span.start), position(span.end))
}

/// The first lines that differ.
fn difference(expected: &str, found: &str) -> String {
    let (mut old, mut new) = (expected.lines(), found.lines());
    let mut line = 0;
    loop {
        line += 1;
        match (old.next(), new.next()) {
            (None, None) => return "only the ends of lines differ".to_owned(),
            (a, b) if a == b => {}
            (a, b) => {
                let rest: String = new.take(12).map(|l| format!("\n    + {l}")).collect();
                return format!(
                    "  line {line}\n    - {}\n    + {}{rest}",
                    a.unwrap_or("(end)"),
                    b.unwrap_or("(end)")
                );
            }
        }
    }
}
