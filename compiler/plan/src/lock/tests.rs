use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::request::{Held, Want};

mod join;
mod lookup;

const TEXT: &str = "\
plc lock 1

archive debian
  components main contrib
  signed-by debian-archive-keyring
  suite bookworm
    codename bookworm
    date 2026-07-11T10:16:37Z
    signer 0123456789ABCDEF0123456789ABCDEF01234567

base debian
  package dpkg
  package libc6=2.36-9

host web
  wants apache2
  package apache2
  package libc6:all=2.37-1
  package libc6:amd64=2.37-1

package apache2
  version 2.4.66-1~deb12u1
  architecture amd64
  archive debian
  suite bookworm
  path pool/main/a/apache2/apache2_2.4.66-1~deb12u1_amd64.deb
  sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
  size 217028

package dpkg
  version 1.21.22
  architecture amd64
  archive debian
  suite bookworm
  path pool/main/d/dpkg/dpkg_1.21.22_amd64.deb
  sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
  size 1
";

fn text() -> String {
    let libc = |version: &str, architecture: &str| {
        format!(
            "\npackage libc6\n  version {version}\n  architecture {architecture}\n  archive debian\n  suite bookworm\n  \
             path pool/main/g/glibc/libc6_{version}_{architecture}.deb\n  sha256 {}\n  size 2\n",
            "0".repeat(64)
        )
    };
    format!("{TEXT}{}{}{}", libc("2.36-9", "amd64"), libc("2.37-1", "all"), libc("2.37-1", "amd64"))
}

#[test]
fn a_lock_is_read_and_written_again() {
    let lock = Lock::parse(&text()).unwrap();
    assert_eq!(lock.write(), text());
    assert_eq!(lock.packages.len(), 5);
    let lookup = Lookup::new(&lock);
    let web = lookup.closure(&PackageRequest::new("debian", [Want::new("apache2")], [])).unwrap();
    assert_eq!(*web.packages[1], PackageVersion::new("libc6", "2.37-1", "all"));
    assert_eq!(lock.packages[lookup.position(&web.packages[0]).unwrap()].file.size, 217_028);
    assert_eq!(lock.archive("debian").unwrap().suite("bookworm").unwrap().codename, "bookworm");
}

#[test]
fn a_lock_without_mixtures_is_written_as_it_always_was() {
    let text = include_str!("../../../../examples/three-tier/env.lock");
    assert_eq!(Lock::parse(text).unwrap().write(), text);
}

/// The line and the message of the error after a change of the text.
fn error(from: &str, to: &str) -> String {
    let changed = text().replacen(from, to, 1);
    assert_ne!(changed, text(), "{from}");
    Lock::parse(&changed).unwrap_err().to_string()
}

