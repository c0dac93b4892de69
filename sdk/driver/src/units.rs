//! From a driver's floating-point readings to the integers of the device
//! interfaces.

use crate::Error;

/// `value` in thousandths of its unit, rounded half away from zero.
///
/// # Errors
///
/// [`Error::InvalidData`] when `value` is not a number or does not fit.
///
/// ```
/// use periplasm_driver::units::milli;
/// assert_eq!(milli::<i32>(25.0825_f32).unwrap(), 25_083);
/// assert_eq!(milli::<i32>(-0.0625).unwrap(), -63);
/// assert!(milli::<u32>(-1.0).is_err());
/// assert!(milli::<i32>(f32::NAN).is_err());
/// ```
pub fn milli<T: TryFrom<i64>>(value: f32) -> Result<T, Error> {
    // f64, because a pressure in milli-Pa has more digits than an f32 holds.
    let scaled = f64::from(value) * 1_000.0;
    // i64 itself is checked by T; this keeps the cast from saturating.
    if scaled.is_nan() || scaled.abs() >= 9.0e15 {
        return Err(Error::InvalidData);
    }
    let rounded = scaled + if scaled < 0.0 { -0.5 } else { 0.5 };
    T::try_from(rounded as i64).map_err(|_| Error::InvalidData)
}
