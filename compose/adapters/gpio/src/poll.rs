//! `wasi:io/poll`: what pins are watched for is all that there is to wait for.

use alloc::vec::Vec;

use periplasm_driver::hal::slot::wait::{self, Event};

use crate::Adapter;
use crate::bindings::exports::wasi::io::poll::{Guest, GuestPollable, PollableBorrow};

/// Something that a pin does.
pub(crate) struct Watched(pub(crate) Event);

impl Guest for Adapter {
    type Pollable = Watched;

    fn poll(pollables: Vec<PollableBorrow<'_>>) -> Vec<u32> {
        // As WASI has it.
        assert!(!pollables.is_empty(), "an empty list is polled");
        let events: Vec<&Event> = pollables.iter().map(|p| &p.get::<Watched>().0).collect();
        wait::any(&events)
    }
}

impl GuestPollable for Watched {
    fn ready(&self) -> bool {
        self.0.ready()
    }

    fn block(&self) {
        wait::any(&[&self.0]);
    }
}
