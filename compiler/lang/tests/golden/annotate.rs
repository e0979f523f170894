//! Expected messages as comments below the lines that they are about:
//!
//! ```text
//! let a = 1 + x
//! //~ E0201 @13-14 unknown name `x`
//! //~ help: did you mean `a`?
//! //~ at 3:5-6: what else is to be seen there
//! ```
//!
//! First code and message, then what is said of the place (`here`) and of others (`at LINE:COLUMNS`), `help` and `note`.
//! A warning says `warning` before its code. `@` gives the columns, and the line where the place ends if it is another;
//! a place in the standard library is given as its file, since its lines move with the library.
//!
//! Every message has its comment, and every comment its message. A case may go without columns, without places, or
//! without help and notes: of each of these three it tells all or nothing.

use plc_lang::diag::{Diagnostic, Label, Severity};
use plc_lang::source::{Sources, Span};

use super::case::Case;
use super::listing::position;

const MARK: &str = "//~";

/// How much the comments of a case tell.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    /// `@13-14`
    columns: bool,
    /// `here`, `at`
    places: bool,
    /// `help`, `note`
    advice: bool,
}

impl Style {
    /// What the comments of a case tell; everything, if it has none.
    pub(crate) fn of(case: &Case) -> Self {
        let texts = case.sources().flat_map(|(_, text)| text.lines());
        let comments: Vec<&str> = texts.filter_map(|line| line.trim_start().strip_prefix(MARK)).collect();
        let any =
            |test: &dyn Fn(&str) -> bool| comments.is_empty() || comments.iter().any(|words| test(words));
        Self {
            columns: any(&|words| head_columns(words)),
            places: any(&|words| ["here:", "at"].contains(&first_word(words))),
            advice: any(&|words| ["help:", "note:"].contains(&first_word(words))),
        }
    }
}

fn first_word(words: &str) -> &str {
    words.split_whitespace().next().unwrap_or("")
}

/// Whether the first line of a message gives columns.
fn head_columns(words: &str) -> bool {
    let place = words.split_whitespace().take(3).find_map(|word| word.strip_prefix('@'));
    place.is_some_and(|place| place.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a message is about no file of the case.
pub(crate) fn is_elsewhere(case: &Case, sources: &Sources, diagnostics: &[Diagnostic]) -> bool {
    let style = Style { columns: true, places: true, advice: true };
    let mut paths = diagnostics.iter().map(|diagnostic| Note::new(sources, diagnostic, style).path);
    paths.any(|path| !path.is_empty() && case.text(&path).is_none() && path != "env.pl")
}

/// A case without its comments of this kind.
pub(crate) fn strip(case: &Case) -> Case {
    case.with_sources(|_, text| text.split_inclusive('\n').filter(|line| !is_comment(line)).collect())
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with(MARK)
}

/// A case with comments for exactly these messages.
pub(crate) fn annotate(case: &Case, sources: &Sources, diagnostics: &[Diagnostic], style: Style) -> Case {
    let notes: Vec<Note> = diagnostics.iter().map(|d| Note::new(sources, d, style)).collect();
    case.with_sources(|path, text| {
        let notes: Vec<&Note> = notes.iter().filter(|note| note.path == path).collect();
        with_notes(text, &notes)
    })
}

fn with_notes(text: &str, notes: &[&Note]) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let code: Vec<usize> =
        (0..lines.len()).filter(|at| lines.get(*at).is_some_and(|l| !is_comment(l))).collect();
    let mut all = String::new();
    for (index, at) in code.iter().enumerate() {
        let line = lines.get(*at).copied().unwrap_or("");
        // What is found before the first line or past the last one is told at these.
        let from = if index == 0 { 0 } else { at + 1 };
        let to = code.get(index + 1).map_or(usize::MAX, |next| next + 1);
        all += line;
        let indent: &str = line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or("");
        for words in notes.iter().filter(|n| (from..to).contains(&n.line)).flat_map(|n| &n.lines) {
            if !all.ends_with('\n') {
                all.push('\n');
            }
            all += &format!("{indent}{MARK} {words}\n");
        }
    }
    all
}

/// A message as comments.
struct Note {
    /// The file that it is told in.
    path: String,
    /// The line, counted from 1, below which it is told.
    line: usize,
    lines: Vec<String>,
}

impl Note {
    fn new(sources: &Sources, diagnostic: &Diagnostic, style: Style) -> Self {
        let first = diagnostic.labels.first().map(|label| label.span).unwrap_or_default();
        let mut spans = diagnostic.labels.iter().map(|label| label.span);
        // What is found in the library is told where the case brings it about.
        let here = spans.find(|span| !is_library(sources, *span)).unwrap_or_default();
        let line = sources.get(here.source).map_or(0, |source| position(source, here.start).0);
        let mut head = if diagnostic.severity == Severity::Warning { "warning " } else { "" }.to_owned();
        head += diagnostic.code;
        if is_library(sources, first) {
            head += &format!(" @{}", file(sources, first));
        } else if style.columns {
            head += &format!(" @{}", columns(sources, first));
        }
        let mut lines = vec![format!("{head} {}", diagnostic.message)];
        if style.places {
            lines.extend(places(sources, diagnostic, here));
        }
        if style.advice {
            lines.extend(diagnostic.help.iter().map(|words| format!("help: {words}")));
            lines.extend(diagnostic.note.iter().map(|words| format!("note: {words}")));
        }
        Self { path: file(sources, here), line, lines }
    }
}

fn places(sources: &Sources, diagnostic: &Diagnostic, here: Span) -> Vec<String> {
    let (first, others) = diagnostic.labels.split_at(diagnostic.labels.len().min(1));
    let first =
        first.iter().filter(|label| !label.text.is_empty()).map(|label| format!("here: {}", label.text));
    first.chain(others.iter().map(|label| other(sources, label, here))).collect()
}

/// `at LINE:COLUMNS: text`, with the file where it is another.
fn other(sources: &Sources, label: &Label, here: Span) -> String {
    let name = file(sources, label.span);
    if is_library(sources, label.span) {
        return format!("at {name}: {}", label.text);
    }
    let line = sources.get(label.span.source).map_or(0, |source| position(source, label.span.start).0);
    let name = if label.span.source == here.source { String::new() } else { format!("{name}:") };
    format!("at {name}{line}:{}: {}", columns(sources, label.span), label.text)
}

fn is_library(sources: &Sources, span: Span) -> bool {
    file(sources, span).starts_with("std/")
}

fn file(sources: &Sources, span: Span) -> String {
    sources.get(span.source).map_or_else(String::new, |source| source.name.clone())
}

/// `FROM-TO`, or `FROM-LINE:TO` where the place ends on another line.
fn columns(sources: &Sources, span: Span) -> String {
    let Some(source) = sources.get(span.source) else { return "?".to_owned() };
    let (from, to) = (position(source, span.start), position(source, span.end));
    if from.0 == to.0 { format!("{}-{}", from.1, to.1) } else { format!("{}-{}:{}", from.1, to.0, to.1) }
}
