//! Relations between packages, as Debian policy, section 7.1, has them, and the order of versions.

use std::cmp::Ordering;

use debversion::Version;

/// How a version is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `<<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `=`
    Equal,
    /// `>=`
    GreaterOrEqual,
    /// `>>`
    Greater,
}

/// A package name with what is asked of its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation<'a> {
    /// The name.
    pub name: &'a str,
    /// The architecture after a colon: `any`, `amd64`.
    pub architecture: Option<&'a str>,
    /// What its version must be.
    pub constraint: Option<(Operator, &'a str)>,
    /// As it is written.
    pub text: &'a str,
}

/// Alternatives, of which one is enough.
pub type Group<'a> = Vec<Relation<'a>>;

/// The groups of a relationship field.
pub(crate) fn groups<'a>(field: &'a str) -> impl Iterator<Item = Group<'a>> + use<'a> {
    let groups = field.split(',').map(|group| group.split('|').filter_map(relation).collect::<Group<'a>>());
    groups.filter(|group| !group.is_empty())
}

fn relation(text: &str) -> Option<Relation<'_>> {
    let text = text.trim();
    let name_end = text.find(|c: char| c.is_whitespace() || c == '(' || c == '[').unwrap_or(text.len());
    let (name, rest) = text.split_at(name_end);
    let (name, architecture) = name.split_once(':').map_or((name, None), |(name, of)| (name, Some(of)));
    let constraint =
        rest.trim_start().strip_prefix('(').and_then(|inside| constraint(inside.split(')').next()?));
    (!name.is_empty()).then_some(Relation { name, architecture, constraint, text })
}

fn constraint(text: &str) -> Option<(Operator, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !matches!(c, '<' | '=' | '>')).unwrap_or(text.len());
    let (operator, version) = text.split_at(end);
    let operator = match operator {
        "<<" => Operator::Less,
        // The single signs are the old spellings, as dpkg reads them.
        "<=" | "<" => Operator::LessOrEqual,
        "=" | "" => Operator::Equal,
        ">=" | ">" => Operator::GreaterOrEqual,
        ">>" => Operator::Greater,
        _ => return None,
    };
    Some((operator, version.trim()))
}

impl Relation<'_> {
    /// Whether a version is one that is asked for.
    pub fn admits(&self, version: &str) -> bool {
        let Some((operator, wanted)) = self.constraint else { return true };
        let order = compare_versions(version, wanted);
        match operator {
            Operator::Less => order.is_lt(),
            Operator::LessOrEqual => order.is_le(),
            Operator::Equal => order.is_eq(),
            Operator::GreaterOrEqual => order.is_ge(),
            Operator::Greater => order.is_gt(),
        }
    }

    /// Whether a provided name is what is asked for: one that is provided in no version meets only a relation that asks
    /// for none.
    pub fn admits_provided(&self, version: Option<&str>) -> bool {
        match version {
            Some(version) => self.admits(version),
            None => self.constraint.is_none(),
        }
    }
}

/// Debian's order of versions.
pub fn compare_versions(left: &str, right: &str) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    match (left.parse::<Version>(), right.parse::<Version>()) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        _ => left.cmp(right),
    }
}
