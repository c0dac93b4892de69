//! `wasi:io/poll`: moments are all that there is to wait for.

use alloc::vec::Vec;

use periplasm_driver::hal::slot::delay;

use crate::Seal;
use crate::bindings::exports::wasi::io::poll::{Guest, GuestPollable, PollableBorrow};
use crate::bindings::periplasm::hal::clock;

/// A moment on the board's clock, in nanoseconds.
pub(crate) struct Moment(pub(crate) u64);

impl Moment {
    /// One that has come.
    pub(crate) const NOW: Self = Self(0);

    fn has_come(&self) -> bool {
        self.left_ns() == 0
    }

    fn left_ns(&self) -> u64 {
        // Without asking, where nobody waits.
        if self.0 == 0 { 0 } else { self.0.saturating_sub(clock::now()) }
    }

    fn wait(&self) {
        let left = self.left_ns();
        if left > 0 {
            delay::delay(left);
        }
    }
}

impl Guest for Seal {
    type Pollable = Moment;

    fn poll(pollables: Vec<PollableBorrow<'_>>) -> Vec<u32> {
        let moments = || (0u32..).zip(pollables.iter().map(|p| p.get::<Moment>()));
        let ready = || -> Vec<u32> {
            moments().filter(|(_, m)| m.has_come()).map(|(index, _)| index).collect()
        };
        let found = ready();
        if !found.is_empty() {
            return found;
        }
        match moments().map(|(_, moment)| moment).min_by_key(|moment| moment.0) {
            Some(first) => first.wait(),
            // As WASI has it.
            None => panic!("the driver polls an empty list"),
        }
        ready()
    }
}

impl GuestPollable for Moment {
    fn ready(&self) -> bool {
        self.has_come()
    }

    fn block(&self) {
        self.wait();
    }
}
