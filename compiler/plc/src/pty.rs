//! A pseudo-terminal for somebody else's shell, and what passes between it and the user's own terminal.

use std::{
    fs::File,
    io::{self, Read, Write},
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::PathBuf,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{OFlags, fcntl_setfl},
    io::Errno,
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr, tcsetwinsize},
};

/// How often the size of the user's terminal is looked at, in nanoseconds.
const LOOK: i64 = 250_000_000;

/// What is passed on at a time, in bytes.
const CHUNK: usize = 4096;

/// What undoes what a program may have done to the terminal and left so: another screen, reports of the mouse and of pasting, a
/// hidden cursor, colours (as in terminfo's `rs2`).
const RESET: &[u8] = b"\x1b[!p\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?2004l\x1b[?25h\x1b[0m\r\n";

/// The half of a pseudo-terminal that whoever sits at the keyboard holds.
pub(crate) struct Pty {
    ours: File,
    theirs: PathBuf,
}

impl Pty {
    /// A new one, of the size of the user's terminal.
    ///
    /// # Errors
    /// The system has none left.
    pub(crate) fn open() -> io::Result<Self> {
        // Closed when a program is started, as all that this one opens.
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        let theirs = ptsname(&ours, Vec::new())?;
        let theirs = PathBuf::from(String::from_utf8_lossy(theirs.as_bytes()).into_owned());
        copy_size(&ours);
        Ok(Self { ours: ours.into(), theirs })
    }

    /// The path of the half that the shell gets.
    pub(crate) fn path(&self) -> &std::path::Path {
        &self.theirs
    }

    /// Waits until the shell says something, and tells whether it did; not when `over`, of which the other end is closed,
    /// comes first.
    pub(crate) fn speaks(&self, over: &OwnedFd) -> io::Result<bool> {
        loop {
            let ready = wait(&[(self.ours.as_fd(), PollFlags::IN), (over.as_fd(), PollFlags::IN)], None)?;
            if ready[0].contains(PollFlags::IN) {
                return Ok(true);
            }
            if !ready.iter().all(PollFlags::is_empty) {
                return Ok(false);
            }
        }
    }

    /// Passes on what is typed and what is shown until the shell has ended; then the user's terminal is as it was before, also
    /// where it could not be used. A signal that ends this program leaves it as it is.
    ///
    /// # Errors
    /// When the user's terminal cannot be used.
    pub(crate) fn relay(&mut self, over: &OwnedFd) -> io::Result<()> {
        // Not by way of the standard library's buffer, which could hold keys that `poll` does not know of.
        let (mut keys, mut screen) = (own(io::stdin())?, io::stderr().lock());
        let raw = Raw::enter(own(io::stdin())?)?;
        // A shell that does not read must not keep us from showing what it says.
        fcntl_setfl(&self.ours, OFlags::RDWR | OFlags::NONBLOCK)?;
        let (mut chunk, mut typed, mut typing) = ([0; CHUNK], Vec::new(), true);
        loop {
            copy_size(&self.ours);
            let both = if typed.is_empty() { PollFlags::IN } else { PollFlags::IN | PollFlags::OUT };
            let mut from = vec![(self.ours.as_fd(), both), (over.as_fd(), PollFlags::IN)];
            if typing && typed.is_empty() {
                from.push((raw.terminal.as_fd(), PollFlags::IN));
            }
            let ready = wait(&from, Some(Timespec { tv_sec: 0, tv_nsec: LOOK }))?;
            if ready[0].contains(PollFlags::IN) {
                match self.ours.read(&mut chunk) {
                    Ok(count) => screen.write_all(&chunk[..count]).and_then(|()| screen.flush())?,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    // Nobody holds the other half any more.
                    Err(_) => break,
                }
            } else if ready[0].intersects(PollFlags::HUP | PollFlags::ERR) || !ready[1].is_empty() {
                break;
            }
            if ready[0].contains(PollFlags::OUT) {
                match self.ours.write(&typed) {
                    Ok(count) => drop(typed.drain(..count)),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(_) => break,
                }
            }
            if ready.get(2).is_some_and(|flags| !flags.is_empty()) {
                match keys.read(&mut chunk)? {
                    0 => typing = false,
                    count => typed.extend(&chunk[..count]),
                }
            }
        }
        screen.write_all(RESET)
    }
}

/// The user's terminal in raw mode, until dropped.
struct Raw {
    terminal: File,
    before: Termios,
}

impl Raw {
    fn enter(terminal: File) -> io::Result<Self> {
        let before = tcgetattr(&terminal)?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(&terminal, OptionalActions::Now, &raw)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // What was typed to the shell, or what the terminal has answered it, is not for whoever reads next. Nobody could be told
        // that it does not work.
        let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
    }
}

fn own(descriptor: impl AsFd) -> io::Result<File> {
    Ok(descriptor.as_fd().try_clone_to_owned()?.into())
}

/// What each descriptor is ready for; nothing for all of them when the time is up.
fn wait(
    descriptors: &[(BorrowedFd<'_>, PollFlags)],
    longest: Option<Timespec>,
) -> io::Result<Vec<PollFlags>> {
    let mut polled: Vec<_> =
        descriptors.iter().map(|(descriptor, what)| PollFd::from_borrowed_fd(*descriptor, *what)).collect();
    match poll(&mut polled, longest.as_ref()) {
        Ok(_) => Ok(polled.iter().map(PollFd::revents).collect()),
        Err(Errno::INTR) => Ok(vec![PollFlags::empty(); descriptors.len()]),
        Err(error) => Err(error.into()),
    }
}

/// Gives the other terminal the size of the user's, where that has one.
fn copy_size(to: impl AsFd) {
    let sizes = (tcgetwinsize(io::stdin()), tcgetwinsize(&to));
    if let (Ok(size), Ok(other)) = sizes
        && (size.ws_row, size.ws_col) != (other.ws_row, other.ws_col)
    {
        // Programs get along with a wrong size.
        let _ = tcsetwinsize(to, size);
    }
}
