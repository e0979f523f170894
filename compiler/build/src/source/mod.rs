//! Sources: files that no package has, brought into the store as trees.
//!
//! ```text
//! a directory of the project ──── local ──┐
//! a revision of a repository ──── git ────┼──→ normal: root's, 0644 or 0755, of no time ──→ a tree in the store
//! an archive by its hash ──────── archive ┘
//! ```
//!
//! The first two are read before a topology is lowered, since what they hold is part of what is asked for; the third
//! is a builder's work, since its hash says what it holds.

mod archive;
mod error;
mod git;
mod ignored;
mod links;
mod local;
mod normal;
mod stamps;
#[cfg(test)]
mod tests;
mod walk;

use std::{
    collections::BTreeSet,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use plc_lang::topology::Source;
use plc_plan::{
    lock::LockedSource,
    sources::{Sources, name_of},
};
use plc_store::{Store, TreeDigest, encode};

pub use archive::{ArchiveError, unpack};
pub use error::ImportError;
pub use walk::VENDORED;

use self::{error::Imported, git::Repository, local::Local};

/// The domain of the names under which files of local sources are remembered.
const DOMAIN: &str = "plc 1 local source";

/// Reads sources: of one project, into one store.
pub struct Importer<'a> {
    /// Where trees go.
    pub store: &'a Store,
    /// The project's directory, which no path leads out of.
    pub project: &'a Path,
    /// Paths that the command line has named, which may lead anywhere.
    pub named: &'a BTreeSet<String>,
    /// Whether the network must not be used.
    pub offline: bool,
    /// Told what is being read.
    pub progress: &'a dyn Fn(&str),
}

impl Importer<'_> {
    /// Puts what the sources hold into the store, to be committed by whoever builds with it. Of a repository it is the
    /// commit that the lock has. A download is no business of this: its hash says what it holds.
    ///
    /// # Errors
    /// The first source that cannot be read.
    pub fn import<'s>(
        &self,
        sources: impl IntoIterator<Item = &'s Source>,
        locked: &[LockedSource],
    ) -> Result<Sources, ImportError> {
        let mut known = Sources::default();
        for source in sources {
            if let Some(tree) = self.one(source, locked)? {
                known.insert(source.clone(), tree);
            }
        }
        Ok(known)
    }

    fn one(&self, source: &Source, locked: &[LockedSource]) -> Imported<Option<TreeDigest>> {
        match source {
            Source::Local { path, ignore } => {
                (self.progress)(&name_of(source));
                let anywhere = self.named.contains(path);
                let local = Local { project: self.project, path, ignore, anywhere };
                local::import(&local, self.store, &self.remembered(path)).map(Some)
            }
            Source::Git { repository, revision } => {
                (self.progress)(&name_of(source));
                let is_it = |l: &&LockedSource| l.repository == *repository && l.revision == *revision;
                let locked = locked.iter().find(is_it).ok_or_else(|| ImportError::NotLocked {
                    repository: repository.clone(),
                    revision: revision.clone(),
                })?;
                self.repository(repository).tree(&locked.commit, self.store).map(Some)
            }
            Source::Download { .. } => Ok(None),
        }
    }

    /// The commits that revisions of repositories are now: what a lock is made of. Sorted, each once.
    ///
    /// # Errors
    /// The first that cannot be found out.
    pub fn resolve<'s>(
        &self,
        sources: impl IntoIterator<Item = &'s Source>,
    ) -> Result<Vec<LockedSource>, ImportError> {
        let mut locked = BTreeSet::new();
        for source in sources {
            if let Source::Git { repository, revision } = source {
                (self.progress)(&name_of(source));
                let commit = self.repository(repository).resolve(revision)?;
                let (repository, revision) = (repository.clone(), revision.clone());
                locked.insert(LockedSource { repository, revision, commit });
            }
        }
        Ok(locked.into_iter().collect())
    }

    fn repository<'r>(&'r self, name: &'r str) -> Repository<'r> {
        Repository { project: self.project, name, offline: self.offline, cache: self.cache() }
    }

    fn cache(&self) -> PathBuf {
        self.store.sources().join("git")
    }

    /// The file for what is remembered of a local source.
    fn remembered(&self, path: &str) -> PathBuf {
        let project = self.project.canonicalize().unwrap_or_else(|_| self.project.to_owned());
        let name = encode::hash(DOMAIN, project.join(path).as_os_str().as_bytes());
        let name: String = name[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        self.store.sources().join("local").join(name)
    }
}
