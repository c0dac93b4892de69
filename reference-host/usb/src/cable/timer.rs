//! The clock, where time itself matters. A thread looks at it only while
//! something has a deadline.

use std::sync::{Arc, PoisonError};
use std::time::Instant;

use crate::UsbError;

use super::bus::{Bus, Rest, Shared, Soonest};
use super::port::Port;
use super::queue::Target;

impl Shared {
    /// A deadline was set: the timer has to know.
    pub(super) fn set_timer(self: &Arc<Self>, bus: &mut Bus, deadline: Instant) {
        match bus.timer {
            Some(known) if known <= deadline => {}
            Some(_) => self.timer.notify_one(),
            None => {
                let shared = Arc::clone(self);
                let thread = std::thread::Builder::new().name("usb timer".to_owned());
                // Without a thread nothing is lost but the deadline.
                let spawned = thread.spawn(move || shared.keep_time());
                bus.timer = spawned.is_ok().then_some(deadline);
            }
        }
    }

    /// Waits for one deadline after the other until there is none.
    fn keep_time(self: Arc<Self>) {
        let mut bus = self.lock();
        loop {
            bus.timer = bus.next_deadline();
            let Some(deadline) = bus.timer else { return };
            let left = deadline.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                let waited = self.timer.wait_timeout(bus, left);
                bus = waited.unwrap_or_else(PoisonError::into_inner).0;
                continue;
            }
            bus.time_is_up(Instant::now());
            let after = std::mem::take(&mut bus.rest.after);
            bus.rest.sooner = Soonest::default();
            drop(bus);
            after.run();
            bus = self.lock();
        }
    }
}

impl Bus {
    fn next_deadline(&self) -> Option<Instant> {
        let requests = self.ports.iter().filter_map(|port| port.device.as_ref()?.deadline);
        requests.chain(self.rest.queues.iter().filter_map(|queue| queue.deadline)).min()
    }

    /// Ends what has waited long enough.
    fn time_is_up(&mut self, now: Instant) {
        let Self { ports, rest, .. } = self;
        for port in ports {
            port.request_time_is_up(now, rest);
            for address in port.due(now, rest) {
                port.serve_isochronous(address, rest);
            }
        }
    }
}

impl Port {
    /// The endpoints whose deadline has come.
    fn due(&self, now: Instant, rest: &mut Rest) -> Vec<u8> {
        let Some(device) = &self.device else { return Vec::new() };
        let due = rest.queues.iter_mut().filter(|(_, queue)| {
            queue.device == device.id && queue.deadline.is_some_and(|deadline| deadline <= now)
        });
        due.filter_map(|(_, queue)| match queue.target {
            Target::Endpoint { address, .. } => Some(address),
            Target::Control => None,
        })
        .collect()
    }

    fn request_time_is_up(&mut self, now: Instant, rest: &mut Rest) {
        let Some(device) = &mut self.device else { return };
        if device.deadline.is_none_or(|deadline| deadline > now) {
            return;
        }
        device.deadline = None;
        if device.enumeration.is_some() {
            self.try_again("it does not answer", rest);
        } else if let Some(own) = rest.queues.get_mut(device.own) {
            own.end_all(UsbError::Timeout, &mut rest.after);
            while own.take().is_some() {}
            self.serve_control(rest);
        }
    }
}
