//! What a chip's output pin will do while nobody talks to the chip.

use crate::Level;
use crate::sim::Net;

/// How many changes of a pin are said ahead. A chip that pulses without end is
/// silent after as many, until it is spoken to again.
const AHEAD: usize = 64;

/// The part of a chip that lives by the clock and drives one pin.
pub(super) trait Ahead: Clone {
    /// The next moment at which something happens by itself.
    fn next_ns(&self) -> Option<u64>;

    /// Lets everything happen until `now_ns`.
    fn advance(&mut self, now_ns: u64);

    /// The level of the pin.
    fn level(&self) -> Level;
}

/// Has `net` follow the pin of `chip` from `now_ns` on: a driver may wait for
/// the pin without a word to the chip, so its changes are computed beforehand.
pub(super) fn drive(chip: &impl Ahead, net: &Net, now_ns: u64) {
    let mut level = chip.level();
    net.set(level, now_ns);
    let mut ahead = chip.clone();
    for _ in 0..AHEAD {
        let Some(at_ns) = ahead.next_ns().filter(|at_ns| *at_ns < u64::MAX) else { return };
        ahead.advance(at_ns);
        if ahead.level() != level {
            level = ahead.level();
            net.set_at(level, at_ns);
        }
    }
}
