//! The one layout of the language: `spec/language.md`, under Layout.
//!
//! ```text
//! tokens ─ lexeme ─→ with comments ─ role ─→ with blanks ─ tree ─→ brackets, members ─ lines, align, print ─→ text
//! ```
//!
//! It works on tokens, not on the syntax tree, so that a construct that the grammar learns needs nothing here. All that
//! it asks of the parser is whether the file has mistakes, and where members and items begin.

mod align;
mod block;
mod lexeme;
mod lines;
mod measure;
mod print;
mod role;
mod same;
mod tree;

use super::{grammar, judged, lexer, parser};
use crate::diag::{Diagnostic, Severity};
use crate::source::{SourceId, Span};

/// Lays out a file anew. What it says does not change, and a second time changes nothing.
///
/// # Errors
/// What is wrong with the file; the places are in the source with the id 0. A file with mistakes of syntax is not laid
/// out: there is no telling what belongs together.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let lexed = lexer::lex(SourceId::default(), text);
    let mut lexemes = lexeme::lexemes(text, &lexed.tokens);
    let mut parser = parser::Parser::new(lexed.tokens).noting_members();
    grammar::module(&mut parser);
    let starts = parser.members();
    let diagnostics = judged(lexed.diagnostics, parser.finish(), text);
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return Err(diagnostics);
    }
    lexeme::mark(&mut lexemes, starts);
    let roles = role::roles(&lexemes);
    let tree = tree::tree(&lexemes, &roles).ok_or_else(mistaken)?;
    let known = measure::Known { lexemes: &lexemes, roles: &roles };
    let formatted = print::print(known, known.measured(tree));
    // Better no layout than one that says something else.
    if same::same(&lexemes, text, &formatted) { Ok(formatted) } else { Err(mistaken()) }
}

fn mistaken() -> Vec<Diagnostic> {
    let message = "a layout of this file was found that does not say the same";
    let help = "this is a mistake in plc; please report it. The file is as it was";
    vec![Diagnostic::error("E0599", Span::default(), message).help(help)]
}
