//! What an environment keeps on disk, and how to reach the keeper that runs it.
//!
//! ```text
//! STORE/environments/NAME/        its owner's only
//!     lock                        held by the keeper as long as it lives; its process id
//!     turn                        held by whoever changes the environment
//!     control                     the keeper's socket
//!     origin.json                 which description it is of
//!     deployment.json             what runs, or ran last
//!     published.json              ports of this machine, so that they stay the same
//!     hosts                       /etc/hosts of all hosts
//!     keeper.log                  what the keeper itself has to say
//!     logs/HOST/UNIT.log          what services and jobs print
//!     scratch/HOST-N/             the writable layer of a host, as long as it runs
//!     kept/state/HOST/PATH/       state directories, `/` written as `%2F`
//!     kept/disks/HOST             those of a virtual machine, as a disk
//!     kept/done/HOST/UNIT         jobs that were run in this state, with a line for each value of their `once_for`
//!     snapshots/NAME/             what `kept` was once
//!     secrets/NAME                secrets that were made up for it
//! ```

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::{fs::DirBuilderExt, net::UnixStream},
    path::{Path, PathBuf},
};

use rustix::fs::{FlockOperation, Mode, OFlags, flock, open};
use serde::{Serialize, de::DeserializeOwned};

use crate::deployment::UnitName;

/// The directory of an environment with its states, and with which jobs were run in them.
pub(crate) const KEPT: &str = "kept";

/// The directory of an environment with its snapshots.
pub const SNAPSHOTS: &str = "snapshots";

/// The directory of one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(PathBuf);

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct Held(File);

