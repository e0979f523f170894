//! Types: what an expression can come to.

use std::fmt;
use std::sync::Arc;

/// A type. `Unknown` stands where a mistake has been reported, and agrees with everything.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    Unknown,
    Bool,
    /// A whole number of a kind, within a range.
    Number(Kind, Range),
    Float,
    Text,
    List(Arc<Type>),
    Record(Arc<Record>),
    /// An endpoint by its protocol.
    Endpoint(Arc<str>),
    Archive,
    /// A declared host: its instance when it is one, the list of its replicas in `for`.
    Host(HostRef),
    /// One replica of a host.
    Replica(HostRef),
    Instance(HostRef, usize),
}

/// A host by its place in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct HostRef {
    pub(crate) module: usize,
    pub(crate) environment: usize,
    pub(crate) host: usize,
}

/// The dimension of a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    /// Bytes.
    Size,
    /// Milliseconds.
    Duration,
    /// Millionths.
    Percent,
}

/// The numbers that are allowed, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Range {
    pub(crate) low: Option<i64>,
    pub(crate) high: Option<i64>,
}

/// A record's fields, with the size of the whole type kept so that it can be bounded without walking it.
#[derive(Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) fields: Vec<(Arc<str>, Type)>,
    /// The fields by name: there may be thousands, and each use looks for one.
    sorted: Vec<usize>,
    size: usize,
}

impl Type {
    pub(crate) const INT: Self = Self::Number(Kind::Int, Range { low: None, high: None });
    pub(crate) const SIZE: Self = Self::Number(Kind::Size, Range { low: None, high: None });

    pub(crate) fn number(kind: Kind) -> Self {
        Self::Number(kind, Range::default())
    }

    pub(crate) fn list(element: Self) -> Self {
        Self::List(Arc::new(element))
    }

    pub(crate) fn record(fields: Vec<(Arc<str>, Self)>) -> Self {
        let size = 1 + fields.iter().map(|(_, ty)| ty.size()).sum::<usize>();
        let mut sorted: Vec<usize> = (0..fields.len()).collect();
        let name = |index: &usize| fields.get(*index).map(|(name, _)| name);
        sorted.sort_by(|a, b| name(a).cmp(&name(b)));
        Self::Record(Arc::new(Record { fields, sorted, size }))
    }

    /// How many parts it has, shared ones counted each time.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::List(element) => 1 + element.size(),
            Self::Record(record) => record.size,
            _ => 1,
        }
    }

    /// Whether a value of this type may stand where `to` is wanted. Ranges are judged by value, not here.
    pub(crate) fn fits(&self, to: &Self) -> bool {
        match (self, to) {
            (Self::Unknown, _) | (_, Self::Unknown) => true,
            (Self::Number(a, _), Self::Number(b, _)) => a == b,
            (Self::List(a), Self::List(b)) => a.fits(b),
            (Self::Record(a), Self::Record(b)) => {
                a.fields.len() == b.fields.len()
                    && b.fields.iter().all(|(name, to)| a.field(name).is_some_and(|from| from.fits(to)))
            }
            _ => self == to,
        }
    }

    /// The type of something that is one or the other.
    pub(crate) fn join(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Unknown, ty) | (ty, Self::Unknown) => Some(ty.clone()),
            (Self::Number(a, _), Self::Number(b, _)) if a == b => Some(Self::number(*a)),
            (Self::List(a), Self::List(b)) => a.join(b).map(Self::list),
            (Self::Record(a), Self::Record(b)) if a.fields.len() == b.fields.len() => {
                let both = a.fields.iter().map(|(name, ty)| Some((name.clone(), ty.join(b.field(name)?)?)));
                both.collect::<Option<_>>().map(Self::record)
            }
            _ => self.fits(other).then(|| other.clone()),
        }
    }

    /// Whether `{…}` in a string, or a value of an `ini` file, can hold it.
    pub(crate) fn is_scalar(&self) -> bool {
        matches!(self, Self::Unknown | Self::Bool | Self::Number(..) | Self::Float | Self::Text)
    }
}

impl Record {
    pub(crate) fn field(&self, name: &str) -> Option<&Type> {
        let field = |index: usize| self.fields.get(index);
        let at = self.sorted.partition_point(|index| field(*index).is_some_and(|(field, _)| **field < *name));
        field(*self.sorted.get(at)?).filter(|(field, _)| **field == *name).map(|(_, ty)| ty)
    }
}

impl Range {
    pub(crate) fn holds(self, n: i64) -> bool {
        self.low.is_none_or(|low| n >= low) && self.high.is_none_or(|high| n <= high)
    }
}

impl Kind {
    /// A number of this kind as the language writes it.
    pub(crate) fn show(self, n: i64) -> String {
        const SIZES: [(&str, i64); 4] =
            [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
        match self {
            Self::Int => n.to_string(),
            Self::Size => match SIZES.iter().find(|(_, unit)| n != 0 && n % unit == 0) {
                Some((name, unit)) => format!("{}{name}", n / unit),
                None => format!("{n}B"),
            },
            Self::Duration if n % 1000 == 0 => format!("{}s", n / 1000),
            Self::Duration => format!("{n}ms"),
            Self::Percent => {
                let digits = format!("{}.{:04}", n / 10_000, (n % 10_000).abs());
                let sign = if n < 0 && n > -10_000 { "-" } else { "" };
                format!("{sign}{}%", digits.trim_end_matches('0').trim_end_matches('.'))
            }
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("?"),
            Self::Bool => f.write_str("Bool"),
            Self::Number(kind, range) => write!(f, "{kind:?}{}", ShowRange(*kind, *range)),
            Self::Float => f.write_str("Float"),
            Self::Text => f.write_str("String"),
            Self::List(element) => write!(f, "List<{element}>"),
            Self::Record(record) if record.fields.len() > 6 => f.write_str("a record"),
            Self::Record(record) => {
                let fields: Vec<String> =
                    record.fields.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
                write!(f, "{{ {} }}", fields.join(", "))
            }
            Self::Endpoint(protocol) => write!(f, "Endpoint<{protocol}>"),
            Self::Archive => f.write_str("Archive"),
            Self::Host(_) | Self::Replica(_) => f.write_str("a host"),
            Self::Instance(..) => f.write_str("a component's instance"),
        }
    }
}

/// `(1..=5)`, or nothing.
pub(crate) struct ShowRange(pub(crate) Kind, pub(crate) Range);

impl fmt::Display for ShowRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |n: Option<i64>| n.map(|n| self.0.show(n)).unwrap_or_default();
        match (self.1.low, self.1.high) {
            (None, None) => Ok(()),
            (low, None) => write!(f, "({}..)", show(low)),
            (low, high) => write!(f, "({}..={})", show(low), show(high)),
        }
    }
}
