//! The group commit: everything that a session has put becomes durable, gets its final name, and then is what some
//! derivations turned out to be.
//!
//! ```text
//! put_*     session/incoming/…  ──rename──→  session/pending/{blobs,trees}/<digest>      nothing synced
//! commit    list pending: trees, then blobs
//!           syncfs                           the bytes are on the disk
//!           rename each: blobs, trees  ──→   {blobs,trees}/ab/cdef…
//!           syncfs                           so are the names
//!           append to realisations/log, fsync
//! ```
//!
//! So a final name never names something half-written, and a realisation never names something that a power cut can
//! take away. Two syncs serve any number of objects; a sync for each would cost milliseconds each. A sync that fails is
//! not tried again: the kernel may have dropped what it could not write, and would report success the next time.

use std::{fs, io};

use crate::{
    Output, Realisation, Result, Store, StoreError, error::Object, layout::Shelf, lock, session::Session,
};

impl Store {
    /// Makes all that this session has put durable and visible to everybody, then records what derivations turned out
    /// to be. May be called from many threads; each call takes along what the others have put.
    ///
    /// # Errors
    /// The disk is full or failing; [`StoreError::Missing`] when a realisation names something that the store does not
    /// have. Some of what was put may have become visible, never a realisation without its content. When the disk was
    /// full, the commit may be repeated; after a failed sync each further one is [`StoreError::Lost`].
    pub fn commit(&self, done: &[Realisation]) -> Result<()> {
        let _turn = lock(&self.commits);
        let session = self.writable()?;
        let pending = list_pending(session)?;
        if !pending.is_empty() {
            self.sync()?;
            for (shelf, hex) in &pending {
                self.move_into_place(session, *shelf, hex)?;
            }
        }
        let done = self.unrecorded(done)?;
        for realisation in &done {
            self.check_output(realisation)?;
        }
        // Also for what another session has moved into place, and not synced yet.
        if !pending.is_empty() || !done.is_empty() {
            self.sync()?;
        }
        self.append(&done)
    }

    /// Makes everything that was written to the store's file system durable.
    pub(crate) fn sync(&self) -> Result<()> {
        self.disk().sync_file_system(&self.directory, self.root())
    }

    fn move_into_place(&self, session: &Session, shelf: Shelf, hex: &str) -> Result<()> {
        let from = session.pending_path(shelf, hex);
        let place = shelf.path(self.root(), hex);
        if fs::symlink_metadata(&place).is_ok() {
            return self.disk().remove(&from).map(drop);
        }
        let moved = self.disk().rename(&from, &place).or_else(|error| {
            if error.kind() != io::ErrorKind::NotFound {
                return Err(error);
            }
            // A process that shares the session has moved it; or somebody has tidied away an empty directory.
            if fs::symlink_metadata(&place).is_ok() {
                return Ok(());
            }
            if let Some(parent) = place.parent() {
                fs::create_dir_all(parent)?;
            }
            self.disk().rename(&from, &place)
        });
        moved.map_err(StoreError::io("move a file to", &place))
    }

    /// A realisation whose content is not there must not be recorded, whoever has lost it.
    fn check_output(&self, realisation: &Realisation) -> Result<()> {
        let committed = |shelf: Shelf, hex: &str| fs::symlink_metadata(shelf.path(self.root(), hex)).is_ok();
        if let Output::Blob { digest, .. } = &realisation.output
            && !committed(Shelf::Blobs, &digest.to_hex())
        {
            return Err(self.missing(Object::Blob(*digest)));
        }
        match realisation.trees().find(|tree| !committed(Shelf::Trees, &tree.to_hex())) {
            Some(tree) => Err(self.missing(Object::Tree(*tree))),
            None => Ok(()),
        }
    }
}

/// What waits for the commit, blobs first, so that a tree never gets its final name before what it names.
///
/// Others put while this looks, each tree after its blobs. So trees are looked for first: the blobs of each that is
/// found are found too.
fn list_pending(session: &Session) -> Result<Vec<(Shelf, String)>> {
    let trees = list_shelf(session, Shelf::Trees)?;
    let mut pending = list_shelf(session, Shelf::Blobs)?;
    pending.extend(trees);
    Ok(pending)
}

fn list_shelf(session: &Session, shelf: Shelf) -> Result<Vec<(Shelf, String)>> {
    let directory = session.pending(shelf);
    let failed = || StoreError::io("list", &directory);
    let entries = match fs::read_dir(&directory) {
        // Nothing was put yet.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed())?,
    };
    let mut pending = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed())?.file_name();
        // Only digests are put there; anything else is not ours to publish.
        if let Some(hex) = name.to_str().filter(|name| name.len() == 64) {
            pending.push((shelf, hex.to_owned()));
        }
    }
    Ok(pending)
}
