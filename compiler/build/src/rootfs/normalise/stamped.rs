//! Binary files with a time or a random number in them, which keep their meaning without it. What is not as expected is
//! left as it is: none.

use sha1::{Digest, Sha1};

/// How a Java key store (JKS) begins: its magic number and version.
const KEYSTORE: [u8; 8] = [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2];

/// The kind of an entry that is a certificate.
const TRUSTED: u32 = 2;

/// Java's default password, and Debian's for the key store of certificate authorities. It keeps nothing secret.
const PASSWORD: &str = "changeit";

/// What Java puts before a key store to make its checksum.
const WHITENER: &[u8] = b"Mighty Aphrodite";

/// The same certificates, each added at a time in seconds, as `sun.security.provider.JavaKeyStore` writes them.
pub(super) fn keystore(bytes: &[u8], epoch: i64) -> Option<Vec<u8>> {
    let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(Sha1::output_size())?)?;
    if checksum(body) != sum {
        return None;
    }
    let mut reader = Reader { rest: body.strip_prefix(&KEYSTORE)? };
    let mut out = KEYSTORE.to_vec();
    let count = reader.take(4)?;
    out.extend(count);
    for _ in 0..number(count) {
        let kind = reader.take(4)?;
        if number(kind) != TRUSTED {
            return None;
        }
        let alias = reader.counted(2)?;
        reader.take(8)?;
        let (format, certificate) = (reader.counted(2)?, reader.counted(4)?);
        out.extend([kind, alias, &epoch.checked_mul(1000)?.to_be_bytes(), format, certificate].concat());
    }
    if !reader.rest.is_empty() {
        return None;
    }
    let sum = checksum(&out);
    out.extend(sum);
    Some(out)
}

fn checksum(body: &[u8]) -> Vec<u8> {
    let password: Vec<u8> = PASSWORD.encode_utf16().flat_map(u16::to_be_bytes).collect();
    Sha1::new().chain_update(password).chain_update(WHITENER).chain_update(body).finalize().to_vec()
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// Something behind its length, with the length.
    fn counted(&mut self, width: usize) -> Option<&'a [u8]> {
        let length = number(self.rest.get(..width)?);
        self.take(width + usize::try_from(length).ok()?)
    }
}

/// A number of up to four bytes, the first the highest.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Where a hash table of Berkeley DB has its magic number, its cipher, its flags and its random id.
const MAGIC_AT: usize = 12;
const CIPHER_AT: usize = 24;
const FLAGS_AT: usize = 26;
const ID: std::ops::Range<usize> = 52..72;
const HASH_MAGIC: [u8; 4] = 0x0006_1561_u32.to_le_bytes();

/// The flag of one whose pages carry checksums, as those of every encrypted one do.
const CHECKSUMS: u8 = 1;

/// What postfix and sendmail call the time at which a table was made.
const MADE: &[u8] = b"YP_LAST_MODIFIED";

/// How a page of Berkeley DB begins an item that is not a reference to another page. It holds a value before its key.
const ITEM: u8 = 1;

/// The same hash table of Berkeley DB, made at a time in seconds, with an id that comes from nothing but its name.
pub(super) fn hash_table(bytes: &[u8], name: &[u8], epoch: i64) -> Option<Vec<u8>> {
    if bytes.get(MAGIC_AT..MAGIC_AT + 4)? != HASH_MAGIC {
        return None;
    }
    if bytes.get(FLAGS_AT)? & CHECKSUMS != 0 || *bytes.get(CIPHER_AT)? != 0 {
        return None;
    }
    let (id, new) = (bytes.get(ID)?, blake3::hash(name));
    let mut out = bytes.to_vec();
    // Unused parts of other pages may hold a copy of it.
    let is_id = |at: &usize| bytes[*at..].starts_with(id) && id.iter().any(|byte| *byte != 0);
    for at in (0..=bytes.len() - ID.len()).filter(is_id) {
        out[at..at + ID.len()].copy_from_slice(&new.as_bytes()[..ID.len()]);
    }
    let made = [&[ITEM], MADE].concat();
    if let Some(key) = out.windows(made.len()).position(|window| window == made) {
        let end = key - usize::from(out[..key].ends_with(b"\0"));
        let digits = out[..end].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        set_time(&mut out[end - digits..end], epoch)?;
    }
    Some(out)
}

/// Puts a time in the place of another, with as many digits.
fn set_time(digits: &mut [u8], epoch: i64) -> Option<()> {
    let (length, is_number) = (digits.len(), digits.iter().all(u8::is_ascii_digit));
    let time = format!("{epoch:0length$}");
    digits.copy_from_slice(time.as_bytes().get(..length).filter(|_| is_number)?);
    Some(())
}

/// The 256 hash tables of a constant database, each a position and a length of four bytes, the first the lowest.
const POINTERS: usize = 256 * 8;

