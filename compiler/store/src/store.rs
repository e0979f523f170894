//! A store that is open: where it lies, the session that writes to it, and what has been read of its indexes.

use std::{
    fs::{self, DirBuilder, File},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock},
};

use rustix::fs::ioctl_ficlone;

use crate::{
    DerivationHash, Fault, Result, StoreError,
    disk::Disk,
    layout::{self, FORMER, NAMES, Shelf, VERSION},
    objects::Temporary,
    packs::Packs,
    realisations::Index,
    session::{self, Session},
};

/// An open store. Its methods may be called from many threads.
pub struct Store {
    root: PathBuf,
    disk: Disk,
    /// The root, open since before the first write: syncs report what was lost since then.
    pub(crate) directory: File,
    session: Option<Session>,
    /// What [`session`](Self::session) says where there is none.
    no_session: PathBuf,
    leftovers: Vec<PathBuf>,
    pub(crate) realisations: Mutex<Index>,
    pub(crate) packs: Mutex<Packs>,
    /// Held by the thread that commits.
    pub(crate) commits: Mutex<()>,
    /// Whether blobs are compressed, once somebody has asked.
    compresses: OnceLock<bool>,
}

impl Store {
    /// Opens the store in a directory, making it where there is none (the directory then is its owner's only), and
    /// begins a session. What sessions that have been killed left behind is removed.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`], [`StoreError::Version`], or the directory cannot be written.
    pub fn open(root: &Path) -> Result<Self> {
        Self::open_on(root, Disk::default())
    }

    /// For tests: like [`open`](Self::open), with a say in which calls fail.
    ///
    /// # Errors
    /// As [`open`](Self::open), and whatever the test wants.
    pub fn open_with_faults(root: &Path, fault: Arc<dyn Fault>) -> Result<Self> {
        Self::open_on(root, Disk::with(fault))
    }

