//! Tokens: what the lexer gives and the parser takes.

use std::sync::Arc;

use crate::source::Span;

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
    /// First on its line: where a statement may begin and where recovery may stop.
    pub(crate) first_on_line: bool,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    /// A name or a keyword: keywords are known by their place, and few are reserved.
    Name(Arc<str>),
    Int(i64),
    Float(f64),
    /// Bytes.
    Size(i64),
    /// Milliseconds.
    Duration(i64),
    /// Millionths of the whole.
    Percent(i64),
    /// Bytes a second.
    Rate(i64),
    Date(crate::Date),
    /// A string with its interpolations, escapes done and indentation stripped.
    Text(Box<[Piece]>),
    /// `/// …`, without the marker and the blanks at the end.
    Doc(Arc<str>),
    /// `//! …`, without the marker.
    ModuleDoc(Arc<str>),
    Symbol(&'static str),
    /// Past the last token.
    End,
}

/// A part of a string.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    Text(String),
    /// The tokens between `{` and `}`, closed by an `End`.
    Tokens(Vec<Token>),
}

impl TokenKind {
    /// The token as a message names it.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Name(name) => format!("`{name}`"),
            Self::Int(_) | Self::Float(_) => "a number".to_owned(),
            Self::Size(_) => "a size".to_owned(),
            Self::Duration(_) => "a duration".to_owned(),
            Self::Percent(_) => "a percentage".to_owned(),
            Self::Rate(_) => "a rate".to_owned(),
            Self::Date(date) => format!("`{date}`"),
            Self::Text(_) => "a string".to_owned(),
            Self::Doc(_) | Self::ModuleDoc(_) => "a doc comment".to_owned(),
            Self::Symbol(symbol) => format!("`{symbol}`"),
            Self::End => "the end".to_owned(),
        }
    }
}
