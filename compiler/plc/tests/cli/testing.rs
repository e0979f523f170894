//! `plc test`: instances that are there for their tests alone, what is said of these, and that nothing is left of the others.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    fixture::{built_for, mirror},
    running::{runs, tree_of, wait_until},
    support::{Place, Ran},
};

const ENV: &str = include_str!("fixture/testing.pl");

/// What asks as a person would.
const ASK: &str = r#"#!/bin/sh
echo "asking $URL"
[ "$NUMBER:$TEXT" = "5:a b" ] || exit 2
case "$URL" in http://localhost:[0-9]*) ;; *) exit 3 ;; esac
echo "$URL" > asked
"#;

/// A project with tests, in whose store the base of the archive is built.
struct Project(Place);

impl Project {
    fn new() -> Self {
        let it = Self(built_for(ENV));
        it.script("ask.sh", ASK);
        it
    }

    fn script(&self, name: &str, text: &str) {
        fs::create_dir_all(self.0.path("tests")).unwrap();
        let path = self.0.path(&format!("tests/{name}"));
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Puts another test in place of all that there are.
    fn only_test(&self, steps: &str) {
        let (environment, _) = ENV.split_once("test \"servers").unwrap();
        self.0.write("env.pl", &format!("{environment}test \"one\" of demo {{\n  {steps}\n}}\n"));
    }

    fn args<'a>(further: &[&'a str]) -> Vec<&'a str> {
        [&["test", "env.pl", "--mirror", mirror()], further].concat()
    }

    fn test(&self, further: &[&str], code: i32) -> Ran {
        self.0.run(Self::args(further), code)
    }

    fn begin(&self, further: &[&str]) -> Child {
        let mut plc = self.0.plc(Self::args(further));
        plc.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn environments(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.store().join("environments")).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
    }

    /// The instance of a `plc test` that runs, with all its processes, once a service of it runs.
    fn instance(&self, plc: &Child, service: &str) -> (String, Vec<u32>) {
        let name = format!("demo@ci-test-{}", plc.id());
        let place = self.0.store().join("environments").join(&name);
        wait_until("a service says something", || place.join("logs").join(service).exists());
        let keeper = fs::read_to_string(place.join("lock")).unwrap().trim().parse().unwrap();
        (name, tree_of(keeper))
    }

    fn nothing_is_left(&self) {
        assert_eq!(self.environments(), Vec::<String>::new());
        let store = self.0.store();
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
        assert!(!mounts.contains(&format!("{}/environments", store.display())), "{mounts}");
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        for name in self.environments() {
            let _ = self.0.plc(["down", "--state", "-e", &name]).output();
        }
    }
}

fn results(report: &Value) -> Vec<(String, String)> {
    let tests = report["tests"].as_array().unwrap();
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    tests.iter().map(|one| (text(one, "name"), text(one, "result"))).collect()
}

#[test]
fn tests_pass_and_nothing_is_left() {
    let it = Project::new();
    let report = it.test(&["--json", "--junit", "out.xml"], 0).json();
    let expected = [
        ("the spare one answers", "skipped"),
        ("servers answer", "passed"),
        ("commands run on hosts", "passed"),
        ("scripts run here", "passed"),
    ];
    assert_eq!(results(&report), expected.map(|(name, result)| (name.to_owned(), result.to_owned())));
    assert_eq!(report["tests"][0]["reason"], "`spare` is absent under `ci`");
    assert!(report["instance"].as_str().unwrap().starts_with("demo@ci-test-"));
    let asked = it.0.read("asked");
    it.nothing_is_left();
    let port: u16 = asked.trim().rsplit(':').next().unwrap().parse().unwrap();
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    assert!(!it.0.path("plc-test-logs").exists());
    let junit = it.0.read("out.xml");
    for part in [
        "<testsuites tests=\"4\" failures=\"0\" errors=\"0\" skipped=\"1\" time=\"",
        "<testsuite name=\"demo@ci\" tests=\"4\" ",
        "<testcase classname=\"demo@ci\" name=\"servers answer\" time=\"",
        "<skipped message=\"`spare` is absent under `ci`\"/>",
    ] {
        assert!(junit.contains(part), "{part}: {junit}");
    }
    // The identity knows nothing of them.
    let identity = |it: &Project| it.0.run(["show", "env.pl", "--profile", "ci"], 0).out;
    let before = identity(&it);
    it.only_test("exec front [\"/bin/true\"]");
    assert_eq!(identity(&it), before);
}