#[test]
fn what_is_not_understood_is_refused_with_its_line() {
    for (from, to, expected) in [
        (
            "plc lock 1",
            "plc lock 2",
            "line 1: format version `2` is not known to this program; run `plc lock`",
        ),
        ("plc lock 1", "{}", "line 1: a lock begins with `plc lock 1`; run `plc lock`"),
        ("plc lock 1", "<<<<<<< HEAD", "line 1: a merge conflict is not settled here; run `plc lock`"),
        ("\nbase debian", "<<<<<<< HEAD\nbase debian", "line 10: a merge conflict is not settled here"),
        ("  size 217028", "=======", "line 28: a merge conflict is not settled here"),
        ("  size 217028", "  weight 217028", "line 28: unknown field `weight`; run `plc lock`"),
        ("  size 217028", "  size 217028\n  size 217028", "line 29: `size` is said twice"),
        ("  size 217028\n", "", "line 21: `package apache2` has no `size`; run `plc lock`"),
        ("  size 217028", "  size many", "line 28: a size is a number of bytes"),
        ("  size 217028", " size 217028", "line 28: the layout is not a lock's"),
        ("host web", "guest web", "line 15: unknown block `guest`"),
        ("host web\n  wants", "host web\n  want", "line 16: unknown field `want`"),
        ("    date", "    day", "line 8: unknown field `day`"),
        ("  path pool", "  path /pool", "line 26: a path inside an archive is relative"),
        ("  path pool/main", "  path pool/..", "line 26: a path inside an archive is relative"),
        ("  sha256 e3b0", "  sha256 E3B0", "line 27: a SHA-256 is 64 hexadecimal digits in lower case"),
        ("  package dpkg", "  package dpgk", "line 12: the lock has no package `dpgk`; run `plc lock`"),
        ("libc6=2.36-9", "libc6", "line 13: `libc6` may be more than one package of the lock"),
        (
            "version 2.37-1",
            "version 2.36-9",
            "line 13: `libc6=2.36-9` may be more than one package of the lock",
        ),
        ("package dpkg\n  version", "package apache2\n  version", "line 12: the lock has no package `dpkg`"),
        ("host web\n  wants apache2", "base debian", "line 15: `base debian` is there twice"),
        ("base debian", "base debian\n  wants dpkg", "line 12: unknown field `wants`"),
        ("base debian", "tools debian\n  pin dpkg 1", "line 12: unknown field `pin`"),
        ("base debian", "host db", "line 11: which archive does this draw from? there is no base"),
        ("  wants apache2", "  archive debian\n  archive debian", "line 17: unknown field `archive`"),
        ("  wants apache2", "  wants apache2 with suggests", "line 16: `wants` takes `PACKAGE` or"),
        ("  wants apache2", "  wants apache2 of debian", "line 16: `wants` takes `PACKAGE` or"),
        ("  wants apache2", "  wants apache2 from ", "line 16: the layout is not a lock's"),
        ("  wants apache2", "  pin apache2 2 from", "line 16: `pin` takes `PACKAGE VERSION`"),
        ("  wants apache2", "  pin apache2 2  from a", "line 16: `pin` takes `PACKAGE VERSION`"),
        ("  wants apache2", "  base dpgk", "line 16: the lock has no package `dpgk`"),
        (
            "host web\n",
            "host web\n  wants apache2\n\nhost two\n",
            "line 18: this asks for what host `web` asks for, and has other packages; run `plc lock`",
        ),
        ("host web\n", "host web\n  wants apache2\n\nhost web\n", "line 18: `host web` is there twice"),
    ] {
        let message = error(from, to);
        assert!(message.starts_with(expected), "{from} → {to}: {message}");
    }
}

#[test]
fn a_package_is_there_once() {
    let block = text().split("\n\n").last().unwrap().to_owned();
    let error = Lock::parse(&format!("{}\n{block}", text())).unwrap_err();
    assert!(error.message.starts_with("`package libc6` is there twice"), "{error}");
    assert_eq!(error.line, text().lines().count() + 2);
}

fn key() -> impl Strategy<Value = PackageVersion> {
    let architecture = prop_oneof![Just("amd64"), Just("all")];
    ("[a-c][a-c+.-]?", "([0-9]:)?[0-9]\\.[0-9~+-]?", architecture)
        .prop_map(|(name, version, architecture)| PackageVersion::new(name, version, architecture))
}

fn package(key: PackageVersion) -> impl Strategy<Value = LockedPackage> {
    ("[a-z]{1,4}", "[a-z/-]{0,3}[a-z]", "pool/[a-z0-9+~_.%]{1,9}x", "[0-9a-f]{64}", any::<u64>()).prop_map(
        move |(archive, suite, path, sha256, size)| {
            let (archive, suite) = (archive.into(), suite.into());
            let file = Fetch { archive, suite, path, sha256, size };
            LockedPackage { key: key.clone().into(), file: file.into() }
        },
    )
}

fn packages() -> impl Strategy<Value = Vec<LockedPackage>> {
    proptest::collection::btree_set(key(), 0..12)
        .prop_flat_map(|keys| keys.into_iter().map(package).collect::<Vec<_>>())
}

