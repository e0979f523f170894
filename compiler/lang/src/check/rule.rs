//! The rules of labels, each by its name: what is a capacity, a version or a secret, how expressions carry it on, and
//! which places refuse it.
//!
//! All of them hold, always. That each of them matters is tested: `tests/rules.rs` checks the golden cases without one
//! rule after the other, and some case must find out.

use super::Checker;
use super::label::{Label, Level};
use crate::source::Span;
use crate::types::Type;

/// An enumeration that can be gone through.
macro_rules! listed {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$each])* $variant,)* }

        impl $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)*];
        }
    };
}

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// What comes from there has a label.
    From(Origin),
    /// What is computed so has the label of what it is computed from: capacity, …
    Carries(Way),
    /// … and that it depends on a version.
    CarriesVersion(Way),
    /// Data that is made of what comes of all replicas of a host is capacity.
    Data,
    /// So is what a function of the language takes of them.
    Taken,
    /// This place refuses capacity.
    Refuses(Sink),
    /// This place refuses what depends on a version.
    RefusesVersion(Sink),
    /// A secret is no value: it is told so there.
    Secret(Use),
}

listed! {
    /// Where labels come from.
    Origin {
        /// `capacity` of a component, inside it.
        Capacity,
        /// `capacity` of an environment.
        EnvironmentCapacity,
        /// `capacity` of an instance, seen from outside.
        InstanceCapacity,
        /// Memory, processors and disk of a host.
        Amount,
        /// The replicas of a host, in `for`.
        Replicas,
        /// `requires x: List<P>`, inside the component.
        Requirement,
        /// What a function is given, inside it.
        Argument,
        /// `package("x")`.
        Version,
    }
}

listed! {
    /// How a label gets from a part of an expression to the whole.
    Way {
        /// `a + b`, `a == b`, `a and b`, `a ?? b`.
        Operand,
        /// `-a`, `not a`.
        Negated,
        /// The condition of `if`.
        Condition,
        /// What follows `then` and `else`.
        Branch,
        /// What `match` looks at.
        Subject,
        /// What a pattern names.
        Matched,
        /// What follows `=>`.
        Arm,
        /// `"{a}"`.
        Interpolation,
        /// `[a]`.
        Element,
        /// `{ x = a }`.
        Field,
        /// `[a]` where a list is wanted.
        HeldElement,
        /// `{ x = a }` where a record is wanted.
        HeldField,
        /// `{ x = a }` where a map is wanted.
        HeldEntry,
        /// `for x in a`: how many there are.
        Times,
        /// `for x in a`: what `x` is.
        Each,
        /// `[a for …]`.
        Body,
        /// `{ a = … for … }`.
        Key,
        /// `for … if a`.
        Filter,
        /// `a["k"]`.
        Indexed,
        /// `m[a]`.
        Index,
        /// `a.x` of a record.
        Member,
        /// `a.x` of a size, a version, a list, an endpoint, …
        Part,
        /// `a.keys` of a map.
        MapPart,
        /// `a.x` of a host: an instance.
        Instance,
        /// `a.x` of an instance: an endpoint.
        Endpoint,
        /// `a.x` of an instance: a parameter.
        Parameter,
        /// `a.x` of an instance: a `let`.
        Computed,
        /// `f(a)` of a function of the language.
        Taken,
        /// `f(a)` of a function of a module.
        Given,
        /// What a function gives besides what it is given.
        Result,
        /// `apt { x = a }`, `build { x = a }`.
        Made,
        /// `let x = a`.
        Let,
    }
}

listed! {
    /// Where values go.
    Sink {
        /// `package a`.
        Package,
        /// `package(a)`.
        PackageAsked,
        /// `provides x: P on a`.
        Port,
        /// `file a = …`.
        FilePath,
        /// `link a = …`.
        LinkPath,
        /// `link … = a`.
        LinkTarget,
        /// `state a`.
        StatePath,
        /// `tree a = …`.
        TreePath,
        /// `tree … = a`.
        Tree,
        /// `user` and `group` of a tree.
        TreeOwner,
        /// `user` and `group` of files and states.
        Owner,
        /// `mode` of files and states.
        Mode,
        /// `exec` of a service.
        Command,
        /// `user` of a service.
        ServiceUser,
        /// `ready` and `health` of a service.
        Ready,
        /// `stop_signal` of a service.
        StopSignal,
        /// `exec` of a job.
        JobCommand,
        /// `user` of a job.
        JobUser,
        /// `shared` of a job.
        JobShared,
        /// `once_for` of a job.
        JobOnceFor,
        /// `check a`.
        Check,
        /// `user` of a check.
        CheckUser,
        /// The fields of an archive of the top level.
        Archive,
        /// The fields of `apt`, `local`, `git`, `download` and `build` in an expression.
        Made,
        /// `scheme` of a protocol.
        Scheme,
        /// `base` of an environment or a host.
        Base,
        /// `from` of an instance.
        From,
        /// `param x: T = a`.
        Default,
        /// `run x = C { p = a }`.
        Argument,
        /// What variants and deviations set.
        Setting,
        /// What variants hold packages to.
        Pin,
        /// `requires x: P`.
        Connection,
        /// `requires x: List<P>`.
        Connections,
        /// A `secret` of a component, where it is run.
        Secret,
        /// `file … = secret a`.
        SecretFile,
        /// What capacity may reach: contents of files, conditions, capacities, …
        Data,
    }
}

