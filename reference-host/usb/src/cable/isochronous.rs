//! Isochronous transfers (USB 2.0, 5.6), which go by the clock.
//!
//! One packet may go in each interval, from the first submission on; a stream
//! whose next transfer is submitted late goes on from then. On a wire a packet
//! for which a side is not ready is lost. Here both sides are threads of an
//! ordinary system, which may be late: a packet waits for a tenth of a second
//! and those after it catch up. What takes longer is lost, and its status is
//! `Protocol`.

use std::time::{Duration, Instant};

use crate::{Packet, TransferType, UsbError};

use super::bus::{After, Rest};
use super::device::place;
use super::entry::Entry;
use super::gadget::Gadget;
use super::port::Port;
use super::queue::{Queue, Target};

/// How late a packet may be.
const GRACE: Duration = Duration::from_millis(100);

impl Queue {
    pub(super) fn is_isochronous(&self) -> bool {
        let Target::Endpoint { transfers, .. } = self.target else { return false };
        transfers == TransferType::Isochronous
    }

    /// A stream that ran dry goes on from now, not from where it was.
    pub(super) fn refresh(&mut self) {
        if self.head_serial().is_none() {
            self.opens = self.opens.map(|opens| opens.max(Instant::now()));
        }
    }
}

impl Port {
    /// Goes on with one endpoint, if it is isochronous.
    pub(super) fn serve_isochronous(&mut self, address: u8, rest: &mut Rest) {
        let alive = self.is_alive();
        let Some(device) = self.device.as_ref() else { return };
        let queue = device.open[place(address)].and_then(|id| rest.queues.get_mut(id));
        let Some(queue) = queue.filter(|queue| queue.is_isochronous()) else { return };
        queue.deadline = None;
        let Target::Endpoint { interval, .. } = queue.target else { return };
        if !alive || device.enumeration.is_some() {
            queue.opens = None;
            return;
        }
        let now = Instant::now();
        while let Some(serial) = queue.head_serial() {
            let opens = *queue.opens.get_or_insert(now);
            let Some(entry) = queue.get_mut(serial) else { return };
            let lost = opens + GRACE;
            let packet = match now < opens {
                true => None,
                false => exchange(&mut self.gadget, entry, address, &mut rest.after),
            };
            let packet = packet.or_else(|| {
                let missed = Packet { status: Err(UsbError::Protocol), actual: 0 };
                (now >= lost).then_some(missed)
            });
            let Some(packet) = packet else {
                let deadline = if now < opens { opens } else { lost };
                queue.deadline = Some(deadline);
                rest.sooner.set(deadline);
                return;
            };
            entry.packets.push(packet);
            let done = entry.packets.len() == entry.lengths.len();
            queue.opens = Some(opens + interval);
            if done {
                queue.end(serial, Ok(()), &mut rest.after);
            }
        }
    }
}

/// The next packet of a transfer, if the gadget is ready for it.
fn exchange(
    gadget: &mut Gadget,
    entry: &mut Entry,
    address: u8,
    after: &mut After,
) -> Option<Packet> {
    let number = usize::from(address & 0x0f);
    let bit = 1u16 << number;
    let len = *entry.lengths.get(entry.packets.len())?;
    if address & 0x80 != 0 {
        let end = gadget.ins[number].as_ref().filter(|_| gadget.in_full & bit != 0)?;
        let before = entry.actual;
        let fits = entry.fill(&end.packet, len as usize);
        let actual = (entry.actual - before) as u32;
        gadget.in_done(number, after);
        return Some(Packet { status: fits.then_some(()).ok_or(UsbError::Overflow), actual });
    }
    if gadget.out_full & bit != 0 {
        return None;
    }
    // The lengths add up to the data.
    let start: usize = entry.lengths[..entry.packets.len()].iter().map(|len| *len as usize).sum();
    let packet = entry.data.get(start..start + len as usize)?;
    if !gadget.put(number, packet, after) {
        return Some(Packet { status: Err(UsbError::Protocol), actual: 0 });
    }
    entry.actual += packet.len();
    Some(Packet { status: Ok(()), actual: len })
}
