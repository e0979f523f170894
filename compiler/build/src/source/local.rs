//! Files of the project: a directory, walked by descriptors, or a single file.
//!
//! ```text
//! walk      names, kinds, times; what is left out is not looked into
//! read      what is not as it was the last time; contents become blobs
//! settle    no link leads out; directories without files are none; the tree goes into the store
//! ```
//!
//! The project is not ours, and may be changed while it is read: nothing is opened through a link, and a file that
//! changes while it is read is what was read of it.

use std::{
    fs::File,
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::{Path, PathBuf},
};

use plc_plan::sources::is_inside;
use plc_store::{BlobDigest, Entry, Kind, Store, Tree, TreeDigest, TreePath};
use rayon::prelude::*;
use rustix::{
    fs::{CWD, FileType, Mode, OFlags, ResolveFlags, Stat, fstat, openat, openat2},
    io::Errno,
};

use super::{
    error::{ImportError, Imported},
    ignored::Rules,
    links, normal,
    stamps::{Remembered, Stamp, Stamps},
    walk::{self, Found},
};

/// A local source, and where it is looked for.
pub(super) struct Local<'a> {
    /// The project's directory.
    pub(super) project: &'a Path,
    /// As written.
    pub(super) path: &'a str,
    /// Patterns of what is left out.
    pub(super) ignore: &'a [String],
    /// Whether it may be anywhere on this machine, because the command line has named it.
    pub(super) anywhere: bool,
}

/// Puts what the source holds into the store.
pub(super) fn import(source: &Local<'_>, store: &Store, remembered: &Path) -> Imported<TreeDigest> {
    let failed = |error: Errno| io_error(source.path, error.into());
    let top = open(source)?;
    let stat = fstat(&top).map_err(failed)?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Directory => directory(source, &top, store, remembered),
        FileType::RegularFile => single(source, top.into(), &stat, store),
        _ => Err(ImportError::Kind { source_path: source.path.into(), path: source.path.into() }),
    }
}

fn io_error(path: impl ToString, source: io::Error) -> ImportError {
    ImportError::Io { path: path.to_string(), source }
}

/// Opens the source, and nothing that lies outside of where it may be.
fn open(source: &Local<'_>) -> Imported<OwnedFd> {
    // A named pipe that nobody writes to would be waited for otherwise.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let path = if source.path.is_empty() { "." } else { source.path };
    let opened = if source.anywhere {
        openat(CWD, source.project.join(path), flags, Mode::empty())
    } else if is_inside(path) {
        let project = openat(CWD, source.project, OFlags::PATH | OFlags::CLOEXEC, Mode::empty());
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        project.and_then(|project| openat2(project, path, flags, Mode::empty(), resolve))
    } else {
        Err(Errno::XDEV)
    };
    opened.map_err(|error| match error {
        Errno::XDEV => ImportError::Outside { path: source.path.into() },
        Errno::NOENT | Errno::NOTDIR => ImportError::Absent { path: source.path.into() },
        error => io_error(source.path, error.into()),
    })
}

/// A tree of one file, by its own name.
fn single(source: &Local<'_>, file: File, stat: &Stat, store: &Store) -> Imported<TreeDigest> {
    let full = source.project.join(source.path);
    let name = full.file_name().unwrap_or_default().as_encoded_bytes();
    let path =
        TreePath::new(name).map_err(|reason| ImportError::Name { path: source.path.into(), reason })?;
    let (blob, size) = keep(file, store).map_err(|error| error.told(source.path))?;
    let entry = normal::entry(path, Kind::File { blob, size }, walk::is_executable(stat));
    Ok(store.put_tree(&tree(source, vec![entry])?)?)
}

fn tree(source: &Local<'_>, entries: Vec<Entry>) -> Imported<Tree> {
    normal::with_parents(entries).map_err(|reason| ImportError::Tree { path: source.path.into(), reason })
}

fn directory(source: &Local<'_>, top: &OwnedFd, store: &Store, remembered: &Path) -> Imported<TreeDigest> {
    let rules = rules(source)?;
    let found = walk::walk(source.path, top, rules, store)?;
    if found.files.is_empty() && found.links.is_empty() {
        return Err(ImportError::Empty { path: source.path.into() });
    }
    if let Some((path, target)) = links::leading_out(&found.links) {
        return Err(ImportError::LinkOut {
            source_path: source.path.into(),
            path: path.to_string(),
            target: String::from_utf8_lossy(target).into_owned(),
        });
    }
    let stamps = Stamps::load(remembered);
    let mut contents = read(source, top, &found, store, &stamps)?;
    let mut made = assemble(source, &found, &contents)?;
    if !store.has_tree(&made.digest()) {
        contents = complete(source, top, &found, store, contents)?;
        made = assemble(source, &found, &contents)?;
    }
    let digest = store.put_tree(&made)?;
    stamps.keep(contents.into_iter().filter_map(|content| content.remember).collect());
    Ok(digest)
}

