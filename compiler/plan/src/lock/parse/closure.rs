//! The blocks of a lock that say what was asked for and what that came to.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use foldhash::fast::FixedState;

use super::{Block, Line, MEND, Parsed};
use crate::{
    derivation::PackageVersion,
    lock::{Closure, ClosureOf, LockedPackage},
    request::{Held, PackageRequest, Want},
};

/// A closure whose archive and packages are still as written.
pub(super) struct Written<'a> {
    of: ClosureOf,
    head: Line<'a>,
    archive: Option<String>,
    wants: Vec<Want>,
    pins: Vec<Held>,
    base: Vec<Line<'a>>,
    packages: Vec<Line<'a>>,
}

/// A `base`, `tools` or `host` block.
pub(super) fn written<'a>(block: &Block<'a>) -> Parsed<Written<'a>> {
    let name = block.name()?;
    let (of, archive) = match block.kind() {
        "host" => (ClosureOf::Host(name), None),
        "tools" => (ClosureOf::Tools(name.clone()), Some(name)),
        _ => (ClosureOf::Base(name.clone()), Some(name)),
    };
    let is_host = matches!(of, ClosureOf::Host(_));
    let is_base = matches!(of, ClosureOf::Base(_));
    let (wants, pins, base, packages) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut written = Written { of, head: block.head, archive, wants, pins, base, packages };
    for line in block.fields {
        match (line.indent, line.name) {
            (2, "package") => written.packages.push(*line),
            (2, "wants") if !is_base => written.wants.push(want(line)?),
            (2, "pin") if is_host => written.pins.push(pin(line)?),
            (2, "base") if is_host => written.base.push(*line),
            (2, "archive") if is_host && written.archive.is_none() => written.archive = Some(line.word()?),
            _ => return Err(line.unknown()),
        }
    }
    Ok(written)
}

/// `NAME [from ARCHIVE] [with recommends]`
fn want(line: &Line<'_>) -> Parsed<Want> {
    match words(line).as_deref() {
        Some([package]) => Ok(Want::new(*package)),
        Some([package, "with", "recommends"]) => Ok(Want::new(*package).with_recommends()),
        Some([package, "from", archive]) => Ok(Want::from(*package, *archive)),
        Some([package, "from", archive, "with", "recommends"]) => {
            Ok(Want::from(*package, *archive).with_recommends())
        }
        _ => {
            let takes = "`wants` takes `PACKAGE` or `PACKAGE from ARCHIVE`, and `with recommends`";
            Err(line.error(takes))
        }
    }
}

/// `NAME [VERSION] [from ARCHIVE…]`, of which one at least; but a package that is held to its host's own archive.
fn pin(line: &Line<'_>) -> Parsed<Held> {
    let held = |package: &str, version: Option<&str>, from: &[&str]| Held {
        package: package.to_owned(),
        version: version.map(str::to_owned),
        from: from.iter().map(|archive| (*archive).to_owned()).collect(),
    };
    match words(line).as_deref() {
        Some([package]) => Ok(held(package, None, &[])),
        Some([package, "from", from @ ..]) if !from.is_empty() => Ok(held(package, None, from)),
        Some([package, version]) => Ok(held(package, Some(version), &[])),
        Some([package, version, "from", from @ ..]) if !from.is_empty() => {
            Ok(held(package, Some(version), from))
        }
        _ => Err(line.error("`pin` takes `PACKAGE VERSION`, `PACKAGE from ARCHIVE`, or both")),
    }
}

/// The words of a value, none of them empty.
fn words<'a>(line: &Line<'a>) -> Option<Vec<&'a str>> {
    let words: Vec<&str> = line.value.split(' ').collect();
    (!words.contains(&"")).then_some(words)
}

/// The closures of a lock with these packages. Refuses what is there twice, and two answers to one request.
pub(super) fn read(written: Vec<Written<'_>>, packages: &[LockedPackage]) -> Parsed<Vec<Closure>> {
    let usual = written.iter().find_map(|closure| match &closure.of {
        ClosureOf::Base(archive) => Some(archive.clone()),
        ClosureOf::Host(_) | ClosureOf::Tools(_) => None,
    });
    let index = Index::of(packages);
    let heads: Vec<Line<'_>> = written.iter().map(|closure| closure.head).collect();
    let closures = written.into_iter().map(|closure| index.resolve(closure, usual.as_deref()));
    let closures = closures.collect::<Parsed<Vec<Closure>>>()?;
    let mut seen = HashSet::with_hasher(FixedState::default());
    let mut answers = HashMap::with_hasher(FixedState::default());
    for (closure, head) in closures.iter().zip(&heads) {
        if !seen.insert((&closure.of, &closure.request)) {
            return Err(head.twice());
        }
        if !matches!(closure.of, ClosureOf::Base(_)) {
            refuse_contradiction(head, answers.entry(&closure.request).or_insert(closure), closure)?;
        }
    }
    Ok(closures)
}

fn refuse_contradiction(head: &Line<'_>, first: &Closure, second: &Closure) -> Parsed<()> {
    if first.base == second.base && first.packages == second.packages {
        return Ok(());
    }
    Err(head.error(format!("this asks for what {} asks for, and has other packages; {MEND}", first.of)))
}

/// The packages of a lock, which are sorted, by name.
struct Index<'a>(HashMap<&'a str, &'a [LockedPackage], FixedState>);

impl<'a> Index<'a> {
    fn of(packages: &'a [LockedPackage]) -> Self {
        let groups = packages.chunk_by(|one, other| one.key.name == other.key.name);
        Self(groups.filter_map(|group| Some((group.first()?.key.name.as_str(), group))).collect())
    }

    fn resolve(&self, closure: Written<'_>, usual: Option<&str>) -> Parsed<Closure> {
        let archive = closure.archive.or_else(|| usual.map(str::to_owned)).ok_or_else(|| {
            closure.head.error(format!("which archive does this draw from? there is no base; {MEND}"))
        })?;
        let found = |lines: &[Line<'_>]| lines.iter().map(|line| self.find(line)).collect::<Parsed<_>>();
        Ok(Closure {
            of: closure.of,
            request: PackageRequest::new(archive, closure.wants, closure.pins),
            base: found(&closure.base)?,
            packages: found(&closure.packages)?,
        })
    }

    /// The one package that `name`, `name=version` or `name:architecture=version` means.
    fn find(&self, line: &Line<'_>) -> Parsed<Arc<PackageVersion>> {
        let (front, version) = line.value.split_once('=').map_or((line.value, None), |(f, v)| (f, Some(v)));
        let (name, architecture) = front.split_once(':').map_or((front, None), |(n, a)| (n, Some(a)));
        let candidates = self.0.get(name).copied().unwrap_or_default();
        let mut matching = candidates.iter().map(|package| &package.key).filter(|key| {
            version.is_none_or(|version| key.version == version)
                && architecture.is_none_or(|architecture| key.architecture == architecture)
        });
        match (matching.next(), matching.next()) {
            (Some(key), None) => Ok(key.clone()),
            (None, _) => Err(line.error(format!("the lock has no package `{}`; {MEND}", line.value))),
            (Some(_), Some(_)) => {
                Err(line.error(format!("`{}` may be more than one package of the lock; {MEND}", line.value)))
            }
        }
    }
}
