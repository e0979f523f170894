//! Trees that no package has: which files of a source differ, and how else what is put at a place was come by.

use std::collections::{BTreeMap, BTreeSet};

use plc_store::{Entry, Kind, Tree};
use serde::Serialize;

use super::{
    Derivations, DiffError, fetch,
    packages::{self, PackageChange, VersionOrder},
};
use crate::derivation::{Builder, Derivation, Mount, Role, RunArguments};

/// The most files of a tree that are listed; past that their number is told.
const MOST: usize = 20;

/// How what is put at a place differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TreeChange {
    /// Absolute path of the place.
    pub path: String,
    /// What is no file: `added`, `removed`, `owner root:root → www-data:www-data`, `command added: make`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The files of its source that differ, by path.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<EntryChange>,
}

/// How a file, link or directory of a source differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntryChange {
    /// `+` for what is new, `-` for what is gone, `~` for what is there in both.
    pub tag: char,
    /// Below the source.
    pub path: String,
}

/// What is put at places, by path.
pub(super) type Trees = BTreeMap<String, (Mount, Derivation)>;

/// The trees of a root file system, and of those that it is based on.
pub(super) fn below(from: &dyn Derivations, root: &Derivation) -> Result<Trees, DiffError> {
    let mut found = Trees::new();
    let mut at = Some(root.clone());
    while let Some(derivation) = at {
        if let Builder::Rootfs(arguments) = &derivation.builder {
            for (mount, tree) in arguments.mounts.iter().zip(derivation.inputs_as(Role::Tree)) {
                let tree = fetch(from, &derivation.name, &tree)?;
                found.entry(mount.path.clone()).or_insert_with(|| (mount.clone(), tree));
            }
        }
        at = match derivation.inputs_as(Role::Base).chain(derivation.inputs_as(Role::Root)).next() {
            Some(base) => Some(fetch(from, &derivation.name, &base)?),
            None => None,
        };
    }
    Ok(found)
}

/// What differs between two sets, sorted by place.
pub(super) fn changes(
    from: &dyn Derivations,
    a: &Trees,
    b: &Trees,
    order: VersionOrder<'_>,
) -> Result<Vec<TreeChange>, DiffError> {
    let paths: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let mut found = Vec::new();
    for path in paths {
        let mut change = TreeChange { path: path.clone(), notes: Vec::new(), files: Vec::new() };
        match (a.get(path), b.get(path)) {
            (None, Some((_, tree))) => change.notes.push(format!("added: {}", tree.name)),
            (Some((_, tree)), None) => change.notes.push(format!("removed: {}", tree.name)),
            (Some((before, one)), Some((after, other))) => {
                let owner = |mount: &Mount| format!("{}:{}", mount.user, mount.group);
                if owner(before) != owner(after) {
                    change.notes.push(format!("owner {} → {}", owner(before), owner(after)));
                }
                Explaining { from, order, change: &mut change }.explain(one, other)?;
            }
            (None, None) => {}
        }
        if !change.notes.is_empty() || !change.files.is_empty() {
            found.push(change);
        }
    }
    Ok(found)
}

struct Explaining<'a> {
    from: &'a dyn Derivations,
    order: VersionOrder<'a>,
    change: &'a mut TreeChange,
}