    fn open_on(root: &Path, disk: Disk) -> Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(root)
            .map_err(StoreError::io("make the directory", root))?;
        let mut store = Self::bare(root, disk)?;
        let version = store.version()?;
        store.make_directories()?;
        let others = session::sweep(&store.root)?;
        store.leftovers = others.leftovers;
        let mut laid_out = version.as_deref() == Some(VERSION);
        if version.as_deref() == Some(FORMER) && others.running {
            // A program of before would take what is compressed for what it is: so nothing is, this time.
            let _ = store.compresses.set(false);
            laid_out = true;
        }
        if !laid_out {
            store.lay_out_shelves()?;
        }
        store.session = Some(Session::create(&store.disk, &store.root)?);
        if !laid_out {
            let version = Temporary::create(&store, store.writable()?)?;
            version.write(format!("{VERSION}\n").as_bytes())?;
            version.publish_durably(&layout::version(&store.root))?;
        }
        Ok(store)
    }

    /// Opens a store from a helper process, to write into the session of the process that started it. What it puts is
    /// seen by that process at once, and committed by either. The session is not removed when the helper is done.
    ///
    /// # Errors
    /// As [`open`](Self::open); [`StoreError::NoSession`] when the session is not one of this store, or has ended.
    pub fn join(root: &Path, session: &Path) -> Result<Self> {
        let mut store = Self::existing(root)?;
        store.session = Some(Session::join(&store.root, session)?);
        Ok(store)
    }

    /// Opens a store for reading: nothing below it is changed, and each method that would is
    /// [`StoreError::ReadOnly`].
    ///
    /// # Errors
    /// [`StoreError::NoStore`], [`StoreError::NotAStore`], [`StoreError::Version`], or the directory cannot be read.
    pub fn open_read_only(root: &Path) -> Result<Self> {
        Self::existing(root)
    }

    fn existing(root: &Path) -> Result<Self> {
        let store = Self::bare(root, Disk::default())?;
        if store.version()?.is_none() {
            return Err(StoreError::NoStore { root: store.root });
        }
        Ok(store)
    }

    fn bare(root: &Path, disk: Disk) -> Result<Self> {
        let absent = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => StoreError::NoStore { root: root.to_owned() },
            _ => StoreError::io("open", root)(error),
        };
        // Helpers and mounts need a path that holds from anywhere.
        let root = fs::canonicalize(root).map_err(absent)?;
        let directory = File::open(&root).map_err(absent)?;
        Ok(Self {
            no_session: layout::sessions(&root).join("none"),
            root,
            disk,
            directory,
            session: None,
            leftovers: Vec::new(),
            realisations: Mutex::default(),
            packs: Mutex::default(),
            commits: Mutex::default(),
            compresses: OnceLock::new(),
        })
    }

    /// The version of a store that has been laid out; refuses what is neither of this one nor of the one before.
    fn version(&self) -> Result<Option<String>> {
        let path = layout::version(&self.root);
        match fs::read_to_string(&path) {
            Ok(found) if [VERSION, FORMER].contains(&found.trim_end()) => {
                Ok(Some(found.trim_end().to_owned()))
            }
            Ok(found) => Err(StoreError::Version {
                root: self.root.clone(),
                found: found.lines().next().unwrap_or_default().to_owned(),
                known: VERSION,
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let failed = || StoreError::io("list", &self.root);
                for entry in fs::read_dir(&self.root).map_err(failed())? {
                    let name = entry.map_err(failed())?.file_name();
                    let found = name.to_string_lossy();
                    if !NAMES.contains(&&*found) {
                        return Err(StoreError::NotAStore {
                            root: self.root.clone(),
                            found: found.into_owned(),
                        });
                    }
                }
                Ok(None)
            }
            Err(error) => Err(StoreError::io("read", &path)(error)),
        }
    }

    /// Makes the directories below the shelves. The file `version` comes after them: without it they are made again.
    /// Two programs may do so at once.
    fn lay_out_shelves(&self) -> Result<()> {
        for shelf in Shelf::ALL {
            let directory = self.root.join(shelf.name());
            self.disk.make_directory(&directory, 0o755)?;
            for name in layout::fan() {
                self.disk.make_directory(&directory.join(name), 0o755)?;
            }
        }
        self.disk.sync_file_system(&self.directory, &self.root)
    }

    /// Makes the directories that are not there: all in a new store, and one that somebody has tidied away.
    fn make_directories(&self) -> Result<()> {
        for (name, mode) in [
            ("derivations", 0o755),
            ("realisations", 0o755),
            ("roots", 0o755),
            ("logs", 0o755),
            // What builders write may hold anything, setuid programs too: for the owner only.
            ("checkouts", 0o700),
            ("tmp", 0o700),
        ] {
            let directory = self.root.join(name);
            if !directory.is_dir() {
                self.disk.make_directory(&directory, mode)?;
            }
        }
        Ok(())
    }

    /// The store's directory, absolute and without symbolic links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// This session's directory. Callers may make files and directories of their own in it, which go with it; the names
    /// `incoming` and `pending` are taken. A store that is open for reading only has no such directory.
    pub fn session(&self) -> &Path {
        self.session.as_ref().map_or(&self.no_session, Session::path)
    }

    /// What earlier sessions left behind and this user may not remove.
    pub fn leftovers(&self) -> &[PathBuf] {
        &self.leftovers
    }

    /// Where the log of a derivation's build lies, or would. The directory exists.
    pub fn log_path(&self, derivation: &DerivationHash) -> PathBuf {
        self.root.join("logs").join(format!("{derivation}.log"))
    }

    /// The directory for trees that are laid out as real directories: a cache, its owner's only.
    pub fn checkouts(&self) -> PathBuf {
        self.root.join("checkouts")
    }

    /// The directory for indices of archives: a cache, made by whoever keeps the first one.
    pub fn indices(&self) -> PathBuf {
        layout::indices(&self.root)
    }

    /// The directory for what is remembered of sources, and for copies of repositories: a cache, made by whoever keeps the
    /// first one.
    pub fn sources(&self) -> PathBuf {
        layout::sources(&self.root)
    }

    /// The directory for locks of what a project's own lock has nothing for: made by whoever keeps the first one.
    pub fn locks(&self) -> PathBuf {
        layout::locks(&self.root)
    }

    /// The directory for what environments keep that run on this machine: made by whoever keeps the first one.
    pub fn environments(&self) -> PathBuf {
        self.root.join(layout::ENVIRONMENTS)
    }

    /// Whether blobs are compressed here: not where the file system can have a file that is laid out share the blob's blocks,
    /// since then that costs more than it saves.
    pub(crate) fn compresses(&self) -> Result<bool> {
        if let Some(compresses) = self.compresses.get() {
            return Ok(*compresses);
        }
        let session = self.writable()?;
        let [one, other] = [session.fresh(&self.disk)?, session.fresh(&self.disk)?];
        let shares = || {
            let (one, other) = (File::create_new(&one)?, File::create_new(&other)?);
            io::Result::Ok(ioctl_ficlone(&other, &one).is_ok())
        };
        let shares = shares();
        for path in [&one, &other] {
            // What cannot be removed now goes with the session.
            let _ = fs::remove_file(path);
        }
        let compresses = !shares.map_err(StoreError::io("make files in", session.path()))?;
        Ok(*self.compresses.get_or_init(|| compresses))
    }

    pub(crate) fn disk(&self) -> &Disk {
        &self.disk
    }

    pub(crate) fn current_session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    pub(crate) fn writable(&self) -> Result<&Session> {
        if self.disk.has_lost() {
            return Err(StoreError::Lost { root: self.root.clone() });
        }
        self.session.as_ref().ok_or_else(|| StoreError::ReadOnly { root: self.root.clone() })
    }
}