/// What the description leaves out, and the `.gitignore` files from the project's directory down to the source's.
fn rules(source: &Local<'_>) -> Imported<Rules> {
    if source.anywhere {
        return Rules::new(source.ignore, Path::new(""));
    }
    let place = place(source.path);
    let mut rules = Rules::new(source.ignore, &place)?;
    let failed = |error: Errno| io_error(source.project.display(), error.into());
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let project = openat(CWD, source.project, flags, Mode::empty()).map_err(failed)?;
    let above: Vec<&Path> = place.ancestors().skip(1).collect();
    for directory in above.into_iter().rev() {
        if let Some(text) = walk::gitignore(project.as_fd(), directory)
            .map_err(|error| io_error(directory.join(".gitignore").display(), error))?
        {
            rules = rules.with_above(directory, &text);
        }
    }
    Ok(rules)
}

/// Where a path that stays inside the project leads, by its letters.
fn place(path: &str) -> PathBuf {
    let mut place = PathBuf::new();
    for part in Path::new(path).components() {
        match part {
            std::path::Component::Normal(name) => place.push(name),
            std::path::Component::ParentDir => {
                place.pop();
            }
            _ => {}
        }
    }
    place
}

/// A file's content, and what to remember of it.
struct Content {
    blob: BlobDigest,
    size: u64,
    remember: Option<Remembered>,
    /// Whether it was not read, because it is as it was the last time.
    is_known: bool,
}

/// The contents of all files, in their order: those that are known, and those that are read now.
fn read(
    source: &Local<'_>,
    top: &OwnedFd,
    found: &Found,
    store: &Store,
    stamps: &Stamps,
) -> Imported<Vec<Content>> {
    let one = |file: &walk::File| {
        let stamp = Stamp::of(&file.stat);
        let Some(blob) = stamps.find(&file.path, &stamp) else { return read_told(source, top, file, store) };
        let remember = Some(Remembered { path: file.path.clone(), stamp, blob });
        Ok(Content { blob, size: file.stat.st_size as u64, remember, is_known: true })
    };
    found.files.par_iter().map(one).collect()
}

/// The same contents, all of them in this store: what is known was in it once, and may have gone since.
fn complete(
    source: &Local<'_>,
    top: &OwnedFd,
    found: &Found,
    store: &Store,
    contents: Vec<Content>,
) -> Imported<Vec<Content>> {
    let one = |(file, content): (&walk::File, Content)| {
        if content.is_known && !store.has_blob(&content.blob) {
            return read_told(source, top, file, store);
        }
        Ok(content)
    };
    found.files.par_iter().zip(contents).map(one).collect()
}

fn read_told(source: &Local<'_>, top: &OwnedFd, file: &walk::File, store: &Store) -> Imported<Content> {
    let path = || format!("{}/{}", source.path.trim_end_matches('/'), file.path);
    read_one(top.as_fd(), &file.path, store).map_err(|error| error.told(&path()))
}

fn read_one(top: BorrowedFd<'_>, path: &TreePath, store: &Store) -> Result<Content, Trouble> {
    let parent = walk::open_directory(top, &path.parent().unwrap_or_else(TreePath::root))?;
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(openat(&parent, path.name(), flags, Mode::empty())?);
    let before = fstat(&file)?;
    if FileType::from_raw_mode(before.st_mode) != FileType::RegularFile {
        return Err(io::Error::other("it has just been replaced by something that is not a file").into());
    }
    let stamp = Stamp::of(&before);
    let (blob, size) = keep(file.try_clone()?, store)?;
    // One that was written to meanwhile may be half old and half new.
    let quiet = Stamp::of(&fstat(&file)?) == stamp;
    let remember = quiet.then(|| Remembered { path: path.clone(), stamp, blob });
    Ok(Content { blob, size, remember, is_known: false })
}

/// Puts a file's content into the store.
fn keep(mut file: File, store: &Store) -> Result<(BlobDigest, u64), Trouble> {
    let mut writer = store.blob_writer()?;
    io::copy(&mut file, &mut writer)?;
    Ok(writer.finish()?)
}

/// What goes wrong with one file.
#[derive(Debug)]
enum Trouble {
    Io(io::Error),
    Store(plc_store::StoreError),
}

impl Trouble {
    fn told(self, path: &str) -> ImportError {
        match self {
            Self::Io(error) => io_error(path, error),
            Self::Store(error) => error.into(),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Errno> for Trouble {
    fn from(error: Errno) -> Self {
        Self::Io(error.into())
    }
}

impl From<plc_store::StoreError> for Trouble {
    fn from(error: plc_store::StoreError) -> Self {
        Self::Store(error)
    }
}

fn assemble(source: &Local<'_>, found: &Found, contents: &[Content]) -> Imported<Tree> {
    let file = |(file, content): (&walk::File, &Content)| {
        let kind = Kind::File { blob: content.blob, size: content.size };
        normal::entry(file.path.clone(), kind, walk::is_executable(&file.stat))
    };
    let files = found.files.iter().zip(contents).map(file);
    tree(source, files.chain(found.links.iter().cloned()).collect())
}
