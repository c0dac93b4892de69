//! The device side of a port: what a device controller keeps.

use crate::{BusEvents, ControllerError, EndpointConfig, Events, PortSpeed, TransferType};

use super::bus::After;
use super::listen::Listeners;

/// One endpoint's buffer, which holds one packet.
pub(super) struct End {
    pub(super) config: EndpointConfig,
    pub(super) packet: Vec<u8>,
}

/// A device controller. Bit n of a mask stands for endpoint n.
#[derive(Default)]
pub(super) struct Gadget {
    pub(super) enabled: bool,
    bus: BusEvents,
    setup: Option<[u8; 8]>,
    in_complete: u16,
    /// OUT endpoints with a packet that was not told yet.
    out_new: u16,
    /// OUT endpoints whose buffer holds a packet.
    pub(super) out_full: u16,
    /// OUT endpoints whose packet still lies in the host's transfer.
    pub(super) out_lent: u16,
    /// IN endpoints whose buffer holds a packet.
    pub(super) in_full: u16,
    pub(super) out_stalled: u16,
    pub(super) in_stalled: u16,
    /// IN endpoints whose packet goes before they stall.
    pub(super) in_first: u16,
    /// What it answers to.
    pub(super) address: u8,
    pub(super) outs: [Option<End>; 16],
    pub(super) ins: [Option<End>; 16],
    pub(super) listeners: Listeners,
}

impl Gadget {
    /// Takes the endpoints, if a port of this speed can have them.
    pub(super) fn set_endpoints(
        &mut self,
        endpoints: &[EndpointConfig],
        speed: PortSpeed,
    ) -> Result<(), ControllerError> {
        let (mut outs, mut ins): ([Option<End>; 16], [Option<End>; 16]) = Default::default();
        for config in endpoints {
            let ends = if config.address & 0x80 == 0 { &mut outs } else { &mut ins };
            let number = usize::from(config.address & 0x7f);
            let end = ends.get_mut(number).ok_or(ControllerError::Invalid)?;
            if !fits(config, speed) || end.is_some() {
                return Err(ControllerError::Invalid);
            }
            let packet = Vec::with_capacity(config.max_packet_size.into());
            *end = Some(End { config: *config, packet });
        }
        if outs[0].is_none() || ins[0].is_none() {
            return Err(ControllerError::Invalid);
        }
        (self.outs, self.ins) = (outs, ins);
        Ok(())
    }

    pub(super) fn has_news(&self) -> bool {
        self.bus != BusEvents::default()
            || self.setup.is_some()
            || self.in_complete != 0
            || self.out_new != 0
    }

    pub(super) fn take_news(&mut self) -> Events {
        Events {
            bus: std::mem::take(&mut self.bus),
            setup: self.setup.take(),
            out_ready: std::mem::take(&mut self.out_new),
            in_complete: std::mem::take(&mut self.in_complete),
        }
    }

    /// Tells of something on the bus.
    pub(super) fn tell(&mut self, after: &mut After, set: impl FnOnce(&mut BusEvents)) {
        set(&mut self.bus);
        self.listeners.wake(after);
    }

    /// Whether what the gadget does to an endpoint is void, because it does not
    /// know yet what came before.
    pub(super) fn is_void(&self, number: u8) -> bool {
        self.bus.reset || (number == 0 && self.setup.is_some())
    }

    /// Back to address 0, with everything empty, armed and not stalled.
    pub(super) fn clear(&mut self) {
        self.setup = None;
        self.in_complete = 0;
        self.out_new = 0;
        self.out_full = 0;
        self.out_lent = 0;
        self.in_full = 0;
        self.out_stalled = 0;
        self.in_stalled = 0;
        self.in_first = 0;
        self.address = 0;
    }

    /// A bus reset.
    pub(super) fn reset(&mut self, after: &mut After) {
        self.clear();
        self.bus.suspend = false;
        self.bus.resume = false;
        self.tell(after, |bus| bus.reset = true);
    }

    /// A SETUP packet, which is always accepted (USB 2.0, 8.5.3).
    pub(super) fn set_up(&mut self, packet: [u8; 8], after: &mut After) {
        for mask in [
            &mut self.out_new,
            &mut self.out_full,
            &mut self.in_full,
            &mut self.out_stalled,
            &mut self.in_stalled,
        ] {
            *mask &= !1;
        }
        self.setup = Some(packet);
        self.listeners.wake(after);
    }

    /// Puts a packet into the buffer of an OUT endpoint that is there and empty.
    /// False if it is larger than the endpoint's packets.
    pub(super) fn put(&mut self, number: usize, packet: &[u8], after: &mut After) -> bool {
        let Some(end) = &mut self.outs[number] else { return false };
        if packet.len() > usize::from(end.config.max_packet_size) {
            return false;
        }
        end.packet.clear();
        end.packet.extend_from_slice(packet);
        self.out_full |= 1 << number;
        self.out_news(number, after);
        true
    }

    pub(super) fn is_stalled(&self, address: u8) -> bool {
        let mask = if address & 0x80 == 0 { self.out_stalled } else { self.in_stalled };
        address & 0x70 == 0 && mask & (1 << (address & 0x0f)) != 0
    }

    /// A packet came on an OUT endpoint.
    pub(super) fn out_news(&mut self, number: usize, after: &mut After) {
        self.out_new |= 1 << number;
        self.listeners.wake(after);
    }

    /// Whether the packet of an OUT endpoint was told.
    pub(super) fn out_is_told(&self, number: usize) -> bool {
        self.out_new & (1 << number) == 0
    }

    /// Leaves out what is told already.
    pub(super) fn forget_news(&mut self, number: usize) {
        self.out_new &= !(1 << number);
    }

    /// Whether an OUT endpoint takes packets of this length.
    pub(super) fn takes(&self, number: usize, len: usize) -> bool {
        let end = self.outs[number].as_ref();
        end.is_some_and(|end| len <= usize::from(end.config.max_packet_size))
    }

    /// The packet of an OUT endpoint was read, or is not there any more.
    pub(super) fn out_done(&mut self, number: usize) {
        let bit = 1u16 << number;
        self.out_full &= !bit;
        self.out_lent &= !bit;
        self.out_new &= !bit;
    }

    /// The packet of an IN endpoint was taken.
    pub(super) fn in_done(&mut self, number: usize, after: &mut After) {
        let bit = 1u16 << number;
        self.in_full &= !bit;
        self.in_first &= !bit;
        self.in_complete |= bit;
        self.listeners.wake(after);
    }
}

/// Whether a port of this speed can have such an endpoint: 5.5.3 (control), 5.6.3
/// (isochronous), 5.7.3 (interrupt), 5.8.3 (bulk).
fn fits(config: &EndpointConfig, speed: PortSpeed) -> bool {
    let (size, high) = (config.max_packet_size, speed == PortSpeed::High);
    let is_zero = config.address & 0x7f == 0;
    match config.transfers {
        TransferType::Control if high => size == 64,
        TransferType::Control => matches!(size, 8 | 16 | 32 | 64),
        _ if is_zero => false,
        TransferType::Bulk if high => size == 512,
        TransferType::Bulk => matches!(size, 8 | 16 | 32 | 64),
        TransferType::Interrupt => size <= if high { 1024 } else { 64 },
        TransferType::Isochronous => size <= if high { 1024 } else { 1023 },
    }
}
