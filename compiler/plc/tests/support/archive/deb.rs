//! `.deb` files, as deb(5) describes them: an `ar` archive of `debian-binary`, `control.tar` and `data.tar`.

use std::{collections::BTreeSet, io::Write};

/// How a member of a `.deb` is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    None,
    #[default]
    Gzip,
    Xz,
    Zstd,
}

/// What a package puts into the root file system.
#[derive(Clone, Debug)]
pub enum Content {
    File(Vec<u8>),
    Directory,
    Symlink(String),
    /// To a path that came before, absolute.
    Hardlink(String),
}

/// A path of a package.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Absolute. `\u{f780}` to `\u{f7ff}` stand for the bytes 0x80 to 0xff, for names that are not UTF-8.
    pub path: String,
    pub mode: u32,
    pub uid: u64,
    pub gid: u64,
    pub content: Content,
}

/// A package to be written.
#[derive(Clone, Debug)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub architecture: String,
    /// Further fields of the control file.
    pub fields: Vec<(String, String)>,
    pub entries: Vec<Entry>,
    /// Further members of `control.tar`: maintainer scripts (0755), `conffiles`, `triggers` (0644).
    pub members: Vec<(String, u32, String)>,
    pub control_compression: Compression,
    pub data_compression: Compression,
    /// Seconds since 1970.
    pub mtime: u64,
}

impl Package {
    /// A package for all architectures.
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            architecture: "all".to_owned(),
            fields: Vec::new(),
            entries: Vec::new(),
            members: Vec::new(),
            control_compression: Compression::Gzip,
            data_compression: Compression::Gzip,
            mtime: super::DATE,
        }
    }

    #[must_use]
    pub fn architecture(mut self, architecture: &str) -> Self {
        architecture.clone_into(&mut self.architecture);
        self
    }

    /// A field of the control file: `Depends`, `Essential`, `Priority` …
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub fn depends(self, value: &str) -> Self {
        self.field("Depends", value)
    }

    #[must_use]
    pub fn essential(self) -> Self {
        self.field("Essential", "yes").field("Priority", "required")
    }

    #[must_use]
    pub fn entry(mut self, entry: Entry) -> Self {
        self.entries.push(entry);
        self
    }

    #[must_use]
    pub fn file(self, path: &str, mode: u32, content: impl Into<Vec<u8>>) -> Self {
        self.owned(path, mode, (0, 0), Content::File(content.into()))
    }

    #[must_use]
    pub fn directory(self, path: &str, mode: u32) -> Self {
        self.owned(path, mode, (0, 0), Content::Directory)
    }

    #[must_use]
    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.owned(path, 0o777, (0, 0), Content::Symlink(target.to_owned()))
    }

    #[must_use]
    pub fn hardlink(self, path: &str, to: &str) -> Self {
        self.owned(path, 0o644, (0, 0), Content::Hardlink(to.to_owned()))
    }

    #[must_use]
    pub fn owned(self, path: &str, mode: u32, (uid, gid): (u64, u64), content: Content) -> Self {
        self.entry(Entry { path: path.to_owned(), mode, uid, gid, content })
    }

    /// A maintainer script: `preinst`, `postinst` …
    #[must_use]
    pub fn script(mut self, name: &str, text: &str) -> Self {
        self.members.push((name.to_owned(), 0o755, text.to_owned()));
        self
    }

    /// Another member of `control.tar`: `conffiles`, `triggers`, `templates` …
    #[must_use]
    pub fn member(mut self, name: &str, text: &str) -> Self {
        self.members.push((name.to_owned(), 0o644, text.to_owned()));
        self
    }

    #[must_use]
    pub fn compression(mut self, control: Compression, data: Compression) -> Self {
        (self.control_compression, self.data_compression) = (control, data);
        self
    }

    /// The control file.
    pub fn control(&self) -> String {
        let mut text = format!(
            "Package: {}\nVersion: {}\nArchitecture: {}\n",
            self.name, self.version, self.architecture
        );
        for (name, value) in &self.fields {
            text.push_str(&format!("{name}: {value}\n"));
        }
        text.push_str("Maintainer: Nobody <nobody@example.org>\nDescription: a package for tests\n");
        text
    }

    /// `pool/main/h/hello/hello_1.0_all.deb`
    pub fn pool_path(&self, component: &str) -> String {
        let initial = &self.name[..1];
        // An epoch is not part of a file's name.
        let version = self.version.rsplit(':').next().unwrap();
        format!("pool/{component}/{initial}/{0}/{0}_{version}_{1}.deb", self.name, self.architecture)
    }

    /// The bytes of the `.deb`.
    pub fn deb(&self) -> Vec<u8> {
        let (control, control_suffix) = compress(&self.control_tar(), self.control_compression);
        let (data, data_suffix) = compress(&self.data_tar(), self.data_compression);
        ar(
            self.mtime,
            &[
                ("debian-binary", b"2.0\n"),
                (&format!("control.tar{control_suffix}"), &control),
                (&format!("data.tar{data_suffix}"), &data),
            ],
        )
    }

    fn control_tar(&self) -> Vec<u8> {
        let mut tar = Tar::new(self.mtime);
        tar.add(&root());
        tar.add(&file("/control", 0o644, self.control()));
        for (name, mode, text) in &self.members {
            tar.add(&file(&format!("/{name}"), *mode, text.clone()));
        }
        tar.finish()
    }

    fn data_tar(&self) -> Vec<u8> {
        let mut tar = Tar::new(self.mtime);
        tar.add(&root());
        let mut known: BTreeSet<String> = self
            .entries
            .iter()
            .filter(|entry| matches!(entry.content, Content::Directory))
            .map(|entry| entry.path.clone())
            .collect();
        for entry in &self.entries {
            let slashes = entry.path.match_indices('/').skip(1);
            for parent in slashes.map(|(end, _)| entry.path[..end].to_owned()) {
                if known.insert(parent.clone()) {
                    tar.add(&Entry { path: parent, ..root() });
                }
            }
            tar.add(entry);
        }
        tar.finish()
    }
}

