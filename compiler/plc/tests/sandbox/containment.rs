//! What a builder tries against the machine, and does not get. Where it can, a probe is first tried outside.

use std::{net::TcpListener, process::Command};

use super::fixture::Fixture;

#[test]
fn there_is_no_network() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a socket");
    let port = listener.local_addr().expect("its address").port();
    let probe = format!("exec 3<>/dev/tcp/127.0.0.1/{port}");
    assert!(
        Command::new("bash").args(["-c", &probe]).status().expect("bash").success(),
        "the probe itself works"
    );
    let (outcome, log) = Fixture::new().run(&[&probe]);
    assert!(outcome.failure.is_some() && log.contains("Connection refused"), "{log}");
    let devices = Fixture::new().print("cat /proc/net/dev");
    assert_eq!(devices.lines().filter(|line| line.contains(':')).count(), 1, "{devices}");
}

#[test]
fn the_root_is_the_trees() {
    let fixture = Fixture::new();
    let print =
        fixture.print("cd /; ls -d *; ls /tmp; ls -di .. | { read a b; echo $(($a == $(stat -c %i /))); }");
    let top = print.lines().take_while(|line| *line != "1").collect::<Vec<_>>();
    for name in ["bin", "dev", "etc", "proc", "tmp"] {
        assert!(top.contains(&name), "{print}");
    }
    let outside = fixture.directory.path().display().to_string();
    fixture.print(&format!(
        "test ! -e {outside} && test ! -e /etc/shadow && test ! -e /home && {{ ! cd /proc/1/root || test ! -e home; }}"
    ));
    let mounts = fixture.print("while read d m t r; do echo $m; done </proc/mounts");
    assert!(
        mounts.lines().all(|m| m == "/" || ["/dev", "/proc", "/tmp"].iter().any(|p| m.starts_with(p))),
        "{mounts}"
    );
}

#[test]
fn process_1_is_ours_and_shows_nothing_of_the_program() {
    let fixture = Fixture::new();
    let print = fixture.print("echo $$ $PPID; ls -d /proc/[0-9]*; readlink /proc/1/exe || echo hidden");
    assert!(print.starts_with("2 1\n") && print.ends_with("hidden\n"), "{print}");
    let (outcome, _) = fixture.run(&["cat /proc/1/environ"]);
    assert!(outcome.failure.is_some());
}

#[test]
fn descriptors_are_not_inherited() {
    let fixture = Fixture::new();
    let secret = tempfile::tempfile().expect("a file");
    rustix::io::fcntl_setfd(&secret, rustix::io::FdFlags::empty()).expect("inheritable");
    // Bash opens none of its own for `-c`; `ls` opens the directory that it lists.
    assert_eq!(fixture.print("ls /proc/self/fd"), "0\n1\n2\n3\n");
    assert_eq!(fixture.print("readlink /proc/self/fd/0"), "/dev/null\n");
}

#[test]
fn the_environment_and_limits_are_spelled_out() {
    let fixture = Fixture::new();
    let print = fixture.print("env -u _ -u SHLVL -u PWD -u OLDPWD env; umask; ulimit -Sn; ulimit -c; cat /proc/sys/kernel/hostname; pwd; id");
    assert_eq!(print, "PATH=/bin\n0022\n1024\n0\nlocalhost\n/\nuid=0(root) gid=0 groups=0\n");
}

#[test]
fn mounting_and_new_user_namespaces_are_refused() {
    let fixture = Fixture::new();
    for probe in [
        "mount -t tmpfs none /tmp",
        "mount -o remount,rw /proc",
        "mount --bind /etc /tmp",
        "unshare -U true",
        "unshare -m true",
        "unshare -n true",
    ] {
        let (outcome, log) = fixture.run(&[probe]);
        assert!(outcome.failure.is_some(), "{probe} succeeded");
        assert!(log.contains("ermi") || log.contains("not permitted"), "{probe}: {log}");
    }
}

#[test]
fn the_kernels_settings_cannot_be_changed() {
    let fixture = Fixture::new();
    for file in ["/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/self/oom_score_adj"] {
        let (outcome, log) = fixture.run(&[&format!("echo 1 >{file}")]);
        assert!(outcome.failure.is_some() && log.contains("Read-only"), "{file}: {log}");
    }
    // Hidden below /dev/null, so that the machine's root gets nothing either. Not every kernel has all of them.
    for file in ["/proc/sysrq-trigger", "/proc/timer_list", "/proc/kcore"] {
        let script = format!("test ! -e {file} || {{ echo h >{file}; cat {file}; stat -c %t:%T {file}; }}");
        let print = fixture.print(&script);
        assert!(print.is_empty() || print == "1:3\n", "{file}: {print}");
    }
}

/// What `ischroot` goes by: scripts that find a running system would tell its init to start anew, and wait for it.
#[test]
fn scripts_find_no_running_system() {
    let fixture = Fixture::new();
    assert_eq!(fixture.print("cat /proc/1/mountinfo"), "");
    assert!(fixture.print("cat /proc/self/mountinfo").contains("/dev/pts"));
}

#[test]
fn devices_are_few_and_cannot_be_made() {
    let fixture = Fixture::new();
    assert_eq!(
        fixture.print("cd /dev; echo *"),
        "fd full null ptmx pts random shm stderr stdin stdout tty urandom zero\n"
    );
    assert!(fixture.run(&["mknod /etc/disk b 8 0"]).0.failure.is_some());
    assert!(fixture.run(&["mknod /etc/kmem c 1 2"]).0.failure.is_some());
    fixture.print("echo gone >/dev/null; read -N 4 x </dev/urandom; echo shared >/dev/shm/file; mkdir /tmp/dir; stat -c %a /tmp");
}

#[test]
fn syncing_does_nothing() {
    // A device cannot be synced, which shows whether the call reaches it.
    let probe = "sync /dev/null";
    assert!(
        !Command::new("bash").args(["-c", probe]).status().expect("bash").success(),
        "the probe itself works"
    );
    Fixture::new().print(probe);
}
