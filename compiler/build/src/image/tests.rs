//! Images of a tree with everything that a tree can have, read back by the kernel and judged by the checkers of their formats.

mod disk;

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
};

use plc_store::{Entry, Kind, Meta, Store, Tree, TreePath, Xattr};

use self::disk::{Mounted, of_disk, of_tree, run, same};
use super::{ImageError, ext4, squashfs};

const TIME: i64 = 1_700_000_000;
/// A capability as the kernel keeps it: `cap_net_raw=ep`.
const CAPABILITY: [u8; 20] = [1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

type Writer = fn(&Tree, &Store, &mut Vec<u8>) -> Result<(), ImageError>;

const SQUASHFS: Writer = |tree, store, to| squashfs::write(tree, store, to);
const EXT4: Writer = |tree, store, to| ext4::write(tree, store, to);

fn scratch() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&directory.path().join("store")).unwrap();
    (directory, store)
}

fn entry(path: &[u8], mode: u16, kind: Kind) -> Entry {
    let meta = Meta { mode, uid: 0, gid: 0, mtime: TIME, xattrs: Vec::new() };
    Entry { path: TreePath::new(path).unwrap(), meta, kind }
}

fn directory(path: &str) -> Entry {
    entry(path.as_bytes(), 0o755, Kind::Directory)
}

fn file(path: &[u8], content: &[u8], store: &Store) -> Entry {
    let blob = store.put_blob(content).unwrap();
    entry(path, 0o644, Kind::File { blob, size: content.len() as u64 })
}

fn link(path: &[u8], target: &str) -> Entry {
    entry(path, 0o644, Kind::Hardlink(TreePath::new(target.as_bytes()).unwrap()))
}

fn with(mut entry: Entry, xattrs: &[(&str, &[u8])]) -> Entry {
    entry.meta.xattrs = xattrs
        .iter()
        .map(|(name, value)| Xattr { name: name.as_bytes().into(), value: (*value).into() })
        .collect();
    entry
}

/// Bytes that no compressor makes shorter.
fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().finalize_xof().fill(&mut bytes);
    bytes
}

fn tree(entries: Vec<Entry>) -> Tree {
    Tree::new([vec![directory("")], entries].concat()).unwrap()
}

/// Everything that a tree can have and both formats can hold.
fn everything(store: &Store) -> Tree {
    let mut all = vec![
        directory("sizes"),
        directory("links"),
        directory("odd"),
        directory("large"),
        directory("empty"),
    ];
    for size in [0, 1, 4095, 4096, 4097, 131_071, 131_072, 131_073, 700_000] {
        all.push(file(format!("sizes/noise-{size}").as_bytes(), &noise(size), store));
        all.push(file(format!("sizes/zeros-{size}").as_bytes(), &vec![0; size], store));
    }
    // Past the end of a group, and of its successor, with holes and without.
    let mut big = vec![0; 300 << 20];
    big[150 << 20..160 << 20].copy_from_slice(&noise(10 << 20));
    big.extend(b"the end");
    all.push(file(b"sizes/big", &big, store));
    all.push(file(b"links/first", b"four names", store));
    all.extend([link(b"links/second", "links/first"), link(b"third", "links/first")]);
    // In a directory behind that of its file.
    all.push(link(b"sizes/fourth", "links/first"));
    all.push(with(file(b"odd/ping", b"ping", store), &[("security.capability", &CAPABILITY)]));
    all.push(with(file(b"odd/also", b"ping", store), &[("security.capability", &CAPABILITY)]));
    let long: &[(&str, &[u8])] =
        &[("user.long", &noise(3001)), ("trusted.b", b""), ("user.a", b"1"), ("user.aa", b"22")];
    all.push(with(file(b"odd/long", b"", store), long));
    all.push(with(directory("odd/directory"), long));
    for length in [1, 59, 60, 4095] {
        all.push(entry(
            format!("odd/link-{length}").as_bytes(),
            0o777,
            Kind::Symlink(vec![b'\xE4'; length].into()),
        ));
    }
    all.push(with(entry(b"odd/link", 0o777, Kind::Symlink(Box::from(*b"ping"))), &[("trusted.x", b"y")]));
    all.push(file(b"odd/\xFF\xFE not UTF-8", b"name", store));
    all.push(file(&[b"odd/".as_slice(), &[b'n'; 255]].concat(), b"name", store));
    for (index, mode) in [0, 0o4755, 0o2755, 0o6711, 0o1777].into_iter().enumerate() {
        all.push(Entry {
            meta: Meta { mode, ..directory("").meta },
            ..file(format!("odd/mode-{index}").as_bytes(), b"m", store)
        });
        all.push(entry(format!("odd/modes-{index}").as_bytes(), mode, Kind::Directory));
    }
    for (index, owner) in [1, 1000, 65_535, 65_536, 4_294_967_294].into_iter().enumerate() {
        let meta = Meta {
            uid: owner,
            gid: owner - 1,
            mtime: [0, 1, 1 << 31, u32::MAX.into(), TIME][index],
            ..directory("").meta
        };
        all.push(Entry { meta, ..file(format!("odd/owner-{index}").as_bytes(), b"o", store) });
    }
    all.push(entry(b"odd/pipe", 0o600, Kind::Fifo));
    all.push(with(
        entry(b"odd/null", 0o666, Kind::CharDevice { major: 1, minor: 3 }),
        &[("security.x", b"y")],
    ));
    all.push(entry(b"odd/block", 0o660, Kind::BlockDevice { major: 300, minor: 70_000 }));
    for index in 0..3000 {
        let name = format!("large/{index:05}-{}", "x".repeat(index % 200));
        all.push(if index % 10 == 0 {
            directory(&name)
        } else {
            file(name.as_bytes(), &noise(index), store)
        });
    }
    let mut deep = String::from("deep");
    for _ in 0..200 {
        all.push(directory(&deep));
        deep.push_str("/d");
    }
    tree(all)
}

