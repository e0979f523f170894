//! Stage `explain`: for each line of the file `paths`, where the value comes from.
//!
//! ```text
//! app.fpm.workers = 8: Int(1..), capacity
//!   `2 * cpus` argument of `run fpm`, env.pl:20
//!     cpus = 4: `4` set by profile `local`, env.pl:31
//!   not `2` default of `PhpFpm`, std/web.pl
//! ```

use plc_lang::source::{Sources, Span};
use plc_lang::{Explanation, Origin, Program, Use};

use super::case::Case;
use super::listing;

/// What is said of all paths of a case.
pub(crate) fn listing_of(case: &Case, sources: &Sources, program: &Program) -> String {
    case.paths.iter().map(|path| one(case, sources, program, path)).collect::<Vec<_>>().join("\n")
}

fn one(case: &Case, sources: &Sources, program: &Program, path: &str) -> String {
    match program.explain(&case.selection, path, None) {
        Ok(explanation) => shown(sources, &explanation),
        Err(diagnostics) => format!("{path}\n{}", listing::of(sources, &diagnostics)),
    }
}

fn shown(sources: &Sources, explanation: &Explanation) -> String {
    let Explanation { path, value, ty, capacity, origins, uses } = explanation;
    let label = if *capacity { "capacity" } else { "identity" };
    let mut text = format!("{path} = {}: {ty}, {label}\n", value.as_deref().unwrap_or("(nobody says)"));
    for (index, origin) in origins.iter().enumerate() {
        let not = if origin.overridden { "not " } else { "" };
        text += &format!("  {not}{}\n", of(sources, origin));
        if index == 0 {
            text += &used(sources, uses, 4);
        }
    }
    text
}

fn used(sources: &Sources, uses: &[Use], indent: usize) -> String {
    let mut text = String::new();
    for used_name in uses {
        let Use { name, value, origin, uses } = used_name;
        let origin = origin.as_ref().map(|origin| format!(": {}", of(sources, origin))).unwrap_or_default();
        let blanks = " ".repeat(indent);
        text += &format!("{blanks}{name} = {}{origin}\n", value.as_deref().unwrap_or("(nobody says)"));
        text += &used(sources, uses, indent + 2);
    }
    text
}

fn of(sources: &Sources, origin: &Origin) -> String {
    format!("`{}` {}, {}", origin.text, origin.what, place(sources, origin.span))
}

/// The library's lines move with it.
fn place(sources: &Sources, span: Span) -> String {
    let Some(source) = sources.get(span.source) else { return "?".to_owned() };
    match source.name.starts_with("std/") {
        true => source.name.clone(),
        false => format!("{}:{}", source.name, listing::position(source, span.start).0),
    }
}
