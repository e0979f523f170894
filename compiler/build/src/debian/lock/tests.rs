//! Against the real archive.

use std::{cell::RefCell, path::PathBuf, time::Instant};

use plc_lang::source::Span;

use super::*;
use crate::debian::{sources::Sources, trust::keyring_file};

fn debian(suites: &[&str]) -> Archive {
    Archive {
        name: "debian".into(),
        suites: suites.iter().map(|suite| (*suite).to_owned()).collect(),
        components: vec!["main".into()],
        signed_by: "debian-archive-keyring".into(),
        mirror: None,
        span: Span::default(),
    }
}

fn host(name: &str, wants: &[&str]) -> HostRequest {
    HostRequest {
        name: name.into(),
        archive: "debian".into(),
        wants: wants.iter().map(|want| (*want).to_owned()).collect(),
    }
}

/// Writes the closures of the given suites to where `PLC_CLOSURES` says, for comparison with apt.
#[test]
#[ignore = "needs the real archive"]
fn the_real_archive_can_be_locked() {
    let suites = std::env::var("PLC_SUITES").unwrap_or("bookworm".into());
    let suites: Vec<&str> = suites.split(' ').collect();
    let hosts = [
        host("edge", &["haproxy"]),
        host("web", &["apache2", "php8.2-fpm", "php8.2-mysql"]),
        host("db", &["mariadb-server"]),
    ];
    let extra = std::env::var("PLC_WANTS").unwrap_or_default();
    let extra: Vec<HostRequest> =
        extra.split_whitespace().map(|wants| host(wants, &wants.split(',').collect::<Vec<_>>())).collect();
    let hosts: Vec<HostRequest> = hosts.into_iter().chain(extra).collect();
    let mirrors = Mirrors { sources: Sources::read(Path::new("/etc/apt")).unwrap(), ..Mirrors::default() };
    let cache = std::env::var("PLC_CACHE").map(PathBuf::from).ok();
    let fetcher = Fetcher::default();
    let phases = RefCell::new(Vec::new());
    let started = Instant::now();
    let machine = Machine {
        fetcher: &fetcher,
        mirrors: &mirrors,
        keyring: &|name| keyring_file(name, Path::new(".")),
        now: SystemTime::now(),
        cache: cache.as_deref(),
        architecture: "amd64",
        progress: &|event| {
            if !matches!(event, Event::Index { .. }) {
                phases.borrow_mut().push(format!("{:?} {event:?}", started.elapsed()));
            }
        },
    };
    let archives = [debian(&suites)];
    let request = LockRequest { archives: &archives, hosts: &hosts, previous: None, accept_expired: false };
    let lock = make_lock(&request, &machine).unwrap_or_else(|error| panic!("{error}"));
    let took = started.elapsed();
    let text = lock.write();
    assert_eq!(Lock::parse(&text).unwrap(), lock);
    assert_eq!(make_lock(&request, &machine).unwrap(), lock);
    if let Ok(directory) = std::env::var("PLC_CLOSURES") {
        let directory = Path::new(&directory);
        std::fs::create_dir_all(directory).unwrap();
        std::fs::write(directory.join("env.lock"), text).unwrap();
        std::fs::write(directory.join("times"), format!("{:#?}\n{took:?}\n", phases.borrow())).unwrap();
        for closure in &lock.closures {
            let (plc_plan::lock::ClosureOf::Base(name) | plc_plan::lock::ClosureOf::Host(name)) = &closure.of;
            let lines: Vec<String> =
                closure.packages.iter().map(|key| format!("{} {}\n", key.name, key.version)).collect();
            std::fs::write(directory.join(name), lines.concat()).unwrap();
        }
    }
}
