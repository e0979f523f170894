//! String literals: `"…"` on one line, `"""…"""` over several with the common indentation stripped, `r` before
//! either for no escapes and no interpolation, `{expression}` and `\n \t \\ \" \{ \} \u{…}` inside.

use super::lexer::Lexer;
use super::token::{Piece, TokenKind};
use crate::diag::Diagnostic;
use crate::limits;

/// What a string literal is made of before its indentation is stripped.
enum Element {
    /// Blanks at the beginning of a line.
    Indent(String),
    Text(String),
    Newline,
    Piece(Piece),
}

struct Quote {
    raw: bool,
    block: bool,
}

impl Quote {
    fn closing(&self) -> &'static str {
        if self.block { "\"\"\"" } else { "\"" }
    }
}

impl Lexer<'_> {
    /// The string that begins here, if one does.
    pub(super) fn string_token(&mut self) -> Option<TokenKind> {
        let start = self.at;
        let rest = self.rest();
        let raw = rest.starts_with("r\"");
        let quotes = if raw { rest.get(1..)? } else { rest };
        if !quotes.starts_with('"') {
            return None;
        }
        let quote = Quote { raw, block: quotes.starts_with("\"\"\"") };
        self.at += usize::from(raw) + quote.closing().len();
        if let Some(text) = whole(self.rest()).filter(|_| !quote.block) {
            self.at += text.len() + 1;
            return Some(TokenKind::Text([Piece::Text(text.to_owned())].into()));
        }
        let elements = self.elements(start, &quote);
        let pieces = if quote.block { stripped(elements) } else { plain(elements) };
        Some(TokenKind::Text(pieces.into_boxed_slice()))
    }

    fn elements(&mut self, start: usize, quote: &Quote) -> Vec<Element> {
        let mut elements = Vec::new();
        let mut line_begins = quote.block;
        loop {
            let rest = self.rest();
            if rest.starts_with(quote.closing()) {
                self.at += quote.closing().len();
                return elements;
            }
            let Some(c) = rest.chars().next().filter(|c| quote.block || *c != '\n') else {
                self.unclosed(start, quote);
                return elements;
            };
            if std::mem::take(&mut line_begins) {
                self.indent(&mut elements);
            } else if let Some(plain) = plain_run(rest) {
                self.at += plain.len();
                push(&mut elements, plain);
            } else {
                line_begins = self.element(c, quote, &mut elements) && quote.block;
            }
        }
    }

    fn indent(&mut self, elements: &mut Vec<Element>) {
        let rest = self.rest();
        let left = rest.trim_start_matches([' ', '\t']);
        let blanks = rest.get(..rest.len() - left.len()).unwrap_or("");
        self.at += blanks.len();
        elements.push(Element::Indent(blanks.to_owned()));
    }

    /// Takes one character, escape or interpolation; says whether a line ended.
    fn element(&mut self, c: char, quote: &Quote, elements: &mut Vec<Element>) -> bool {
        match c {
            '\n' => {
                self.at += 1;
                elements.push(Element::Newline);
                return true;
            }
            // A line ends in `\n` in the result, whichever editor wrote the file.
            '\r' if self.rest().starts_with("\r\n") => self.at += 1,
            '\\' if !quote.raw => self.escape(elements),
            '{' if !quote.raw => self.interpolation(elements),
            _ => {
                self.at += c.len_utf8();
                push(elements, c.encode_utf8(&mut [0; 4]));
            }
        }
        false
    }

    fn unclosed(&mut self, start: usize, quote: &Quote) {
        let diagnostic = Diagnostic::error("E0104", self.span(start, self.at), "this string is not closed")
            .help(format!(
                "close it with `{}`{}",
                quote.closing(),
                if quote.block { "" } else { "; a string of several lines begins and ends with `\"\"\"`" }
            ));
        self.report(diagnostic);
    }

    fn escape(&mut self, elements: &mut Vec<Element>) {
        let start = self.at;
        let mut chars = self.rest().chars().skip(1);
        let plain = match chars.next() {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some(c @ ('\\' | '"' | '{' | '}')) => Some(c),
            Some('u') => {
                self.at += 2;
                return self.unicode_escape(start, elements);
            }
            _ => None,
        };
        self.at += 1;
        if let Some(c) = plain {
            self.at += 1;
            push(elements, c.encode_utf8(&mut [0; 4]));
        } else {
            self.bad_escape(start);
        }
    }

    fn unicode_escape(&mut self, start: usize, elements: &mut Vec<Element>) {
        let digits =
            self.rest().strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(digits, _)| digits);
        let c = digits
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .and_then(char::from_u32)
            .filter(|c| *c != '\0');
        match (c, digits) {
            (Some(c), Some(digits)) => {
                self.at += digits.len() + 2;
                push(elements, c.encode_utf8(&mut [0; 4]));
            }
            _ => self.bad_escape(start),
        }
    }

    fn bad_escape(&mut self, start: usize) {
        let diagnostic = Diagnostic::error("E0105", self.span(start, self.at), "unknown escape in a string")
            .help("there are `\\n`, `\\t`, `\\\\`, `\\\"`, `\\{`, `\\}` and `\\u{…}` (not NUL); `r\"…\"` takes everything as it stands");
        self.report(diagnostic);
    }

    fn interpolation(&mut self, elements: &mut Vec<Element>) {
        let start = self.at;
        self.at += 1;
        // What is around its tokens weighs as much as a few of them.
        self.charge(4);
        if self.strings >= limits::STRING_NESTING {
            let message = "strings are nested too deeply inside one another";
            self.report(
                Diagnostic::error("E0109", self.span(start, self.at), message)
                    .help("name the inner one with `let`"),
            );
            self.stop();
            return;
        }
        self.strings += 1;
        let tokens = self.tokens(true);
        self.strings -= 1;
        if self.rest().starts_with('}') {
            self.at += 1;
            elements.push(Element::Piece(Piece::Tokens(tokens)));
        } else {
            let diagnostic =
                Diagnostic::error("E0104", self.span(start, start + 1), "this `{` is not closed")
                    .help("an expression in a string stands between `{` and `}`; a brace itself is `\\{`");
            self.report(diagnostic);
        }
    }
}

