//! Waiting. Each call is one call to the host, whatever the width.

use embedded_hal_02::blocking::delay::{DelayMs, DelayUs};

use crate::Delay;
use crate::bindings::periplasm::hal::delay;

macro_rules! widths {
    ($($width:ty),+) => {$(
        impl DelayMs<$width> for Delay {
            fn delay_ms(&mut self, ms: $width) {
                delay::delay(u64::from(ms) * 1_000_000);
            }
        }

        impl DelayUs<$width> for Delay {
            fn delay_us(&mut self, us: $width) {
                delay::delay(u64::from(us) * 1_000);
            }
        }
    )+};
}

widths!(u8, u16, u32);
