//! Text to tokens, with nom for the shapes. A character that fits nowhere is reported and skipped.

use std::sync::Arc;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while, take_while1};
use nom::combinator::recognize;
use nom::sequence::pair;
use nom::{IResult, Parser};

use super::number;
use super::token::{Token, TokenKind};
use crate::diag::Diagnostic;
use crate::limits;
use crate::source::{SourceId, Span};

/// Tokens, closed by an `End`, and what was wrong on the way.
pub(super) struct Lexed {
    pub(super) tokens: Vec<Token>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Splits a file into tokens.
pub(super) fn lex(source: SourceId, text: &str) -> Lexed {
    let mut lexer =
        Lexer { source, text, at: 0, strings: 0, count: 0, stopped: false, diagnostics: Vec::new() };
    if text.len() > limits::SOURCE_BYTES {
        lexer.too_large();
    } else {
        lexer.forbidden_characters();
    }
    let tokens = lexer.tokens(false);
    Lexed { tokens, diagnostics: lexer.diagnostics }
}

/// A place in the text, and what has been found wrong so far.
pub(super) struct Lexer<'t> {
    source: SourceId,
    pub(super) text: &'t str,
    pub(super) at: usize,
    /// How many strings we are inside of, by interpolation.
    pub(super) strings: usize,
    count: usize,
    /// Nothing more is read: a limit was passed, and has been reported.
    stopped: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'t> Lexer<'t> {
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { source: self.source, start: byte(start), end: byte(end) }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < limits::ERRORS && !self.stopped {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Whether as many mistakes have been told as are.
    pub(super) fn full(&self) -> bool {
        self.diagnostics.len() >= limits::ERRORS
    }

    /// Reads nothing more.
    pub(super) fn stop(&mut self) {
        self.stopped = true;
        self.at = self.text.len();
    }

    /// Tokens up to the end, or up to the `}` that closes an interpolation, which is left where it is.
    pub(super) fn tokens(&mut self, interpolation: bool) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut depth = 0usize;
        let mut first_on_line = true;
        loop {
            first_on_line |= self.trivia();
            let start = self.at;
            let rest = self.rest();
            let closes = interpolation && depth == 0 && rest.starts_with('}');
            if rest.is_empty() || closes || self.over_budget() {
                tokens.push(Token { kind: TokenKind::End, span: self.span(start, start), first_on_line });
                // A string may have a million interpolations, of a token each.
                tokens.shrink_to_fit();
                return tokens;
            }
            if let Some(kind) = self.token() {
                match kind {
                    TokenKind::Symbol("{") => depth += 1,
                    TokenKind::Symbol("}") => depth = depth.saturating_sub(1),
                    _ => {}
                }
                tokens.push(Token { kind, span: self.span(start, self.at), first_on_line });
                first_on_line = false;
            }
        }
    }

    fn over_budget(&mut self) -> bool {
        self.charge(1)
    }

    /// Counts what is about to be kept against the tokens of a file; says whether there are too many.
    pub(super) fn charge(&mut self, tokens: usize) -> bool {
        let before = self.count;
        self.count = before.saturating_add(tokens);
        if before < limits::TOKENS && self.count >= limits::TOKENS {
            self.too_large();
        }
        self.count >= limits::TOKENS
    }

    fn too_large(&mut self) {
        let (start, end) = (self.at, self.at);
        let diagnostic = Diagnostic::error("E0101", self.span(start, end), "the file is too large").help(
            "split it into modules and `use` them; data that large belongs into a package or an archive",
        );
        self.report(diagnostic);
        self.stop();
    }

    /// Skips blanks and plain comments; says whether a line ended.
    fn trivia(&mut self) -> bool {
        let mut line_ended = false;
        loop {
            let rest = self.rest();
            // Most tokens have nothing or one blank between them.
            match rest.as_bytes() {
                [b' ', next, ..] if next.is_ascii_graphic() && *next != b'/' => {
                    self.at += 1;
                    return line_ended;
                }
                [next, ..] if next.is_ascii_graphic() && *next != b'/' => return line_ended,
                _ => {}
            }
            if let Ok((left, blank)) = blank(rest) {
                line_ended |= blank.contains('\n');
                self.at += rest.len() - left.len();
            } else if let Ok((left, _)) = plain_comment(rest) {
                self.at += rest.len() - left.len();
            } else {
                return line_ended;
            }
        }
    }

    fn token(&mut self) -> Option<TokenKind> {
        let rest = self.rest();
        // Half of what is not a name is a symbol that begins nothing else.
        if let Some(symbol) = rest.bytes().next().and_then(lone) {
            self.at += symbol.len();
            return Some(TokenKind::Symbol(symbol));
        }
        if let Some(string) = self.string_token() {
            return Some(string);
        }
        // Most tokens are names.
        if let Ok((left, text)) = name(rest) {
            let start = self.at;
            self.at += rest.len() - left.len();
            return Some(self.name(start, text));
        }
        if let Some(foreign) = self.foreign() {
            return foreign;
        }
        if let Some(date) = number::date(rest) {
            let start = self.at;
            self.at += number::DATE_BYTES;
            return Some(self.date(start, date));
        }
        if let Ok((left, (whole, fraction, unit))) = number::number(rest) {
            let start = self.at;
            self.at += rest.len() - left.len();
            return Some(self.number(start, whole, fraction, unit));
        }
        if let Ok((left, (marker, text))) = doc_comment(rest) {
            self.at += rest.len() - left.len();
            let text: Arc<str> = text.trim_end().into();
            return Some(if marker == "///" { TokenKind::Doc(text) } else { TokenKind::ModuleDoc(text) });
        }
        let begins =
            |symbol: &&&str| rest.bytes().next() == symbol.bytes().next() && rest.starts_with(**symbol);
        if let Some(symbol) = SYMBOLS.iter().find(begins) {
            self.at += symbol.len();
            return Some(TokenKind::Symbol(symbol));
        }
        self.unexpected()
    }

    fn number(&mut self, start: usize, whole: &str, fraction: Option<&str>, unit: &str) -> TokenKind {
        number::value(whole, fraction, unit).unwrap_or_else(|(message, help)| {
            self.report(Diagnostic::error("E0106", self.span(start, self.at), message).help(help));
            TokenKind::Int(0)
        })
    }

    fn date(&mut self, start: usize, (year, month, day): (u16, u8, u8)) -> TokenKind {
        let date = crate::Date::new(year, month, day);
        TokenKind::Date(date.unwrap_or_else(|| {
            let message = format!("there is no day {year:04}-{month:02}-{day:02}");
            let help = "a date is written as year, month, day: `2027-06-30`";
            self.report(Diagnostic::error("E0106", self.span(start, self.at), message).help(help));
            crate::Date::LAST
        }))
    }

    fn name(&mut self, start: usize, text: &str) -> TokenKind {
        if text.len() > limits::NAME_BYTES {
            let message = format!("a name of {} letters is too long", text.len());
            let help = format!("names have at most {} letters", limits::NAME_BYTES);
            self.report(Diagnostic::error("E0103", self.span(start, self.at), message).help(help));
            return TokenKind::Name("too_long".into());
        }
        TokenKind::Name(text.into())
    }

    /// Skips a whole run of characters that fit nowhere, so that it is one message.
    fn unexpected(&mut self) -> Option<TokenKind> {
        let start = self.at;
        let run = |c: char| {
            !c.is_ascii()
                || (!c.is_ascii_alphanumeric() && !c.is_ascii_whitespace() && !"\"{}[]()".contains(c))
        };
        let first = self.rest().chars().next().unwrap_or(' ');
        let more: usize =
            self.rest().chars().skip(1).take_while(|c| run(*c) && !c.is_ascii()).map(char::len_utf8).sum();
        self.at += first.len_utf8() + more;
        let shown: String = self.text.get(start..self.at).unwrap_or("").chars().take(16).collect();
        let mut diagnostic =
            Diagnostic::error("E0103", self.span(start, self.at), format!("unexpected `{shown}`"));
        if !first.is_ascii() {
            diagnostic =
                diagnostic.help("names are ASCII letters, digits and `_`; other letters belong into strings");
        }
        self.report(diagnostic);
        // A letter is likely part of a name, so that what follows is read as what it is.
        first.is_alphabetic().then(|| TokenKind::Name(shown.into()))
    }

    /// Characters that make a text look like something else than it is, wherever they stand.
    fn forbidden_characters(&mut self) {
        // What most files consist of, all of which is fine, is looked at byte by byte.
        let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n');
        let (text, mut from) = (self.text, 0);
        while let Some(found) = text.bytes().skip(from).position(|byte| !plain(&byte)) {
            let at = from + found;
            // A byte that is not plain begins a character: what comes before it is ASCII.
            let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { return };
            from = at + c.len_utf8();
            let Some(what) = hidden(c) else { continue };
            let span = self.span(at, at + c.len_utf8());
            let message = format!("{what} (U+{:04X}) in the source", u32::from(c));
            let help = match c {
                '\u{FEFF}' if at == 0 => "save the file as UTF-8 without a byte order mark".to_owned(),
                '\0' => "remove it; no string can hold it".to_owned(),
                _ => format!("remove it; in a string, write `\\u{{{:x}}}`", u32::from(c)),
            };
            let note = "what a reviewer sees must be what is compiled";
            self.report(Diagnostic::error("E0102", span, message).help(help).note(note));
            if self.full() {
                return;
            }
        }
    }
}

/// What is wrong with a character that a reader of the text does not see, or sees elsewhere. The joiners, which
/// some scripts need, are not among them: they can stand in strings and comments only.
fn hidden(c: char) -> Option<&'static str> {
    match c {
        '\n' | '\t' | '\r' => None,
        '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{061C}'
        | '\u{2028}'
        | '\u{2029}' => Some("a character that reorders text"),
        '\u{AD}'
        | '\u{180E}'
        | '\u{200B}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{E0000}'..='\u{E007F}' => Some("a character that cannot be seen"),
        c if c.is_control() => Some("a control character"),
        _ => None,
    }
}

