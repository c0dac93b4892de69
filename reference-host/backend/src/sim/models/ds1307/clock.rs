//! The time-keeping registers 00h to 06h (table 2), and the pin.

use super::calendar::DateTime;
use crate::Level;
use crate::sim::models::ahead::Ahead;

const SECOND_NS: u64 = 1_000_000_000;

/// Clock halt, in the seconds.
const CH: u8 = 1 << 7;

/// In the hours: 12-hour mode, and PM.
const TWELVE: u8 = 1 << 6;
const PM: u8 = 1 << 5;

/// In the control register.
const OUT: u8 = 1 << 7;
const SQWE: u8 = 1 << 4;
const RS: u8 = 0b11;

#[derive(Clone, Debug)]
pub(super) struct Clock {
    date: DateTime,
    halted: bool,
    /// Hours are shown as 1 to 12.
    twelve: bool,
    control: u8,
    /// When the date became what it is.
    since_ns: u64,
    /// What [`Ahead`] has come to.
    now_ns: u64,
}

impl Clock {
    /// Kept by its battery, or powered up for the first time: then it is halted.
    pub(super) fn new(date: Option<DateTime>) -> Self {
        Self {
            date: date.unwrap_or(DateTime::RESET),
            halted: date.is_none(),
            twelve: false,
            // "Control register": RS1 and RS0 are 1.
            control: RS,
            since_ns: 0,
            now_ns: 0,
        }
    }

    pub(super) fn registers(&self) -> [u8; 8] {
        let date = self.date;
        let hour = match (self.twelve, date.hour) {
            (false, hour) => bcd(hour),
            (true, 0) => TWELVE | bcd(12),
            (true, hour @ 1..=11) => TWELVE | bcd(hour),
            (true, 12) => TWELVE | PM | bcd(12),
            (true, hour) => TWELVE | PM | bcd(hour.saturating_sub(12)),
        };
        let halt = if self.halted { CH } else { 0 };
        let [month, year] = [date.month, date.year].map(bcd);
        let [second, minute, day] = [date.second, date.minute, date.day].map(bcd);
        [second | halt, minute, hour, date.weekday, day, month, year, self.control]
    }

    pub(super) fn write(&mut self, register: u8, byte: u8, now_ns: u64) {
        let date = &mut self.date;
        match register {
            0 => {
                date.second = binary(byte & 0x7f);
                self.halted = byte & CH != 0;
                // The divider starts anew with the seconds.
                self.since_ns = now_ns;
            }
            1 => date.minute = binary(byte & 0x7f),
            2 => {
                self.twelve = byte & TWELVE != 0;
                date.hour = if self.twelve {
                    binary(byte & 0x1f) % 12 + if byte & PM != 0 { 12 } else { 0 }
                } else {
                    binary(byte & 0x3f)
                };
            }
            3 => date.weekday = byte & 0x07,
            4 => date.day = binary(byte & 0x3f),
            5 => date.month = binary(byte & 0x1f),
            6 => date.year = binary(byte),
            _ => self.control = byte & (OUT | SQWE | RS),
        }
    }

    fn square(&self) -> bool {
        self.control & (SQWE | RS) == SQWE && !self.halted
    }
}

fn bcd(number: u8) -> u8 {
    ((number / 10 % 10) << 4) | (number % 10)
}

fn binary(bcd: u8) -> u8 {
    (bcd >> 4) * 10 + (bcd & 0x0f)
}

impl Ahead for Clock {
    fn next_ns(&self) -> Option<u64> {
        let half = SECOND_NS / 2;
        let into = self.now_ns.saturating_sub(self.since_ns) % half;
        self.square().then(|| self.now_ns.saturating_add(half - into))
    }

    fn advance(&mut self, now_ns: u64) {
        self.now_ns = now_ns;
        if self.halted {
            self.since_ns = now_ns;
            return;
        }
        let seconds = now_ns.saturating_sub(self.since_ns) / SECOND_NS;
        self.since_ns += seconds * SECOND_NS;
        self.date = self.date.after(seconds);
    }

    fn level(&self) -> Level {
        if self.square() {
            Level::from(self.now_ns.saturating_sub(self.since_ns) >= SECOND_NS / 2)
        } else {
            Level::from(self.control & (SQWE | OUT) != 0)
        }
    }
}
