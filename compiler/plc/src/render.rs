//! Text for people: diagnostics, errors, tables, sizes. Colours only on a terminal, and never the only carrier of meaning.

mod diagnostic;
mod table;

use std::{
    fmt::Display,
    io::{IsTerminal, Write},
    path::Path,
};

use plc_lang::{diag::Diagnostic, source::Sources};

use crate::exit::CliError;

pub(crate) use diagnostic::{as_json, place};
pub(crate) use table::Table;

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where everything is written to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    out_colors: bool,
    err_colors: bool,
    interactive: bool,
}

/// ANSI codes of the few styles in use.
const BOLD: &str = "\x1b[1m";
const GREEN: &str = "\x1b[1;32m";
const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const CYAN: &str = "\x1b[1;36m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

impl Terminal {
    /// Looks at standard output and standard error.
    pub(crate) fn new(color: Color, quiet: bool) -> Self {
        let colors = |terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        let (out, err) = (std::io::stdout().is_terminal(), std::io::stderr().is_terminal());
        Self { out_colors: colors(out), err_colors: colors(err), interactive: err && !quiet }
    }

    /// Whether somebody watches, so that progress is worth showing.
    pub(crate) fn interactive(&self) -> bool {
        self.interactive
    }

    /// A line of the result, on standard output. A reader that has gone away is no error.
    pub(crate) fn line(&self, text: impl Display) {
        let _ = writeln!(std::io::stdout(), "{text}");
    }

    /// Text of the result as it stands, on standard output.
    pub(crate) fn text(&self, text: &str) {
        let _ = std::io::stdout().write_all(text.as_bytes());
    }

    /// A step that is done, with a verb in front, on standard error when somebody watches.
    pub(crate) fn status(&self, verb: &str, text: impl Display) {
        if self.interactive {
            let _ = writeln!(std::io::stderr(), "{}", self.status_line(verb, &text.to_string()));
        }
    }

    /// The line that [`Terminal::status`] writes.
    pub(crate) fn status_line(&self, verb: &str, text: &str) -> String {
        format!("{} {text}", self.paint_err(GREEN, &format!("{verb:>12}")))
    }

    /// Something to know that is no result, on standard error.
    pub(crate) fn note(&self, text: impl Display) {
        let _ = writeln!(std::io::stderr(), "{} {text}", self.paint_err(CYAN, "note:"));
    }

    /// An error with its causes and advice, on standard error.
    pub(crate) fn error(&self, error: &CliError) {
        let Some(message) = error.message() else { return };
        let mut to = std::io::stderr();
        let _ = writeln!(to, "{} {message}", self.paint_err(RED, "error:"));
        for cause in error.causes() {
            let _ =
                writeln!(to, "  {} {}", self.paint_err(DIM, "because"), cause.replace('\n', "\n          "));
        }
        if let Some(help) = error.advice() {
            let _ = writeln!(to, "   {} {help}", self.paint_err(CYAN, "help:"));
        }
    }

    /// What is wrong and was got over, and how, on standard error.
    pub(crate) fn warning(&self, error: &CliError, how: &str) {
        let mut to = std::io::stderr();
        let _ = writeln!(
            to,
            "{} {}",
            self.paint_err(YELLOW, "warning:"),
            error.message().unwrap_or("something is wrong")
        );
        let _ = writeln!(to, "   {} {how}", self.paint_err(CYAN, "note:"));
    }

    /// Diagnostics of a description in a project's directory, on standard error.
    pub(crate) fn diagnostics(&self, diagnostics: &[Diagnostic], sources: &Sources, project: &Path) {
        let text = diagnostic::render(diagnostics, sources, project, self.err_colors);
        let _ = std::io::stderr().write_all(text.as_bytes());
    }

    /// Bold on standard output.
    pub(crate) fn bold(&self, text: &str) -> String {
        self.paint_out(BOLD, text)
    }

    /// The colour of what is new, on standard output.
    pub(crate) fn added(&self, text: &str) -> String {
        self.paint_out(GREEN, text)
    }

    /// The colour of what is gone, on standard output.
    pub(crate) fn removed(&self, text: &str) -> String {
        self.paint_out(RED, text)
    }

    /// The colour of what matters less, on standard output.
    pub(crate) fn dim(&self, text: &str) -> String {
        self.paint_out(DIM, text)
    }

    fn paint_out(&self, code: &str, text: &str) -> String {
        if self.out_colors { format!("{code}{text}{RESET}") } else { text.to_owned() }
    }

    fn paint_err(&self, code: &str, text: &str) -> String {
        if self.err_colors { format!("{code}{text}{RESET}") } else { text.to_owned() }
    }
}

/// A number of bytes: `512 B`, `3.4 KiB`, `120.3 MiB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let mut value = count as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// `1 package`, `2 packages`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}
