//! How steps and sandboxes end.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use plc_build::sandbox::{ReadBack, Sandbox, SandboxError};

use super::fixture::{Fixture, step};

#[test]
fn the_first_step_that_fails_ends_the_run() {
    let fixture = Fixture::new();
    let (outcome, log) = fixture.run(&["echo one", "echo two; exit 7", "echo three"]);
    let failure = outcome.failure.expect("a failure");
    assert_eq!((failure.step, failure.reason.as_str(), log.as_str()), (1, "exit status 7", "one\ntwo\n"));
    assert!(outcome.delta.is_none() && fixture.leftovers().is_empty());

    let (outcome, _) = fixture.run(&["kill -9 $$"]);
    assert_eq!(outcome.failure.expect("a failure").reason, "killed by signal 9");
}

#[test]
fn a_program_that_is_not_there_is_named_so() {
    let fixture = Fixture::new();
    let mut request = fixture.request(&["true"]);
    request.steps[0].argv = vec!["no-such-program".into()];
    let (outcome, _) = fixture.try_run(&request).expect("a sandbox");
    let reason = outcome.failure.expect("a failure").reason;
    assert_eq!(reason, "cannot be started: No such file or directory (os error 2)");
}

#[test]
fn steps_run_as_users_of_the_root_file_system() {
    let fixture = Fixture::new();
    let mut request = fixture.request(&["id -u; id -g; id -G; ! touch /etc/mine"]);
    request.steps[0].user = "nobody".into();
    let (outcome, log) = fixture.try_run(&request).expect("a sandbox");
    assert!(outcome.failure.is_none(), "{log}");
    assert!(log.starts_with("65534\n65534\n65534\n"), "{log}");
    request.steps[0].user = "nosuch".into();
    let (outcome, _) = fixture.try_run(&request).expect("a sandbox");
    assert_eq!(
        outcome.failure.expect("a failure").reason,
        "cannot be started: no user `nosuch` in /etc/passwd"
    );
}

#[test]
fn what_a_step_leaves_running_is_killed() {
    let fixture = Fixture::new();
    let began = Instant::now();
    // The signal goes to everybody but process 1 and the shell itself, and says when there is nobody.
    let (outcome, log) =
        fixture.run(&["(sleep 1000 & sleep 1000 &) & sleep 1000 & kill -0 -- -1", "! kill -0 -- -1"]);
    assert!(outcome.failure.is_none(), "{log}");
    assert!(log.contains("No such process"), "{log}");
    assert!(began.elapsed() < Duration::from_secs(60));
}

#[test]
fn stopping_kills_the_steps_and_cleans_up() {
    let fixture = Fixture::new();
    // Laid out before, so that what is stopped is the run.
    fixture.print("true");
    let request = fixture.request(&["touch /etc/begun; sleep 1000"]);
    let began = Instant::now();
    let result = thread::scope(|scope| {
        let running = scope.spawn(|| fixture.try_run(&request));
        thread::sleep(Duration::from_millis(300));
        fixture.sandbox.stop();
        running.join().expect("no panic")
    });
    assert!(matches!(result, Err(SandboxError::Stopped)), "{result:?}");
    assert!(began.elapsed() < Duration::from_secs(60));
    assert!(fixture.leftovers().is_empty());
    assert!(matches!(fixture.try_run(&request), Err(SandboxError::Stopped)));
    // One that is not stopped, to clean up with.
    let other = Sandbox::new(&fixture.store, env!("CARGO_BIN_EXE_plc").into()).expect("a helper");
    for checkout in std::fs::read_dir(fixture.store.checkouts()).expect("checkouts").flatten() {
        other.remove(&checkout.path()).expect("removed");
    }
}

#[test]
fn several_sandboxes_run_at_once() {
    let fixture = Fixture::new();
    let request = fixture.request(&["echo x >/etc/x"]);
    thread::scope(|scope| {
        let runs: Vec<_> = (0..8).map(|_| scope.spawn(|| fixture.try_run(&request))).collect();
        for run in runs {
            let (outcome, log) = run.join().expect("no panic").expect("a sandbox");
            assert!(outcome.failure.is_none(), "{log}");
        }
    });
    assert!(fixture.leftovers().is_empty());
}

#[test]
fn nothing_is_read_back_unless_asked_for() {
    let fixture = Fixture::new();
    let mut request = fixture.request(&["echo x >/etc/x"]);
    request.read_back = ReadBack::Nothing;
    let (outcome, _) = fixture.try_run(&request).expect("a sandbox");
    assert!(outcome.failure.is_none() && outcome.delta.is_none());
    request.steps = vec![step("test ! -e /etc/x")];
    let (outcome, log) = fixture.try_run(&request).expect("a sandbox");
    assert!(outcome.failure.is_none(), "{log}");
}

/// Root needs no tools; for a user, this program is run again where there are none.
#[test]
fn missing_mapping_tools_are_named() {
    if std::env::var_os("PLC_TEST_WITHOUT_TOOLS").is_some() {
        let fixture = Fixture::new();
        let result = fixture.try_run(&fixture.request(&["true"])).map(|_| ());
        let message = result.expect_err("no tools").to_string();
        assert_eq!(message, "`newuidmap` is not installed; install the package `uidmap`, or run as root");
        return;
    }
    if rustix::process::geteuid().is_root() {
        return;
    }
    let mut again = Command::new(std::env::current_exe().expect("this program"));
    again.args(["--exact", "sandbox::life::missing_mapping_tools_are_named"]);
    again.env("PLC_TEST_WITHOUT_TOOLS", "1").env("PATH", "/nonexistent");
    let output = again.output().expect("this program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// This program is run again, and killed while a step runs.
#[test]
fn nothing_outlives_a_program_that_is_killed() {
    const PLACE: &str = "PLC_TEST_KILLED_IN";
    if let Some(place) = std::env::var_os(PLACE) {
        let fixture = Fixture::at(&PathBuf::from(place));
        let _ = fixture.try_run(&fixture.request(&["touch /etc/begun; sleep 1000"]));
        return;
    }
    let fixture = Fixture::new();
    let place = fixture.directory.path().join("other");
    let mut again = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "sandbox::life::nothing_outlives_a_program_that_is_killed"])
        .env(PLACE, &place)
        .stdout(Stdio::null())
        .spawn()
        .expect("this program");
    let scratch = || {
        let sessions = fs::read_dir(place.join("tmp")).into_iter().flatten().flatten();
        let all = sessions.flat_map(|session| fs::read_dir(session.path()).into_iter().flatten().flatten());
        all.map(|entry| entry.path()).find(|path| path.join("upper/etc/begun").exists())
    };
    let scratch = eventually("a running step", scratch);
    again.kill().and_then(|()| again.wait()).expect("killed");
    eventually("an end of it", || (!scratch.exists()).then_some(()));
    for checkout in fs::read_dir(place.join("checkouts")).expect("checkouts").flatten() {
        fixture.sandbox.remove(&checkout.path()).expect("removed");
    }
}

fn eventually<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(60) {
        if let Some(seen) = look() {
            return seen;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("no {what} after a minute")
}
