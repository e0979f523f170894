//! How environments and what runs in them end, also where they are killed: nothing is left that nobody owns.

use super::*;

#[test]
fn a_killed_keeper_takes_everything_with_it_and_leaves_nothing_that_down_cannot_clear() {
    let it = Up::new();
    let port = own_port();
    it.up(&["--publish", &format!("front.front.api={port}")], 0);
    assert_eq!(it.port(), port);
    let processes = tree_of(it.keeper());
    let kill = std::process::Command::new("kill").args(["-9", &processes[0].to_string()]).status().unwrap();
    assert!(kill.success());
    wait_until("all processes are gone", || processes.iter().all(|process| !runs(*process)));
    assert!(ask(port).is_err());
    assert_eq!(it.report(), Value::Null);
    assert!(fs::read_dir(it.environment(NAME).join("scratch")).unwrap().count() > 0);
    it.plc(&["down"], 0);
    assert!(!it.environment(NAME).join("scratch").exists());
    it.up(&[], 0);
    assert_eq!(ask(it.port()).unwrap(), "front from front, back from back-1, back from back-2");
    // Without `down` in between, the next `up` clears away what is left.
    let keeper = it.keeper();
    std::process::Command::new("kill").args(["-9", &keeper.to_string()]).status().unwrap();
    wait_until("the keeper is gone", || !runs(keeper));
    it.up(&[], 0);
    assert_eq!(fs::read_dir(it.environment(NAME).join("scratch")).unwrap().count(), 3);
}

#[test]
fn what_dies_is_started_again_and_takes_nobody_with_it() {
    let it = Up::new();
    it.up(&[], 0);
    let others = it.unit("back-2/server/server");
    it.exec("back-1", "kill -9 $(cat /run/server/pid)", 0);
    wait_until("the service is ready again", || {
        let (status, restarts, _) = it.unit("back-1/server/server");
        status == "Ready" && restarts == 1
    });
    assert!(it.plc(&["logs", "back-1/server"], 0).out.contains("[plc] killed by signal 9"));
    assert_eq!(it.unit("back-2/server/server"), others);
    assert_eq!(ask(it.port()).unwrap(), "front from front, back from back-1, back from back-2");

    // A whole host.
    let hosts = tree_of(it.keeper());
    let host = hosts.iter().find(|process| {
        fs::read_to_string(format!("/proc/{process}/cmdline")).is_ok_and(|line| line.ends_with("\0back-1\0"))
    });
    std::process::Command::new("kill").args(["-9", &host.unwrap().to_string()]).status().unwrap();
    wait_until("the host is there again", || {
        ask(it.port()).is_ok_and(|said| said == "front from front, back from back-1, back from back-2")
    });
    assert_eq!(it.unit("back-2/server/server"), others);
}

#[test]
fn killed_at_any_moment_it_leaves_nothing_that_nobody_owns() {
    let it = Up::new();
    let name = format!("killed-{}", std::process::id());
    let args = ["up", "env.pl", "--mirror", mirror(), "--name", &name];
    // Built, so that the moments are those of coming up.
    it.0.run(args, 0);
    assert!(processes_of(&name).len() >= 7, "they are found");
    it.plc(&["down", "--state", "-e", &name], 0);
    for moment in 0..12_u64 {
        let mut up =
            it.0.plc(args)
                .stderr(std::process::Stdio::null())
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap();
        thread::sleep(Duration::from_millis(moment * 25));
        up.kill().unwrap();
        up.wait().unwrap();
        if moment % 3 == 0 {
            // Its keeper too, where it has one yet.
            let keeper = fs::read_to_string(it.environment(&name).join("lock")).unwrap_or_default();
            if !keeper.trim().is_empty() {
                let _ = std::process::Command::new("kill").args(["-9", keeper.trim()]).output();
            }
        }
        if moment % 2 == 0 {
            // With whatever the killed one has left, it comes up.
            it.0.run(args, 0);
        }
        if it.environment(&name).exists() {
            it.plc(&["down", "--state", "-e", &name], 0);
        }
        wait_until("all processes are gone", || processes_of(&name).is_empty());
        assert!(!it.environment(&name).exists(), "after {moment}");
    }
}

#[test]
fn down_waits_neither_for_jobs_nor_for_what_stands_still() {
    let it = Up::new();
    it.0.edit("env.pl", "echo shared >> /var/lib/server/shared", "sleep 300");
    let mut up = it.0.plc(["up", "env.pl", "--mirror", mirror(), "--patience", "200"]).spawn().unwrap();
    wait_until("the job runs", || {
        let report = it.report();
        let units = report["units"].as_array().cloned().unwrap_or_default();
        units.iter().any(|unit| {
            unit["name"]["unit"] == "share"
                && unit["name"]["host"] == "back-1"
                && unit["status"] == "Starting"
        })
    });
    // Whether or not somebody still waits for it.
    let begun = Instant::now();
    it.plc(&["down", "--state"], 0);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(up.wait().unwrap().code(), Some(3));

    it.0.edit("env.pl", "sleep 300", "true");
    it.0.write("long", &"long ".repeat(60_000));
    it.up(&["--secret", "shared=file:long"], 0);
    assert_eq!(it.exec("front", "wc -c < /run/server/word", 0).out.trim(), "300000");
    it.plc(&["fault", "freeze", "back-1"], 0);
    it.plc(&["down"], 0);
    let log = it.plc(&["logs", "-e", NAME, "back-1/server"], 0).out;
    assert!(!log.contains("killed by signal"), "{log}");
}