/// The same constant database (cdb(5)), made at a time in seconds. Keys stay where they are, and their hashes with them.
pub(super) fn constant_database(bytes: &[u8], epoch: i64) -> Option<Vec<u8>> {
    let number = |at: usize| {
        let four = bytes.get(at..at.checked_add(4)?)?;
        usize::try_from(u32::from_le_bytes(four.try_into().ok()?)).ok()
    };
    // Records come first, hash tables after them.
    let positions = (0..POINTERS).step_by(8).map(number).collect::<Option<Vec<_>>>()?;
    let end = positions.into_iter().min()?;
    let mut out = bytes.to_vec();
    let mut at = POINTERS;
    while at < end {
        let (key, value) = (number(at)?, number(at + 4)?);
        let key = at + 8..(at + 8).checked_add(key)?;
        let value = key.end..key.end.checked_add(value)?;
        at = value.end;
        if bytes.get(key)? == MADE {
            set_time(out.get_mut(value)?, epoch)?;
        }
    }
    (at == end).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::{
        CIPHER_AT, FLAGS_AT, HASH_MAGIC, ID, KEYSTORE, MADE, checksum, constant_database, hash_table,
        keystore,
    };

    fn store(date: i64, kind: u8) -> Vec<u8> {
        let mut bytes =
            [&KEYSTORE[..], &[0, 0, 0, 1, 0, 0, 0, kind], &[0, 1, b'a'], &date.to_be_bytes()].concat();
        bytes.extend([&[0, 5][..], b"X.509", &[0, 0, 0, 3], b"cer"].concat());
        let sum = checksum(&bytes);
        [bytes, sum].concat()
    }

    #[test]
    fn a_keystore_gets_one_time() {
        assert_eq!(keystore(&store(123_456, 2), 7), Some(store(7000, 2)));
        let longer = [&store(1, 2)[..], b"x"].concat();
        let other_sum: Vec<u8> = store(1, 2).into_iter().rev().collect();
        for bytes in [store(1, 1), longer, other_sum, Vec::new()] {
            assert_eq!(keystore(&bytes, 7), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_constant_database_gets_one_time() {
        let number = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        let record =
            |key: &[u8], value: &[u8]| [&number(key.len())[..], &number(value.len()), key, value].concat();
        let database = |time: &[u8], less: usize| {
            let records =
                [record(b"postmaster", b"root"), record(MADE, time), record(b"YP_x", time)].concat();
            let end = 2048 + records.len() - less;
            let pointers = [number(end), number(2)].concat().repeat(256);
            [pointers, records, b"the tables".to_vec()].concat()
        };
        let other = |time: &[u8]| {
            let mut expected = database(time, 0);
            let at = expected.windows(time.len()).position(|window| window == time).unwrap();
            expected[at..at + 10].copy_from_slice(b"1700000000");
            Some(expected)
        };
        let made = database(b"1795546784", 0);
        assert_eq!(constant_database(&made, 1_700_000_000), other(b"1795546784"));
        assert_eq!(constant_database(&made[..made.len() - 40], 1), None);
        assert_eq!(constant_database(&database(b"yesterday", 0), 1), None);
        assert_eq!(constant_database(&database(b"1795546784", 1), 1), None);
        for bytes in [&[0; 2048][..], &[0xff; 4096], b"short"] {
            assert_eq!(constant_database(bytes, 1), None);
        }
    }

    #[test]
    fn a_hash_table_gets_one_id_and_one_time() {
        let table = |id: &[u8], time: &[u8]| {
            let mut first = vec![0; 512];
            first[12..16].copy_from_slice(&HASH_MAGIC);
            first[ID].copy_from_slice(&id[..20]);
            let mut page = [b"\x01root\0\x01", time, b"\0\x01", MADE, b"\0"].concat();
            page.resize(512, b'x');
            [first.clone(), page, first].concat()
        };
        let expected = table(blake3::hash(b"aliases").as_bytes(), b"1700000000");
        assert_eq!(hash_table(&table(&[1; 20], b"1795546784"), b"aliases", 1_700_000_000), Some(expected));
        let without = table(&[0; 20], b"1700000000");
        assert_eq!(hash_table(&without, b"aliases", 1_700_000_000), Some(without));
        for (at, value, expected) in [(FLAGS_AT, 1, false), (FLAGS_AT, 2, true), (CIPHER_AT, 1, false)] {
            let mut table = table(&[1; 20], b"1795546784");
            table[at] = value;
            assert_eq!(hash_table(&table, b"aliases", 1).is_some(), expected, "{at}: {value}");
        }
        for bytes in [&[0; 1024][..], b"short"] {
            assert_eq!(hash_table(bytes, b"aliases", 1), None);
        }
    }
}
