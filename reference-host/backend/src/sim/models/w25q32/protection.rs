//! Which memory the status registers protect (section 7.1, "Status Register
//! Memory Protection").

use std::ops::Range;

use super::chip::CAPACITY;

/// What BP2 to BP0, TB and SEC of status register 1 select.
fn range(status1: u8) -> Range<u32> {
    let block_protect = u32::from(status1 >> 2 & 0b111);
    let bottom = status1 & 1 << 5 != 0;
    let sectors = status1 & 1 << 6 != 0;
    let bytes = match (sectors, block_protect) {
        (_, 0) => 0,
        (_, 7) => CAPACITY,
        // 4, 8, 16, 32 and 32 KiB.
        (true, power) => (4 << 10) << (power - 1).min(3),
        // 64 KiB, then twice as much each step, to the half.
        (false, power) => (64 << 10) << (power - 1),
    };
    if bottom { 0..bytes } else { CAPACITY - bytes..CAPACITY }
}

/// Whether any byte of `bytes` is protected.
pub(super) fn protects(status1: u8, status2: u8, bytes: &Range<u32>) -> bool {
    let range = range(status1);
    let complemented = status2 & 1 << 6 != 0;
    if complemented {
        bytes.start < range.start || bytes.end > range.end
    } else {
        bytes.start.max(range.start) < bytes.end.min(range.end)
    }
}
