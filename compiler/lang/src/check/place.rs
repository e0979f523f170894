//! Where the paths of profiles and variants lead: hosts and instances by name, and which declared differences are
//! about the same thing.

use std::collections::BTreeMap;

use crate::syntax::ast::{Difference, Environment, Exception, Name};

/// The hosts and instances of an environment by name.
pub(crate) struct Places<'w> {
    hosts: BTreeMap<&'w str, (usize, BTreeMap<&'w str, usize>)>,
}

/// A host or an instance, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Host(usize),
    Instance(usize, usize),
}

/// A path: names with dots between them.
pub(crate) type Path<'w> = Vec<&'w str>;

impl<'w> Places<'w> {
    pub(crate) fn of(environment: &'w Environment) -> Self {
        let mut hosts = BTreeMap::new();
        for (index, host) in environment.hosts.iter().enumerate() {
            let runs = host.runs.iter().enumerate().map(|(run, declared)| (&*declared.name.text, run));
            // Of two that have one name, which is refused, the first is meant.
            let runs: BTreeMap<&str, usize> = runs.rev().collect();
            hosts.entry(&*host.name.text).or_insert((index, runs));
        }
        Self { hosts }
    }

    /// The host or instance that a path names; none where it names something else.
    pub(crate) fn find(&self, path: &[Name]) -> Option<Place> {
        match path {
            [host] => Some(Place::Host(self.hosts.get(&*host.text)?.0)),
            [host, instance] => {
                let (host, runs) = self.hosts.get(&*host.text)?;
                Some(Place::Instance(*host, *runs.get(&*instance.text)?))
            }
            _ => None,
        }
    }

    /// An instance by the names of its host and its own.
    pub(crate) fn named(&self, host: &str, instance: &str) -> Option<(usize, usize)> {
        let (host, runs) = self.hosts.get(host)?;
        Some((*host, *runs.get(instance)?))
    }

    /// The instance that a path names, by itself or as the only one of its host.
    pub(crate) fn instance(&self, path: &[Name]) -> Option<(usize, usize)> {
        match self.find(path)? {
            Place::Instance(host, run) => Some((host, run)),
            Place::Host(host) => {
                let (_, runs) = self.hosts.get(&*path.first()?.text)?;
                (runs.len() == 1).then(|| runs.values().next().map(|run| (host, *run)))?
            }
        }
    }

    /// The paths that a difference is about: none where there is no such thing. A host with one instance is the same as
    /// this instance.
    pub(crate) fn keys(&self, exception: &'w Exception) -> Vec<Path<'w>> {
        let there = match exception.difference {
            Difference::Double { .. } => self.instance(&exception.path).is_some(),
            Difference::Absent => self.find(&exception.path).is_some(),
            Difference::Deviate(_) => true,
        };
        if !there {
            return Vec::new();
        }
        let own: Path<'w> = exception.path.iter().map(|name| &*name.text).collect();
        let only = match own.as_slice() {
            [host] => self.hosts.get(host).filter(|(_, runs)| runs.len() == 1),
            _ => None,
        };
        let only = only.and_then(|(_, runs)| Some(vec![*own.first()?, *runs.keys().next()?]));
        match (&exception.difference, only) {
            (Difference::Double { .. }, Some(only)) => vec![only],
            (Difference::Absent, Some(only)) => vec![own, only],
            _ => vec![own],
        }
    }
}

/// Whether nothing of what is below the path is left as it was.
pub(crate) fn covers(exception: &Exception) -> bool {
    matches!(exception.difference, Difference::Double { .. } | Difference::Absent)
}

/// `double`, `absence` or `deviation`: what messages call it.
pub(crate) fn called(exception: &Exception) -> &'static str {
    match exception.difference {
        Difference::Double { .. } => "double",
        Difference::Absent => "absence",
        Difference::Deviate(_) => "deviation",
    }
}

/// What has become of what it is about.
pub(crate) fn became(exception: &Exception) -> &'static str {
    match exception.difference {
        Difference::Double { .. } => "doubled",
        Difference::Absent => "absent",
        Difference::Deviate(_) => "set otherwise",
    }
}

/// A path as it is written.
pub(crate) fn written(path: &[Name]) -> String {
    path.iter().map(|name| &*name.text).collect::<Vec<_>>().join(".")
}
