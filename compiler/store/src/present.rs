//! Small trees laid out as plain files for people to look at, such as the outcome of a build.

use std::{
    fs,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    path::{Path, PathBuf},
};

use crate::{Kind, Result, Store, StoreError, Tree, TreeDigest, layout};

impl Store {
    /// Lays a tree out below `outcomes/`, once, and gives the directory. Only directories, files and symbolic links are
    /// laid out, without their owners: this is for looking, never for running.
    ///
    /// # Errors
    /// When the tree is not there or damaged, or the disk fails.
    pub fn present(&self, digest: &TreeDigest) -> Result<PathBuf> {
        let outcomes = layout::outcomes(self.root());
        let place = outcomes.join(digest.to_hex());
        if place.is_dir() {
            return Ok(place);
        }
        let session = self.writable()?.path().to_owned();
        let tree = self.read_tree(digest)?;
        let fresh = tempfile::Builder::new()
            .prefix("outcome-")
            .tempdir_in(&session)
            .map_err(StoreError::io("make a directory below", &session))?;
        self.lay_out_plainly(&tree, fresh.path())?;
        // One that is there is never looked into again: so it must not outlive a power cut with its files empty.
        self.sync()?;
        fs::create_dir_all(&outcomes).map_err(StoreError::io("make", &outcomes))?;
        let fresh = fresh.keep();
        match fs::rename(&fresh, &place) {
            // Another build that came to the same was quicker.
            Err(_) if place.is_dir() => {
                fs::remove_dir_all(&fresh).map_err(StoreError::io("remove", &fresh))?
            }
            done => done.map_err(StoreError::io("publish", &place))?,
        }
        Ok(place)
    }

    fn lay_out_plainly(&self, tree: &Tree, to: &Path) -> Result<()> {
        for entry in tree.entries() {
            let path = to.join(std::ffi::OsStr::from_bytes(entry.path.as_bytes()));
            match &entry.kind {
                Kind::Directory if entry.path.is_root() => {
                    let mode = fs::Permissions::from_mode(0o755);
                    fs::set_permissions(&path, mode).map_err(StoreError::io("change the mode of", &path))?;
                }
                Kind::Directory => fs::create_dir(&path).map_err(StoreError::io("make", &path))?,
                Kind::File { blob, .. } => {
                    fs::write(&path, self.read_blob(blob)?).map_err(StoreError::io("write", &path))?;
                }
                Kind::Symlink(target) => {
                    std::os::unix::fs::symlink(std::ffi::OsStr::from_bytes(target), &path)
                        .map_err(StoreError::io("link", &path))?;
                }
                Kind::Hardlink(_) | Kind::Fifo | Kind::CharDevice { .. } | Kind::BlockDevice { .. } => {}
            }
        }
        Ok(())
    }
}
