//! The cursor over tokens that the grammar is written with: looking, taking, and saying what is wrong. `block` goes through
//! members, and on after a mistake.

mod block;

use std::sync::Arc;

use super::ast::{Doc, Name};
use super::token::{Token, TokenKind};
use crate::diag::Diagnostic;
use crate::limits;
use crate::source::Span;

/// The words with which items of the top level begin that are no members of a block, too.
pub(super) const ITEM_WORDS: [&str; 9] =
    ["component", "environment", "profile", "variant", "archive", "use", "fn", "type", "protocol"];

/// A construct could not be read; the diagnostic has been recorded.
#[derive(Debug)]
pub(super) struct Failed;

/// What a grammar function gives.
pub(super) type Parsed<T> = Result<T, Failed>;

/// The length of `///` and `//!`.
const DOC_MARKER: u32 = 3;

/// The cursor.
pub(super) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    pub(super) nesting: usize,
    /// A `{` after a name opens the construct that is being read, as in `host x * n { … }`.
    pub(super) no_make: bool,
    /// `[` and `(` of the current block that are not closed yet.
    open: usize,
    /// Blocks that are not closed yet.
    blocks: usize,
    diagnostics: Vec<Diagnostic>,
    /// Where members and items begin, if somebody wants to know.
    members: Option<Vec<u32>>,
    /// Nothing more is read: a limit was passed, or a `}` is missing and there is no telling where.
    aborted: bool,
}

impl Parser {
    /// Starts at the first token. The last token must be an `End`.
    pub(super) fn new(tokens: Vec<Token>) -> Self {
        Self {
            tokens,
            at: 0,
            nesting: 0,
            no_make: false,
            open: 0,
            blocks: 0,
            diagnostics: Vec::new(),
            members: None,
            aborted: false,
        }
    }

    /// Notes where members of blocks and items of the file begin.
    pub(super) fn noting_members(self) -> Self {
        Self { members: Some(Vec::new()), ..self }
    }

    /// A member or an item begins here.
    pub(super) fn begins(&mut self) {
        let start = self.span().start;
        if let Some(members) = &mut self.members {
            members.push(start);
        }
    }

    /// Where members and items begin, in bytes, those inside strings included.
    pub(super) fn members(&mut self) -> Vec<u32> {
        self.members.take().unwrap_or_default()
    }

