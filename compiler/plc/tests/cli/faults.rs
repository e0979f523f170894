//! Ways that are slow, narrow and lossy, and disks that are full: what hosts see of it, and that it ends.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    running::{NAME, Up, ask, wait_until},
    support::Ran,
};

const WELL: &str = "front from front, back from back-1, back from back-2";

/// `to` opens a connection to a port of a host, as soon as somebody listens there.
const CONNECT: &str = "sub to { my ($host, $port) = @_; for (1..100) { socket(my $c, 2, 1, 6) or die; \
    return $c if connect($c, pack('S n a4 x8', 2, $port, scalar gethostbyname($host))); \
    select undef, undef, undef, 0.1 } die $! } ";

/// Listens as `$l` at port 9000.
const LISTEN: &str = "socket(my $l, 2, 1, 6) or die; setsockopt($l, 1, 2, pack('i', 1)); \
    bind($l, pack('S n a4 x8', 2, 9000, \"\\0\\0\\0\\0\")) or die $!; listen($l, 9) or die; ";

/// Hundredths of a second that this machine is up.
const NOW: &str = "sub now { open my $f, '<', '/proc/uptime'; my ($t) = split ' ', <$f>; $t * 100 } ";

impl Up {
    fn perl(&self, host: &str, program: &str) -> Command {
        self.0.plc(["exec", "-e", NAME, host, "--", "perl", "-e", program])
    }

    /// Milliseconds until a connection from one host to another is there: one round trip. They are 10 too few at most.
    fn round_trip(&self, from: &str, to: &str) -> u64 {
        let program =
            format!("{CONNECT}{NOW}alarm 20; my $b = now(); to('{to}', 7000); print 10 * int(now() - $b)");
        Ran::of(&mut self.perl(from, &program), 0).out.parse().unwrap()
    }

    /// Writes to a file of a host, 4 KiB so many times, and says how often that works, and why not more often.
    fn write(&self, host: &str, how: &str, path: &str, times: u32) -> String {
        let program = format!(
            "open my $f, '{how}', '{path}' or die $!; my $n = 0; $! = 0; \
             for (1..{times}) {{ last unless (syswrite($f, 'x' x 4096) // 0) == 4096; $n++ }} print \"$n $!\""
        );
        Ran::of(&mut self.perl(host, &program), 0).out
    }
}

#[test]
fn a_slow_way_is_slow_both_ways_and_no_other_is() {
    let it = Up::new();
    it.up(&[], 0);
    // So that nobody has to ask first who has which address.
    for (from, to) in [("front", "back-1"), ("front", "back-2"), ("back-1", "back-2")] {
        assert!(it.round_trip(from, to) < 200, "{from} to {to}");
    }
    it.plc(&["fault", "delay", "front", "back", "150ms"], 0);
    let told = it.plc(&["ps"], 0).out;
    for line in ["between back-1 and front: 150ms longer", "between back-2 and front: 150ms longer"] {
        assert!(told.contains(line), "{told}");
    }
    for (from, to) in [("front", "back-1"), ("back-2", "front")] {
        assert!(it.round_trip(from, to) >= 290, "{from} to {to}");
    }
    assert!(it.round_trip("back-1", "back-2") < 200);
    let report = it.report();
    assert_eq!(report["worse"][0][2]["delay"], 150, "{report}");
    assert_eq!(ask(it.port()).unwrap(), WELL);

    // Over the replacement of a host.
    it.0.edit("env.pl", "text = \"front\"", "text = \"brow\"");
    it.up(&[], 0);
    assert!(it.round_trip("front", "back-1") >= 290);

    it.plc(&["fault", "delay", "front", "back-1", "0ms"], 0);
    assert!(it.round_trip("front", "back-1") < 200);
    assert!(it.round_trip("front", "back-2") >= 290);
    it.plc(&["fault", "heal"], 0);
    assert!(it.round_trip("front", "back-2") < 200);
    assert!(!it.plc(&["ps"], 0).out.contains("longer"));
    for (args, says) in [
        (["delay", "front", "back", "5"], "is no quantity"),
        (["delay", "front", "back", "5%"], "no duration"),
        (["loss", "front", "back", "101%"], "no part of the whole"),
        (["rate", "front", "back", "0B/s"], "plc fault cut"),
        (["delay", "front", "front", "5ms"], "on no way to itself"),
        (["loss", "front", "nobody", "5%"], "no host `nobody`"),
    ] {
        let said = it.plc(&[&["fault"][..], &args].concat(), 2).err;
        assert!(said.contains(says), "{args:?}: {said}");
    }
}

