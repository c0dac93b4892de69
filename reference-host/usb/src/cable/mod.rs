//! A USB bus made of software: gadgets on one side, a host on the other.
//!
//! It is the bus of USB 2.0 as both sides see it, packet by packet, at full or
//! high speed: enumeration, control transfers in their stages, short packets,
//! packets that wait (NAK) until the other side is ready, STALL, bus reset,
//! suspend, plug and unplug. What it has not is what a wire can damage: there are
//! no lost packets, and so no toggles to get wrong.
//!
//! No thread carries the traffic. Whoever changes something on one side carries
//! the bus on as far as it goes, under one lock, and wakes the other side. Bulk
//! and interrupt packets go as soon as both sides are ready; intervals of
//! interrupt endpoints are not waited for. Isochronous packets alone go by the
//! clock: one packet an interval, which may be a tenth of a second late and is
//! lost then, with the status `Protocol`. A thread that looks at the clock lives
//! as long as there is a deadline.
//!
//! What the specification leaves to a host is done so:
//! - An enabled gadget is reset and asked for its descriptors and strings, and
//!   gets its first configuration. When that fails it is tried three times more,
//!   then left alone until it is plugged in again. An answer may take 5 s.
//! - A STALL of a bulk or interrupt endpoint ends all transfers in flight there,
//!   and later ones, as long as the gadget stalls.
//! - A packet has been transferred when it is in the gadget's buffer, of which
//!   each endpoint has one. A cancelled transfer counts what was transferred; a
//!   packet that the gadget was told of stays to be read.
//! - A control request that is cancelled is void to the gadget with the next
//!   SETUP. Control requests have no time limit but the caller's.
//! - A gadget may always wake a suspended port.

mod bus;
mod control;
mod device;
mod entry;
mod enumerate;
mod gadget;
mod host;
mod isochronous;
mod listen;
mod open;
mod pipe;
mod plug;
mod port;
mod queue;
mod serve;
#[cfg(test)]
pub(crate) mod tests;
mod timer;
mod watch;

use std::sync::Arc;

use crate::{PortSpeed, UsbHost};

use bus::{PORTS, Shared};
pub use plug::CablePort;

/// A software bus: a root hub with fifteen ports, which is not shown itself.
/// Clones are the same bus.
#[derive(Clone)]
pub struct Cable(Arc<Shared>);

/// Why a gadget cannot have a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPort {
    /// Another gadget has it.
    #[error("port {0} is taken: give the gadget another one, or none to have the next free one")]
    Taken(u8),
    /// There is no such port.
    #[error("there is no port {0}: expected 1 to 15")]
    Unknown(u8),
    /// All are taken.
    #[error("all 15 ports are taken: use another bus")]
    Full,
}

impl Cable {
    /// A bus with nothing on it.
    pub fn new(number: u8) -> Self {
        Self(Shared::new(number))
    }

    /// The host side. There is one; all answers are the same.
    pub fn host(&self) -> Arc<dyn UsbHost> {
        Arc::new(host::CableHost(Arc::clone(&self.0)))
    }

    /// Takes a port for a gadget, the next free one if none is named. The host
    /// sees the gadget when it enables its controller, and no longer when that is
    /// dropped.
    pub fn plug(&self, port: Option<u8>, speed: PortSpeed) -> Result<CablePort, NoPort> {
        self.0.with(|bus| {
            let index = match port {
                None => bus.ports.iter().position(|port| !port.owned).ok_or(NoPort::Full)?,
                Some(number) => match usize::from(number).checked_sub(1) {
                    Some(index) if index < PORTS => index,
                    _ => return Err(NoPort::Unknown(number)),
                },
            };
            let (port, _) = bus.port(index).ok_or(NoPort::Full)?;
            if port.owned {
                return Err(NoPort::Taken(port.number));
            }
            port.owned = true;
            port.speed = speed;
            Ok(CablePort::new(&self.0, index, speed))
        })
    }

    /// Pulls the plug of a port, without the gadget's doing.
    pub fn pull(&self, port: u8) {
        self.on(port, |port, rest| {
            if port.owned && std::mem::take(&mut port.plugged) && port.gadget.enabled {
                port.detach(rest);
                port.gadget.tell(&mut rest.after, |bus| {
                    bus.attached = false;
                    bus.detached = true;
                });
            }
        });
    }

    /// Puts it back: to the host it is a new device.
    pub fn put_back(&self, port: u8) {
        self.on(port, |port, rest| {
            port.plugged = true;
            port.attach(rest);
        });
    }

    /// Suspends a port. Transfers wait until it is resumed.
    pub fn suspend(&self, port: u8) {
        self.on(port, |port, rest| port.suspend(true, rest));
    }

    /// Uses a suspended port again.
    pub fn resume(&self, port: u8) {
        self.on(port, |port, rest| port.suspend(false, rest));
    }

    /// Does something with a port, if there is such a one.
    fn on(&self, port: u8, act: impl FnOnce(&mut port::Port, &mut bus::Rest)) {
        self.0.with(|bus| {
            if let Some((port, rest)) = usize::from(port).checked_sub(1).and_then(|at| bus.port(at))
            {
                act(port, rest);
            }
        });
    }
}

impl std::fmt::Debug for Cable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Cable").finish()
    }
}
