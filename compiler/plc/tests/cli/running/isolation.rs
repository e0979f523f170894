//! What hosts and environments see of each other and of the machine, and who sees a secret.

use super::*;

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
