//! Reads everything that the store has, and says what is damaged or missing.

use std::{fs, io, path::Path, path::PathBuf};

use crate::{
    BlobDigest, BlobReader, Kind, Output, Realisation, Result, Store, StoreError, Tree, TreeDigest,
    compression::{self, unreadable},
    error::Object,
    layout::{self, Shelf},
    packs::{self, Pack},
};

/// What [`Store::verify`] has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many blobs are there.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How many trees are there.
    pub trees: u64,
    /// How many derivations are there, each as often as it is in a pack.
    pub derivations: u64,
    /// How many realisations are recorded.
    pub realisations: u64,
    /// How many roots there are.
    pub roots: u64,
    /// What is wrong, in the order of the places above; empty for a good store.
    pub problems: Vec<Problem>,
}

/// Something wrong with a store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The bytes are not those that the name promises.
    #[error("{object} is damaged, in `{}`", path.display())]
    Damaged {
        /// What is damaged.
        object: Object,
        /// Where.
        path: PathBuf,
    },
    /// Something names an object that the store does not have.
    #[error("{object} is missing, and {needed_by} names it")]
    Missing {
        /// What is missing.
        object: Object,
        /// What needs it.
        needed_by: Object,
    },
    /// A pack whose index is damaged; the derivations in it are lost, but for those that another pack has.
    #[error("the index of `{}` is damaged", .0.display())]
    Pack(PathBuf),
    /// Lines of the log that are damaged: those realisations are built again.
    #[error("line {line} of `{}` is damaged", path.display())]
    Line {
        /// The log.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
    /// A root that holds no hash.
    #[error("the root `{0}` holds no derivation's hash")]
    Root(String),
    /// A file that is not the store's.
    #[error("`{}` does not belong into a store", .0.display())]
    Alien(PathBuf),
}

impl Store {
    /// Reads every committed blob, tree, derivation and realisation. What is pending, checkouts and logs are not looked
    /// at.
    ///
    /// # Errors
    /// Only where the disk cannot be read; what is wrong with the store is in the report.
    pub fn verify(&self) -> Result<Report> {
        let mut report = Report::default();
        self.verify_blobs(&mut report)?;
        self.verify_trees(&mut report)?;
        self.verify_derivations(&mut report)?;
        self.verify_realisations(&mut report)?;
        for (name, hash) in self.read_roots()? {
            report.roots += 1;
            if hash.is_none() {
                report.problems.push(Problem::Root(name));
            }
        }
        Ok(report)
    }

    fn verify_blobs(&self, report: &mut Report) -> Result<()> {
        for (path, hex) in self.shelf(Shelf::Blobs, report)? {
            let Ok(digest) = hex.parse::<BlobDigest>() else {
                report.problems.push(Problem::Alien(path));
                continue;
            };
            let mut hasher = blake3::Hasher::new();
            let object = Object::Blob(digest);
            let file = fs::File::open(&path).map_err(StoreError::io("read", &path))?;
            let read = BlobReader::new(file, digest, path.clone()).and_then(|content| {
                let read = hasher.update_reader(content).map(|hasher| hasher.count());
                read.map_err(|error| unreadable(error, object, &path))
            });
            let is_whole = match read {
                Ok(bytes) => {
                    report.bytes += bytes;
                    hasher.finalize() == *digest.as_bytes()
                }
                Err(StoreError::Damaged { .. }) => false,
                Err(error) => return Err(error),
            };
            report.blobs += 1;
            if !is_whole {
                report.problems.push(Problem::Damaged { object, path });
            }
        }
        Ok(())
    }

    fn verify_trees(&self, report: &mut Report) -> Result<()> {
        for (path, hex) in self.shelf(Shelf::Trees, report)? {
            let Ok(digest) = hex.parse::<TreeDigest>() else {
                report.problems.push(Problem::Alien(path));
                continue;
            };
            report.trees += 1;
            let manifest = fs::read(&path).map_err(StoreError::io("read", &path))?;
            match Tree::decode(&manifest) {
                Ok(tree) if Tree::digest_of(&manifest) == digest => {
                    report.problems.extend(self.missing_blobs(digest, &tree));
                }
                _ => report.problems.push(Problem::Damaged { object: Object::Tree(digest), path }),
            }
        }
        Ok(())
    }

