//! Diagnostics of a description, drawn by miette: the one place where they become text.

use std::{collections::BTreeSet, fmt, path::Path};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use plc_lang::{
    diag::{Diagnostic, Label, Severity},
    source::{Source, Sources, Span},
};
use serde_json::{Value, json};

use crate::pages;

/// The most that are drawn at a time: past that, the first are worth mending before the others are read.
const MOST: usize = 20;

/// All of them, one below the other. File names are as seen from the working directory.
pub(crate) fn render(diagnostics: &[Diagnostic], sources: &Sources, project: &Path, colors: bool) -> String {
    let sources = &Named::all(sources, project);
    let theme = if colors { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(100);
    let mut text = String::new();
    for diagnostic in diagnostics.iter().take(MOST) {
        let _ = handler.render_report(&mut text, &Drawn::new(diagnostic, sources));
        text.push('\n');
    }
    if diagnostics.len() > MOST {
        text += &format!("and {} more\n", diagnostics.len() - MOST);
    }
    text += &more_about(diagnostics.iter().take(MOST));
    text
}

/// Where there is more to read about the codes that were shown: once, below all messages.
fn more_about<'a>(shown: impl Iterator<Item = &'a Diagnostic>) -> String {
    let codes: BTreeSet<&str> = shown.map(|diagnostic| diagnostic.code).collect();
    let codes: Vec<&str> = codes.into_iter().filter(|code| pages::of(code).is_some()).collect();
    match codes.split_first() {
        None => String::new(),
        Some((only, [])) => format!("for more, run `plc explain {only}`\n"),
        Some((first, others)) => {
            format!("for more, run `plc explain {first}`; likewise {}\n", others.join(", "))
        }
    }
}

/// One diagnostic as miette wants it. Places in other files than the first, or far from it, are drawn on their own.
#[derive(Debug)]
struct Drawn<'a> {
    message: String,
    code: Option<&'a str>,
    severity: miette::Severity,
    help: Option<String>,
    source: Option<&'a Named<'a>>,
    labels: Vec<LabeledSpan>,
    elsewhere: Vec<Drawn<'a>>,
}

impl<'a> Drawn<'a> {
    fn new(diagnostic: &'a Diagnostic, sources: &'a [Named<'a>]) -> Self {
        let first = diagnostic.labels.first().map(|label| label.span);
        let home = first.map(|span| span.source);
        let (here, there): (Vec<&Label>, Vec<&Label>) = diagnostic
            .labels
            .iter()
            .partition(|label| first.is_some_and(|first| are_near(first, label.span, sources)));
        let advice = match (&diagnostic.help, &diagnostic.note) {
            (Some(help), Some(note)) => Some(format!("{help}\n{note}")),
            (help, note) => help.clone().or_else(|| note.clone()),
        };
        Self {
            message: diagnostic.message.clone(),
            code: Some(diagnostic.code),
            severity: match diagnostic.severity {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
            },
            help: advice,
            source: home.and_then(|id| sources.get(id.0 as usize)),
            labels: here.into_iter().enumerate().map(|(i, label)| drawn_label(label, i == 0)).collect(),
            elsewhere: there.into_iter().map(|label| Self::elsewhere(label, sources)).collect(),
        }
    }

    fn elsewhere(label: &Label, sources: &'a [Named<'a>]) -> Self {
        Self {
            message: label.text.clone(),
            code: None,
            severity: miette::Severity::Advice,
            help: None,
            source: sources.get(label.span.source.0 as usize),
            labels: vec![LabeledSpan::new_with_span(None, source_span(label.span))],
            elsewhere: Vec::new(),
        }
    }
}

/// How many lines may lie between two places that are drawn together: all of them are shown.
const NEAR: usize = 12;

fn are_near(a: Span, b: Span, sources: &[Named<'_>]) -> bool {
    let (start, end) = (a.start.min(b.start) as usize, a.start.max(b.start) as usize);
    let between = sources.get(a.source.0 as usize).and_then(|named| named.source.text.get(start..end));
    a.source == b.source && between.is_none_or(|text| text.matches('\n').count() <= NEAR)
}

fn drawn_label(label: &Label, primary: bool) -> LabeledSpan {
    let text = (!label.text.is_empty()).then(|| label.text.clone());
    let span = source_span(label.span);
    if primary {
        LabeledSpan::new_primary_with_span(text, span)
    } else {
        LabeledSpan::new_with_span(text, span)
    }
}

fn source_span(span: Span) -> SourceSpan {
    (span.start as usize..span.end.max(span.start) as usize).into()
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawn<'_> {}

impl miette::Diagnostic for Drawn<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.code.map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn miette::Diagnostic> + 'b>> {
        (!self.elsewhere.is_empty()).then(|| {
            Box::new(self.elsewhere.iter().map(|d| d as &dyn miette::Diagnostic))
                as Box<dyn Iterator<Item = _>>
        })
    }
}

/// A source with its name as seen from the working directory.
#[derive(Debug)]
struct Named<'a> {
    source: &'a Source,
    name: String,
}

impl<'a> Named<'a> {
    fn all(sources: &'a Sources, project: &Path) -> Vec<Self> {
        sources.iter().map(|source| Self { source, name: seen_name(source, project) }).collect()
    }
}

/// The standard library is in no directory, nor is the command line.
fn seen_name(source: &Source, project: &Path) -> String {
    let nowhere = source.name.starts_with("std/") || source.name == "--with";
    if nowhere || project == Path::new(".") {
        return source.name.clone();
    }
    project.join(&source.name).display().to_string()
}

impl SourceCode for Named<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let inner = self.source.text.as_ref().read_span(span, before, after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line(),
            inner.column(),
            inner.line_count(),
        )))
    }
}

/// A place as `env.pl:31`, its file as seen from the working directory.
pub(crate) fn place(span: Span, sources: &Sources, project: &Path) -> String {
    let Some(source) = sources.get(span.source) else { return String::new() };
    let before = source.text.get(..span.start as usize).unwrap_or(&source.text);
    format!("{}:{}", seen_name(source, project), before.matches('\n').count() + 1)
}

/// Diagnostics for machines: code, severity, message, places as file, line and column counted from 1, help, note.
pub(crate) fn as_json(diagnostics: &[Diagnostic], sources: &Sources, project: &Path) -> Value {
    diagnostics
        .iter()
        .map(|diagnostic| {
            json!({
                "code": diagnostic.code,
                "severity": match diagnostic.severity { Severity::Error => "error", Severity::Warning => "warning" },
                "message": diagnostic.message,
                "labels": diagnostic.labels.iter().map(|label| json_label(label, sources, project)).collect::<Vec<_>>(),
                "help": diagnostic.help,
                "note": diagnostic.note,
            })
        })
        .collect()
}

fn json_label(label: &Label, sources: &Sources, project: &Path) -> Value {
    let Some(source) = sources.get(label.span.source) else { return Value::Null };
    let at = |offset: u32| {
        let before = source.text.get(..offset as usize).unwrap_or(&source.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        json!({ "line": line, "column": column, "offset": offset })
    };
    json!({ "file": seen_name(source, project), "start": at(label.span.start), "end": at(label.span.end), "text": label.text })
}