    /// What was wrong.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < limits::ERRORS {
            self.diagnostics.push(diagnostic);
        } else {
            self.abort();
        }
    }

    fn abort(&mut self) {
        self.aborted = true;
        self.at = self.tokens.len().saturating_sub(1);
    }

    /// Reads the tokens of an interpolation with the same limits.
    pub(super) fn inner<T>(
        &mut self,
        tokens: Vec<Token>,
        read: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        let outer_tokens = std::mem::replace(&mut self.tokens, tokens);
        let outer_at = std::mem::replace(&mut self.at, 0);
        let outer_blocks = std::mem::replace(&mut self.blocks, 0);
        let result = read(self);
        self.tokens = outer_tokens;
        self.at = outer_at;
        self.blocks = outer_blocks;
        if self.aborted {
            self.abort();
        }
        result
    }

    fn token(&self, ahead: usize) -> &Token {
        static END: Token = Token {
            kind: TokenKind::End,
            span: Span { source: crate::source::SourceId(0), start: 0, end: 0 },
            first_on_line: true,
        };
        self.tokens.get(self.at + ahead).or(self.tokens.last()).unwrap_or(&END)
    }

    pub(super) fn peek(&self) -> &TokenKind {
        &self.token(0).kind
    }

    pub(super) fn peek_at(&self, ahead: usize) -> &TokenKind {
        &self.token(ahead).kind
    }

    pub(super) fn span(&self) -> Span {
        self.token(0).span
    }

    /// From a place to the end of the token taken last.
    pub(super) fn since(&self, start: Span) -> Span {
        let end = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(start.end, |t| t.span.end);
        Span { end: end.max(start.end), ..start }
    }

    /// Whether the next token touches the one before it.
    pub(super) fn adjacent(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.is_some_and(|token| token.span.end == self.span().start)
    }

    pub(super) fn first_on_line(&self) -> bool {
        self.token(0).first_on_line
    }

    pub(super) fn at_end(&self) -> bool {
        matches!(self.peek(), TokenKind::End)
    }

    pub(super) fn bump(&mut self) -> Token {
        let token = match self.tokens.get_mut(self.at) {
            // Nobody comes back to a string, which may be most of the file.
            Some(Token { kind: TokenKind::Text(pieces), span, first_on_line }) => {
                let kind = TokenKind::Text(std::mem::take(pieces));
                Token { kind, span: *span, first_on_line: *first_on_line }
            }
            _ => self.token(0).clone(),
        };
        if !self.at_end() {
            self.at += 1;
        }
        match token.kind {
            TokenKind::Symbol("[" | "(") => self.open += 1,
            TokenKind::Symbol("]" | ")") => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        token
    }

    pub(super) fn is(&self, symbol: &str) -> bool {
        matches!(self.peek(), TokenKind::Symbol(s) if *s == symbol)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), TokenKind::Name(n) if **n == *word)
    }

    pub(super) fn eat(&mut self, symbol: &str) -> bool {
        let found = self.is(symbol);
        if found {
            self.bump();
        }
        found
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.bump();
        }
        found
    }

    /// Records that something else was expected here.
    pub(super) fn expected<T>(&mut self, what: &str) -> Parsed<T> {
        if !self.aborted {
            let found = self.peek().describe();
            let mut diagnostic =
                Diagnostic::error("E0107", self.span(), format!("expected {what}, found {found}"));
            if self.is("-") && self.adjacent() {
                diagnostic = diagnostic.help("a name has letters, digits and `_`, but no `-`");
            }
            self.report(diagnostic);
        }
        Err(Failed)
    }

    /// Records that what is here cannot be.
    pub(super) fn refused<T>(&mut self, why: &str) -> Parsed<T> {
        if !self.aborted {
            self.report(Diagnostic::error("E0107", self.span(), why));
        }
        Err(Failed)
    }

    /// Reads something of a known form; where it has another, the message says which is meant.
    pub(super) fn form<T>(&mut self, form: &str, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let known = self.diagnostics.len();
        let result = read(self);
        if let Some(diagnostic) = self.diagnostics.get_mut(known).filter(|d| d.help.is_none()) {
            diagnostic.help = Some(format!("write {form}"));
        }
        result
    }

    /// The `{` of a block comes next.
    pub(super) fn opens(&mut self) -> Parsed<()> {
        if self.is("{") { Ok(()) } else { self.lacks("{") }
    }

    /// What is not there is missed where the line ended, not on the next one.
    fn lacks<T>(&mut self, word: &str) -> Parsed<T> {
        let word = format!("`{word}`");
        if self.first_on_line() && !self.at_end() { self.ended(&word) } else { self.expected(&word) }
    }

    pub(super) fn expect(&mut self, symbol: &str) -> Parsed<Span> {
        if self.is(symbol) { Ok(self.bump().span) } else { self.lacks(symbol) }
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Parsed<Span> {
        if self.is_word(word) { Ok(self.bump().span) } else { self.lacks(word) }
    }

    pub(super) fn name(&mut self, what: &str) -> Parsed<Name> {
        match self.peek() {
            TokenKind::Name(text) => {
                let name = Name { text: text.clone(), span: self.span() };
                self.bump();
                Ok(name)
            }
            _ => self.expected(what),
        }
    }

    /// A name that is given here: none of the words that expressions are written with, or nothing could use it.
    pub(super) fn new_name(&mut self, what: &str) -> Parsed<Name> {
        const WORDS: [&str; 12] =
            ["true", "false", "none", "if", "then", "else", "match", "for", "in", "and", "or", "not"];
        let name = self.name(what)?;
        if WORDS.contains(&&*name.text) {
            let message = format!("`{}` is a word of the language and cannot be a name", name.text);
            self.report(Diagnostic::error("E0107", name.span, message).help("take another name"));
        }
        Ok(name)
    }

    /// The `///` lines before something.
    pub(super) fn doc(&mut self) -> Doc {
        self.doc_lines(|kind| match kind {
            TokenKind::Doc(line) | TokenKind::ModuleDoc(line) => Some(line),
            _ => None,
        })
    }

    /// The `//!` lines at the top. A `///` after them belongs to what follows it.
    pub(super) fn module_doc(&mut self) -> Doc {
        self.doc_lines(|kind| match kind {
            TokenKind::ModuleDoc(line) => Some(line),
            _ => None,
        })
    }

    fn doc_lines(&mut self, line: impl Fn(&TokenKind) -> Option<&Arc<str>>) -> Doc {
        let (mut lines, mut places) = (Vec::new(), Vec::new());
        while let Some(line) = line(self.peek()) {
            // One blank after the marker belongs to it.
            let (text, blank) = line.strip_prefix(' ').map_or((&**line, 0), |text| (text, 1));
            lines.push(text.to_owned());
            let span = self.span();
            places.push(Span { start: span.start + DOC_MARKER + blank, ..span });
            self.bump();
        }
        Doc { text: lines.join("\n"), lines: places }
    }

    /// One level deeper, or the end of reading when that is too deep.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.nesting >= limits::NESTING {
            return self.too_deep(self.span());
        }
        self.nesting += 1;
        let result = read(self);
        self.nesting -= 1;
        result
    }

    pub(super) fn too_deep<T>(&mut self, span: Span) -> Parsed<T> {
        if !self.aborted {
            let diagnostic = Diagnostic::error("E0109", span, "this is nested too deeply")
                .help("give the inner parts names with `let`")
                .note("the limit is part of the language, so that a description means the same everywhere");
            self.report(diagnostic);
            self.abort();
        }
        Err(Failed)
    }

    /// Records that the line ended where something was still to come.
    pub(super) fn ended<T>(&mut self, what: &str) -> Parsed<T> {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|t| t.span);
        let span = before.unwrap_or(self.span());
        if self.aborted {
            return Err(Failed);
        }
        self.report(Diagnostic::error("E0107", span, format!("expected {what} after this")));
        Err(Failed)
    }

    /// Records that something should have ended before what is here, and what likely was meant by it.
    pub(super) fn expected_end<T>(&mut self, what: &str) -> Parsed<T> {
        let help = match self.peek() {
            TokenKind::Symbol("(") => "a function's `(` touches its name: `min(a, b)`",
            TokenKind::Symbol("[") => "the `[` of a key touches what it is taken of: `map[\"key\"]`",
            TokenKind::Symbol("?") => "a choice is `if … then … else …`; `a ?? b` is `b` where `a` is `none`",
            TokenKind::Symbol("%") => "a percentage's `%` touches its number: `70%`",
            TokenKind::Name(word) if &**word == "for" => {
                "a map has keys with an interpolation: `{ \"{name}\" = value for name in list }`"
            }
            TokenKind::Name(word) if self.after_number() && &**word != "_" => {
                "a unit touches its number: `5GiB`, `30s`"
            }
            _ => return self.expected(what),
        };
        let known = self.diagnostics.len();
        let result = self.expected(what);
        if let Some(diagnostic) = self.diagnostics.get_mut(known) {
            diagnostic.help = Some(help.to_owned());
        }
        result
    }

    fn after_number(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        matches!(before.map(|t| &t.kind), Some(TokenKind::Int(_) | TokenKind::Float(_)))
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }
}
