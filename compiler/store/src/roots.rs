//! Roots: the derivations that somebody wants to keep, each a file `roots/<name>` that holds the hash.

use std::{fs, io};

use crate::{DerivationHash, Result, Store, StoreError, layout, objects::Temporary};

impl Store {
    /// Keeps a derivation under a name, in the place of the one that had the name before. Durable at return.
    ///
    /// # Errors
    /// [`StoreError::BadRootName`]; the disk is full or failing, or the store is open for reading only.
    pub fn add_root(&self, name: &str, derivation: &DerivationHash) -> Result<()> {
        check_name(name)?;
        let session = self.writable()?;
        let place = layout::roots(self.root()).join(name);
        let text = format!("{derivation}\n");
        // A build with nothing to do need not wait for the disk.
        if fs::read(&place).is_ok_and(|there| there == text.as_bytes()) {
            return Ok(());
        }
        let temporary = Temporary::create(self, session)?;
        temporary.write(text.as_bytes())?;
        temporary.publish_durably(&place)
    }

    /// Every root, sorted by name. One that does not hold a hash is left out; [`verify`](Self::verify) names it.
    ///
    /// # Errors
    /// The disk is failing.
    pub fn roots(&self) -> Result<Vec<(String, DerivationHash)>> {
        let mut roots: Vec<_> =
            self.read_roots()?.into_iter().filter_map(|(name, hash)| Some((name, hash?))).collect();
        roots.sort();
        Ok(roots)
    }

    /// Every root, with none for one that does not hold a hash.
    pub(crate) fn read_roots(&self) -> Result<Vec<(String, Option<DerivationHash>)>> {
        let directory = layout::roots(self.root());
        let failed = || StoreError::io("list", &directory);
        let mut roots = Vec::new();
        for entry in fs::read_dir(&directory).map_err(failed())? {
            let entry = entry.map_err(failed())?;
            let text = match fs::read(entry.path()) {
                // Removed since it was listed.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                text => text.map_err(StoreError::io("read", &entry.path()))?,
            };
            let hash = str::from_utf8(&text).ok().and_then(|text| text.strip_suffix('\n')?.parse().ok());
            roots.push((entry.file_name().to_string_lossy().into_owned(), hash));
        }
        Ok(roots)
    }

    /// Forgets a root; says whether there was one.
    ///
    /// # Errors
    /// [`StoreError::BadRootName`]; the disk is failing, or the store is open for reading only.
    pub fn remove_root(&self, name: &str) -> Result<bool> {
        check_name(name)?;
        self.writable()?;
        let directory = layout::roots(self.root());
        let was = self.disk().remove(&directory.join(name))?;
        if was {
            self.disk().sync_directory(&directory)?;
        }
        Ok(was)
    }
}

fn check_name(name: &str) -> Result<()> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+@".contains(&byte);
    if name.is_empty() || name.len() > 200 || name.starts_with('.') || !name.bytes().all(allowed) {
        return Err(StoreError::BadRootName(name.to_owned()));
    }
    Ok(())
}
