//! What each lexeme is to its neighbours: whether a blank stands before it, what its bracket encloses, whether a line
//! may begin with it.
//!
//! One pass over the lexemes that knows of the grammar only what the layout needs: which words begin an operand, where
//! types stand (so that `<` is a bracket), and what a `-` is. A word that follows an operand is a word of the
//! construct, as in `double a.b with C`; so new constructs need nothing here.

use super::super::ast::Format;
use super::lexeme::{Kind, Lexeme};

/// What a bracket encloses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    /// The whole file.
    File,
    /// `{ … }`
    Block,
    /// `[ … ]`
    List,
    /// `( … )`
    Round,
    /// `map["key"]`
    Key,
    /// `List<…>`
    Types,
}

/// What a lexeme is to the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing special.
    Plain,
    /// A line may begin with it; the smaller the number, the less tightly it binds.
    Operator(u8),
    Opens(Bracket),
    Closes,
}

/// Roles and blanks, by the lexemes' numbers.
pub(super) struct Roles {
    pub(super) roles: Vec<Role>,
    /// Whether a blank stands before it where no line begins.
    pub(super) blanks: Vec<bool>,
    /// Brackets, by their opening, whose content is gone through: `[x for k, v in m]`. Their commas separate nothing.
    pub(super) goes_through: Vec<bool>,
}

/// What the lexeme before is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// Nothing of the same member.
    Nothing,
    /// The end of an operand.
    Operand,
    /// A `.`, after which any word is a name.
    Dot,
    /// Something that what follows touches: an opening bracket, a range's dots.
    Touching,
    /// A `-` in front of a value.
    Sign,
    /// A word after which an operand comes, or another sign.
    Other,
}

/// Where in a type we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Outside,
    Expected,
    /// After its name, where `<` and `(` belong to it.
    Named,
}

/// A bracket that is open.
struct Frame<'t> {
    bracket: Bracket,
    open: usize,
    ty: Type,
    /// The word that the current member begins with, where an operand follows it: `package`, `host`.
    head: Option<&'t str>,
    /// No token of the current member has been seen, doc comments apart.
    fresh: bool,
}

struct Reader<'a, 't> {
    lexemes: &'a [Lexeme<'t>],
    frames: Vec<Frame<'t>>,
    before: Before,
    /// The lexeme before, comments left out.
    previous: Option<usize>,
    /// Lexemes before this one are parts of one key, `bind-address`, whose parts touch.
    key_end: usize,
    result: Roles,
}

/// Reads the roles of a file's lexemes.
pub(super) fn roles(lexemes: &[Lexeme]) -> Roles {
    let count = lexemes.len();
    let result = Roles {
        roles: vec![Role::Plain; count],
        blanks: vec![true; count],
        goes_through: vec![false; count],
    };
    let mut reader =
        Reader { lexemes, frames: Vec::new(), before: Before::Nothing, previous: None, key_end: 0, result };
    reader.open(Bracket::File, 0);
    for at in 0..count {
        reader.lexeme(at);
    }
    reader.result
}

/// Words after which an operand comes, wherever they stand.
const OPERAND_FOLLOWS: [&str; 9] = ["if", "then", "else", "in", "for", "and", "or", "not", "match"];

/// Words after which several operands come: `exec host commands["start"]`, `fault delay a b delays["long"]`.
const OPERANDS_FOLLOW: [&str; 2] = ["exec", "fault"];

