//! Dates and times as the chip counts them: years 2000 to 2099, in which every
//! fourth is a leap year.

/// A date and a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DateTime {
    /// 0 to 99.
    pub(super) year: u8,
    pub(super) month: u8,
    pub(super) day: u8,
    /// 1 to 7; the chip only counts it.
    pub(super) weekday: u8,
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
}

const DAY: u64 = 24 * 60 * 60;

/// After so many days dates repeat; they are no whole number of weeks.
const CENTURY: u64 = 36_525;

fn days_in(year: u8, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        _ => 31,
    }
}

impl DateTime {
    /// After the first power-up ("Clock and calendar"): 01/01/00 01 00:00:00.
    pub(super) const RESET: Self =
        Self { year: 0, month: 1, day: 1, weekday: 1, hour: 0, minute: 0, second: 0 };

    /// `2026-02-28 23:59:59`, on the first day of the week.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_once(' ')?;
        let three = |text: &str, between| -> Option<[u8; 3]> {
            let mut parts = text.split(between).map(|part| {
                let two = part.len() == 2 && part.bytes().all(|digit| digit.is_ascii_digit());
                two.then(|| part.parse().ok()).flatten()
            });
            let found = [parts.next()??, parts.next()??, parts.next()??];
            parts.next().is_none().then_some(found)
        };
        let [year, month, day] = three(date.strip_prefix("20")?, '-')?;
        let [hour, minute, second] = three(time, ':')?;
        let found = Self { year, month, day, weekday: 1, hour, minute, second };
        (found.valid() == found).then_some(found)
    }

    /// The nearest date and time that there is.
    fn valid(self) -> Self {
        let (year, month) = (self.year.min(99), self.month.clamp(1, 12));
        Self {
            year,
            month,
            day: self.day.clamp(1, days_in(year, month)),
            weekday: self.weekday.clamp(1, 7),
            hour: self.hour.min(23),
            minute: self.minute.min(59),
            second: self.second.min(59),
        }
    }

    /// So many seconds later.
    pub(super) fn after(self, seconds: u64) -> Self {
        if seconds == 0 {
            return self;
        }
        let mut date = self.valid();
        let minutes = u64::from(date.hour) * 60 + u64::from(date.minute);
        let total = (minutes * 60 + u64::from(date.second)).saturating_add(seconds);
        let (days, of_day) = (total / DAY, total % DAY);
        date.hour = (of_day / 3_600) as u8;
        date.minute = (of_day / 60 % 60) as u8;
        date.second = (of_day % 60) as u8;
        date.weekday = ((u64::from(date.weekday) - 1 + days) % 7) as u8 + 1;
        for _ in 0..days % CENTURY {
            date.next_day();
        }
        date
    }

    fn next_day(&mut self) {
        self.day += 1;
        if self.day > days_in(self.year, self.month) {
            (self.day, self.month) = (1, self.month + 1);
        }
        if self.month > 12 {
            (self.month, self.year) = (1, (self.year + 1) % 100);
        }
    }
}