fn archives() -> impl Strategy<Value = Vec<LockedArchive>> {
    let signers = proptest::collection::btree_set("[0-9A-F]{40}", 0..3);
    let suite = ("[a-z/-]{1,8}", "[a-z]{1,8}", "20[0-9]{2}-01-01T00:00:00Z", signers).prop_map(
        |(suite, codename, date, signers)| LockedSuite {
            suite,
            codename,
            date,
            signers: signers.into_iter().collect(),
        },
    );
    let archive = (
        proptest::collection::vec("[a-z-]{1,8}", 1..3),
        "[a-z-]{1,9}( [a-z]{1,3})?(\\.asc)?",
        proptest::collection::vec(suite, 0..3),
    );
    proptest::collection::btree_map("[a-z]{1,8}", archive, 0..3).prop_map(|archives| {
        let archives = archives.into_iter().map(|(name, (components, signed_by, suites))| LockedArchive {
            name,
            components,
            signed_by,
            suites,
        });
        archives.collect()
    })
}

fn requests() -> impl Strategy<Value = PackageRequest> {
    let from = || proptest::option::of("[a-c]");
    let want = ("[a-z]{1,4}", from(), proptest::bool::ANY).prop_map(|(package, from, recommends)| Want {
        package,
        from,
        recommends,
    });
    let pin = ("[a-c]", proptest::option::of("[0-9]"), proptest::collection::vec("[a-c]", 0..3));
    let pin = pin.prop_map(|(package, version, from)| Held { package, version, from });
    let (wants, pins) = (proptest::collection::vec(want, 0..3), proptest::collection::vec(pin, 0..3));
    ("[a-c]", wants, pins).prop_map(|(archive, wants, pins)| PackageRequest::new(archive, wants, pins))
}

fn locks() -> impl Strategy<Value = Lock> {
    let bases = proptest::collection::btree_map("[a-c]", any::<u16>(), 0..3);
    let whose = prop_oneof!["[a-b]".prop_map(Some), Just(None)];
    let hosts = proptest::collection::btree_map(requests(), (whose, any::<u16>(), any::<u16>()), 0..4);
    (archives(), packages(), bases, hosts).prop_map(|(archives, packages, bases, hosts)| {
        let some = |mask: u16| -> Vec<Arc<PackageVersion>> {
            let marked = packages.iter().enumerate().filter(|(position, _)| mask >> position & 1 == 1);
            marked.map(|(_, package)| package.key.clone()).collect()
        };
        let base = |(archive, mask): (String, u16)| Closure {
            request: PackageRequest::new(archive.as_str(), [], []),
            of: ClosureOf::Base(archive),
            base: Vec::new(),
            packages: some(mask),
        };
        let host = |(request, (name, own, mask)): (PackageRequest, (Option<String>, u16, u16))| match name {
            Some(name) => {
                Closure { of: ClosureOf::Host(name), request, base: some(own), packages: some(mask) }
            }
            None => {
                let wants = request.names().into_iter().map(Want::new);
                let request = PackageRequest::new(request.archive(), wants, []);
                let of = ClosureOf::Tools(request.archive().to_owned());
                Closure { of, request, base: Vec::new(), packages: some(mask) }
            }
        };
        let hosts: BTreeMap<_, _> =
            hosts.into_iter().map(host).map(|closure| (closure.request.clone(), closure)).collect();
        let closures = bases.into_iter().map(base).chain(hosts.into_values()).collect();
        Lock { archives, closures, packages: packages.clone(), sources: Vec::new() }
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_it_was(lock in locks()) {
        let text = lock.write();
        prop_assert_eq!(Lock::parse(&text), Ok(lock));
    }

    #[test]
    fn no_text_is_too_much(text in "(plc lock 1\n)?([a-z<=> 0-9:./\t-]{0,20}\n){0,12}") {
        let _ = Lock::parse(&text);
    }
}
