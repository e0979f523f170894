//! Environments that are brought up: servers that answer, what is kept, what a change restarts, and what is left behind.

use std::{
    fs,
    io::Read,
    net::TcpStream,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    fixture::{built_for, mirror},
    support::{Place, Ran},
};

const ENV: &str = include_str!("fixture/run.pl");
pub(crate) const NAME: &str = "demo@local";

/// A place whose environment is taken down when the test ends, however it does.
pub(crate) struct Up(pub(crate) Place);

impl Up {
    pub(crate) fn new() -> Self {
        Self(built_for(ENV))
    }

    pub(crate) fn up(&self, further: &[&str], code: i32) -> Ran {
        let mut args = vec!["up", "env.pl", "--mirror", mirror(), "--patience", "30"];
        args.extend(further);
        self.0.run(args, code)
    }

    pub(crate) fn plc(&self, args: &[&str], code: i32) -> Ran {
        self.0.run(args, code)
    }

    pub(crate) fn report(&self) -> Value {
        let all = self.plc(&["ps", "--json"], 0).json();
        all.as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == NAME)
            .map_or(Value::Null, |one| one["report"].clone())
    }

    /// What a unit does, how often it was started again, and since when.
    pub(crate) fn unit(&self, name: &str) -> (String, u64, u64) {
        let report = self.report();
        let units = report["units"].as_array().unwrap();
        let is_it = |unit: &&Value| {
            let parts =
                ["host", "instance", "unit"].map(|part| unit["name"][part].as_str().unwrap().to_owned());
            parts.join("/") == name
        };
        let unit = units.iter().find(is_it).unwrap_or_else(|| panic!("no unit {name} in {report}"));
        let status = unit["status"].as_str().map_or_else(|| unit["status"].to_string(), str::to_owned);
        (status, unit["restarts"].as_u64().unwrap(), unit["since"].as_u64().unwrap())
    }

    pub(crate) fn port(&self) -> u16 {
        u16::try_from(self.report()["published"][0]["port"].as_u64().unwrap()).unwrap()
    }

    pub(crate) fn environment(&self, name: &str) -> PathBuf {
        self.0.store().join("environments").join(name)
    }

    pub(crate) fn keeper(&self) -> u32 {
        fs::read_to_string(self.environment(NAME).join("lock")).unwrap().trim().parse().unwrap()
    }

    pub(crate) fn exec(&self, host: &str, script: &str, code: i32) -> Ran {
        self.plc(&["exec", "-e", NAME, host, "--", "/bin/sh", "-c", script], code)
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        for entry in fs::read_dir(self.0.store().join("environments")).into_iter().flatten().flatten() {
            let name = entry.file_name().into_string().unwrap();
            let _ = self.0.plc(["down", "--state", "-e", &name]).output();
        }
    }
}

/// What the server at a published port says.
pub(crate) fn ask(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut said = String::new();
    stream.read_to_string(&mut said)?;
    Ok(said.trim().to_owned())
}

pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}: not within 30 s");
        thread::sleep(Duration::from_millis(50));
    }
}

/// All processes below one, itself among them.
pub(crate) fn tree_of(process: u32) -> Vec<u32> {
    let mut parents: Vec<(u32, u32)> = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        let parent = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
        parents.extend(parent.map(|parent| (pid, parent)));
    }
    let mut tree = vec![process];
    let mut at = 0;
    while at < tree.len() {
        let of = tree[at];
        tree.extend(parents.iter().filter(|(_, parent)| *parent == of).map(|(pid, _)| *pid));
        at += 1;
    }
    tree
}

