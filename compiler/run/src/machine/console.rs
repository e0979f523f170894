//! What a machine, or QEMU, says last: it is told where one does not come up.

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, Read},
    os::fd::OwnedFd,
    thread,
};

/// How much of it is kept, in bytes.
const KEPT: usize = 1024;

/// Somebody who reads it to its end, however long it is.
pub(super) struct Console(thread::JoinHandle<VecDeque<u8>>);

impl Console {
    pub(super) fn read(from: OwnedFd) -> io::Result<Self> {
        let mut from = File::from(from);
        let reading = thread::Builder::new().spawn(move || {
            let mut kept = VecDeque::new();
            let mut buffer = [0; 1024];
            while let Ok(length @ 1..) = from.read(&mut buffer) {
                kept.extend(&buffer[..length]);
                kept.drain(..kept.len().saturating_sub(KEPT));
            }
            kept
        })?;
        Ok(Self(reading))
    }

    /// The last of it, in one line that does nothing to a terminal.
    pub(super) fn finish(self) -> String {
        let kept: Vec<u8> = self.0.join().unwrap_or_default().into();
        let text = String::from_utf8_lossy(&kept);
        let lines = text.split(['\n', '\r']).map(|line| {
            line.chars().filter(|letter| !letter.is_control()).collect::<String>().trim().to_owned()
        });
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" | ")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn only_the_last_is_kept_and_nothing_that_a_terminal_obeys() {
        let (from, mut to) = io::pipe().expect("a pipe");
        let console = Console::read(from.into()).expect("reading");
        to.write_all(&[b'x'; 5000]).expect("written");
        to.write_all(b"\r\n\x1b[2Jpanic\n\n\0end").expect("written");
        drop(to);
        let text = console.finish();
        assert!(text.ends_with("x | [2Jpanic | end"), "{text}");
        assert!(text.len() <= KEPT + 10);
    }
}
