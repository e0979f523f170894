//! A small Debian archive of one's own, signed, in a directory: `dists/SUITE/InRelease`, its indices, and `pool/`.
//!
//! The same description gives the same bytes. [`Fault`] makes the archives that must be refused.
#![allow(dead_code, unused_imports, missing_docs, unreachable_pub, clippy::unwrap_used)]

pub mod deb;
pub mod keys;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

pub use deb::{Compression, Package};
pub use keys::{Key, clear_sign_by};
use sha2::{Digest, Sha256};

/// 2025-01-01T00:00:00Z, when archives are made unless they say otherwise.
pub const DATE: u64 = 1_735_689_600;

const DAY: u64 = 86_400;

/// What is wrong with an archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    #[default]
    None,
    /// `InRelease` is plain text.
    Unsigned,
    /// Signed by a key that is not in the keyring.
    WrongKey,
    /// Signed by a key whose time was over then.
    ExpiredKey,
    /// Signed by a key that is revoked.
    RevokedKey,
    /// A character of the signed text was changed afterwards.
    Altered,
    /// Something stands before the signed message.
    Prefix,
    /// Something stands behind it.
    Suffix,
    /// Two signed messages.
    TwoMessages,
    /// The indices are not those that the Release file has the hashes of.
    WrongIndexHash,
    /// The compressed index unpacks to far more than the Release file says of the plain one.
    IndexBomb,
    /// The `.deb`s are not those that the indices have the hashes of.
    WrongDebHash,
    /// `Valid-Until` is over.
    Expired,
    /// `Date` is in the year 2100.
    FutureDate,
    /// Another suite's Release file.
    OtherSuite,
    /// The indices have `MD5sum` only.
    Md5Only,
    /// The first package's `Filename` leads out of the archive.
    PathOutside,
    /// The first package is there twice, with different content.
    Duplicate,
}

/// An archive to be written.
#[derive(Clone, Debug)]
pub struct Archive {
    pub suite: String,
    pub codename: String,
    pub component: String,
    pub architecture: String,
    /// Seconds since 1970.
    pub date: u64,
    pub packages: Vec<Package>,
    pub by_hash: bool,
    pub fault: Fault,
    /// Other bytes than a package's own, by its name; the index has their hash.
    pub replaced: Vec<(String, Vec<u8>)>,
}

/// An archive that was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// Where; a mirror of it is [`Written::url`].
    pub directory: PathBuf,
    /// The public keyring, beside the archive.
    pub keyring: PathBuf,
}

impl Written {
    pub fn url(&self) -> String {
        format!("file://{}", self.directory.display())
    }
}

impl Archive {
    /// An archive of one suite, whose codename is the same, with the component `main` for `amd64`.
    pub fn new(suite: &str) -> Self {
        Self {
            suite: suite.to_owned(),
            codename: suite.to_owned(),
            component: "main".to_owned(),
            architecture: "amd64".to_owned(),
            date: DATE,
            packages: Vec::new(),
            by_hash: true,
            fault: Fault::None,
            replaced: Vec::new(),
        }
    }

    /// Has other bytes where a package's `.deb` belongs.
    #[must_use]
    pub fn replace(mut self, package: &str, bytes: Vec<u8>) -> Self {
        self.replaced.push((package.to_owned(), bytes));
        self
    }

