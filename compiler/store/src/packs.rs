//! Derivations: all the new ones of one evaluation are one file, a pack, with an index in front.
//!
//! ```text
//! "plc pack 1\n" and zeros up to 16 bytes
//! how many                              8 bytes, little-endian
//! hash, offset, length       32 + 8 + 8 bytes each, sorted by hash; the offset counts from the start of the file
//! BLAKE3 of all of the above            32 bytes
//! the derivations' canonical encodings
//! ```
//!
//! A file and a sync for each derivation would cost seconds for a graph of ten thousand. A pack is named by the hash of
//! its index and never changed.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use crate::{
    DerivationHash, Result, Store, StoreError, encode, encode::Pieces, error::Object, layout, lock,
    objects::Temporary,
};

/// The domain of a derivation's hash.
pub(crate) const DOMAIN: &str = "plc 1 derivation";

const MAGIC: &[u8; 16] = b"plc pack 1\n\0\0\0\0\0";
const HEAD: usize = MAGIC.len() + 8;
const RECORD: usize = 32 + 8 + 8;

/// One pack's index.
pub(crate) struct Pack {
    pub(crate) path: PathBuf,
    /// The records as they stand in the file.
    records: Vec<u8>,
}

/// Where a derivation lies in a pack.
#[derive(Clone, Copy)]
struct Record {
    hash: DerivationHash,
    offset: u64,
    length: u64,
}

impl Pack {
    /// Reads the index of a pack; none when it is damaged.
    pub(crate) fn open(path: &Path) -> io::Result<Option<Self>> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut head = [0; HEAD];
        if length < HEAD as u64 {
            return Ok(None);
        }
        file.read_exact_at(&mut head, 0)?;
        let (magic, count) = head.split_at(MAGIC.len());
        let count = u64::from_le_bytes(count.try_into().expect("HEAD has eight bytes after the magic"));
        let fits = count.checked_mul(RECORD as u64).is_some_and(|size| size <= length);
        if magic != MAGIC || !fits {
            return Ok(None);
        }
        // No more than the file is long.
        let mut records = vec![0; count as usize * RECORD];
        let mut sum = [0; 32];
        let read = file
            .read_exact_at(&mut records, HEAD as u64)
            .and_then(|()| file.read_exact_at(&mut sum, (HEAD + records.len()) as u64));
        match read {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let found = blake3::Hasher::new().update(&head).update(&records).finalize();
        Ok((found == sum).then(|| Self { path: path.to_owned(), records }))
    }

    fn len(&self) -> usize {
        self.records.len() / RECORD
    }

    fn record(&self, index: usize) -> Record {
        let bytes = &self.records[index * RECORD..][..RECORD];
        let number =
            |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes were cut out"));
        let hash = bytes[..32].try_into().expect("32 bytes were cut out");
        Record { hash: DerivationHash::from_bytes(hash), offset: number(32), length: number(40) }
    }

    /// The index of the first record whose hash is not before this one.
    fn lower_bound(&self, hash: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.records[middle * RECORD..][..32] < *hash {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    fn get(&self, hash: &DerivationHash) -> Option<Record> {
        let index = self.lower_bound(hash.as_bytes());
        (index < self.len()).then(|| self.record(index)).filter(|record| record.hash == *hash)
    }

    pub(crate) fn hashes(&self) -> impl Iterator<Item = DerivationHash> {
        (0..self.len()).map(|index| self.record(index).hash)
    }

    /// A derivation's encoding, checked against its hash; the outer none when the pack does not have it.
    pub(crate) fn read(&self, hash: &DerivationHash) -> Result<Option<Vec<u8>>> {
        let Some(record) = self.get(hash) else { return Ok(None) };
        let damaged = || StoreError::Damaged { object: Object::Derivation(*hash), path: self.path.clone() };
        let failed = || StoreError::io("read", &self.path);
        let file = File::open(&self.path).map_err(failed())?;
        let length = file.metadata().map_err(failed())?.len();
        if record.offset.checked_add(record.length).is_none_or(|end| end > length) {
            return Err(damaged());
        }
        let mut bytes = vec![0; record.length as usize];
        file.read_exact_at(&mut bytes, record.offset).map_err(failed())?;
        if encode::hash(DOMAIN, &bytes) != *hash.as_bytes() {
            return Err(damaged());
        }
        Ok(Some(bytes))
    }
}

/// The packs that have been seen so far.
#[derive(Default)]
pub(crate) struct Packs {
    all: Vec<Pack>,
    /// Every file that was looked at, the damaged ones too.
    seen: BTreeSet<PathBuf>,
}

impl Packs {
    /// Reads the index of each pack that has been added.
    fn refresh(&mut self, directory: &Path) -> Result<()> {
        for path in list(directory)? {
            if self.seen.insert(path.clone()) {
                self.all.extend(Pack::open(&path).map_err(StoreError::io("read", &path))?);
            }
        }
        Ok(())
    }

    fn holding(&self, hash: &DerivationHash) -> impl Iterator<Item = &Pack> {
        self.all.iter().filter(|pack| pack.get(hash).is_some())
    }
}

/// The packs of a store, sorted by name.
pub(crate) fn list(directory: &Path) -> Result<Vec<PathBuf>> {
    let failed = || StoreError::io("list", directory);
    let mut packs = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed())? {
        let path = entry.map_err(failed())?.path();
        if path.extension().is_some_and(|extension| extension == "pack") {
            packs.push(path);
        }
    }
    packs.sort();
    Ok(packs)
}

impl Store {
    /// Keeps the derivations' canonical encodings, durably and at once; nothing is written when the store has them all.
    ///
    /// # Errors
    /// The disk is full or failing, or the store is open for reading only.
    pub fn put_derivations<T: Encoding>(&self, all: &[(DerivationHash, T)]) -> Result<()> {
        let directory = layout::derivations(self.root());
        let mut packs = lock(&self.packs);
        packs.refresh(&directory)?;
        let mut new: Vec<_> = all.iter().filter(|(hash, _)| packs.holding(hash).next().is_none()).collect();
        if new.is_empty() {
            return Ok(());
        }
        new.sort_by_key(|(hash, _)| *hash);
        new.dedup_by_key(|(hash, _)| *hash);
        let temporary = Temporary::create(self, self.writable()?)?;
        let path = directory.join(write(&temporary, &new)?);
        temporary.publish_durably(&path)?;
        // It may take the place of a damaged one.
        packs.seen.remove(&path);
        packs.refresh(&directory)
    }

