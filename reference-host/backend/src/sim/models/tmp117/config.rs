//! The configuration register (section 7.6.3).

/// What can be written: all but the flags and the bit that always reads 0.
const WRITABLE: u16 = 0x0ffc;

/// Soft reset; reads 0.
pub(super) const SOFT_RESET: u16 = 1 << 1;

/// The flags, as the register shows them.
pub(super) const HIGH_ALERT: u16 = 1 << 15;
pub(super) const LOW_ALERT: u16 = 1 << 14;
pub(super) const DATA_READY: u16 = 1 << 13;
pub(super) const EEPROM_BUSY: u16 = 1 << 12;

const MILLISECOND: u64 = 1_000_000;

/// The part that is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Config(u16);

impl Config {
    pub(super) fn new(word: u16) -> Self {
        Self(word & WRITABLE)
    }

    pub(super) fn word(self) -> u16 {
        self.0
    }

    fn bits(self, lowest: u32, count: u32) -> usize {
        usize::from(self.0 >> lowest) & ((1 << count) - 1)
    }

    /// MOD = 01.
    pub(super) fn shut_down(self) -> bool {
        self.bits(10, 2) == 0b01
    }

    /// MOD = 11.
    pub(super) fn one_shot(self) -> bool {
        self.bits(10, 2) == 0b11
    }

    /// What MOD is after a one-shot conversion: shut down (section 7.4.3).
    pub(super) fn after_one_shot(self) -> Self {
        Self(self.0 & !(0b10 << 10))
    }

    /// How long it converts: 15.5 ms for each of 1, 8, 32 or 64 averaged
    /// conversions, as table 7-7 rounds it.
    pub(super) fn conversion_ns(self) -> u64 {
        [15_500_000, 125 * MILLISECOND, 500 * MILLISECOND, 1_000 * MILLISECOND][self.bits(5, 2)]
    }

    /// From one conversion to the next in continuous mode (table 7-7).
    pub(super) fn cycle_ns(self) -> u64 {
        let chosen = [
            15_500_000,
            125 * MILLISECOND,
            250 * MILLISECOND,
            500 * MILLISECOND,
            1_000 * MILLISECOND,
            4_000 * MILLISECOND,
            8_000 * MILLISECOND,
            16_000 * MILLISECOND,
        ][self.bits(7, 3)];
        chosen.max(self.conversion_ns())
    }

    /// T/nA.
    pub(super) fn therm(self) -> bool {
        self.bits(4, 1) == 1
    }

    /// POL.
    pub(super) fn active_high(self) -> bool {
        self.bits(3, 1) == 1
    }

    /// DR/Alert.
    pub(super) fn pin_is_data_ready(self) -> bool {
        self.bits(2, 1) == 1
    }
}
