//! How `plc` begins a keeper, and talks to one.

use std::{
    ffi::OsStr,
    fs::OpenOptions,
    io,
    net::TcpListener,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::{net::UnixStream, process::CommandExt},
    },
    path::Path,
    process::{Command, Stdio},
};

use plc_build::sandbox::{
    SandboxError,
    parts::{Ids, refusal},
};

use crate::{
    RUN_ARGUMENT,
    control::{Began, Begin, Event, PROTOCOL, PROTOCOL_FILE, Request, Unshared},
    place::Place,
    wire,
};

/// Why an environment cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No namespaces for it.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// Its directory.
    #[error("cannot use `{directory}`: {source}")]
    Place {
        /// Where it is.
        directory: String,
        /// What the system says.
        source: io::Error,
    },
    /// It could not be started.
    #[error("the environment's keeper cannot be started: {0}")]
    NotBegun(String),
    /// It does not answer.
    #[error("the environment's keeper does not answer: {0}")]
    Silent(io::Error),
    /// It speaks otherwise.
    #[error(
        "it was brought up by another version of plc: `plc down` ends it, and `plc up` brings it up with this one"
    )]
    OtherVersion,
    /// It has ended without an answer.
    #[error("the environment's keeper has ended; its directory has `keeper.log`")]
    Gone,
}

/// A way to a keeper.
#[derive(Debug)]
pub struct Client(UnixStream);

impl Client {
    /// The way to the keeper of a place, where one runs.
    ///
    /// # Errors
    /// There is one that cannot be reached, or was begun by another version.
    pub fn connect(place: &Place) -> Result<Option<Self>, ClientError> {
        let client = Self::connect_to_end(place)?;
        let spoken: Option<u32> = place.read(PROTOCOL_FILE).map_err(|source| at(place, source))?;
        match client {
            Some(_) if spoken != Some(PROTOCOL) => Err(ClientError::OtherVersion),
            client => Ok(client),
        }
    }

    /// The same to a keeper of whatever version, which understands [`Request::Down`].
    ///
    /// # Errors
    /// There is one that cannot be reached.
    pub fn connect_to_end(place: &Place) -> Result<Option<Self>, ClientError> {
        place.connect().map(|stream| stream.map(Self)).map_err(|source| at(place, source))
    }

    /// Starts a keeper that outlives this process, and connects to it. `program` is one that calls [`main`](crate::main) when its
    /// first argument is [`RUN_ARGUMENT`]: usually this one.
    ///
    /// # Errors
    /// This machine has no namespaces for it, or the disk refuses.
    pub fn begin(
        program: &Path,
        environments: &Path,
        name: &str,
        place: &Place,
    ) -> Result<Self, ClientError> {
        let ids = Ids::probe()?;
        place.make().map_err(|source| at(place, source))?;
        let log = OpenOptions::new().create(true).append(true).open(place.path().join("keeper.log"));
        let log = log.map_err(|source| at(place, source))?;
        let (ours, theirs) = UnixStream::pair().map_err(ClientError::Silent)?;
        let mut child = Command::new(program)
            .arg0(OsStr::new("plc"))
            .args([RUN_ARGUMENT, "keeper", name])
            .env_clear()
            .current_dir("/")
            .process_group(0)
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| ClientError::NotBegun(error.to_string()))?;
        let begun = || -> Result<(), ClientError> {
            let Unshared(unshared) = hear(&ours)?;
            unshared.map_err(|code| refusal(io::Error::from_raw_os_error(code)))?;
            ids.map(child.id())?;
            let begin = Begin { environments: environments.to_owned(), name: name.to_owned() };
            wire::send(&ours, &begin, &[]).map_err(ClientError::Silent)?;
            let Began(began) = hear(&ours)?;
            began.map_err(ClientError::NotBegun)
        };
        if let Err(error) = begun() {
            drop(ours);
            let _ = child.wait();
            return Err(error);
        }
        Self::connect(place)?.ok_or(ClientError::Gone)
    }

    /// Ends the connection, also for whoever waits for an answer on it: a program that runs for it is killed.
    pub fn hang_up(&self) {
        let _ = self.0.shutdown(std::net::Shutdown::Both);
    }

    /// Asks for something, and gives what the keeper says last; what it says before goes to `told`.
    ///
    /// # Errors
    /// The keeper has gone.
    pub fn ask(
        &self,
        request: &Request,
        descriptors: &[BorrowedFd<'_>],
        mut told: impl FnMut(&Event),
    ) -> Result<Event, ClientError> {
        wire::send(&self.0, request, descriptors).map_err(unheard)?;
        loop {
            let event = hear::<Event>(&self.0)?;
            match event {
                Event::Done | Event::Failed(_) | Event::Status(_) | Event::Ended(_) => return Ok(event),
                _ => told(&event),
            }
        }
    }
}

/// Borrows listening sockets for a request.
#[must_use]
pub fn listening(listeners: &[TcpListener]) -> Vec<BorrowedFd<'_>> {
    listeners.iter().map(AsFd::as_fd).collect()
}

fn hear<T: serde::de::DeserializeOwned>(from: &UnixStream) -> Result<T, ClientError> {
    match wire::receive(from) {
        Ok(Some((message, _))) => Ok(message),
        Ok(None) => Err(ClientError::Gone),
        Err(error) => Err(unheard(error)),
    }
}

/// A keeper that is killed takes connections for a moment still, which end without a word.
fn unheard(error: io::Error) -> ClientError {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => ClientError::Gone,
        _ => ClientError::Silent(error),
    }
}

fn at(place: &Place, source: io::Error) -> ClientError {
    ClientError::Place { directory: place.path().display().to_string(), source }
}
