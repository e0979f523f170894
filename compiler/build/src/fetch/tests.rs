use std::{
    io,
    sync::{Arc, Mutex},
};

use super::*;

mod http;

/// Serves one file from memory, and fails as it is told: each request takes the next behaviour, the last one for ever.
#[derive(Clone, Default)]
struct Script {
    file: Vec<u8>,
    behaviours: Arc<Mutex<Vec<Behaviour>>>,
    requests: Arc<Mutex<Vec<(String, u64)>>>,
}

#[derive(Clone)]
enum Behaviour {
    /// The whole file from where it was asked for.
    Good,
    /// The whole file, whatever was asked for.
    FromStart,
    /// Breaks off after so many bytes of the body.
    BreakAfter(usize),
    /// Ends without a sign after so many bytes.
    EndAfter(usize),
    /// Another file.
    Other(Vec<u8>),
    /// Never ends.
    Endless,
    /// A status.
    Status(u16),
    /// Not there.
    Missing,
}

struct BreakingOff;

impl Read for BreakingOff {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::ConnectionReset, "reset"))
    }
}

impl Transport for Script {
    fn open(&self, url: &str, from: u64) -> Result<Opened, TransportError> {
        self.requests.lock().unwrap().push((url.to_owned(), from));
        let mut behaviours = self.behaviours.lock().unwrap();
        let behaviour = if behaviours.len() > 1 { behaviours.remove(0) } else { behaviours[0].clone() };
        let rest = self.file[(from as usize).min(self.file.len())..].to_vec();
        let cut = |length: usize| io::Cursor::new(rest[..length.min(rest.len())].to_vec());
        let body: Box<dyn Read + Send> = match behaviour {
            Behaviour::Good => Box::new(io::Cursor::new(rest)),
            Behaviour::FromStart => {
                return Ok(Opened { body: Box::new(io::Cursor::new(self.file.clone())), from: 0 });
            }
            Behaviour::BreakAfter(length) => Box::new(cut(length).chain(BreakingOff)),
            Behaviour::EndAfter(length) => Box::new(cut(length)),
            Behaviour::Other(file) => {
                Box::new(io::Cursor::new(file[(from as usize).min(file.len())..].to_vec()))
            }
            Behaviour::Endless => Box::new(io::repeat(7)),
            Behaviour::Status(status) => return Err(TransportError::Status(status)),
            Behaviour::Missing => return Err(TransportError::Missing),
        };
        Ok(Opened { body, from })
    }
}

fn script(behaviours: &[Behaviour]) -> Script {
    let file = (0..5_000_u32).flat_map(u32::to_le_bytes).collect();
    Script { file, behaviours: Arc::new(Mutex::new(behaviours.to_vec())), ..Script::default() }
}

fn fetch(script: &Script, places: usize) -> Result<Vec<u8>, FetchError> {
    let patience = Patience { pause: Duration::ZERO, ..Patience::default() };
    let urls: Vec<String> = (0..places).map(|place| format!("http://{place}.example/x")).collect();
    let fetcher = Fetcher::new(Box::new(script.clone()), patience);
    let mut to = Vec::new();
    let sha256 = sha256_hex(&script.file);
    fetcher.fetch_verified(&urls, &sha256, script.file.len() as u64, &mut to, &mut |_| ())?;
    Ok(to)
}

fn requests(script: &Script) -> Vec<(String, u64)> {
    script.requests.lock().unwrap().clone()
}

#[test]
fn what_comes_at_once_is_taken() {
    let script = script(&[Behaviour::Good]);
    assert_eq!(fetch(&script, 2).unwrap(), script.file);
    assert_eq!(requests(&script).len(), 1);
}

#[test]
fn a_broken_download_is_resumed_where_it_broke_off() {
    for broken in [Behaviour::BreakAfter(1000), Behaviour::EndAfter(1000)] {
        let script = script(&[broken, Behaviour::Good]);
        assert_eq!(fetch(&script, 1).unwrap(), script.file);
        assert_eq!(requests(&script)[1].1, 1000);
    }
}

#[test]
fn a_place_that_cannot_resume_begins_again() {
    let script = script(&[Behaviour::BreakAfter(1000), Behaviour::FromStart]);
    assert_eq!(fetch(&script, 1).unwrap(), script.file);
}

#[test]
fn a_file_that_changed_meanwhile_is_fetched_as_a_whole() {
    let mut changed = script(&[Behaviour::Good]).file;
    changed[2000] ^= 1;
    let first = Behaviour::Other(changed[..1000].to_vec());
    let script = script(&[first, Behaviour::Other(changed), Behaviour::Good]);
    assert_eq!(fetch(&script, 1).unwrap(), script.file);
}

