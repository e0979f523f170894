//! `kernel`: what virtual machines boot, from the packages of a kernel, in this process.
//!
//! The modules go into an archive in the order in which they are to be loaded, which their own sections say (`depends=`): a
//! package lists no dependencies, and `depmod` has not run. What runs in the machine is added when it starts, since it is of
//! this program's version and not of the kernel's.

use std::{
    collections::BTreeMap,
    io::{self, Read},
};

use plc_plan::derivation::{KERNEL, MODULES, Role};
use plc_store::{Entry, Kind, Meta, Output, Store, Tree, TreePath};

use super::JobError;
use crate::{
    cpio::Cpio,
    debian::deb::compression::{self, Checksums},
    request::Request,
};

/// What a machine needs until its root file system is there, and then always: the bus, disks, the network, the channel, and
/// the file systems with what they compute. Some are part of some kernels.
const WANTED: [&str; 8] = [
    "crc32c_generic",
    "virtio_pci",
    "virtio_blk",
    "virtio_net",
    "virtio_console",
    "virtio_rng",
    "ext4",
    "overlay",
];

/// No module is longer, in bytes.
const LONGEST: u64 = 64 << 20;

/// Modules wait for one another no deeper; those of Debian's kernels four deep.
const DEEPEST: usize = 64;

/// There are no more: three digits say when each is loaded.
const MOST: usize = 999;

/// All of them together are no longer, in bytes: a machine boots from memory.
const LONGEST_OF_ALL: u64 = 256 << 20;

/// Makes the tree.
pub(super) fn run(request: &Request, store: &Store) -> Result<Output, JobError> {
    let mut found = Found::default();
    for digest in request.trees(Role::Package) {
        found.look_through(&store.read_tree(&digest)?);
    }
    let (vmlinuz, size) = found.kernel()?;
    let builtin = match &found.builtin {
        Some(blob) => names(&store.read_blob(blob)?),
        None => Vec::new(),
    };
    let read = |name: &str, (suffix, blob, size): &Compressed| {
        content(store, suffix, blob, *size)
            .map_err(|error| JobError::Kernel(format!("its module `{name}` cannot be read: {error}")))
    };
    let mut ordered =
        Ordered { found: &found, builtin, read: &read, modules: Vec::new(), length: 0, path: Vec::new() };
    for name in WANTED {
        ordered.add(name)?;
    }
    let mut archive = Cpio::default();
    archive.directory("modules");
    for (number, (name, content)) in ordered.modules.iter().enumerate() {
        archive.file(&format!("modules/{number:03}-{name}.ko"), 0o644, content);
    }
    let archive = archive.finish();
    let entry = |path: &str, kind| {
        let path = path.trim_start_matches('/');
        let path =
            TreePath::new(path.as_bytes()).map_err(|why| JobError::Path { path: path.to_owned(), why })?;
        let mode = if kind == Kind::Directory { 0o755 } else { 0o644 };
        Ok::<_, JobError>(Entry {
            path,
            meta: Meta { mode, uid: 0, gid: 0, mtime: 0, xattrs: Vec::new() },
            kind,
        })
    };
    let modules = Kind::File { blob: store.put_blob(&archive)?, size: archive.len() as u64 };
    let entries = vec![
        entry("/", Kind::Directory)?,
        entry(KERNEL, Kind::File { blob: vmlinuz, size })?,
        entry(MODULES, modules)?,
    ];
    Ok(Output::Tree(store.put_tree(&Tree::new(entries)?)?))
}

type Blob = plc_store::BlobDigest;

/// A module's file: the suffix that says how it is compressed, its blob, and how long that is.
type Compressed = (String, Blob, u64);

/// Gives what a module has in it.
type Reading<'a> = dyn Fn(&str, &Compressed) -> Result<Vec<u8>, JobError> + 'a;

/// What the packages hold.
#[derive(Default)]
struct Found {
    /// Kernels by their paths.
    kernels: BTreeMap<String, (Blob, u64)>,
    /// Modules by their names.
    modules: BTreeMap<String, Compressed>,
    /// The list of modules that are part of the kernel.
    builtin: Option<Blob>,
}

