//! Conversions by the clock, and what the pin makes of them.

use super::comparator::Comparator;
use super::config::{Config, OS};
use crate::Level;
use crate::sim::models::ahead::Ahead;

/// From power-down until a single conversion begins (section 7.4.2.1).
const WAKE_NS: u64 = 25_000;

/// How long the pin says that a conversion is ready, in continuous mode
/// (section 7.3.8).
const PULSE_NS: u64 = 8_000;

#[derive(Clone, Debug)]
pub(super) struct Converter {
    pub(super) inputs: [i32; 4],
    pub(super) comparator: Comparator,
    config: Config,
    code: i16,
    /// The conversion in progress: when it ends, and its settings.
    running: Option<(u64, Config)>,
    /// When the last conversion ended, if the pin is still saying so.
    pulse: Option<u64>,
}

impl Converter {
    pub(super) fn new(inputs: [i32; 4]) -> Self {
        let (comparator, config) = Default::default();
        Self { inputs, comparator, config, code: 0, running: None, pulse: None }
    }

    /// The configuration register as it is read.
    pub(super) fn config(&self) -> u16 {
        // In continuous mode a conversion is always going on.
        self.config.0 | if self.running.is_some() { 0 } else { OS }
    }

    /// The conversion register, as a read takes it.
    pub(super) fn take(&mut self) -> i16 {
        self.comparator.read(self.config);
        self.code
    }

    pub(super) fn configure(&mut self, word: u16, now_ns: u64) {
        self.config = Config(word & !OS);
        if self.config.queue().is_none() {
            self.comparator.compare(self.code, self.config);
        }
        if self.running.is_none() && (!self.config.single_shot() || word & OS != 0) {
            let end = now_ns.saturating_add(WAKE_NS).saturating_add(self.config.period_ns());
            self.running = Some((end, self.config));
            self.pulse = None;
        }
    }

    fn finish(&mut self, end_ns: u64, config: Config) {
        self.code = config.convert(self.inputs);
        self.comparator.compare(self.code, self.config);
        self.pulse = Some(end_ns);
        self.running = (!self.config.single_shot())
            .then(|| (end_ns.saturating_add(self.config.period_ns()), self.config));
    }

    /// Leaves out conversions that end by `now_ns` and change nothing any more.
    fn skip(&mut self, now_ns: u64) {
        if let Some((end, config)) = self.running
            && config == self.config
        {
            let due = now_ns.saturating_sub(end) / config.period_ns();
            let rounds = (due / Comparator::ROUND).saturating_sub(1);
            let skipped = rounds * Comparator::ROUND * config.period_ns();
            self.running = Some((end.saturating_add(skipped), config));
        }
    }
}

impl Ahead for Converter {
    fn next_ns(&self) -> Option<u64> {
        let pulse = (self.running.is_some() && self.comparator.says_ready())
            .then_some(self.pulse)
            .flatten()
            .map(|end| end.saturating_add(PULSE_NS));
        let end = self.running.map(|(end, _)| end);
        pulse.into_iter().chain(end).min()
    }

    fn advance(&mut self, now_ns: u64) {
        let mut done = 0;
        while let Some((end, config)) = self.running
            && end <= now_ns
            && end < u64::MAX
        {
            self.finish(end, config);
            done += 1;
            // By then the comparator has settled.
            if done == Comparator::ROUND {
                self.skip(now_ns);
            }
        }
        if self.pulse.is_some_and(|end| end.saturating_add(PULSE_NS) <= now_ns)
            && self.running.is_some()
        {
            self.pulse = None;
        }
    }

    fn level(&self) -> Level {
        let asserted = if self.config.queue().is_none() {
            // Disabled: the pull-up has it.
            return Level::High;
        } else if self.comparator.says_ready() {
            // Ready stays said after a single conversion (section 7.3.8).
            self.pulse.is_some()
        } else {
            self.comparator.asserted()
        };
        Level::from(asserted == self.config.active_high())
    }
}
