//! Archives that the kernel unpacks before anything runs (cpio, "newc": `Documentation/driver-api/early-userspace`).

/// An archive to be. The same content gives the same bytes: all belongs to root and is of no time.
#[derive(Clone, Debug, Default)]
pub struct Cpio {
    bytes: Vec<u8>,
    number: u32,
}

impl Cpio {
    /// Adds a directory, after the one that it is in.
    pub fn directory(&mut self, path: &str) {
        self.member(path, 0o040_755, &[]);
    }

    /// Adds a file.
    pub fn file(&mut self, path: &str, mode: u32, content: &[u8]) {
        self.member(path, 0o100_000 | mode, content);
    }

    /// The archive. More of them may follow one after the other.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.number = 0;
        self.member("TRAILER!!!", 0, &[]);
        self.bytes
    }

    fn member(&mut self, path: &str, mode: u32, content: &[u8]) {
        self.number += 1;
        // A number for itself, mode, owner, group, names, time, length, four numbers of devices, length of the name, checksum.
        let fields =
            [self.number, mode, 0, 0, 1, 0, content.len() as u32, 0, 0, 0, 0, path.len() as u32 + 1, 0];
        self.bytes.extend(b"070701");
        for field in fields {
            self.bytes.extend(format!("{field:08x}").bytes());
        }
        self.bytes.extend(path.bytes());
        self.bytes.push(0);
        self.align();
        self.bytes.extend(content);
        self.align();
    }

    fn align(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_aligned() {
        let mut cpio = Cpio::default();
        cpio.directory("a");
        cpio.file("a/b", 0o755, b"hello");
        let bytes = cpio.finish();
        assert_eq!(bytes.len() % 4, 0);
        assert!(bytes.starts_with(b"07070100000001000041ed"), "{}", String::from_utf8_lossy(&bytes[..32]));
        let file = bytes.windows(5).position(|window| window == b"hello").expect("there");
        assert_eq!(file % 4, 0);
        assert!(bytes.windows(10).any(|window| window == b"TRAILER!!!"));
    }
}
