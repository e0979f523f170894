//! Blobs and trees: files named by the hash of what they hold.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use rustix::fs::{Mode, fchmod};

use crate::{
    BlobDigest, BlobReader, Result, Store, StoreError, Tree, TreeDigest,
    compression::{self, Compressor, LENGTH_AT, unreadable},
    error::Object,
    layout::Shelf,
    session::Session,
};

impl Store {
    /// Keeps the bytes, to be durable and seen by others after the next [`commit`](Self::commit). Writes nothing when
    /// the store has them.
    ///
    /// # Errors
    /// The disk is full or failing, or the store is open for reading only.
    pub fn put_blob(&self, bytes: &[u8]) -> Result<BlobDigest> {
        let digest = BlobDigest::from_bytes(*blake3::hash(bytes).as_bytes());
        if !self.has_blob(&digest) {
            let compressed = self.compressed(bytes)?;
            self.put_object(Shelf::Blobs, &digest.to_hex(), compressed.as_deref().unwrap_or(bytes))?;
        }
        Ok(digest)
    }

    /// What a blob's file is to hold instead of these bytes, its first or all.
    fn compressed(&self, bytes: &[u8]) -> Result<Option<Vec<u8>>> {
        let compressed = compression::compress(bytes, self.compresses()?);
        compressed.map_err(StoreError::io("compress a file for", self.root()))
    }

    /// Takes a blob piece by piece.
    ///
    /// # Errors
    /// The store is open for reading only.
    pub fn blob_writer(&self) -> Result<BlobWriter<'_>> {
        let session = self.writable()?;
        Ok(BlobWriter {
            store: self,
            session,
            hasher: blake3::Hasher::new(),
            buffer: Vec::new(),
            size: 0,
            file: None,
            compressor: None,
            failed: false,
        })
    }

    /// Whether the store has the blob: committed by anybody, or put by this session.
    pub fn has_blob(&self, digest: &BlobDigest) -> bool {
        self.has_object(Shelf::Blobs, &digest.to_hex())
    }

    /// Opens a blob for reading. The bytes are not checked against the digest.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Damaged`] where it cannot be decompressed, or the disk is failing.
    pub fn open_blob(&self, digest: &BlobDigest) -> Result<BlobReader> {
        let found = self.find_object(Shelf::Blobs, &digest.to_hex())?;
        let (file, path) = found.ok_or_else(|| self.missing(Object::Blob(*digest)))?;
        BlobReader::new(file, *digest, path)
    }

    /// Opens a blob for reading it whole; [`VerifyingReader::verify`] then says whether it was what the digest says.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Damaged`] where it cannot be decompressed, or the disk is failing.
    pub fn open_blob_to_verify(&self, digest: &BlobDigest) -> Result<VerifyingReader> {
        let content = self.open_blob(digest)?;
        Ok(VerifyingReader { content, digest: *digest, hasher: blake3::Hasher::new() })
    }

    /// Where a blob is as it is, for programs that take a path. One that is compressed is so no more then. It is not checked against
    /// the digest.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; the disk is full or failing; the blob is compressed, and damaged or in a store that is open for reading
    /// only.
    pub fn blob_path(&self, digest: &BlobDigest) -> Result<PathBuf> {
        let mut content = self.open_blob(digest)?;
        let path = content.path().to_owned();
        if content.plain().is_some() {
            return Ok(path);
        }
        let failed = |error| unreadable(error, Object::Blob(*digest), &path);
        let temporary = Temporary::create(self, self.writable()?)?;
        let mut piece = Vec::with_capacity(BlobWriter::BUFFER);
        let mut take = |piece: &mut Vec<u8>| {
            piece.clear();
            (&mut content).take(BlobWriter::BUFFER as u64).read_to_end(piece).map_err(failed)
        };
        take(&mut piece)?;
        if compression::is_marked(&piece) {
            let error = io::Error::new(io::ErrorKind::Unsupported, "it begins as compressed files do");
            return Err(StoreError::io("give a path of", &path)(error));
        }
        while !piece.is_empty() {
            temporary.write(&piece)?;
            take(&mut piece)?;
        }
        temporary.publish_durably(&path)?;
        Ok(path)
    }

    /// A whole blob, checked against the digest.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Damaged`], or the disk is failing.
    pub fn read_blob(&self, digest: &BlobDigest) -> Result<Vec<u8>> {
        let object = Object::Blob(*digest);
        let content = self.open_blob(digest)?;
        let path = content.path().to_owned();
        let bytes = content.into_bytes().map_err(|error| unreadable(error, object, &path))?;
        if blake3::hash(&bytes).as_bytes() != digest.as_bytes() {
            return Err(StoreError::Damaged { object, path });
        }
        Ok(bytes)
    }

    /// Keeps a manifest, to be durable and seen by others after the next [`commit`](Self::commit). The blobs that it
    /// names are the caller's to put.
    ///
    /// # Errors
    /// The disk is full or failing, or the store is open for reading only.
    pub fn put_tree(&self, tree: &Tree) -> Result<TreeDigest> {
        let manifest = tree.encode();
        let digest = Tree::digest_of(&manifest);
        self.put_object(Shelf::Trees, &digest.to_hex(), &manifest)?;
        Ok(digest)
    }

    /// Whether the store has the manifest: committed by anybody, or put by this session.
    pub fn has_tree(&self, digest: &TreeDigest) -> bool {
        self.has_object(Shelf::Trees, &digest.to_hex())
    }

    /// A manifest, checked against the digest.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Damaged`], or the disk is failing.
    pub fn read_tree(&self, digest: &TreeDigest) -> Result<Tree> {
        let object = Object::Tree(*digest);
        let (manifest, path) = self.read_object(Shelf::Trees, &digest.to_hex(), object)?;
        if Tree::digest_of(&manifest) != *digest {
            return Err(StoreError::Damaged { object, path });
        }
        Tree::decode(&manifest).map_err(|_| StoreError::Damaged { object, path })
    }

    fn put_object(&self, shelf: Shelf, hex: &str, bytes: &[u8]) -> Result<()> {
        if self.has_object(shelf, hex) {
            return Ok(());
        }
        let session = self.writable()?;
        let temporary = Temporary::create(self, session)?;
        temporary.write(bytes)?;
        temporary.publish(shelf, hex)
    }

    pub(crate) fn has_object(&self, shelf: Shelf, hex: &str) -> bool {
        self.places(shelf, hex).any(|place| fs::symlink_metadata(place).is_ok())
    }

    /// Where to look for an object, in this order: a commit may move it from the second place to the first between the
    /// two looks, hence the third.
    fn places(&self, shelf: Shelf, hex: &str) -> impl Iterator<Item = PathBuf> {
        let place = shelf.path(self.root(), hex);
        let pending = self.current_session().map(|session| session.pending_path(shelf, hex));
        let again = pending.is_some().then(|| place.clone());
        [Some(place), pending, again].into_iter().flatten()
    }

    fn find_object(&self, shelf: Shelf, hex: &str) -> Result<Option<(File, PathBuf)>> {
        for place in self.places(shelf, hex) {
            match File::open(&place) {
                Ok(file) => return Ok(Some((file, place))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(StoreError::io("open", &place)(error)),
            }
        }
        Ok(None)
    }

    fn read_object(&self, shelf: Shelf, hex: &str, object: Object) -> Result<(Vec<u8>, PathBuf)> {
        let (mut file, path) = self.find_object(shelf, hex)?.ok_or_else(|| self.missing(object))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(StoreError::io("read", &path))?;
        Ok((bytes, path))
    }

    pub(crate) fn missing(&self, object: Object) -> StoreError {
        StoreError::Missing { root: self.root().to_owned(), object }
    }
}

