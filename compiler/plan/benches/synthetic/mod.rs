//! A synthetic production in which everything grows with the hosts: each has packages of its own and shared ones, a
//! configuration, a connection to the next host, two checks and an image. As a description with its lock, and as the same
//! graph for Nix.

#[allow(dead_code, reason = "the example writes it, the bench does not")]
mod nix;

#[allow(unused_imports, reason = "the example writes it, the bench does not")]
pub(crate) use nix::nix;

use std::{fmt::Write, sync::Arc};

use plc_lang::{FileError, Files, Selection};
use plc_plan::{
    LowerOptions,
    derivation::{Fetch, ImageFormat, PackageVersion},
    lock::{Closure, ClosureOf, Lock, LockedArchive, LockedPackage, LockedSuite},
    request::{PackageRequest, Want},
    sources::Sources,
};

/// Packages of the base, and packages that hosts share: two derivations each.
const BASE: usize = 100;
const COMMON: usize = 200;
/// Packages that a host asks for, which no other has, and how many of the shared ones come with them.
const OWN: usize = 7;
const SHARED: usize = 13;
/// Lines of a host's configuration besides those that are about itself.
const SETTINGS: usize = 16;

const VERSION: &str = "1.2.3-4+deb12u1";

/// How many hosts come to about so many derivations with images: a host has two for each package of its own, two layers,
/// a tree, two checks and an image; besides the packages of all there are the base and the environment.
pub(crate) fn hosts(derivations: usize) -> usize {
    (derivations - 2 * (BASE + COMMON) - 2) / (2 * OWN + 6)
}

/// How it is lowered here: with an image for each host.
pub(crate) fn options() -> LowerOptions {
    LowerOptions { platform: "amd64".into(), image: Some(ImageFormat::Tar), sources: Sources::default() }
}

/// The profile that it has.
pub(crate) fn local() -> Selection {
    Selection { profile: "local".into(), variants: Vec::new() }
}

/// A project of one file.
pub(crate) struct Project(pub(crate) String);

impl Files for Project {
    fn read(&self, path: &str) -> Result<String, FileError> {
        if path == "env.pl" { Ok(self.0.clone()) } else { Err(FileError::NotFound) }
    }
}

/// `env.pl`, with one profile, `local`.
pub(crate) fn description(hosts: usize) -> String {
    let settings: String =
        (0..SETTINGS).map(|n| format!("      setting_{n} = \"value {n} of {{name}}\"\n")).collect();
    let mut text = format!(
        r#"archive debian = apt {{ suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }}

/// Serves what the next host gives it.
component Service {{
  requires next: Http
  param name: String
  param packages: List<String>
  capacity workers: Int(1..) = 4
  capacity cache: Size = 64MiB

  package packages
  provides http: Http on 8080
  state "/var/lib/service" {{ user = "service", group = "service" }}
  file "/etc/service/service.conf" = ini {{
    service = {{
      name = name, listen = http.port, workers = workers, cache = cache
{settings}    }}
  }}
  file "/etc/service/next.json" = json {{ host = next.host, port = next.port }}
  service service {{ exec = ["/usr/sbin/service", "--foreground"], user = "service" }}
  check ["/usr/sbin/service", "--check", "/etc/service/service.conf"]
  check ["/usr/sbin/service", "--self-test"]
}}

environment synthetic {{
  base = debian
  capacity cache: Size = 64MiB
"#
    );
    for host in 0..hosts {
        let own = own(host).map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let next = (host + 1) % hosts;
        let _ = write!(
            text,
            r#"  host h{host} {{
    run service = Service {{
      name = "h{host}", next = h{next}.service.http, workers = 2 * cpus, cache = cache,
      packages = [{own}]
    }}
  }}
"#
        );
    }
    text + "}\n\nprofile local of synthetic { every host { memory = 1GiB, cpus = 2 } }\n"
}

/// The lock of the description.
pub(crate) fn lock(hosts: usize) -> Lock {
    let base = Closure {
        of: ClosureOf::Base("debian".into()),
        request: PackageRequest::new("debian", [], []),
        base: Vec::new(),
        packages: (0..BASE).map(|n| key(&base_name(n))).collect(),
    };
    let of_host = |host: usize| Closure {
        of: ClosureOf::Host(format!("h{host}")),
        request: PackageRequest::new("debian", own(host).map(Want::new), []),
        base: Vec::new(),
        packages: closure(host).map(|name| key(&name)).collect(),
    };
    let suite = LockedSuite {
        suite: "bookworm".into(),
        codename: "bookworm".into(),
        date: "2026-07-11T10:16:37Z".into(),
        signers: Vec::new(),
    };
    Lock {
        archives: vec![LockedArchive {
            name: "debian".into(),
            components: vec!["main".into()],
            signed_by: "debian-archive-keyring".into(),
            suites: vec![suite],
        }],
        closures: std::iter::once(base).chain((0..hosts).map(of_host)).collect(),
        packages: packages(hosts).map(|name| package(&name)).collect(),
        sources: Vec::new(),
    }
}

/// All packages, each once.
fn packages(hosts: usize) -> impl Iterator<Item = String> {
    let shared = (0..BASE).map(base_name).chain((0..COMMON).map(common_name));
    shared.chain((0..hosts).flat_map(own))
}

fn base_name(number: usize) -> String {
    format!("base-{number}")
}

fn common_name(number: usize) -> String {
    format!("common-{number}")
}

/// What a host asks for, sorted.
fn own(host: usize) -> impl Iterator<Item = String> {
    (0..OWN).map(move |n| format!("own-{host}-{n}"))
}

/// The packages of a host beyond the base.
fn closure(host: usize) -> impl Iterator<Item = String> {
    own(host).chain((0..SHARED).map(move |n| common_name((host * SHARED + n) % COMMON)))
}

fn key(name: &str) -> Arc<PackageVersion> {
    Arc::new(PackageVersion::new(name, VERSION, "amd64"))
}

fn package(name: &str) -> LockedPackage {
    let file = Fetch {
        archive: "debian".into(),
        suite: "bookworm".into(),
        path: path(name),
        sha256: sha256(name),
        size: 100_000,
    };
    LockedPackage { key: key(name), file: file.into() }
}

fn path(name: &str) -> String {
    format!("pool/main/{}/{name}/{name}_{VERSION}_amd64.deb", &name[..1])
}

/// Some 64 hexadecimal digits that are another package's only by accident.
fn sha256(name: &str) -> String {
    // FNV-1a; what matters is that the text does not repeat.
    let mix = |seed: u64| name.bytes().fold(seed, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    (1..=4).map(|n| format!("{:016x}", mix(0xcbf2_9ce4_8422_2325 ^ n))).collect()
}
