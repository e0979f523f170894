//! How wide things are on one line, and which can stand on one.

use super::block;
use super::lexeme::{Kind, Lexeme};
use super::role::{Bracket, Roles};
use super::tree::{Group, Member, Part};

/// Columns of a line. Longer ones are broken where they can be.
pub(super) const COLUMNS: usize = 110;

/// Columns of a level of indentation.
pub(super) const INDENT: usize = 2;

/// A file's lexemes with what is known of them.
#[derive(Clone, Copy)]
pub(super) struct Known<'a, 't> {
    pub(super) lexemes: &'a [Lexeme<'t>],
    pub(super) roles: &'a Roles,
}

impl Known<'_, '_> {
    pub(super) fn width(&self, at: usize) -> usize {
        self.lexemes.get(at).map_or(0, |lexeme| lexeme.width as usize)
    }

    pub(super) fn breaks(&self, at: usize) -> u32 {
        self.lexemes.get(at).map_or(0, |lexeme| lexeme.breaks)
    }

    pub(super) fn is_tall(&self, at: usize) -> bool {
        self.lexemes.get(at).is_some_and(|lexeme| lexeme.tall)
    }

    pub(super) fn is(&self, at: usize, symbol: &str) -> bool {
        self.lexemes.get(at).is_some_and(|lexeme| lexeme.is(symbol))
    }

    pub(super) fn text(&self, at: usize) -> &str {
        self.lexemes.get(at).map_or("", |lexeme| lexeme.text)
    }

    /// The blank before a lexeme, in columns.
    pub(super) fn blank(&self, at: usize) -> usize {
        usize::from(self.roles.blanks.get(at).copied().unwrap_or(true))
    }

    /// Where the last line of a string of several lines ends, and its indentation, when the string begins on a line
    /// that is indented so far.
    pub(super) fn after_tall(&self, at: usize, indent: usize) -> (usize, usize) {
        match self.lexemes.get(at).map(|lexeme| (&lexeme.kind, lexeme.text)) {
            Some((Kind::Block(block), text)) => {
                let inner = indent + INDENT;
                (block.last_columns(text, inner), inner)
            }
            Some((_, text)) => (block::last_columns(text), indent),
            None => (indent, indent),
        }
    }

    /// The tree with the columns of everything found out.
    pub(super) fn measured(&self, mut file: Group) -> Group {
        self.measure(&mut file);
        file
    }

    /// Finds out the columns of every bracket in a group, innermost first, and which of them must be broken.
    fn measure(&self, group: &mut Group) {
        let mut columns = Some(0);
        for member in &mut group.members {
            let member = self.measure_member(member);
            columns = columns.zip(member).map(|(sum, columns)| sum + columns);
        }
        let comments = group.after_open.is_some() || !group.rest.is_empty();
        let opened = self.lexemes.get(group.open + 1).is_some_and(|first| first.breaks > 0);
        let kept = opened && !group.members.is_empty() && can_break(group.bracket);
        let around = match group.bracket {
            Bracket::Block if group.members.is_empty() => 3,
            Bracket::Block => 4,
            _ => 2,
        };
        let separators = 2 * group.members.len().saturating_sub(1);
        group.flat = columns.filter(|_| !comments && !kept).map(|columns| columns + around + separators);
        group.broken = group.flat.is_none();
    }

    /// The columns of a member on one line, where it can stand on one.
    fn measure_member(&self, member: &mut Member) -> Option<usize> {
        let mut columns = Some(0usize);
        for (index, part) in member.parts.iter_mut().enumerate() {
            let blank = if index == 0 { 0 } else { self.blank(part.first()) };
            let part = match part {
                Part::Token(at) => (!self.is_tall(*at)).then(|| self.width(*at)),
                Part::Comment(_) => None,
                Part::Group(group) => {
                    self.measure(group);
                    group.flat
                }
            };
            columns = columns.zip(part).map(|(sum, columns)| sum + blank + columns);
        }
        columns.filter(|_| member.lead.is_empty() && member.trail.is_none())
    }
}

/// Whether a bracket may be broken for want of room, or stay broken.
pub(super) fn can_break(bracket: Bracket) -> bool {
    matches!(bracket, Bracket::Block | Bracket::List | Bracket::Round)
}
