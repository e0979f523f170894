//! Over http, from a server that misbehaves.

use std::time::Instant;

use super::*;
use crate::fetch::{
    Limits,
    server::{Answer, Request, Server},
};

fn file() -> Vec<u8> {
    (0..50_000_u32).flat_map(|number| number.to_le_bytes()).collect()
}

fn quick() -> Fetcher {
    let short = Duration::from_millis(300);
    let limits = Limits { connect: short, answer: short, stall: short };
    let patience = Patience {
        attempts: 3,
        pause: Duration::ZERO,
        grace: Duration::from_millis(500),
        slowest: 16 * 1024,
    };
    Fetcher::new(Box::new(Network::with_limits(&limits)), patience)
}

fn fetch_from(server: &Server) -> Result<Vec<u8>, FetchError> {
    let (mut to, file) = (Vec::new(), file());
    let urls = [format!("{}/file", server.url())];
    quick().fetch_verified(&urls, &sha256_hex(&file), file.len() as u64, &mut to, &mut |_| ())?;
    Ok(to)
}

/// From where each request wanted the file.
fn offsets(server: &Server) -> Vec<Option<usize>> {
    server.requests().iter().map(|request| request.from).collect()
}

/// The error of a download that is given up in time.
fn given_up(answer: Answer) -> (String, usize) {
    let server = Server::new(move |_| answer.clone());
    let started = Instant::now();
    let error = fetch_from(&server).unwrap_err().to_string();
    assert!(started.elapsed() < Duration::from_secs(10), "{error}");
    (error, server.requests().len())
}

#[test]
fn a_good_server_is_asked_once() {
    let server = Server::new(|_| Answer::File(file()));
    assert_eq!(fetch_from(&server).unwrap(), file());
    assert_eq!(offsets(&server), [None]);
}

#[test]
fn a_download_is_resumed_by_range_and_verified_as_a_whole() {
    let server = Server::new(|request: &Request| match request.number {
        0 => Answer::Break(70_000, file()),
        1 => Answer::Break(30_000, file()),
        _ => Answer::File(file()),
    });
    assert_eq!(fetch_from(&server).unwrap(), file());
    assert_eq!(offsets(&server), [None, Some(70_000), Some(100_000)]);
}

#[test]
fn a_file_that_changed_between_two_parts_is_never_accepted() {
    let mut other = file();
    other[150_000] ^= 1;
    let changed = other.clone();
    let server = Server::new(move |request: &Request| match request.number {
        0 => Answer::Break(70_000, file()),
        1 => Answer::File(changed.clone()),
        _ => Answer::File(file()),
    });
    assert_eq!(fetch_from(&server).unwrap(), file());
    assert_eq!(offsets(&server), [None, Some(70_000), None], "from the beginning");
    let server = Server::new(move |request: &Request| match request.number {
        0 => Answer::Break(70_000, file()),
        _ => Answer::File(other.clone()),
    });
    let error = fetch_from(&server).unwrap_err().to_string();
    assert!(error.contains("its SHA-256 is "), "{error}");
}

#[test]
fn a_server_that_answers_another_part_or_none_is_begun_with_again() {
    for second in [Answer::Whole(file()), Answer::Status(416)] {
        let server = Server::new(move |request: &Request| match request.number {
            0 => Answer::Break(70_000, file()),
            1 => second.clone(),
            _ => Answer::File(file()),
        });
        assert_eq!(fetch_from(&server).unwrap(), file());
    }
    let server = Server::new(|request: &Request| match request.number {
        0 => Answer::Break(70_000, file()),
        // The right rest under a wrong name: what it is said to be is what counts.
        _ => Answer::WrongPart(file()[70_000..].to_vec()),
    });
    let error = fetch_from(&server).unwrap_err().to_string();
    assert!(error.contains("130000 bytes instead of 200000"), "{error}");
}

#[test]
fn what_never_ends_or_never_begins_is_given_up() {
    let (error, asked) = given_up(Answer::Endless);
    assert!(error.contains("more than the 200000 bytes that it may have") && asked == 1, "{error}");
    let (error, _) = given_up(Answer::Silence);
    assert!(error.contains("timeout"), "{error}");
    let (error, _) = given_up(Answer::SlowHead);
    assert!(error.contains("timeout"), "{error}");
    // Each byte comes in time, and all of them together do not.
    let (error, _) = given_up(Answer::SlowBody(Duration::from_millis(100)));
    assert!(error.contains("too slow"), "{error}");
    let (error, _) = given_up(Answer::SlowBody(Duration::from_secs(3)));
    assert!(error.contains("timeout"), "{error}");
}

#[test]
fn a_redirect_leads_to_another_web_server_and_nowhere_else() {
    let good = Server::new(|_| Answer::File(file()));
    let place = format!("{}/there", good.url());
    let server = Server::new(move |_| Answer::Redirect(place.clone()));
    assert_eq!(fetch_from(&server).unwrap(), file());
    assert_eq!(good.requests()[0].path, "/there");

    // A file of the right bytes, so that only the way to it is wrong.
    let directory = tempfile::tempdir().unwrap();
    let local = directory.path().join("file");
    std::fs::write(&local, file()).unwrap();
    let local = local.display().to_string();
    assert_eq!(quick().fetch_untrusted(&format!("file://{local}"), 1 << 20).unwrap(), file());
    for place in [
        format!("file://{local}"),
        format!("file:{local}"),
        format!("//{local}"),
        "ftp://127.0.0.1/file".to_owned(),
        "gopher://127.0.0.1/file".to_owned(),
        "javascript:file".to_owned(),
        String::new(),
    ] {
        let (error, asked) = given_up(Answer::Redirect(place.clone()));
        assert!(asked <= 6, "{place}: {error}");
    }
    let server = Server::new(|_| Answer::Redirect("/file".to_owned()));
    let error = fetch_from(&server).unwrap_err().to_string();
    assert!(error.contains("redirect"), "{error}");
    assert!(server.requests().len() <= 6, "{:?}", server.requests().len());
}

#[test]
fn a_redirect_can_put_no_headers_and_no_body_into_an_answer() {
    // What apt once took for the answer itself: a place with the lines of an answer in it (CVE-2019-3462).
    let body = String::from_utf8_lossy(&[b'x'; 10]).into_owned();
    let encoded = format!("/there%0D%0A%0D%0A{body}");
    let server = Server::new(move |request: &Request| match request.path.as_str() {
        "/file" => Answer::Redirect(encoded.clone()),
        _ => Answer::Status(404),
    });
    let error = quick().fetch_untrusted(&format!("{}/file", server.url()), 1 << 20).unwrap_err().to_string();
    assert!(error.contains("not there"), "{error}");
    let paths: Vec<String> = server.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/file".to_owned(), "/there%0D%0A%0D%0Axxxxxxxxxx".to_owned()], "as it is written");
}

#[test]
fn an_answer_that_is_no_answer_is_refused() {
    for raw in [&b"SSH-2.0-OpenSSH\r\n"[..], b"HTTP/1.1 200 OK\r\n", b"", &[b'x'; 100_000]] {
        let raw = raw.to_vec();
        given_up(Answer::Raw(raw));
    }
    // A head that is longer than any.
    let head = [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 1 << 20], b"\r\n\r\n".to_vec()].concat();
    given_up(Answer::Raw(head));
}
