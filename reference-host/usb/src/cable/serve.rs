//! Bulk and interrupt transfers, packet by packet.
//!
//! The gadget has one buffer an endpoint. The last packet of an OUT transfer
//! goes into it, and the transfer has ended, as when a controller acknowledges.
//! Packets before are lent: the gadget reads them out of the host's transfer.
//! An IN packet goes into the host's transfer as it is written, if one waits.

use crate::{ControllerError, TransferType, UsbError};

use super::bus::{After, Rest};
use super::device::place;
use super::entry::Entry;
use super::gadget::Gadget;
use super::port::Port;
use super::queue::{Queue, Target};

impl Port {
    /// Goes on with everything.
    pub(super) fn serve_all(&mut self, rest: &mut Rest) {
        self.serve_control(rest);
        for number in 1..16 {
            self.serve(number, rest);
            self.serve(0x80 | number, rest);
        }
    }

    /// Goes on with one endpoint.
    pub(super) fn serve(&mut self, address: u8, rest: &mut Rest) {
        let Some((gadget, queue, after)) = self.end_of(address, rest) else { return };
        let number = usize::from(address & 0x0f);
        if queue.is_isochronous() {
            self.serve_isochronous(address, rest);
        } else if address & 0x80 == 0 {
            serve_out(gadget, queue, number, after);
        } else {
            serve_in(gadget, queue, number, after);
        }
    }

    /// The queue of an endpoint, when packets go to and fro.
    fn end_of<'a>(
        &'a mut self,
        address: u8,
        rest: &'a mut Rest,
    ) -> Option<(&'a mut Gadget, &'a mut Queue, &'a mut After)> {
        if !self.is_alive() {
            return None;
        }
        let device = self.device.as_ref().filter(|device| device.enumeration.is_none())?;
        let queue = rest.queues.get_mut(device.open[place(address)]?)?;
        Some((&mut self.gadget, queue, &mut rest.after))
    }

    /// A packet of the gadget's.
    pub(super) fn write(
        &mut self,
        number: u8,
        packet: &[u8],
        rest: &mut Rest,
    ) -> Result<(), ControllerError> {
        let at = usize::from(number);
        let end = self.gadget.ins.get(at).and_then(Option::as_ref);
        let end = end.filter(|_| self.gadget.enabled).ok_or(ControllerError::Invalid)?;
        if packet.len() > usize::from(end.config.max_packet_size) {
            return Err(ControllerError::Overflow);
        }
        if self.gadget.is_void(number) {
            return Ok(());
        }
        let bit = 1u16 << at;
        if self.gadget.in_full & bit != 0 {
            return Err(ControllerError::WouldBlock);
        }
        if number != 0
            && self.gadget.in_stalled & bit == 0
            && let Some((gadget, queue, after)) = self.end_of(0x80 | number, rest)
            && let Some(max_packet) = max_packet(queue)
            && let Some(serial) = queue.head_serial()
            && let Some(entry) = queue.get_mut(serial)
        {
            if let Some(status) = deliver(entry, packet, max_packet) {
                queue.end(serial, status, after);
            }
            gadget.in_done(at, after);
            return Ok(());
        }
        if let Some(end) = &mut self.gadget.ins[at] {
            end.packet.clear();
            end.packet.extend_from_slice(packet);
            self.gadget.in_full |= bit;
        }
        if number == 0 {
            self.serve_control(rest);
        } else {
            self.serve(0x80 | number, rest);
        }
        Ok(())
    }

    /// Gives the gadget the packet of an OUT endpoint.
    pub(super) fn read(
        &mut self,
        number: u8,
        room: &mut [u8],
        rest: &mut Rest,
    ) -> Result<usize, ControllerError> {
        let at = usize::from(number);
        let Self { gadget, device, .. } = self;
        let end = gadget.outs.get(at).and_then(Option::as_ref).filter(|_| gadget.enabled);
        let end = end.ok_or(ControllerError::Invalid)?;
        let bit = 1u16 << at;
        let len = if gadget.out_full & bit != 0 {
            let packet = &end.packet;
            room.get_mut(..packet.len()).ok_or(ControllerError::Overflow)?.copy_from_slice(packet);
            packet.len()
        } else if gadget.out_lent & bit != 0 {
            let open = device.as_ref().and_then(|device| device.open[at]);
            let queue = open.and_then(|id| rest.queues.get_mut(id));
            let queue = queue.ok_or(ControllerError::WouldBlock)?;
            let len = max_packet(queue).ok_or(ControllerError::WouldBlock)?;
            let entry = queue.head().ok_or(ControllerError::WouldBlock)?;
            let packet = entry.data.get(entry.actual..entry.actual + len);
            let packet = packet.ok_or(ControllerError::WouldBlock)?;
            room.get_mut(..len).ok_or(ControllerError::Overflow)?.copy_from_slice(packet);
            entry.actual += len;
            len
        } else {
            return Err(ControllerError::WouldBlock);
        };
        gadget.out_done(at);
        if number == 0 {
            self.serve_control(rest);
        } else {
            self.serve(number, rest);
        }
        Ok(len)
    }

    /// The gadget stalls an endpoint, or not any more.
    pub(super) fn set_stalled(&mut self, address: u8, stalled: bool, rest: &mut Rest) {
        let number = address & 0x0f;
        if address & 0x70 != 0 || self.gadget.is_void(number) {
            return;
        }
        let bit = 1u16 << number;
        let is_in = address & 0x80 != 0;
        let mask = if is_in { &mut self.gadget.in_stalled } else { &mut self.gadget.out_stalled };
        let was = *mask & bit != 0;
        *mask = if stalled { *mask | bit } else { *mask & !bit };
        if is_in && number != 0 && (!stalled || !was) {
            // What was written before goes first: classes end a short answer in
            // this way, and controllers of Linux refuse to halt before that.
            let first = if stalled { self.gadget.in_full & bit } else { 0 };
            self.gadget.in_first = self.gadget.in_first & !bit | first;
        }
        if number == 0 {
            if stalled && !is_in {
                // It will not be read any more.
                self.gadget.out_done(0);
            }
            self.serve_control(rest);
        } else {
            self.serve(address, rest);
        }
    }

    /// Ends a transfer before its time. A packet that the gadget was told of
    /// stays to be read, and counts.
    pub(super) fn cancel(&mut self, queue: u64, serial: u64, rest: &mut Rest) {
        let Some(it) = rest.queues.get_mut(queue) else { return };
        match it.target {
            Target::Endpoint { address, .. } if address & 0x80 == 0 => {
                let number = usize::from(address & 0x0f);
                if it.head_serial() == Some(serial) {
                    take_back(&mut self.gadget, it, number, &mut rest.after);
                }
                it.end(serial, Err(UsbError::Cancelled), &mut rest.after);
                self.serve(address, rest);
            }
            Target::Endpoint { address, .. } => {
                it.end(serial, Err(UsbError::Cancelled), &mut rest.after);
                self.serve(address, rest);
            }
            Target::Control => {
                it.end(serial, Err(UsbError::Cancelled), &mut rest.after);
                let Some(device) = &mut self.device else { return };
                device.requests.retain(|at| *at != (queue, serial));
                // The gadget learns of it by the next SETUP.
                device.current.take_if(|at| (at.queue, at.serial) == (queue, serial));
                self.serve_control(rest);
            }
        }
    }
}

