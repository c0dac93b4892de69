//! From an answer of the host to the buffer of a driver.

/// The host gave another number of bytes than were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongLength {
    pub(crate) asked: usize,
    pub(crate) given: usize,
}

/// Copies a whole answer; a short or a long one is an error, never a mix of
/// new bytes and old.
pub(crate) fn fill(buffer: &mut [u8], bytes: &[u8]) -> Result<(), WrongLength> {
    if buffer.len() != bytes.len() {
        return Err(WrongLength { asked: buffer.len(), given: bytes.len() });
    }
    buffer.copy_from_slice(bytes);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_another_length_is_an_error_and_leaves_the_buffer() {
        let mut buffer = [7; 2];
        for given in [&[1][..], &[1, 2, 3], &[]] {
            let error = fill(&mut buffer, given).unwrap_err();
            assert_eq!(error, WrongLength { asked: 2, given: given.len() });
            assert_eq!(buffer, [7; 2]);
        }
        fill(&mut buffer, &[1, 2]).unwrap();
        assert_eq!(buffer, [1, 2]);
    }
}
