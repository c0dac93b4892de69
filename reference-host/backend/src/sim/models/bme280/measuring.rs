//! Modes, measurements and the filter, as time goes by.
//!
//! Nothing here runs by itself: before anything looks at the chip, `advance`
//! catches up with the clock.

use super::settings::{Mode, Settings};
use super::{MeasurementTime, Raw};

/// A skipped measurement (DS002 tables 20, 23 and 24).
const SKIPPED_20_BITS: u32 = 0x80000;
const SKIPPED_16_BITS: u32 = 0x8000;

/// No time past this is told from it (292 years), so that sums cannot overflow.
const END_OF_TIME: u64 = u64::MAX / 2;

/// After so many measurements of the same climate the slowest filter has
/// settled: (15/16)^512 of a 20-bit step is far below one bit. More of them
/// change nothing and are not simulated.
const SETTLED: u64 = 512;

#[derive(Clone, Debug)]
pub(super) struct Core {
    raw: Raw,
    time: MeasurementTime,
    settings: Settings,
    phase: Phase,
    /// A write to `ctrl_meas`, with the `ctrl_hum` of that moment, that waits
    /// for the measurement to end (section 3.3.1).
    waiting: Option<(u8, u8)>,
    filter: Filter,
    data: [u8; 8],
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Sleep,
    Measuring { until: u64 },
    Standby { until: u64 },
}

impl Core {
    pub(super) fn new(raw: Raw, time: MeasurementTime) -> Self {
        Self {
            raw,
            time,
            settings: Settings::default(),
            phase: Phase::Sleep,
            waiting: None,
            filter: Filter::default(),
            data: encode(SKIPPED_20_BITS, SKIPPED_20_BITS, SKIPPED_16_BITS),
        }
    }

    /// Power-on state (section 5.3, table 18).
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.raw, self.time);
    }

    /// Changes what later measurements find.
    pub(super) fn set_raw(&mut self, raw: Raw) {
        self.raw = raw;
    }

    /// The registers 0xF7 to 0xFE.
    pub(super) fn data(&self) -> [u8; 8] {
        self.data
    }

    pub(super) fn settings(&self) -> Settings {
        self.settings
    }

    pub(super) fn is_measuring(&self) -> bool {
        matches!(self.phase, Phase::Measuring { .. })
    }

    pub(super) fn is_mode_change_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    pub(super) fn write_ctrl_meas(&mut self, value: u8, ctrl_hum: u8, now: u64) {
        if !self.is_measuring() {
            self.command(value, ctrl_hum, now.min(END_OF_TIME));
        } else if self.waiting.is_none() {
            self.waiting = Some((value, ctrl_hum));
        }
    }

    pub(super) fn write_config(&mut self, value: u8) {
        // Bit 1 does not exist.
        self.settings.config = value & 0b1111_1101;
        // Section 3.4.4: writing the filter's setting resets it.
        self.filter = Filter::default();
    }

    fn command(&mut self, ctrl_meas: u8, ctrl_hum: u8, at: u64) {
        self.settings.ctrl_meas = ctrl_meas;
        self.settings.ctrl_hum = ctrl_hum;
        self.phase = match self.settings.mode() {
            Mode::Sleep => Phase::Sleep,
            Mode::Forced | Mode::Normal => self.measure_from(at),
        };
    }

    fn measure_from(&self, at: u64) -> Phase {
        Phase::Measuring { until: at + self.settings.measurement_ns(self.time) }
    }

    /// Lets everything happen that happens until `now`.
    pub(super) fn advance(&mut self, now: u64) {
        let now = now.min(END_OF_TIME);
        loop {
            // Each time: a mode change that waited may start normal mode in
            // here, a long time ago.
            self.skip_settled(now);
            match self.phase {
                Phase::Measuring { until } if until <= now => self.finish(until),
                Phase::Standby { until } if until <= now => self.phase = self.measure_from(until),
                _ => return,
            }
        }
    }

    /// Leaves out what would change nothing, so that a clock that jumps by
    /// years costs no more than one that jumps by a minute.
    fn skip_settled(&mut self, now: u64) {
        let (Phase::Measuring { until } | Phase::Standby { until }) = &mut self.phase else {
            return;
        };
        if self.waiting.is_none() && self.settings.mode() == Mode::Normal {
            let cycle = self.settings.measurement_ns(self.time) + self.settings.standby_ns();
            let cycles = now.saturating_sub(*until) / cycle;
            *until += cycles.saturating_sub(SETTLED) * cycle;
        }
    }

    /// The end of a measurement period (section 3.4, figure 6).
    fn finish(&mut self, at: u64) {
        let filter = self.settings.filter();
        let temperature =
            self.filter.temperature.pass(self.raw.temperature, self.settings.temperature(), filter);
        let pressure =
            self.filter.pressure.pass(self.raw.pressure, self.settings.pressure(), filter);
        let humidity = match self.settings.humidity() {
            0 => SKIPPED_16_BITS,
            _ => self.raw.humidity,
        };
        self.data = encode(pressure, temperature, humidity);

        if let Some((ctrl_meas, ctrl_hum)) = self.waiting.take() {
            self.command(ctrl_meas, ctrl_hum, at);
        } else if self.settings.mode() == Mode::Normal {
            self.phase = Phase::Standby { until: at + self.settings.standby_ns() };
        } else {
            // Forced mode ends in sleep mode (section 3.3.3).
            self.settings.ctrl_meas &= !0b11;
            self.phase = Phase::Sleep;
        }
    }
}