impl Explaining<'_> {
    fn note(&mut self, text: String) {
        self.change.notes.push(text);
    }

    /// Tells why two derivations of trees differ, down to what they are made of.
    fn explain(&mut self, a: &Derivation, b: &Derivation) -> Result<(), DiffError> {
        if a == b {
            return Ok(());
        }
        match (&a.builder, &b.builder) {
            (Builder::Source(one), Builder::Source(other)) => {
                if a.name != b.name {
                    self.note(format!("{} → {}", a.name, b.name));
                }
                if one.tree != other.tree {
                    let read = |digest| self.from.tree(digest).map_err(DiffError::Read);
                    match (read(&one.tree)?, read(&other.tree)?) {
                        (Some(one), Some(other)) => self.files(&one, &other),
                        _ => self.note("other files, which are in another store".into()),
                    }
                }
                return Ok(());
            }
            (Builder::Download(one), Builder::Download(other)) => {
                if one.url != other.url {
                    self.note(format!("{} → {}", one.url, other.url));
                }
                if one.sha256 != other.sha256 {
                    self.note(format!("SHA-256 {} → {}", one.sha256, other.sha256));
                }
                return Ok(());
            }
            (Builder::Run(one), Builder::Run(other)) => self.arguments(one, other),
            (Builder::Extract(_), Builder::Extract(_)) => {
                if a.builder != b.builder {
                    self.note("unpacked, or not unpacked any more".into());
                }
            }
            _ => {
                self.note(format!("{} → {}", a.name, b.name));
                return Ok(());
            }
        }
        self.inputs(a, b)
    }

    fn arguments(&mut self, a: &RunArguments, b: &RunArguments) {
        let lists = [("command", &a.commands, &b.commands)];
        let variables = |run: &RunArguments| -> Vec<String> {
            run.environment.iter().map(|(name, value)| format!("{name}={value}")).collect()
        };
        let (before, after) = (variables(a), variables(b));
        for (what, one, other) in lists.into_iter().chain([("variable", &before, &after)]) {
            for gone in one.iter().filter(|text| !other.contains(text)) {
                self.note(format!("{what} removed: {gone}"));
            }
            for new in other.iter().filter(|text| !one.contains(text)) {
                self.note(format!("{what} added: {new}"));
            }
        }
        let mut sorted = [a.commands.clone(), b.commands.clone()];
        sorted.iter_mut().for_each(|commands| commands.sort());
        if a.commands != b.commands && sorted[0] == sorted[1] {
            self.note("commands in another order".into());
        }
        if a.output != b.output {
            self.note(format!("result `{}` → `{}`", a.output, b.output));
        }
    }

    fn inputs(&mut self, a: &Derivation, b: &Derivation) -> Result<(), DiffError> {
        for role in [Role::File, Role::Source] {
            let of = |derivation: &Derivation| -> Result<Option<Derivation>, DiffError> {
                let input = derivation.inputs_as(role).next();
                input.map(|input| fetch(self.from, &derivation.name, &input)).transpose()
            };
            match (of(a)?, of(b)?) {
                (Some(one), Some(other)) => self.explain(&one, &other)?,
                (None, Some(new)) => self.note(format!("works on {}", new.name)),
                (Some(gone), None) => self.note(format!("does not work on {} any more", gone.name)),
                (None, None) => {}
            }
        }
        let root = |derivation: &Derivation| derivation.inputs_as(Role::Root).next();
        if let (Some(one), Some(other)) = (root(a), root(b))
            && one != other
        {
            let below = |of: &str, root| packages::below(self.from, root, &fetch(self.from, of, &root)?);
            let changed = packages::changes(below(&a.name, one)?, below(&b.name, other)?, self.order);
            for change in &changed {
                self.note(format!("made with {}", told(change)));
            }
        }
        Ok(())
    }

    fn files(&mut self, a: &Tree, b: &Tree) {
        // A directory is there for what is in it.
        let files = |tree: &'_ Tree| -> BTreeMap<String, Entry> {
            let entries = tree.entries().iter().filter(|entry| entry.kind != Kind::Directory);
            entries.map(|entry| (entry.path.to_string(), entry.clone())).collect()
        };
        let (one, other) = (files(a), files(b));
        let paths: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
        let changed = paths.into_iter().filter_map(|path| {
            let tag = match (one.get(path), other.get(path)) {
                (None, _) => '+',
                (_, None) => '-',
                (before, after) if before != after => '~',
                _ => return None,
            };
            Some(EntryChange { tag, path: path.clone() })
        });
        let changed: Vec<EntryChange> = changed.collect();
        let more = changed.len().saturating_sub(MOST);
        self.change.files.extend(changed.into_iter().take(MOST));
        if more > 0 {
            self.note(format!("{more} further files"));
        }
    }
}

fn told(change: &PackageChange) -> String {
    match change {
        PackageChange::Upgraded { name, from, to } | PackageChange::Downgraded { name, from, to } => {
            format!("{name} {from} → {to}")
        }
        PackageChange::Rebuilt { name, version } => format!("other bytes of {name} {version}"),
        PackageChange::Added { name, version } => format!("{name} {version}, which is new"),
        PackageChange::Removed { name, version } => format!("{name} {version} no longer"),
    }
}
