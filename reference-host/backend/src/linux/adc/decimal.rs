//! Decimal numbers as the kernel writes them, exactly.

/// A number in steps of 10⁻¹²: the kernel writes at most nine digits behind
/// the point, twelve for scales below a nano.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal(i128);

const DIGITS: u32 = 12;
const UNIT: i128 = 10i128.pow(DIGITS);
/// Digits before the point: more than any file has, and a product still fits.
const MAX_WHOLE: usize = 12;

impl Decimal {
    pub(super) const ZERO: Self = Self(0);
    pub(super) const ONE: Self = Self(UNIT);

    /// Reads `-0.100708007`. Digits beyond the twelfth are dropped.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > MAX_WHOLE || !all_digits(whole) || !all_digits(part) {
            return None;
        }
        let mut value = whole.parse::<i128>().ok()?;
        let mut part = part.bytes();
        for _ in 0..DIGITS {
            value = value * 10 + i128::from(part.next().unwrap_or(b'0') - b'0');
        }
        Some(Self(if negative { -value } else { value }))
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The product, without the digits that do not fit.
    pub(super) fn times(self, other: Self) -> Option<Self> {
        self.0.checked_mul(other.0).map(|product| Self(product / UNIT))
    }

    /// A thousand times it, to the nearest integer, halves away from zero.
    pub(super) fn thousandfold_rounded(self) -> Option<i128> {
        let step = UNIT / 1000;
        let half = step / 2 * self.0.signum();
        Some(self.0.checked_add(half)? / step)
    }
}

impl From<i32> for Decimal {
    fn from(number: i32) -> Self {
        Self(i128::from(number) * UNIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_writes_is_read_exactly() {
        for (text, expected) in [
            ("0", 0),
            ("-2048", -2048 * UNIT),
            ("0.805664062", 805_664_062_000),
            ("-0.5", -UNIT / 2),
            ("0.000000000001", 1),
            ("1.0000000000019", UNIT + 1),
            ("3.", 3 * UNIT),
        ] {
            assert_eq!(Decimal::parse(text), Some(Decimal(expected)), "{text}");
        }
        for text in ["", "-", ".5", "1e3", "+1", "0x10", "1 2", "1.2.3", "1234567890123", "--1"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_no_number() {
        let large = Decimal::parse("999999999999").unwrap();
        assert_eq!(large.times(large), None);
        assert!(Decimal::from(i32::MIN).times(Decimal::from(1000)).is_some());
        assert_eq!(Decimal(i128::MAX).plus(Decimal(1)), None);
        assert_eq!(Decimal(i128::MAX).thousandfold_rounded(), None);
    }
}