/// Puts a lent packet into the gadget's buffer.
fn take_back(gadget: &mut Gadget, queue: &mut Queue, number: usize, after: &mut After) {
    if gadget.out_lent & (1 << number) == 0 {
        return;
    }
    gadget.out_lent &= !(1 << number);
    let Some(len) = max_packet(queue) else { return };
    let Some(entry) = queue.head() else { return };
    let told = gadget.out_is_told(number);
    if let Some(packet) = entry.data.get(entry.actual..entry.actual + len)
        && gadget.put(number, packet, after)
    {
        entry.actual += len;
        if told {
            gadget.forget_news(number);
        }
    }
}

fn serve_out(gadget: &mut Gadget, queue: &mut Queue, number: usize, after: &mut After) {
    let bit = 1u16 << number;
    let Some(max_packet) = max_packet(queue) else { return };
    while let Some(serial) = queue.head_serial() {
        let Some(entry) = queue.get_mut(serial) else { return };
        if gadget.out_stalled & bit != 0 {
            if gadget.out_lent & bit != 0 {
                gadget.out_done(number);
            }
            queue.end(serial, Err(UsbError::Stall), after);
            continue;
        }
        if (gadget.out_full | gadget.out_lent) & bit != 0 {
            return;
        }
        let left = &entry.data[entry.actual..];
        if left.len() > max_packet && gadget.takes(number, max_packet) {
            gadget.out_lent |= bit;
            gadget.out_news(number, after);
            return;
        }
        // A packet too large for the endpoint is not answered.
        let len = left.len().min(max_packet);
        if gadget.put(number, &left[..len], after) {
            entry.actual += len;
            queue.end(serial, Ok(()), after);
        } else {
            queue.end(serial, Err(UsbError::Protocol), after);
        }
    }
}

fn serve_in(gadget: &mut Gadget, queue: &mut Queue, number: usize, after: &mut After) {
    let bit = 1u16 << number;
    let Some(max_packet) = max_packet(queue) else { return };
    while let Some(serial) = queue.head_serial() {
        let Some(entry) = queue.get_mut(serial) else { return };
        let Some(end) = &gadget.ins[number] else {
            queue.end(serial, Err(UsbError::Protocol), after);
            continue;
        };
        if gadget.in_stalled & !gadget.in_first & bit != 0 {
            queue.end(serial, Err(UsbError::Stall), after);
            continue;
        }
        if gadget.in_full & bit == 0 {
            return;
        }
        if let Some(status) = deliver(entry, &end.packet, max_packet) {
            queue.end(serial, status, after);
        }
        gadget.in_done(number, after);
    }
}

/// Gives a packet to an IN transfer: how the transfer ended, if it did.
fn deliver(entry: &mut Entry, packet: &[u8], max_packet: usize) -> Option<Result<(), UsbError>> {
    let room = (entry.len - entry.actual).min(max_packet);
    if !entry.fill(packet, room) {
        return Some(Err(UsbError::Overflow));
    }
    (packet.len() < max_packet || entry.actual == entry.len).then_some(Ok(()))
}

/// The largest packet of a queue that is bulk or interrupt.
fn max_packet(queue: &Queue) -> Option<usize> {
    match queue.target {
        Target::Endpoint { max_packet, transfers, .. }
            if transfers != TransferType::Isochronous && max_packet > 0 =>
        {
            Some(max_packet)
        }
        _ => None,
    }
}