listed! {
    /// Where something is done with a value that cannot be done with a secret.
    Use {
        /// It goes where data is wanted.
        Held,
        /// A file's content.
        Content,
        /// An environment variable.
        Variable,
        /// An argument of `package`.
        Package,
        /// A connection.
        Connection,
        /// `"{a}"`.
        Text,
        /// An element of a list of others.
        Element,
        /// `m[a]`.
        Key,
        /// `-a`.
        Negated,
        /// `a + b`.
        Operand,
        /// `f(a)`.
        Taken,
        /// `a.x`.
        Member,
        /// `match a { "x" => … }`.
        Pattern,
    }
}

impl Rule {
    /// Every rule.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Data, Self::Taken];
        all.extend(Origin::ALL.iter().copied().map(Self::From));
        all.extend(Way::ALL.iter().flat_map(|way| [Self::Carries(*way), Self::CarriesVersion(*way)]));
        let refusing = Sink::ALL.iter().copied().filter(|sink| sink.accepts() < Level::Capacity);
        all.extend(refusing.clone().map(Self::Refuses));
        all.extend(refusing.filter(|sink| !sink.takes_versions()).map(Self::RefusesVersion));
        all.extend(Use::ALL.iter().copied().map(Self::Secret));
        all
    }
}

impl Sink {
    /// The highest label that may go there.
    pub(crate) fn accepts(self) -> Level {
        match self {
            Self::Data => Level::Capacity,
            Self::Connections => Level::Replicated,
            // In a function it may be what that is given: where it goes from there is judged there.
            Self::Made => Level::Argument,
            _ => Level::Identity,
        }
    }

    /// Whether what goes there may depend on versions, which are known once there is a lock. What the lock is made from may
    /// not, nor what that can be computed from.
    fn takes_versions(self) -> bool {
        !matches!(
            self,
            Self::Package
                | Self::PackageAsked
                | Self::Pin
                | Self::Tree
                | Self::TreePath
                | Self::TreeOwner
                | Self::Archive
                | Self::Made
                | Self::Base
                | Self::From
                | Self::Port
                | Self::Default
                | Self::Argument
                | Self::Setting
                | Self::Connection
                | Self::Connections
        )
    }
}

/// Where a value goes, and what messages call it.
#[derive(Clone, Copy)]
pub(super) struct To<'a> {
    pub(super) sink: Sink,
    pub(super) what: &'a str,
    /// Where it is declared, if it has a name.
    pub(super) declared_at: Option<Span>,
}

impl<'a> To<'a> {
    pub(super) fn new(sink: Sink, what: &'a str) -> Self {
        Self { sink, what, declared_at: None }
    }

    /// Where anything may go.
    pub(super) fn data(what: &'a str) -> Self {
        Self::new(Sink::Data, what)
    }

    pub(super) fn declared(self, at: Span) -> Self {
        Self { declared_at: Some(at), ..self }
    }
}

impl Checker<'_> {
    fn holds(&self, rule: Rule) -> bool {
        self.without != Some(rule)
    }

    /// The label of what a declaration names, by where it comes from.
    pub(super) fn from(&self, origin: Origin, label: Label) -> Label {
        if self.holds(Rule::From(origin)) { label } else { Label::IDENTITY }
    }

    /// What of a label a form of expressions carries on: all of it.
    pub(super) fn carried(&self, way: Way, label: Label) -> Label {
        match self.without {
            Some(Rule::Carries(without)) if without == way => {
                Label { locked: label.locked, ..Label::IDENTITY }
            }
            Some(Rule::CarriesVersion(without)) if without == way => Label { locked: None, ..label },
            _ => label,
        }
    }

    /// The label of an expression of a type: how many replicas there are, and what is true of one of them only, is capacity
    /// wherever it is more than that they are connected.
    pub(super) fn of_type(&self, label: Label, ty: &Type) -> Label {
        let data = label.level == Level::Replicated && !ty.connects();
        if data && self.holds(Rule::Data) { label.data() } else { label }
    }

    /// The label of what a function of the language takes of something: one of its elements, for example.
    pub(super) fn taken(&self, label: Label) -> Label {
        if self.holds(Rule::Taken) { label.data() } else { label }
    }

    /// Whether a place refuses a label.
    pub(super) fn refuses(&self, sink: Sink, label: &Label) -> bool {
        label.level > sink.accepts() && self.holds(Rule::Refuses(sink))
    }

    /// The version that a place refuses, if there is one.
    pub(super) fn refuses_version(&self, sink: Sink, label: &Label) -> Option<Span> {
        let refused = !sink.takes_versions() && self.holds(Rule::RefusesVersion(sink));
        label.locked.filter(|_| refused && sink.accepts() < Level::Capacity)
    }

    /// Whether something is done with a secret.
    pub(super) fn is_secret(&self, done: Use, ty: &Type) -> bool {
        ty.holds_secret() && self.holds(Rule::Secret(done))
    }
}
