//! The clock, where time itself matters. A thread looks at it only while
//! something has a deadline.

use std::sync::{Arc, PoisonError};
use std::time::Instant;

use super::bus::{Bus, Shared};

impl Shared {
    /// A deadline was set: the timer has to know.
    pub(super) fn set_timer(self: &Arc<Self>, bus: &mut Bus) {
        if bus.timer_runs {
            self.timer.notify_one();
            return;
        }
        if bus.next_deadline().is_none() {
            return;
        }
        let shared = Arc::clone(self);
        let thread = std::thread::Builder::new().name("usb timer".to_owned());
        // Without a thread nothing is lost but the deadline.
        bus.timer_runs = thread.spawn(move || shared.keep_time()).is_ok();
    }

    /// Waits for one deadline after the other until there is none.
    fn keep_time(self: Arc<Self>) {
        let mut bus = self.lock();
        while let Some(deadline) = bus.next_deadline() {
            let left = deadline.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                let waited = self.timer.wait_timeout(bus, left);
                bus = waited.unwrap_or_else(PoisonError::into_inner).0;
                continue;
            }
            bus.time_is_up(Instant::now());
            let after = std::mem::take(&mut bus.rest.after);
            bus.rest.sooner = false;
            drop(bus);
            after.run();
            bus = self.lock();
        }
        bus.timer_runs = false;
    }
}

impl Bus {
    fn next_deadline(&self) -> Option<Instant> {
        self.ports.iter().filter_map(|port| port.device.as_ref()?.deadline).min()
    }

    /// Ends what has waited long enough.
    fn time_is_up(&mut self, now: Instant) {
        let Self { ports, rest, .. } = self;
        for port in ports {
            let Some(device) = &mut port.device else { continue };
            if device.deadline.is_none_or(|deadline| deadline > now) {
                continue;
            }
            device.deadline = None;
            if device.enumeration.is_some() {
                port.try_again("it does not answer", rest);
            } else if let Some(own) = rest.queues.get_mut(device.own) {
                own.end_all(crate::UsbError::Timeout, &mut rest.after);
                while own.take().is_some() {}
                port.serve_control(rest);
            }
        }
    }
}