    /// A derivation's canonical encoding, checked against its hash.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], or the disk is failing.
    pub fn read_derivation(&self, hash: &DerivationHash) -> Result<Option<Vec<u8>>> {
        let mut packs = lock(&self.packs);
        if packs.holding(hash).next().is_none() {
            packs.refresh(&layout::derivations(self.root()))?;
        }
        // Two sessions may have packed the same derivation: one good copy is enough.
        let mut result = Ok(None);
        for pack in packs.holding(hash) {
            result = pack.read(hash);
            if result.is_ok() {
                break;
            }
        }
        result
    }

    /// The derivations whose hash starts with these digits, sorted; none for what is not hexadecimal.
    ///
    /// # Errors
    /// The packs cannot be read.
    pub fn find_derivations(&self, hex_prefix: &str) -> Result<Vec<DerivationHash>> {
        let digits = hex_prefix.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !digits || hex_prefix.len() > 64 {
            return Ok(Vec::new());
        }
        let first: DerivationHash =
            format!("{hex_prefix:0<64}").parse().expect("64 hexadecimal digits are a digest");
        let mut packs = lock(&self.packs);
        packs.refresh(&layout::derivations(self.root()))?;
        let mut found = BTreeSet::new();
        for pack in &packs.all {
            let records =
                (pack.lower_bound(first.as_bytes())..pack.len()).map(|index| pack.record(index).hash);
            found.extend(records.take_while(|hash| hash.to_hex().starts_with(hex_prefix)));
        }
        Ok(found.into_iter().collect())
    }
}

/// What has a canonical encoding. Many are given to the store at once, so each is encoded when it is written.
pub trait Encoding {
    /// Adds the canonical encoding.
    ///
    /// # Errors
    /// What handing it on came to.
    fn encode_to<E, F: FnMut(&[u8]) -> std::result::Result<(), E>>(
        &self,
        pieces: &mut Pieces<'_, E, F>,
    ) -> Result<(), E>;
}

impl Encoding for Vec<u8> {
    fn encode_to<E, F: FnMut(&[u8]) -> std::result::Result<(), E>>(
        &self,
        pieces: &mut Pieces<'_, E, F>,
    ) -> Result<(), E> {
        pieces.extend(self)
    }
}

/// Writes a pack of sorted derivations, the index last, and gives its name.
fn write<T: Encoding>(file: &Temporary<'_>, sorted: &[&(DerivationHash, T)]) -> Result<String> {
    let mut index = Vec::with_capacity(HEAD + sorted.len() * RECORD + 32);
    index.extend_from_slice(MAGIC);
    index.extend_from_slice(&(sorted.len() as u64).to_le_bytes());
    let mut offset = (HEAD + sorted.len() * RECORD + 32) as u64;
    file.seek(offset)?;
    let mut buffer = Vec::new();
    let mut pieces = Pieces::new(&mut buffer, |piece| file.write(piece));
    for (hash, derivation) in sorted {
        let before = pieces.length();
        derivation.encode_to(&mut pieces)?;
        let length = pieces.length() - before;
        index.extend_from_slice(hash.as_bytes());
        index.extend_from_slice(&offset.to_le_bytes());
        index.extend_from_slice(&length.to_le_bytes());
        offset += length;
    }
    pieces.finish()?;
    let sum = blake3::hash(&index);
    index.extend_from_slice(sum.as_bytes());
    file.seek(0)?;
    file.write(&index)?;
    Ok(format!("{}.pack", &sum.to_hex()[..32]))
}
