//! The network and the file system as places to read from.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use ureq::{
    Agent, Body,
    config::Config,
    http::{Response, Uri},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

/// Opens files by URL. Must be quick to give up: no call and no read may hang for ever.
pub trait Transport: Send + Sync {
    /// The body of a URL from an offset on, or from the beginning where the place cannot resume.
    fn open(&self, url: &str, from: u64) -> Result<Opened, TransportError>;
}

/// A body that is being read.
pub struct Opened {
    /// The bytes.
    pub body: Box<dyn Read + Send>,
    /// The offset of the first of them: what was asked for, or 0.
    pub from: u64,
}

/// A place that does not give the file.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The file is not there.
    #[error("not there")]
    Missing,
    /// The server answered with a status that is neither success nor absence.
    #[error("the server answers {0}")]
    Status(u16),
    /// No connection, or it broke off, or it was too slow to answer.
    #[error("{0}")]
    Connection(String),
    /// The URL, or the answer, is not acceptable.
    #[error("{0}")]
    Refused(String),
    /// A local file cannot be read.
    #[error("cannot be read: {0}")]
    File(#[source] io::Error),
}

impl TransportError {
    /// Whether asking again may help.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Status(status) => matches!(status, 408 | 429 | 500..),
            Self::Connection(_) => true,
            Self::Missing | Self::Refused(_) | Self::File(_) => false,
        }
    }
}

/// Looks each host up once: a few hundred files come from the same one, and a look-up that is lost on the way costs
/// seconds.
#[derive(Debug, Default)]
struct OnceEach {
    inner: DefaultResolver,
    known: Mutex<BTreeMap<String, ResolvedSocketAddrs>>,
}

impl Resolver for OnceEach {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.scheme().zip(uri.authority());
        let host = host.and_then(|(scheme, host)| DefaultResolver::host_and_port(scheme, host));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(addresses) = host.as_ref().and_then(|host| known.get(host)) {
            return Ok(addresses.clone());
        }
        // The lock is held meanwhile: whoever else asks for the host waits for this answer.
        let addresses = self.inner.resolve(uri, config, timeout)?;
        known.extend(host.map(|host| (host, addresses.clone())));
        Ok(addresses)
    }
}

/// How long the network may keep silent.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Until a host is found, and until it is connected to.
    pub connect: Duration,
    /// Until the head of an answer is there, whole.
    pub answer: Duration,
    /// Between two parts of a body.
    pub stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(10), answer: seconds(30), stall: seconds(20) }
    }
}

/// `http`, `https` and `file` URLs.
pub struct Network {
    agent: Agent,
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}

impl Network {
    /// With the usual limits. The environment's `http_proxy`, `https_proxy` and `no_proxy` hold.
    pub fn new() -> Self {
        Self::with_limits(&Limits::default())
    }

    /// With other limits.
    pub fn with_limits(limits: &Limits) -> Self {
        let config = Agent::config_builder()
            .timeout_resolve(Some(limits.connect))
            .timeout_connect(Some(limits.connect))
            .timeout_recv_response(Some(limits.answer))
            .timeout_per_read(Some(limits.stall))
            .max_redirects(5)
            .max_redirects_will_error(true)
            .max_response_header_size(64 * 1024)
            .user_agent(concat!("plc/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), OnceEach::default()) }
    }

    fn request(&self, url: &str, from: u64) -> Result<Response<Body>, TransportError> {
        let mut request = self.agent.get(url);
        if from > 0 {
            request = request.header("Range", format!("bytes={from}-"));
        }
        request.call().map_err(classify)
    }

    fn http(&self, url: &str, from: u64) -> Result<Opened, TransportError> {
        let response = match self.request(url, from) {
            // The file has become shorter than what was already read of it.
            Err(TransportError::Status(416)) if from > 0 => self.request(url, 0)?,
            other => other?,
        };
        let from = if resumes_at(&response, from) { from } else { 0 };
        Ok(Opened { body: Box::new(response.into_body().into_reader()), from })
    }
}

impl Transport for Network {
    fn open(&self, url: &str, from: u64) -> Result<Opened, TransportError> {
        match url.split_once("://") {
            Some(("http" | "https", _)) => self.http(url, from),
            Some(("file", path)) => file(path, from),
            _ => Err(TransportError::Refused("only http, https and file URLs are fetched".to_owned())),
        }
    }
}

/// Whether a partial answer begins where it was asked to.
fn resumes_at(response: &Response<Body>, from: u64) -> bool {
    let range = response.headers().get("content-range").and_then(|value| value.to_str().ok());
    response.status().as_u16() == 206
        && range.is_some_and(|range| range.starts_with(&format!("bytes {from}-")))
}

fn file(path: &str, from: u64) -> Result<Opened, TransportError> {
    let open = || -> io::Result<File> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        Ok(file)
    };
    match open() {
        Ok(file) => Ok(Opened { body: Box::new(file), from }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(TransportError::Missing),
        Err(error) => Err(TransportError::File(error)),
    }
}

fn classify(error: ureq::Error) -> TransportError {
    match error {
        ureq::Error::StatusCode(404 | 410) => TransportError::Missing,
        ureq::Error::StatusCode(status) => TransportError::Status(status),
        ureq::Error::Io(_)
        | ureq::Error::Timeout(_)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::BodyStalled => TransportError::Connection(error.to_string()),
        other => TransportError::Refused(other.to_string()),
    }
}
