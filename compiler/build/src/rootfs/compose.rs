//! Puts unpacked packages into a root file system the way `dpkg --unpack` would, as a merge in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use plc_store::{Entry, Kind, Store, TreePath};

use super::{
    RootfsError,
    draft::{Draft, Linker, Node, fixed, join, root_meta},
    installed::Installed,
    package::Package,
    replaces::replaces,
};

/// What composition knows of each package afterwards, for dpkg's database.
#[derive(Default)]
pub(super) struct Laid {
    /// Configuration files by the path that the package gives them: whether dpkg is to decide about them.
    pub(super) undecided: BTreeSet<TreePath>,
    /// Paths that another package of the same composition has taken over.
    pub(super) elided: BTreeSet<TreePath>,
}

/// The merge while it goes on.
pub(super) struct Composer<'a> {
    pub(super) store: &'a Store,
    pub(super) draft: Draft,
    pub(super) installed: &'a Installed,
    pub(super) laid: Vec<Laid>,
    /// Paths that packages of the layer below lose, by package.
    pub(super) taken: BTreeMap<String, BTreeSet<TreePath>>,
    /// Which package of this composition has what is at a place, or what dpkg is to lay there, and by which name.
    owners: HashMap<TreePath, (usize, TreePath)>,
}

/// A name in a package, and where it goes.
struct Name<'e> {
    name: TreePath,
    place: TreePath,
    entry: &'e Entry,
    /// Whether dpkg is to lay it there.
    undecided: bool,
}

/// What a name in a package meets.
enum Meets {
    /// Nothing, or something that it goes over.
    Free,
    /// Something that stays.
    Kept,
}

impl<'a> Composer<'a> {
    pub(super) fn new(store: &'a Store, draft: Draft, installed: &'a Installed) -> Self {
        Self { store, draft, installed, laid: Vec::new(), taken: BTreeMap::new(), owners: HashMap::new() }
    }

    /// Lays all data of a package.
    pub(super) fn lay(&mut self, packages: &[Package], index: usize) -> Result<(), RootfsError> {
        self.laid.resize_with(packages.len(), Laid::default);
        let package = &packages[index];
        let conffiles: BTreeSet<TreePath> = package
            .conffiles(self.store)?
            .into_iter()
            .filter(|file| !file.remove_on_upgrade)
            .map(|file| file.path)
            .collect();
        let mut linker = Linker::default();
        for (name, entry) in package.data() {
            let Some(mut node) = linker.node(&mut self.draft, entry) else { continue };
            // Another name of a file has what its first name has; a symbolic link has nothing of its own.
            if let Some(other) = self.installed.overrides.get(&name)
                && matches!(entry.kind, Kind::File { .. } | Kind::Directory)
            {
                (node.meta.uid, node.meta.gid, node.meta.mode) = (other.uid, other.gid, other.mode);
                linker.again(entry.path.clone(), node.clone());
            }
            let target = self.installed.diverted(&name, &package.name).unwrap_or(&name).clone();
            let place = self.draft.place(&target);
            let undecided = conffiles.contains(&name) && self.leaves_to_dpkg(&place, &node);
            if undecided {
                self.laid[index].undecided.insert(name.clone());
            }
            // Whose the place is decides, wherever the file waits for dpkg.
            let name = Name { name, place, entry, undecided };
            if matches!(self.meets(packages, index, &name)?, Meets::Free) {
                self.put(index, name, node);
            }
        }
        Ok(())
    }

    fn put(&mut self, index: usize, Name { name, place, undecided, .. }: Name<'_>, node: Node) {
        let aside = aside(&place);
        let earlier = self.owners.get(&place);
        if let Some(aside) = &aside
            && earlier.is_some_and(|(other, known_as)| self.laid[*other].undecided.contains(known_as))
        {
            // dpkg would lay it over what has taken its place.
            self.draft.remove(aside);
        }
        let at = aside.filter(|_| undecided).unwrap_or_else(|| place.clone());
        self.draft.put(at, node);
        self.owners.insert(place, (index, name));
    }

