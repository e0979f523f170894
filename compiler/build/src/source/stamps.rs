//! What is remembered of files that were read before, so that an unchanged one need not be read again.
//!
//! A file is the same as before when its size, inode and both times are. That holds only for one that had been left
//! alone for a while when it was read: one that was written to within the same tick after it was read has the same
//! times and another content. So nothing is remembered of a file that had just been changed.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use plc_store::{BlobDigest, TreePath, encode};
use rustix::fs::Stat;
use serde::{Deserialize, Serialize};

/// The domain of the check that stands before what is remembered. The number is raised when its form changes.
const DOMAIN: &str = "plc 1 stamps";

/// How long a file must have been left alone, in seconds. File systems' ticks are between nanoseconds and two seconds.
const MARGIN: i64 = 3;

/// What tells that a file is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    size: u64,
    inode: u64,
    modified: (i64, u64),
    changed: (i64, u64),
}

impl Stamp {
    pub(super) fn of(stat: &Stat) -> Self {
        Self {
            size: stat.st_size as u64,
            inode: stat.st_ino,
            modified: (stat.st_mtime, stat.st_mtime_nsec),
            changed: (stat.st_ctime, stat.st_ctime_nsec),
        }
    }

    fn newest(&self) -> i64 {
        self.modified.0.max(self.changed.0)
    }
}

/// A file as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Remembered {
    pub(super) path: TreePath,
    pub(super) stamp: Stamp,
    pub(super) blob: BlobDigest,
}

/// What is remembered of one source.
pub(super) struct Stamps {
    file: PathBuf,
    /// Sorted by path.
    known: Vec<Remembered>,
    /// When this reading began, in seconds since 1970.
    now: i64,
}

impl Stamps {
    /// What is remembered in a file; nothing when it is not there, or is not what was written.
    pub(super) fn load(file: &Path) -> Self {
        let known = fs::read(file).ok().and_then(|bytes| decode(&bytes)).unwrap_or_default();
        Self { file: file.to_owned(), known, now: seconds(SystemTime::now()) }
    }

    /// The content of a file that is as it was.
    pub(super) fn find(&self, path: &TreePath, stamp: &Stamp) -> Option<BlobDigest> {
        let at = self.known.binary_search_by(|known| known.path.cmp(path)).ok()?;
        Some(&self.known[at]).filter(|known| known.stamp == *stamp).map(|known| known.blob)
    }

    /// Remembers what was found, in place of what was known. What cannot be written is read again the next time.
    pub(super) fn keep(self, mut found: Vec<Remembered>) {
        found.retain(|found| found.stamp.newest() < self.now - MARGIN);
        found.sort_by(|a, b| a.path.cmp(&b.path));
        if found != self.known {
            let _ = write(&self.file, &found);
        }
    }
}

fn seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

fn decode(bytes: &[u8]) -> Option<Vec<Remembered>> {
    let (check, body) = bytes.split_at_checked(32)?;
    if encode::hash(DOMAIN, body) != check {
        return None;
    }
    let known: Vec<Remembered> = encode::decode("what is remembered of a source", body).ok()?;
    known.is_sorted_by(|a, b| a.path < b.path).then_some(known)
}

pub(super) fn write(file: &Path, found: &[Remembered]) -> io::Result<()> {
    let body = encode::encode(&found);
    let bytes = [&encode::hash(DOMAIN, &body)[..], &body].concat();
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory)?;
    }
    // Whoever reads sees all of it or nothing; nobody is worse off when it is lost.
    let fresh = file.with_extension(std::process::id().to_string());
    fs::write(&fresh, bytes)?;
    fs::rename(&fresh, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered(path: &str, changed: i64) -> Remembered {
        let stamp = Stamp { size: 1, inode: 2, modified: (5, 0), changed: (changed, 7) };
        Remembered {
            path: TreePath::new(path.as_bytes()).unwrap(),
            stamp,
            blob: BlobDigest::from_bytes([9; 32]),
        }
    }

    #[test]
    fn what_was_changed_just_now_is_not_remembered() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("sources/stamps");
        let stamps = Stamps::load(&file);
        let now = stamps.now;
        let cases = [("old", 10), ("just now", now), ("a moment ago", now - 2), ("tomorrow", now + 86_400)];
        stamps.keep(cases.map(|(path, changed)| remembered(path, changed)).into());
        let again = Stamps::load(&file);
        let found = cases.map(|(path, changed)| {
            let remembered = remembered(path, changed);
            again.find(&remembered.path, &remembered.stamp).is_some()
        });
        assert_eq!(found, [true, false, false, false]);
    }

    #[test]
    fn any_difference_is_another_file() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("stamps");
        let one = remembered("a", 10);
        Stamps::load(&file).keep(vec![one.clone()]);
        let again = Stamps::load(&file);
        assert_eq!(again.find(&one.path, &one.stamp), Some(one.blob));
        for other in [
            Stamp { size: 2, ..one.stamp },
            Stamp { inode: 3, ..one.stamp },
            Stamp { modified: (5, 1), ..one.stamp },
            Stamp { changed: (10, 8), ..one.stamp },
        ] {
            assert_eq!(again.find(&one.path, &other), None, "{other:?}");
        }
    }

    #[test]
    fn what_is_damaged_is_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("stamps");
        let one = remembered("a", 10);
        Stamps::load(&file).keep(vec![one.clone()]);
        let good = fs::read(&file).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(&file, bad).unwrap();
            assert_eq!(Stamps::load(&file).find(&one.path, &one.stamp), None, "byte {at}");
        }
    }
}
