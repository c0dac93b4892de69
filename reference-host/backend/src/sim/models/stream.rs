//! Something that speaks by itself, such as a GPS receiver.

use serde::Deserialize;

use super::bytes::Bytes;
use crate::sim::{ConfigError, Model, SERIAL_QUEUE, SerialTarget, Site};

/// What a board file may say about it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// What it sends each time: a text, or a list of bytes.
    pub send: Bytes,
    /// How often, in µs.
    pub period_us: u64,
    /// When first, in µs on the board's clock; at the end of the first period if
    /// absent.
    #[serde(default)]
    pub start_us: Option<u64>,
    /// How many times; for ever if absent.
    #[serde(default)]
    pub times: Option<u64>,
}

/// Sends the same bytes again and again. They arrive at once, and what it is
/// sent it ignores.
#[derive(Clone, Debug)]
pub struct Stream {
    bytes: Vec<u8>,
    period_ns: u64,
    next_ns: u64,
    left: Option<u64>,
}

impl Stream {
    /// A stream.
    ///
    /// # Errors
    /// No period, or nothing to send.
    pub fn new(options: &Options) -> Result<Self, ConfigError> {
        let bytes = options.send.as_bytes().to_vec();
        if options.period_us == 0 || bytes.is_empty() {
            return Err(ConfigError::Invalid(
                "a `stream` needs a `period-us` above 0, and something to `send`".to_owned(),
            ));
        }
        Ok(Self {
            bytes,
            period_ns: options.period_us.saturating_mul(1_000),
            next_ns: options.start_us.unwrap_or(options.period_us).saturating_mul(1_000),
            left: options.times,
        })
    }
}

impl Model<dyn SerialTarget> for Stream {
    type Options = Options;
    const NAME: &'static str = "stream";

    fn build(options: &Options, _: &Site) -> Result<Box<dyn SerialTarget>, ConfigError> {
        Ok(Box::new(Self::new(options)?))
    }
}

impl SerialTarget for Stream {
    fn receive(&mut self, _: &[u8], _: u64) {}

    fn send(&mut self, into: &mut Vec<u8>, now_ns: u64) {
        if now_ns < self.next_ns || self.left == Some(0) {
            return;
        }
        let due = (now_ns - self.next_ns) / self.period_ns + 1;
        let due = self.left.map_or(due, |left| due.min(left));
        // More than a port keeps is lost anyway.
        let most = SERIAL_QUEUE / self.bytes.len() + 2;
        for _ in 0..due.min(most as u64) {
            into.extend_from_slice(&self.bytes);
        }
        self.left = self.left.map(|left| left - due);
        self.next_ns = self.next_ns.saturating_add(due.saturating_mul(self.period_ns));
    }

    fn next_ns(&self) -> Option<u64> {
        (self.left != Some(0)).then_some(self.next_ns)
    }
}
