//! String descriptors.

use super::{Descriptor, DescriptorError, kinds, walk};

/// The text of a string descriptor (table 9-16).
pub fn text(bytes: &[u8]) -> Result<String, DescriptorError> {
    let descriptor = string(bytes)?;
    let units = units(descriptor)?;
    char::decode_utf16(units).collect::<Result<_, _>>().map_err(|_| DescriptorError::Text { at: 0 })
}

/// The languages of string descriptor zero (table 9-15): 0x0409 is English as in
/// the United States.
pub fn languages(bytes: &[u8]) -> Result<impl Iterator<Item = u16>, DescriptorError> {
    units(string(bytes)?)
}

fn string(bytes: &[u8]) -> Result<Descriptor<'_>, DescriptorError> {
    let nothing = DescriptorError::Truncated { at: 0, expected: 2, found: 0 };
    let descriptor = walk(bytes).next().ok_or(nothing)??;
    descriptor.of_kind(kinds::STRING, 2)?;
    Ok(descriptor)
}

fn units(descriptor: Descriptor<'_>) -> Result<impl Iterator<Item = u16> + '_, DescriptorError> {
    let bytes = descriptor.bytes.get(2..).unwrap_or_default();
    let (pairs, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return Err(DescriptorError::Text { at: 0 });
    }
    Ok(pairs.iter().map(|pair| u16::from_le_bytes(*pair)))
}
