//! An unpacked package as composition sees it: its control file, its maintainer scripts, what it installs.

use plc_store::{BlobDigest, Entry, Kind, Store, Tree, TreeDigest, TreePath};

use super::RootfsError;
use crate::debian::deb::Control;

/// A package's tree, as `debian::deb::unpack` gives it, with its small files read.
pub(super) struct Package {
    pub(super) control: Control,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) architecture: String,
    tree: Tree,
}

/// One line of a package's `conffiles`.
pub(super) struct Conffile {
    pub(super) path: TreePath,
    pub(super) remove_on_upgrade: bool,
}

/// One line of a package's `triggers` (deb-triggers(5)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interest {
    /// A trigger's name, or the absolute path of a file trigger.
    pub(super) trigger: String,
    pub(super) awaited: bool,
}

impl Package {
    pub(super) fn load(store: &Store, digest: &TreeDigest) -> Result<Self, RootfsError> {
        let tree = store.read_tree(digest)?;
        let not_a_package = |reason: String| RootfsError::NotAPackage { tree: *digest, reason };
        let file = tree.get(&super::draft::fixed("control/control"));
        let Some(Entry { kind: Kind::File { blob, .. }, .. }) = file else {
            return Err(not_a_package("has no control file".to_owned()));
        };
        let control = Control::parse(&store.read_blob(blob)?)
            .map_err(|error| not_a_package(format!("its control file {error}")))?;
        let field = |name| control.get(name).unwrap_or_default().to_owned();
        let (name, version, architecture) = (field("Package"), field("Version"), field("Architecture"));
        Ok(Self { name, version, architecture, control, tree })
    }

    pub(super) fn field(&self, name: &str) -> &str {
        self.control.get(name).unwrap_or_default()
    }

    /// The name as dpkg has it in its database's file names: with the architecture where several may be installed at
    /// once.
    pub(super) fn qualified(&self) -> String {
        match self.field("Multi-Arch") {
            "same" => format!("{}:{}", self.name, self.architecture),
            _ => self.name.clone(),
        }
    }

    /// What it installs: the path in the root file system and the entry, parents first, without the root directory.
    pub(super) fn data(&self) -> impl Iterator<Item = (TreePath, &Entry)> {
        self.tree.entries().iter().filter_map(|entry| Some((below_data(&entry.path)?, entry)))
    }

    /// The entry of what it has at a path of the root file system.
    pub(super) fn installs(&self, path: &TreePath) -> Option<&Entry> {
        let path = TreePath::new(&[b"data/", path.as_bytes()].concat()).ok()?;
        self.tree.get(&path)
    }

    /// The control part without the control file itself: name and entry.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.tree.entries().iter().filter_map(|entry| {
            let name = std::str::from_utf8(entry.path.as_bytes().strip_prefix(b"control/")?).ok()?;
            (name != "control").then_some((name, entry))
        })
    }

    /// Everything below `control/` or `data/`, for writing the package again.
    pub(super) fn entries(&self) -> &[Entry] {
        self.tree.entries()
    }

    /// The blob of a member of the control part.
    pub(super) fn member(&self, name: &str) -> Option<BlobDigest> {
        self.members().find_map(|(known, entry)| match entry.kind {
            Kind::File { blob, .. } if known == name => Some(blob),
            _ => None,
        })
    }

    /// A member of the control part as text; empty when there is none.
    pub(super) fn member_text(&self, store: &Store, name: &str) -> Result<String, RootfsError> {
        let Some(blob) = self.member(name) else { return Ok(String::new()) };
        Ok(String::from_utf8_lossy(&store.read_blob(&blob)?).into_owned())
    }

    /// Its configuration files.
    pub(super) fn conffiles(&self, store: &Store) -> Result<Vec<Conffile>, RootfsError> {
        let text = self.member_text(store, "conffiles")?;
        let conffile = |line: &str| {
            let (remove_on_upgrade, path) = match line.strip_prefix("remove-on-upgrade ") {
                Some(path) => (true, path),
                None => (false, line),
            };
            let path = path.trim().strip_prefix('/').and_then(|path| TreePath::new(path.as_bytes()).ok());
            path.map(|path| Conffile { path, remove_on_upgrade }).ok_or_else(|| RootfsError::BadLine {
                package: self.name.clone(),
                file: "conffiles",
                line: line.to_owned(),
            })
        };
        text.lines().filter(|line| !line.trim().is_empty()).map(conffile).collect()
    }

    /// The triggers that it is interested in. Those that it activates, dpkg activates again when it configures it.
    pub(super) fn interests(&self, store: &Store) -> Result<Vec<Interest>, RootfsError> {
        let text = self.member_text(store, "triggers")?;
        let interest = |line: &str| {
            let (directive, trigger) = line.split('#').next()?.trim().split_once(char::is_whitespace)?;
            let awaited = match directive {
                "interest" | "interest-await" => true,
                "interest-noawait" => false,
                _ => return None,
            };
            Some(Interest { trigger: trigger.trim().to_owned(), awaited })
        };
        Ok(text.lines().filter_map(interest).collect())
    }
}

fn below_data(path: &TreePath) -> Option<TreePath> {
    TreePath::new(path.as_bytes().strip_prefix(b"data/")?).ok()
}
