//! A description on disk: the file, the project around it, its lock.

use std::{
    fs,
    io::Read,
    mem::ManuallyDrop,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use plc_lang::{
    Checked, FileError, Files, Program, Versions,
    diag::Diagnostic,
    source::{Source, Sources, Span},
    topology::{Test, Topology},
};
use plc_plan::{
    identity,
    lock::{Lock, LockedVersions},
};
use plc_store::IdentityHash;

use crate::{
    exit::CliError,
    render::{self, Terminal},
    selecting::{Selecting, Setting},
};

/// The longest source that is read, in bytes; the language refuses longer ones with a diagnostic.
pub(crate) const LONGEST_SOURCE: u64 = 64 << 20;

/// A description that compiles.
pub(crate) struct Project {
    /// The directory of the description: paths of the project are relative to it.
    pub directory: PathBuf,
    /// The description's path as the user wrote it.
    pub entry: PathBuf,
    /// The program. The process ends with its command, and frees all at once what is freed piece by piece otherwise.
    pub program: ManuallyDrop<Program>,
    sources: Sources,
}

/// Reads files below a project's directory.
#[derive(Debug)]
pub(crate) struct ProjectFiles<'a>(pub &'a Path);

impl Files for ProjectFiles<'_> {
    fn read(&self, path: &str) -> Result<String, FileError> {
        let bytes = read_below(self.0, path)?;
        String::from_utf8(bytes).map_err(|_| FileError::NotUtf8)
    }
}

/// A regular file of a project, which neither its path nor a symbolic link may lead out of.
pub(crate) fn read_below(directory: &Path, path: &str) -> Result<Vec<u8>, FileError> {
    let other = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => FileError::NotFound,
        _ => FileError::Other(error.to_string()),
    };
    if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(FileError::Other("it is outside the project".into()));
    }
    let root = directory.canonicalize().map_err(other)?;
    let full = root.join(path).canonicalize().map_err(other)?;
    if !full.starts_with(&root) {
        return Err(FileError::Other("it is a symbolic link that leads out of the project".into()));
    }
    if !fs::metadata(&full).map_err(other)?.is_file() {
        return Err(FileError::Other("it is not a regular file".into()));
    }
    let mut bytes = Vec::new();
    fs::File::open(&full).map_err(other)?.take(LONGEST_SOURCE + 1).read_to_end(&mut bytes).map_err(other)?;
    if bytes.len() as u64 > LONGEST_SOURCE {
        return Err(FileError::TooLarge);
    }
    Ok(bytes)
}

impl Project {
    /// Reads and checks a description; tells all that is wrong with it.
    ///
    /// # Errors
    /// When it cannot be read or does not compile, after its diagnostics were shown.
    pub(crate) fn open(entry: &Path, setting: &Setting, terminal: &Terminal) -> Result<Self, CliError> {
        let (directory, checked) = check(entry, setting)?;
        terminal.diagnostics(&checked.diagnostics, &checked.sources, &directory);
        match checked.program {
            Some(program) => {
                let program = ManuallyDrop::new(program);
                Ok(Self { directory, entry: entry.to_owned(), program, sources: checked.sources })
            }
            None => Err(CliError::said()),
        }
    }

    /// The topology of what is selected, without what depends on the versions of a lock: all that a lock is made for.
    ///
    /// # Errors
    /// When there is no such profile or variant, or it does not evaluate.
    pub(crate) fn topology(
        &self,
        selecting: &Selecting,
        terminal: &Terminal,
    ) -> Result<Arc<Topology>, CliError> {
        let selection = selecting.selection(&self.program)?;
        self.program.evaluate(&selection, None).map_err(|diagnostics| self.told(&diagnostics, terminal))
    }

