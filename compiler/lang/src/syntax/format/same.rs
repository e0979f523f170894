//! Whether a layout says what the source says: the same tokens, members at the same tokens, the same comments.

use super::super::token::{Piece, Token, TokenKind};
use super::super::{grammar, lexer, parser};
use super::lexeme::{self, Kind, Lexeme};
use crate::diag::Severity;
use crate::source::SourceId;

/// Compares a source, whose lexemes are given, with its layout. Only commas, semicolons and blanks may differ.
pub(super) fn same(source: &[Lexeme], text: &str, layout: &str) -> bool {
    let old = lexer::lex(SourceId::default(), text).tokens;
    let new = lexer::lex(SourceId::default(), layout);
    let mut lexemes = lexeme::lexemes(layout, &new.tokens);
    let meant = same_tokens(&old, &new.tokens, &is_separator);
    let mut parser = parser::Parser::new(new.tokens).noting_members();
    grammar::module(&mut parser);
    lexeme::mark(&mut lexemes, parser.members());
    let members = beginnings(source).eq(beginnings(&lexemes));
    let comments = comments(source).eq(comments(&lexemes));
    let accepted = new.diagnostics.iter().chain(&parser.finish()).all(|d| d.severity != Severity::Error);
    meant && members && comments && accepted
}

fn is_separator(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Symbol("," | ";"))
}

/// For each token but the separators, whether a member begins with it.
fn beginnings(lexemes: &[Lexeme]) -> impl Iterator<Item = bool> {
    let tokens = lexemes.iter().filter(|l| !(matches!(l.kind, Kind::Comment) || l.is(",") || l.is(";")));
    tokens.map(|lexeme| lexeme.begins)
}

fn comments<'a>(lexemes: &'a [Lexeme]) -> impl Iterator<Item = &'a str> {
    lexemes.iter().filter(|lexeme| matches!(lexeme.kind, Kind::Comment)).map(|lexeme| lexeme.text)
}

/// Whether tokens mean the same, wherever they stand, those that do not matter left out.
fn same_tokens(old: &[Token], new: &[Token], left_out: &dyn Fn(&Token) -> bool) -> bool {
    let mut old = old.iter().filter(|token| !left_out(token));
    let mut new = new.iter().filter(|token| !left_out(token));
    loop {
        match (old.next(), new.next()) {
            (None, None) => return true,
            (Some(old), Some(new)) if same_kind(&old.kind, &new.kind) => {}
            _ => return false,
        }
    }
}

fn same_kind(old: &TokenKind, new: &TokenKind) -> bool {
    match (old, new) {
        (TokenKind::Text(old), TokenKind::Text(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same_piece(old, new))
        }
        _ => old == new,
    }
}

fn same_piece(old: &Piece, new: &Piece) -> bool {
    match (old, new) {
        (Piece::Tokens(old), Piece::Tokens(new)) => same_tokens(old, new, &|_| false),
        _ => old == new,
    }
}
