//! Messages as a list with their places: what `expect.txt` holds.

use plc_lang::diag::{Diagnostic, Severity};
use plc_lang::source::{Source, Sources, Span};

/// All messages, with a blank line between two.
pub(crate) fn of(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
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
    let at = |at: u32| {
        let (line, column) = position(source, at);
        format!("{line}:{column}")
    };
    format!("{}:{}-{}", source.name, at(span.start), at(span.end))
}

/// Line and column of a byte, counted from 1, columns in characters.
pub(crate) fn position(source: &Source, at: u32) -> (usize, usize) {
    let before = source.text.get(..at as usize).unwrap_or(&source.text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}
