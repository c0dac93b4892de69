//! Control transfers (USB 2.0, 8.5.3), one after the other.

use std::time::Instant;

use crate::UsbError;

use super::bus::Rest;
use super::entry::{Entry, Work};
use super::port::Port;

/// The request that is being done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Current {
    pub(super) queue: u64,
    pub(super) serial: u64,
    stage: Stage,
}

/// What comes next of it. SETUP is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    DataOut,
    DataIn,
    StatusIn,
    StatusOut,
}

/// What became of a step.
enum Step {
    /// The gadget has to do something first.
    Wait,
    /// The request is not there any more.
    Lost,
    Next(Stage),
    End(Result<(), UsbError>),
}

impl Port {
    /// Queues a request of the host side itself, and gives it the usual time.
    /// While a device is enumerated it goes before those of others, and there is
    /// always one.
    pub(super) fn ask(&mut self, entry: Entry, rest: &mut Rest) {
        let Some(device) = &mut self.device else { return };
        let Some(own) = rest.queues.get_mut(device.own) else { return };
        if let Ok(serial) = own.push(entry) {
            match device.enumeration {
                Some(_) => device.requests.push_front((device.own, serial)),
                None => device.requests.push_back((device.own, serial)),
            }
            let deadline = Instant::now() + rest.patience;
            device.deadline = Some(deadline);
            rest.sooner.set(deadline);
        }
    }

    /// Goes on with control requests as far as it goes without the gadget.
    pub(super) fn serve_control(&mut self, rest: &mut Rest) {
        while self.is_alive() {
            let Some(current) = self.current(rest) else { return };
            match self.step(current, rest) {
                Step::Wait => return,
                Step::Lost => {
                    self.device.as_mut().map(|device| device.current = None).unwrap_or(())
                }
                Step::Next(stage) => {
                    if let Some(current) = self.device.as_mut().and_then(|it| it.current.as_mut()) {
                        current.stage = stage;
                    }
                }
                Step::End(status) => self.end_control(current, status, rest),
            }
        }
    }

    /// The request that is being done; the next one is started if there is none.
    fn current(&mut self, rest: &mut Rest) -> Option<Current> {
        let device = self.device.as_mut()?;
        while device.current.is_none() {
            if self.gadget.address != device.answers_to {
                return None;
            }
            let &(queue, serial) = device.requests.front()?;
            device.requests.pop_front();
            // Those that were cancelled, or whose queue is gone, are left out.
            let Some(entry) = rest.queues.get_mut(queue).and_then(|it| it.get_mut(serial)) else {
                continue;
            };
            let Work::Control(setup) = entry.work else { continue };
            let stage = match (entry.len, entry.is_out()) {
                (0, _) => Stage::StatusIn,
                (_, true) => Stage::DataOut,
                (_, false) => Stage::DataIn,
            };
            // Bounded when it was submitted.
            self.gadget.set_up(setup.packet(entry.len as u16), &mut rest.after);
            device.current = Some(Current { queue, serial, stage });
        }
        device.current
    }

    fn step(&mut self, current: Current, rest: &mut Rest) -> Step {
        let Self { gadget, device: Some(device), .. } = self else { return Step::Lost };
        let queue = rest.queues.get_mut(current.queue);
        let Some(entry) = queue.and_then(|queue| queue.get_mut(current.serial)) else {
            return Step::Lost;
        };
        let (out_stalled, in_stalled) = (gadget.out_stalled & 1 != 0, gadget.in_stalled & 1 != 0);
        // What the gadget does not want of a request to it, it may refuse in
        // either direction.
        let refused = entry.is_out() && entry.len > 0 && (out_stalled || in_stalled);
        match current.stage {
            Stage::DataOut => {
                if refused {
                    return Step::End(Err(UsbError::Stall));
                }
                if gadget.out_full & 1 != 0 {
                    return Step::Wait;
                }
                let rest_of_data = &entry.data[entry.actual..];
                let packet = &rest_of_data[..rest_of_data.len().min(device.max_packet_0)];
                if !gadget.put(0, packet, &mut rest.after) {
                    return Step::End(Err(UsbError::Protocol));
                }
                entry.actual += packet.len();
                let done = entry.actual == entry.len;
                Step::Next(if done { Stage::StatusIn } else { Stage::DataOut })
            }
            Stage::StatusIn => {
                if refused || in_stalled {
                    return Step::End(Err(UsbError::Stall));
                }
                if gadget.in_full & 1 == 0 {
                    return Step::Wait;
                }
                let empty = gadget.ins[0].as_ref().is_some_and(|end| end.packet.is_empty());
                gadget.in_done(0, &mut rest.after);
                Step::End(if empty { Ok(()) } else { Err(UsbError::Protocol) })
            }
            Stage::DataIn => {
                if in_stalled {
                    return Step::End(Err(UsbError::Stall));
                }
                if gadget.in_full & 1 == 0 {
                    return Step::Wait;
                }
                let Some(end) = &gadget.ins[0] else { return Step::Wait };
                let fits = entry.fill(&end.packet, entry.len - entry.actual);
                let done = end.packet.len() < device.max_packet_0 || entry.actual == entry.len;
                gadget.in_done(0, &mut rest.after);
                match (fits, done) {
                    (false, _) => Step::End(Err(UsbError::Overflow)),
                    (true, true) => Step::Next(Stage::StatusOut),
                    (true, false) => Step::Next(Stage::DataIn),
                }
            }
            Stage::StatusOut => {
                if out_stalled {
                    return Step::End(Err(UsbError::Stall));
                }
                if gadget.out_full & 1 != 0 {
                    return Step::Wait;
                }
                let taken = gadget.put(0, &[], &mut rest.after);
                Step::End(if taken { Ok(()) } else { Err(UsbError::Protocol) })
            }
        }
    }

    fn end_control(&mut self, current: Current, status: Result<(), UsbError>, rest: &mut Rest) {
        let Some(device) = &mut self.device else { return };
        device.current = None;
        let Some(queue) = rest.queues.get_mut(current.queue) else { return };
        queue.end(current.serial, status, &mut rest.after);
        if current.queue == device.own
            && let Some(completed) = queue.take()
        {
            if queue.pending() == 0 {
                device.deadline = None;
            }
            if device.enumeration.is_some() {
                self.enumerate(completed.status.map(|()| completed.data), rest);
            }
        }
    }
}
