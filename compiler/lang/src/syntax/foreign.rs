//! What other languages write otherwise: read as what it means there, and told how it is written here.

use super::lexer::Lexer;
use super::token::{Piece, TokenKind};
use crate::diag::Diagnostic;

/// Signs of other languages, what they are here, and how to say so.
const SIGNS: [(&str, &str); 3] = [("&&", "and"), ("||", "or"), ("!", "not")];

/// Quotes that open a string elsewhere, and what closes it.
const QUOTES: [(char, &[char]); 5] = [
    ('\'', &['\'']),
    ('`', &['`']),
    ('\u{2018}', &['\u{2019}', '\u{2018}']),
    ('\u{201C}', &['\u{201D}', '\u{201C}']),
    ('\u{201E}', &['\u{201C}', '\u{201D}']),
];

impl Lexer<'_> {
    /// The token that begins here as another language writes it, or nothing but the message for a comment.
    pub(super) fn foreign(&mut self) -> Option<Option<TokenKind>> {
        if self.full() {
            // Enough has been said; to look for the ends of more of them could take long.
            return None;
        }
        let rest = self.rest();
        if rest.starts_with('#') || rest.starts_with("/*") {
            self.comment();
            return Some(None);
        }
        if let Some((sign, word)) =
            SIGNS.iter().find(|(sign, _)| rest.starts_with(*sign) && !rest.starts_with("!="))
        {
            self.say(sign.len(), sign, &format!("write `{word}`"));
            return Some(Some(TokenKind::Name((*word).into())));
        }
        let first = rest.chars().next()?;
        let (_, closing) = QUOTES.iter().find(|(opening, _)| *opening == first)?;
        Some(Some(self.quoted(first, closing)))
    }

    fn comment(&mut self) {
        let rest = self.rest();
        let line = rest.find('\n').unwrap_or(rest.len());
        let block = rest.starts_with("/*");
        let length = if block { rest.find("*/").map_or(line, |end| end + 2) } else { line };
        self.say(length, if block { "/*" } else { "#" }, "a comment begins with `//` and ends with its line");
    }

    fn quoted(&mut self, opening: char, closing: &[char]) -> TokenKind {
        let rest = self.rest();
        let inside = rest.get(opening.len_utf8()..).unwrap_or("");
        let line = inside.get(..inside.find('\n').unwrap_or(inside.len())).unwrap_or("");
        // Without an end on its line, it is taken for one character that does not belong there.
        let text = line.find(closing).and_then(|end| line.get(..end)).unwrap_or("");
        let after = line.get(text.len()..).and_then(|rest| rest.chars().next());
        let closed = after.filter(|c| closing.contains(c)).map_or(0, char::len_utf8);
        let length = opening.len_utf8() + text.len() + closed;
        self.say(length, &opening.to_string(), "a string stands between `\"` and `\"`");
        TokenKind::Text([Piece::Text(text.to_owned())].into())
    }

    fn say(&mut self, length: usize, shown: &str, help: &str) {
        let span = self.span(self.at, self.at + length);
        self.at += length;
        self.report(Diagnostic::error("E0103", span, format!("unexpected `{shown}`")).help(help));
    }
}
