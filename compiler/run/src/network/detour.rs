//! A host's way to the bridge by way of a [`Shaper`], put in and taken out while the host runs: its own end of the cable stays as
//! it is, with all that is connected over it.
//!
//! ```text
//! eth0 ═══ host2                        ▒ bridge      as it is usually
//! eth0 ═══ host2 ─ shaper ─ shape2 ═══ wire2 ▒ bridge
//! ```

use std::{os::fd::OwnedFd, sync::Arc};

use netlink_packet_route::{
    RouteNetlinkMessage,
    link::{LinkAttribute, LinkFlags, LinkMessage},
};

use super::{
    BRIDGE, INTERFACE, Network, NetworkError, Route, cable, cable_of, failed,
    frames::{Frames, complete},
    shaper::{Links, Shaper},
    within,
};

/// A detour, as long as it is not taken out.
pub(crate) struct Detour {
    shaper: Shaper,
    number: u16,
    namespace: Arc<OwnedFd>,
}

impl Network {
    /// Has all that comes from a host, and goes there, take a detour; what is on its way at this moment is lost.
    pub(crate) fn detour(
        &self,
        number: u16,
        namespace: Arc<OwnedFd>,
        links: Links,
    ) -> Result<Detour, NetworkError> {
        let (wire, shape) = names(number);
        let mut route = Route::open()?;
        // One that could not be taken out.
        remove(&mut route, &wire);
        let mut peer = LinkMessage::default();
        peer.attributes.push(LinkAttribute::IfName(shape.clone()));
        let mut link = cable(&wire, peer);
        link.attributes.push(LinkAttribute::Controller(route.index(BRIDGE)?));
        route.create(RouteNetlinkMessage::NewLink(link), "make a detour")?;
        let made = self.turn_off(&mut route, number, &namespace, links);
        if made.is_err() {
            let _ = turn_back(&mut route, number, &namespace);
        }
        made.map(|shaper| Detour { shaper, number, namespace })
    }

    fn turn_off(
        &self,
        route: &mut Route,
        number: u16,
        namespace: &OwnedFd,
        links: Links,
    ) -> Result<Shaper, NetworkError> {
        let (wire, shape) = names(number);
        let told = |error| failed("read a host's frames", error);
        let mut end = LinkMessage::default();
        end.header.index = route.index(&shape)?;
        // The kernel itself has nothing to say there.
        end.header.flags = LinkFlags::Up | LinkFlags::Noarp;
        end.header.change_mask = end.header.flags;
        route.set(end, "bring up a detour")?;
        complete(&wire, true).map_err(told)?;
        within(namespace, move || complete(INTERFACE, true).map_err(told))?;
        leave(route, number, true)?;
        // Not before it has left the bridge: nothing goes both ways.
        let host = Frames::open(&cable_of(number)).map_err(told)?;
        let bridge = Frames::open(&shape).map_err(told)?;
        Shaper::start(host, bridge, links).map_err(|error| failed("start a thread", error))
    }
}

impl Detour {
    /// Has ways be like this, and all others plain.
    pub(crate) fn set(&self, links: Links) {
        self.shaper.set(links);
    }

    /// Takes it out. It may be that the host is gone.
    pub(crate) fn end(self) -> Result<(), NetworkError> {
        let Self { shaper, number, namespace } = self;
        drop(shaper);
        turn_back(&mut Route::open()?, number, &namespace)
    }
}

fn names(number: u16) -> (String, String) {
    (format!("wire{number}"), format!("shape{number}"))
}

/// Connects a host as it is usually.
fn turn_back(route: &mut Route, number: u16, namespace: &OwnedFd) -> Result<(), NetworkError> {
    let (wire, _) = names(number);
    // First: a wire that stays is in nobody's way, a host without one has no network.
    leave(route, number, false)?;
    remove(route, &wire);
    let told = |error| failed("leave checksums to a host's interface", error);
    within(namespace, move || complete(INTERFACE, false).map_err(told))
}

/// Takes the end of a host's cable from the bridge, or gives it back.
fn leave(route: &mut Route, number: u16, leave: bool) -> Result<(), NetworkError> {
    let mut link = LinkMessage::default();
    link.header.index = route.index(&cable_of(number))?;
    // Else the keeper itself would answer there for its own address.
    link.header.change_mask = LinkFlags::Noarp;
    link.header.flags = if leave { LinkFlags::Noarp } else { LinkFlags::empty() };
    let controller = if leave { 0 } else { route.index(BRIDGE)? };
    link.attributes.push(LinkAttribute::Controller(controller));
    route.set(link, "connect a host otherwise")
}

/// Removes a cable, where it is there.
pub(super) fn remove(route: &mut Route, name: &str) {
    let mut link = LinkMessage::default();
    if let Ok(index) = route.index(name) {
        link.header.index = index;
        let _ = route.ask(RouteNetlinkMessage::DelLink(link), netlink_packet_core::NLM_F_ACK);
    }
}
