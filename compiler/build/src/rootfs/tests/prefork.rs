//! A program that is run by a process which has loaded its modules does what it does by itself.

use std::{
    fs::{self, File, Permissions},
    io::{BufRead, BufReader, Write},
    os::unix::{
        fs::PermissionsExt,
        process::{CommandExt, ExitStatusExt},
    },
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use super::{
    super::{Inputs, build, prefork::Calls},
    fixture::{Dpkg, Fixture},
};

/// Says what it was given, and ends as it is told. Only the server has loaded a module that it does not load itself.
const PROGRAM: &str = r#"#!/usr/bin/perl -w
use strict;
my $input = join("", <STDIN>);
my $cwd = readlink("/proc/self/cwd");
my %environment = %ENV;
delete $environment{_};
print "$0|@ARGV|$cwd|$input|", umask, "|$^W|", join(",", map { "$_=$environment{$_}" } sort keys %environment), "\n";
print STDERR "to standard error\n";
opendir(my $open, "/proc/self/fd");
my $own = fileno($open);
print "open: ", join(" ", sort grep { /^\d+$/ && $_ != $own && -e "/proc/self/fd/$_" && readlink("/proc/self/fd/$_") !~ m{/program$} } readdir($open)), "\n";
if (open(my $passed, ">&=", 7)) {
	print $passed "to seven\n";
}
print "served\n" if $INC{"Getopt/Long.pm"} && $ENV{TELL};
die "as told\n" if $ARGV[0] eq "die";
kill("TERM", $$) if $ARGV[0] eq "TERM";
exec("sh", "-c", "echo instead; exit 9") if $ARGV[0] eq "exec";
exit($ARGV[0]);
"#;

/// The program, the one that stands in for it, and what they share.
struct Place(TempDir);

impl Place {
    /// None where there is no Perl of the architecture that this is done for.
    fn new() -> Option<Self> {
        if !cfg!(target_arch = "x86_64") || !Path::new("/usr/bin/perl").exists() {
            return None;
        }
        let place = Self(TempDir::new().unwrap());
        let calls = Calls::of("amd64").unwrap();
        let server = place.path("server");
        place.write("program", PROGRAM);
        place.write("client", &calls.client(&place.path("program"), &server));
        place.write("server", &calls.server());
        Some(place)
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.0.path().display())
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs one of them by a shell that goes to a directory of its own first, and opens a file as number 7.
    fn run(&self, which: &str, before: &str, argument: &str) -> (Output, String) {
        fs::create_dir_all(self.path("there")).unwrap();
        let script = format!(
            "cd there; {before}; exec 7>>../seven; exec ../{which} '{argument}' 'a b' '' \"$(printf 'c\\nd')\""
        );
        let mut child = Command::new("sh")
            .args(["-c", &script])
            .current_dir(self.0.path())
            .env_clear()
            .envs([("PATH", "/usr/bin:/bin"), ("LC_ALL", "C.UTF-8"), ("EMPTY", ""), ("LINES", "a\nb")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"from standard input").unwrap();
        let output = child.wait_with_output().unwrap();
        let seven = fs::read_to_string(self.path("seven")).unwrap();
        File::create(self.path("seven")).unwrap();
        (output, seven)
    }

    /// What the program says by itself, with the client's name as its own.
    fn by_itself(&self, before: &str, argument: &str) -> (Output, String) {
        let (mut output, seven) = self.run("program", before, argument);
        let text = String::from_utf8(output.stdout).unwrap();
        output.stdout = text.replace("../program", "../client").into_bytes();
        (output, seven)
    }

    fn is_served(&self, before: &str) -> bool {
        let (output, _) = self.run("client", &format!("{before}; export TELL=1"), "0");
        String::from_utf8(output.stdout).unwrap().contains("served")
    }
}

impl Drop for Place {
    /// Nobody's child, and nothing else would end it here: in a sandbox its step does.
    fn drop(&mut self) {
        for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let told = fs::read(process.path().join("cmdline")).unwrap_or_default();
            if told.split(|byte| *byte == 0).any(|word| word == self.path("server").as_bytes()) {
                let _ = Command::new("kill").arg(process.file_name()).status();
            }
        }
    }
}

#[test]
fn a_program_finds_what_it_was_given_and_ends_as_it_does() {
    let Some(place) = Place::new() else { return };
    for argument in ["0", "3", "die", "TERM", "exec"] {
        for _ in 0..2 {
            assert_eq!(place.run("client", ":", argument), place.by_itself(":", argument), "{argument}");
        }
    }
    assert_eq!(place.run("client", ":", "TERM").0.status.signal(), Some(15));
    assert!(place.is_served(":"));
}

/// What a script has moved or copied is the program, whatever lay over it meanwhile.
#[test]
fn what_stands_in_is_in_no_root_file_system() {
    let it = Fixture::new();
    let text = "#!/usr/bin/perl -w\nprint 1;\n";
    let shell = "#!/bin/sh\n";
    let shipped = [("usr/sbin/a2enmod", text), ("usr/bin/deb-systemd-helper", shell)];
    let a = it.package("a", "", &[], &shipped);
    let calls = Calls::of("amd64").unwrap();
    let here = "/var/cache/plc/.prefork";
    let client = calls.client(&format!("{here}/usr/sbin/a2enmod"), &format!("{here}/server"));
    let mut runner = Dpkg::new(&it);
    runner.leaves = vec![it.file("usr/sbin/a2enmod.distrib", &client, 900)];
    let inputs = Inputs { packages: &[a], architecture: "amd64", ..Inputs::default() };
    let made = build(&it.store, &runner, &inputs).unwrap();
    assert_eq!(it.text(&made.tree, "usr/sbin/a2enmod"), text);
    assert_eq!(it.text(&made.tree, "usr/sbin/a2enmod.distrib"), text);
    let asked = runner.asked.borrow();
    let laid = |name: &str| asked[0].scaffold.iter().find(|file| file.path.to_string() == name);
    assert_eq!(laid("usr/sbin/a2enmod").unwrap().content, client.as_bytes());
    assert!(laid("usr/bin/deb-systemd-helper").is_none(), "no program of Perl");
}

/// Nobody waits for what nobody wants any more.
#[test]
fn a_program_does_not_outlive_whoever_asked_for_it() {
    let Some(place) = Place::new() else { return };
    place.write("program", "#!/usr/bin/perl\n$| = 1; print \"$$\\n\"; sleep(1000);\n");
    let mut command = Command::new(place.path("client"));
    let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let pid: u32 = line.trim().parse().unwrap();
    assert_ne!(pid, child.id(), "it is not served");
    child.kill().unwrap();
    child.wait().unwrap();
    let is_gone = |_| {
        std::thread::sleep(Duration::from_millis(20));
        !Path::new(&format!("/proc/{pid}/exe")).exists()
    };
    assert!((0..500).any(is_gone));
}

#[test]
fn a_group_of_its_own_is_served_by_nobody_else() {
    let Some(place) = Place::new() else { return };
    assert!(place.is_served(":"));
    let is_served = |group: Option<i32>| {
        let mut command = Command::new(place.path("client"));
        command.arg("0").env_clear().envs([("LC_ALL", "C.UTF-8"), ("TELL", "1")]).stdin(Stdio::null());
        if let Some(group) = group {
            command.process_group(group);
        }
        String::from_utf8(command.output().unwrap().stdout).unwrap().contains("served")
    };
    assert_eq!((is_served(None), is_served(Some(0))), (true, false));
}

/// However few open files there may be.
#[test]
fn small_limits_are_kept_to() {
    let Some(place) = Place::new() else { return };
    for limit in [12, 16, 256] {
        let before = format!("ulimit -n {limit}");
        assert_eq!(place.run("client", &before, "3"), place.by_itself(&before, "3"), "{before}");
    }
}

/// What is not the same for the server and cannot be passed on is no reason for another result.
#[test]
fn in_other_circumstances_it_runs_as_usual() {
    let Some(place) = Place::new() else { return };
    assert!(place.is_served(":"));
    for before in [
        "umask 027",
        "ulimit -n 99",
        "trap '' USR1",
        "export LC_ALL=C",
        "export DPKG_MAINTSCRIPT_NAME=preinst",
    ] {
        assert_eq!(place.run("client", before, "3"), place.by_itself(before, "3"), "{before}");
    }
    for before in [
        "umask 027",
        "ulimit -n 99",
        "trap '' USR1",
        "export LC_ALL=C",
        "renice -n 5 $$ >/dev/null",
        "export LD_LIBRARY_PATH=/nowhere",
    ] {
        assert!(!place.is_served(before), "{before}");
    }
    assert!(place.is_served(":"));
}

#[test]
fn without_a_server_it_runs_as_usual() {
    let Some(place) = Place::new() else { return };
    for server in ["exit(1);", "die", "close(STDIN); sleep(0); exit(0)"] {
        place.write("server", server);
        assert_eq!(place.run("client", ":", "3"), place.by_itself(":", "3"), "{server}");
        assert!(!place.is_served(":"));
    }
}

#[test]
fn several_at_once_do_not_meet() {
    let Some(place) = Place::new() else { return };
    let place = &place;
    std::thread::scope(|scope| {
        for number in 0..8 {
            scope.spawn(move || {
                for _ in 0..4 {
                    let script = format!("./client {number} < /dev/null");
                    let status =
                        Command::new("sh").args(["-c", &script]).current_dir(place.0.path()).output();
                    assert_eq!(status.unwrap().status.code(), Some(number));
                }
            });
        }
    });
}
