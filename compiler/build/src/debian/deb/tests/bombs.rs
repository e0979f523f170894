//! Archives that would cost much: each is refused for a bound, before it has cost it.

use std::io::{self, Read, Write};

use ::tar::{EntryType, Header};

use super::{
    super::{
        CONTROL_MAX, DECOMPRESSOR_MEMORY, ENTRIES_MAX, EXPANSION_FLOOR, NAMES_MAX,
        compression::{Checksums, decoder},
        tar::Reader,
    },
    make::{archive, control, entry, file, hard_link, member, pax, raw, refuse, symlink, unpacked, version},
};

/// What an entry costs beside its names, in bytes, as measured with 250,000 hard links: its place in the map, and in the list
/// that is made of it in the end.
const ENTRY: u64 = 430;
/// All that is kept at a time fits into 256 MB: what a decompressor may take, entries and their names; and the control part,
/// which is read when its decompressor is gone.
const _: () = assert!(DECOMPRESSOR_MEMORY + ENTRIES_MAX as u64 * ENTRY + NAMES_MAX < 256_000_000);
const _: () = assert!(CONTROL_MAX + ENTRIES_MAX as u64 * ENTRY + NAMES_MAX < 256_000_000);

/// A member of the longest length that can be written, whatever follows.
fn endless_member(name: &str, from: impl Read) -> impl Read {
    let mut header = member(name, b"");
    header[48..58].copy_from_slice(b"9999999998");
    io::Cursor::new([archive(&[version(), control()]), header].concat()).chain(from)
}

/// The same bytes for ever.
struct Again {
    bytes: Vec<u8>,
    at: usize,
}

impl Read for Again {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = (&self.bytes[self.at..]).read(buffer)?;
        self.at = (self.at + count) % self.bytes.len();
        Ok(count)
    }
}

fn large(size: u64) -> Vec<u8> {
    let mut header = Header::from_byte_slice(&file("./a")[..512]).clone();
    header.set_size(size);
    header.set_cksum();
    raw(&header, b"")
}

#[test]
fn ten_gigabytes_in_a_kilobyte() {
    let mut zstd = zstd::Encoder::new(Vec::new(), 1).unwrap();
    zstd.write_all(&large(10 << 30)).unwrap();
    zstd.write_all(&vec![0; 1 << 20]).unwrap();
    let bomb = archive(&[version(), control(), member("data.tar.zst", &zstd.finish().unwrap())]);
    refuse(vec![("10 GB bomb", bomb, "larger than the 67108864")]);
}

/// Lengths that the outer archive declares are not believed: what counts is what was read.
#[test]
fn zstd_without_end() {
    let zeros = zstd::encode_all(vec![0_u8; 4 << 20].as_slice(), 1).unwrap();
    let endless = decoder("x.zst", "x", Again { bytes: zeros, at: 0 }, Checksums::Compared).unwrap();
    let told =
        io::copy(&mut endless.take(2 * EXPANSION_FLOOR), &mut io::sink()).map_err(|error| error.to_string());
    assert!(
        told.as_ref().is_err_and(|told| told.contains("more than 256 times")),
        "case `endless zstd`: {told:?}"
    );
}

/// Headers alone, of which each may have a little of its own.
#[test]
fn headers_without_end() {
    let names = entry(EntryType::GNULongName, b"l", b"", &[b'a'; 60 << 10]).repeat(64);
    let bytes = zstd::encode_all(names.as_slice(), 1).unwrap();
    let twice = bytes.len() as u64 * 2 * EXPANSION_FLOOR / names.len() as u64;
    let told = unpacked(endless_member("data.tar.zst", Again { bytes, at: 0 }.take(twice))).unwrap_err();
    assert!(told.to_string().contains("more than 256 times"), "case `endless headers`: {told}");
}

