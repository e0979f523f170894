//! Blocks: members until the `}`, and going on after a mistake.
//!
//! A block skips from a mistake to its next member, on a new line or after a comma, over balanced brackets; so each mistake
//! is one message and the members around it are still read.

use super::super::token::TokenKind;
use super::{Failed, ITEM_WORDS, Parsed, Parser};
use crate::diag::Diagnostic;
use crate::limits;
use crate::source::Span;

impl Parser {
    /// `{ member … }`, members on lines of their own or with a comma between them. Gives the block's place.
    pub(in crate::syntax) fn block(
        &mut self,
        what: &str,
        mut member: impl FnMut(&mut Self) -> Parsed<()>,
    ) -> Parsed<Span> {
        let open = self.expect("{")?;
        let outer = std::mem::take(&mut self.open);
        self.blocks += 1;
        let result = self.nested(|p| {
            let mut members = 0;
            while !p.eat("}") {
                members += 1;
                if members > limits::MEMBERS {
                    return p.too_many(open, what);
                }
                if p.at_end() || (p.item_begins() && !p.is_closed()) {
                    return p.unclosed(open, what);
                }
                p.begins();
                let before = p.at;
                if member(p).and_then(|()| p.separator()).is_err() {
                    p.recover(before);
                }
            }
            Ok(p.since(open))
        });
        self.blocks -= 1;
        self.open = outer;
        result
    }

    /// Whether each open block is closed further on: an item of the top level is in the wrong place here, and no bracket is
    /// missing.
    fn is_closed(&self) -> bool {
        let mut open = self.blocks;
        for token in self.tokens.iter().skip(self.at) {
            match token.kind {
                TokenKind::Symbol("{") => open += 1,
                TokenKind::Symbol("}") if open <= 1 => return true,
                TokenKind::Symbol("}") => open -= 1,
                _ => {}
            }
        }
        false
    }

    pub(in crate::syntax) fn too_many_items(&mut self) {
        let message = format!("a file has at most {} items", limits::ITEMS);
        self.report(
            Diagnostic::error("E0101", self.span(), message).help("split it into modules and `use` them"),
        );
        self.abort();
    }

    fn too_many<T>(&mut self, open: Span, what: &str) -> Parsed<T> {
        let message = format!("this {what} has more than {} members", limits::MEMBERS);
        self.report(Diagnostic::error("E0101", open, message).help("split it"));
        self.abort();
        Err(Failed)
    }

    fn unclosed<T>(&mut self, open: Span, what: &str) -> Parsed<T> {
        if !self.aborted {
            let diagnostic =
                Diagnostic::error("E0108", open, format!("the `{{` of this {what} is not closed"))
                    .and(self.span(), "a `}` is missing before this")
                    .help("add the `}`");
            self.report(diagnostic);
            self.abort();
        }
        Err(Failed)
    }

    /// An item of the top level begins a line here.
    fn item_begins(&self) -> bool {
        let begins = match self.peek() {
            TokenKind::Name(word) if &**word == "test" => {
                matches!(self.peek_at(1), TokenKind::Text(_))
                    && matches!(self.peek_at(2), TokenKind::Name(word) if &**word == "of")
            }
            TokenKind::Name(word) => {
                ITEM_WORDS.contains(&&**word) && matches!(self.peek_at(1), TokenKind::Name(_))
            }
            _ => false,
        };
        self.first_on_line() && begins
    }

    /// A name begins a line and is followed by what no value's name is: this is the next member, or its key.
    pub(in crate::syntax) fn member_begins(&self) -> bool {
        const OPERATORS: [&str; 7] = ["then", "else", "for", "in", "if", "and", "or"];
        let next = match self.peek_at(1) {
            TokenKind::Name(word) => !OPERATORS.contains(&&**word),
            TokenKind::Symbol(symbol) => *symbol == "=",
            TokenKind::Text(_) => true,
            _ => false,
        };
        self.first_on_line()
            && matches!(self.peek(), TokenKind::Name(_))
            && next
            && !self.token(1).first_on_line
    }

    fn separator(&mut self) -> Parsed<()> {
        if self.eat(",") || self.eat(";") || self.first_on_line() || self.is("}") || self.at_end() {
            Ok(())
        } else {
            self.expected_end("`,`, a new line or `}`")
        }
    }

    /// Skips to where the next member may begin: over balanced brackets, to a comma, a new line or the block's `}`.
    fn recover(&mut self, before: usize) {
        // The mistake may stand inside brackets, whose commas separate no members.
        let mut brackets = std::mem::take(&mut self.open);
        let mut braces = 0usize;
        while !self.at_end() {
            let outside = braces == 0 && brackets == 0;
            let moved = self.at > before;
            // A bracket that was never closed must not swallow the members after it.
            if braces == 0 && moved && self.member_begins() {
                break;
            }
            if outside && moved && self.first_on_line() && !matches!(self.peek(), TokenKind::Symbol(_)) {
                break;
            }
            match self.peek() {
                TokenKind::Symbol("{") => braces += 1,
                TokenKind::Symbol("}") if braces == 0 => break,
                TokenKind::Symbol("}") => braces -= 1,
                TokenKind::Symbol("[" | "(") => brackets += 1,
                TokenKind::Symbol("]" | ")") => brackets = brackets.saturating_sub(1),
                TokenKind::Symbol(",") if outside => {
                    self.bump();
                    break;
                }
                _ => {}
            }
            self.bump();
        }
        self.open = 0;
    }
}