#[test]
fn a_failure_says_what_was_expected_and_seen_and_leaves_only_logs() {
    let it = Project::new();
    it.0.edit("env.pl", "status = 404, contains", "status = 410, contains");
    it.0.edit("env.pl", "{ contains = \"back-1\" }", "{ contains = \"back-2\" }");
    it.0.edit("env.pl", "NUMBER = 5", "NUMBER = 6");
    let ran = it.test(&["--junit", "out.xml", "--logs", "kept"], 1);
    for part in [
        "running 4 tests of demo@ci\n",
        "test the spare one answers ... skipped: `spare` is absent under `ci`\n",
        "test servers answer ... FAILED (",
        "  env.pl:52: step 3, http front.front.web GET /missing\n",
        "  expected: status 410, and `no <such> page` in the body within 10 s\n      seen: status 404\n",
        "    no <such> page\n",
        "    front/front.server | GET /missing\n",
        "step 1, exec back-1 /bin/cat /etc/hostname\n",
        "  expected: exit status 0, and `back-2` in what it says\n      seen: exit status 0, and it is not in what it says\n",
        "step 1, script tests/ask.sh\n  expected: exit status 0\n      seen: exit status 2\n  it said:\n    asking http://localhost:",
        "test result: FAILED. 0 passed; 3 failed; 1 skipped; finished in ",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    it.nothing_is_left();
    let kept: Vec<_> = fs::read_dir(it.0.path("kept")).unwrap().flatten().map(|entry| entry.path()).collect();
    assert_eq!(kept.len(), 1);
    let log = fs::read_to_string(kept[0].join("front/front.server.log")).unwrap();
    assert!(log.contains("GET /missing"), "{log}");
    let junit = it.0.read("out.xml");
    let message = "<failure message=\"http front.front.web GET /missing: expected status 410, and `no &lt;such&gt; page` in the body within 10 s, seen status 404\">";
    assert!(junit.contains(message) && junit.contains("failures=\"3\""), "{junit}");
}

#[test]
fn instances_do_not_meet_each_other_nor_what_is_up() {
    let it = Project::new();
    it.0.run(["up", "env.pl", "--mirror", mirror()], 0);
    let both = [it.begin(&["--json"]), it.begin(&["--json"])];
    for plc in both {
        let output = plc.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{text}");
    }
    assert_eq!(it.environments(), ["demo@ci"]);
}

#[test]
fn nothing_outlives_a_plc_that_is_killed() {
    let it = Project::new();
    it.only_test("exec front [\"/bin/sleep\", \"300\"]");
    for signal in ["-9", "-15"] {
        let mut plc = it.begin(&[]);
        let (_, processes) = it.instance(&plc, "front/front.server.log");
        assert!(processes.len() >= 4, "a keeper, three hosts: {processes:?}");
        let kill = std::process::Command::new("kill").args([signal, &plc.id().to_string()]).status().unwrap();
        assert!(kill.success());
        plc.wait().unwrap();
        wait_until("all processes are gone", || processes.iter().all(|process| !runs(*process)));
        wait_until("nothing is kept", || it.environments().is_empty());
        it.nothing_is_left();
    }
    // Also where it does not come up: nobody waits for that any more.
    it.0.edit("env.pl", "\"7000\"] }", "\"7000\"], ready = [\"/bin/sh\", \"-c\", \"exit 1\"] }");
    let mut plc = it.begin(&["--patience", "120"]);
    let (_, processes) = it.instance(&plc, "back-1/server.log");
    plc.kill().unwrap();
    plc.wait().unwrap();
    wait_until("all processes are gone", || processes.iter().all(|process| !runs(*process)));
    wait_until("nothing is kept", || it.environments().is_empty());
}

#[test]
fn what_does_not_come_up_is_told_with_its_logs() {
    let it = Project::new();
    it.0.edit("env.pl", "text = \"back\"", "text = \"fail\"");
    let ran = it.test(&[], 3);
    for part in
        ["server does not stay up", "cannot work like this", "the logs are in plc-test-logs/demo@ci-test-"]
    {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    it.nothing_is_left();
}

#[test]
fn an_instance_can_be_kept_to_be_looked_at() {
    let it = Project::new();
    it.only_test("exec front [\"/bin/sh\", \"-c\", \"echo trace > /tmp/trace; exit 1\"]");
    let ran = it.test(&["--keep-on-failure"], 1);
    let names = it.environments();
    let [name] = names.as_slice() else { panic!("one is kept: {names:?}") };
    assert!(ran.out.contains(&format!("`plc shell -e {name} HOST`")), "{}", ran.out);
    assert_eq!(it.0.run(["exec", "-e", name, "front", "--", "/bin/cat", "/tmp/trace"], 0).out, "trace\n");
    it.0.run(["down", "--state", "-e", name], 0);
    it.nothing_is_left();
    it.only_test("exec front [\"/bin/true\"]");
    it.test(&["--keep-on-failure"], 0);
    it.nothing_is_left();
}

#[test]
fn what_takes_too_long_is_killed() {
    let it = Project::new();
    it.script("slow.sh", "#!/bin/sh\necho begun\nsleep 4321\n");
    for (step, what) in [
        ("script \"tests/slow.sh\"", "script tests/slow.sh"),
        ("exec front [\"/bin/sleep\", \"4321\"]", "exec front /bin/sleep 4321"),
    ] {
        it.only_test(step);
        let begun = Instant::now();
        let ran = it.test(&["--timeout", "1"], 1).out;
        assert!(ran.contains(what) && ran.contains("seen: it was killed after 1.0 s"), "{ran}");
        assert!(begun.elapsed() < Duration::from_secs(60));
        it.nothing_is_left();
    }
    let mut running = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        fs::read_to_string(entry.path().join("cmdline")).ok().filter(|line| line.contains("sleep\u{0}4321"))
    });
    assert_eq!(running.next(), None);
}