    #[must_use]
    pub fn package(mut self, package: Package) -> Self {
        self.packages.push(package);
        self
    }

    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.fault = fault;
        self
    }

    #[must_use]
    pub fn date(mut self, seconds: u64) -> Self {
        self.date = seconds;
        self
    }

    /// Writes the archive to a directory, which may hold other suites already, and the keyring beside it as
    /// `DIRECTORY.asc`.
    pub fn write(&self, directory: &Path) -> Written {
        let packages = self.write_pool(directory);
        self.write_dists(directory, &packages);
        let keyring = directory.with_extension("asc");
        fs::write(&keyring, self.trusted_key().armored()).unwrap();
        Written { directory: directory.to_owned(), keyring }
    }

    /// Writes the `.deb`s; gives the text of `Packages`.
    fn write_pool(&self, directory: &Path) -> String {
        let mut index = String::new();
        for (position, package) in self.packages.iter().enumerate() {
            let other = self.replaced.iter().find(|(name, _)| *name == package.name);
            let bytes = other.map_or_else(|| package.deb(), |(_, bytes)| bytes.clone());
            let path = package.pool_path(&self.component);
            let stanza = self.stanza(package, &path, &bytes, position);
            index.push_str(&stanza);
            let to = directory.join(&path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            let broken = if self.fault == Fault::WrongDebHash { flip(bytes) } else { bytes };
            fs::write(to, broken).unwrap();
        }
        index
    }

    fn stanza(&self, package: &Package, path: &str, bytes: &[u8], position: usize) -> String {
        let is_first = position == 0;
        let path = if self.fault == Fault::PathOutside && is_first { "../../etc/passwd" } else { path };
        let hash = match self.fault {
            Fault::Md5Only => "MD5sum: d41d8cd98f00b204e9800998ecf8427e".to_owned(),
            _ => format!("SHA256: {}", sha256(bytes)),
        };
        let stanza = format!("{}Filename: {path}\nSize: {}\n{hash}\n\n", package.control(), bytes.len());
        if self.fault == Fault::Duplicate && is_first {
            return format!("{stanza}{}", stanza.replace(&hash, &format!("SHA256: {}", sha256(b"another"))));
        }
        stanza
    }

    fn write_dists(&self, directory: &Path, packages: &str) {
        let suite = directory.join("dists").join(&self.suite);
        let below = format!("{}/binary-{}", self.component, self.architecture);
        let mut files = String::new();
        for (name, bytes) in
            [("Packages", packages.as_bytes().to_vec()), ("Packages.gz", gzip(packages.as_bytes()))]
        {
            let is_bomb = self.fault == Fault::IndexBomb && name == "Packages.gz";
            let bytes = if is_bomb { gzip(&vec![b'\n'; 4 << 20]) } else { bytes };
            let digest = sha256(&bytes);
            files.push_str(&format!(" {digest} {} {below}/{name}\n", bytes.len()));
            let bytes = if self.fault == Fault::WrongIndexHash { flip(bytes) } else { bytes };
            put(&suite.join(&below).join(name), &bytes);
            if self.by_hash {
                put(&suite.join(&below).join("by-hash/SHA256").join(digest), &bytes);
            }
        }
        let release = self.release(&files);
        put(&suite.join("Release"), release.as_bytes());
        put(&suite.join("InRelease"), self.signed(&release).as_bytes());
    }

    fn release(&self, files: &str) -> String {
        let date = match self.fault {
            Fault::FutureDate => 4_102_444_800,
            _ => self.date,
        };
        let suite = if self.fault == Fault::OtherSuite { "another" } else { self.codename.as_str() };
        let valid = match self.fault {
            Fault::Expired => format!("Valid-Until: {}\n", rfc2822(date + 7 * DAY)),
            _ => String::new(),
        };
        format!(
            "Origin: Test\nLabel: Test\nSuite: {suite}\nCodename: {suite}\nDate: {}\n{valid}Acquire-By-Hash: {}\n\
             Architectures: all {}\nComponents: {}\nDescription: a small archive\nSHA256:\n{files}",
            rfc2822(date),
            if self.by_hash { "yes" } else { "no" },
            self.architecture,
            self.component,
        )
    }

    fn trusted_key(&self) -> Key {
        match self.fault {
            Fault::ExpiredKey => Key::expired(),
            Fault::RevokedKey => Key::revoked(),
            _ => Key::archive(),
        }
    }

    fn signed(&self, release: &str) -> String {
        let key = if self.fault == Fault::WrongKey { Key::stranger() } else { self.trusted_key() };
        let message = key.clear_sign(release, self.date);
        match self.fault {
            Fault::Unsigned => release.to_owned(),
            Fault::Altered => message.replace("Label: Test", "Label: Tost"),
            Fault::Prefix => format!("Suite: stable\n\n{message}"),
            Fault::Suffix => format!("{message}\nSuite: stable\n"),
            Fault::TwoMessages => format!("{message}{message}"),
            _ => message,
        }
    }
}

fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The same length, another content.
fn flip(mut bytes: Vec<u8>) -> Vec<u8> {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// `Wed, 01 Jan 2025 00:00:00 UTC`
fn rfc2822(seconds: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let days = seconds / DAY;
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let (mut year, mut left) = (1970, days);
    while left >= 365 + u64::from(is_leap(year)) {
        left -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while left >= lengths[month] {
        left -= lengths[month];
        month += 1;
    }
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let (name, month) = (DAYS[usize::try_from(days % 7).unwrap()], MONTHS[month]);
    format!("{name}, {:02} {month} {year} {hour:02}:{minute:02}:{second:02} UTC", left + 1)
}
