//! A derivation: what is to be built, spelled out to the last byte, and its hash.
//!
//! Name, builder with its arguments, inputs by derivation hash, platform: nothing else reaches the hash. Host uid, host
//! name, paths of this machine and the time do not.

mod files;

use std::{fmt, sync::Arc};

use plc_store::{
    DerivationHash, Encoding,
    encode::{self, Pieces},
};
use serde::{Deserialize, Serialize};

pub use files::{Download, Extract, Mount, RunArguments, SourceTree};

/// The domain of a derivation's hash.
pub const DOMAIN: &str = "plc 1 derivation";

/// The path in a tree of answers: a line `QUESTION VALUE` for each, sorted.
pub const ANSWERS: &str = "/answers";

static HASHING: encode::Domain = encode::Domain::new(DOMAIN);

/// What is to be built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derivation {
    /// For people: `apache2_2.4.66-1~deb12u1_amd64.deb`, `three_tier.web`.
    pub name: String,
    /// Debian's name of the architecture: `amd64`.
    pub platform: Arc<str>,
    /// What other derivations it takes, in the order that the builder expects.
    pub inputs: Vec<Input>,
    /// What makes it, with its arguments.
    pub builder: Builder,
}

/// One derivation that another takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// What it is to the builder.
    pub role: Role,
    /// Which.
    pub derivation: DerivationHash,
}

/// What an input is to its builder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The `.deb` that `unpack` unpacks.
    Deb,
    /// The root file system that `rootfs` goes on from.
    Base,
    /// An unpacked package that `rootfs` adds.
    Package,
    /// A tree that `rootfs` lays over the rest.
    Overlay,
    /// The root file system that `check` and `run` run in, that `image` writes, or that a host of an `environment` has.
    Root,
    /// A check that must have succeeded.
    Check,
    /// A tree that `rootfs` puts at a place of its own; see [`RootfsArguments::mounts`].
    Tree,
    /// The file that `extract` takes.
    File,
    /// What the commands of a `run` work on.
    Source,
    /// A layer that an `image` of layers has, the lowest first.
    Layer,
    /// A tree with the file [`ANSWERS`]: what `rootfs` tells its packages when they ask.
    Answers,
    /// What a host of an `environment` boots, where it runs as a virtual machine.
    Kernel,
    /// The image of its root file system.
    Disk,
}

impl Role {
    /// All roles, in the order in which people read them.
    pub const ALL: [Self; 13] = [
        Self::Deb,
        Self::File,
        Self::Source,
        Self::Base,
        Self::Answers,
        Self::Package,
        Self::Tree,
        Self::Overlay,
        Self::Root,
        Self::Layer,
        Self::Check,
        Self::Kernel,
        Self::Disk,
    ];
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deb => "deb",
            Self::Base => "base",
            Self::Package => "package",
            Self::Overlay => "overlay",
            Self::Root => "root",
            Self::Check => "check",
            Self::Tree => "tree",
            Self::File => "file",
            Self::Source => "source",
            Self::Layer => "layer",
            Self::Answers => "answers",
            Self::Kernel => "kernel",
            Self::Disk => "disk",
        })
    }
}

/// Makes a derivation. Few kinds; each is data, with all that it needs to know. Most derivations of a graph are of the
/// two kinds that packages need, so that what others know is boxed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Builder {
    /// A file of an archive, by hash. No inputs. Output: a blob.
    Fetch(Arc<Fetch>),
    /// A `.deb` as a tree: `control/…` and `data/…`; its control file must name this package. Input: `deb`. Output: a
    /// tree.
    Unpack(Arc<PackageVersion>),
    /// Files from values. No inputs. Output: a tree whose owners are all 0:0; see [`RootfsArguments::owners`].
    Tree(TreeArguments),
    /// A root file system. Inputs: at most one `base`, then at most one `answers`, then `package`s, then a `tree` for each of the mounts, then
    /// `overlay`s. Output: a tree.
    Rootfs(Box<RootfsArguments>),
    /// A command that must succeed in a root file system. Input: `root`. Output: an empty tree.
    Check(Box<CheckArguments>),
    /// A root file system for other programs. As an OCI image: inputs `layer`s, output a tree, which is an OCI layout. As
    /// anything else: input `root`, output a blob.
    Image(ImageArguments),
    /// The hosts together. Inputs: a `root` for each of `hosts`, in their order, then the `check`s, then for each host
    /// that runs as a virtual machine its `kernel` and its `disk`, in the order of hosts. Output: a tree.
    Environment(Box<EnvironmentArguments>),
    /// Files whose content is known: they were put into the store before. No inputs. Output: that tree.
    Source(SourceTree),
    /// A file of anywhere, by hash. No inputs. Output: a blob.
    Download(Box<Download>),
    /// A file as a tree. Input: `file`. Output: a tree whose owners are all 0:0.
    Extract(Extract),
    /// Commands in a root file system. Inputs: `root`, then at most one `source`. Output: a tree whose owners are all 0:0.
    Run(Box<RunArguments>),
    /// What a root file system adds to the one that it is made upon, for OCI images. Inputs: `root`, and the `base` that
    /// it is made upon where there is one. Output: a tree with the layer's tar, named as OCI layouts do.
    Layer,
    /// What virtual machines boot. Inputs: `package`s, of which one has a kernel, and others its modules. Output: a tree with
    /// [`KERNEL`] and [`MODULES`].
    Kernel,
}

/// The path in a tree of `kernel`: the kernel itself.
pub const KERNEL: &str = "/vmlinuz";

/// The path in a tree of `kernel`: an archive (cpio) with the modules that the root file system needs to be reached.
pub const MODULES: &str = "/modules.cpio";

