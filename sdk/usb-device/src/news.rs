//! What the port told, and the stack was not told yet.

use crate::slot::Events;

/// What is new. Bit n stands for endpoint n.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// The bus was reset, before all else here.
    pub(crate) reset: bool,
    /// Suspended, or unplugged: to a stack they are one.
    pub(crate) asleep: bool,
    /// In use again, or plugged in.
    pub(crate) awake: bool,
    /// A SETUP packet.
    pub(crate) setup: bool,
    /// Packets came.
    pub(crate) out: u16,
    /// Packets went.
    pub(crate) complete: u16,
}

impl News {
    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        let Self { reset, asleep, awake, setup, out, complete } = *self;
        !(reset || asleep || awake || setup) && out | complete == 0
    }

    /// Adds what the port told. A reset voids what was before it.
    pub(crate) fn add(&mut self, events: &Events) {
        if events.bus.reset {
            *self = Self { reset: true, ..Self::default() };
        }
        self.asleep |= events.bus.suspend | events.bus.detached;
        self.awake |= events.bus.resume | events.bus.attached;
        if events.setup.is_some() {
            self.setup = true;
            self.out &= !1;
        }
        self.out |= events.out_ready;
        self.complete |= events.in_complete;
    }
}
