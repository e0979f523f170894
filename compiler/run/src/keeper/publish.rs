//! Ports of this machine that lead to hosts: listening sockets come from outside, connections are made inside.

use std::{
    io,
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::PAUSE;

/// How long a host may take to answer.
const ANSWER: Duration = Duration::from_secs(5);

/// How often a port that is no longer published is noticed, in nanoseconds.
const LOOK: i64 = 200_000_000;

/// What a thread that passes bytes on needs, in bytes.
const STACK: usize = 128 << 10;

/// A published port, until dropped. Connections that there are stay.
pub(super) struct Publisher(Arc<AtomicBool>);

impl Publisher {
    /// Passes connections on to an address of the environment's network.
    pub(super) fn start(listener: TcpListener, to: Ipv4Addr, port: u16) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let ended = Arc::new(AtomicBool::new(false));
        let ours = Arc::clone(&ended);
        let target = SocketAddr::from((to, port));
        thread::Builder::new().stack_size(STACK).spawn(move || accept(&listener, target, &ours))?;
        Ok(Self(ended))
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn accept(listener: &TcpListener, target: SocketAddr, ended: &AtomicBool) {
    while !ended.load(Ordering::SeqCst) {
        let mut waiting = [PollFd::new(listener, PollFlags::IN)];
        let _ = poll(&mut waiting, Some(&Timespec { tv_sec: 0, tv_nsec: LOOK }));
        loop {
            let client = match listener.accept() {
                Ok((client, _)) => client,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => {
                    // There is nothing left to accept it with; there will be.
                    thread::sleep(PAUSE);
                    break;
                }
            };
            // Where there is no thread to be had, the connection is refused by closing it.
            let _ = thread::Builder::new().stack_size(STACK).spawn(move || relay(client, target));
        }
    }
}

fn relay(client: TcpStream, target: SocketAddr) -> io::Result<()> {
    client.set_nonblocking(false)?;
    let host = TcpStream::connect_timeout(&target, ANSWER)?;
    for stream in [&client, &host] {
        stream.set_nodelay(true)?;
    }
    let (from, to) = (client.try_clone()?, host.try_clone()?);
    let there = thread::Builder::new().stack_size(STACK).spawn(move || pass(&from, &to))?;
    pass(&host, &client);
    let _ = there.join();
    Ok(())
}

/// Passes bytes on to their end, and then the end.
fn pass(mut from: &TcpStream, mut to: &TcpStream) {
    if io::copy(&mut from, &mut to).is_err() {
        let _ = from.shutdown(Shutdown::Both);
    }
    let _ = to.shutdown(Shutdown::Write);
}
