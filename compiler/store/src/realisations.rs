//! What derivations turned out to be: one append-only log of lines, `realisations/log`.
//!
//! ```text
//! <check> <resolved hash> <derivation hash> blob <digest> <bytes> [<layer> …]
//! <check> <resolved hash> <derivation hash> tree <digest> [<layer> …]
//! ```
//!
//! Each line carries a checksum of its own. Writers append whole lines under a lock of the file; readers take only
//! lines that have ended, skip damaged ones, and read on from where they stopped when they miss something. A line
//! without an end is what a crash has left, and the next writer cuts it off. Later lines win.

use std::{
    collections::HashMap,
    fs::File,
    io,
    os::unix::fs::{FileExt, MetadataExt},
    path::Path,
};

use rustix::fs::{FlockOperation, flock};

use crate::{
    BlobDigest, DerivationHash, ResolvedHash, Result, Store, StoreError, TreeDigest, encode, layout, lock,
};

/// What a derivation turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realisation {
    /// The derivation with its inputs' content: what the realisation is looked up by.
    pub resolved: ResolvedHash,
    /// The derivation as it was asked.
    pub derivation: DerivationHash,
    /// The content.
    pub output: Output,
    /// Trees that were stacked to make it, lowest first, for laying it out again without copying; may be empty.
    pub layers: Vec<TreeDigest>,
}

/// The content of a realisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// One file.
    Blob {
        /// Its content.
        digest: BlobDigest,
        /// Its length in bytes.
        size: u64,
    },
    /// A tree.
    Tree(TreeDigest),
}

impl Realisation {
    /// Every tree that it names: the output and the layers.
    pub(crate) fn trees(&self) -> impl Iterator<Item = &TreeDigest> {
        let output = match &self.output {
            Output::Tree(digest) => Some(digest),
            Output::Blob { .. } => None,
        };
        output.into_iter().chain(&self.layers)
    }

    /// Its line in the log, with the end of the line.
    fn to_line(&self) -> String {
        let Self { resolved, derivation, output, layers } = self;
        let mut text = match output {
            Output::Blob { digest, size } => format!("{resolved} {derivation} blob {digest} {size}"),
            Output::Tree(digest) => format!("{resolved} {derivation} tree {digest}"),
        };
        for layer in layers {
            text.push(' ');
            text.push_str(&layer.to_string());
        }
        format!("{} {text}\n", check(text.as_bytes()))
    }

    /// From a line without its end; none when it is damaged.
    pub(crate) fn from_line(line: &[u8]) -> Option<Self> {
        let (sum, text) = str::from_utf8(line).ok()?.split_once(' ')?;
        if check(text.as_bytes()) != sum {
            return None;
        }
        let mut words = text.split(' ');
        let resolved = words.next()?.parse().ok()?;
        let derivation = words.next()?.parse().ok()?;
        let output = match words.next()? {
            "blob" => Output::Blob { digest: words.next()?.parse().ok()?, size: words.next()?.parse().ok()? },
            "tree" => Output::Tree(words.next()?.parse().ok()?),
            _ => return None,
        };
        let layers = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
        Some(Self { resolved, derivation, output, layers })
    }
}

/// 16 digits that a damaged line does not have by chance.
fn check(text: &[u8]) -> String {
    blake3::Hash::from_bytes(encode::hash("plc 1 realisation", text)).to_hex()[..16].to_owned()
}

/// What has been read of the log so far.
#[derive(Default)]
pub(crate) struct Index {
    /// The file that `end` is about: it may be replaced by a shorter one.
    inode: u64,
    /// How much was read: always the end of a line.
    end: u64,
    all: Vec<Realisation>,
    by_resolved: HashMap<ResolvedHash, usize>,
    by_derivation: HashMap<DerivationHash, usize>,
}

impl Index {
    fn realisation(&self, resolved: &ResolvedHash) -> Option<&Realisation> {
        self.by_resolved.get(resolved).map(|index| &self.all[*index])
    }

    fn realised(&self, derivation: &DerivationHash) -> Option<&Realisation> {
        self.by_derivation.get(derivation).map(|index| &self.all[*index])
    }