/// The header of an xz block says how large its dictionary is: 40 means four gigabytes.
#[test]
fn a_dictionary_of_four_gigabytes() {
    let mut xz = Vec::new();
    let mut to = liblzma::write::XzEncoder::new(&mut xz, 0);
    to.write_all(&file("./a")).unwrap();
    to.finish().unwrap();
    // The stream's header, then the block's: length, flags, filter, length of its properties, dictionary, padding, checksum.
    assert_eq!(xz[12..16], [2, 0, 0x21, 1], "one filter, LZMA2");
    xz[16] = 40;
    let mut sum = flate2::Crc::new();
    sum.update(&xz[12..20]);
    xz[20..24].copy_from_slice(&sum.sum().to_le_bytes());
    let bomb = archive(&[version(), control(), member("data.tar.xz", &xz)]);
    refuse(vec![("xz dictionary of 4 GiB", bomb, "memory")]);
}

/// A window of half a gigabyte, of which nothing is used.
#[test]
fn a_window_of_half_a_gigabyte() {
    let mut zstd = zstd::Encoder::new(Vec::new(), 1).unwrap();
    zstd.window_log(29).unwrap();
    zstd.write_all(&file("./a")).unwrap();
    let bomb = archive(&[version(), control(), member("data.tar.zst", &zstd.finish().unwrap())]);
    refuse(vec![("zstd window of 512 MiB", bomb, "memory")]);
}

#[test]
fn names_that_fill_the_memory() {
    let target = "x".repeat(4000);
    let long = entry(EntryType::GNULongLink, b"l", b"", target.as_bytes());
    let links =
        (0..NAMES_MAX / 4000 + 1).map(|number| [long.clone(), symlink(&format!("./{number}"), "x")].concat());
    let bomb = archive(&[version(), control(), member("data.tar", &links.collect::<Vec<_>>().concat())]);
    refuse(vec![("names without end", bomb, "all names together")]);
}

/// A long name, by an entry of its own before the one that it belongs to.
fn long(kind: EntryType, name: &str) -> Vec<u8> {
    entry(kind, b"l", b"", name.as_bytes())
}

fn data(entries: Vec<Vec<u8>>) -> Vec<u8> {
    archive(&[version(), control(), member("data.tar", &entries.concat())])
}

/// One name makes directories of which the archive says nothing.
#[test]
fn directories_that_fill_the_memory() {
    let deep = |number| format!("./{number}{}/f", "/a".repeat(2000));
    let long_ones = (0..40).map(|number| [long(EntryType::GNULongName, &deep(number)), file("x")].concat());
    let many = (0..6000).map(|number| file(&format!("./{number}{}/f", "/a".repeat(44))));
    refuse(vec![
        ("deep directories that are not named", data(long_ones.collect()), "all names together"),
        ("many directories that are not named", data(many.collect()), "the number of names"),
    ]);
}

/// A hard link has the metadata of its target, and the name of the first.
#[test]
fn hard_links_that_fill_the_memory() {
    let capability = vec![pax("SCHILY.xattr.security.capability", &"x".repeat(25)), file("./a")];
    let name = format!("./{}", vec!["x".repeat(199); 19].join("/"));
    let mut links = vec![
        long(EntryType::GNULongName, &name),
        file("x"),
        long(EntryType::GNULongLink, &name),
        hard_link("./b", "x"),
    ];
    links.extend((0..12_000).map(|number| hard_link(&format!("./{number}"), "./b")));
    refuse(vec![
        ("capability of 25 bytes", data(capability), "capability"),
        ("links to a link to a long name", data(links), "all names together"),
    ]);
}

#[test]
fn more_entries_than_there_may_be() {
    let mut reader = Reader::new(Again { bytes: file("./a"), at: 0 }, u64::MAX);
    assert!(reader.next().is_ok());
    // So many would take their time.
    reader.count = ENTRIES_MAX - 1;
    assert!(reader.next().is_ok());
    let error = reader.next().err().expect("case `entries`: one too many is taken");
    assert!(error.to_string().contains("the number of entries"), "case `entries`: {error}");
}

#[test]
fn what_is_in_proportion_is_read() {
    // Twice as much as any may have, one part in two hundred of it read.
    let size = usize::try_from(2 * EXPANSION_FLOOR).unwrap();
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let mut plain = vec![0; size];
    plain.iter_mut().step_by(200).for_each(|byte| *byte = noise());
    let packed = zstd::encode_all(plain.as_slice(), 1).unwrap();
    let mut read = Vec::new();
    decoder("x.zst", "x", packed.as_slice(), Checksums::Compared).unwrap().read_to_end(&mut read).unwrap();
    assert!(read == plain);
}