impl Place {
    /// The place of the environment of a name. The directory need not exist.
    ///
    /// # Errors
    /// The name cannot be one of a directory.
    pub fn new(environments: &Path, name: &str) -> Result<Self, String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._@+-".contains(&byte);
        if name.is_empty() || name.len() > 200 || name.starts_with('.') || !name.bytes().all(plain) {
            return Err(format!(
                "`{name}` is no name for an environment: letters, digits and `._@+-` may be in one"
            ));
        }
        Ok(Self(environments.join(name)))
    }

    /// All that there are, by name.
    #[must_use]
    pub fn all(environments: &Path) -> Vec<(String, Self)> {
        let entries = fs::read_dir(environments).into_iter().flatten().flatten();
        let mut places: Vec<_> = entries
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                Some((name.clone(), Self::new(environments, &name).ok()?))
            })
            .collect();
        places.sort_by(|one, other| one.0.cmp(&other.0));
        places
    }

    /// Makes the directory where there is none.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn make(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(&self.0)?;
        ["logs", "scratch", KEPT, "kept/state", "kept/done", SNAPSHOTS]
            .iter()
            .try_for_each(|name| builder.create(self.0.join(name)))
    }

    /// The directory itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads a file of it, where there is one.
    ///
    /// # Errors
    /// It cannot be read, or is not what it should be.
    pub fn read<T: DeserializeOwned>(&self, name: &str) -> io::Result<Option<T>> {
        match fs::read(self.0.join(name)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a file of it, whole or not at all.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn write<T: Serialize>(&self, name: &str, content: &T) -> io::Result<()> {
        let fresh = self.0.join(format!(".{name}.{}", std::process::id()));
        let mut file = File::create(&fresh)?;
        file.write_all(&serde_json::to_vec_pretty(content)?)?;
        file.sync_all()?;
        fs::rename(&fresh, self.0.join(name))
    }

    /// Where the log of a unit is.
    #[must_use]
    pub fn log(&self, unit: &UnitName) -> PathBuf {
        self.0.join("logs").join(&unit.host).join(format!("{}.log", unit.short()))
    }

    /// What says for what a job was run.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn done(&self, unit: &UnitName) -> io::Result<Done> {
        let path = self.0.join(KEPT).join("done").join(&unit.host).join(unit.short());
        let for_values = match fs::read_to_string(&path) {
            Ok(text) => Some(text.lines().map(str::to_owned).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        Ok(Done { path, for_values })
    }

    /// Where a state directory of a host is kept.
    pub(crate) fn state(&self, host: &str, path: &str) -> PathBuf {
        let name = path.trim_matches('/').replace('%', "%25").replace('/', "%2F");
        self.states(host).join(name)
    }

    /// The state directories of a host that is a container.
    pub(crate) fn states(&self, host: &str) -> PathBuf {
        self.0.join(KEPT).join("state").join(host)
    }

    /// The disk with those of a host that is a virtual machine.
    pub(crate) fn disk(&self, host: &str) -> PathBuf {
        self.0.join(KEPT).join("disks").join(host)
    }

    /// Takes the lock that the keeper holds; none where another has it.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn lock(&self) -> io::Result<Option<Held>> {
        self.try_to_hold("lock")
    }

    /// Writes this process's id into the lock that it holds, for whoever wants to look at it.
    pub(crate) fn sign(&self, lock: &Held) -> io::Result<()> {
        lock.0.set_len(0)?;
        (&lock.0).write_all(format!("{}\n", std::process::id()).as_bytes())
    }

    /// Takes the turn to change the environment; none where another has it.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn turn(&self) -> io::Result<Option<Held>> {
        self.try_to_hold("turn")
    }

    fn try_to_hold(&self, name: &str) -> io::Result<Option<Held>> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let file = open(self.0.join(name), flags, Mode::RUSR | Mode::WUSR)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Held(file.into()))),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Connects to the keeper, where there is one.
    ///
    /// # Errors
    /// There is one that does not answer.
    pub fn connect(&self) -> io::Result<Option<UnixStream>> {
        let directory = match open(&self.0, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
        {
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            opened => opened?,
        };
        match UnixStream::connect(socket_path(&directory)) {
            Ok(stream) => Ok(Some(stream)),
            Err(error)
                if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// What a job was run for in the state that there is: a file with a line for each value.
pub(crate) struct Done {
    path: PathBuf,
    for_values: Option<Vec<String>>,
}

impl Done {
    /// Whether it need not be run for a value, or at all.
    pub(crate) fn holds(&self, once_for: Option<&str>) -> bool {
        let value_of = |value: &str| self.for_values.iter().flatten().any(|noted| noted == value);
        once_for.map_or(self.for_values.is_some(), value_of)
    }

    /// Notes that it was run.
    ///
    /// # Errors
    /// The disk refuses.
    pub(crate) fn note(&self, once_for: Option<&str>) -> io::Result<()> {
        self.path.parent().map_or(Ok(()), fs::create_dir_all)?;
        let mut file = File::options().create(true).append(true).open(&self.path)?;
        if let Some(value) = once_for {
            file.write_all(format!("{value}\n").as_bytes())?;
        }
        file.sync_all()
    }
}

/// The socket's path by way of its directory: the address of a socket has no room for a long one.
pub(crate) fn socket_path(directory: &impl std::os::fd::AsRawFd) -> PathBuf {
    format!("/proc/self/fd/{}/control", directory.as_raw_fd()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_directories() {
        let environments = Path::new("/x");
        assert!(Place::new(environments, "three_tier@local+php-8.4").is_ok());
        for name in ["", ".", "..", "a/b", "a b", "ä", &"x".repeat(201)] {
            assert!(Place::new(environments, name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_job_is_run_once_for_each_value() {
        let directory = tempfile::tempdir().expect("a directory");
        let place = Place::new(directory.path(), "e").expect("a name");
        let unit = UnitName { host: "app".into(), instance: "wiki".into(), unit: "tables".into() };
        let holds = |once_for| place.done(&unit).expect("it is read").holds(once_for);
        let note = |once_for| place.done(&unit).expect("it is read").note(once_for).expect("it is noted");
        assert!(!holds(None) && !holds(Some("1")));
        note(None);
        assert!(holds(None) && !holds(Some("1")));
        note(Some("1"));
        note(Some("2"));
        assert!(holds(None) && holds(Some("1")) && holds(Some("2")) && !holds(Some("3")));
    }

    #[test]
    fn two_state_directories_do_not_meet() {
        let place = Place::new(Path::new("/x"), "e").expect("a name");
        assert_ne!(place.state("db", "/a/b"), place.state("db", "/a%2Fb"));
        assert!(place.state("db", "/var/lib/mysql").ends_with("kept/state/db/var%2Flib%2Fmysql"));
    }
}
