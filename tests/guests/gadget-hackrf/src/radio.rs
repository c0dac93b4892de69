//! What the radio is asked on endpoint 0, and what it receives.

use alloc::vec::Vec;

use periplasm_gadget_bulk::Requests;
use usb_device::control::Request;

/// Samples of what one transfer of the firmware has: 16 KiB, two bytes each.
const SAMPLES: u32 = 8192;

/// The range of the firmware, MHz.
const MAX_MHZ: u32 = 7250;

/// Version of the firmware, and the board: HackRF One.
const VERSION: &[u8] = b"2024.02.1";
const BOARD: u8 = 2;

/// The radio.
#[derive(Default)]
pub(crate) struct Radio {
    receiving: bool,
    changed: bool,
    /// The number of the next sample.
    next: u32,
}

impl Radio {
    fn switch(&mut self, receiving: bool) {
        *self = Self { receiving, changed: true, next: 0 };
    }
}

impl Requests for Radio {
    fn answer(&mut self, request: &Request) -> Option<Vec<u8>> {
        // A gain is taken, or not.
        let gain = |max: u16, step: u16| {
            let taken = request.index <= max && request.index.is_multiple_of(step);
            Some(Vec::from([u8::from(taken)]))
        };
        match request.request {
            14 => Some(Vec::from([BOARD])),
            15 => Some(VERSION.into()),
            // Part, and serial number.
            18 => Some([[0; 20].as_slice(), &1_u32.to_le_bytes()].concat()),
            19 => gain(40, 8),
            20 => gain(62, 2),
            21 => gain(47, 1),
            _ => None,
        }
    }

    fn take(&mut self, request: &Request, data: &[u8]) -> bool {
        match (request.request, data) {
            // Off and receive; it has nothing to transmit by.
            (1, []) if request.value <= 1 => {
                self.switch(request.value == 1);
                true
            }
            // Sample rate: rate and divider.
            (6, [_, _, _, _, divider @ ..]) => divider.len() == 4 && divider != [0; 4],
            // Frequency: MHz and Hz.
            (16, [a, b, c, d, _, _, _, _]) => u32::from_le_bytes([*a, *b, *c, *d]) <= MAX_MHZ,
            // Filter; amplifier, antenna's power, clock: on or off.
            (7, []) => true,
            (17 | 23 | 32, []) => request.value <= 1,
            // Reset.
            (30, []) => {
                self.switch(false);
                true
            }
            _ => false,
        }
    }

    /// Sample n has the bits of n.
    fn more(&mut self) -> Option<Vec<u8>> {
        let first = self.receiving.then_some(self.next)?;
        self.next = first.wrapping_add(SAMPLES);
        let sample = |n| first.wrapping_add(n).to_le_bytes().into_iter().take(2);
        Some((0..SAMPLES).flat_map(sample).collect())
    }

    /// It was switched on or off.
    fn starts_over(&mut self) -> bool {
        core::mem::take(&mut self.changed)
    }

    fn reset(&mut self) {
        self.switch(false);
    }
}
