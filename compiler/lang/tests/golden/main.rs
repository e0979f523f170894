//! Golden cases of the stages `syntax`, `check`, `eval`, `tests` and `explain`: folders of `golden/STAGE/` with an `env.pl` and what
//! is expected of it; and of stage `fmt`, whose `in.pl` is laid out as `out.pl`. `cargo test -p plc-lang --test golden --
//! [--update] [FILTER]`.
//!
//! | what comes of it | where it is expected |
//! |---|---|
//! | a tree, a topology or its tests | `expect.json` |
//! | a layout | `out.pl` |
//! | messages | comments in the `.pl` files, below the lines that they are about: see `annotate` |
//! | messages of a file that no comment can stand in | `expect.txt`: see `listing` |
//! | where values come from | `expect.txt`: see `explain` |
//!
//! From a case as it stands, [`wanted`] makes the case as it has to be; they are compared, or the second is written.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test runner talks to the person who runs it"
)]
#![allow(clippy::disallowed_methods, reason = "the runner reads the cases; the crate does not")]

mod annotate;
mod case;
mod explain;
mod listing;
#[path = "../support/versions.rs"]
mod versions;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plc_lang::CheckOptions;
use plc_lang::diag::Diagnostic;
use plc_lang::source::Sources;

use annotate::Style;
use case::Case;

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
    for stage in ["syntax", "fmt", "check", "eval", "tests", "explain"] {
        for folder in folders(&root.join(stage)) {
            let name = format!("{stage}/{}", folder.file_name().unwrap_or_default().to_string_lossy());
            if !name.contains(&filter) {
                continue;
            }
            match run(stage, &folder, update) {
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

fn run(stage: &str, folder: &Path, update: bool) -> Result<(), String> {
    let case = Case::read(folder)?;
    let wanted = if stage == "fmt" { laid_out(&case) } else { wanted(stage, &case) };
    if update { wanted.write(&case, folder) } else { case.compare(&wanted) }
}

/// A case of stage `fmt` as it has to be.
fn laid_out(case: &Case) -> Case {
    let text = case.text("in.pl").unwrap_or_default();
    plc_lang::format(text).map_or_else(
        |diagnostics| {
            let mut sources = Sources::default();
            sources.add("in.pl", text);
            case.expecting("expect.txt", listing::of(&sources, &diagnostics))
        },
        |formatted| case.expecting("out.pl", formatted),
    )
}

/// What compiling a case gives.
struct Found {
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    /// The tree or topology; none where there are messages, and in stage `check`.
    json: Option<String>,
}

fn compile(stage: &str, case: &Case) -> Found {
    match stage {
        "syntax" => syntax(case),
        "check" => check(case),
        "tests" => tests(case),
        _ => eval(case),
    }
}

fn syntax(case: &Case) -> Found {
    let text = case.text("env.pl").unwrap_or_default();
    let (tree, diagnostics) = plc_lang::syntax_tree(text);
    let mut sources = Sources::default();
    sources.add("env.pl", text);
    let json = diagnostics.is_empty().then(|| format!("{tree:#}\n"));
    Found { sources, diagnostics, json }
}

fn check(case: &Case) -> Found {
    let options = CheckOptions { unused: true, ..case.options.clone() };
    let checked = plc_lang::check("env.pl", case, &options);
    let mut diagnostics = checked.diagnostics;
    if let (Some(program), Some(versions)) = (checked.program, case.versions()) {
        diagnostics.extend(program.evaluate(&case.selection, Some(versions)).err().unwrap_or_default());
    }
    Found { sources: checked.sources, diagnostics, json: None }
}

fn eval(case: &Case) -> Found {
    let checked = plc_lang::check("env.pl", case, &case.options);
    let Some(program) = checked.program else {
        return Found { sources: checked.sources, diagnostics: checked.diagnostics, json: None };
    };
    match program.evaluate(&case.selection, case.versions()) {
        Ok(topology) => {
            let json = serde_json::to_string_pretty(&topology).unwrap_or_default() + "\n";
            Found { sources: checked.sources, diagnostics: checked.diagnostics, json: Some(json) }
        }
        Err(diagnostics) => Found { sources: checked.sources, diagnostics, json: None },
    }
}

fn tests(case: &Case) -> Found {
    let checked = plc_lang::check("env.pl", case, &case.options);
    let Some(program) = checked.program else {
        return Found { sources: checked.sources, diagnostics: checked.diagnostics, json: None };
    };
    match program.tests(&case.selection, case.versions()) {
        Ok(tests) => {
            let json = serde_json::to_string_pretty(&tests).unwrap_or_default() + "\n";
            Found { sources: checked.sources, diagnostics: checked.diagnostics, json: Some(json) }
        }
        Err(diagnostics) => Found { sources: checked.sources, diagnostics, json: None },
    }
}

/// The case as it has to be: what it compiles, with the expectations that hold.
fn wanted(stage: &str, case: &Case) -> Case {
    if stage == "explain" {
        let checked = plc_lang::check("env.pl", case, &case.options);
        if let Some(program) = &checked.program {
            return case.expecting("expect.txt", explain::listing_of(case, &checked.sources, program));
        }
    }
    let found = compile(stage, case);
    // Nobody can write a comment into the command line.
    let listed =
        case.text("expect.txt").is_some() || annotate::is_elsewhere(case, &found.sources, &found.diagnostics);
    if listed && !found.diagnostics.is_empty() {
        return case.expecting("expect.txt", listing::of(&found.sources, &found.diagnostics));
    }
    let style = Style::of(case);
    let bare = annotate::strip(case);
    let mut now = bare.clone();
    // Comments move the lines that they name: the second round has them right, the third finds nothing to do.
    for _ in 0..3 {
        let found = compile(stage, &now);
        let next = annotate::annotate(&now, &found.sources, &found.diagnostics, style);
        let next = match found.json {
            Some(json) => next.expecting("expect.json", json),
            None => next,
        };
        if next == now {
            return now;
        }
        now = next;
    }
    // The comments change what is said, so they cannot stand there.
    let found = compile(stage, &bare);
    bare.expecting("expect.txt", listing::of(&found.sources, &found.diagnostics))
}
