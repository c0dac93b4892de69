//! Where a chip is, by the grant.

use crate::{BusFault, Error};

/// The first granted address, for a chip with a 7-bit one. `granted` is what a
/// slot's `addresses` returned.
///
/// # Errors
///
/// [`Error::Bus`] with [`BusFault::Other`] when nothing is granted, or a 10-bit
/// address comes first: the request in the manifest does not suit this driver.
///
/// ```
/// use periplasm_driver::seven_bit;
/// assert_eq!(seven_bit(&[0x76, 0x77]).unwrap(), 0x76);
/// assert!(seven_bit(&[0xa076]).is_err());
/// ```
pub fn seven_bit(granted: &[u16]) -> Result<u8, Error> {
    match granted.first() {
        Some(&address @ 0..=0x7f) => Ok(address as u8),
        _ => Err(Error::Bus(BusFault::Other)),
    }
}
