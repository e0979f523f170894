//! A shell where a build fails, at a terminal of the test's own.

use std::{
    fs::File,
    io::{Read, Write},
    os::fd::{AsFd, OwnedFd},
    process::{Child, Stdio},
    thread::{self, JoinHandle},
};

use rustix::{
    fs::{Mode, OFlags, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::tcgetattr,
};

use crate::{
    fixture::{archive, build_args, place},
    support::Place,
};

/// A program at a terminal.
struct Seat {
    keyboard: File,
    terminal: OwnedFd,
    screen: JoinHandle<String>,
    program: Child,
}

impl Seat {
    /// Starts a build of a place's description; the program has the terminal as its three standard files.
    fn build(place: &Place, further: &[&str]) -> Self {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let path = ptsname(&keyboard, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let terminal = open(path, flags, Mode::empty()).unwrap();
        let stdio = || Stdio::from(terminal.try_clone().unwrap());
        let mut command = place.plc(build_args(further));
        let program = command.stdin(stdio()).stdout(stdio()).stderr(stdio()).spawn().unwrap();
        let mut reader = File::from(keyboard.as_fd().try_clone_to_owned().unwrap());
        let screen = thread::spawn(move || {
            let (mut shown, mut chunk) = (Vec::new(), [0; 4096]);
            while let Ok(count @ 1..) = reader.read(&mut chunk) {
                shown.extend(&chunk[..count]);
            }
            String::from_utf8_lossy(&shown).into_owned()
        });
        Self { keyboard: keyboard.into(), terminal, screen, program }
    }

    /// Types, waits for the end, and gives exit code and screen; the terminal must be as it was.
    fn type_and_wait(mut self, keys: &str) -> (Option<i32>, String) {
        let before = tcgetattr(&self.terminal).unwrap().local_modes;
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        let code = self.program.wait().unwrap().code();
        assert_eq!(tcgetattr(&self.terminal).unwrap().local_modes, before, "the terminal is as it was");
        drop(self.terminal);
        (code, self.screen.join().unwrap())
    }
}

/// A description with a package whose postinst fails.
fn failing() -> Place {
    let place = place();
    place.edit("env.pl", "package \"keeper\"", "package [\"keeper\", \"failing\"]");
    place.run(["lock", "env.pl", "--mirror", &archive().url()], 0);
    place
}

#[test]
fn a_shell_opens_where_a_script_fails() {
    let place = failing();
    let seat = Seat::build(&place, &["--shell-on-failure"]);
    // In three parts each, so that what is typed is not taken for what is said.
    let keys = "cut -d: -f1 /var/lib/dpkg/info/failing.list >/made; echo A\"$DEBIAN_FRONTEND\"Z\n\
                test -e /made && echo it' 'is' 'made; dpkg-query -W -f='<${Status}>' failing; exit 7\n";
    let (code, screen) = seat.type_and_wait(keys);
    assert_eq!(code, Some(3), "{screen}");
    for part in [
        "the moon is not there",
        "a shell where it failed",
        "configure failed: exit status ",
        "AnoninteractiveZ",
        "it is made",
        "<install ok half-configured>",
        "derivations further on were not built",
    ] {
        assert!(screen.contains(part), "`{part}` not in: {screen}");
    }
    // What was changed there has reached nothing.
    place.edit("env.pl", "[\"keeper\", \"failing\"]", "\"keeper\"");
    place.run(["lock", "env.pl", "--mirror", &archive().url()], 0);
    let built = place.run(build_args(&["--json"]), 0).json();
    let back = crate::support::Root::of(&place.store(), &built, "back");
    assert!(back.entry(b"made").is_none());
}

#[test]
fn nothing_is_asked_where_nothing_fails_or_nobody_sits() {
    let place = failing();
    let ran = place.run(build_args(&["--shell-on-failure"]), 2);
    assert!(ran.err.contains("`--shell-on-failure` needs a terminal"), "{}", ran.err);
    place.edit("env.pl", "[\"keeper\", \"failing\"]", "\"keeper\"");
    place.run(["lock", "env.pl", "--mirror", &archive().url()], 0);
    let (code, screen) = Seat::build(&place, &["--shell-on-failure"]).type_and_wait("");
    assert_eq!(code, Some(0), "{screen}");
    assert!(!screen.contains("a shell where"), "{screen}");
}
