//! The words of a file that may stand for something declared: all names but those that are being declared, or set.

use std::sync::Arc;

use super::lexer::lex;
use super::token::{Piece, Token, TokenKind};
use crate::source::SourceId;

/// A name that stands somewhere.
pub(crate) struct Word {
    pub(crate) text: Arc<str>,
    /// Where it begins, in bytes.
    pub(crate) start: u32,
    /// Whether it stands after a `.`.
    pub(crate) member: bool,
}

/// The words of a file without mistakes, in the order in which they stand.
pub(crate) fn words(source: SourceId, text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    gather(&lex(source, text).tokens, &mut found);
    found
}

fn gather(tokens: &[Token], found: &mut Vec<Word>) {
    // The word that the statement begins with in which a token stands.
    let mut begun: Option<&str> = None;
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at)).map(|token| &token.kind);
        match &token.kind {
            TokenKind::Name(name) => {
                if token.first_on_line || matches!(before, Some(TokenKind::Symbol("{" | "," | ";"))) {
                    begun = Some(name);
                }
                if !is_set(before, begun, tokens.get(at + 1)) {
                    let member = matches!(before, Some(TokenKind::Symbol(".")));
                    found.push(Word { text: name.clone(), start: token.span.start, member });
                }
            }
            TokenKind::Text(pieces) => {
                for piece in pieces {
                    if let Piece::Tokens(tokens) = piece {
                        gather(tokens, found);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether a name is a key, a parameter or a setting, which `=` or `:` follows; and no type or path before a `=`.
fn is_set(before: Option<&TokenKind>, begun: Option<&str>, after: Option<&Token>) -> bool {
    match after.map(|token| &token.kind) {
        Some(TokenKind::Symbol(":")) => true,
        Some(TokenKind::Symbol("=")) => {
            let ty = matches!(before, Some(TokenKind::Symbol(":" | "->")));
            !ty && !matches!(begun, Some("file" | "tree" | "link"))
        }
        _ => false,
    }
}
