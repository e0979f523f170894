//! Where the lines of a member break: at its brackets first, before its operators where those do not help.
//!
//! Whatever was broken stays so when the result is formatted again, and nothing else is broken then: every line either
//! fits, or has nothing left at which it could be broken.

use std::ops::Range;

use super::measure::{COLUMNS, INDENT, Known, can_break};
use super::role::{Bracket, Role};
use super::tree::{Group, Member, Part};

/// A line of a member: some of its parts, and the opening bracket of a broken one at its end.
struct Line {
    parts: Range<usize>,
    /// Its indentation, which the members of a bracket that it opens go beyond.
    indent: usize,
    /// Where it ends, in columns.
    columns: usize,
    /// Columns after its last part.
    tail: usize,
}

/// A stretch of a member that begins a line.
#[derive(Clone, Copy)]
struct Stretch {
    /// The indentation of the member.
    indent: usize,
    /// By how many levels its first line is indented further.
    begins: u8,
    /// By how many levels the lines that begin with its operators will be.
    breaks: u8,
    /// Columns after the member.
    tail: usize,
}

/// Breaks members.
pub(super) struct Breaker<'a, 't> {
    pub(super) known: Known<'a, 't>,
    /// For each lexeme, by how many levels the line is indented that begins with it inside a member; 0 where none does.
    pub(super) levels: Vec<u8>,
}

impl Breaker<'_, '_> {
    /// Breaks a member whose first line is indented by `indent`, and after which `tail` columns follow.
    pub(super) fn member(&mut self, member: &mut Member, indent: usize, tail: usize) {
        let parts = &mut member.parts;
        let all = 0..parts.len();
        let stretch = Stretch { indent, begins: 0, breaks: 1, tail };
        if parts.iter().any(|part| matches!(part, Part::Comment(_))) {
            self.keep_lines(parts);
            for line in self.long_lines(parts, all, stretch) {
                self.break_brackets(parts, &line);
            }
        } else {
            self.stretch(parts, all, stretch);
        }
    }

    /// Whether a line begins with this lexeme inside a member, and by how many levels it is indented.
    pub(super) fn level(&self, at: usize) -> Option<usize> {
        self.levels.get(at).filter(|level| **level > 0).map(|level| usize::from(*level))
    }

    /// A member with a comment in its middle keeps its lines.
    fn keep_lines(&mut self, parts: &[Part]) {
        for part in parts.iter().skip(1) {
            if self.known.breaks(part.first()) > 0 {
                self.set_level(part.first(), 1);
            }
        }
    }

    fn set_level(&mut self, at: usize, level: u8) {
        if let Some(place) = self.levels.get_mut(at) {
            *place = level;
        }
    }

    fn stretch(&mut self, parts: &mut [Part], range: Range<usize>, stretch: Stretch) {
        let operators = self.loosest(parts, range.clone());
        if operators
            .iter()
            .any(|index| parts.get(*index).is_some_and(|part| self.known.breaks(part.first()) > 0))
        {
            return self.split(parts, range, &operators, stretch);
        }
        let lines = self.long_lines(parts, range.clone(), stretch);
        let helpful: Vec<Option<usize>> =
            lines.iter().map(|line| self.helpful(parts, line, |bracket| bracket != Bracket::Round)).collect();
        if helpful.contains(&None) && !operators.is_empty() {
            return self.split(parts, range, &operators, stretch);
        }
        for (line, helpful) in lines.iter().zip(helpful) {
            match helpful {
                Some(index) => break_bracket(parts, index),
                None => self.break_brackets(parts, line),
            }
        }
    }

    /// Begins a line with each of the operators.
    fn split(&mut self, parts: &mut [Part], range: Range<usize>, operators: &[usize], stretch: Stretch) {
        for index in operators {
            if let Some(part) = parts.get(*index) {
                self.set_level(part.first(), stretch.breaks);
            }
        }
        let starts = std::iter::once(range.start).chain(operators.iter().copied());
        let ends = operators.iter().copied().chain([range.end]);
        for (start, end) in starts.zip(ends) {
            let begins = if start == range.start { stretch.begins } else { stretch.breaks };
            self.stretch(parts, start..end, Stretch { begins, breaks: stretch.breaks + 1, ..stretch });
        }
    }

