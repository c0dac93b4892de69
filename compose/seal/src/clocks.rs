//! `wasi:clocks`: the board's clock, and no date.

use crate::Seal;
use crate::bindings::exports::wasi::clocks::monotonic_clock::{self, Duration, Instant};
use crate::bindings::exports::wasi::clocks::wall_clock::{self, Datetime};
use crate::bindings::exports::wasi::io::poll::Pollable;
use crate::bindings::periplasm::hal::clock;
use crate::polls::Moment;

impl monotonic_clock::Guest for Seal {
    fn now() -> Instant {
        clock::now()
    }

    fn resolution() -> Duration {
        1
    }

    fn subscribe_instant(when: Instant) -> Pollable {
        Pollable::new(Moment(when))
    }

    fn subscribe_duration(when: Duration) -> Pollable {
        Pollable::new(Moment(clock::now().saturating_add(when)))
    }
}

impl wall_clock::Guest for Seal {
    fn now() -> Datetime {
        Datetime { seconds: 0, nanoseconds: 0 }
    }

    fn resolution() -> Datetime {
        Datetime { seconds: 1, nanoseconds: 0 }
    }
}
