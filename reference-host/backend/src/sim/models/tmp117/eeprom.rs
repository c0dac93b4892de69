//! What survives a reset (section 7.5.1).

/// How long a programmed register keeps the EEPROM busy (section 6.5).
const PROGRAM_NS: u64 = 7_000_000;

/// The registers that the EEPROM holds: 01h to 03h and 05h to 08h.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored {
    pub(super) config: u16,
    pub(super) high: i16,
    pub(super) low: i16,
    pub(super) offset: i16,
    /// EEPROM1 to EEPROM3.
    pub(super) user: [u16; 3],
}

impl Default for Stored {
    /// From the factory (section 7.6, table 7-3).
    fn default() -> Self {
        Self { config: 0x0220, high: 0x6000, low: i16::MIN, offset: 0, user: [0; 3] }
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Eeprom {
    pub(super) stored: Stored,
    /// EUN: what is written to registers is stored as well.
    pub(super) unlocked: bool,
    busy_until_ns: u64,
}

impl Eeprom {
    pub(super) fn busy(&self, now_ns: u64) -> bool {
        now_ns < self.busy_until_ns
    }

    /// Stores what was written to a register, if it is unlocked.
    pub(super) fn program(&mut self, change: impl FnOnce(&mut Stored), now_ns: u64) {
        if self.unlocked {
            change(&mut self.stored);
            self.busy_until_ns = now_ns.saturating_add(PROGRAM_NS);
        }
    }
}
