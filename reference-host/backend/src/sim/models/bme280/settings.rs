//! What the control registers ask for.

use super::MeasurementTime;

/// The modes of `ctrl_meas[1:0]` (DS002 section 5.4.5, table 25).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Sleep,
    Forced,
    Normal,
}

/// The settings of `ctrl_hum`, `ctrl_meas` and `config`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Settings {
    /// As last made effective by a write to `ctrl_meas` (section 5.4.3).
    pub(super) ctrl_hum: u8,
    pub(super) ctrl_meas: u8,
    pub(super) config: u8,
}

impl Settings {
    pub(super) fn mode(self) -> Mode {
        match self.ctrl_meas & 0b11 {
            0b00 => Mode::Sleep,
            0b11 => Mode::Normal,
            _ => Mode::Forced,
        }
    }

    /// Samples of humidity a measurement; 0 skips it.
    pub(super) fn humidity(self) -> u32 {
        oversampling(self.ctrl_hum)
    }

    /// Samples of temperature a measurement; 0 skips it.
    pub(super) fn temperature(self) -> u32 {
        oversampling(self.ctrl_meas >> 5)
    }

    /// Samples of pressure a measurement; 0 skips it.
    pub(super) fn pressure(self) -> u32 {
        oversampling(self.ctrl_meas >> 2)
    }

    /// The filter's coefficient, or `None` if it is off (table 28).
    pub(super) fn filter(self) -> Option<u32> {
        match (self.config >> 2) & 0b111 {
            0 => None,
            n @ 1..=3 => Some(1 << n),
            _ => Some(16),
        }
    }

    /// The inactive time of normal mode (section 5.4.6, table 27).
    pub(super) fn standby_ns(self) -> u64 {
        let microseconds = match self.config >> 5 {
            0b000 => 500,
            0b001 => 62_500,
            0b010 => 125_000,
            0b011 => 250_000,
            0b100 => 500_000,
            0b101 => 1_000_000,
            0b110 => 10_000,
            _ => 20_000,
        };
        microseconds * 1_000
    }

    /// How long one measurement takes (section 9.1).
    pub(super) fn measurement_ns(self, time: MeasurementTime) -> u64 {
        let (start, sample, extra) = match time {
            MeasurementTime::Typical => (1_000_000, 2_000_000, 500_000),
            MeasurementTime::Maximum => (1_250_000, 2_300_000, 575_000),
        };
        let part = |samples: u32, extra: u64| match samples {
            0 => 0,
            n => sample * u64::from(n) + extra,
        };
        start
            + part(self.temperature(), 0)
            + part(self.pressure(), extra)
            + part(self.humidity(), extra)
    }
}

/// Tables 20, 23 and 24: 0 skips, 1 to 5 are ×1 to ×16, others are ×16.
fn oversampling(field: u8) -> u32 {
    match field & 0b111 {
        0 => 0,
        n @ 1..=4 => 1 << (n - 1),
        _ => 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_section_9_1_takes_as_long_as_it_says() {
        // Temperature ×1, pressure ×4, no humidity: 11.5 ms, at most 13.325 ms
        // (1.25 + 2.3 + 2.3 · 4 + 0.575).
        let settings = Settings { ctrl_meas: 0b0010_1100, ..Settings::default() };
        assert_eq!(settings.measurement_ns(MeasurementTime::Typical), 11_500_000);
        assert_eq!(settings.measurement_ns(MeasurementTime::Maximum), 13_325_000);
    }

    #[test]
    fn settings_past_the_tables_mean_sixteen() {
        let settings = Settings { ctrl_hum: 0b111, ctrl_meas: 0b1101_0110, config: 0b1111_1100 };
        let samples = (settings.humidity(), settings.temperature(), settings.pressure());
        assert_eq!(samples, (16, 16, 16));
        assert_eq!((settings.filter(), settings.standby_ns()), (Some(16), 20_000_000));
        assert_eq!(settings.mode(), Mode::Forced);
    }
}