/// A blob that is hashed while it is read.
pub struct VerifyingReader {
    content: BlobReader,
    digest: BlobDigest,
    hasher: blake3::Hasher,
}

impl VerifyingReader {
    /// Reads what is left, and holds all of it against the digest.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], or the disk is failing.
    pub fn verify(mut self) -> Result<()> {
        let object = Object::Blob(self.digest);
        let path = self.content.path().to_owned();
        io::copy(&mut self, &mut io::sink()).map_err(|error| unreadable(error, object, &path))?;
        if self.hasher.finalize().as_bytes() != self.digest.as_bytes() {
            return Err(StoreError::Damaged { object, path });
        }
        Ok(())
    }
}

impl Read for VerifyingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.content.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        Ok(count)
    }
}

/// A blob of which the length is not known beforehand: takes the bytes by [`Write`], hashing while it writes.
///
/// Small ones stay in memory until they are whole, so that what the store has already is never written. One that is
/// dropped before [`finish`](Self::finish) leaves nothing behind.
pub struct BlobWriter<'store> {
    store: &'store Store,
    session: &'store Session,
    hasher: blake3::Hasher,
    buffer: Vec<u8>,
    size: u64,
    file: Option<Temporary<'store>>,
    /// What compresses it on the way into the file.
    compressor: Option<Compressor>,
    /// A write has failed, and nobody knows how much of it is in the file.
    failed: bool,
}