/// What stands for itself here, as far as it goes.
fn plain_run(rest: &str) -> Option<&str> {
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | b'{' | b'\n' | b'\r');
    let end = rest.as_bytes().iter().position(special).unwrap_or(rest.len());
    rest.get(..end).filter(|run| !run.is_empty())
}

/// What stands for itself up to the closing quote, as nearly all strings do.
fn whole(rest: &str) -> Option<&str> {
    let run = plain_run(rest)?;
    rest.get(run.len()..)?.starts_with('"').then_some(run)
}

fn push(elements: &mut Vec<Element>, run: &str) {
    if let Some(Element::Text(text)) = elements.last_mut() {
        text.push_str(run);
    } else {
        elements.push(Element::Text(run.to_owned()));
    }
}

fn plain(elements: Vec<Element>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for element in elements {
        add(&mut pieces, element, 0);
    }
    pieces
}

/// Drops the line break after the opening quotes, the blanks before the closing ones, and the indentation that all
/// lines share.
fn stripped(mut elements: Vec<Element>) -> Vec<Piece> {
    let opens_with_break = matches!(elements.first(), Some(Element::Indent(_)))
        && matches!(elements.get(1), Some(Element::Newline));
    if opens_with_break {
        elements.drain(..2);
    }
    let mut common: Option<usize> = None;
    for (index, element) in elements.iter().enumerate() {
        if let Element::Indent(blanks) = element
            // A blank line has no say; the line of the closing quotes has.
            && !matches!(elements.get(index + 1), Some(Element::Newline))
        {
            common = Some(common.map_or(blanks.len(), |c| c.min(blanks.len())));
        }
    }
    let closes_alone = opens_with_break && matches!(elements.last(), Some(Element::Indent(_)));
    if closes_alone {
        elements.pop();
    }
    let mut pieces = Vec::new();
    for element in elements {
        add(&mut pieces, element, if opens_with_break { common.unwrap_or(0) } else { 0 });
    }
    pieces
}

fn add(pieces: &mut Vec<Piece>, element: Element, strip: usize) {
    let text = match element {
        Element::Piece(piece) => return pieces.push(piece),
        Element::Indent(blanks) => blanks.get(strip..).unwrap_or("").to_owned(),
        Element::Text(text) => text,
        Element::Newline => "\n".to_owned(),
    };
    match pieces.last_mut() {
        Some(Piece::Text(last)) => last.push_str(&text),
        _ => pieces.push(Piece::Text(text)),
    }
}
