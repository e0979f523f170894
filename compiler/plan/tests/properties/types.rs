//! Types of generated expressions, and the names that they may use.

use crate::code::Code;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    Bool,
    Int,
    Size,
    Duration,
    Percent,
    Rate,
    Float,
    Text,
    Version,
    /// A choice that the program declares: see `ROLES`.
    Role,
    Maybe(Box<Ty>),
    List(Box<Ty>),
    Map(Box<Ty>),
    /// `{ name: String, n: T }`
    Record(Box<Ty>),
}

/// What a `Role` may be.
pub(crate) const ROLES: [&str; 3] = ["primary", "replica", "arbiter"];

/// Types that strings can hold.
pub(crate) const SCALARS: [Ty; 10] = [
    Ty::Int,
    Ty::Text,
    Ty::Size,
    Ty::Bool,
    Ty::Role,
    Ty::Percent,
    Ty::Duration,
    Ty::Rate,
    Ty::Float,
    Ty::Version,
];

impl Ty {
    pub(crate) fn maybe(of: Self) -> Self {
        Self::Maybe(Box::new(of))
    }

    pub(crate) fn list(of: Self) -> Self {
        Self::List(Box::new(of))
    }

    pub(crate) fn map(of: Self) -> Self {
        Self::Map(Box::new(of))
    }

    pub(crate) fn record(of: Self) -> Self {
        Self::Record(Box::new(of))
    }

    /// As declarations write it.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Text => "String".to_owned(),
            Self::Maybe(of) => format!("{}?", of.written()),
            Self::List(of) => format!("List<{}>", of.written()),
            Self::Map(of) => format!("Map<{}>", of.written()),
            Self::Record(of) => format!("{{ name: String, n: {} }}", of.written()),
            plain => format!("{plain:?}"),
        }
    }
}

/// What an expression may be computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allow {
    pub(crate) capacity: bool,
    /// What depends on the versions of packages.
    pub(crate) version: bool,
}

impl Allow {
    pub(crate) const IDENTITY: Self = Self { capacity: false, version: false };
    pub(crate) const LOCKED: Self = Self { capacity: false, version: true };
    pub(crate) const ALL: Self = Self { capacity: true, version: true };

    fn covers(self, needed: Self) -> bool {
        (self.capacity || !needed.capacity) && (self.version || !needed.version)
    }
}

/// An expression that is at hand under a name.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) code: Code,
    pub(crate) ty: Ty,
    /// What an expression that uses it must allow.
    pub(crate) needs: Allow,
}

/// A function that the program declares.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) params: Vec<Ty>,
    pub(crate) result: Ty,
}

/// The names of a place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    names: Vec<Named>,
    /// Whether versions of packages can be asked for.
    pub(crate) on_host: bool,
}

impl Scope {
    pub(crate) fn add(&mut self, code: impl Into<Code>, ty: Ty, needs: Allow) {
        self.names.push(Named { code: code.into(), ty, needs });
    }

    /// The names of which something can be asked, and whose labels are not those of identity alone.
    pub(crate) fn labelled(&self) -> Vec<Named> {
        let asked = |ty: &Ty| {
            matches!(ty, Ty::Bool | Ty::Int | Ty::Size | Ty::Text | Ty::List(_) | Ty::Map(_) | Ty::Maybe(_))
        };
        let named = self.names.iter().filter(|name| name.needs != Allow::IDENTITY && asked(&name.ty));
        named.cloned().collect()
    }

    /// The names of a type that an expression may use.
    pub(crate) fn of(&self, ty: &Ty, allow: Allow) -> Vec<Code> {
        let usable = self.names.iter().filter(|name| name.ty == *ty && allow.covers(name.needs));
        usable.map(|name| name.code.clone()).collect()
    }
}