fn root() -> Entry {
    Entry { path: "/".to_owned(), mode: 0o755, uid: 0, gid: 0, content: Content::Directory }
}

fn file(path: &str, mode: u32, text: String) -> Entry {
    Entry { path: path.to_owned(), mode, uid: 0, gid: 0, content: Content::File(text.into_bytes()) }
}

struct Tar {
    builder: tar::Builder<Vec<u8>>,
    mtime: u64,
}

impl Tar {
    fn new(mtime: u64) -> Self {
        Self { builder: tar::Builder::new(Vec::new()), mtime }
    }

    fn add(&mut self, entry: &Entry) {
        let mut header = tar::Header::new_gnu();
        header.set_mode(entry.mode);
        header.set_uid(entry.uid);
        header.set_gid(entry.gid);
        header.set_mtime(self.mtime);
        header.set_size(0);
        let path = format!(".{}", entry.path);
        match &entry.content {
            Content::File(bytes) => {
                header.set_size(bytes.len() as u64);
                header.set_entry_type(tar::EntryType::Regular);
                self.append(header, &path, bytes);
            }
            Content::Directory => {
                header.set_entry_type(tar::EntryType::Directory);
                self.append(header, &format!("{}/", path.trim_end_matches('/')), &[]);
            }
            Content::Symlink(target) => {
                header.set_entry_type(tar::EntryType::Symlink);
                header.set_link_name_literal(target).unwrap();
                self.append(header, &path, &[]);
            }
            Content::Hardlink(to) => {
                header.set_entry_type(tar::EntryType::Link);
                header.set_link_name_literal(format!(".{to}")).unwrap();
                self.append(header, &path, &[]);
            }
        }
    }

    /// With the name as dpkg-deb writes it, from `./` on; the tar library would take that away. A longer name goes before
    /// its entry, as GNU tar has it.
    fn append(&mut self, mut header: tar::Header, path: &str, bytes: &[u8]) {
        let path = raw(path);
        if path.len() > 100 {
            let mut long = tar::Header::new_gnu();
            long.set_entry_type(tar::EntryType::GNULongName);
            long.as_mut_bytes()[..13].copy_from_slice(b"././@LongLink");
            let name = [&path[..], b"\0"].concat();
            long.set_size(name.len() as u64);
            long.set_cksum();
            self.builder.append(&long, &name[..]).unwrap();
        }
        let length = path.len().min(100);
        header.as_mut_bytes()[..length].copy_from_slice(&path[..length]);
        header.set_cksum();
        self.builder.append(&header, bytes).unwrap();
    }

    fn finish(self) -> Vec<u8> {
        self.builder.into_inner().unwrap()
    }
}

/// A path's bytes.
fn raw(path: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(path.len());
    for letter in path.chars() {
        match u32::from(letter) {
            code @ 0xf780..=0xf7ff => bytes.push((code & 0xff) as u8),
            _ => bytes.extend(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// The bytes with a file name's suffix.
pub fn compress(bytes: &[u8], compression: Compression) -> (Vec<u8>, &'static str) {
    match compression {
        Compression::None => (bytes.to_vec(), ""),
        Compression::Gzip => (super::gzip(bytes), ".gz"),
        Compression::Xz => {
            let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
            encoder.write_all(bytes).unwrap();
            (encoder.finish().unwrap(), ".xz")
        }
        Compression::Zstd => (zstd::encode_all(bytes, 1).unwrap(), ".zst"),
    }
}

/// ar(5): a magic line, then for each member a header of 60 bytes and its content, padded to an even length.
pub fn ar(mtime: u64, members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, content) in members {
        writeln!(bytes, "{name:<16}{mtime:<12}{:<6}{:<6}{:<8}{:<10}`", 0, 0, 100_644, content.len()).unwrap();
        bytes.extend_from_slice(content);
        if content.len() % 2 == 1 {
            bytes.push(b'\n');
        }
    }
    bytes
}
