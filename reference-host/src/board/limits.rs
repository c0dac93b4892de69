//! What a pipeline may use of the machine.

use std::time::Duration;

/// The limits of one pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of linear memory, of all stages together.
    /// Default: 16 MiB, ten times what a std app with two drivers uses.
    pub memory_bytes: usize,
    /// The longest computation without a call of the host.
    /// Default: 5 s; a driver's arithmetic takes microseconds.
    pub stall: Duration,
    /// The most bytes of messages that each stage may log in one run.
    /// Default: 64 KiB, about a thousand lines.
    pub log_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_bytes: 16 << 20, stall: Duration::from_millis(5_000), log_bytes: 64 << 10 }
    }
}
