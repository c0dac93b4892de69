//! The configuration register (section 8.1.3, table 8-3).

/// As it is after a reset, without the OS bit: AIN0 against AIN1, ±2.048 V,
/// single-shot, 128 samples a second, no comparator.
const RESET: u16 = 0x0583;

/// The OS bit: written, a conversion; read, that none is going on.
pub(super) const OS: u16 = 1 << 15;

/// The configuration without its OS bit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Config(pub(super) u16);

impl Default for Config {
    fn default() -> Self {
        Self(RESET)
    }
}

impl Config {
    fn bits(self, lowest: u32, count: u32) -> usize {
        usize::from(self.0 >> lowest) & ((1 << count) - 1)
    }

    /// The code for the voltages at the four inputs, in µV.
    pub(super) fn convert(self, inputs: [i32; 4]) -> i16 {
        const GND: Option<usize> = None;
        let (plus, minus) = [
            (0, Some(1)),
            (0, Some(3)),
            (1, Some(3)),
            (2, Some(3)),
            (0, GND),
            (1, GND),
            (2, GND),
            (3, GND),
        ][self.bits(12, 3)];
        let microvolts = i64::from(inputs[plus]) - minus.map_or(0, |minus| inputs[minus].into());
        let full_scale =
            [6_144_000, 4_096_000, 2_048_000, 1_024_000, 512_000, 256_000, 256_000, 256_000]
                [self.bits(9, 3)];
        // The nearest step of full scale / 2^15 (section 7.5.4, table 7-3).
        let code = (microvolts * (1 << 16) + full_scale).div_euclid(2 * full_scale);
        code.clamp(i16::MIN.into(), i16::MAX.into()) as i16
    }

    pub(super) fn single_shot(self) -> bool {
        self.bits(8, 1) == 1
    }

    /// How long a conversion takes.
    pub(super) fn period_ns(self) -> u64 {
        1_000_000_000 / [8, 16, 32, 64, 128, 250, 475, 860][self.bits(5, 3)]
    }

    pub(super) fn window(self) -> bool {
        self.bits(4, 1) == 1
    }

    pub(super) fn active_high(self) -> bool {
        self.bits(3, 1) == 1
    }

    pub(super) fn latching(self) -> bool {
        self.bits(2, 1) == 1
    }

    /// How many conversions in a row assert the pin; `None` if it is disabled.
    pub(super) fn queue(self) -> Option<u8> {
        [Some(1), Some(2), Some(4), None][self.bits(0, 2)]
    }
}