#[test]
fn a_download_cut_anywhere_is_never_accepted() {
    for thousandth in 0..1000 {
        let script = script(&[Behaviour::Good]);
        let length = script.file.len() * thousandth / 1000;
        let cut = Behaviour::Other(script.file[..length].to_vec());
        *script.behaviours.lock().unwrap() = vec![cut];
        assert!(matches!(fetch(&script, 1), Err(FetchError::Everywhere(_))), "cut at {length}");
    }
}

#[test]
fn a_wrong_file_is_asked_for_once_and_the_next_place_is_tried() {
    let mut wrong = script(&[Behaviour::Good]).file;
    wrong[0] ^= 1;
    let script = script(&[Behaviour::Other(wrong), Behaviour::Good]);
    assert_eq!(fetch(&script, 2).unwrap(), script.file);
    assert_eq!(
        requests(&script),
        [("http://0.example/x".to_owned(), 0), ("http://1.example/x".to_owned(), 0)]
    );
}

#[test]
fn an_endless_body_is_left_at_its_declared_end() {
    let script = script(&[Behaviour::Endless]);
    let Err(FetchError::Everywhere(attempts)) = fetch(&script, 1) else { panic!() };
    assert!(matches!(attempts[0].failure, Failure::Long { .. }));
    assert_eq!(requests(&script).len(), 1);
}

#[test]
fn passing_errors_are_tried_again_and_lasting_ones_are_not() {
    let passing = script(&[Behaviour::Status(503), Behaviour::Status(503), Behaviour::Good]);
    assert_eq!(fetch(&passing, 1).unwrap(), passing.file);
    let passing = script(&[Behaviour::Status(503)]);
    assert!(fetch(&passing, 2).is_err());
    assert_eq!(requests(&passing).len(), 6);
    let lasting = script(&[Behaviour::Missing]);
    assert!(fetch(&lasting, 2).is_err());
    assert_eq!(requests(&lasting).len(), 2);
}

#[test]
fn a_crawl_is_given_up() {
    let script = script(&[Behaviour::Endless]);
    let patience = Patience { grace: Duration::ZERO, slowest: u64::MAX, ..Patience::default() };
    let fetcher = Fetcher::new(Box::new(script), patience);
    assert!(fetcher.refuse_slow(Duration::from_secs(2), 10).is_err());
}

#[test]
fn files_are_fetched_from_directories() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x");
    std::fs::write(&path, b"hello").unwrap();
    let url = format!("file://{}", path.display());
    let fetcher = Fetcher::default();
    assert_eq!(fetcher.fetch_untrusted(&url, 5).unwrap(), b"hello");
    assert!(fetcher.fetch_untrusted(&url, 4).is_err());
    let error = fetcher.fetch_untrusted(&format!("{url}y"), 5).unwrap_err();
    assert!(error.to_string().ends_with("y: not there"), "{error}");
    assert!(fetcher.fetch_untrusted("ftp://x/y", 5).is_err());
}

#[test]
fn a_full_disk_is_our_own_trouble() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let script = script(&[Behaviour::Good]);
    let fetcher = Fetcher::new(Box::new(script.clone()), Patience::default());
    let mut to = Reopening::new(|| Ok(Full)).unwrap();
    let sha256 = sha256_hex(&script.file);
    let outcome = fetcher.fetch_verified(&["a".into(), "b".into()], &sha256, 20_000, &mut to, &mut |_| ());
    assert!(matches!(outcome, Err(FetchError::Write(_))));
    assert_eq!(requests(&script).len(), 1);
}

/// A download of which only the hash is known, of at most so many bytes.
fn fetch_hashed(script: &Script, bound: u64) -> Result<Vec<u8>, FetchError> {
    let patience = Patience { pause: Duration::ZERO, ..Patience::default() };
    let fetcher = Fetcher::new(Box::new(script.clone()), patience);
    let mut to = Vec::new();
    fetcher.fetch_hashed(
        &["http://a.example/x".into()],
        &sha256_hex(&script.file),
        bound,
        &mut to,
        &mut |_| (),
    )?;
    Ok(to)
}

#[test]
fn a_file_of_unknown_length_is_known_by_its_hash() {
    let good = script(&[Behaviour::BreakAfter(7), Behaviour::Good]);
    assert_eq!(fetch_hashed(&good, 20_000).unwrap(), good.file);
    assert_eq!(good.requests.lock().unwrap().len(), 2, "resumed");
    for (behaviour, message) in [
        (Behaviour::Other(b"another".to_vec()), "its SHA-256 is "),
        (Behaviour::EndAfter(100), "its SHA-256 is "),
        (Behaviour::Endless, "more than the 20000 bytes that it may have"),
        (Behaviour::Missing, "not there"),
    ] {
        let error = fetch_hashed(&script(&[behaviour]), 20_000).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    let error = fetch_hashed(&script(&[Behaviour::Good]), 19_999).unwrap_err().to_string();
    assert!(error.contains("more than the 19999 bytes"), "{error}");
}