/// The IIR filter (section 3.4.4). Skipped measurements leave it alone.
#[derive(Clone, Copy, Debug, Default)]
struct Filter {
    temperature: Memory,
    pressure: Memory,
}

#[derive(Clone, Copy, Debug, Default)]
struct Memory(Option<f64>);

impl Memory {
    /// What one measurement of `samples` samples puts into the registers.
    fn pass(&mut self, raw: u32, samples: u32, coefficient: Option<u32>) -> u32 {
        if samples == 0 {
            return SKIPPED_20_BITS;
        }
        let Some(coefficient) = coefficient else {
            // Without filter the resolution is 16 + (osrs − 1) bits (sections
            // 3.4.2 and 3.4.3), and ×1, ×2, … ×16 is osrs 1, 2, … 5.
            let missing = 4 - samples.trailing_zeros().min(4);
            return raw & (u32::MAX << missing);
        };
        let new = match self.0 {
            // The first value passes unchanged and becomes the memory.
            None => f64::from(raw),
            Some(old) => {
                (old * f64::from(coefficient - 1) + f64::from(raw)) / f64::from(coefficient)
            }
        };
        self.0 = Some(new);
        new.round() as u32
    }
}

/// The data registers: pressure, temperature, humidity, most significant byte
/// first; `xlsb` holds four bits, at its top (sections 5.4.7 to 5.4.9).
fn encode(pressure: u32, temperature: u32, humidity: u32) -> [u8; 8] {
    let [_, p_msb, p_lsb, p_xlsb] = (pressure << 4).to_be_bytes();
    let [_, t_msb, t_lsb, t_xlsb] = (temperature << 4).to_be_bytes();
    let [_, _, h_msb, h_lsb] = humidity.to_be_bytes();
    [p_msb, p_lsb, p_xlsb, t_msb, t_lsb, t_xlsb, h_msb, h_lsb]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_reaches_three_quarters_after_as_many_samples_as_table_6_says() {
        for (coefficient, expected) in [(2, 2), (4, 5), (8, 11), (16, 22)] {
            let mut memory = Memory::default();
            memory.pass(0, 1, Some(coefficient));
            let mut samples = 0;
            while memory.0.is_some_and(|now| now < 750_000.0) {
                memory.pass(1_000_000, 1, Some(coefficient));
                samples += 1;
            }
            assert_eq!(samples, expected, "filter coefficient {coefficient}");
        }
    }

    #[test]
    fn a_normal_mode_that_had_to_wait_catches_up_with_centuries_at_once() {
        let raw = Raw { temperature: 0x12340, pressure: 0x56780, humidity: 0x1234 };
        let mut core = Core::new(raw, MeasurementTime::Typical);
        core.write_ctrl_meas(0b0010_0101, 1, 0);
        core.write_ctrl_meas(0b0010_0111, 1, 0);
        core.advance(u64::MAX);
        assert_eq!(core.data(), encode(0x56780, 0x12340, 0x1234));
        assert_eq!(core.settings().mode(), Mode::Normal);
    }

    #[test]
    fn skipping_settled_measurements_changes_nothing() {
        let raw = Raw { temperature: 0x12345, pressure: 0xfedcb, humidity: 0x1234 };
        let normal = |raw| {
            let mut core = Core::new(raw, MeasurementTime::Typical);
            // Filter ×16, 0.5 ms standby; temperature and pressure ×1, normal.
            core.write_config(0b0001_0000);
            core.write_ctrl_meas(0b0010_0111, 1, 0);
            core.advance(1_000_000_000);
            core.set_raw(Raw { temperature: 0xabcde, ..raw });
            core
        };
        let (mut at_once, mut in_steps) = (normal(raw), normal(raw));
        let (end, step) = (3_600_000_000_000, 1_700_000);
        at_once.advance(end);
        for now in (1_000_000_000..=end).step_by(step) {
            in_steps.advance(now);
        }
        in_steps.advance(end);
        assert_eq!(at_once.data(), in_steps.data());
        assert_eq!(format!("{:?}", at_once.phase), format!("{:?}", in_steps.phase));
    }
}