impl Found {
    fn look_through(&mut self, tree: &Tree) {
        for entry in tree.entries() {
            let Kind::File { blob, size } = entry.kind else { continue };
            let path = String::from_utf8_lossy(entry.path.as_bytes()).into_owned();
            let Some(path) = path.strip_prefix("data/") else { continue };
            let file = path.rsplit('/').next().unwrap_or(path);
            if path.starts_with("boot/vmlinuz") {
                self.kernels.insert(path.to_owned(), (blob, size));
            } else if file == "modules.builtin" {
                self.builtin = Some(blob);
            } else if let Some((name, suffix)) = file.split_once(".ko") {
                self.modules.insert(plain(name), (suffix.to_owned(), blob, size));
            }
        }
    }

    fn kernel(&self) -> Result<(Blob, u64), JobError> {
        let mut kernels = self.kernels.iter();
        match (kernels.next(), kernels.next()) {
            (Some((_, kernel)), None) => Ok(*kernel),
            (None, _) => Err(JobError::Kernel("its packages have no `/boot/vmlinuz…`".into())),
            (Some((one, _)), Some((other, _))) => {
                Err(JobError::Kernel(format!("there are several, `/{one}` and `/{other}`")))
            }
        }
    }
}

/// Modules so that each comes after those that it needs.
struct Ordered<'a> {
    found: &'a Found,
    builtin: Vec<String>,
    read: &'a Reading<'a>,
    modules: Vec<(String, Vec<u8>)>,
    /// Of all of them, and of those that wait, in bytes.
    length: u64,
    /// Those that wait for one that they need.
    path: Vec<String>,
}

impl Ordered<'_> {
    fn add(&mut self, name: &str) -> Result<(), JobError> {
        if self.modules.iter().any(|(known, _)| known == name)
            || self.builtin.iter().any(|known| known == name)
        {
            return Ok(());
        }
        if self.path.iter().any(|waiting| waiting == name) {
            return Err(JobError::Kernel(format!("its module `{name}` needs itself")));
        }
        if self.path.len() >= DEEPEST {
            return Err(JobError::Kernel(format!("its modules need one another more than {DEEPEST} deep")));
        }
        let Some(file) = self.found.modules.get(name) else {
            // A generator of random numbers is a convenience.
            let spare = name == "virtio_rng";
            return if spare { Ok(()) } else { Err(JobError::Kernel(format!("it has no module `{name}`"))) };
        };
        let content = (self.read)(name, file)?;
        self.length += content.len() as u64;
        if self.length > LONGEST_OF_ALL {
            let most = LONGEST_OF_ALL >> 20;
            return Err(JobError::Kernel(format!(
                "the modules that a machine needs are longer than {most} MiB"
            )));
        }
        self.path.push(name.to_owned());
        for needed in depends(&content) {
            self.add(&needed)?;
        }
        self.path.pop();
        if self.modules.len() >= MOST {
            return Err(JobError::Kernel(format!("a machine needs more than {MOST} of its modules")));
        }
        self.modules.push((name.to_owned(), content));
        Ok(())
    }
}

fn content(store: &Store, suffix: &str, blob: &Blob, size: u64) -> io::Result<Vec<u8>> {
    let too_long = || io::Error::new(io::ErrorKind::InvalidData, "it is too long");
    if size > LONGEST {
        return Err(too_long());
    }
    let file = store.open_blob(blob).map_err(io::Error::other)?;
    let mut content = Vec::new();
    compression::decoder(suffix, "", file, Checksums::Compared)
        .map_err(io::Error::other)?
        .take(LONGEST + 1)
        .read_to_end(&mut content)?;
    if content.len() as u64 > LONGEST { Err(too_long()) } else { Ok(content) }
}

/// Names of modules are written with `-` and with `_`, and mean the same.
fn plain(name: &str) -> String {
    name.replace('-', "_")
}

