//! Writes the tree down: member by member, each broken to its lines just before.

use super::align::align;
use super::block;
use super::lexeme::Kind;
use super::lines::Breaker;
use super::measure::{INDENT, Known};
use super::role::Bracket;
use super::tree::{Group, Member, Part};
use crate::syntax::parser::ITEM_WORDS;

/// The text of a file.
pub(super) fn print(known: Known, mut file: Group) -> String {
    let count = known.lexemes.len();
    let breaker = Breaker { known, levels: vec![0; count] };
    let mut printer = Printer { breaker, pads: vec![0; count], text: String::new(), indent: 0 };
    printer.members(&mut file, 0);
    if !printer.text.is_empty() {
        printer.text.push('\n');
    }
    printer.text
}

struct Printer<'a, 't> {
    breaker: Breaker<'a, 't>,
    /// For each lexeme the blanks before it that align it.
    pads: Vec<usize>,
    text: String,
    /// Indentation of the current line.
    indent: usize,
}

impl<'a, 't> Printer<'a, 't> {
    fn known(&self) -> Known<'a, 't> {
        self.breaker.known
    }

    /// The members of a broken bracket, or of the file, and the comments after them.
    fn members(&mut self, group: &mut Group, indent: usize) {
        let commas = self.commas(group);
        for (member, comma) in group.members.iter_mut().zip(&commas) {
            self.breaker.member(member, indent, usize::from(*comma));
        }
        align(&self.breaker, group, indent, &mut self.pads);
        let apart: Vec<bool> = (0..group.members.len()).map(|index| self.apart(group, index)).collect();
        for ((member, comma), apart) in group.members.iter_mut().zip(commas).zip(apart) {
            self.new_line(indent, apart);
            self.lead(member, indent);
            self.parts(member, indent);
            if comma {
                self.text.push(',');
            }
            if let Some(trail) = member.trail {
                self.text.push(' ');
                self.text.push_str(self.known().text(trail));
            }
        }
        for (index, comment) in group.rest.iter().enumerate() {
            let first = index == 0 && group.members.is_empty();
            self.new_line(indent, !first && self.known().breaks(*comment) > 1);
            self.text.push_str(self.known().text(*comment));
        }
    }

    /// Which members of a broken bracket a comma follows.
    fn commas(&self, group: &Group) -> Vec<bool> {
        let goes_through = self.known().roles.goes_through.get(group.open) == Some(&true);
        let (between, last) = match group.bracket {
            Bracket::List => (true, !goes_through),
            Bracket::Round | Bracket::Key | Bracket::Types => (true, false),
            Bracket::Block => (self.needs_commas(group), false),
            Bracket::File => (false, false),
        };
        let mut commas = vec![between; group.members.len()];
        if let Some(comma) = commas.last_mut() {
            *comma = last;
        }
        commas
    }

    /// Whether ends of lines alone would not tell the members of a block apart: before another name, a word of items
    /// would be taken for the beginning of one, and a `-` would subtract from what is before it.
    fn needs_commas(&self, group: &Group) -> bool {
        group.members.iter().any(|member| match member.parts.as_slice() {
            [Part::Token(at)] => ITEM_WORDS.contains(&self.known().text(*at)),
            [Part::Token(at), ..] => self.known().is(*at, "-"),
            _ => false,
        })
    }

    /// Whether a blank line stands before a member.
    fn apart(&self, group: &Group, index: usize) -> bool {
        let before = index.checked_sub(1).and_then(|before| group.members.get(before));
        let (Some(before), Some(member)) = (before, group.members.get(index)) else { return false };
        member.apart || (group.bracket == Bracket::File && !self.run_together(before, member))
    }

    /// Items of one kind that may stand line below line: what is used, and short definitions.
    fn run_together(&self, before: &Member, member: &Member) -> bool {
        let word = |member: &Member| match member.parts.first() {
            Some(Part::Token(at)) => Some(self.known().text(*at).to_owned()),
            _ => None,
        };
        let short = |member: &Member| member.parts.iter().all(|part| self.is_on_one_line(part));
        let word = word(before).filter(|before| word(member).as_ref() == Some(before));
        match word.as_deref() {
            Some("use") => true,
            Some("let" | "type" | "protocol" | "assert") => short(before) && short(member),
            _ => false,
        }
    }

    fn is_on_one_line(&self, part: &Part) -> bool {
        match part {
            Part::Token(at) => !self.known().is_tall(*at) && self.breaker.level(*at).is_none(),
            Part::Group(group) => !group.broken && self.breaker.level(group.open).is_none(),
            Part::Comment(_) => false,
        }
    }

    fn new_line(&mut self, indent: usize, apart: bool) {
        if !self.text.is_empty() {
            self.text.push_str(if apart { "\n\n" } else { "\n" });
        }
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.indent = indent;
    }

    /// The comments before a member, each on its line; doc comments stand at what they document.
    fn lead(&mut self, member: &Member, indent: usize) {
        let known = self.known();
        let first = member.parts.first().map(Part::first);
        for (index, comment) in member.lead.iter().enumerate() {
            self.text.push_str(known.text(*comment));
            let plain =
                known.lexemes.get(*comment).is_some_and(|lexeme| matches!(lexeme.kind, Kind::Comment));
            if let Some(next) = member.lead.get(index + 1).copied().or(first) {
                self.new_line(indent, plain && known.breaks(next) > 1);
            }
        }
    }

    fn parts(&mut self, member: &mut Member, indent: usize) {
        for (index, part) in member.parts.iter_mut().enumerate() {
            if index > 0 {
                self.before(part.first(), indent);
            }
            match part {
                Part::Token(at) => self.token(*at),
                Part::Comment(at) => self.text.push_str(self.known().text(*at)),
                Part::Group(group) if group.broken => self.broken(group),
                Part::Group(group) => self.flat(group),
            }
        }
    }

    /// What stands before a part of a member that is not its first.
    fn before(&mut self, at: usize, indent: usize) {
        match self.breaker.level(at) {
            Some(level) => self.new_line(indent + INDENT * level, false),
            None => {
                let pad = self.pads.get(at).copied().unwrap_or(0);
                self.text.extend(std::iter::repeat_n(' ', self.known().blank(at) + pad));
            }
        }
    }

    fn token(&mut self, at: usize) {
        let Some(lexeme) = self.known().lexemes.get(at) else { return };
        match &lexeme.kind {
            Kind::Block(block) => {
                self.indent += INDENT;
                self.text.push_str(&block.indented(lexeme.text, self.indent));
            }
            _ if lexeme.tall => self.text.push_str(&block::verbatim(lexeme.text)),
            _ => self.text.push_str(lexeme.text),
        }
    }

    fn broken(&mut self, group: &mut Group) {
        let indent = self.indent;
        self.text.push_str(self.known().text(group.open));
        if let Some(comment) = group.after_open {
            self.text.push(' ');
            self.text.push_str(self.known().text(comment));
        }
        self.members(group, indent + INDENT);
        self.new_line(indent, false);
        self.text.push_str(self.known().text(group.close));
    }

    fn flat(&mut self, group: &mut Group) {
        let blank = if group.bracket == Bracket::Block { " " } else { "" };
        self.text.push_str(self.known().text(group.open));
        self.text.push_str(blank);
        for (index, member) in group.members.iter_mut().enumerate() {
            self.text.push_str(if index == 0 { "" } else { ", " });
            self.parts(member, 0);
        }
        self.text.push_str(if group.members.is_empty() { "" } else { blank });
        self.text.push_str(self.known().text(group.close));
    }
}
