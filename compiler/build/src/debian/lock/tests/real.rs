//! Against the real archive.

mod apt;
mod mixtures;

use super::*;
use crate::debian::sources::Sources;

/// Over http, with the machine's own mirror, keyring and clock.
fn real_lock(archives: &[Archive], asked: &[Asked]) -> Lock {
    let mirrors = Mirrors { sources: Sources::read(Path::new("/etc/apt")).unwrap(), ..Mirrors::default() };
    let fetcher = Fetcher::default();
    let machine = Machine {
        fetcher: &fetcher,
        mirrors: &mirrors,
        keyring: &|name| keyring_file(name, Path::new(".")),
        now: SystemTime::now(),
        cache: None,
        architecture: "amd64",
        controls: &|_| BTreeMap::new(),
        progress: &|_| {},
    };
    let request = LockRequest {
        archives,
        asked,
        previous: None,
        as_before: false,
        update: Update::Everything,
        accept_expired: false,
        max_age: None,
    };
    make_lock(&request, &machine).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
#[ignore = "needs the real archive"]
fn the_real_archive_can_be_locked() {
    let hosts = [
        host("edge", &["haproxy"]),
        host("web", &["apache2", "php8.2-fpm", "php8.2-mysql"]),
        host("db", &["mariadb-server"]),
    ];
    let archives = [debian(&["bookworm"])];
    let lock = real_lock(&archives, &hosts);
    assert_eq!(Lock::parse(&lock.write()).unwrap(), lock);
    assert_eq!(real_lock(&archives, &hosts), lock);
}