    /// Reads the lines that have been added.
    fn refresh(&mut self, path: &Path) -> Result<()> {
        let failed = || StoreError::io("read", path);
        let status = match std::fs::metadata(path) {
            Ok(status) => status,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed()(error)),
        };
        if status.ino() == self.inode && status.len() == self.end {
            return Ok(());
        }
        let file = File::open(path).map_err(failed())?;
        let status = file.metadata().map_err(failed())?;
        if status.ino() != self.inode || status.len() < self.end {
            *self = Self { inode: status.ino(), ..Self::default() };
        }
        let mut added = vec![0; usize::try_from(status.len() - self.end).unwrap_or(usize::MAX)];
        // Another writer may cut off a line that has no end while we read.
        let mut length = 0;
        while length < added.len() {
            match file.read_at(&mut added[length..], self.end + length as u64) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed()(error)),
            }
        }
        self.take(&added[..length]);
        Ok(())
    }

    fn take(&mut self, added: &[u8]) {
        for line in added.split_inclusive(|byte| *byte == b'\n') {
            let [line @ .., b'\n'] = line else { break };
            self.end += line.len() as u64 + 1;
            if let Some(realisation) = Realisation::from_line(line) {
                self.by_resolved.insert(realisation.resolved, self.all.len());
                self.by_derivation.insert(realisation.derivation, self.all.len());
                self.all.push(realisation);
            }
        }
    }
}

impl Store {
    /// What a derivation with these inputs turned out to be.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn realisation(&self, resolved: &ResolvedHash) -> Result<Option<Realisation>> {
        let mut index = lock(&self.realisations);
        if index.realisation(resolved).is_none() {
            index.refresh(&layout::log(self.root()))?;
        }
        Ok(index.realisation(resolved).cloned())
    }

    /// What this derivation turned out to be the last time that it was built.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn realised(&self, derivation: &DerivationHash) -> Result<Option<Realisation>> {
        let mut index = lock(&self.realisations);
        if index.realised(derivation).is_none() {
            index.refresh(&layout::log(self.root()))?;
        }
        Ok(index.realised(derivation).cloned())
    }

    /// Those that the log does not say already.
    pub(crate) fn unrecorded(&self, done: &[Realisation]) -> Result<Vec<Realisation>> {
        if done.is_empty() {
            return Ok(Vec::new());
        }
        let mut index = lock(&self.realisations);
        index.refresh(&layout::log(self.root()))?;
        let recorded = |one: &&Realisation| {
            index.realisation(&one.resolved) == Some(*one) && index.realised(&one.derivation) == Some(*one)
        };
        Ok(done.iter().filter(|one| !recorded(one)).cloned().collect())
    }

    /// Appends to the log, durably.
    pub(crate) fn append(&self, done: &[Realisation]) -> Result<()> {
        if done.is_empty() {
            return Ok(());
        }
        let path = layout::log(self.root());
        let failed = |action| StoreError::io(action, &path);
        let file = self.disk().open_to_append(&path).map_err(failed("open"))?;
        lock_file(&file).map_err(failed("lock"))?;
        let length = file.metadata().map_err(failed("read"))?.len();
        if length == 0 {
            self.disk().sync_directory(&layout::realisations(self.root()))?;
        }
        let end = whole_lines(&file, length).map_err(failed("read"))?;
        if end < length {
            self.disk().truncate(&file, &path, end).map_err(failed("heal"))?;
        }
        let lines: String = done.iter().map(Realisation::to_line).collect();
        self.disk().write(&file, &path, lines.as_bytes()).map_err(failed("write"))?;
        self.disk().sync(&file, &path)?;
        lock(&self.realisations).refresh(&path)
    }
}

/// Waits for the lock on an open file; closing the file releases it.
fn lock_file(file: &File) -> io::Result<()> {
    loop {
        match flock(file, FlockOperation::LockExclusive) {
            Err(rustix::io::Errno::INTR) => {}
            locked => return Ok(locked?),
        }
    }
}

/// Where the last line that has an end ends.
fn whole_lines(file: &File, length: u64) -> io::Result<u64> {
    let mut end = length;
    let mut piece = [0; 4096];
    while end > 0 {
        let start = end.saturating_sub(piece.len() as u64);
        let part = &mut piece[..(end - start) as usize];
        file.read_exact_at(part, start)?;
        if let Some(newline) = part.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + newline as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