impl BlobWriter<'_> {
    /// How many bytes wait in memory for the next write.
    const BUFFER: usize = 256 * 1024;

    /// The digest and the length in bytes; as with [`Store::put_blob`], durable after the next commit.
    ///
    /// # Errors
    /// The disk is full or failing, or an earlier write has failed.
    pub fn finish(mut self) -> Result<(BlobDigest, u64)> {
        if self.file.is_none() && !self.failed {
            return Ok((self.store.put_blob(&self.buffer)?, self.size));
        }
        self.spill()?;
        let digest = BlobDigest::from_bytes(*self.hasher.finalize().as_bytes());
        if let Some(file) = self.file.take()
            && !self.store.has_blob(&digest)
        {
            if let Some(compressor) = self.compressor.take() {
                let rest = compressor.finish().map_err(StoreError::io("compress", &file.path))?;
                file.write(&rest)?;
                file.seek(LENGTH_AT)?;
                file.write(&self.size.to_le_bytes())?;
            }
            file.publish(Shelf::Blobs, &digest.to_hex())?;
        }
        Ok((digest, self.size))
    }

    fn spill(&mut self) -> Result<()> {
        if self.failed {
            let error = io::Error::other("an earlier write of the same file has failed");
            return Err(StoreError::io("write", self.session.path())(error));
        }
        self.failed = true;
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                // The rest is taken for alike.
                if self.store.compressed(&self.buffer)?.is_some() {
                    let compressor = Compressor::new();
                    self.compressor =
                        Some(compressor.map_err(StoreError::io("compress a file for", self.store.root()))?);
                }
                none.insert(Temporary::create(self.store, self.session)?)
            }
        };
        match &mut self.compressor {
            Some(compressor) => {
                let compressed = compressor.take(&self.buffer);
                file.write(&compressed.map_err(StoreError::io("compress", &file.path))?)?;
            }
            None => file.write(&self.buffer)?,
        }
        self.hasher.update(&self.buffer);
        self.buffer.clear();
        self.failed = false;
        Ok(())
    }
}

impl Write for BlobWriter<'_> {
    /// Fails as the file system does: a full disk is an error of the kind `StorageFull`.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(Self::BUFFER - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..taken]);
        self.size += taken as u64;
        if self.buffer.len() == Self::BUFFER {
            self.spill().map_err(|error| match error {
                StoreError::Io { source, .. } => source,
                other => io::Error::other(other),
            })?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file below `incoming/`, gone when dropped.
pub(crate) struct Temporary<'store> {
    store: &'store Store,
    session: &'store Session,
    file: File,
    path: PathBuf,
    moved: bool,
}

impl<'store> Temporary<'store> {
    pub(crate) fn create(store: &'store Store, session: &'store Session) -> Result<Self> {
        let path = session.fresh(store.disk())?;
        let file = store.disk().create(&path).map_err(StoreError::io("make the file", &path))?;
        Ok(Self { store, session, file, path, moved: false })
    }

    /// Where the next write goes, in bytes from the beginning.
    pub(crate) fn seek(&self, place: u64) -> Result<()> {
        let sought = (&self.file).seek(SeekFrom::Start(place));
        sought.map(drop).map_err(StoreError::io("write", &self.path))
    }

    pub(crate) fn write(&self, bytes: &[u8]) -> Result<()> {
        self.store.disk().write(&self.file, &self.path, bytes).map_err(StoreError::io("write", &self.path))
    }

    /// Nobody writes to it again. Not said at creation, where the umask would have a say.
    fn protect(&self) -> Result<()> {
        fchmod(&self.file, Mode::from_raw_mode(0o444))
            .map_err(|error| StoreError::io("change the mode of", &self.path)(error.into()))
    }

    /// Gives the file to the session's pending objects, for the commit to pick up.
    fn publish(self, shelf: Shelf, hex: &str) -> Result<()> {
        self.protect()?;
        let place = self.session.pending_path(shelf, hex);
        self.move_to(&place)
    }

    /// Makes what was written durable and gives it its final name, for what is not part of a group commit.
    pub(crate) fn publish_durably(self, place: &Path) -> Result<()> {
        self.protect()?;
        self.store.disk().sync(&self.file, &self.path)?;
        let directory = place.parent().unwrap_or(place).to_owned();
        let disk = self.store.disk();
        self.move_to(place)?;
        disk.sync_directory(&directory)
    }

    fn move_to(mut self, place: &Path) -> Result<()> {
        self.store.disk().rename(&self.path, place).map_err(StoreError::io("move a file to", place))?;
        self.moved = true;
        Ok(())
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.moved {
            // What cannot be removed now goes with the session.
            let _ = fs::remove_file(&self.path);
        }
    }
}