pub(crate) fn runs(process: u32) -> bool {
    fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[test]
fn an_environment_comes_up_answers_and_keeps_its_state() {
    let it = Up::new();
    let up = it.up(&["--json"], 0).json();
    assert_eq!(up["name"], NAME);
    let port = it.port();
    assert_eq!(ask(port).unwrap(), "front from front, back from back-1, back from back-2");
    for unit in ["front/front/server", "back-1/server/server", "back-2/server/server"] {
        assert_eq!(it.unit(unit).0, "Ready", "{unit}");
    }
    assert_eq!(it.unit("back-1/server/share").0, "Done");
    // What is in a log says where it comes from.
    let logs = it.plc(&["logs", "back-1"], 0).out;
    assert!(
        logs.contains("back-1/server.prepare | root\n")
            && logs.contains("back-1/server         | listening at 7000\n"),
        "{logs}"
    );
    assert!(!logs.contains("front"), "{logs}");
    // What packages want below /run, and who owns a state directory.
    assert_eq!(
        it.exec("back-1", "stat -c '%a %G' /run/server /var/lib/server", 0).out,
        "750 mail\n750 mail\n"
    );
    assert_eq!(
        it.exec("back-2", "cat /var/lib/server/*; exit 5", 5).out,
        "prepared\n",
        "what is shared is the first's"
    );
    it.exec("front", "echo mine > /var/lib/server/own; echo gone > /etc/gone", 0);

    // Again, with nothing changed: nothing is started again.
    let before = ["front/front/server", "back-2/server/server"].map(|unit| it.unit(unit));
    let again = it.up(&[], 0);
    assert!(!again.out.contains("restarts"), "{}", again.out);
    assert_eq!(before, ["front/front/server", "back-2/server/server"].map(|unit| it.unit(unit)));
    assert_eq!(it.exec("front", "cat /etc/gone", 0).out, "gone\n");

    let processes = tree_of(it.keeper());
    assert!(processes.len() >= 7, "a keeper, three hosts, three servers: {processes:?}");
    it.plc(&["down"], 0);
    assert!(processes.iter().all(|process| !runs(*process)), "nothing runs any more");
    assert!(ask(port).is_err());
    assert_eq!(fs::read_dir(it.environment(NAME).join("scratch")).unwrap().count(), 0);

    // Up again: the state is there, at the same port; the rest is as it was built.
    it.up(&[], 0);
    assert_eq!(it.port(), port);
    let kept = it.exec("front", "cat /var/lib/server/own /var/lib/server/prepared; cat /etc/gone", 1);
    assert_eq!(kept.out, "mine\nprepared\n");
    it.plc(&["down", "--state"], 0);
    assert!(!it.environment(NAME).exists());
    assert!(it.plc(&["down"], 2).err.contains("no environment is up"));
}

#[test]
fn a_killed_keeper_takes_everything_with_it_and_leaves_nothing_that_down_cannot_clear() {
    let it = Up::new();
    it.up(&[], 0);
    let port = it.port();
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
fn a_change_restarts_what_it_is_about_and_comes_back_when_it_does_not_work() {
    let it = Up::new();
    it.up(&[], 0);
    let port = it.port();
    let front = it.unit("front/front/server");
    it.0.edit("env.pl", "text = \"back\"", "text = \"behind\"");
    let told = it.up(&["--dry-run"], 0).out;
    assert_eq!(told, "~ back-1 restarts: 1 line of server.conf\n~ back-2 restarts: 1 line of server.conf\n");
    assert_eq!(ask(port).unwrap(), "front from front, back from back-1, back from back-2");
    let told = it.up(&[], 0).out;
    assert!(told.starts_with("~ back-1 restarts: 1 line of server.conf\n~ back-2 restarts"), "{told}");
    assert_eq!(ask(port).unwrap(), "front from front, behind from back-1, behind from back-2");
    assert_eq!(it.unit("front/front/server"), front);

    // More of them: who asks them is told, and they are told of by name.
    it.0.edit("env.pl", "profile local of demo {", "profile local of demo {\n  backs = 3");
    let told = it.up(&[], 0).out;
    assert!(
        told.contains("+ back-3 starts\n") && told.contains("~ front restarts: 1 line of server.conf\n"),
        "{told}"
    );
    assert_eq!(
        ask(port).unwrap(),
        "front from front, behind from back-1, behind from back-2, behind from back-3"
    );

    // One that does not work: the first that is tried comes back, the others never go.
    let second = it.unit("back-2/server/server");
    it.0.edit("env.pl", "text = \"behind\"", "text = \"fail\"");
    let failed = it.up(&[], 3);
    for part in [
        "service back-1/server does not stay up: exit status 1",
        "cannot work like this",
        "what ran before runs again",
    ] {
        assert!(failed.err.contains(part), "{part}: {}", failed.err);
    }
    assert_eq!(
        ask(port).unwrap(),
        "front from front, behind from back-1, behind from back-2, behind from back-3"
    );
    assert_eq!(it.unit("back-2/server/server"), second);

    // Fewer again.
    it.0.edit("env.pl", "text = \"fail\"", "text = \"behind\"");
    it.0.edit("env.pl", "backs = 3", "backs = 1");
    let told = it.up(&[], 0).out;
    assert!(told.contains("- back-2 stops\n- back-3 stops\n"), "{told}");
    wait_until("it answers without them", || {
        ask(port).is_ok_and(|said| said == "front from front, behind from back-1")
    });
    let hosts = it.exec("front", "cat /etc/hosts", 0).out;
    assert!(hosts.contains("back-1.demo.internal back-1") && !hosts.contains("back-2"), "{hosts}");
}

#[test]
fn services_are_stopped_and_started_by_name() {
    let it = Up::new();
    it.up(&[], 0);
    it.plc(&["stop", "back-2"], 0);
    assert_eq!(it.unit("back-2/server/server").0, "Stopped");
    assert_eq!(ask(it.port()).unwrap(), "front from front, back from back-1, silence");
    it.plc(&["start", "back"], 0);
    assert_eq!(ask(it.port()).unwrap(), "front from front, back from back-1, back from back-2");
    let before = it.exec("front", "cat /run/server/pid", 0).out;
    it.plc(&["restart", "front/front"], 0);
    assert_ne!(it.exec("front", "cat /run/server/pid", 0).out, before);
    let unknown = it.plc(&["stop", "nobody"], 2).err;
    assert!(unknown.contains("no host or service `nobody`") && unknown.contains("`back-1`"), "{unknown}");
}

#[test]
fn two_environments_do_not_meet() {
    let it = Up::new();
    it.up(&[], 0);
    it.up(&["--name", "other", "--publish", "front.front.api=0"], 2);
    it.0.edit("env.pl", "text = \"back\"", "text = \"elsewhere\"");
    let other = it.up(&["--name", "other", "--json"], 0).json();
    let port = u16::try_from(other["report"]["published"][0]["port"].as_u64().unwrap()).unwrap();
    assert_ne!(port, it.port());
    assert_eq!(ask(port).unwrap(), "front from front, elsewhere from back-1, elsewhere from back-2");
    assert_eq!(ask(it.port()).unwrap(), "front from front, back from back-1, back from back-2");
    let which = it.plc(&["logs"], 2).err;
    assert!(which.contains("which environment?") && which.contains("`demo@local`, `other`"), "{which}");
    it.plc(&["down", "-e", "other"], 0);
    assert_eq!(ask(it.port()).unwrap(), "front from front, back from back-1, back from back-2");
    // Another description does not take it over.
    let elsewhere = it.0.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    for name in ["env.pl", "env.lock", "keyring.asc"] {
        fs::copy(it.0.path(name), elsewhere.join(name)).unwrap();
    }
    let refused = it.plc(&["up", "elsewhere/env.pl", "--mirror", mirror()], 2).err;
    assert!(refused.contains("is up already, from") && refused.contains("--name"), "{refused}");
}

#[test]
fn a_host_sees_nothing_of_the_machine() {
    let it = Up::new();
    it.up(&[], 0);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let here = listener.local_addr().unwrap().port();
    let try_to = |script: &str| it.exec("front", script, 0).out;
    // No way to the machine's loopback, nor out.
    let connect = "socket(my $s, 2, 1, 6); print connect($s, pack('S n a4 x8', 2, PORT, pack('C4', ADDRESS))) ? 'open' : 'closed'";
    for address in ["127,0,0,1", "10,77,0,1", "192,0,2,1"] {
        let script = connect.replace("PORT", &here.to_string()).replace("ADDRESS", address);
        assert_eq!(try_to(&format!("perl -e \"{}\"", script.replace('$', "\\$"))), "closed", "{address}");
    }
    assert_eq!(try_to("wc -l < /proc/net/route").trim(), "2", "its own network alone");
    // No process, no file, no device.
    let processes = try_to("for name in /proc/[0-9]*; do tr '\\0' ' ' < $name/cmdline; echo; done");
    assert!(!processes.contains("keeper") && processes.contains("/usr/sbin/server 7000"), "{processes}");
    let here = env!("CARGO_MANIFEST_DIR");
    assert_eq!(try_to(&format!("[ -e {here} ] || echo hidden")), "hidden\n");
    for refused in [
        "mknod /dev/x b 254 0",
        "mount -t tmpfs x /mnt",
        "echo x > /proc/sys/kernel/core_pattern",
        "echo x > /etc/hosts",
        "readlink /proc/1/exe",
        "chmod 600 /dev/null",
        "chown 1 /dev/full",
        "cd /proc/1/root",
        "cat /proc/1/environ",
    ] {
        let tried = it.plc(
            &["exec", "front", "--", "/bin/sh", "-c", &format!("{refused}; [ $? = 0 ] && echo DONE")],
            1,
        );
        assert!(!tried.out.contains("DONE"), "{refused}: {tried:?}");
    }
    assert_eq!(it.unit("front/front/server").0, "Ready");
    // A file of the machine that is given as input is not given itself, nor is a directory.
    it.0.write("input", "for reading");
    let with_input = |input: &str, script: &str| {
        let mut command = it.0.plc(["exec", "front", "--", "/bin/sh", "-c", script]);
        command.stdin(fs::File::open(it.0.path(input)).unwrap());
        command
    };
    let said = Ran::of(&mut with_input("input", "cat; echo changed > /proc/self/fd/0"), 0).out;
    assert!(said.starts_with("for reading"), "{said}");
    assert_eq!(it.0.read("input"), "for reading");
    assert!(
        Ran::of(&mut with_input("store", "ls /proc/self/fd/0/"), 3).err.contains("a directory is no input")
    );
    // A second host by its name, and only that.
    let names = try_to("cat /etc/hosts");
    assert!(names.contains("10.77.0.3 back-1.demo.internal back-1\n"), "{names}");
}

#[test]
fn secrets_are_given_in_memory_and_written_nowhere_else() {
    let it = Up::new();
    it.up(&[], 0);
    let word = |host: &str| it.exec(host, "stat -c '%a %U %G' /run/server/word; cat /run/server/word", 0).out;
    let made_up = word("front");
    assert!(
        made_up.starts_with("440 root mail\n") && made_up.len() == "440 root mail\n".len() + 32,
        "{made_up}"
    );
    assert_eq!(word("back-1"), made_up);
    it.plc(&["down"], 0);
    it.up(&[], 0);
    assert_eq!(word("back-2"), made_up, "it is made up once");

    // From elsewhere, and another value: who is given it is replaced.
    let canary = "canary-4f7d19";
    it.0.write("word", &format!("{canary}\n"));
    let before = it.unit("front/front/server");
    thread::sleep(Duration::from_millis(1100));
    it.up(&["--secret", "shared=file:word"], 0);
    assert_eq!(word("front"), format!("440 root mail\n{canary}"));
    assert_ne!(it.unit("front/front/server"), before);
    // Where it comes from is remembered, and the same value changes nothing.
    let before = it.unit("front/front/server");
    it.up(&[], 0);
    assert_eq!(it.unit("front/front/server"), before);
    fs::remove_file(it.0.path("word")).unwrap();
    let missing = it.up(&[], 2).err;
    assert!(
        missing.contains("the secret `shared` cannot be had from file:") && missing.contains("No such file"),
        "{missing}"
    );
    for (word, told) in [("shared", "does not say where"), ("other=env:HOME", "no secret `other`")] {
        let refused = it.up(&["--secret", word], 2).err;
        assert!(refused.contains(told), "{refused}");
    }

    // Nowhere in the store, the logs, what is kept of the environment, or what processes show.
    let found =
        std::process::Command::new("grep").args(["-r", "-l", canary]).arg(it.0.store()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&found.stdout), "");
    for process in tree_of(it.keeper()) {
        for name in ["cmdline", "environ"] {
            let shown = fs::read(format!("/proc/{process}/{name}")).unwrap_or_default();
            assert!(!String::from_utf8_lossy(&shown).contains(canary), "{process} {name}");
        }
    }
    it.up(&["--secret", &format!("shared=command:echo {canary}2")], 0);
    assert_eq!(word("back-1"), format!("440 root mail\n{canary}2"));
}

#[test]
fn what_was_kept_comes_back() {
    let it = Up::new();
    it.up(&[], 0);
    it.exec(
        "front",
        "echo first > /var/lib/server/text; chmod 640 /var/lib/server/text; ln -s text /var/lib/server/link",
        0,
    );
    let before = it.unit("front/front/server");
    it.plc(&["snap", "one"], 0);
    assert_eq!(it.unit("front/front/server"), before, "nothing is started again");
    assert_eq!(ask(it.port()).unwrap(), "front from front, back from back-1, back from back-2");
    it.exec("front", "echo second > /var/lib/server/text; echo more > /var/lib/server/more", 0);
    it.exec("back-2", "rm -r /var/lib/server/p*", 0);
    it.plc(&["reset", "one"], 0);
    let kept = it
        .exec("front", "cd /var/lib/server; cat link; stat -c '%a %U %n' text; ls; stat -c '%a %G' .", 0)
        .out;
    assert_eq!(kept, "first\n640 root text\ndeep\nlink\nprepared\nshared\ntext\n750 mail\n");
    assert_eq!(
        it.exec("back-2", "cat /var/lib/server/prepared", 0).out,
        "prepared\n",
        "jobs are not run again"
    );
    assert_eq!(ask(it.port()).unwrap(), "front from front, back from back-1, back from back-2");
    // It can be gone back to more than once, and outlives the environment's runs.
    it.plc(&["down"], 0);
    it.up(&[], 0);
    it.exec("front", "rm /var/lib/server/text", 0);
    it.plc(&["reset", "one"], 0);
    assert_eq!(it.exec("front", "cat /var/lib/server/text", 0).out, "first\n");
    assert_eq!(it.plc(&["snap"], 0).out, "one\n");
    assert!(it.plc(&["snap", "one"], 2).err.contains("already"));
    assert!(it.plc(&["reset", "two"], 2).err.contains("there are `one`"));
    assert!(it.plc(&["snap", "../x"], 2).err.contains("no name for a snapshot"));
    it.plc(&["snap", "--remove", "one"], 0);
    assert_eq!(it.plc(&["snap"], 0).out, "");
}

/// Processes of an environment of this name: its keeper, and whatever has mounted something of it.
fn processes_of(name: &str) -> Vec<u32> {
    let ours = format!("environments/{name}/");
    let is_of = |process: &std::path::Path| {
        let read = |file| fs::read_to_string(process.join(file)).unwrap_or_default();
        read("mountinfo").contains(&ours) || read("cmdline").ends_with(&format!("\0keeper\0{name}\0"))
    };
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let numbered =
        entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())));
    numbered.filter(|(process, path)| runs(*process) && is_of(path)).map(|(process, _)| process).collect()
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
fn what_goes_wrong_on_purpose_is_seen_and_ends() {
    let it = Up::new();
    it.up(&[], 0);
    let port = it.port();
    let well = "front from front, back from back-1, back from back-2";
    assert_eq!(ask(port).unwrap(), well);
    it.plc(&["fault", "cut", "front", "back-2"], 0);
    assert!(it.plc(&["ps"], 0).out.contains("back-2 and front are cut off from each other"));
    // It waits for one that does not answer, as for a host that is gone; the others answer.
    assert!(ask(port).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
    let ping = "socket(my $s, 2, 1, 6); alarm 2; connect($s, pack('S n a4 x8', 2, 7000, scalar gethostbyname('back-NUMBER'))); print 'open'";
    let reach = |number: &str, code: i32| {
        let script = ping.replace("NUMBER", number);
        it.plc(&["exec", "back-1", "--", "perl", "-e", &script], code).out
    };
    assert_eq!(reach("2", 0), "open");
    it.plc(&["fault", "heal"], 0);
    wait_until("all is well again", || ask(port).is_ok_and(|said| said == well));

    it.plc(&["fault", "freeze", "back-1"], 0);
    assert!(ask(port).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
    it.plc(&["fault", "heal"], 0);
    wait_until("all is well again", || ask(port).is_ok_and(|said| said == well));
    assert!(!it.plc(&["ps"], 0).out.contains("fault heal"));

    it.plc(&["fault", "kill", "back-2/server"], 0);
    wait_until("it is started again", || {
        it.unit("back-2/server/server").1 == 1 && ask(port).is_ok_and(|said| said == well)
    });
    assert!(it.plc(&["fault", "cut", "front", "nobody"], 2).err.contains("no host `nobody`"));
    assert!(it.plc(&["fault", "cut", "front", "front"], 2).err.contains("from itself"));
}

#[test]
fn what_ran_before_is_brought_up_by_its_hash_or_its_time() {
    let it = Up::new();
    let first = it.up(&["--json"], 0).json()["derivation"].as_str().unwrap().to_owned();
    it.0.edit("env.pl", "text = \"back\"", "text = \"later\"");
    it.up(&[], 0);
    let port = it.port();
    assert_eq!(ask(port).unwrap(), "front from front, later from back-1, later from back-2");
    let told = it.plc(&["up", &first[..12]], 0).out;
    assert!(told.contains("~ back-1 restarts: 1 line of server.conf"), "{told}");
    assert_eq!(ask(port).unwrap(), "front from front, back from back-1, back from back-2");
    // The description goes on from there.
    it.up(&[], 0);
    assert_eq!(ask(port).unwrap(), "front from front, later from back-1, later from back-2");
    let history = it.plc(&["history", "--json"], 0).json();
    let ran: Vec<_> =
        history.as_array().unwrap().iter().map(|ran| ran["derivation"].as_str().unwrap()).collect();
    assert_eq!((ran.len(), ran[0], ran[2], ran[3]), (4, first.as_str(), ran[0], ran[1]));
    assert!(it.plc(&["history"], 0).out.contains("demo@local"));
    // As if the first had run a week ago.
    let file = it.environment(NAME).join("history");
    let text = fs::read_to_string(&file).unwrap();
    let at = history[0]["at"].as_u64().unwrap();
    fs::write(&file, text.replacen(&at.to_string(), &(at - 7 * 86_400).to_string(), 1)).unwrap();
    it.plc(&["up", "env.pl", "--at", "2 days ago"], 0);
    assert_eq!(ask(port).unwrap(), "front from front, back from back-1, back from back-2");
    let none = it.plc(&["up", "env.pl", "--at", "2 weeks ago"], 2).err;
    assert!(none.contains("nothing ran here then"), "{none}");
    assert!(it.plc(&["up", "env.pl", "--at", "sometime"], 2).err.contains("is no time"));
    assert!(it.plc(&["up", "ffffffffffff"], 2).err.contains("no derivation"));
}

#[test]
fn what_has_failed_is_not_there_twice() {
    let it = Up::new();
    it.up(&[], 0);
    let name = format!("failed-{}", std::process::id());
    let up = |code: i32| {
        it.0.run(["up", "env.pl", "--mirror", mirror(), "--name", &name, "--patience", "15"], code)
    };
    up(0);
    let before = processes_of(&name).len();
    // A third that cannot work: it is taken away again.
    it.0.edit(
        "env.pl",
        "  capacity backs",
        "  host third { run server = Server { text = \"fail\", word = shared } }\n\n  capacity backs",
    );
    for _ in 0..2 {
        let failed = up(3).err;
        assert!(
            failed.contains("third/server does not stay up") && failed.contains("what ran before runs again"),
            "{failed}"
        );
        assert_eq!(processes_of(&name).len(), before);
    }
    // One that failed at the very first stays, to be looked at, and is tried again.
    let fresh = format!("fresh-{}", std::process::id());
    let up = |code: i32| {
        it.0.run(["up", "env.pl", "--mirror", mirror(), "--name", &fresh, "--patience", "15"], code)
    };
    let failed = up(3).err;
    assert!(!failed.contains("runs again"), "{failed}");
    it.0.edit("env.pl", "text = \"fail\"", "text = \"well\"");
    up(0);
    let hosts = processes_of(&fresh).into_iter().filter(|process| {
        fs::read_to_string(format!("/proc/{process}/cmdline"))
            .is_ok_and(|line| line.ends_with("\0host\0third\0"))
    });
    assert_eq!(hosts.count(), 1);
    // A change to a host that has just ended: each of its services is there once.
    it.0.edit("env.pl", "text = \"well\"", "text = \"better\"");
    let process = processes_of(&fresh).into_iter().find(|process| {
        fs::read_to_string(format!("/proc/{process}/cmdline"))
            .is_ok_and(|line| line.ends_with("\0host\0third\0"))
    });
    std::process::Command::new("kill").args(["-9", &process.unwrap().to_string()]).status().unwrap();
    up(0);
    thread::sleep(Duration::from_millis(1500));
    let running = it.plc(
        &["exec", "-e", &fresh, "third", "--", "/bin/sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"],
        0,
    );
    assert_eq!(running.out.matches("/usr/sbin/server 7000").count(), 1, "{}", running.out);
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

#[test]
fn a_source_that_is_mounted_shows_what_changes_at_once() {
    let it = Up::new();
    it.0.edit(
        "env.pl",
        "  /// What nobody else",
        "  param pages: Source = local { path = \"./pages\" }\n  tree \"/srv/pages\" = pages\n  /// What nobody else",
    );
    for (directory, text) in [("pages", "built"), ("mine", "mine")] {
        fs::create_dir(it.0.path(directory)).unwrap();
        it.0.write(&format!("{directory}/page"), text);
    }
    it.up(&[], 0);
    assert_eq!(it.exec("front", "cat /srv/pages/page", 0).out, "built");
    let back = it.unit("back-1/server/server");

    let mine = fs::canonicalize(it.0.path("mine")).unwrap();
    let told = it.up(&["--live", "front.front.pages=./mine"], 0).out;
    assert!(told.starts_with(&format!("~ front restarts: /srv/pages is {}\n", mine.display())), "{told}");
    assert_eq!(it.exec("front", "cat /srv/pages/page", 0).out, "mine");
    it.0.write("mine/page", "changed");
    it.0.write("mine/more", "more");
    assert_eq!(it.exec("front", "cat /srv/pages/*", 0).out, "morechanged");
    let refused = it.exec("front", "echo x > /srv/pages/page", 2).err;
    assert!(refused.contains("Read-only"), "{refused}");
    assert_eq!(it.unit("back-1/server/server"), back);

    // A host that comes back has it, and without the word it has what was built.
    it.plc(&["stop", "-e", NAME, "front"], 0);
    it.plc(&["start", "-e", NAME, "front"], 0);
    assert_eq!(it.exec("front", "cat /srv/pages/page", 0).out, "changed");
    let told = it.up(&[], 0).out;
    assert!(told.contains("/srv/pages is no longer "), "{told}");
    assert_eq!(it.exec("front", "cat /srv/pages/page", 0).out, "built");

    for (word, reason) in [
        ("front.front.pages", "has no `=`"),
        ("front.front.pages=./gone", "there is no `./gone`"),
        ("front.front.pages=env.pl", "`env.pl` is no directory"),
        ("front.front.text=./mine", "it goes to no directory as it is"),
    ] {
        let refused = it.up(&["--live", word], 2).err;
        assert!(refused.contains(reason), "{word}: {refused}");
    }
    it.0.edit(
        "env.pl",
        "tree \"/srv/pages\" = pages",
        "tree \"/srv/pages\" = pages\n  file \"/srv/pages/x\" = text \"x\"",
    );
    let refused = it.up(&["--live", "front.front.pages=./mine"], 2).err;
    assert!(refused.contains("`/srv/pages/x` of host front would be hidden"), "{refused}");
    it.0.edit("env.pl", "  file \"/srv/pages/x\" = text \"x\"\n", "");
    it.0.edit("env.pl", "= pages\n", "= build { from = pages, run = [\"true\"] }\n");
    let refused = it.up(&["--live", "front.front.pages=./mine"], 2).err;
    assert!(refused.contains("`/srv/pages` of host front is made of it by commands"), "{refused}");
}
