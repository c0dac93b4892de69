//! The digital comparator (section 7.3.7).

use super::config::Config;

#[derive(Clone, Copy, Debug)]
pub(super) struct Comparator {
    pub(super) low: i16,
    pub(super) high: i16,
    /// Conversions in a row beyond a threshold.
    beyond: u8,
    asserted: bool,
}

impl Default for Comparator {
    /// The thresholds after a reset: 8000h and 7FFFh (section 8.1.4).
    fn default() -> Self {
        Self { low: i16::MIN, high: i16::MAX, beyond: 0, asserted: false }
    }
}

impl Comparator {
    /// After as many conversions of one code its state repeats: at most four in
    /// the queue and one that ends it, so a common multiple of 2, 3 and 5.
    pub(super) const ROUND: u64 = 30;

    /// Whether the thresholds make the pin a conversion-ready output: the high
    /// one's top bit set, the low one's not (section 7.3.8).
    pub(super) fn says_ready(&self) -> bool {
        self.high < 0 && self.low >= 0
    }

    pub(super) fn asserted(&self) -> bool {
        self.asserted
    }

    /// The conversion register was read: a latch opens.
    pub(super) fn read(&mut self, config: Config) {
        if config.latching() {
            (self.beyond, self.asserted) = (0, false);
        }
    }

    pub(super) fn compare(&mut self, code: i16, config: Config) {
        let Some(queue) = config.queue() else {
            (self.beyond, self.asserted) = (0, false);
            return;
        };
        let beyond = code > self.high || (config.window() && code < self.low);
        self.beyond = if beyond { self.beyond.saturating_add(1) } else { 0 };
        if self.beyond >= queue {
            self.asserted = true;
        } else if !config.latching() && !beyond && (config.window() || code < self.low) {
            self.asserted = false;
        }
    }
}
