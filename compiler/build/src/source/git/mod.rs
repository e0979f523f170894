//! A revision of a Git repository, read with the program `git`.
//!
//! ```text
//! revision ─ resolve (ls-remote) ─→ commit        when the lock is made
//! commit ─ tree ─→ fetched into a bare repository of ours ─ ls-tree, cat-file ─→ a tree in the store
//! ```
//!
//! Objects are read as the repository has them: no work tree is made, and no filter, attribute, hook or setting of the
//! user's or the repository's says anything. Which tree a commit is, is remembered for ever: a commit's name is a hash.

mod command;
mod export;
mod place;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use plc_plan::lock::LockedSource;
use plc_store::{Store, TreeDigest};
use rustix::fs::{FlockOperation, flock};

use self::{command::Git, place::Place};
use super::error::{ImportError, Imported};

/// A repository, and where it is looked for.
pub(super) struct Repository<'a> {
    /// The project's directory.
    pub(super) project: &'a Path,
    /// As written: a path of the project, or a URL.
    pub(super) name: &'a str,
    /// Whether the network must not be used.
    pub(super) offline: bool,
    /// The directory for what is kept of repositories.
    pub(super) cache: PathBuf,
}

/// The domain of the names of repositories in the cache.
const DOMAIN: &str = "plc 1 repository";

impl Repository<'_> {
    /// The commit that a revision is now.
    pub(super) fn resolve(&self, revision: &str) -> Imported<String> {
        place::check_revision(self.name, revision)?;
        if LockedSource::is_commit(revision) {
            return Ok(revision.to_owned());
        }
        let (git, place) = self.open()?;
        let wanted = [format!("refs/tags/{revision}^{{}}"), format!("refs/tags/{revision}")];
        let wanted = wanted.into_iter().chain([format!("refs/heads/{revision}"), revision.to_owned()]);
        let patterns: Vec<String> = wanted.collect();
        let mut arguments = vec!["ls-remote", "--quiet", "--", place.url()];
        arguments.extend(patterns.iter().map(String::as_str));
        let listed = git.text(None, &arguments)?;
        let find = |name: &String| {
            let mut lines = listed.lines().filter_map(|line| line.split_once('\t'));
            lines.find(|(_, found)| found == name).map(|(commit, _)| commit.to_owned())
        };
        // A tag before a branch, as Git has it, and the commit that a tag is for before the tag itself.
        let found = patterns.iter().find_map(find).filter(|commit| LockedSource::is_commit(commit));
        found.ok_or_else(|| self.no_revision("tag or branch", revision))
    }

    /// The tree of a commit, in the store.
    pub(super) fn tree(&self, commit: &str, store: &Store) -> Imported<TreeDigest> {
        let remembered = self.cache.join("commits").join(commit);
        let known = fs::read_to_string(&remembered).ok().and_then(|text| text.trim().parse().ok());
        if let Some(tree) = known.filter(|tree| store.has_tree(tree)) {
            return Ok(tree);
        }
        let (git, place) = self.open()?;
        let ours = self.ours(&place, commit);
        let _turn = self.turn(&ours)?;
        self.fetch(&git, &place, &ours, commit)?;
        let tree = export::tree(&git, &ours, commit, store)?;
        // The next time it is read again, where this cannot be written.
        let _ = keep(&remembered, &tree);
        Ok(tree)
    }

    fn open(&self) -> Imported<(Git<'_>, Place)> {
        let place = Place::of(self.project, self.name)?;
        if place.is_elsewhere() && self.offline {
            return Err(ImportError::Offline { repository: self.name.to_owned() });
        }
        Ok((Git::new(self.name, &self.cache)?, place))
    }

    fn no_revision(&self, what: &'static str, revision: &str) -> ImportError {
        let (repository, revision) = (self.name.to_owned(), revision.to_owned());
        ImportError::NoRevision { repository, what, revision }
    }

    /// Our copy of the repository. One of another object format is another.
    fn ours(&self, place: &Place, commit: &str) -> PathBuf {
        let name = format!("{} {}", commit.len(), place.url());
        let name = plc_store::encode::hash(DOMAIN, name.as_bytes());
        let hex: String = name[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        self.cache.join(format!("{hex}.git"))
    }

    /// Holds off other programs that would fetch into the same copy.
    fn turn(&self, ours: &Path) -> Imported<File> {
        let path = ours.with_extension("lock");
        let opened = File::options().create(true).append(true).open(&path);
        let locked = opened.and_then(|file| {
            flock(&file, FlockOperation::LockExclusive)?;
            Ok(file)
        });
        locked.map_err(|source| ImportError::Io { path: path.display().to_string(), source })
    }

    fn fetch(&self, git: &Git<'_>, place: &Place, ours: &Path, commit: &str) -> Imported<()> {
        if !ours.join("HEAD").exists() {
            let format = if commit.len() == 64 { "--object-format=sha256" } else { "--object-format=sha1" };
            let path = ours.to_string_lossy();
            git.text(None, &["init", "--quiet", "--bare", "--template=", format, "--", &path])?;
        }
        let wanted = format!("{commit}^{{commit}}");
        let is_there = || git.succeeds(ours, &["cat-file", "-e", &wanted]);
        if is_there()? {
            return Ok(());
        }
        let fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head"];
        let alone = format!("+{commit}:refs/plc/{commit}");
        let lone = [&fetch[..], &["--depth=1", "--", place.url(), &alone]].concat();
        // Not every server gives a commit by its name.
        if !git.succeeds(ours, &lone)? {
            let all = ["--", place.url(), "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
            git.text(Some(ours), &[&fetch[..], &all].concat())?;
        }
        if is_there()? { Ok(()) } else { Err(self.no_revision("commit", commit)) }
    }
}

fn keep(remembered: &Path, tree: &TreeDigest) -> std::io::Result<()> {
    if let Some(directory) = remembered.parent() {
        fs::create_dir_all(directory)?;
    }
    let fresh = remembered.with_extension(std::process::id().to_string());
    fs::write(&fresh, format!("{tree}\n"))?;
    fs::rename(&fresh, remembered)
}
