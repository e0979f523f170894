//! From text to a syntax tree: always a tree, with what is wrong beside it.
//!
//! `lexer` (over nom) makes tokens, `parser` walks them and recovers after a mistake, `grammar` has one function
//! for each construct of `spec/language.md`, `ast` is the result.

pub(crate) mod ast;
mod grammar;
mod lexer;
mod number;
mod parser;
mod string;
mod token;

use crate::diag::Diagnostic;
use crate::source::SourceId;

/// Parses one file. Every mistake that could be told apart is in the diagnostics.
pub(crate) fn parse(source: SourceId, text: &str) -> (ast::Module, Vec<Diagnostic>) {
    let lexed = lexer::lex(source, text);
    let mut parser = parser::Parser::new(lexed.tokens);
    let module = grammar::module(&mut parser);
    let mut diagnostics = lexed.diagnostics;
    diagnostics.extend(parser.finish());
    diagnostics.sort_by_key(|d| d.labels.first().map(|l| l.span));
    (module, diagnostics)
}
