//! Conversions by the clock, the limits, and what the pin makes of them.

use super::config::{Config, DATA_READY, HIGH_ALERT, LOW_ALERT};
use super::eeprom::Stored;
use crate::Level;
use crate::sim::models::ahead::Ahead;

/// What the result is until the first conversion ends: -256 °C.
const NOT_MEASURED: i16 = i16::MIN;

#[derive(Clone, Debug)]
pub(super) struct Converter {
    /// The temperature in the chip's steps, without offset.
    pub(super) steps: i16,
    pub(super) high: i16,
    pub(super) low: i16,
    pub(super) offset: i16,
    config: Config,
    result: i16,
    /// When the conversion in progress, or the next one, ends.
    end_ns: Option<u64>,
    data_ready: bool,
    high_alert: bool,
    low_alert: bool,
}

impl Converter {
    /// As it is after a reset that ends at `from_ns`.
    pub(super) fn new(steps: i16, stored: &Stored, from_ns: u64) -> Self {
        let mut converter = Self {
            steps,
            high: stored.high,
            low: stored.low,
            offset: stored.offset,
            config: Config::new(stored.config),
            result: NOT_MEASURED,
            end_ns: None,
            data_ready: false,
            high_alert: false,
            low_alert: false,
        };
        converter.configure(stored.config, from_ns);
        converter
    }

    pub(super) fn configure(&mut self, word: u16, now_ns: u64) {
        self.config = Config::new(word);
        self.end_ns =
            (!self.config.shut_down()).then(|| now_ns.saturating_add(self.config.conversion_ns()));
    }

    /// The configuration register, as a read takes it: data ready is cleared,
    /// and in alert mode both alerts (section 7.4.4.1).
    pub(super) fn take_config(&mut self) -> u16 {
        let flag = |set, bit| if set { bit } else { 0 };
        let word = self.config.word()
            | flag(self.high_alert, HIGH_ALERT)
            | flag(self.low_alert, LOW_ALERT)
            | flag(self.data_ready, DATA_READY);
        self.data_ready = false;
        if !self.config.therm() {
            (self.high_alert, self.low_alert) = (false, false);
        }
        word
    }

    /// The written part of the configuration.
    pub(super) fn written(&self) -> u16 {
        self.config.word()
    }

    /// The result, as a read takes it: data ready is cleared.
    pub(super) fn take_result(&mut self) -> i16 {
        self.data_ready = false;
        self.result
    }

    fn finish(&mut self, end_ns: u64) {
        self.result = self.steps.saturating_add(self.offset);
        self.data_ready = true;
        if self.config.therm() {
            self.low_alert = false;
            self.high_alert =
                self.result > self.high || (self.high_alert && self.result >= self.low);
        } else {
            self.high_alert |= self.result > self.high;
            self.low_alert |= self.result < self.low;
        }
        self.end_ns = if self.config.one_shot() {
            self.config = self.config.after_one_shot();
            None
        } else {
            Some(end_ns.saturating_add(self.config.cycle_ns()))
        };
    }
}

impl Ahead for Converter {
    fn next_ns(&self) -> Option<u64> {
        self.end_ns
    }

    fn advance(&mut self, now_ns: u64) {
        while let Some(end) = self.end_ns
            && end <= now_ns
            && end < u64::MAX
        {
            self.finish(end);
            // One more conversion of the same temperature changes nothing but
            // the time of the next.
            if let Some(next) = self.end_ns {
                let due = now_ns.saturating_sub(next) / self.config.cycle_ns();
                self.end_ns = Some(next.saturating_add(due * self.config.cycle_ns()));
            }
        }
    }

    fn level(&self) -> Level {
        let active = if self.config.pin_is_data_ready() {
            self.data_ready
        } else {
            self.high_alert || self.low_alert
        };
        Level::from(active == self.config.active_high())
    }
}
