//! String descriptors (9.6.7).

use super::STRING;

/// The units of a string, or the languages of string 0.
pub(crate) fn units(descriptor: &[u8]) -> Option<impl Iterator<Item = u16> + use<'_>> {
    let [len, STRING, units @ ..] = descriptor else { return None };
    if usize::from(*len) != descriptor.len() {
        return None;
    }
    let (units, _) = units.as_chunks::<2>();
    Some(units.iter().map(|unit| u16::from_le_bytes(*unit)))
}

/// The string, with marks for what is no UTF-16.
pub(crate) fn decode(descriptor: &[u8]) -> Option<String> {
    let units: Vec<u16> = units(descriptor)?.collect();
    Some(String::from_utf16_lossy(&units))
}
