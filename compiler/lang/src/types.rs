//! Types: what an expression can come to.

mod show;

use std::sync::Arc;

use crate::source::Span;
pub(crate) use show::ShowRange;
pub use show::written_size;

/// A type. `Unknown` stands where a mistake has been reported, and agrees with everything.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    Unknown,
    Bool,
    /// A whole number of a kind, within a range.
    Number(Kind, Range),
    Float,
    Text,
    /// A string that is known: it is one of a choice where that has it.
    Literal(Arc<str>),
    /// One of some strings.
    Choice(Arc<Choice>),
    /// An absolute path; judged by value, as ranges are.
    Path,
    /// A URL; judged by value.
    Url,
    Version,
    /// What is there, or `none`. Never of an option.
    Option(Arc<Type>),
    List(Arc<Type>),
    /// Values by name.
    Map(Arc<Type>),
    Record(Arc<Record>),
    /// An endpoint by its protocol.
    Endpoint(Protocol),
    Archive,
    /// A Debian package of a host.
    Package,
    Source,
    Tree,
    Secret,
    /// A declared host: its instance when it is one, the list of its replicas in `for`.
    Host(HostRef),
    /// One replica of a host.
    Replica(HostRef),
    Instance(HostRef, usize, Option<ComponentRef>),
    /// Any instance of a component.
    Component(ComponentRef, Arc<str>),
}

/// The strings that a value may be.
#[derive(Debug, PartialEq)]
pub(crate) struct Choice {
    /// As declared by `type`; none where it is written out, or made of literals.
    pub(crate) name: Option<Arc<str>>,
    /// In the order of declaration, each once.
    pub(crate) values: Vec<Arc<str>>,
    /// Whether somebody wrote it as a type, so that other strings are mistakes.
    pub(crate) declared: bool,
    /// The values by their order: there may be thousands, and each use looks for some.
    sorted: Vec<Arc<str>>,
}

impl Choice {
    /// A choice of values that are there once each.
    pub(crate) fn new(name: Option<Arc<str>>, values: Vec<Arc<str>>, declared: bool) -> Self {
        let mut sorted = values.clone();
        sorted.sort();
        Self { name, values, declared, sorted }
    }

    pub(crate) fn has(&self, value: &str) -> bool {
        self.sorted.binary_search_by(|known| (**known).cmp(value)).is_ok()
    }
}

/// A protocol by its declaration: two modules may each have one of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Protocol {
    /// The place of its name where it is declared.
    pub(crate) declared: Span,
    pub(crate) name: Arc<str>,
}

/// A component by its place in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ComponentRef {
    pub(crate) module: usize,
    pub(crate) index: usize,
}

