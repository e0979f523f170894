//! Environments that are brought up: servers that answer, what is kept, what a change restarts, and what is left behind.

mod changes;
mod ends;
mod isolation;
mod readiness;

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
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
    // It need not wait for whether a request comes.
    stream.write_all(b"\n")?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut said = String::new();
    stream.read_to_string(&mut said)?;
    Ok(said.trim().to_owned())
}

/// A port that no other environment is given as the next that is free, once nobody listens there any more.
fn own_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
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
fn an_environment_comes_up_answers_and_keeps_its_state() {
    let it = Up::new();
    let published = format!("front.front.api={}", own_port());
    let up = it.up(&["--json", "--publish", &published], 0).json();
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
    // The kernel closes what a process has open, which `down` waits for, a moment before it says that it has ended.
    wait_until("nothing runs any more", || processes.iter().all(|process| !runs(*process)));
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