/// An image, in a file.
fn written(write: Writer, tree: &Tree, store: &Store, directory: &Path) -> PathBuf {
    let mut bytes = Vec::new();
    write(tree, store, &mut bytes).unwrap();
    let path = directory.join("image");
    fs::write(&path, bytes).unwrap();
    path
}

/// `e2fsck` has nothing to say but that it looked.
fn no_complaint(image: &Path) {
    let said = run(Command::new("e2fsck").arg("-fn").arg(image));
    let known =
        |line: &&str| line.starts_with("Pass ") || line.starts_with("e2fsck ") || line.contains(" files (");
    let more: Vec<&str> = said.lines().filter(|line| !known(line)).collect();
    assert!(more.is_empty(), "{said}");
}

#[test]
#[ignore = "needs root, e2fsprogs and loop devices"]
fn the_kernel_and_e2fsck_read_an_ext4_as_the_tree() {
    let (directory, store) = scratch();
    let mut all = everything(&store).entries().to_vec();
    for (index, mtime) in [-1, -(1 << 31), (1 << 34) - (1 << 31) - 1].into_iter().enumerate() {
        let path = format!("time-{index}");
        all.push(Entry {
            meta: Meta { mtime, ..all[0].meta.clone() },
            ..file(path.as_bytes(), b"t", &store)
        });
    }
    let tree = Tree::new(all).unwrap();
    let image = written(EXT4, &tree, &store, directory.path());
    no_complaint(&image);
    same(&of_disk(Mounted::of(&image).path()), &of_tree(&tree, &store));
}

#[test]
#[ignore = "needs root, squashfs-tools and loop devices"]
fn the_kernel_and_unsquashfs_read_a_squashfs_as_the_tree() {
    let (directory, store) = scratch();
    let tree = everything(&store);
    let image = written(SQUASHFS, &tree, &store, directory.path());
    let expected = of_tree(&tree, &store);
    same(&of_disk(Mounted::of(&image).path()), &expected);
    let unpacked = directory.path().join("unpacked");
    run(Command::new("unsquashfs")
        .args(["-strict-errors", "-quiet", "-no-progress", "-dest"])
        .arg(&unpacked)
        .arg(&image));
    same(&of_disk(&unpacked), &expected);
}

