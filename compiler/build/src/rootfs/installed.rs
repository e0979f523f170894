//! What dpkg's database of the layer below says: packages, diversions, overrides, triggers, who owns which file.

use std::{cell::OnceCell, collections::BTreeMap, collections::HashMap};

use plc_store::{Kind, Store, TreePath};

use super::{
    RootfsError,
    draft::{Draft, fixed},
    users::{Users, read_text},
};
use crate::debian::deb::parse_stanza;

/// Where the database is.
pub(super) const DATABASE: &str = "var/lib/dpkg";

/// A file that is moved aside for another package's (dpkg-divert(1)).
#[derive(Debug)]
pub(super) struct Diversion {
    pub(super) from: TreePath,
    pub(super) to: TreePath,
    /// The package whose file stays; none when no package's does.
    pub(super) package: Option<String>,
}

/// Whom a file belongs to, and its mode, whatever its package says (dpkg-statoverride(1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Override {
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) mode: u16,
}

/// A package of the database.
#[derive(Debug)]
pub(super) struct InstalledPackage {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) status: String,
    /// Whether triggers are waiting for something.
    pub(super) triggers: bool,
}

/// dpkg's database of the layer below; empty when there is none.
#[derive(Default)]
pub(super) struct Installed {
    /// `status` as it stands.
    pub(super) status: String,
    pub(super) packages: Vec<InstalledPackage>,
    pub(super) diversions: Vec<Diversion>,
    /// By the path that packages give a file.
    pub(super) overrides: BTreeMap<TreePath, Override>,
    /// Path and package of each file trigger.
    pub(super) file_triggers: Vec<(String, String)>,
    owners: OnceCell<HashMap<TreePath, String>>,
}

impl Installed {
    pub(super) fn read(store: &Store, draft: &Draft) -> Result<Self, RootfsError> {
        let text = |name: &str| read_text(store, draft, &fixed(&format!("{DATABASE}/{name}")));
        let status = text("status")?;
        let packages = packages(&status)?;
        let diversions = diversions(&text("diversions")?);
        let overrides = match text("statoverride")? {
            text if text.is_empty() => BTreeMap::new(),
            text => overrides(&text, &Users::read(store, draft)?)?,
        };
        let file = text("triggers/File")?;
        let trigger =
            |line: &str| line.rsplit_once(' ').map(|(path, package)| (path.to_owned(), package.to_owned()));
        let file_triggers = file.lines().filter_map(trigger).collect();
        Ok(Self { status, packages, diversions, overrides, file_triggers, owners: OnceCell::new() })
    }

    pub(super) fn version(&self, package: &str) -> Option<&str> {
        self.packages.iter().find(|known| known.name == package).map(|known| known.version.as_str())
    }

    /// Where a package's file goes when another package has it diverted.
    pub(super) fn diverted(&self, path: &TreePath, package: &str) -> Option<&TreePath> {
        let theirs =
            |diversion: &&Diversion| diversion.from == *path && diversion.package.as_deref() != Some(package);
        self.diversions.iter().find(theirs).map(|diversion| &diversion.to)
    }

    /// The package whose list has the path. The lists are read when this is first asked: mostly nobody asks.
    pub(super) fn owner(
        &self,
        store: &Store,
        draft: &Draft,
        place: &TreePath,
    ) -> Result<Option<String>, RootfsError> {
        if self.owners.get().is_none() {
            let owners = owners(store, draft)?;
            let _ = self.owners.set(owners);
        }
        Ok(self.owners.get().and_then(|owners| owners.get(place)).cloned())
    }
}

/// The packages of a `status` file.
pub(super) fn packages(status: &str) -> Result<Vec<InstalledPackage>, RootfsError> {
    let stanzas =
        status.split("\n\n").map(|stanza| stanza.trim_matches('\n')).filter(|stanza| !stanza.is_empty());
    let package = |stanza: &str| {
        let fields =
            parse_stanza(stanza).map_err(|error| RootfsError::BadDatabase { reason: error.to_string() })?;
        let get = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        Ok(InstalledPackage {
            name: get("Package").unwrap_or_default(),
            version: get("Version").unwrap_or_default(),
            status: get("Status").unwrap_or_default(),
            triggers: get("Triggers-Pending").is_some() || get("Triggers-Awaited").is_some(),
        })
    };
    stanzas.map(package).collect()
}

/// Three lines each: from, to, package or `:` for a local one.
fn diversions(text: &str) -> Vec<Diversion> {
    let lines: Vec<&str> = text.lines().collect();
    let path = |line: &str| TreePath::new(line.strip_prefix('/')?.as_bytes()).ok();
    let diversion = |lines: &[&str]| {
        let [from, to, package] = lines else { return None };
        Some(Diversion {
            from: path(from)?,
            to: path(to)?,
            package: (*package != ":").then(|| (*package).to_owned()),
        })
    };
    lines.chunks(3).filter_map(diversion).collect()
}

/// A line each: user, group, mode, path. Users and groups are names, or numbers with a `#` before them.
fn overrides(text: &str, users: &Users) -> Result<BTreeMap<TreePath, Override>, RootfsError> {
    let read = |line: &str| {
        let mut fields = line.splitn(4, ' ');
        let (user, group, mode) = (fields.next()?, fields.next()?, fields.next()?);
        let path = TreePath::new(fields.next()?.strip_prefix('/')?.as_bytes()).ok()?;
        let uid = users.user(user.strip_prefix('#').unwrap_or(user))?;
        let gid = users.group(group.strip_prefix('#').unwrap_or(group))?;
        let mode = u16::from_str_radix(mode, 8).ok().filter(|mode| *mode <= 0o7777)?;
        Some((path, Override { uid, gid, mode }))
    };
    let lines = text.lines().filter(|line| !line.is_empty());
    let read = |line: &str| {
        // dpkg stops there too.
        let reason = || format!("`{line}` of its statoverride names no user, group, mode and path");
        read(line).ok_or_else(|| RootfsError::BadDatabase { reason: reason() })
    };
    lines.map(read).collect()
}

fn owners(store: &Store, draft: &Draft) -> Result<HashMap<TreePath, String>, RootfsError> {
    let lists: BTreeMap<String, _> = draft
        .below(&fixed("var/lib/dpkg/info"))
        .iter()
        .filter_map(|path| match &draft.get(path)?.kind {
            Kind::File { blob, .. } => {
                Some((std::str::from_utf8(path.name()).ok()?.strip_suffix(".list")?.to_owned(), *blob))
            }
            _ => None,
        })
        .collect();
    let mut owners = HashMap::new();
    for (package, blob) in lists {
        for line in store.read_blob(&blob)?.split(|byte| *byte == b'\n') {
            if let Some(path) = line.strip_prefix(b"/").and_then(|path| TreePath::new(path).ok()) {
                owners.insert(draft.place(&path), package.clone());
            }
        }
    }
    Ok(owners)
}
