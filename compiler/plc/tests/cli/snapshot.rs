//! A snapshot archive: what mirrors no longer have, asked last.

use std::fs;

use crate::{
    locks,
    server::{self, Answer, Server},
    support::Place,
};

/// A place whose lock is of an archive that has moved on since, and a server that has the archive as it was.
///
/// Paths begin with a time, and stand for the state of that time: `/20250101T060000Z/pool/…`.
fn moved_on() -> (Place, Server) {
    let place = locks::place();
    let then = place.path("then");
    fs::rename(place.path("archive"), &then).unwrap();
    locks::move_on(&place);
    let server = Server::new(move |request| {
        let (stamp, path) = request.path[1..].split_once('/').unwrap_or_default();
        // The first snapshot was taken in the evening.
        let is_of_then = ("20250101T170000Z"..="20250102T000000Z").contains(&stamp);
        let path = format!("/{path}");
        if is_of_then {
            server::file(&then, &server::Request { path, ..request.clone() })
        } else {
            Answer::Status(404)
        }
    });
    (place, server)
}

fn pool(server: &Server) -> Vec<String> {
    server.requests().into_iter().map(|request| request.path).filter(|path| path.contains("/lib_")).collect()
}

#[test]
fn what_mirrors_no_longer_have_comes_from_a_snapshot() {
    let (place, snapshot) = moved_on();
    let ran = place.run(["vendor"], 3);
    assert!(ran.err.contains("_1_all.deb: not there"), "{}", ran.err);
    assert!(ran.err.contains("`--snapshot URL`"), "{}", ran.err);
    place.run(["vendor", "--snapshot", &snapshot.url()], 0);
    assert_eq!(place.run(["vendor", "--check"], 0).out, "env.vendor has 4 files, all whole\n");
    let tried = ["20250101T060000Z", "20250101T120000Z", "20250102T000000Z"];
    assert_eq!(pool(&snapshot), tried.map(|stamp| format!("/{stamp}/pool/main/l/lib/lib_1_all.deb")));
}

#[test]
fn a_snapshot_is_asked_last_and_trusted_no_more_than_a_mirror() {
    let place = locks::place();
    let asked = Server::new(|_| Answer::File(b"anything".to_vec()));
    place.run(["vendor", "--snapshot", &asked.url()], 0);
    assert_eq!(asked.requests(), [], "the mirror has all");

    let (place, _server) = moved_on();
    let mut command = place.plc(["vendor"]);
    let ran = crate::support::Ran::of(command.env("PLC_SNAPSHOT", asked.url()), 3);
    assert!(ran.err.contains("8 bytes instead of"), "{}", ran.err);
    let ran = place.run(["vendor", "--snapshot", "ftp://127.0.0.1/"], 3);
    assert!(ran.err.contains("an http, https or file URL"), "{}", ran.err);
}

#[test]
fn a_lock_keeps_versions_that_only_a_snapshot_has() {
    let (place, snapshot) = moved_on();
    let locked = place.read("env.lock");
    place.edit("env.pl", "[\"other\"]", "[\"other\", \"web\"]");
    place.forget_store();
    let ran = place.run(["lock", "--json", "--dry-run", "--snapshot", &snapshot.url()], 0).json();
    assert_eq!(ran["changes"], serde_json::json!([]), "nothing moves");
    // Without it they are nowhere to be had, and have to move.
    place.forget_store();
    let ran = place.run(["lock", "--json"], 0).json();
    assert_eq!(ran["changes"].as_array().unwrap().len(), 4, "{ran}");
    assert_ne!(place.read("env.lock"), locked);
}