/// Arguments of `fetch`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetch {
    /// The name of the archive in the description; which mirror serves it is the machine's business.
    pub archive: Arc<str>,
    /// The suite that it was found in; needed only to find the right mirror.
    pub suite: Arc<str>,
    /// Relative to the archive: `pool/main/a/apache2/….deb`.
    pub path: String,
    /// SHA-256 in lower-case hexadecimal, as Debian's index gives it.
    pub sha256: String,
    /// Length in bytes.
    pub size: u64,
}

/// Arguments of `tree`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeArguments {
    /// Sorted by path, each path once. Directories on the way are made as 0755.
    pub files: Vec<TreeFile>,
}

/// One file, link or directory of a `tree`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeFile {
    /// Absolute path.
    pub path: String,
    /// Permission bits.
    pub mode: u32,
    /// What it is.
    pub content: TreeContent,
}

/// What a `tree` puts at a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TreeContent {
    /// A file with this text.
    Text(String),
    /// A symbolic link with this target.
    Link(String),
    /// A directory.
    Directory,
}

/// Arguments of `rootfs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootfsArguments {
    /// Package names that were asked for, sorted; the other packages of this layer are marked as installed
    /// automatically, as apt would.
    pub manual: Vec<String>,
    /// Owners by name of what the overlays hold, sorted by path; what is not listed is root's.
    pub owners: Vec<Owner>,
    /// Where the trees go, and whose they are: one for each `tree` input, in their order.
    pub mounts: Vec<Mount>,
}

impl RootfsArguments {
    /// What a derivation is called that adds packages to a base, by the names that were asked for.
    pub fn name_of_packages(asked: &[String]) -> String {
        let asked = if asked.is_empty() { "nothing".to_owned() } else { asked.join(", ") };
        format!("packages of {asked}")
    }
}

/// Who owns a path, by names that the root file system's own `/etc/passwd` and `/etc/group` resolve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Absolute path.
    pub path: String,
    /// User name.
    pub user: String,
    /// Group name.
    pub group: String,
}

/// Arguments of `check`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckArguments {
    /// Program, absolute, and its arguments.
    pub exec: Vec<String>,
    /// User name.
    pub user: String,
}

/// Arguments of `image`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageArguments {
    /// What to write.
    pub format: ImageFormat,
}

/// A kind of image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageFormat {
    /// POSIX.1-2001 (pax) tar, uncompressed.
    Tar,
    /// An OCI image, with a layer for each of the root file systems that it is made upon, and one for itself.
    Oci,
    /// A SquashFS 4.0 image, compressed.
    Squashfs,
    /// An ext4 image, with some space left.
    Ext4,
}

/// Arguments of `environment`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentArguments {
    /// The hosts' names in the order of declaration: one for each `root` input.
    pub hosts: Vec<String>,
    /// The evaluated topology as JSON: what `up` will run. It is part of the hash.
    pub topology: String,
}

/// A package at a version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PackageVersion {
    /// Name.
    pub name: String,
    /// Debian version.
    pub version: String,
    /// Architecture: `amd64` or `all`.
    pub architecture: String,
}

impl PackageVersion {
    /// A package from its three parts.
    pub fn new(name: impl Into<String>, version: impl Into<String>, architecture: impl Into<String>) -> Self {
        Self { name: name.into(), version: version.into(), architecture: architecture.into() }
    }
}

impl ImageFormat {
    /// The file name's extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Tar => "tar",
            Self::Oci => "oci",
            Self::Squashfs => "squashfs",
            Self::Ext4 => "ext4",
        }
    }
}

impl Builder {
    /// The names of all kinds, in the order in which a build comes to them.
    pub const KINDS: [&str; 13] = [
        "fetch",
        "unpack",
        "download",
        "extract",
        "source",
        "tree",
        "rootfs",
        "run",
        "check",
        "layer",
        "image",
        "kernel",
        "environment",
    ];

    /// Whether it brings bytes from outside, which a hash then must vouch for.
    pub fn is_download(&self) -> bool {
        matches!(self, Self::Fetch(_) | Self::Download(_))
    }

    /// The kind's name, as the JSON form writes it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Fetch(_) => "fetch",
            Self::Unpack(_) => "unpack",
            Self::Tree(_) => "tree",
            Self::Rootfs(_) => "rootfs",
            Self::Check(_) => "check",
            Self::Image(_) => "image",
            Self::Environment(_) => "environment",
            Self::Source(_) => "source",
            Self::Download(_) => "download",
            Self::Extract(_) => "extract",
            Self::Run(_) => "run",
            Self::Layer => "layer",
            Self::Kernel => "kernel",
        }
    }
}

impl Encoding for &Derivation {
    fn encode_to<E, F: FnMut(&[u8]) -> Result<(), E>>(&self, pieces: &mut Pieces<'_, E, F>) -> Result<(), E> {
        pieces.encode(self)
    }
}

impl Derivation {
    /// The canonical encoding: what the store keeps.
    pub fn encode(&self) -> Vec<u8> {
        encode::encode(self)
    }

    /// The derivation hash.
    pub fn hash(&self) -> DerivationHash {
        self.hash_within(&mut Vec::new())
    }

    /// The same, by way of a buffer that outlives it: of very many derivations each would ask for one of its own.
    pub(crate) fn hash_within(&self, buffer: &mut Vec<u8>) -> DerivationHash {
        DerivationHash::from_bytes(HASHING.hash(self, buffer))
    }

    /// The inputs with a role, in their order.
    pub fn inputs_as(&self, role: Role) -> impl Iterator<Item = DerivationHash> {
        self.inputs.iter().filter(move |input| input.role == role).map(|input| input.derivation)
    }

    /// A derivation from its canonical encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, encode::BadEncoding> {
        encode::decode("a derivation", bytes)
    }
}