/// Literals that are joined to a choice; more are just strings.
const LITERALS: usize = 32;

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
    /// Bytes a second.
    Rate,
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

    /// `T?`
    pub(crate) fn option(of: Self) -> Self {
        if matches!(of, Self::Option(_)) { of } else { Self::Option(Arc::new(of)) }
    }

    /// What is there where something is.
    pub(crate) fn inner(&self) -> &Self {
        match self {
            Self::Option(inner) => inner,
            ty => ty,
        }
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
            Self::List(element) | Self::Map(element) | Self::Option(element) => 1 + element.size(),
            Self::Choice(choice) => 1 + choice.values.len(),
            Self::Record(record) => record.size,
            _ => 1,
        }
    }

    /// Whether a value of this type may stand where `to` is wanted. Ranges, paths and URLs are judged by value, not
    /// here.
    pub(crate) fn fits(&self, to: &Self) -> bool {
        match (self, to) {
            (Self::Unknown, _) | (_, Self::Unknown) => true,
            (Self::Option(a), Self::Option(b)) => a.fits(b),
            (a, Self::Option(b)) => a.fits(b),
            (Self::Number(a, _), Self::Number(b, _)) => a == b,
            (Self::Literal(text), Self::Choice(to)) => to.has(text),
            (Self::Choice(a), Self::Choice(b)) => a.values.iter().all(|value| b.has(value)),
            (Self::Text | Self::Literal(_) | Self::Choice(_) | Self::Path | Self::Url, Self::Text) => true,
            (Self::Text | Self::Literal(_) | Self::Choice(_), Self::Path | Self::Url) => true,
            (Self::List(a), Self::List(b)) | (Self::Map(a), Self::Map(b)) => a.fits(b),
            (Self::Record(a), Self::Map(b)) => a.fields.iter().all(|(_, field)| field.fits(b)),
            (Self::Record(a), Self::Record(b)) => a.fits(b),
            // Files are a tree as they are.
            (Self::Source, Self::Tree) => true,
            (Self::Instance(_, _, a), Self::Component(b, _)) => a.is_none_or(|a| a == *b),
            (Self::Component(a, _), Self::Component(b, _)) => a == b,
            _ => self == to,
        }
    }

    /// The type of something that is one or the other.
    pub(crate) fn join(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Unknown, ty) | (ty, Self::Unknown) => Some(ty.clone()),
            (Self::Option(a), b) | (b, Self::Option(a)) => a.join(b.inner()).map(Self::option),
            (Self::Number(a, _), Self::Number(b, _)) if a == b => Some(Self::number(*a)),
            (Self::Literal(_) | Self::Choice(_), Self::Literal(_) | Self::Choice(_)) => {
                Some(self.either(other))
            }
            (a, b) if a.is_text() && b.is_text() => Some(if a == b { a.clone() } else { Self::Text }),
            (Self::List(a), Self::List(b)) => a.join(b).map(Self::list),
            (Self::Map(a), Self::Map(b)) => a.join(b).map(|ty| Self::Map(Arc::new(ty))),
            (Self::Record(a), Self::Record(b)) => a.join(b).map(Self::record),
            (Self::Map(a), Self::Record(b)) | (Self::Record(b), Self::Map(a)) => {
                let entry = b.fields.iter().try_fold((**a).clone(), |ty, (_, field)| ty.join(field));
                entry.map(|ty| Self::Map(Arc::new(ty)))
            }
            (Self::Source | Self::Tree, Self::Tree) | (Self::Tree, Self::Source) => Some(Self::Tree),
            (Self::Instance(_, _, Some(a)), Self::Instance(_, _, Some(b))) if a == b => {
                Some(Self::Component(*a, "".into()))
            }
            (Self::Instance(_, _, Some(a)), Self::Component(b, name))
            | (Self::Component(b, name), Self::Instance(_, _, Some(a)))
                if a == b =>
            {
                Some(Self::Component(*b, name.clone()))
            }
            _ => self.fits(other).then(|| other.clone()),
        }
    }

    /// Literals and choices together: a choice that somebody declared takes in those that it has.
    fn either(&self, other: &Self) -> Self {
        if self.fits(other) && !matches!(other, Self::Literal(_)) {
            return other.clone();
        }
        if other.fits(self) {
            return self.clone();
        }
        let mut values: Vec<Arc<str>> = self.values().to_vec();
        for value in other.values() {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        if self.is_declared() || other.is_declared() || values.len() > LITERALS {
            return Self::Text;
        }
        Self::Choice(Arc::new(Choice::new(None, values, false)))
    }

    fn values(&self) -> &[Arc<str>] {
        match self {
            Self::Literal(value) => std::slice::from_ref(value),
            Self::Choice(choice) => &choice.values,
            _ => &[],
        }
    }

    fn is_declared(&self) -> bool {
        matches!(self, Self::Choice(choice) if choice.declared)
    }

    /// Whether it is a string of some kind.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Literal(_) | Self::Choice(_) | Self::Path | Self::Url)
    }

    /// Whether `{…}` in a string, or a value of an `ini` file, can hold it.
    pub(crate) fn is_scalar(&self) -> bool {
        self.is_text()
            || matches!(self, Self::Unknown | Self::Bool | Self::Number(..) | Self::Float | Self::Version)
    }

    /// Whether hosts, instances or endpoints are in it, alone, in lists or in records: what is connected.
    pub(crate) fn connects(&self) -> bool {
        match self {
            Self::Unknown | Self::Endpoint(_) | Self::Host(_) | Self::Replica(_) => true,
            Self::Instance(..) | Self::Component(..) => true,
            Self::List(of) | Self::Option(of) => of.connects(),
            Self::Record(record) => record.fields.iter().any(|(_, ty)| ty.connects()),
            _ => false,
        }
    }

    /// Two protocols of one name in what does not fit: its own, and the one that is wanted there.
    pub(crate) fn namesakes<'a>(&'a self, wanted: &'a Self) -> Option<(&'a Protocol, &'a Protocol)> {
        match (self.inner(), wanted.inner()) {
            (Self::Endpoint(own), Self::Endpoint(wanted)) => {
                (own.name == wanted.name && own != wanted).then_some((own, wanted))
            }
            (Self::List(a), Self::List(b)) | (Self::Map(a), Self::Map(b)) => a.namesakes(b),
            (Self::Record(a), Self::Record(b)) => {
                a.fields.iter().find_map(|(name, own)| own.namesakes(b.field(name)?))
            }
            _ => None,
        }
    }

    /// Whether a secret is in it, which nothing may look at.
    pub(crate) fn holds_secret(&self) -> bool {
        match self {
            Self::Secret => true,
            Self::List(of) | Self::Map(of) | Self::Option(of) => of.holds_secret(),
            Self::Record(record) => record.fields.iter().any(|(_, ty)| ty.holds_secret()),
            _ => false,
        }
    }
}

impl Record {
    fn fits(&self, to: &Self) -> bool {
        let given = |(name, to): &(Arc<str>, Type)| match self.field(name) {
            Some(from) => from.fits(to),
            // What may be `none` may be left out.
            None => matches!(to, Type::Option(_)),
        };
        to.fields.iter().all(given) && self.fields.iter().all(|(name, _)| to.field(name).is_some())
    }

    /// The fields of either: what only one of them has may be `none`.
    fn join(&self, other: &Self) -> Option<Vec<(Arc<str>, Type)>> {
        let own = self.fields.iter().map(|(name, ty)| {
            let joined = other.field(name).map_or_else(|| Some(Type::option(ty.clone())), |of| ty.join(of));
            Some((name.clone(), joined?))
        });
        let others = other.fields.iter().filter(|(name, _)| self.field(name).is_none());
        own.chain(others.map(|(name, ty)| Some((name.clone(), Type::option(ty.clone()))))).collect()
    }

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
