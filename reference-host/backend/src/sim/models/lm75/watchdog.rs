//! The comparison behind the O.S. pin.

/// What the configuration register asks for (NXP section 7.4.2, table 8; TI's
/// "Configuration register").
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Conf(pub(super) u8);

impl Conf {
    pub(super) fn shutdown(self) -> bool {
        self.0 & 1 != 0
    }

    fn interrupt_mode(self) -> bool {
        self.0 & 1 << 1 != 0
    }

    pub(super) fn active_high(self) -> bool {
        self.0 & 1 << 2 != 0
    }

    /// How many conversions in a row must agree.
    fn fault_queue(self) -> u8 {
        match self.0 >> 3 & 0b11 {
            0b00 => 1,
            0b01 => 2,
            0b10 => 4,
            _ => 6,
        }
    }
}

/// Whether O.S. is active, and what would change it (NXP section 7.6; TI's
/// "O.S. output, TOS and THYST limits"; the queue counts for both crossings:
/// NXP figure 8, note).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Watchdog {
    active: bool,
    /// The last crossing was above Tos, so the next to come is below Thyst.
    above: bool,
    faults: u8,
}

/// The states of the watchdog repeat, at constant temperature, at the latest
/// after so many conversions: if Thyst is above Tos both crossings can hold at
/// once, and it goes round in twice the fault queue. 24 is a multiple of 2, 4,
/// 8 and 12.
pub(super) const ROUND: u64 = 24;

impl Watchdog {
    /// The end of a conversion. All three are in steps of 0.5 °C.
    pub(super) fn compare(&mut self, conf: Conf, temperature: i16, tos: i16, thyst: i16) {
        let crossed = if self.above { temperature < thyst } else { temperature > tos };
        if !crossed {
            self.faults = 0;
            return;
        }
        self.faults += 1;
        if self.faults >= conf.fault_queue() {
            self.faults = 0;
            self.above = !self.above;
            self.active = self.above || conf.interrupt_mode();
        }
    }

    /// A register was read: ends an interrupt.
    pub(super) fn read(&mut self, conf: Conf) {
        if conf.interrupt_mode() {
            self.active = false;
        }
    }

    /// The configuration was written. Shutdown ends an interrupt and leaves a
    /// comparator as it is; back in comparator mode the pin follows the last
    /// crossing.
    pub(super) fn configure(&mut self, conf: Conf) {
        if !conf.interrupt_mode() {
            self.active = self.above;
        } else if conf.shutdown() {
            self.active = false;
        }
    }

    pub(super) fn active(self) -> bool {
        self.active
    }
}
