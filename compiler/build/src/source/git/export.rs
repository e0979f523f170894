//! A commit's files, from the objects themselves: `ls-tree` names them, `cat-file --batch` gives them. Unlike `archive` or
//! a checkout, neither asks any attribute, so nothing is left out, filled in or converted.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
    process::{ChildStdin, ChildStdout},
};

use plc_store::{BlobDigest, Kind, Store, StoreError, TreeDigest, TreePath};

use super::{
    super::{
        error::{ImportError, Imported},
        normal,
    },
    command::Git,
};

/// The longest target of a symbolic link, in bytes.
const LINK_MAX: u64 = 4096;

/// Puts the files of a commit into the store.
pub(super) fn tree(git: &Git<'_>, repository: &Path, commit: &str, store: &Store) -> Imported<TreeDigest> {
    let listed = git.bytes(Some(repository), &["ls-tree", "-r", "-z", "--full-tree", commit])?;
    let mut objects = Objects::open(git, repository)?;
    let mut known: BTreeMap<&[u8], (BlobDigest, u64)> = BTreeMap::new();
    let mut entries = Vec::new();
    for line in listed.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
        let listed = Listed::parse(line).ok_or_else(|| git.failed("`git ls-tree` is not understood"))?;
        let path = path(listed.path)?;
        let broken = |error: io::Error| git.failed(&format!("`{path}`: {error}"));
        let kind = match listed.mode {
            b"160000" => {
                return Err(ImportError::Submodule {
                    repository: git.name().to_owned(),
                    commit: commit.to_owned(),
                    path: path.to_string(),
                });
            }
            b"120000" => Kind::Symlink(objects.link(listed.object).map_err(broken)?.into()),
            _ => {
                let (blob, size) = match known.get(listed.object) {
                    Some(same) => *same,
                    None => objects.file(listed.object, store).map_err(|error| error.told(broken))?,
                };
                known.insert(listed.object, (blob, size));
                Kind::File { blob, size }
            }
        };
        entries.push(normal::entry(path, kind, listed.mode == b"100755"));
    }
    if entries.is_empty() {
        return Err(ImportError::Empty { path: git.name().to_owned() });
    }
    let made = normal::with_parents(entries)
        .map_err(|reason| ImportError::Tree { path: git.name().to_owned(), reason })?;
    Ok(store.put_tree(&made)?)
}

fn path(bytes: &[u8]) -> Imported<TreePath> {
    TreePath::new(bytes).map_err(|reason| ImportError::Name {
        path: String::from_utf8_lossy(bytes).chars().take(200).collect(),
        reason,
    })
}

/// `MODE TYPE OBJECT\tPATH`.
struct Listed<'a> {
    mode: &'a [u8],
    object: &'a [u8],
    path: &'a [u8],
}

impl<'a> Listed<'a> {
    fn parse(line: &'a [u8]) -> Option<Self> {
        let tab = line.iter().position(|byte| *byte == b'\t')?;
        let (front, path) = (&line[..tab], &line[tab + 1..]);
        let mut words = front.split(|byte| *byte == b' ');
        let (mode, _, object) = (words.next()?, words.next()?, words.next()?);
        Some(Self { mode, object, path })
    }
}

/// A running `git cat-file --batch`: it is asked for one object after the other.
struct Objects {
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    _child: Reaped,
}

/// Waited for when dropped: it ends when its input does.
struct Reaped(std::process::Child);

impl Drop for Reaped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Either the repository is broken, or the store.
enum Trouble {
    Io(io::Error),
    Store(StoreError),
}

impl Trouble {
    fn told(self, broken: impl Fn(io::Error) -> ImportError) -> ImportError {
        match self {
            Self::Io(error) => broken(error),
            Self::Store(error) => error.into(),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Objects {
    fn open(git: &Git<'_>, repository: &Path) -> Imported<Self> {
        let mut child = git.start(repository, &["cat-file", "--batch"])?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (to, from) = pipes.ok_or_else(|| git.failed("it cannot be talked to"))?;
        Ok(Self { to, from: BufReader::new(from), _child: Reaped(child) })
    }

    /// Asks for an object; gives its length. Exactly so many bytes and a line end are to be read then.
    fn ask(&mut self, object: &[u8]) -> io::Result<u64> {
        self.to.write_all(&[object, b"\n"].concat())?;
        let mut answer = Vec::new();
        (&mut self.from).take(200).read_until(b'\n', &mut answer)?;
        let answer = String::from_utf8_lossy(&answer);
        let size = match answer.split_whitespace().collect::<Vec<_>>()[..] {
            [_, "blob", size] => size.parse().ok(),
            _ => None,
        };
        size.ok_or_else(|| io::Error::other(format!("`git cat-file` says `{}`", answer.trim())))
    }

    fn end(&mut self) -> io::Result<()> {
        let mut end = [0];
        self.from.read_exact(&mut end)
    }

    fn link(&mut self, object: &[u8]) -> io::Result<Vec<u8>> {
        let size = self.ask(object)?;
        if size > LINK_MAX {
            return Err(io::Error::other("the target of a link is too long"));
        }
        let mut target = Vec::new();
        (&mut self.from).take(size).read_to_end(&mut target)?;
        self.end()?;
        Ok(target)
    }

    fn file(&mut self, object: &[u8], store: &Store) -> Result<(BlobDigest, u64), Trouble> {
        let size = self.ask(object)?;
        let mut writer = store.blob_writer()?;
        let copied = io::copy(&mut (&mut self.from).take(size), &mut writer)?;
        if copied < size {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        self.end()?;
        Ok(writer.finish()?)
    }
}
