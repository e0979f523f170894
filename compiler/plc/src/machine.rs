//! This machine: where the store is, how many processors there are, which architecture.

use std::path::{Path, PathBuf};

use plc_plan::derivation::Derivation;
use plc_store::{DerivationHash, Store, StoreError};

use crate::{Global, exit::CliError};

/// The store, opened.
pub(crate) struct Machine {
    /// The store.
    pub store: Store,
}

impl Machine {
    /// Opens the store to build in it, and makes it where there is none.
    ///
    /// # Errors
    /// When it cannot be made or written.
    pub(crate) fn open(global: &Global) -> Result<Self, CliError> {
        let path = store_path(global)?;
        let store = Store::open(&path).map_err(|error| store_error(&error))?;
        Ok(Self { store })
    }

    /// Opens the store to read from it.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn open_to_read(global: &Global) -> Result<Self, CliError> {
        let path = store_path(global)?;
        if !path.exists() {
            return Err(CliError::user(format!("there is no store at {}", path.display()))
                .help("build something first, or name another store with `--store`"));
        }
        let store = Store::open_read_only(&path).map_err(|error| store_error(&error))?;
        Ok(Self { store })
    }

    /// The derivation that a hash or the beginning of one names.
    ///
    /// # Errors
    /// When none or several begin so.
    pub(crate) fn derivation(&self, prefix: &str) -> Result<(DerivationHash, Derivation), CliError> {
        if prefix.len() < 4 || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(CliError::user(format!("`{prefix}` is not the beginning of a hash"))
                .help("give at least 4 of the hexadecimal digits that `plc build` and `plc show` print"));
        }
        let found =
            self.store.find_derivations(&prefix.to_ascii_lowercase()).map_err(|error| store_error(&error))?;
        match found.as_slice() {
            [] => Err(CliError::user(format!("no derivation in this store begins with `{prefix}`"))
                .help("is it in another store? name it with `--store` or PLC_STORE")),
            [only] => Ok((*only, self.read(only)?)),
            several => Err(self.ambiguous(prefix, several)),
        }
    }

    fn ambiguous(&self, prefix: &str, several: &[DerivationHash]) -> CliError {
        let error = CliError::user(format!("{} derivations begin with `{prefix}`", several.len()));
        several.iter().take(5).fold(error, |error, hash| match self.read(hash) {
            Ok(derivation) => error.cause(format!("{} is {}", &hash.to_hex()[..16], derivation.name)),
            Err(_) => error,
        })
    }

    /// A derivation by its whole hash.
    ///
    /// # Errors
    /// When the store does not have it, or has it damaged.
    pub(crate) fn read(&self, hash: &DerivationHash) -> Result<Derivation, CliError> {
        let bytes = self.store.read_derivation(hash).map_err(|error| store_error(&error))?;
        let bytes = bytes.ok_or_else(|| CliError::user(format!("the store has no derivation {hash}")))?;
        Derivation::decode(&bytes).map_err(|error| {
            CliError::build(format!("derivation {} is damaged", hash.short())).because_of(&error)
        })
    }
}

/// An error of the store as a person is told it.
pub(crate) fn store_error(error: &StoreError) -> CliError {
    let told = match error {
        // Another directory was named than a store's.
        StoreError::NotAStore { .. } | StoreError::NoStore { .. } | StoreError::Version { .. } => {
            CliError::user(error)
        }
        _ => CliError::build("the store failed").because_of(error),
    };
    told.help_if(error.hint())
}

/// Below the user's data directory, unless told otherwise.
fn store_path(global: &Global) -> Result<PathBuf, CliError> {
    if let Some(path) = &global.store {
        return std::path::absolute(path)
            .map_err(|error| CliError::user("cannot name the store").because_of(&error));
    }
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    from("XDG_DATA_HOME")
        .or_else(|| Some(from("HOME")?.join(".local/share")))
        .map(|data| data.join("plc").join("store"))
        .ok_or_else(|| {
            CliError::user("where is the store?")
                .help("set HOME or XDG_DATA_HOME, or name a directory with `--store`")
        })
}

/// Debian's name of this machine's architecture.
///
/// # Errors
/// On a machine that Debian has no name for here.
pub(crate) fn platform() -> Result<&'static str, CliError> {
    match std::env::consts::ARCH {
        "x86_64" => Ok("amd64"),
        "aarch64" => Ok("arm64"),
        other => {
            Err(CliError::user(format!("plc does not know what Debian calls the architecture `{other}`")))
        }
    }
}

/// How many builders run at a time when nothing is said.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The path of this program, which the sandbox starts again.
///
/// # Errors
/// When the system does not say.
pub(crate) fn this_program() -> Result<PathBuf, CliError> {
    let path = std::env::current_exe()
        .map_err(|error| CliError::build("cannot find this program").because_of(&error))?;
    Ok(Path::new(&path).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn a_directory_that_is_no_store_is_the_users_error() {
        let error = StoreError::NotAStore { root: "/home".into(), found: "ann".into() };
        let told = store_error(&error);
        assert_eq!((told.exit(), told.advice()), (Exit::User, error.hint()));
        let lost = store_error(&StoreError::Lost { root: "/home".into() });
        assert_eq!(lost.exit(), Exit::Build);
        assert!(lost.advice().is_some());
    }
}
