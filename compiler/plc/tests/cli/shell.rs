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
    fn build(place: &Place, args: &[&str]) -> Self {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let path = ptsname(&keyboard, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let terminal = open(path, flags, Mode::empty()).unwrap();
        let stdio = || Stdio::from(terminal.try_clone().unwrap());
        let mut command = place.plc(args);
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
    let seat = Seat::build(&place, &build_args(&["--shell-on-failure"]));
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
fn what_is_typed_ahead_does_not_stop_what_is_shown() {
    let place = failing();
    // More of both than a terminal holds, so that whoever waits for one with the other waits for ever.
    let lines = ": a line that nobody needs\n".repeat(6000);
    let keys = format!("sleep 1; head -c 1000000 /dev/zero | tr '\\0' x\n{lines}echo the' 'end; exit\n");
    let (code, screen) = Seat::build(&place, &build_args(&["--shell-on-failure"])).type_and_wait(&keys);
    assert_eq!(code, Some(3));
    assert!(screen.contains("the end") && screen.contains(&"x".repeat(70)), "{}", screen.len());
    assert!(screen.contains("the shell has ended"), "{}", screen.len());
}

#[test]
fn a_shell_that_is_broken_hides_no_failure() {
    let place = place();
    let broken = "#!/bin/sh\nrm /usr/bin/dash /usr/bin/sh\nexit 1\n";
    place.edit("env.pl", "package \"keeper\"", "package [\"keeper\", \"breaking\"]");
    let written = crate::fixture::distribution()
        .package(crate::archive::Package::new("breaking", "1.0").script("postinst", broken))
        .write(&place.path("archive"));
    std::fs::copy(&written.keyring, place.path("keyring.asc")).unwrap();
    let url = written.url();
    place.run(["lock", "env.pl", "--mirror", &url], 0);
    let args = ["build", "env.pl", "--profile", "local", "--mirror", &url, "--shell-on-failure"];
    let (code, screen) = Seat::build(&place, &args).type_and_wait("");
    assert_eq!(code, Some(3), "{screen}");
    for part in
        ["/bin/sh cannot be started: No such file", "configure failed: exit status 1 (package breaking)"]
    {
        assert!(screen.contains(part), "`{part}` not in: {screen}");
    }
}

#[test]
fn nothing_is_asked_where_nothing_fails_or_nobody_sits() {
    let place = failing();
    let ran = place.run(build_args(&["--shell-on-failure"]), 2);
    assert!(ran.err.contains("`--shell-on-failure` needs a terminal"), "{}", ran.err);
    place.edit("env.pl", "[\"keeper\", \"failing\"]", "\"keeper\"");
    place.run(["lock", "env.pl", "--mirror", &archive().url()], 0);
    let (code, screen) = Seat::build(&place, &build_args(&["--shell-on-failure"])).type_and_wait("");
    assert_eq!(code, Some(0), "{screen}");
    assert!(!screen.contains("a shell where"), "{screen}");
}
