//! The binary device object store.

use super::{DescriptorError, kinds, walk};

/// A BOS descriptor with its capabilities (USB 3.2, 9.6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bos<'a> {
    /// `wTotalLength`, as declared.
    pub total_length: u16,
    /// `bNumDeviceCaps`, as declared.
    pub declared_capabilities: u8,
    /// All of it that is there, at most `wTotalLength` bytes.
    pub bytes: &'a [u8],
}

/// A device capability (USB 3.2, table 9-13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability<'a> {
    /// `bDevCapabilityType`.
    pub kind: u8,
    /// The whole descriptor.
    pub bytes: &'a [u8],
}

impl<'a> Bos<'a> {
    /// The length of the descriptor itself.
    pub const LEN: usize = 5;

    /// Reads the one that `bytes` begin with.
    pub fn read(bytes: &'a [u8]) -> Result<Self, DescriptorError> {
        let nothing = DescriptorError::Truncated { at: 0, expected: Self::LEN, found: 0 };
        let header = walk(bytes).next().ok_or(nothing)??;
        header.of_kind(kinds::BOS, Self::LEN as u8)?;
        let total_length = header.word(2);
        let least = u16::try_from(header.bytes.len()).unwrap_or(u16::MAX);
        if total_length < least {
            let (expected, found) = (least, total_length);
            return Err(DescriptorError::TotalLength { at: 0, expected, found });
        }
        let whole = bytes.get(..usize::from(total_length)).unwrap_or(bytes);
        Ok(Self { total_length, declared_capabilities: header.byte(4), bytes: whole })
    }

    /// Its capabilities, up to the first damaged descriptor, which ends them with
    /// an error.
    pub fn capabilities(
        &self,
    ) -> impl Iterator<Item = Result<Capability<'a>, DescriptorError>> + use<'a> {
        walk(self.bytes).skip(1).filter_map(|one| match one {
            Ok(one) if one.kind == kinds::DEVICE_CAPABILITY => {
                Some(one.at_least(3).map(|()| Capability { kind: one.byte(2), bytes: one.bytes }))
            }
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        })
    }
}
