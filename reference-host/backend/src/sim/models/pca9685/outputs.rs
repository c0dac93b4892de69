//! The sixteen outputs (section 7.3.3).

/// The counts of one period.
const COUNTS: u16 = 4096;

/// Bit 4 of a high byte: full ON, or full OFF.
const FULL: u8 = 1 << 4;

/// What an output does in each period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// When it goes on, in counts of 4096 from the period's begin.
    pub from: u16,
    /// For how many counts of 4096 it is on.
    pub on: u16,
}

/// LEDn_ON_L, LEDn_ON_H, LEDn_OFF_L, LEDn_OFF_H of one output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Led(pub(super) [u8; 4]);

impl Default for Led {
    /// Full OFF (section 7.3.3, table 7).
    fn default() -> Self {
        Self([0, 0, 0, FULL])
    }
}

impl Led {
    pub(super) fn write(&mut self, place: usize, byte: u8) {
        // The upper three bits of the high bytes are reserved.
        let kept = if place % 2 == 1 { 0x1f } else { 0xff };
        self.0[place] = byte & kept;
    }

    pub(super) fn full_off(self) -> bool {
        self.0[3] & FULL != 0
    }

    pub(super) fn output(self) -> Output {
        let [on_low, on_high, off_low, off_high] = self.0;
        let from = u16::from_le_bytes([on_low, on_high & 0x0f]);
        let to = u16::from_le_bytes([off_low, off_high & 0x0f]);
        let on = if self.full_off() {
            0
        } else if on_high & FULL != 0 {
            COUNTS
        } else {
            // An end before the begin lies in the next period.
            (to + COUNTS - from) % COUNTS
        };
        Output { from, on }
    }
}