#[test]
fn what_cannot_be_run_is_told_before_anything_is_built() {
    let it = Project::new();
    let none = it.test(&["--only", "nobody"], 2).err;
    assert!(
        none.contains("no test's name contains `nobody`") && none.contains("`scripts run here`"),
        "{none}"
    );
    let some = it.test(&["--only", "scripts", "--json"], 0).json();
    assert_eq!(results(&some), [("scripts run here".to_owned(), "passed".to_owned())]);
    let script = it.0.path("tests/ask.sh");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = it.test(&[], 2).err;
    assert!(
        refused.contains("`tests/ask.sh` cannot be executed") && refused.contains("chmod +x"),
        "{refused}"
    );
    fs::remove_file(&script).unwrap();
    assert!(it.test(&[], 2).err.contains("`tests/ask.sh` cannot be found"));
    std::os::unix::fs::symlink("/bin/sh", &script).unwrap();
    assert!(it.test(&[], 2).err.contains("leads out of the project"));
    let (environment, _) = ENV.split_once("test \"servers").unwrap();
    it.0.write("env.pl", environment);
    assert!(it.test(&[], 2).err.contains("the environment has no tests"));
    it.nothing_is_left();
}

/// A program that prints `open` where `back-2` can be reached within a second.
const REACH: &str = "perl -e 'alarm 1; socket(my $s, 2, 1, 6); connect($s, pack(q(S n a4 x8), 2, 7000, \
    scalar gethostbyname(q(back-2)))); print q(open)'";

/// One that writes 36 KiB to a state.
const WRITE: &str =
    "perl -e 'open my $f, q(>), q(/var/lib/server/x); for (1..9) { syswrite $f, q(x) x 4096 or die $! }'";

#[test]
fn what_goes_wrong_in_a_test_ends_with_it() {
    let it = Project::new();
    let (environment, _) = ENV.split_once("test \"servers").unwrap();
    let tests = r#"
test "ways" of demo {
  fault loss front back 100%
  exec front ["/bin/sh", "-c", r"[ -z $(REACH) ]"]
  heal
  exec front ["/bin/sh", "-c", r"REACH"] { contains = "open" }
  fault delay front back 700ms { jitter = 100ms }
  exec front ["/bin/sh", "-c", r"[ -z $(REACH) ]"]
  fault delay front back 20ms
  fault rate front back 1MiB/s
  exec front ["/bin/sh", "-c", r"REACH"] { contains = "open" }
  fault kill back
  http front.front.web { contains = "back from back-1", within = 20s }
  fault cut front back
}
test "no way is cut any more" of demo {
  exec front ["/bin/sh", "-c", r"REACH"] { contains = "open" }
  fault freeze back
}
test "disks" of demo {
  http front.front.web { contains = "front from front, back from back-1, back from back-2" }
  fault full_disk front { free = 8KiB }
  exec front ["/bin/sh", "-c", r"WRITE"] { status = 28, contains = "No space left on device" }
}
test "no disk is full any more" of demo {
  exec front ["/bin/sh", "-c", r"WRITE"]
}
"#;
    let tests = tests.replace("REACH", REACH).replace("WRITE", WRITE);
    it.0.write("env.pl", &format!("{environment}{tests}"));
    let ran = it.test(&[], 0).out;
    assert!(ran.contains("4 passed; 0 failed"), "{ran}");
    it.nothing_is_left();
    it.only_test("fault full_disk front\n  http front.front.web { status = 404 }");
    assert!(it.test(&[], 1).out.contains("expected: status 404"), "what fails is told");
    it.nothing_is_left();
}
