//! The latch, the pins and INT.

use std::array;

use crate::Level;
use crate::sim::{Net, Wiring};

pub(super) const NAMES: [&str; 8] = ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"];

#[derive(Debug)]
pub(super) struct Port {
    latch: u8,
    /// The pins when they were last read or written.
    seen: u8,
    pins: [Net; 8],
    int: Net,
}

impl Port {
    /// Powered up: all latches are 1 (section 8.2). `low` are the pins that
    /// something outside holds low.
    pub(super) fn new(wiring: &Wiring, low: u8) -> Self {
        let pins = array::from_fn(|pin| {
            let level = Level::from(low >> pin & 1 == 0);
            let net = wiring.pin_or(NAMES[pin], level);
            if net.next_ns().is_none() {
                net.set(level, 0);
            }
            net
        });
        let mut port = Self { latch: 0xff, seen: 0, pins, int: wiring.pin_or("int", Level::High) };
        port.seen = port.levels(0);
        port.interrupt(0);
        port
    }

    /// The wire of a pin.
    pub(super) fn pin(&self, pin: usize) -> Option<&Net> {
        self.pins.get(pin)
    }

    pub(super) fn write(&mut self, byte: u8, now_ns: u64) {
        for (pin, net) in self.pins.iter().enumerate() {
            if (self.latch ^ byte) >> pin & 1 == 1 {
                net.set(Level::from(byte >> pin & 1 == 1), now_ns);
            }
        }
        self.latch = byte;
        self.seen = self.levels(now_ns);
    }

    pub(super) fn read(&mut self, now_ns: u64) -> u8 {
        self.seen = self.levels(now_ns);
        self.seen
    }

    /// Has INT follow the pins from `now_ns` on.
    pub(super) fn interrupt(&self, now_ns: u64) {
        self.int.set(self.int_at(now_ns), now_ns);
        // The pins' own courses are at most a few edges; their moments are
        // those at which INT may change.
        let mut moments: Vec<_> =
            self.pins.iter().flat_map(Net::later).map(|(at_ns, _)| at_ns).collect();
        moments.sort_unstable();
        moments.dedup();
        let mut levels = self.levels(now_ns);
        for at_ns in moments {
            for (pin, net) in self.pins.iter().enumerate() {
                let said = net.later().into_iter().rfind(|(moment, _)| *moment <= at_ns);
                if let Some((_, level)) = said {
                    levels = levels & !(1 << pin) | u8::from(level.is_high()) << pin;
                }
            }
            self.int.set_at(self.int_of(levels & self.latch), at_ns);
        }
    }

    fn int_at(&self, now_ns: u64) -> Level {
        self.int_of(self.levels(now_ns))
    }

    fn int_of(&self, levels: u8) -> Level {
        Level::from(levels == self.seen)
    }

    /// The pins; one that is held low is low, whatever the wire says.
    fn levels(&self, now_ns: u64) -> u8 {
        let wires = self.pins.iter().enumerate();
        let high = wires.map(|(pin, net)| u8::from(net.level(now_ns).is_high()) << pin);
        high.fold(0, |all, pin| all | pin) & self.latch
    }
}