/// The names in a list of paths of modules.
fn names(list: &[u8]) -> Vec<String> {
    let list = String::from_utf8_lossy(list);
    let names = list.lines().filter_map(|line| line.rsplit('/').next()?.split_once(".ko"));
    names.map(|(name, _)| plain(name)).collect()
}

/// What a module says that it needs: in its section `.modinfo`, whose strings end with zeros.
fn depends(module: &[u8]) -> Vec<String> {
    let field = b"\0depends=";
    let Some(at) = module.windows(field.len()).position(|window| window == field) else { return Vec::new() };
    let value = module[at + field.len()..].split(|byte| *byte == 0).next().unwrap_or_default();
    let value = String::from_utf8_lossy(value);
    value.split(',').filter(|name| !name.is_empty()).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_says_what_it_needs() {
        let module = b"\x7fELF..license=GPL\0depends=virtio,virtio-ring\0retpoline=Y\0";
        assert_eq!(depends(module), ["virtio", "virtio_ring"]);
        assert!(depends(b"\0depends=\0").is_empty());
        assert!(depends(b"nothing").is_empty());
        // Cut off in the middle.
        assert_eq!(depends(b"\0depends=virt"), ["virt"]);
    }

    /// Modules with what they need and how long they are, and what comes of the first.
    fn order(modules: &[(String, String, usize)]) -> Result<Vec<String>, String> {
        let mut found = Found::default();
        for (name, ..) in modules {
            let file = (String::new(), Blob::from_bytes([0; 32]), 0);
            found.modules.insert(name.clone(), file);
        }
        let read = |name: &str, _: &Compressed| {
            let (_, needs, length) = modules.iter().find(|(known, ..)| known == name).expect("one of them");
            let mut content = format!("\0depends={needs}\0").into_bytes();
            content.resize(content.len().max(*length), 0);
            Ok(content)
        };
        let (builtin, modules_there, path) = (Vec::new(), Vec::new(), Vec::new());
        let mut ordered =
            Ordered { found: &found, builtin, read: &read, modules: modules_there, length: 0, path };
        ordered.add(&modules[0].0).map_err(|error| error.to_string())?;
        Ok(ordered.modules.into_iter().map(|(name, _)| name).collect())
    }

    fn module(name: &str, needs: &str, length: usize) -> (String, String, usize) {
        (name.to_owned(), needs.to_owned(), length)
    }

    #[test]
    fn modules_are_bounded() {
        let some = [module("a", "b,c", 0), module("b", "c", 0), module("c", "", 0)];
        assert_eq!(order(&some).expect("ordered"), ["c", "b", "a"]);
        let circle = [module("a", "b", 0), module("b", "a", 0)];
        assert!(order(&circle).expect_err("a circle").contains("needs itself"));
        let chain = |count: usize| -> Vec<_> {
            (0..count)
                .map(|n| {
                    module(
                        &format!("m{n}"),
                        &if n + 1 < count { format!("m{}", n + 1) } else { String::new() },
                        0,
                    )
                })
                .collect()
        };
        assert_eq!(order(&chain(DEEPEST)).expect("ordered").len(), DEEPEST);
        assert!(order(&chain(DEEPEST + 1)).expect_err("too deep").contains("64 deep"));
        let many: Vec<String> = (0..MOST).map(|n| format!("m{n}")).collect();
        let mut many_modules = vec![module("first", &many.join(","), 0)];
        many_modules.extend(many.iter().map(|name| module(name, "", 0)));
        assert!(order(&many_modules).expect_err("too many").contains("999"));
        let long: Vec<_> = [("a", "b,c,d,e"), ("b", ""), ("c", ""), ("d", ""), ("e", "")]
            .map(|(name, needs)| module(name, needs, 60 << 20))
            .into();
        assert!(order(&long).expect_err("too long").contains("256 MiB"));
        assert_eq!(order(&long[1..]).expect("ordered"), ["b"]);
    }

    #[test]
    fn what_is_part_of_the_kernel_is_listed_by_path() {
        assert_eq!(
            names(b"kernel/fs/ext4/ext4.ko\nkernel/crypto/crc32c-generic.ko\n\n"),
            ["ext4", "crc32c_generic"]
        );
    }
}
