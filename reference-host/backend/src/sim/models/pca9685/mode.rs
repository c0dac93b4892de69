//! MODE1: sleep, restart and the clock (section 7.3.1).

pub(super) const RESTART: u8 = 1 << 7;
const EXTCLK: u8 = 1 << 6;
const AI: u8 = 1 << 5;
const SLEEP: u8 = 1 << 4;

/// SLEEP and ALLCALL (table 5).
const RESET: u8 = 0x11;

/// How long the oscillator takes to run (section 7.3.1.1).
const STABLE_NS: u64 = 500_000;

#[derive(Clone, Copy, Debug)]
pub(super) struct Mode1 {
    /// Without RESTART.
    written: u8,
    restart: bool,
    /// When the oscillator was switched on.
    awake_ns: u64,
}

impl Default for Mode1 {
    fn default() -> Self {
        Self { written: RESET, restart: false, awake_ns: 0 }
    }
}

impl Mode1 {
    pub(super) fn read(&self) -> u8 {
        self.written | if self.restart { RESTART } else { 0 }
    }

    pub(super) fn asleep(&self) -> bool {
        self.written & SLEEP != 0
    }

    pub(super) fn auto_increment(&self) -> bool {
        self.written & AI != 0
    }

    /// Whether the outputs run: not asleep, and not waiting for a restart.
    pub(super) fn runs(&self) -> bool {
        !self.asleep() && !self.restart
    }

    /// `active`: some output is on, so that sleep leaves something to restart.
    pub(super) fn write(&mut self, byte: u8, active: bool, now_ns: u64) {
        let slept = self.asleep();
        // Only a write of 1 does something, and only when the clock runs.
        let stable = !slept && now_ns >= self.awake_ns.saturating_add(STABLE_NS);
        if byte & RESTART != 0 && stable {
            self.restart = false;
        }
        // EXTCLK is taken while asleep, and stays (section 7.3.1, table 5).
        let clock = (self.written | if slept { byte } else { 0 }) & EXTCLK;
        self.written = byte & !(RESTART | EXTCLK) | clock;
        match (slept, self.asleep()) {
            (false, true) => self.restart |= active,
            (true, false) => self.awake_ns = now_ns,
            _ => {}
        }
    }

    /// An output was programmed: there is nothing to restart any more.
    pub(super) fn programmed(&mut self) {
        self.restart = false;
    }
}
