//! From text to a syntax tree: always a tree, with what is wrong beside it.
//!
//! `lexer` (over nom) makes tokens, `parser` walks them and recovers after a mistake, `grammar` has one function
//! for each construct of `spec/language.md`, `ast` is the result. `format` lays files out anew, from their tokens.

pub(crate) mod ast;
mod foreign;
pub(crate) mod format;
mod grammar;
mod lexer;
mod number;
mod parser;
mod quantity;
mod string;
mod token;
mod walk;
mod words;

pub(crate) use grammar::MAKES;
pub use quantity::Quantity;
pub(crate) use words::{Word, words};

use crate::diag::Diagnostic;
use crate::source::SourceId;

/// Parses one file. Every mistake that could be told apart is in the diagnostics.
pub(crate) fn parse(source: SourceId, text: &str) -> (ast::Module, Vec<Diagnostic>) {
    let lexed = lexer::lex(source, text);
    let mut parser = parser::Parser::new(lexed.tokens);
    let module = grammar::module(&mut parser);
    (module, judged(lexed.diagnostics, parser.finish(), text))
}

/// What the lexer and the parser found, without what follows from something else.
fn judged(mut diagnostics: Vec<Diagnostic>, syntax: Vec<Diagnostic>, text: &str) -> Vec<Diagnostic> {
    // What was not read to its end is not judged by what seems to be missing there.
    let whole = !diagnostics.iter().any(|d| matches!(d.code, "E0101" | "E0109"));
    let syntax = syntax.into_iter().filter(|d| whole && !follows(d, &diagnostics, text));
    let syntax: Vec<Diagnostic> = syntax.collect();
    diagnostics.extend(syntax);
    diagnostics.sort_by_key(|d| d.labels.first().map(|l| l.span));
    diagnostics
}

/// Parses one expression that stands at a place of a source.
///
/// # Errors
/// It is none, or something follows it.
pub(crate) fn parse_value(source: SourceId, text: &str, at: usize) -> Result<ast::Expr, Vec<Diagnostic>> {
    // Blanks before it, so that every place is the one in the source.
    let lexed = lexer::lex(source, &(" ".repeat(at) + text));
    let mut parser = parser::Parser::new(lexed.tokens);
    let value = grammar::value(&mut parser);
    let mut diagnostics = lexed.diagnostics;
    if diagnostics.is_empty() {
        diagnostics = parser.finish();
    }
    if diagnostics.is_empty() { value.map_err(|_| diagnostics) } else { Err(diagnostics) }
}

/// Whether a mistake of syntax stands on the line of a mistake of spelling before it, and is likely its consequence.
fn follows(diagnostic: &Diagnostic, lexical: &[Diagnostic], text: &str) -> bool {
    let start = |d: &Diagnostic| d.labels.first().map_or(0, |label| label.span.start as usize);
    let at = start(diagnostic);
    diagnostic.code == "E0107"
        && lexical.iter().any(|d| start(d) <= at && !text.get(start(d)..at).unwrap_or("\n").contains('\n'))
}
