//! Small packages, and a runner that plays dpkg.

use std::{cell::RefCell, error::Error};

use plc_store::{Entry, Kind, Meta, Store, Tree, TreeDigest, TreePath};

use super::super::Runner;
use crate::sandbox::{Delta, Outcome, Request, StepFailure};

pub(crate) fn path(path: &str) -> TreePath {
    TreePath::new(path.as_bytes()).unwrap()
}

pub(crate) fn meta(mode: u16, mtime: i64) -> Meta {
    Meta { mode, uid: 0, gid: 0, mtime, xattrs: Vec::new() }
}

/// A store that is gone after the test, and everything that is put into it.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    _directory: tempfile::TempDir,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { store: Store::open(&directory.path().join("store")).unwrap(), _directory: directory }
    }

    pub(crate) fn file(&self, at: &str, text: &str, mtime: i64) -> Entry {
        let kind =
            Kind::File { blob: self.store.put_blob(text.as_bytes()).unwrap(), size: text.len() as u64 };
        Entry { path: path(at), meta: meta(0o644, mtime), kind }
    }

    /// A tree with the directories that its entries need.
    pub(crate) fn tree(&self, entries: Vec<Entry>) -> TreeDigest {
        let mut all = entries;
        let mut at = 0;
        while at < all.len() {
            if let Some(parent) = all[at].path.parent()
                && !all.iter().any(|entry| entry.path == parent)
            {
                all.push(Entry { path: parent, meta: meta(0o755, 1), kind: Kind::Directory });
            }
            at += 1;
        }
        if !all.iter().any(|entry| entry.path.is_root()) {
            all.push(Entry { path: TreePath::root(), meta: meta(0o755, 1), kind: Kind::Directory });
        }
        self.store.put_tree(&Tree::new(all).unwrap()).unwrap()
    }

    /// A package with more control fields, more members of its control part, and files of its own.
    pub(crate) fn package(
        &self,
        name: &str,
        fields: &str,
        members: &[(&str, &str)],
        data: &[(&str, &str)],
    ) -> TreeDigest {
        let control =
            format!("Package: {name}\nVersion: 1\nArchitecture: amd64\n{fields}Description: {name}\n");
        let mut entries = vec![self.file("control/control", &control, 1)];
        entries.extend(members.iter().map(|(member, text)| self.file(&format!("control/{member}"), text, 1)));
        for (at, text) in data {
            let at = format!("data/{at}");
            entries.push(match text.strip_prefix("-> ") {
                Some(target) => Entry {
                    path: path(&at),
                    meta: meta(0o777, 5),
                    kind: Kind::Symlink(target.as_bytes().into()),
                },
                None => self.file(&at, text, 5),
            });
        }
        entries.push(Entry { path: path("data"), meta: meta(0o755, 1), kind: Kind::Directory });
        self.tree(entries)
    }

    pub(crate) fn text(&self, tree: &TreeDigest, at: &str) -> String {
        let tree = self.store.read_tree(tree).unwrap();
        match &tree.get(&path(at)).unwrap_or_else(|| panic!("no {at}")).kind {
            Kind::File { blob, .. } => String::from_utf8(self.store.read_blob(blob).unwrap()).unwrap(),
            other => panic!("{at} is {other:?}"),
        }
    }
}

/// Says that all packages are installed, and leaves these files behind.
pub(super) struct Dpkg<'a> {
    pub(super) fixture: &'a Fixture,
    pub(super) leaves: Vec<Entry>,
    pub(super) fails: bool,
    pub(super) asked: RefCell<Vec<Request>>,
}

impl<'a> Dpkg<'a> {
    pub(super) fn new(fixture: &'a Fixture) -> Self {
        Self { fixture, leaves: Vec::new(), fails: false, asked: RefCell::default() }
    }
}

impl Runner for Dpkg<'_> {
    fn run(&self, request: &Request) -> Result<Outcome, Box<dyn Error + Send + Sync>> {
        self.asked.borrow_mut().push(request.clone());
        if self.fails {
            let failure = StepFailure { step: request.steps.len() - 1, reason: "exit status 1".to_owned() };
            return Ok(Outcome { failure: Some(failure), delta: None });
        }
        let status = self.fixture.text(request.layers.last().unwrap(), "var/lib/dpkg/status");
        let status = status.replace("install ok unpacked", "install ok installed");
        let mut entries = self.leaves.clone();
        entries.push(self.fixture.file("var/lib/dpkg/status", &status, 999));
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Outcome { failure: None, delta: Some(Delta { entries, ..Delta::default() }) })
    }

    fn said(&self) -> String {
        "dpkg: error processing package broken (--configure):\n".to_owned()
    }
}
