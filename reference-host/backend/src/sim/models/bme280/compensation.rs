//! From raw values to physical ones, as the datasheet has a host do it.
//!
//! The formulas are those in double precision (BST-BME280-DS002 section 8.1).
//! The chip itself never runs them: the model uses them backwards, to find the
//! raw values of a climate.

use super::Calibration;

/// What the chip's converter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw {
    /// 20 bits.
    pub temperature: u32,
    /// 20 bits.
    pub pressure: u32,
    /// 16 bits.
    pub humidity: u32,
}

/// What a host makes of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Climate {
    /// °C.
    pub temperature: f64,
    /// Pa.
    pub pressure: f64,
    /// % relative humidity.
    pub humidity: f64,
}

/// Compensates one measurement.
///
/// ```
/// use periplasm_backend::sim::models::bme280::{Calibration, Raw, compensate};
/// // BST-BMP280-DS001 section 3.12.
/// let raw = Raw { temperature: 519888, pressure: 415148, humidity: 0 };
/// let climate = compensate(&Calibration::default(), raw);
/// assert_eq!(format!("{:.2} °C", climate.temperature), "25.08 °C");
/// assert_eq!(format!("{:.2} Pa", climate.pressure), "100653.27 Pa");
/// ```
pub fn compensate(calibration: &Calibration, raw: Raw) -> Climate {
    let (temperature, t_fine) = temperature(calibration, raw.temperature);
    Climate {
        temperature,
        pressure: pressure(calibration, raw.pressure, t_fine),
        humidity: humidity(calibration, raw.humidity, t_fine).clamp(0.0, 100.0),
    }
}

/// °C, and `t_fine`, which the other two need.
pub(super) fn temperature(c: &Calibration, raw: u32) -> (f64, f64) {
    let raw = f64::from(raw);
    let (t1, t2, t3) = (f64::from(c.t1), f64::from(c.t2), f64::from(c.t3));
    let var1 = (raw / 16384.0 - t1 / 1024.0) * t2;
    let var2 = (raw / 131072.0 - t1 / 8192.0).powi(2) * t3;
    // Not truncated to an integer as in the datasheet's code, but whole as in
    // its worked example, whose pressure comes out only so (0.01 Pa apart).
    ((var1 + var2) / 5120.0, var1 + var2)
}

/// Pa, or 0 where the formula would divide by zero.
pub(super) fn pressure(c: &Calibration, raw: u32, t_fine: f64) -> f64 {
    let var1 = t_fine / 2.0 - 64000.0;
    let var2 = var1 * var1 * f64::from(c.p6) / 32768.0 + var1 * f64::from(c.p5) * 2.0;
    let var2 = var2 / 4.0 + f64::from(c.p4) * 65536.0;
    let var1 = (f64::from(c.p3) * var1 * var1 / 524288.0 + f64::from(c.p2) * var1) / 524288.0;
    let var1 = (1.0 + var1 / 32768.0) * f64::from(c.p1);
    if var1 == 0.0 {
        return 0.0;
    }
    let p = (1048576.0 - f64::from(raw) - var2 / 4096.0) * 6250.0 / var1;
    let var1 = f64::from(c.p9) * p * p / 2147483648.0;
    let var2 = p * f64::from(c.p8) / 32768.0;
    p + (var1 + var2 + f64::from(c.p7)) / 16.0
}

/// % relative humidity, before it is clamped to 0 and 100.
pub(super) fn humidity(c: &Calibration, raw: u32, t_fine: f64) -> f64 {
    let t = t_fine - 76800.0;
    let offset = f64::from(c.h4) * 64.0 + f64::from(c.h5) / 16384.0 * t;
    let by_temperature =
        1.0 + f64::from(c.h6) / 67108864.0 * t * (1.0 + f64::from(c.h3) / 67108864.0 * t);
    let h = (f64::from(raw) - offset) * (f64::from(c.h2) / 65536.0 * by_temperature);
    h * (1.0 - f64::from(c.h1) * h / 524288.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: Raw = Raw { temperature: 519888, pressure: 415148, humidity: 30000 };

    #[test]
    fn the_worked_example_gives_the_datasheets_answers() {
        // BST-BMP280-DS001 section 3.12.
        let calibration = Calibration::default();
        let (celsius, t_fine) = temperature(&calibration, EXAMPLE.temperature);
        assert_eq!((format!("{celsius:.2}"), t_fine as i32), ("25.08".to_owned(), 128422));
        assert_eq!(format!("{:.2}", pressure(&calibration, EXAMPLE.pressure, t_fine)), "100653.27");
    }

    /// The datasheet's other humidity formula, in 32-bit integers (section
    /// 4.2.3), which gives % relative humidity in Q22.10.
    fn humidity_in_integers(c: &Calibration, raw: u32, t_fine: i32) -> f64 {
        let [h1, h2, h3] = [i64::from(c.h1), i64::from(c.h2), i64::from(c.h3)];
        let [h4, h5, h6] = [i64::from(c.h4), i64::from(c.h5), i64::from(c.h6)];
        let v = i64::from(t_fine) - 76800;
        let offset = (i64::from(raw) << 14) - (h4 << 20) - h5 * v;
        let slope = ((((v * h6) >> 10) * (((v * h3) >> 11) + 32768)) >> 10) + 2097152;
        let v = ((offset + 16384) >> 15) * ((slope * h2 + 8192) >> 14);
        let v = v - (((((v >> 15) * (v >> 15)) >> 7) * h1) >> 4);
        (v.clamp(0, 419430400) >> 12) as f64 / 1024.0
    }

    #[test]
    fn both_humidity_formulas_of_the_datasheet_agree() {
        for h3 in [0, 90, 255] {
            let calibration = Calibration { h3, ..Calibration::default() };
            for raw in (0..=65535).step_by(97) {
                for t_fine in [-200_000, 0, 76_800, 128_422, 420_000] {
                    let exact = humidity(&calibration, raw, t_fine.into()).clamp(0.0, 100.0);
                    let integers = humidity_in_integers(&calibration, raw, t_fine);
                    assert!((exact - integers).abs() < 0.02, "{raw} {t_fine}: {exact} {integers}");
                }
            }
        }
    }

    #[test]
    fn the_humidity_of_the_example_is_the_independently_computed_one() {
        // Section 8.1's formula in exact rational arithmetic (Python's
        // `fractions`), with t_fine = 128422 and raw = 30000.
        let humidity = humidity(&Calibration::default(), EXAMPLE.humidity, 128_422.0);
        assert_eq!(format!("{humidity:.9}"), "50.151082797");
    }

    #[test]
    fn humidity_ends_at_0_and_100() {
        let calibration = Calibration::default();
        let at = |humidity| compensate(&calibration, Raw { humidity, ..EXAMPLE }).humidity;
        assert_eq!((at(0), at(65535)), (0.0, 100.0));
    }
}