    /// The operators of a stretch that bind least tightly, but for one that it begins with.
    fn loosest(&self, parts: &[Part], range: Range<usize>) -> Vec<usize> {
        let mut found = Vec::new();
        let mut loosest = u8::MAX;
        for index in range.skip(1) {
            let Some(Part::Token(at)) = parts.get(index) else { continue };
            let Some(Role::Operator(step)) = self.known.roles.roles.get(*at) else { continue };
            if *step < loosest {
                loosest = *step;
                found.clear();
            }
            if *step == loosest {
                found.push(index);
            }
        }
        found
    }

    /// The lines of a stretch that are too long.
    fn long_lines(&self, parts: &[Part], range: Range<usize>, stretch: Stretch) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut indent = stretch.indent + INDENT * usize::from(stretch.begins);
        let begun = |at, indent, columns| Line { parts: at..at, indent, columns, tail: 0 };
        let mut line = begun(range.start, indent, indent);
        let mut end = |line: Line| {
            if line.columns > COLUMNS {
                lines.push(line);
            }
        };
        for index in range.clone() {
            let Some(part) = parts.get(index) else { continue };
            if index > range.start
                && let Some(level) = self.level(part.first())
            {
                indent = stretch.indent + INDENT * level;
                end(std::mem::replace(&mut line, begun(index, indent, indent)));
            }
            let fresh = line.columns == indent && line.parts.is_empty();
            line.columns += if fresh { 0 } else { self.known.blank(part.first()) };
            line.parts.end = index + 1;
            let next = self.part(part, &mut line, &mut indent);
            if let Some(columns) = next {
                end(std::mem::replace(&mut line, begun(index + 1, indent, columns)));
            }
        }
        line.tail = if range.end == parts.len() { stretch.tail } else { 0 };
        line.columns += line.tail;
        end(line);
        lines
    }

    /// Adds a part's columns to its line. Where the line ends with it, gives the columns that the next begins with.
    fn part(&self, part: &Part, line: &mut Line, indent: &mut usize) -> Option<usize> {
        match part {
            // Comments may be as long as they are.
            Part::Comment(_) => None,
            Part::Token(at) => {
                line.columns += self.known.width(*at);
                if !self.known.is_tall(*at) {
                    return None;
                }
                let (columns, inner) = self.known.after_tall(*at, *indent);
                *indent = inner;
                Some(columns)
            }
            Part::Group(group) if group.broken => {
                line.columns += 1;
                Some(*indent + 1)
            }
            Part::Group(group) => {
                line.columns += group.flat.unwrap_or(0);
                None
            }
        }
    }

    /// The widest bracket of a line of those that make it fit when they alone are broken, the last of several.
    fn helpful(&self, parts: &[Part], line: &Line, wanted: impl Fn(Bracket) -> bool) -> Option<usize> {
        let mut after = line.tail;
        let mut widest = None;
        for index in line.parts.clone().rev() {
            let part = parts.get(index)?;
            let columns = match part {
                Part::Group(group) if group.broken => 1,
                Part::Group(group) => group.flat.unwrap_or(0),
                Part::Token(at) => self.known.width(*at),
                Part::Comment(_) => 0,
            };
            let before = line.columns.saturating_sub(after + columns) + 1;
            let helps = before <= COLUMNS && line.indent + 1 + after <= COLUMNS;
            let can = matches!(part, Part::Group(group) if breakable(group) && wanted(group.bracket));
            if can && helps && widest.is_none_or(|(most, _)| columns > most) {
                widest = Some((columns, index));
            }
            after += columns + self.known.blank(part.first());
        }
        widest.map(|(_, index)| index)
    }

    /// Breaks the bracket that makes a line fit, or all of them where none does.
    fn break_brackets(&self, parts: &mut [Part], line: &Line) {
        match self.helpful(parts, line, |_| true) {
            Some(index) => break_bracket(parts, index),
            None => line.parts.clone().for_each(|index| break_bracket(parts, index)),
        }
    }
}

fn breakable(group: &Group) -> bool {
    !group.broken && !group.members.is_empty() && can_break(group.bracket)
}

fn break_bracket(parts: &mut [Part], index: usize) {
    if let Some(Part::Group(group)) = parts.get_mut(index)
        && breakable(group)
    {
        group.broken = true;
    }
}