/// More directories in one than its count of names can say, and more inodes than a group has.
#[test]
#[ignore = "needs root, e2fsprogs and loop devices"]
fn many_directories_in_one() {
    let (scratch, store) = scratch();
    let tree = tree((0..65_010).map(|index| directory(&format!("{index}"))).collect());
    let image = written(EXT4, &tree, &store, scratch.path());
    no_complaint(&image);
    let seen = |image: &Path| {
        let mounted = Mounted::of(image);
        let entries = fs::read_dir(mounted.path()).unwrap().map(|entry| entry.unwrap().metadata().unwrap());
        (entries.filter(fs::Metadata::is_dir).count(), fs::metadata(mounted.path()).unwrap().nlink())
    };
    assert_eq!(seen(&image), (65_010, 1));
    assert_eq!(seen(&written(SQUASHFS, &tree, &store, scratch.path())), (65_010, 65_012));
}

#[test]
fn the_same_tree_is_the_same_image() {
    let small = |time, store: &Store| {
        let mut all = vec![directory("a"), file(b"a/b", &noise(300_000), store), file(b"a/c", b"c", store)];
        all[2].meta.mtime = time;
        tree(all)
    };
    let image = |write: Writer, time| {
        let (_directory, store) = scratch();
        let mut bytes = Vec::new();
        write(&small(time, &store), &store, &mut bytes).unwrap();
        bytes
    };
    for write in [SQUASHFS, EXT4] {
        assert_eq!(image(write, 7), image(write, 7));
        assert_ne!(image(write, 7), image(write, 8));
    }
}

/// As many processors as there are, or one.
#[test]
fn processors_do_not_show() {
    let (_directory, store) = scratch();
    let all =
        (0..300).map(|index| file(format!("{index}").as_bytes(), &noise(index * 999)[..index * 990], &store));
    let tree = tree(all.collect());
    let image = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut bytes = Vec::new();
            squashfs::write(&tree, &store, &mut bytes).unwrap();
            bytes
        })
    };
    assert_eq!(image(1), image(7));
}

#[test]
fn what_a_format_cannot_hold_is_refused() {
    let (_directory, store) = scratch();
    let refusal = |write: Writer, entry: Entry| match write(&tree(vec![entry]), &store, &mut Vec::new()) {
        Err(ImageError::Unfit { why, .. }) => Some(why),
        Ok(()) => None,
        Err(other) => panic!("{other}"),
    };
    let at = |mtime| Entry { meta: Meta { mtime, ..directory("").meta }, ..file(b"a", b"", &store) };
    assert_eq!(refusal(SQUASHFS, at(-1)), Some("its time is out of range"));
    assert_eq!(refusal(SQUASHFS, at(1 << 32)), Some("its time is out of range"));
    assert_eq!(refusal(EXT4, at(-1)), None);
    assert_eq!(refusal(EXT4, at(1 << 34)), Some("its time is out of range"));
    let attribute = |name: &str, length| with(file(b"a", b"", &store), &[(name, &noise(length))]);
    for write in [SQUASHFS, EXT4] {
        let why = refusal(write, attribute("system.posix_acl_access", 4));
        assert_eq!(why, Some("it has an attribute that is not of `user`, `trusted` or `security`"));
        assert!(refusal(write, attribute("security.capability", 20)).is_none());
        let device = entry(b"a", 0o600, Kind::CharDevice { major: 1 << 12, minor: 0 });
        assert_eq!(refusal(write, device), Some("no device has this number"));
    }
    assert!(refusal(SQUASHFS, attribute("user.a", 5000)).is_none());
    assert_eq!(refusal(EXT4, attribute("user.a", 5000)), Some("its attributes are longer than 4 KiB"));
    let names = (0..65_000).map(|index| link(format!("b{index}").as_bytes(), "a"));
    let names = tree(names.chain([file(b"a", b"", &store)]).collect());
    assert!(matches!(ext4::write(&names, &store, Vec::new()), Err(ImageError::Unfit { .. })));
    assert!(squashfs::write(&names, &store, Vec::new()).is_ok());
}

#[test]
fn a_damaged_blob_is_not_passed_on() {
    for write in [SQUASHFS, EXT4] {
        let (_directory, store) = scratch();
        let content = b"content";
        let tree = tree(vec![file(b"a", content, &store)]);
        store.commit(&[]).unwrap();
        let hex = blake3::hash(content).to_hex();
        let place = store.root().join("blobs").join(&hex[..2]).join(&hex[2..]);
        fs::remove_file(&place).unwrap();
        fs::write(&place, b"CONTENT").unwrap();
        assert!(matches!(write(&tree, &store, &mut Vec::new()), Err(ImageError::Damaged(_))));
    }
}