    /// Whether `dpkg --configure` is to lay a configuration file. Until then others' scripts do not find it: a hook of a
    /// package that is not configured yet may fail. A fresh root file system, however, needs those of its essential
    /// packages while dpkg configures the first of them.
    fn leaves_to_dpkg(&self, place: &TreePath, node: &Node) -> bool {
        !self.installed.status.is_empty()
            || self.draft.get(place).is_some_and(|there| there.kind != node.kind)
    }

    fn meets(&mut self, packages: &[Package], index: usize, it: &Name<'_>) -> Result<Meets, RootfsError> {
        let Name { name, place, entry, undecided } = it;
        let there = self.draft.get(place);
        if there.is_none() && !self.owners.contains_key(place) {
            return Ok(Meets::Free);
        }
        // A directory that is there stays as it is, and so does one that a symbolic link leads to.
        if matches!(entry.kind, Kind::Directory | Kind::Symlink(_)) && self.draft.leads_to_directory(place) {
            return Ok(Meets::Kept);
        }
        let is_same = |there: &Node| there.kind == entry.kind && matches!(entry.kind, Kind::Symlink(_));
        let same = there.is_some_and(is_same);
        let package = &packages[index];
        let clash = |other: &str| RootfsError::Clash {
            path: name.clone(),
            package: package.name.clone(),
            other: other.to_owned(),
        };
        // dpkg sees itself what it does about a configuration file where a script has made a directory.
        if !undecided && there.is_some_and(|there| there.kind == Kind::Directory) {
            return Err(clash("a directory of another package"));
        }
        if let Some((other, known_as)) = self.owners.get(place).cloned() {
            let other_package = &packages[other];
            if other == index || same {
                return Ok(Meets::Free);
            }
            if replaces(package, &other_package.name, &other_package.version) {
                self.laid[other].elided.insert(known_as);
                return Ok(Meets::Free);
            }
            if replaces(other_package, &package.name, &package.version) {
                return Ok(Meets::Kept);
            }
            return Err(clash(&other_package.name));
        }
        // Whatever no package has, a script has made: dpkg writes over it.
        let Some(owner) = self.installed.owner(self.store, &self.draft, place)? else {
            return Ok(Meets::Free);
        };
        let owner_name = owner.split(':').next().unwrap_or_default();
        let version = self.installed.version(owner_name).unwrap_or_default();
        if !replaces(package, owner_name, version) {
            return Err(clash(owner_name));
        }
        self.taken.entry(owner).or_default().insert(name.clone());
        Ok(Meets::Free)
    }
}

/// The name beside a configuration file's place under which dpkg keeps it until its package is configured.
pub(super) fn aside(place: &TreePath) -> Option<TreePath> {
    join(&place.parent()?, &[place.name(), b".dpkg-new"].concat())
}

/// The links that a fresh root file system begins with, so that a package's `bin/sh` is at `usr/bin/sh`. Debian 13's
/// `base-files` has them itself; before, the installer makes them.
pub(super) fn merged_usr(architecture: &str, mtime: i64) -> Draft {
    let mut draft = Draft::default();
    let directory = |mode| Node::new(root_meta(mode, mtime), Kind::Directory);
    draft.put(TreePath::root(), directory(0o755));
    draft.put(fixed("usr"), directory(0o755));
    let lib64: &[&str] = if architecture == "amd64" { &["lib64"] } else { &[] };
    for name in ["bin", "lib", "sbin"].iter().chain(lib64) {
        let target = format!("usr/{name}");
        draft.put(fixed(&target), directory(0o755));
        draft.put(fixed(name), Node::new(root_meta(0o777, mtime), Kind::Symlink(target.into_bytes().into())));
    }
    draft
}
