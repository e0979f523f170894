//! The lexemes as brackets with members, and each comment at what it belongs to: the member that it precedes, the
//! line that it trails, or the middle of a member.

use super::lexeme::{Kind, Lexeme};
use super::role::{Bracket, Role, Roles};

/// A bracket with what is in it, or the whole file.
pub(super) struct Group {
    pub(super) bracket: Bracket,
    /// The brackets' lexemes.
    pub(super) open: usize,
    pub(super) close: usize,
    /// A comment on the line of the opening bracket.
    pub(super) after_open: Option<usize>,
    pub(super) members: Vec<Member>,
    /// Comments after the last member.
    pub(super) rest: Vec<usize>,
    /// Its columns on one line, where it can stand on one.
    pub(super) flat: Option<usize>,
    /// Its members stand on lines of their own.
    pub(super) broken: bool,
}

/// What stands between two separators.
#[derive(Default)]
pub(super) struct Member {
    /// A blank line stands before it.
    pub(super) apart: bool,
    /// Comments and doc comments on the lines before it.
    pub(super) lead: Vec<usize>,
    pub(super) parts: Vec<Part>,
    /// The comment at the end of its line.
    pub(super) trail: Option<usize>,
}

/// A part of a member.
pub(super) enum Part {
    Token(usize),
    Group(Box<Group>),
    Comment(usize),
}

impl Part {
    /// Its first lexeme.
    pub(super) fn first(&self) -> usize {
        match self {
            Self::Token(at) | Self::Comment(at) => *at,
            Self::Group(group) => group.open,
        }
    }
}

impl Group {
    fn new(bracket: Bracket, open: usize) -> Self {
        Self {
            bracket,
            open,
            close: open,
            after_open: None,
            members: Vec::new(),
            rest: Vec::new(),
            flat: None,
            broken: false,
        }
    }
}

/// The tree of a file. None where brackets do not match, which the parser has excluded.
pub(super) fn tree(lexemes: &[Lexeme], roles: &Roles) -> Option<Group> {
    Builder { lexemes, roles, next: next_tokens(lexemes), at: 0 }.group(Group::new(Bracket::File, 0))
}

/// For each lexeme the next that is no comment, itself or one after it.
fn next_tokens(lexemes: &[Lexeme]) -> Vec<usize> {
    let mut next: Vec<usize> = (0..lexemes.len()).collect();
    let mut token = lexemes.len();
    for (place, lexeme) in next.iter_mut().zip(lexemes).rev() {
        if !matches!(lexeme.kind, Kind::Comment) {
            token = *place;
        }
        *place = token;
    }
    next
}

struct Builder<'a, 't> {
    lexemes: &'a [Lexeme<'t>],
    roles: &'a Roles,
    next: Vec<usize>,
    at: usize,
}

/// A group of which a part has been read.
struct Filling {
    group: Group,
    /// Comments that precede the next member.
    pending: Vec<usize>,
    /// The last member has been ended by a separator.
    ended: bool,
    /// No line has ended since the last token of the last member.
    same_line: bool,
    /// What separates the members.
    separated: Separated,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Separated {
    /// Nothing: they begin where the parser found that they do.
    Nowhere,
    /// A comma before the next member or the end, or the end of a line.
    BeforeMembers,
    /// Each comma.
    ByCommas,
}

impl Builder<'_, '_> {
    fn group(&mut self, group: Group) -> Option<Group> {
        let separated = self.separated(&group);
        let mut filling = Filling { group, pending: Vec::new(), ended: true, same_line: true, separated };
        while let Some(lexeme) = self.lexemes.get(self.at) {
            let at = self.at;
            self.at += 1;
            if matches!(lexeme.kind, Kind::Comment) {
                self.comment(&mut filling, at);
            } else if self.closes(at) {
                filling.group.close = at;
                filling.group.rest = filling.pending;
                return (filling.group.bracket != Bracket::File).then_some(filling.group);
            } else if self.separates(&filling, at) {
                filling.ended = true;
                filling.same_line &= lexeme.breaks == 0;
            } else {
                self.token(&mut filling, at)?;
            }
        }
        filling.group.rest = filling.pending;
        (filling.group.bracket == Bracket::File).then_some(filling.group)
    }

    fn separated(&self, group: &Group) -> Separated {
        let first = self.next.get(self.at).and_then(|first| self.lexemes.get(*first));
        match group.bracket {
            Bracket::File => Separated::Nowhere,
            Bracket::Block if first.is_some_and(|first| first.begins) => Separated::BeforeMembers,
            _ if self.roles.goes_through.get(group.open) == Some(&true) => Separated::Nowhere,
            _ => Separated::ByCommas,
        }
    }

    fn separates(&self, filling: &Filling, at: usize) -> bool {
        let Some(lexeme) = self.lexemes.get(at).filter(|l| l.is(",") || l.is(";")) else { return false };
        match filling.separated {
            Separated::Nowhere => false,
            Separated::ByCommas => lexeme.is(","),
            Separated::BeforeMembers => {
                let next = self.next.get(at + 1).copied().unwrap_or(self.lexemes.len());
                self.begins(next) || self.closes(next)
            }
        }
    }

    fn begins(&self, at: usize) -> bool {
        self.lexemes.get(at).is_some_and(|lexeme| lexeme.begins)
    }

    fn closes(&self, at: usize) -> bool {
        self.roles.roles.get(at) == Some(&Role::Closes)
    }

    fn breaks(&self, at: usize) -> u32 {
        self.lexemes.get(at).map_or(0, |lexeme| lexeme.breaks)
    }

    fn token(&mut self, filling: &mut Filling, at: usize) -> Option<()> {
        if filling.ended || self.begins(at) {
            let lead = std::mem::take(&mut filling.pending);
            let apart = self.breaks(lead.first().copied().unwrap_or(at)) > 1;
            filling.group.members.push(Member { apart, lead, ..Member::default() });
            filling.ended = false;
        }
        let doc = self.lexemes.get(at).is_some_and(|l| matches!(l.kind, Kind::Doc | Kind::ModuleDoc));
        let part = match self.roles.roles.get(at) {
            Some(Role::Opens(bracket)) => Part::Group(Box::new(self.group(Group::new(*bracket, at))?)),
            _ => Part::Token(at),
        };
        let member = filling.group.members.last_mut()?;
        if doc && member.parts.is_empty() {
            member.lead.push(at);
        } else {
            member.parts.push(part);
        }
        filling.same_line = true;
        Some(())
    }

    fn comment(&self, filling: &mut Filling, at: usize) {
        let breaks = self.breaks(at);
        filling.same_line &= breaks == 0;
        let next = self.next.get(at).copied().unwrap_or(self.lexemes.len());
        let goes_on = !(filling.ended
            || next == self.lexemes.len()
            || self.begins(next)
            || self.closes(next)
            || self.separates(filling, next));
        let same_line = std::mem::take(&mut filling.same_line);
        match filling.group.members.last_mut() {
            Some(member) if goes_on && member.parts.is_empty() => member.lead.push(at),
            Some(member) if goes_on => member.parts.push(Part::Comment(at)),
            Some(member) if same_line && member.trail.is_none() => member.trail = Some(at),
            None if same_line
                && filling.group.bracket != Bracket::File
                && filling.group.after_open.is_none() =>
            {
                filling.group.after_open = Some(at);
            }
            _ => filling.pending.push(at),
        }
    }
}
