//! The lossless side of the lexer: every token with its exact text, and between the tokens the comments and the line
//! breaks, which the parser never sees.
//!
//! Nothing is read twice for this: tokens know their places, so whatever lies between two of them is blanks and plain
//! comments.

use super::super::token::{Piece, Token, TokenKind};
use super::block::Block;

/// What a lexeme is, as far as its layout goes.
#[derive(Debug)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    /// A number, with whatever unit, or a date.
    Number,
    /// A string whose lines stay as they are.
    Text,
    /// A string whose lines can be indented otherwise and mean the same.
    Block(Box<Block>),
    /// `/// …`
    Doc,
    /// `//! …`
    ModuleDoc,
    /// `// …`
    Comment,
    Symbol(&'static str),
}

/// A token or a plain comment.
#[derive(Debug)]
pub(super) struct Lexeme<'t> {
    pub(super) kind: Kind,
    /// As it stands in the source; comments without the blanks at their end.
    pub(super) text: &'t str,
    /// Where it begins, in bytes.
    pub(super) start: u32,
    /// Line breaks between what is before it and it.
    pub(super) breaks: u32,
    /// Columns of its first line.
    pub(super) width: u32,
    /// It goes over several lines.
    pub(super) tall: bool,
    /// A member of a block or an item of the file begins here.
    pub(super) begins: bool,
}

impl Lexeme<'_> {
    /// Whether this is that sign.
    pub(super) fn is(&self, symbol: &str) -> bool {
        matches!(self.kind, Kind::Symbol(this) if this == symbol)
    }

    /// Whether this is a number for each second.
    pub(super) fn is_rate(&self) -> bool {
        matches!(self.kind, Kind::Number) && self.text.ends_with("/s")
    }

    /// Whether it touches the lexeme before it.
    pub(super) fn touches(&self, before: &Self) -> bool {
        self.start as usize == before.start as usize + before.text.len()
    }
}

/// The lexemes of a file that the lexer found nothing wrong with.
pub(super) fn lexemes<'t>(text: &'t str, tokens: &[Token]) -> Vec<Lexeme<'t>> {
    let mut found = Vec::with_capacity(tokens.len());
    let mut at = 0;
    for token in tokens {
        let (start, end) = (token.span.start as usize, token.span.end as usize);
        let breaks = between(text, at, start, &mut found);
        if !matches!(token.kind, TokenKind::End) {
            let text = text.get(start..end).unwrap_or("");
            found.push(lexeme(kind(&token.kind, start, text), text, start, breaks));
        }
        at = end;
    }
    found
}

/// Marks where members and items begin, as the parser found out.
pub(super) fn mark(lexemes: &mut [Lexeme], mut starts: Vec<u32>) {
    starts.sort_unstable();
    let mut starts = starts.into_iter().peekable();
    for lexeme in lexemes {
        // Those that are passed over are inside strings.
        while starts.next_if(|start| *start < lexeme.start).is_some() {}
        lexeme.begins = !matches!(lexeme.kind, Kind::Comment) && starts.peek() == Some(&lexeme.start);
    }
}

fn lexeme(kind: Kind, text: &str, start: usize, breaks: u32) -> Lexeme<'_> {
    let comment = matches!(kind, Kind::Comment | Kind::Doc | Kind::ModuleDoc);
    let text = if comment { text.trim_end() } else { text };
    let first = text.split('\n').next().unwrap_or("");
    Lexeme {
        kind,
        text,
        start: u32::try_from(start).unwrap_or(u32::MAX),
        breaks,
        width: u32::try_from(first.trim_end_matches('\r').chars().count()).unwrap_or(u32::MAX),
        tall: first.len() < text.len(),
        begins: false,
    }
}

fn kind(kind: &TokenKind, start: usize, text: &str) -> Kind {
    match kind {
        TokenKind::Name(_) => Kind::Word,
        TokenKind::Symbol(symbol) => Kind::Symbol(symbol),
        TokenKind::Doc(_) => Kind::Doc,
        TokenKind::ModuleDoc(_) => Kind::ModuleDoc,
        TokenKind::Text(pieces) => {
            let ends = pieces.iter().filter_map(|piece| match piece {
                Piece::Text(_) => None,
                Piece::Tokens(tokens) => {
                    tokens.last().map(|end| (end.span.start as usize).saturating_sub(start))
                }
            });
            Block::read(text, ends).map_or(Kind::Text, |block| Kind::Block(Box::new(block)))
        }
        _ => Kind::Number,
    }
}

/// Keeps the comments of a stretch without tokens; gives the line breaks after the last of them.
fn between<'t>(text: &'t str, from: usize, to: usize, found: &mut Vec<Lexeme<'t>>) -> u32 {
    let mut at = from;
    loop {
        let gap = text.get(at..to).unwrap_or("");
        let comment = gap.find("//");
        let breaks = gap.get(..comment.unwrap_or(gap.len())).unwrap_or("").matches('\n').count();
        let breaks = u32::try_from(breaks).unwrap_or(u32::MAX);
        let Some(comment) = comment else { return breaks };
        let start = at + comment;
        let rest = text.get(start..to).unwrap_or("");
        let line = rest.get(..rest.find('\n').unwrap_or(rest.len())).unwrap_or("");
        found.push(lexeme(Kind::Comment, line, start, breaks));
        at = start + line.len();
    }
}
