//! A small web server of one's own, which misbehaves as it is told: each request is given to a function that says how to
//! answer. It ends with its last handle, and has no connection that outlives its answer.
#![allow(dead_code, missing_docs, unreachable_pub, clippy::unwrap_used)]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// What somebody has asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// With the `/` in front.
    pub path: String,
    /// Where the body is to begin, where that was said.
    pub from: Option<usize>,
    /// How many were asked before.
    pub number: usize,
}

/// How to answer.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The file, from where it was asked for.
    File(Vec<u8>),
    /// The whole file, whatever was asked for.
    Whole(Vec<u8>),
    /// The file after a while.
    Later(Duration, Vec<u8>),
    /// Promises the file, and hangs up after so many bytes of what was asked for.
    Break(usize, Vec<u8>),
    /// Says that the part which was asked for is this one, of so many bytes, whatever it is.
    WrongPart(Vec<u8>),
    /// A status without a body.
    Status(u16),
    /// To another place.
    Redirect(String),
    /// Bytes without end and without length.
    Endless,
    /// Takes the request and says nothing.
    Silence,
    /// One byte of the head after the other, for ever.
    SlowHead,
    /// A good head, and then one byte at a time with a pause between, for ever.
    SlowBody(Duration),
    /// These bytes, head and all.
    Raw(Vec<u8>),
}

/// A server that is running.
pub struct Server {
    pub port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    most: Arc<AtomicUsize>,
    ended: Arc<AtomicBool>,
}

struct Shared {
    requests: Arc<Mutex<Vec<Request>>>,
    at_once: AtomicUsize,
    most: Arc<AtomicUsize>,
    ended: Arc<AtomicBool>,
    answer: Box<dyn Fn(&Request) -> Answer + Send + Sync>,
}

impl Server {
    pub fn new(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (requests, most, ended) = (Arc::default(), Arc::default(), Arc::default());
        let shared = Arc::new(Shared {
            requests: Arc::clone(&requests),
            at_once: AtomicUsize::new(0),
            most: Arc::clone(&most),
            ended: Arc::clone(&ended),
            answer: Box::new(answer),
        });
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.ended.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&shared);
                thread::spawn(move || stream.map(|stream| shared.serve(stream)));
            }
        });
        Self { port, requests, most, ended }
    }

    /// Serves the files of a directory.
    pub fn of(directory: impl Into<PathBuf>) -> Self {
        let directory = directory.into();
        Self::new(move |request| file(&directory, request))
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// How many were answered at the same time, at most.
    pub fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

/// The file that a request names; 404 where there is none.
pub fn file(directory: &std::path::Path, request: &Request) -> Answer {
    fs::read(directory.join(request.path.trim_start_matches('/'))).map_or(Answer::Status(404), Answer::File)
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) {
        let Some(mut request) = read(&stream) else { return };
        {
            let mut requests = self.requests.lock().unwrap();
            request.number = requests.len();
            requests.push(request.clone());
        }
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(at_once, Ordering::SeqCst);
        // Who has gone away meanwhile needs no answer.
        let _ = self.give((self.answer)(&request), &request, stream);
        self.at_once.fetch_sub(1, Ordering::SeqCst);
    }

    fn give(&self, answer: Answer, request: &Request, mut to: TcpStream) -> std::io::Result<()> {
        match answer {
            Answer::File(bytes) => part(&bytes, request.from, usize::MAX, &mut to),
            Answer::Whole(bytes) => part(&bytes, None, usize::MAX, &mut to),
            Answer::Later(pause, bytes) => {
                thread::sleep(pause);
                part(&bytes, request.from, usize::MAX, &mut to)
            }
            Answer::Break(after, bytes) => part(&bytes, request.from, after, &mut to),
            Answer::WrongPart(bytes) => {
                let length = bytes.len();
                let range = format!("Content-Range: bytes 0-{}/{length}\r\n", length.max(1) - 1);
                head(206, length, &range, &mut to)?;
                to.write_all(&bytes)
            }
            Answer::Status(status) => head(status, 0, "", &mut to),
            Answer::Redirect(place) => head(302, 0, &format!("Location: {place}\r\n"), &mut to),
            Answer::Endless => {
                to.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
                self.until_ended(|| to.write_all(&[b'x'; 64 * 1024]))
            }
            Answer::Silence => self.until_ended(|| still_there(&to)),
            Answer::SlowHead => {
                to.write_all(b"HTTP/1.1 200 OK\r\nX-Slow: ")?;
                self.until_ended(|| {
                    thread::sleep(Duration::from_millis(20));
                    to.write_all(b"x")
                })
            }
            Answer::SlowBody(pause) => {
                head(200, 1 << 20, "", &mut to)?;
                self.until_ended(|| {
                    thread::sleep(pause);
                    to.write_all(b"x")
                })
            }
            Answer::Raw(bytes) => to.write_all(&bytes),
        }
    }

    fn until_ended(&self, mut act: impl FnMut() -> std::io::Result<()>) -> std::io::Result<()> {
        while !self.ended.load(Ordering::SeqCst) {
            act()?;
        }
        Ok(())
    }
}

fn still_there(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(20)))?;
    match (&mut &*stream).read(&mut [0]) {
        Ok(0) => Err(std::io::ErrorKind::ConnectionAborted.into()),
        _ => Ok(()),
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next()?;
    let path = first.split(' ').nth(1)?.to_owned();
    let mut from = None;
    for line in lines.take_while(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("range")
        {
            from = value
                .trim()
                .strip_prefix("bytes=")
                .and_then(|range| range.trim_end_matches('-').parse().ok());
        }
    }
    Some(Request { path, from, number: 0 })
}

/// A file from an offset on, of which at most so many bytes are really sent.
fn part(bytes: &[u8], from: Option<usize>, at_most: usize, to: &mut impl Write) -> std::io::Result<()> {
    let body = match from {
        Some(from) if from >= bytes.len() => return head(416, 0, "", to),
        Some(from) => {
            let range = format!("Content-Range: bytes {from}-{}/{}\r\n", bytes.len() - 1, bytes.len());
            head(206, bytes.len() - from, &range, to)?;
            &bytes[from..]
        }
        None => {
            head(200, bytes.len(), "", to)?;
            bytes
        }
    };
    to.write_all(&body[..body.len().min(at_most)])
}

fn head(status: u16, length: usize, more: &str, to: &mut impl Write) -> std::io::Result<()> {
    write!(to, "HTTP/1.1 {status} x\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n")
}
