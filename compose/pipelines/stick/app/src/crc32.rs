//! The checksum of zip and Ethernet (ITU-T V.42, 8.1.1.6.2).

/// The polynomial, its lowest power in the highest bit.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// The checksum of the bytes that were added.
pub(crate) struct Crc32(u32);

impl Crc32 {
    /// Of no bytes.
    pub(crate) fn new() -> Self {
        Self(u32::MAX)
    }

    /// Goes on with `bytes`.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 ^= u32::from(*byte);
            for _ in 0..8 {
                let divide = if self.0 & 1 == 1 { POLYNOMIAL } else { 0 };
                self.0 = (self.0 >> 1) ^ divide;
            }
        }
    }

    /// The checksum.
    pub(crate) fn value(&self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Crc32;

    /// The check value that catalogues of such sums have for this one.
    #[test]
    fn the_digits_have_the_sum_that_all_agree_on() {
        let mut sum = Crc32::new();
        sum.add(b"1234");
        sum.add(b"56789");
        assert_eq!(sum.value(), 0xcbf4_3926);
        assert_eq!(Crc32::new().value(), 0);
    }
}