    /// The whole topology, of which `first` is what does not depend on versions; that alone where the lock lacks something,
    /// which is for whoever lowers it to tell.
    ///
    /// # Errors
    /// When something is wrong with what the versions come to.
    pub(crate) fn with_versions(
        &self,
        selecting: &Selecting,
        first: &Arc<Topology>,
        lock: &Lock,
        terminal: &Terminal,
    ) -> Result<Arc<Topology>, CliError> {
        if !lock.lacks(first).is_empty() {
            return Ok(first.clone());
        }
        let selection = selecting.selection(&self.program)?;
        let versions = LockedVersions::new(lock, first);
        self.program
            .evaluate(&selection, Some(&versions))
            .map_err(|diagnostics| self.told(&diagnostics, terminal))
    }

    /// The tests of what is selected, with the versions of a lock where there is one.
    ///
    /// # Errors
    /// When something is wrong with what the versions come to.
    pub(crate) fn tests(
        &self,
        selecting: &Selecting,
        first: &Topology,
        lock: Option<&Lock>,
        terminal: &Terminal,
    ) -> Result<Vec<Test>, CliError> {
        let selection = selecting.selection(&self.program)?;
        let versions = lock.map(|lock| LockedVersions::new(lock, first));
        let tests =
            self.program.tests(&selection, versions.as_ref().map(|versions| versions as &dyn Versions));
        tests.map_err(|diagnostics| self.told(&diagnostics, terminal))
    }

    /// What the selected environment is, whatever its capacities; `first` is what does not depend on versions.
    ///
    /// # Errors
    /// When something is wrong with what the versions come to.
    pub(crate) fn identity(
        &self,
        selecting: &Selecting,
        first: &Topology,
        lock: &Lock,
        terminal: &Terminal,
    ) -> Result<IdentityHash, CliError> {
        let selection = selecting.selection(&self.program)?;
        let versions = LockedVersions::new(lock, first);
        let form = self.program.identity(&selection, Some(&versions));
        let form = form.map_err(|diagnostics| self.told(&diagnostics, terminal))?;
        Ok(identity::identity(&form, &identity::packages(first, lock)))
    }

    /// Tells what is wrong beyond what checking has found.
    pub(crate) fn told(&self, diagnostics: &[Diagnostic], terminal: &Terminal) -> CliError {
        terminal.diagnostics(diagnostics, &self.sources, &self.directory);
        CliError::said()
    }

    /// A place of the description, as `env.pl:31`.
    pub(crate) fn place(&self, span: Span) -> String {
        render::place(span, &self.sources, &self.directory)
    }

    /// All files that the description is in, the entry file first, the standard library's among them.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter()
    }

    /// The text at a place of a source.
    pub(crate) fn text(&self, span: Span) -> Option<String> {
        let source = self.sources.get(span.source)?;
        source.text.get(span.start as usize..span.end as usize).map(str::to_owned)
    }

    /// Where the lock is: beside the description, `env.pl` → `env.lock`.
    pub(crate) fn lock_path(&self) -> PathBuf {
        self.entry.with_extension("lock")
    }

    /// The lock, if there is one.
    ///
    /// # Errors
    /// When it cannot be read or is no lock.
    pub(crate) fn lock(&self) -> Result<Option<Lock>, CliError> {
        let path = self.lock_path();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(CliError::user(format!("cannot read {}", path.display())).because_of(&error));
            }
        };
        Lock::parse(&text).map(Some).map_err(|error| {
            CliError::user(format!("{}:{}: {}", path.display(), error.line, error.message))
                .help("a lock is not edited: make it again with `plc lock`")
        })
    }
}

/// Reads and checks a description, without saying anything.
///
/// # Errors
/// When the file cannot be read at all.
pub(crate) fn check(entry: &Path, setting: &Setting) -> Result<(PathBuf, Checked), CliError> {
    let name = entry
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| CliError::user(format!("`{}` does not name a file", entry.display())))?;
    let directory = match entry.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    if !entry.exists() {
        return Err(CliError::user(format!("there is no file `{}`", entry.display()))
            .help("name the description to work on, for example `examples/three-tier/env.pl`"));
    }
    if entry.is_dir() {
        return Err(CliError::user(format!("`{}` is a directory", entry.display()))
            .help(format!("name the description in it, for example `{}`", entry.join("env.pl").display())));
    }
    let checked = plc_lang::check(name, &ProjectFiles(&directory), &setting.options());
    Ok((directory, checked))
}
