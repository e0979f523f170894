//! Generated text that knows its parts: what in it is identity and can be changed, and what is capacity and can be
//! anything.

use std::collections::BTreeMap;

/// A piece of text.
#[derive(Clone, Debug)]
enum Piece {
    Fixed(String),
    /// Something of the identity, and what it may be changed to. Leaves of one group change together.
    Leaf {
        group: usize,
        kind: Kind,
        text: Code,
        other: Code,
    },
    /// A capacity's value: whichever of these.
    Capacity(Vec<String>),
}

/// What a leaf is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A literal or operator inside an expression: it may make no difference, as `1` in `if true then 0 else 1`.
    Expression,
    Argument,
    Archive,
    Command,
    Component,
    Connection,
    Environment,
    Host,
    Instance,
    Job,
    Link,
    Mode,
    Owner,
    Package,
    Path,
    Port,
    Presence,
    Protocol,
    Secret,
    Service,
    Tree,
}

/// A text in pieces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Code(Vec<Piece>);

/// How a text is written out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    /// The group of leaves that are changed.
    pub(crate) changed: Option<usize>,
    /// Which of their values capacities have.
    pub(crate) variation: usize,
}

impl Code {
    pub(crate) fn leaf(group: usize, kind: Kind, text: impl Into<Self>, other: impl Into<Self>) -> Self {
        Self(vec![Piece::Leaf { group, kind, text: text.into(), other: other.into() }])
    }

    pub(crate) fn capacity(values: Vec<String>) -> Self {
        Self(vec![Piece::Capacity(values)])
    }

    pub(crate) fn push(&mut self, more: impl Into<Self>) {
        self.0.extend(more.into().0);
    }

    /// The text.
    pub(crate) fn read(&self, reading: Reading) -> String {
        let mut text = String::new();
        self.write(reading, &mut text);
        text
    }

    fn write(&self, reading: Reading, out: &mut String) {
        for piece in &self.0 {
            match piece {
                Piece::Fixed(text) => out.push_str(text),
                Piece::Leaf { group, other, .. } if reading.changed == Some(*group) => {
                    other.write(reading, out);
                }
                Piece::Leaf { text, .. } => text.write(reading, out),
                Piece::Capacity(values) => out.push_str(&values[reading.variation % values.len()]),
            }
        }
    }

    /// All groups of leaves.
    pub(crate) fn groups(&self) -> BTreeMap<usize, Kind> {
        let mut groups = BTreeMap::new();
        self.gather(&mut groups);
        groups
    }

    fn gather(&self, groups: &mut BTreeMap<usize, Kind>) {
        for piece in &self.0 {
            if let Piece::Leaf { group, kind, text, .. } = piece {
                groups.insert(*group, *kind);
                text.gather(groups);
            }
        }
    }
}

impl From<&str> for Code {
    fn from(text: &str) -> Self {
        Self(vec![Piece::Fixed(text.to_owned())])
    }
}

impl From<String> for Code {
    fn from(text: String) -> Self {
        Self(vec![Piece::Fixed(text)])
    }
}

impl From<&Self> for Code {
    fn from(code: &Self) -> Self {
        code.clone()
    }
}

/// Joins pieces of text: strings and codes.
macro_rules! code {
    ($($piece:expr),* $(,)?) => {{
        #[allow(unused_mut, reason = "it may be empty")]
        let mut code = $crate::code::Code::default();
        $(code.push($piece);)*
        code
    }};
}
pub(crate) use code;