#[test]
fn what_is_lost_does_not_arrive_and_open_connections_live_on() {
    let it = Up::new();
    it.up(&[], 0);
    // One that is open before, and says something twenty times a second.
    let listen = "accept(my $c, $l); while (<$c>) { syswrite $c, \"heard $_\" }";
    let mut server = it.perl("back-1", &format!("{LISTEN}{listen}")).spawn().unwrap();
    let say = "my $c = to('back-1', 9000); open my $log, '>', '/run/said'; for my $n (1..1000) { \
        syswrite $c, \"$n\\n\"; my $answer = <$c>; syswrite $log, $answer; select undef, undef, undef, 0.05 }";
    let mut client = it.perl("front", &format!("{CONNECT}{say}")).spawn().unwrap();
    let said = || {
        let mut command = it.0.plc(["exec", "-e", NAME, "front", "--", "cat", "/run/said"]);
        command.output().map_or(0, |output| output.stdout.iter().filter(|byte| **byte == b'\n').count())
    };
    let goes_on = |after: usize| wait_until("the connection is used", || said() > after + 3);
    goes_on(0);
    it.plc(&["fault", "delay", "front", "back-1", "1ms"], 0);
    goes_on(said());
    it.plc(&["fault", "loss", "front", "back-1", "100%"], 0);
    std::thread::sleep(Duration::from_millis(300));
    let before = said();
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(said(), before, "nothing arrives");
    let connect = format!("{CONNECT}alarm 2; to('back-1', 7000); print 'open'");
    assert_eq!(Ran::of(&mut it.perl("front", &connect), 142).out, "");
    assert!(it.round_trip("front", "back-2") < 200);
    it.plc(&["fault", "heal"], 0);
    goes_on(before);
    let _ = client.kill();
    let _ = server.kill();
    let _ = (client.wait(), server.wait());
    assert_eq!(ask(it.port()).unwrap(), WELL);
}

#[test]
fn a_narrow_way_lets_no_more_through() {
    let it = Up::new();
    it.up(&[], 0);
    let listen = "for (1..2) { accept(my $c, $l); print $c 'x' x 1000000; close $c }";
    let mut server = it.perl("back-1", &format!("{LISTEN}{listen}")).spawn().unwrap();
    let fetch = || {
        let read = "my $c = to('back-1', 9000); my $n = 0; \
            while (sysread $c, my $part, 65536) { $n += length $part } print $n";
        let begun = Instant::now();
        assert_eq!(Ran::of(&mut it.perl("front", &format!("{CONNECT}{read}")), 0).out, "1000000");
        begun.elapsed()
    };
    // Whole, whatever the kernel leaves to the cards of networks.
    it.plc(&["fault", "delay", "front", "back-1", "1ms", "--jitter", "1ms"], 0);
    fetch();
    it.plc(&["fault", "rate", "front", "back-1", "500KiB/s"], 0);
    let took = fetch();
    assert!(took >= Duration::from_millis(1_800), "{took:?}");
    assert!(it.plc(&["ps"], 0).out.contains("1ms ± 1ms longer, at most 500KiB/s"));
    let _ = server.wait();
}

#[test]
fn a_full_disk_takes_nothing_more_and_gives_back_what_was_there() {
    let it = Up::new();
    it.up(&[], 0);
    it.exec("front", "echo before > /var/lib/server/own", 0);
    assert_eq!(it.write("front", ">", "/var/lib/server/large", 1000), "1000 ");
    let others = it.unit("back-1/server/server");
    it.plc(&["fault", "full-disk", "front", "--free", "64KiB"], 0);
    assert!(it.plc(&["ps"], 0).out.contains("the disk of front is full"));
    assert_eq!(it.unit("back-1/server/server"), others);
    assert_eq!(ask(it.port()).unwrap(), WELL);
    // What is there can be read, and changed in place; the little that is left can be used; then there is no more.
    let seen = it.exec("front", "cat /var/lib/server/own; stat -c %G /var/lib/server", 0).out;
    assert_eq!(seen, "before\nmail\n");
    assert_eq!(it.write("front", "+<", "/var/lib/server/large", 1000), "1000 ");
    let more = it.write("front", ">", "/var/lib/server/more", 20);
    let (count, why) = more.split_once(' ').unwrap();
    assert!((1..=16).contains(&count.parse::<u32>().unwrap()), "{more}");
    assert_eq!(why, "No space left on device");
    assert_eq!(it.write("front", ">", "/etc/more", 20), "0 No space left on device");
    // As full in another way.
    it.exec("front", "rm /var/lib/server/more /etc/more", 0);
    it.plc(&["fault", "full-disk", "front", "--free", "8KiB"], 0);
    let more = it.write("front", ">", "/var/lib/server/more", 20);
    assert!(["0 ", "1 ", "2 "].iter().any(|count| more.starts_with(count)), "{more}");
    // What would be thrown away, or would keep what will be, is not done.
    it.0.edit("env.pl", "text = \"front\"", "text = \"forward\"");
    for refused in [it.up(&[], 3), it.plc(&["snap", "now"], 3)] {
        assert!(refused.err.contains("`plc fault heal` first"), "{refused:?}");
    }
    it.0.edit("env.pl", "text = \"forward\"", "text = \"front\"");
    let healed = it.plc(&["fault", "heal"], 0);
    assert!(healed.err.contains("what front wrote while its disk was full is thrown away"), "{healed:?}");
    assert_eq!(
        it.exec("front", "ls /var/lib/server; cat /var/lib/server/own", 0).out,
        "deep\nlarge\nown\nprepared\nshared\nbefore\n"
    );
    assert_eq!(it.write("front", ">", "/var/lib/server/more", 20), "20 ");
    assert!(!it.plc(&["ps"], 0).out.contains("full"));
    assert_eq!(ask(it.port()).unwrap(), WELL);
}

