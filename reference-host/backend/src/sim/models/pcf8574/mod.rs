//! PCF8574 and PCF8574A: eight quasi-bidirectional pins.
//!
//! Written from NXP's datasheet (revision 5, 27 May 2013). A pin whose latch is
//! 1 is high by a weak current, and anything outside may pull it low; a pin
//! whose latch is 0 is held low (section 8.1).
//!
//! A simulated wire has no strength, only a level, so this model drives a pin's
//! wire when its latch changes, and when it is powered up; in between, whoever
//! else is on the wire may set it. A wire for which a course of levels is
//! already said when the chip is powered up is left alone.
//!
//! Its pins are `p0` to `p7`, and `int`: INT with its pull-up. INT is low while
//! a pin is not as it was when the port was last read or written (section 8.3).
//! It follows levels that are said beforehand, such as a board's waves, at their
//! time; one that somebody sets comes to it when the chip is next spoken to.

mod chip;
mod port;

pub use chip::{Options, Pcf8574};
