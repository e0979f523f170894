//! What changes in an environment that runs: what is replaced, what comes back, what ran before.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

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

/// Asks at a port until it is told to end, and gives how often it asked, and what it was told that it did not expect.
fn ask_on(port: u16, end: &AtomicBool) -> (usize, Vec<String>) {
    let (mut asked, mut lost) = (0, Vec::new());
    while !end.load(Ordering::SeqCst) {
        asked += 1;
        match ask(port) {
            Ok(said) if said.starts_with("any from front, ") => {}
            other => lost.push(format!("{other:?}")),
        }
    }
    (asked, lost)
}

#[test]
fn what_dies_just_after_it_was_ready_is_rolled_back_and_no_request_is_lost() {
    let it = Up::new();
    it.0.edit("env.pl", "text = \"front\"", "text = \"any\"");
    it.up(&[], 0);
    let port = it.port();
    assert_eq!(ask(port).unwrap(), "any from front, back from back-1");
    let second = it.unit("back-2/server/server");
    for (text, reason) in [
        ("fade", "service back-1/server was ready and did not stay up: exit status 7"),
        ("deaf", "service back-1/server was ready and is not any more"),
    ] {
        it.0.edit("env.pl", "text = \"back\"", &format!("text = \"{text}\""));
        let end = AtomicBool::new(false);
        let (failed, (asked, lost)) = thread::scope(|scope| {
            let asking = scope.spawn(|| ask_on(port, &end));
            let failed = it.up(&[], 3).err;
            end.store(true, Ordering::SeqCst);
            (failed, asking.join().unwrap())
        });
        assert!(failed.contains(reason) && failed.contains("what ran before runs again"), "{failed}");
        assert!(asked > 10 && lost.is_empty(), "{text}: {} of {asked} lost: {:?}", lost.len(), lost.first());
        assert_eq!(ask(port).unwrap(), "any from front, back from back-1");
        assert_eq!(it.unit("back-2/server/server"), second, "it was never replaced");
        it.0.edit("env.pl", &format!("text = \"{text}\""), "text = \"back\"");
    }
    // Whoever does not want to wait does not find out.
    it.0.edit("env.pl", "text = \"back\"", "text = \"fade\"");
    it.up(&["--min-ready", "0"], 0);
}

#[test]
fn what_ended_before_all_was_ready_and_stays_up_since_is_not_rolled_back() {
    let it = Up::new();
    it.up(&[], 0);
    // One of two services cannot work without what the other makes, and has neither ports nor a command.
    it.0.edit(
        "env.pl",
        "/// The environment.\n",
        r#"component Two {
  service late { exec = ["/bin/sh", "-c", "sleep 1.2; touch /run/late; sleep 1000"], ready = ["/usr/bin/test", "-e", "/run/late"] }
  service needy { exec = ["/bin/sh", "-c", "test -e /run/late && exec sleep 1000; sleep 0.4; exit 9"] }
}

/// The environment.
"#,
    );
    it.0.edit("env.pl", "  capacity backs", "  host two { run two = Two {} }\n\n  capacity backs");
    it.plc(&["lock", "env.pl", "--mirror", mirror()], 0);
    it.up(&[], 0);
    let (status, restarts, _) = it.unit("two/two/needy");
    assert!(status == "Ready" && restarts > 0, "{status} {restarts}");
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
