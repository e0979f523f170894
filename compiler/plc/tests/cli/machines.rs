//! A host that runs as a virtual machine: the real example, whose database has a kernel of its own.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use crate::running::{runs, tree_of};
use crate::support::{Place, Ran, project};

const EXAMPLE: &str = "examples/three-tier";
const NAME: &str = "three_tier@machines";

/// The database as a machine; all else as on a laptop.
const PROFILE: &str = "
profile machines of three_tier extends local { db.kind = \"vm\" }
";

/// A place whose environment is taken down when the test ends, however it does.
struct Up(Place);

impl Up {
    fn plc(&self, args: &[&str], code: i32) -> Ran {
        self.0.run(args, code)
    }

    fn up(&self, code: i32) -> Ran {
        self.plc(&["up", "env.pl", "--profile", "machines", "--patience", "240"], code)
    }

    fn exec(&self, host: &str, script: &str, code: i32) -> String {
        let ran = self.plc(&["exec", "-e", NAME, host, "--", "/bin/sh", "-c", script], code);
        ran.out.trim().to_owned()
    }

    fn port(&self) -> u16 {
        let all = self.plc(&["ps", "--json"], 0).json();
        u16::try_from(all[0]["report"]["published"][0]["port"].as_u64().unwrap()).unwrap()
    }

    fn keeper(&self) -> u32 {
        let lock = self.0.store().join("environments").join(NAME).join("lock");
        fs::read_to_string(lock).unwrap().trim().parse().unwrap()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.0.plc(["down", "--state", "-e", NAME]).output();
    }
}

/// The page, which says how often it was asked for.
fn visit(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(3)))?;
    stream.write_all(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut said = String::new();
    stream.read_to_string(&mut said)?;
    Ok(said.lines().last().unwrap_or_default().to_owned())
}

fn wait_for(port: u16, end: &str) {
    let begun = Instant::now();
    while !visit(port).is_ok_and(|page| page.ends_with(end)) {
        assert!(begun.elapsed() < Duration::from_secs(60), "no {end}");
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
#[ignore = "needs the real archive, and qemu-system-x86_64"]
fn a_database_runs_as_a_virtual_machine_and_keeps_its_state() {
    if let Err(reason) = plc_run::machine::find() {
        eprintln!("not tried: {reason}");
        return;
    }
    let it = Up(Place::in_the_open());
    let place = &it.0.directory;
    let text = fs::read_to_string(project().join(EXAMPLE).join("env.pl")).unwrap();
    fs::write(place.join("env.pl"), text + PROFILE).unwrap();
    fs::copy(project().join(EXAMPLE).join("env.lock"), place.join("env.lock")).unwrap();
    // A lock without a kernel says so.
    let locked = it.plc(&["build", "env.pl", "--profile", "machines", "--locked"], 2);
    assert!(locked.err.contains("linux-image-cloud-amd64"), "{}", locked.err);
    it.plc(&["lock", "env.pl"], 0);
    it.up(0);
    let port = it.port();
    wait_for(port, "visit number 1");

    // A kernel of its own, and the same packages.
    let here = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let kernel = it.exec("db", "uname -r", 0);
    assert!(kernel.ends_with("-cloud-amd64") && kernel != here.trim(), "{kernel}");
    assert_eq!(it.exec("web-1", "uname -r", 0), here.trim());
    assert_eq!(
        it.exec("db", "ls /boot /lib/modules 2>/dev/null | grep -c linux; cat /proc/1/comm", 0),
        "0\ninit"
    );
    // As many files as any service may have.
    assert_eq!(it.exec("db", "ulimit -Hn; ulimit -Sn", 0), "1048576\n1024");
    // What passes between it and this machine is whole, and ends as it should.
    assert_eq!(it.exec("db", "seq 1 300000 | tail -n 1; seq 1 300000", 0).lines().count(), 300_001);
    it.exec("db", "exit 7", 7);
    assert_eq!(
        it.exec("db", "echo out; echo err >&2; getent hosts web-1 | cut -d' ' -f1", 0),
        "out\n10.77.0.3"
    );

    // All of it stands still, its kernel too.
    it.plc(&["fault", "-e", NAME, "freeze", "db"], 0);
    assert!(visit(port).is_err());
    it.plc(&["fault", "-e", NAME, "heal"], 0);
    let begun = Instant::now();
    while visit(port).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(30), "it does not go on");
    }

    // A cut is on both sides.
    it.plc(&["fault", "-e", NAME, "cut", "db", "web-1"], 0);
    assert!(visit(port).is_err());
    let sends = |code| {
        it.exec("db", "bash -c ': < /dev/tcp/web-1/80' 2>/dev/null & sleep 1; kill -0 $! 2>/dev/null", code)
    };
    sends(0);
    it.plc(&["fault", "-e", NAME, "heal"], 0);
    sends(1);

    // A snapshot is small, and what came later is gone with a reset.
    it.exec("db", "echo kept > /var/lib/mysql/note && sync", 0);
    it.plc(&["snap", "one", "-e", NAME], 0);
    it.exec("db", "echo later > /var/lib/mysql/note && sync", 0);
    it.plc(&["reset", "one", "-e", NAME], 0);
    assert_eq!(it.exec("db", "cat /var/lib/mysql/note", 0), "kept");

    // What it keeps outlives it, also what is not on its disk yet, and nothing of it runs on. A database that ends would have the
    // disk written too.
    it.plc(&["stop", "-e", NAME, "db"], 0);
    it.exec("db", "sync; sleep 1; echo last > /var/lib/mysql/note; echo new > /var/lib/mysql/fresh", 0);
    let processes = tree_of(it.keeper());
    it.plc(&["down", "-e", NAME], 0);
    assert!(!processes.iter().any(|process| runs(*process)), "something is left of it");
    it.up(0);
    assert_eq!(it.exec("db", "cat /var/lib/mysql/note /var/lib/mysql/fresh", 0), "last\nnew");
    // As a container it would not find what it has kept, and runs on.
    let boot = it.exec("db", "cat /proc/sys/kernel/random/boot_id", 0);
    let switched = it.plc(&["up", "env.pl", "--profile", "local", "--name", NAME, "--patience", "30"], 3);
    assert!(switched.err.contains("has states of a virtual machine"), "{}", switched.err);
    assert_eq!(it.exec("db", "cat /proc/sys/kernel/random/boot_id", 0), boot);
}
