//! How long the chip is busy (section 9.6).

use serde::Deserialize;

/// Whether it takes the typical time, or the longest that the datasheet allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Times {
    /// The typical one.
    #[default]
    Typical,
    /// The maximum.
    Maximum,
}

/// What takes time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// Page Program: tPP.
    Page,
    /// Sector Erase, 4 KiB: tSE.
    Sector,
    /// Block Erase, 32 KiB: tBE1.
    Block32,
    /// Block Erase, 64 KiB: tBE2.
    Block64,
    /// Chip Erase: tCE.
    Chip,
    /// Write Status Register, non-volatile: tW.
    Status,
    /// Reset: tRST.
    Reset,
}

impl Work {
    fn us(self, times: Times) -> u64 {
        let (typical, maximum) = match self {
            Self::Page => (400, 3_000),
            Self::Sector => (45_000, 400_000),
            Self::Block32 => (120_000, 1_600_000),
            Self::Block64 => (150_000, 2_000_000),
            Self::Chip => (10_000_000, 50_000_000),
            Self::Status => (10_000, 15_000),
            Self::Reset => (30, 30),
        };
        match times {
            Times::Typical => typical,
            Times::Maximum => maximum,
        }
    }
}

/// 8 clocks at 50 MHz, the fastest for all instructions (fR).
const BYTE_NS: u64 = 160;

/// Something that is being done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Busy {
    since_ns: u64,
    needs_ns: u64,
    bytes: u64,
}

impl Busy {
    pub(super) fn new(work: Work, times: Times, now_ns: u64) -> Self {
        Self { since_ns: now_ns, needs_ns: work.us(times) * 1_000, bytes: 0 }
    }

    /// One more byte was on the wires.
    pub(super) fn byte(&mut self) {
        self.bytes += 1;
    }

    pub(super) fn done(&self, now_ns: u64) -> bool {
        let elapsed = now_ns.saturating_sub(self.since_ns);
        elapsed.max(self.bytes.saturating_mul(BYTE_NS)) >= self.needs_ns
    }
}
