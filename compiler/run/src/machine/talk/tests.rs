use std::process::Command;

use super::*;

/// A talk whose machine is the test, and what the keeper hears.
fn talk() -> (Arc<Talk>, UnixStream, UnixStream, std::process::Child) {
    let (ours, machine) = UnixStream::pair().expect("a pair");
    let (to_keeper, keeper) = UnixStream::pair().expect("a pair");
    let keeper_side = Keeper { to: Mutex::new(to_keeper), up: Arc::new(AtomicBool::new(false)) };
    let process = Command::new("/bin/sleep").arg("60").spawn().expect("a process");
    let link = Arc::new(Link::new(ours.try_clone().expect("a descriptor").into()));
    let talk = Talk::new(link, Arc::new(keeper_side), Pid::from_child(&process), Duration::from_millis(100))
        .expect("a talk");
    drop(talk.listen(ours).expect("listening"));
    (talk, machine, keeper, process)
}

fn say(machine: &mut UnixStream, message: &FromHost) {
    let message = serde_json::to_vec(message).expect("JSON");
    Frame::Message(message).write(machine).expect("written");
}

#[test]
fn a_machine_answers_for_nobody_else() {
    let (talk, mut machine, keeper, mut process) = talk();
    // Nobody has started it.
    say(&mut machine, &FromHost::Ended { id: 1, how: Ended::Exit(0) });
    let (_reader, output) = io::pipe().expect("a pipe");
    let argv = vec!["/bin/true".to_owned()];
    let (environment, user) = (Vec::new(), "root".to_owned());
    let message = ToHost::Start { id: 2, argv, environment, user, stdio: Stdio::Log };
    talk.start(message, vec![output.into()]).expect("started");
    say(&mut machine, &FromHost::Ended { id: 2, how: Ended::NotStarted("\x1b[2Jno".repeat(1000)) });
    let heard = wire::receive::<FromHost>(&keeper).expect("received").expect("a message").0;
    let FromHost::Ended { id: 2, how: Ended::NotStarted(reason) } = heard else { panic!("{heard:?}") };
    assert!(reason.starts_with("[2Jno[2J") && reason.chars().count() == WORDS);
    process.kill().expect("killed");
    process.wait().expect("ended");
}

/// A process that is a child of the test, and whether it ends soon.
fn ends(process: &mut std::process::Child) -> bool {
    let begun = std::time::Instant::now();
    while begun.elapsed() < Duration::from_secs(5) {
        if process.try_wait().expect("waited").is_some() {
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
    process.kill().expect("killed");
    process.wait().expect("ended");
    false
}

#[test]
fn a_machine_that_does_not_come_up_is_ended_whatever_it_does() {
    let (talk, mut machine, keeper, mut process) = talk();
    say(&mut machine, &FromHost::Up(Err("no".into())));
    let heard = wire::receive::<FromHost>(&keeper).expect("received").expect("a message").0;
    assert!(matches!(heard, FromHost::Up(Err(_))), "{heard:?}");
    assert!(ends(&mut process));
    drop(talk);
    let (talk, _machine, _keeper, mut process) = self::talk();
    talk.give_up();
    assert!(talk.is_late() && ends(&mut process));
}

#[test]
fn a_machine_that_does_not_listen_can_be_made_to_stand_still() {
    let (talk, machine, keeper, mut process) = talk();
    let (obeys, asks) = UnixStream::pair().expect("a pair");
    let obeying = Arc::clone(&talk);
    thread::spawn(move || obeying.obey(&obeys));
    // More than the channel holds.
    wire::send(&asks, &ToHost::Names("x".repeat(8 << 20)), &[]).expect("sent");
    wire::send(&asks, &ToHost::Still { id: 1, still: true }, &[]).expect("sent");
    keeper.set_read_timeout(Some(Duration::from_secs(5))).expect("set");
    let heard = wire::receive::<FromHost>(&keeper).expect("received").expect("a message").0;
    assert!(matches!(heard, FromHost::Probed { id: 1, open: true }), "{heard:?}");
    // As is one that is to end.
    talk.end();
    assert!(ends(&mut process));
    drop(machine);
}

#[test]
fn a_program_that_is_given_up_is_sent_nothing_more() {
    let (talk, mut machine, _keeper, mut process) = talk();
    let (obeys, asks) = UnixStream::pair().expect("a pair");
    let obeying = Arc::clone(&talk);
    thread::spawn(move || obeying.obey(&obeys));
    let ((from, input), (_reader, output)) = (io::pipe().expect("a pipe"), io::pipe().expect("a pipe"));
    let (environment, user, stdio) = (Vec::new(), "root".to_owned(), Stdio::Given);
    let message = ToHost::Start { id: 3, argv: vec!["/bin/cat".into()], environment, user, stdio };
    let descriptors = [OwnedFd::from(from), output.try_clone().expect("one").into(), output.into()];
    wire::send(&asks, &message, &wire::borrow(&descriptors)).expect("sent");
    drop(descriptors);
    machine.set_read_timeout(Some(Duration::from_secs(5))).expect("set");
    let mut next = || Frame::read(&mut machine, 1 << 20).expect("read").expect("a piece");
    assert!(matches!(next(), Frame::Message(_)));
    let kill = ToHost::Signal { id: 3, signal: Signal::KILL.as_raw(), all: true };
    wire::send(&asks, &kill, &[]).expect("sent");
    let (one, other) = (next(), next());
    // In either order.
    assert!([one, other].contains(&Frame::Close(stream(3, 0))));
    drop(input);
    process.kill().expect("killed");
    process.wait().expect("ended");
}

#[test]
fn a_machine_that_says_nonsense_is_ended() {
    for nonsense in
        [&b"m\0\0\0\0\0\0\0\0\xff\xff\xff\xff"[..], b"m\0\0\0\0\0\0\0\0\x02\0\0\0{]", b"?????????????"]
    {
        let (_talk, mut machine, _keeper, mut process) = talk();
        std::io::Write::write_all(&mut machine, nonsense).expect("written");
        let status = process.wait().expect("ended");
        assert!(!status.success(), "killed");
    }
}
