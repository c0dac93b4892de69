//! Commands and their answers.

/// A command: at most 16 bytes, of which bulk-only transport sends all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Command {
    pub(crate) bytes: [u8; 10],
    pub(crate) len: u8,
}

impl Command {
    /// TEST UNIT READY (SPC-4, 6.47).
    pub(crate) const TEST_UNIT_READY: Self = Self { bytes: [0; 10], len: 6 };

    /// INQUIRY of the standard data's first [`INQUIRY_LEN`] bytes (SPC-4, 6.6).
    pub(crate) const INQUIRY: Self =
        Self { bytes: [0x12, 0, 0, 0, INQUIRY_LEN, 0, 0, 0, 0, 0], len: 6 };

    /// REQUEST SENSE in fixed format (SPC-4, 6.39).
    pub(crate) const REQUEST_SENSE: Self =
        Self { bytes: [0x03, 0, 0, 0, SENSE_LEN, 0, 0, 0, 0, 0], len: 6 };

    /// READ CAPACITY (10) (SBC-3, 5.12).
    pub(crate) const READ_CAPACITY: Self =
        Self { bytes: [0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0], len: 10 };

    /// READ (10) (SBC-3, 5.8).
    pub(crate) fn read(first: u32, blocks: u16) -> Self {
        Self::transfer(0x28, first, blocks)
    }

    /// WRITE (10) (SBC-3, 5.32).
    pub(crate) fn write(first: u32, blocks: u16) -> Self {
        Self::transfer(0x2a, first, blocks)
    }

    fn transfer(operation: u8, first: u32, blocks: u16) -> Self {
        let ([a, b, c, d], [high, low]) = (first.to_be_bytes(), blocks.to_be_bytes());
        Self { bytes: [operation, 0, a, b, c, d, 0, high, low, 0], len: 10 }
    }
}

/// The least that a device has of standard INQUIRY data.
pub(crate) const INQUIRY_LEN: u8 = 36;

/// What bulk-only devices have of sense data.
pub(crate) const SENSE_LEN: u8 = 18;

/// What READ CAPACITY (10) gives.
pub(crate) const CAPACITY_LEN: usize = 8;

/// Whether INQUIRY data is of a device with blocks: peripheral device type 0,
/// connected (SPC-4, table 147 and 149).
pub(crate) fn has_blocks(inquiry: &[u8]) -> bool {
    inquiry.first() == Some(&0)
}

/// Bytes of a block, and how many there are. None when the device has more than
/// READ (10) can name, or says what no device can be.
pub(crate) fn capacity(answer: &[u8]) -> Option<(u32, u64)> {
    let ([last, block], _) = answer.as_chunks::<4>() else { return None };
    let (last, block) = (u32::from_be_bytes(*last), u32::from_be_bytes(*block));
    let possible = last != u32::MAX && (1..=LARGEST_BLOCK).contains(&block);
    possible.then(|| (block, u64::from(last) + 1))
}

/// Larger blocks do not exist; a device that claims some would make us take
/// memory for them.
const LARGEST_BLOCK: u32 = 64 * 1024;

/// Why a command failed (SPC-4, table 43 and 48).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sense {
    /// Not ready, maybe soon.
    NotReady,
    /// Something happened that the device has to tell once, such as a reset.
    Attention,
    /// The command, or what it is for, does not exist there; or it is protected.
    Refused,
    /// The medium or the device failed.
    Failed,
}

/// Reads sense data in fixed or descriptor format.
pub(crate) fn sense(data: &[u8]) -> Sense {
    let key = match data {
        [0x70 | 0x71 | 0xf0 | 0xf1, _, key, ..] => key & 0xf,
        [0x72 | 0x73, key, ..] => key & 0xf,
        _ => return Sense::Failed,
    };
    match key {
        2 => Sense::NotReady,
        6 => Sense::Attention,
        5 | 7 => Sense::Refused,
        _ => Sense::Failed,
    }
}