#[test]
fn a_cut_goes_with_the_host_that_it_was_to() {
    let it = Up::new();
    it.up(&[], 0);
    it.plc(&["fault", "cut", "front", "back-2"], 0);
    it.0.edit("env.pl", "profile local of demo {", "profile local of demo {\n  backs = 1");
    it.up(&[], 0);
    assert_eq!(it.report()["cuts"].as_array().map(Vec::len), Some(0), "{}", it.report());
    // The next one has its address.
    it.0.edit("env.pl", "backs = 1", "backs = 2");
    it.up(&[], 0);
    assert_eq!(ask(it.port()).unwrap(), WELL);
}

#[test]
fn links_are_as_described_and_change_without_a_restart() {
    let it = Up::new();
    it.0.edit(
        "env.pl",
        "capacity backs",
        "capacity far: Duration = 60ms\n  link front back { latency = far }\n\n  capacity backs",
    );
    it.up(&[], 0);
    assert!(it.round_trip("front", "back-1") >= 110);
    assert!(it.round_trip("back-2", "front") >= 110);
    let before = ["front/front/server", "back-1/server/server"].map(|unit| it.unit(unit));
    // The profile says how far.
    it.0.edit("env.pl", "profile local of demo {", "profile local of demo {\n  far = 200ms");
    let line = "~ link front back: latency 60ms → 200ms\n";
    assert_eq!(it.up(&["--dry-run"], 0).out, line);
    assert!(it.up(&[], 0).out.starts_with(line));
    assert!(it.round_trip("front", "back-2") >= 390);
    assert_eq!(["front/front/server", "back-1/server/server"].map(|unit| it.unit(unit)), before);
    // A fault comes on top of it, and goes.
    it.plc(&["fault", "delay", "front", "back-1", "200ms"], 0);
    assert!(it.round_trip("front", "back-1") >= 790);
    it.plc(&["fault", "heal"], 0);
    let took = it.round_trip("front", "back-1");
    assert!((390..790).contains(&took), "{took}");
    it.0.edit("env.pl", "  link front back { latency = far }\n", "");
    assert!(it.up(&[], 0).out.starts_with("~ link front back: latency 200ms → 0s\n"));
    assert!(it.round_trip("front", "back-2") < 390);
}

#[test]
fn what_goes_wrong_on_purpose_is_seen_and_ends() {
    let it = Up::new();
    it.up(&[], 0);
    let port = it.port();
    assert_eq!(ask(port).unwrap(), WELL);
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
    wait_until("all is well again", || ask(port).is_ok_and(|said| said == WELL));

    it.plc(&["fault", "freeze", "back-1"], 0);
    assert!(ask(port).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
    it.plc(&["fault", "heal"], 0);
    wait_until("all is well again", || ask(port).is_ok_and(|said| said == WELL));
    assert!(!it.plc(&["ps"], 0).out.contains("fault heal"));

    it.plc(&["fault", "kill", "back-2/server"], 0);
    wait_until("it is started again", || {
        it.unit("back-2/server/server").1 == 1 && ask(port).is_ok_and(|said| said == WELL)
    });
    assert!(it.plc(&["fault", "cut", "front", "nobody"], 2).err.contains("no host `nobody`"));
    assert!(it.plc(&["fault", "cut", "front", "front"], 2).err.contains("from itself"));
}