    fn missing_blobs(&self, digest: TreeDigest, tree: &Tree) -> Vec<Problem> {
        let wanted = tree.entries().iter().filter_map(|entry| match &entry.kind {
            Kind::File { blob, size } => Some((blob, *size)),
            _ => None,
        });
        let absent =
            wanted.filter(|(blob, size)| self.committed_size(Shelf::Blobs, &blob.to_hex()) != Some(*size));
        absent
            .map(|(blob, _)| Problem::Missing {
                object: Object::Blob(*blob),
                needed_by: Object::Tree(digest),
            })
            .collect()
    }

    fn verify_derivations(&self, report: &mut Report) -> Result<()> {
        for path in packs::list(&layout::derivations(self.root()))? {
            let Some(pack) = Pack::open(&path).map_err(StoreError::io("read", &path))? else {
                report.problems.push(Problem::Pack(path));
                continue;
            };
            for hash in pack.hashes() {
                report.derivations += 1;
                match pack.read(&hash) {
                    Err(StoreError::Damaged { object, path }) => {
                        report.problems.push(Problem::Damaged { object, path });
                    }
                    read => drop(read?),
                }
            }
        }
        Ok(())
    }

    fn verify_realisations(&self, report: &mut Report) -> Result<()> {
        let path = layout::log(self.root());
        let log = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            log => log.map_err(StoreError::io("read", &path))?,
        };
        for (index, line) in log.split_inclusive(|byte| *byte == b'\n').enumerate() {
            // A line without an end is somebody's who is writing, or was when it was killed: nobody relies on it.
            let [line @ .., b'\n'] = line else { break };
            match Realisation::from_line(line) {
                Some(realisation) => {
                    report.realisations += 1;
                    report.problems.extend(self.missing_outputs(&realisation));
                }
                None => report.problems.push(Problem::Line { path: path.clone(), line: index + 1 }),
            }
        }
        Ok(())
    }

    fn missing_outputs(&self, realisation: &Realisation) -> Vec<Problem> {
        let missing =
            |object| Problem::Missing { object, needed_by: Object::Realisation(realisation.resolved) };
        let mut problems = Vec::new();
        if let Output::Blob { digest, size } = realisation.output
            && self.committed_size(Shelf::Blobs, &digest.to_hex()) != Some(size)
        {
            problems.push(missing(Object::Blob(digest)));
        }
        for tree in realisation.trees() {
            if self.committed_size(Shelf::Trees, &tree.to_hex()).is_none() {
                problems.push(missing(Object::Tree(*tree)));
            }
        }
        problems
    }

    /// How many bytes a blob or a manifest has that is there.
    fn committed_size(&self, shelf: Shelf, hex: &str) -> Option<u64> {
        let file = fs::File::open(shelf.path(self.root(), hex)).ok()?;
        let compressed = match shelf {
            Shelf::Blobs => compression::length(&file).ok()?,
            Shelf::Trees => None,
        };
        compressed.or_else(|| file.metadata().ok().map(|status| status.len()))
    }

    /// The files of a shelf with the digits that their paths spell, sorted.
    fn shelf(&self, shelf: Shelf, report: &mut Report) -> Result<Vec<(PathBuf, String)>> {
        let mut files = Vec::new();
        let top = self.root().join(shelf.name());
        for directory in list(&top)? {
            let name = directory.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !directory.is_dir() {
                report.problems.push(Problem::Alien(directory));
                continue;
            }
            for path in list(&directory)? {
                let rest = path.file_name().unwrap_or_default().to_string_lossy();
                files.push((path.clone(), format!("{name}{rest}")));
            }
        }
        Ok(files)
    }
}

fn list(directory: &Path) -> Result<Vec<PathBuf>> {
    let failed = || StoreError::io("list", directory);
    let mut paths = fs::read_dir(directory)
        .map_err(failed())?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()
        .map_err(failed())?;
    paths.sort();
    Ok(paths)
}