impl<'t> Reader<'_, 't> {
    fn lexeme(&mut self, at: usize) {
        let Some(lexeme) = self.lexemes.get(at) else { return };
        if lexeme.begins {
            self.member_begins();
        }
        match lexeme.kind {
            Kind::Comment | Kind::Doc | Kind::ModuleDoc => return,
            _ if self.fresh() && at >= self.key_end => self.key_end = self.key(at),
            _ => {}
        }
        let ty = self.ty();
        let (role, after) = match lexeme.kind {
            Kind::Word => self.word(at, lexeme.text),
            Kind::Symbol(symbol) => self.symbol(at, symbol),
            _ => self.literal(),
        };
        let blank = self.blank(at, role, ty);
        set(&mut self.result.blanks, at, blank);
        set(&mut self.result.roles, at, role);
        self.enter(at, role);
        self.before = after;
        self.previous = Some(at);
    }

    fn member_begins(&mut self) {
        self.before = Before::Nothing;
        if let Some(frame) = self.frames.last_mut() {
            frame.fresh = true;
            frame.head = None;
            frame.ty = Type::Outside;
        }
    }

    fn fresh(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.fresh)
    }

    fn open(&mut self, bracket: Bracket, open: usize) {
        let ty = if bracket == Bracket::Types { Type::Expected } else { Type::Outside };
        let fresh = matches!(bracket, Bracket::File | Bracket::Block);
        self.frames.push(Frame { bracket, open, ty, head: None, fresh });
    }

    /// Goes into a bracket or out of one, and notes that the member has begun.
    fn enter(&mut self, at: usize, role: Role) {
        match role {
            Role::Opens(bracket) => {
                self.begun();
                self.open(bracket, at);
            }
            Role::Closes => {
                self.frames.pop();
            }
            _ => self.begun(),
        }
    }

    fn begun(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.fresh = false;
        }
    }

    fn set_type(&mut self, ty: Type) {
        if let Some(frame) = self.frames.last_mut() {
            frame.ty = ty;
        }
    }

    fn ty(&self) -> Type {
        self.frames.last().map_or(Type::Outside, |frame| frame.ty)
    }

    fn head(&self) -> Option<&'t str> {
        self.frames.last().and_then(|frame| frame.head)
    }

    fn literal(&mut self) -> (Role, Before) {
        self.set_type(Type::Outside);
        (Role::Plain, Before::Operand)
    }

    fn word(&mut self, at: usize, text: &'t str) -> (Role, Before) {
        let named = if self.ty() == Type::Expected { Type::Named } else { Type::Outside };
        self.set_type(named);
        let after_operand = self.before == Before::Operand;
        if self.before == Before::Dot || at < self.key_end {
            return (Role::Plain, Before::Operand);
        }
        if self.fresh() {
            if !self.operand_follows(at) {
                return (Role::Plain, Before::Operand);
            }
            if let Some(frame) = self.frames.last_mut() {
                frame.head = Some(text);
            }
            return (Role::Plain, Before::Other);
        }
        let role = match text {
            "for" => {
                self.goes_through();
                Role::Operator(0)
            }
            "if" | "because" | "until" if after_operand => Role::Operator(0),
            "then" | "else" => Role::Operator(1),
            "or" => Role::Operator(2),
            "and" => Role::Operator(3),
            _ => Role::Plain,
        };
        let assigned = self.before_this().is_some_and(|before| before.is("="));
        let file = assigned && self.head() == Some("file");
        let format = file && Format::WORDS.iter().any(|(word, _)| *word == text);
        let step = self.head().is_some_and(|head| OPERANDS_FOLLOW.contains(&head));
        let other = after_operand && !step || format || OPERAND_FOLLOWS.contains(&text);
        (role, if other { Before::Other } else { Before::Operand })
    }

    fn goes_through(&mut self) {
        if let Some(frame) = self.frames.last() {
            set(&mut self.result.goes_through, frame.open, frame.bracket != Bracket::File);
        }
    }

    /// Whether the member that begins here is a word and what it is said of, `package "x"`.
    fn operand_follows(&self, at: usize) -> bool {
        self.next(at + 1).is_some_and(|(_, next)| match next.kind {
            Kind::Word | Kind::Text | Kind::Block(_) | Kind::Number => true,
            Kind::Symbol(symbol) => matches!(symbol, "(" | "[" | "-"),
            _ => false,
        })
    }

    fn symbol(&mut self, at: usize, symbol: &str) -> (Role, Before) {
        let ty = self.ty();
        let closes_types = self.frames.last().is_some_and(|frame| frame.bracket == Bracket::Types);
        let operand = self.before == Before::Operand;
        if symbol != "?" {
            self.set_type(self.type_after(symbol));
        }
        match symbol {
            "{" => (Role::Opens(Bracket::Block), Before::Other),
            "(" => (Role::Opens(Bracket::Round), Before::Touching),
            "[" if self.is_key(at) => (Role::Opens(Bracket::Key), Before::Touching),
            "[" => (Role::Opens(Bracket::List), Before::Touching),
            "<" if ty == Type::Named => (Role::Opens(Bracket::Types), Before::Touching),
            ">" if closes_types => (Role::Closes, Before::Operand),
            "}" | ")" | "]" => (Role::Closes, Before::Operand),
            "?" => (Role::Plain, Before::Operand),
            "." => (Role::Plain, Before::Dot),
            ".." | "..=" => (Role::Plain, Before::Touching),
            "-" if at < self.key_end => (Role::Plain, Before::Touching),
            "-" if !operand => (Role::Plain, Before::Sign),
            _ => (operator(symbol), Before::Other),
        }
    }

    fn type_after(&self, symbol: &str) -> Type {
        let alias = self.head() == Some("type");
        let arguments = self.frames.last().is_some_and(|frame| frame.bracket == Bracket::Types);
        match symbol {
            ":" | "->" => Type::Expected,
            "=" | "|" if alias => Type::Expected,
            "," if arguments => Type::Expected,
            "." if self.ty() == Type::Named => Type::Expected,
            _ => Type::Outside,
        }
    }

    /// A key touches what it is taken of, while a list never does but by mistake.
    fn is_key(&self, at: usize) -> bool {
        self.before == Before::Operand && self.touches(at)
    }

    fn before_this(&self) -> Option<&Lexeme<'t>> {
        self.previous.and_then(|previous| self.lexemes.get(previous))
    }

    fn touches(&self, at: usize) -> bool {
        self.before_this().zip(self.lexemes.get(at)).is_some_and(|(before, this)| this.touches(before))
    }

    /// Whether a blank stands between the lexeme before and this one. `ty` is where in a type this one stands.
    fn blank(&self, at: usize, role: Role, ty: Type) -> bool {
        let Some(this) = self.lexemes.get(at) else { return true };
        let touching = matches!(self.before, Before::Touching | Before::Dot);
        // `--` would be read as two signs, too, but not by people.
        let sign = self.before == Before::Sign && !this.is("-");
        let joined = match this.kind {
            Kind::Symbol(symbol) => match symbol {
                // `10MiB/s.x` divides by a member of `s`.
                "." => !self.before_this().is_some_and(Lexeme::is_rate),
                ")" | "]" | "," | ";" | ":" | "?" | ".." | "..=" => true,
                "(" => ty == Type::Named || self.is_call(at),
                ">" => role == Role::Closes,
                _ => matches!(role, Role::Opens(Bracket::Key | Bracket::Types)),
            },
            _ => false,
        };
        !(touching || sign || joined || (at < self.key_end && self.before != Before::Nothing))
    }

    /// A call touches its name, and so do the parameters of the function that is declared.
    fn is_call(&self, at: usize) -> bool {
        let declared = self.head() == Some("fn") || self.touches(at);
        self.before == Before::Operand && declared
    }

    /// The end of the key that begins here: `bind-address = …`. Elsewhere a `-` subtracts.
    fn key(&self, at: usize) -> usize {
        if !self.lexemes.get(at).is_some_and(|first| matches!(first.kind, Kind::Word)) {
            return at;
        }
        let mut last = at;
        while let Some(part) = self.next_of_key(last) {
            last = part;
        }
        let assigned = self.next(last + 1).is_some_and(|(_, next)| next.is("="));
        if assigned { last + 1 } else { at }
    }

    /// The part of a key after the sign that touches this one.
    fn next_of_key(&self, last: usize) -> Option<usize> {
        let (before, sign) = (self.lexemes.get(last)?, self.lexemes.get(last + 1)?);
        let joins = (sign.is("-") || sign.is(".")) && sign.touches(before);
        let (at, part) = self.next(last + 2).filter(|_| joins)?;
        matches!(part.kind, Kind::Word | Kind::Number).then_some(at)
    }

    /// The next lexeme from here on that is no comment.
    fn next(&self, from: usize) -> Option<(usize, &Lexeme<'t>)> {
        let mut rest = self.lexemes.iter().enumerate().skip(from);
        rest.find(|(_, lexeme)| !matches!(lexeme.kind, Kind::Comment))
    }
}

fn operator(symbol: &str) -> Role {
    match symbol {
        "|" => Role::Operator(1),
        "==" | "!=" | "<" | "<=" | ">" | ">=" => Role::Operator(4),
        "??" => Role::Operator(5),
        "+" | "-" => Role::Operator(6),
        "*" | "/" => Role::Operator(7),
        _ => Role::Plain,
    }
}

fn set<T>(of: &mut [T], at: usize, value: T) {
    if let Some(place) = of.get_mut(at) {
        *place = value;
    }
}
