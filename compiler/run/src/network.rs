//! The environment's own network: a bridge, and for each host a namespace with one end of a pair of virtual cables.
//!
//! Made from inside the environment's user namespace by rtnetlink(7): nothing of it is to be seen on the machine's own network,
//! and there is no way from it to there.

mod detour;
pub(crate) mod frames;
mod queue;
mod shaper;

use std::{
    fs::File,
    io,
    net::{IpAddr, Ipv4Addr},
    os::fd::{AsFd, AsRawFd, OwnedFd},
    thread,
};

pub(crate) use detour::Detour;
use netlink_packet_core::{
    NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::{
    AddressFamily, RouteNetlinkMessage,
    address::{AddressAttribute, AddressMessage},
    link::{InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkInfo, LinkMessage},
    neighbour::{NeighbourAddress, NeighbourAttribute, NeighbourMessage, NeighbourState},
};
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use plc_build::sandbox::parts;
use rustix::{
    io::Errno,
    thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space},
};

use self::frames::Frames;
pub(crate) use self::shaper::Links;

/// The network of every environment: they never meet, so all may have the same.
const NETWORK: [u8; 2] = [10, 77];
/// Bits of the network's part of an address.
const PREFIX: u8 = 16;
/// The interface that hosts have.
const INTERFACE: &str = "eth0";
const BRIDGE: &str = "plc0";
/// The bridge's network card: else it would have that of one of its cables, which come and go.
const BRIDGE_CARD: [u8; 6] = [0x02, 0, 0, 0xde, 0xad, 0x02];
/// An address of a network card that nobody has: locally administered.
const NOBODY: [u8; 6] = [0x02, 0, 0, 0xde, 0xad, 0x01];

/// Why there is no network.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing}: {source}")]
pub(crate) struct NetworkError {
    doing: String,
    source: io::Error,
}

/// The address of the host of a number, from 0; there are more than a bridge has ports.
pub(crate) fn address(number: u16) -> Ipv4Addr {
    let [high, low] = (number + 2).to_be_bytes();
    Ipv4Addr::new(NETWORK[0], NETWORK[1], high, low)
}

/// The network that this process is in.
pub(crate) struct Network(());

impl Network {
    /// Leaves the machine's network for a new one with nothing but a bridge in it. No other thread may have been started.
    pub(crate) fn enter() -> Result<Self, NetworkError> {
        parts::unshare(UnshareFlags::NEWNET).map_err(|error| failed("make a network", error.into()))?;
        parts::bring_up_loopback().map_err(|error| failed("bring up the loopback interface", error))?;
        let mut route = Route::open()?;
        let mut bridge = LinkMessage::default();
        bridge.header.flags = LinkFlags::Up;
        bridge.header.change_mask = LinkFlags::Up;
        bridge.attributes.push(LinkAttribute::IfName(BRIDGE.into()));
        bridge.attributes.push(LinkAttribute::Address(BRIDGE_CARD.to_vec()));
        bridge.attributes.push(LinkAttribute::LinkInfo(vec![LinkInfo::Kind(InfoKind::Bridge)]));
        route.create(RouteNetlinkMessage::NewLink(bridge), "make a bridge")?;
        let index = route.index(BRIDGE)?;
        route.give(index, Ipv4Addr::new(NETWORK[0], NETWORK[1], 0, 1))?;
        Ok(Self(()))
    }

