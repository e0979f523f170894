//! Columns of members below one another: the `=` of fields, settings and instances, the `{` of instances and of what is
//! used.

use super::lines::Breaker;
use super::measure::COLUMNS;
use super::role::Bracket;
use super::tree::{Group, Member, Part};

/// Members of one kind, line below line, are aligned; a blank line, a comment or a longer member ends their run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    Field,
    Run,
    Use,
}

/// A member that may be aligned.
struct Stops {
    row: Row,
    /// The lexemes that are aligned, with the columns from the one before, or from the member's beginning.
    stops: Vec<(usize, usize)>,
    /// Columns of the member, the indentation included.
    columns: usize,
}

/// For each lexeme the further blanks before it.
pub(super) fn align(breaker: &Breaker, group: &Group, indent: usize, pads: &mut [usize]) {
    let mut run: Vec<Stops> = Vec::new();
    for member in &group.members {
        let stops = stops(breaker, group.bracket, member, indent);
        let ends = member.apart
            || !member.lead.is_empty()
            || run.last().map(|last| last.row) != stops.as_ref().map(|stops| stops.row);
        if ends {
            pad(&std::mem::take(&mut run), pads);
        }
        run.extend(stops);
    }
    pad(&run, pads);
}

/// Aligns a run, unless a line would become too long by it.
fn pad(run: &[Stops], pads: &mut [usize]) {
    let widest =
        |nth: usize| run.iter().filter_map(|row| row.stops.get(nth)).map(|(_, columns)| *columns).max();
    let widest: Vec<usize> = (0..).map_while(widest).collect();
    let further =
        |row: &Stops| -> usize { row.stops.iter().zip(&widest).map(|((_, own), widest)| widest - own).sum() };
    if run.iter().any(|row| row.columns + further(row) > COLUMNS) {
        return;
    }
    for row in run {
        for ((at, own), widest) in row.stops.iter().zip(&widest) {
            if let Some(pad) = pads.get_mut(*at) {
                *pad = widest - own;
            }
        }
    }
}

fn stops(breaker: &Breaker, bracket: Bracket, member: &Member, indent: usize) -> Option<Stops> {
    let known = breaker.known;
    let mut columns = indent;
    // Where each part begins, and where the last ends.
    let mut begins = Vec::with_capacity(member.parts.len());
    for (index, part) in member.parts.iter().enumerate() {
        columns += if index == 0 { 0 } else { known.blank(part.first()) };
        begins.push(columns);
        columns += match part {
            Part::Token(at) if !known.is_tall(*at) && breaker.level(*at).is_none() => known.width(*at),
            Part::Group(group) if !group.broken => group.flat?,
            _ => return None,
        };
    }
    let token = |index: usize| match member.parts.get(index)? {
        Part::Token(at) => Some(*at),
        _ => None,
    };
    let first = token(0)?;
    let (row, marks) = match known.text(first) {
        "use" if bracket == Bracket::File => (Row::Use, vec![member.parts.len().checked_sub(1)?]),
        _ if bracket != Bracket::Block => return None,
        "run" if token(2).is_some_and(|at| known.is(at, "=")) => {
            let block =
                matches!(member.parts.get(4), Some(Part::Group(group)) if group.bracket == Bracket::Block);
            (Row::Run, if block { vec![2, 4] } else { vec![2] })
        }
        _ => (Row::Field, vec![assignment(breaker, member)?]),
    };
    let mut before = indent;
    let mut stops = Vec::new();
    for mark in marks {
        let at = *begins.get(mark)?;
        stops.push((member.parts.get(mark)?.first(), at - before));
        before = at;
    }
    Some(Stops { row, stops, columns })
}

/// The part that is the `=` of `key = value`. A key is one word or string, or words with `.` and `-` between them.
fn assignment(breaker: &Breaker, member: &Member) -> Option<usize> {
    let known = breaker.known;
    for (index, part) in member.parts.iter().enumerate().skip(1) {
        let Part::Token(at) = part else { return None };
        if known.is(*at, "=") {
            return Some(index);
        }
        let sign = known.is(*at, ".") || known.is(*at, "-");
        if sign != (index % 2 == 1) {
            return None;
        }
    }
    None
}
