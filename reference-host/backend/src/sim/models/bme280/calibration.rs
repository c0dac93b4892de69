//! What Bosch burns into each chip.

use serde::Deserialize;

use crate::sim::ConfigError;
use crate::sim::error::within;

/// The trimming parameters `dig_T1` … `dig_H6` (DS002 section 4.2.2, table 16).
///
/// The default holds, for temperature and pressure, the worked example of the
/// BMP280's datasheet (BST-BMP280-DS001 section 3.12): the two chips share that
/// compensation. Bosch gives no example for humidity; those six are of the size
/// that real chips have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "the datasheet's names; it does not say what each one does")]
pub struct Calibration {
    pub t1: u16,
    pub t2: i16,
    pub t3: i16,
    pub p1: u16,
    pub p2: i16,
    pub p3: i16,
    pub p4: i16,
    pub p5: i16,
    pub p6: i16,
    pub p7: i16,
    pub p8: i16,
    pub p9: i16,
    pub h1: u8,
    pub h2: i16,
    pub h3: u8,
    /// 12 bits with a sign: `-2048..=2047`.
    pub h4: i16,
    /// 12 bits with a sign: `-2048..=2047`.
    pub h5: i16,
    pub h6: i8,
}

impl Default for Calibration {
    fn default() -> Self {
        Self {
            t1: 27504,
            t2: 26435,
            t3: -1000,
            p1: 36477,
            p2: -10685,
            p3: 3024,
            p4: 2855,
            p5: 140,
            p6: -7,
            p7: 15500,
            p8: -14600,
            p9: 6000,
            h1: 75,
            h2: 363,
            h3: 0,
            h4: 327,
            h5: 50,
            h6: 30,
        }
    }
}

impl Calibration {
    /// Checks what the types leave open.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let twelve_bits = (-2048.0, 2047.0);
        within("`calibration.h4`", self.h4.into(), twelve_bits, "")?;
        within("`calibration.h5`", self.h5.into(), twelve_bits, "")?;
        Ok(())
    }

    /// The registers `calib00..calib25`, 0x88 to 0xA1. 0xA0 is not used.
    pub(super) fn low(&self) -> [u8; 26] {
        let words = [
            self.t1.to_le_bytes(),
            self.t2.to_le_bytes(),
            self.t3.to_le_bytes(),
            self.p1.to_le_bytes(),
            self.p2.to_le_bytes(),
            self.p3.to_le_bytes(),
            self.p4.to_le_bytes(),
            self.p5.to_le_bytes(),
            self.p6.to_le_bytes(),
            self.p7.to_le_bytes(),
            self.p8.to_le_bytes(),
            self.p9.to_le_bytes(),
        ];
        let mut bytes = [0; 26];
        bytes[..24].copy_from_slice(words.as_flattened());
        bytes[25] = self.h1;
        bytes
    }

    /// The registers `calib26..calib32`, 0xE1 to 0xE7. H4 and H5 share 0xE5:
    /// the low nibble is H4's, the high one H5's.
    pub(super) fn high(&self) -> [u8; 7] {
        let [h2_low, h2_high] = self.h2.to_le_bytes();
        let [h4_low, h4_top] = (self.h4 << 4).to_le_bytes();
        let [h5_low, h5_top] = (self.h5 << 4).to_le_bytes();
        [h2_low, h2_high, self.h3, h4_top, (h4_low >> 4) | h5_low, h5_top, self.h6 as u8]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temperature_and_pressure_parameters_are_little_endian_words_from_0x88() {
        let low = Calibration::default().low();
        // 27504 = 0x6b70, 26435 = 0x6743, -1000 = 0xfc18, 36477 = 0x8e7d.
        assert_eq!(low[..8], [0x70, 0x6b, 0x43, 0x67, 0x18, 0xfc, 0x7d, 0x8e]);
        assert_eq!(low[22..], [0x70, 0x17, 0x00, 75], "P9 6000 = 0x1770, 0xA0 unused, H1");
    }

    #[test]
    fn the_nibbles_of_h4_and_h5_are_packed_as_table_16_says() {
        // H4: 0xE4 is [11:4], 0xE5[3:0] is [3:0]. H5: 0xE5[7:4] is [3:0],
        // 0xE6 is [11:4].
        let packed = |h4, h5| Calibration { h4, h5, ..Calibration::default() }.high();
        assert_eq!(packed(0x123, 0x456)[3..6], [0x12, 0x63, 0x45]);
        assert_eq!(packed(-1, 0)[3..6], [0xff, 0x0f, 0x00]);
        assert_eq!(packed(0, -2048)[3..6], [0x00, 0x00, 0x80]);
    }

    #[test]
    fn what_does_not_fit_into_twelve_bits_is_refused() {
        for h4 in [-2049, 2048, i16::MIN, i16::MAX] {
            let error = Calibration { h4, ..Calibration::default() }.check().unwrap_err();
            assert!(error.to_string().contains("-2048 and 2047"), "{error}");
        }
    }
}