    /// Plugs a new namespace in: one interface with this address. It lasts as long as somebody holds it.
    pub(crate) fn plug(&self, number: u16) -> Result<OwnedFd, NetworkError> {
        // A thread of its own, which ends with the namespace that it has entered.
        let made = thread::Builder::new().spawn(move || {
            let mut ours = Route::open()?;
            parts::unshare(UnshareFlags::NEWNET).map_err(|e| failed("make a host's network", e.into()))?;
            let namespace = File::open("/proc/thread-self/ns/net")
                .map_err(|error| failed("open a host's network", error))?;
            parts::bring_up_loopback().map_err(|error| failed("bring up the loopback interface", error))?;
            let mut theirs = Route::open()?;
            let name = cable_of(number);
            let mut peer = LinkMessage::default();
            peer.attributes.push(LinkAttribute::IfName(INTERFACE.into()));
            peer.attributes.push(LinkAttribute::NetNsFd(namespace.as_raw_fd()));
            let mut link = cable(&name, peer);
            link.attributes.push(LinkAttribute::Controller(ours.index(BRIDGE)?));
            // The kernel clears away what was another host's only some time after that is gone.
            detour::remove(&mut ours, &cable_of(number));
            ours.create(RouteNetlinkMessage::NewLink(link), "connect a host")?;
            let index = theirs.index(INTERFACE)?;
            theirs.give(index, address(number))?;
            theirs.bring_up(index)?;
            Ok(namespace.into())
        });
        let made = made.map_err(|error| failed("start a thread", error))?;
        made.join().unwrap_or_else(|_| Err(failed("connect a host", io::ErrorKind::Other.into())))
    }
}

/// Has a host's namespace leave its address to a machine that runs in it, or take it back: what is sent there is refused then, and
/// not left unanswered.
pub(crate) fn lend(number: u16, namespace: &OwnedFd, lend: bool) -> Result<(), NetworkError> {
    let namespace = namespace.try_clone().map_err(|error| failed("open a host's network", error))?;
    // What the machine gets has its checksums, and is not longer than a frame: it has no interface that would see to it.
    frames::complete(&format!("host{number}"), lend)
        .map_err(|error| failed("have a host be sent whole frames", error))?;
    // A thread of its own, which ends with the namespace that it has entered.
    let made = thread::Builder::new().spawn(move || {
        move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
            .map_err(|error| failed("enter a host's network", error.into()))?;
        let mut route = Route::open()?;
        let index = route.index(INTERFACE)?;
        if lend { route.take(index, address(number)) } else { route.give(index, address(number)) }
    });
    let made = made.map_err(|error| failed("start a thread", error))?;
    made.join().unwrap_or_else(|_| Err(failed("lend a host's address", io::ErrorKind::Other.into())))
}

/// The frames that come in for a machine in the network namespace that the calling thread is in, and the hardware address that they
/// are sent to.
pub(crate) fn frames_for_machine() -> Result<(Frames, [u8; 6]), NetworkError> {
    let hardware = Route::open()?.hardware(INTERFACE)?;
    let frames = Frames::open(INTERFACE).map_err(|error| failed("open a host's frames", error))?;
    Ok((frames, hardware))
}

/// Gives a machine its address, from within.
pub(crate) fn settle(address: Ipv4Addr) -> Result<(), NetworkError> {
    parts::bring_up_loopback().map_err(|error| failed("bring up the loopback interface", error))?;
    let mut route = Route::open()?;
    let index = route.index(INTERFACE)?;
    route.give(index, address)?;
    route.bring_up(index)
}

/// Has a host believe that another is where nobody is, or forget it: what it sends there is lost without a word, as behind a cut
/// cable.
pub(crate) fn mislead(namespace: &OwnedFd, other: Ipv4Addr, mislead: bool) -> Result<(), NetworkError> {
    within(namespace, move || {
        let mut route = Route::open()?;
        let mut neighbour = NeighbourMessage::default();
        neighbour.header.family = AddressFamily::Inet;
        neighbour.header.ifindex = route.index(INTERFACE)?;
        neighbour.header.state = NeighbourState::Permanent;
        neighbour.attributes.push(NeighbourAttribute::Destination(NeighbourAddress::Inet(other)));
        let (message, flags) = if mislead {
            neighbour.attributes.push(NeighbourAttribute::LinkLayerAddress(NOBODY.to_vec()));
            (RouteNetlinkMessage::NewNeighbour(neighbour), NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK)
        } else {
            (RouteNetlinkMessage::DelNeighbour(neighbour), NLM_F_ACK)
        };
        match route.ask(message, flags) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !mislead => Ok(()),
            asked => asked.map(|_| ()).map_err(|error| failed("change where a host sends", error)),
        }
    })
}