/// Longest first.
const SYMBOLS: [&str; 28] = [
    "..=", "..", "==", "=>", "->", "??", "!=", "<=", ">=", "{", "}", "[", "]", "(", ")", ",", ";", ":", "=",
    ".", "+", "-", "*", "/", "<", ">", "?", "|",
];

/// A symbol that no other token begins with.
fn lone(byte: u8) -> Option<&'static str> {
    Some(match byte {
        b'{' => "{",
        b'}' => "}",
        b'[' => "[",
        b']' => "]",
        b'(' => "(",
        b')' => ")",
        b',' => ",",
        b':' => ":",
        _ => return None,
    })
}

fn blank(input: &str) -> IResult<&str, &str> {
    // Forbidden control characters have been reported already.
    take_while1(|c: char| c.is_ascii_whitespace() || hidden(c).is_some()).parse(input)
}

fn name(input: &str) -> IResult<&str, &str> {
    let first = take_while1(|c: char| c.is_ascii_alphabetic() || c == '_');
    recognize(pair(first, take_while(|c: char| c.is_ascii_alphanumeric() || c == '_'))).parse(input)
}

fn doc_comment(input: &str) -> IResult<&str, (&str, &str)> {
    pair(alt((tag("///"), tag("//!"))), take_till(|c| c == '\n')).parse(input)
}

/// `// …` and `//// …`, which a row of slashes is.
fn plain_comment(input: &str) -> IResult<&str, &str> {
    if (input.starts_with("///") && !input.starts_with("////")) || input.starts_with("//!") {
        return Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Not)));
    }
    recognize(pair(tag("//"), take_till(|c| c == '\n'))).parse(input)
}
