//! What can go wrong with the sandbox itself. A step that fails is no error but an [`Outcome`](super::Outcome).

use std::{io, path::PathBuf, process::ExitStatus};

use rustix::io::Errno;
use serde::{Deserialize, Serialize};

/// Why the sandbox could not do what was asked. There is no way on without it: nothing is ever run outside.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The kernel has user namespaces switched off.
    #[error(
        "user namespaces are switched off: `{sysctl}` is 0; run `sysctl -w {sysctl}={wanted}` as root, and write \
         `{sysctl} = {wanted}` to a file in `/etc/sysctl.d` so that it stays"
    )]
    SwitchedOff {
        /// The kernel setting.
        sysctl: &'static str,
        /// What it should be.
        wanted: u32,
    },
    /// There are as many user namespaces as the kernel lets this user have.
    #[error(
        "there are too many user namespaces: `user.max_user_namespaces` is {most}; end what holds them, or run \
         `sysctl -w user.max_user_namespaces=NUMBER` as root with a larger number"
    )]
    TooMany {
        /// How many there may be.
        most: String,
    },
    /// The kernel refuses a user namespace for no reason that its settings tell.
    #[error(
        "the kernel allows no user namespace here ({0}): a `chroot` or an outer container forbids it; run outside of it, \
         or let the container make user namespaces"
    )]
    Forbidden(io::Error),
    /// `newuidmap` or `newgidmap` is not in `PATH`.
    #[error("`{0}` is not installed; install the package `uidmap`, or run as root")]
    NoTool(&'static str),
    /// The user has no name, so that no subordinate ids can be found.
    #[error("user {uid} has no entry in `/etc/passwd`, so no subordinate ids can be his")]
    NoUser {
        /// The user's id.
        uid: u32,
    },
    /// Too few subordinate ids.
    #[error(
        "`{file}` gives `{user}` {found} subordinate ids, and {needed} are needed; run `{command}` as root, which gives a \
         range that nobody has"
    )]
    TooFewIds {
        /// `/etc/subuid` or `/etc/subgid`.
        file: &'static str,
        /// The user's name.
        user: String,
        /// How many there are.
        found: u64,
        /// How many it takes.
        needed: u32,
        /// What gives them, for users and groups where both are missing.
        command: String,
    },
    /// Root of a container that has few ids itself.
    #[error("`{file}` says that root has {found} ids here, and {needed} are needed; give the container more")]
    TooFewOwnIds {
        /// `/proc/self/uid_map` or `/proc/self/gid_map`.
        file: &'static str,
        /// How many there are.
        found: u32,
        /// How many it takes.
        needed: u32,
    },
    /// The ids could not be mapped.
    #[error("`{tool}` cannot map the ids: {reason}")]
    MapRefused {
        /// `newuidmap`, `newgidmap`, or the file that was written to.
        tool: String,
        /// Its own words.
        reason: String,
    },
    /// The helper process could not be started.
    #[error("`{helper}` cannot be started as the sandbox's helper: {source}")]
    NotStarted {
        /// The program.
        helper: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The helper process ended without an answer.
    #[error("the sandbox's helper ended without an answer ({0})")]
    HelperDied(ExitStatus),
    /// Talking to the helper process failed.
    #[error("the sandbox's helper cannot be talked to: {0}")]
    Pipe(io::Error),
    /// [`Sandbox::stop`](super::Sandbox::stop) was called.
    #[error("stopped")]
    Stopped,
    /// Something failed in the helper process.
    #[error(transparent)]
    Inside(#[from] InsideError),
}

impl SandboxError {
    /// Whether the disk, or the user's share of it, is full.
    pub fn is_full(&self) -> bool {
        let full = [Errno::NOSPC, Errno::DQUOT];
        match self {
            Self::Inside(InsideError::System { code, .. } | InsideError::Overlay { code }) => {
                full.iter().any(|errno| errno.raw_os_error() == *code)
            }
            // What the store says comes as text from the helper.
            Self::Inside(InsideError::Store(text)) => {
                full.iter().any(|errno| text.contains(&io::Error::from(*errno).to_string()))
            }
            _ => false,
        }
    }
}

/// What failed in the helper process, in a form that can be sent to the parent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum InsideError {
    /// A system call.
    #[error("cannot {doing}: {}", io::Error::from_raw_os_error(*.code))]
    System {
        /// What for: `mount /proc`.
        doing: String,
        /// Its error number.
        code: i32,
    },
    /// The file system that the store is on cannot carry an overlay.
    #[error(
        "cannot mount the root file system as an overlay: {}; the kernel must be 5.11 or newer, and the store on a file \
         system that can hold an upper layer (ext4, xfs, btrfs or tmpfs; not NFS, not an overlay itself)",
        io::Error::from_raw_os_error(*.code)
    )]
    Overlay {
        /// The error number.
        code: i32,
    },
    /// The security module gives user namespaces no capabilities.
    #[error(
        "cannot {doing}: AppArmor gives user namespaces no capabilities; run \
         `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0` as root, or give `plc` a profile that allows `userns`"
    )]
    AppArmor {
        /// What for.
        doing: String,
    },
    /// The store refused.
    #[error("the store: {0}")]
    Store(String),
    /// The root file system cannot be used or read back.
    #[error("`{path}` in the root file system {what}")]
    Unusable {
        /// Where.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// The parent asked to stop, or is gone.
    #[error("stopped")]
    Stopped,
    /// A message that is not what was expected at that point.
    #[error("the sandbox's processes do not understand each other: {0}")]
    Protocol(String),
}

/// The result of what happens in the helper process.
pub type Inside<T> = Result<T, InsideError>;

/// Names what a system call was for.
pub trait Doing<T> {
    /// `what` completes "cannot …".
    ///
    /// # Errors
    /// That of the call, with what it was for.
    fn doing<W: Into<String>>(self, what: impl FnOnce() -> W) -> Inside<T>;
}

impl<T> Doing<T> for Result<T, Errno> {
    fn doing<W: Into<String>>(self, what: impl FnOnce() -> W) -> Inside<T> {
        self.map_err(|error| InsideError::System { doing: what().into(), code: error.raw_os_error() })
    }
}

impl<T> Doing<T> for io::Result<T> {
    fn doing<W: Into<String>>(self, what: impl FnOnce() -> W) -> Inside<T> {
        self.map_err(|error| InsideError::System {
            doing: what().into(),
            code: error.raw_os_error().unwrap_or(Errno::IO.raw_os_error()),
        })
    }
}