/// Does something in the namespace of a host.
fn within(
    namespace: &OwnedFd,
    does: impl FnOnce() -> Result<(), NetworkError> + Send + 'static,
) -> Result<(), NetworkError> {
    let namespace = namespace.try_clone().map_err(|error| failed("open a host's network", error))?;
    // A thread of its own, which ends with the namespace that it has entered.
    let made = thread::Builder::new().spawn(move || {
        move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
            .map_err(|error| failed("enter a host's network", error.into()))?;
        does()
    });
    let made = made.map_err(|error| failed("start a thread", error))?;
    made.join().unwrap_or_else(|_| Err(failed("change a host's network", io::ErrorKind::Other.into())))
}

/// The name of the bridge's end of a host's cable.
fn cable_of(number: u16) -> String {
    format!("host{number}")
}

/// A virtual cable: one end, which is up, and what the other is.
fn cable(name: &str, peer: LinkMessage) -> LinkMessage {
    let mut link = LinkMessage::default();
    link.header.flags = LinkFlags::Up;
    link.header.change_mask = LinkFlags::Up;
    link.attributes.push(LinkAttribute::IfName(name.into()));
    link.attributes.push(LinkAttribute::LinkInfo(vec![
        LinkInfo::Kind(InfoKind::Veth),
        LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(peer))),
    ]));
    link
}

fn failed(doing: impl Into<String>, source: io::Error) -> NetworkError {
    NetworkError { doing: doing.into(), source }
}

fn address_message(index: u32, address: Ipv4Addr) -> AddressMessage {
    let mut message = AddressMessage::default();
    message.header.family = AddressFamily::Inet;
    message.header.prefix_len = PREFIX;
    message.header.index = index;
    message.attributes.push(AddressAttribute::Address(IpAddr::V4(address)));
    message.attributes.push(AddressAttribute::Local(IpAddr::V4(address)));
    message
}

/// A way to the kernel's tables of the network namespace that it was opened in.
struct Route {
    socket: Socket,
    number: u32,
}

impl Route {
    fn open() -> Result<Self, NetworkError> {
        let open = || {
            let mut socket = Socket::new(NETLINK_ROUTE)?;
            socket.bind_auto()?;
            socket.connect(&SocketAddr::new(0, 0))?;
            io::Result::Ok(socket)
        };
        Ok(Self {
            socket: open().map_err(|error| failed("talk to the kernel of networks", error))?,
            number: 0,
        })
    }

    fn create(&mut self, message: RouteNetlinkMessage, doing: &str) -> Result<(), NetworkError> {
        self.ask(message, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK)
            .map(|_| ())
            .map_err(|error| failed(doing, error))
    }

    fn index(&mut self, name: &str) -> Result<u32, NetworkError> {
        let mut link = LinkMessage::default();
        link.attributes.push(LinkAttribute::IfName(name.into()));
        let found = self.ask(RouteNetlinkMessage::GetLink(link), 0);
        match found.map_err(|error| failed(format!("find the interface `{name}`"), error))? {
            Some(RouteNetlinkMessage::NewLink(link)) => Ok(link.header.index),
            _ => Err(failed(format!("find the interface `{name}`"), io::ErrorKind::InvalidData.into())),
        }
    }

