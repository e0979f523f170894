//! Against the real archive.

use plc_lang::topology::Pin;

use super::*;
use crate::debian::sources::Sources;

/// Over http, with the machine's own mirror, keyring and clock.
fn real_lock(archives: &[Archive], hosts: &[HostRequest]) -> Lock {
    let mirrors = Mirrors { sources: Sources::read(Path::new("/etc/apt")).unwrap(), ..Mirrors::default() };
    let fetcher = Fetcher::default();
    let cache = std::env::temp_dir().join("plc-indices");
    let machine = Machine {
        fetcher: &fetcher,
        mirrors: &mirrors,
        keyring: &|name| keyring_file(name, Path::new(".")),
        now: SystemTime::now(),
        cache: Some(&cache),
        architecture: "amd64",
        progress: &|_| {},
    };
    let request = LockRequest { archives, hosts, previous: None, accept_expired: false };
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

fn suite(name: &str) -> Archive {
    Archive { name: name.into(), ..debian(&[name]) }
}

fn pin(package: &str, from: &str) -> Pin {
    Pin { package: package.into(), version: None, from: Some(from.into()) }
}

fn mixed(archive: &str, wants: &[&str], pins: &[Pin]) -> HostRequest {
    let wants = wants.iter().map(|want| match want.split_once('/') {
        Some((package, from)) => Want::from(package, from),
        None => Want::new(*want),
    });
    HostRequest { host: "host".into(), packages: PackageRequest::new(archive, wants, pins.iter().cloned()) }
}

#[test]
#[ignore = "needs the real archive"]
fn experiment() {
    let archives = [suite("bookworm"), suite("trixie"), suite("bullseye")];
    let cases: Vec<(&str, Vec<&str>, Vec<&str>, Vec<Pin>)> = vec![
        ("bookworm", vec!["mariadb-server"], vec!["mariadb-server/trixie"], vec![]),
        ("bookworm", vec!["apache2", "php8.2-fpm", "php8.2-mysql", "mediawiki", "locales"], vec!["apache2", "php8.2-fpm", "php8.2-mysql", "mediawiki", "locales"], vec![pin("libc6", "trixie")]),
    ];
    for (home, before, after, pins) in cases {
        let hosts = [mixed(home, &before, &[]), mixed(home, &after, &pins)];
        let start = std::time::Instant::now();
        let lock = real_lock(&archives, &hosts);
        let lookup = plc_plan::lock::Lookup::new(&lock);
        let set = |host: &HostRequest| -> BTreeMap<String, String> { lookup.packages(&host.packages).map(|key| (key.name.clone(), key.version.clone())).collect() };
        let (u, m) = (set(&hosts[0]), set(&hosts[1]));
        let up: Vec<_> = m.iter().filter(|(n, v)| u.get(*n).is_some_and(|o| o != *v)).collect();
        let new: Vec<_> = m.iter().filter(|(n, _)| !u.contains_key(*n)).collect();
        let gone: Vec<_> = u.iter().filter(|(n, _)| !m.contains_key(*n)).collect();
        println!("{home} {after:?} {pins:?}: {} packages, {}/{}/{} in {:?}, base own {}", u.len(), up.len(), new.len(), gone.len(), start.elapsed(), lookup.host(&hosts[1].packages).unwrap().base.len());
        println!("  up {up:?}\n  new {new:?}\n  gone {gone:?}");
    }
}