    fn give(&mut self, index: u32, address: Ipv4Addr) -> Result<(), NetworkError> {
        let message = RouteNetlinkMessage::NewAddress(address_message(index, address));
        match self.ask(message, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                Err(failed("give a host its address", error))
            }
            _ => Ok(()),
        }
    }

    /// The hardware address of an interface.
    fn hardware(&mut self, name: &str) -> Result<[u8; 6], NetworkError> {
        let doing = || format!("find the hardware address of `{name}`");
        let mut link = LinkMessage::default();
        link.attributes.push(LinkAttribute::IfName(name.into()));
        let found =
            self.ask(RouteNetlinkMessage::GetLink(link), 0).map_err(|error| failed(doing(), error))?;
        let Some(RouteNetlinkMessage::NewLink(link)) = found else {
            return Err(failed(doing(), io::ErrorKind::InvalidData.into()));
        };
        let address = link.attributes.into_iter().find_map(|attribute| match attribute {
            LinkAttribute::Address(address) => <[u8; 6]>::try_from(address).ok(),
            _ => None,
        });
        address.ok_or_else(|| failed(doing(), io::ErrorKind::InvalidData.into()))
    }

    fn take(&mut self, index: u32, address: Ipv4Addr) -> Result<(), NetworkError> {
        let message = RouteNetlinkMessage::DelAddress(address_message(index, address));
        match self.ask(message, NLM_F_ACK) {
            Err(error) if error.raw_os_error() != Some(Errno::ADDRNOTAVAIL.raw_os_error()) => {
                Err(failed("take a host's address away", error))
            }
            _ => Ok(()),
        }
    }

    /// Changes an interface that is there.
    fn set(&mut self, link: LinkMessage, doing: &str) -> Result<(), NetworkError> {
        let asked = self.ask(RouteNetlinkMessage::SetLink(link), NLM_F_ACK);
        asked.map(|_| ()).map_err(|error| failed(doing, error))
    }

    fn bring_up(&mut self, index: u32) -> Result<(), NetworkError> {
        let mut link = LinkMessage::default();
        link.header.index = index;
        link.header.flags = LinkFlags::Up;
        link.header.change_mask = LinkFlags::Up;
        self.set(link, "bring up a host's interface")
    }

    /// Asks for one thing, and gives the kernel's answer where it is more than that it was done.
    fn ask(&mut self, message: RouteNetlinkMessage, flags: u16) -> io::Result<Option<RouteNetlinkMessage>> {
        self.number += 1;
        let mut packet = NetlinkMessage::from(message);
        packet.header.flags = NLM_F_REQUEST | flags;
        packet.header.sequence_number = self.number;
        packet.finalize();
        let mut bytes = vec![0; packet.buffer_len()];
        packet.serialize(&mut bytes);
        self.socket.send(&bytes, 0)?;
        let (answer, _) = self.socket.recv_from_full()?;
        let answer = NetlinkMessage::<RouteNetlinkMessage>::deserialize(&answer)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
        match answer.payload {
            NetlinkPayload::Error(error) if error.code.is_some() => Err(error.to_io()),
            NetlinkPayload::InnerMessage(message) => Ok(Some(message)),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does something in a network of its own with a cable from `far`, which is 10.99.0.1 and believes that 10.99.0.2 is at the
    /// other end, to `near`, which has no address. It takes root; without, nothing is tried.
    #[expect(clippy::print_stderr, reason = "a test that is not tried says so")]
    pub(super) fn in_pair(does: impl FnOnce() + Send + 'static) {
        let done = thread::spawn(move || {
            if let Err(error) = parts::unshare(UnshareFlags::NEWNET) {
                eprintln!("not tried: no network of its own: {error}");
                return;
            }
            let mut route = Route::open().expect("a way to the kernel");
            let mut peer = LinkMessage::default();
            peer.attributes.push(LinkAttribute::IfName("far".into()));
            route.create(RouteNetlinkMessage::NewLink(cable("near", peer)), "make a cable").expect("made");
            let far = route.index("far").expect("there");
            route.give(far, Ipv4Addr::new(10, 99, 0, 1)).expect("given");
            route.bring_up(far).expect("up");
            let mut neighbour = NeighbourMessage::default();
            neighbour.header.family = AddressFamily::Inet;
            neighbour.header.ifindex = far;
            neighbour.header.state = NeighbourState::Permanent;
            let other = NeighbourAddress::Inet(Ipv4Addr::new(10, 99, 0, 2));
            neighbour.attributes.push(NeighbourAttribute::Destination(other));
            neighbour.attributes.push(NeighbourAttribute::LinkLayerAddress(NOBODY.to_vec()));
            route.create(RouteNetlinkMessage::NewNeighbour(neighbour), "say who is there").expect("said");
            does();
        });
        done.join().expect("it is as it should be");
    }

    #[test]
    fn hosts_have_addresses_of_their_own() {
        assert_eq!(address(0), Ipv4Addr::new(10, 77, 0, 2));
        assert_eq!(address(254), Ipv4Addr::new(10, 77, 1, 0));
    }
}
