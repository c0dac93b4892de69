//! What the card says about itself (Part 1, section 5).

use super::crc::crc7;
use super::storage::Kind;

/// OCR (section 5.1): 2.7 to 3.6 V, and bit 31 when power up is done. Bit 30:
/// card capacity status.
pub(super) fn ocr(kind: Kind, ready: bool) -> [u8; 4] {
    let capacity = u32::from(ready && kind == Kind::High) << 30;
    (u32::from(ready) << 31 | capacity | 0x00ff_8000).to_be_bytes()
}

/// CID (section 5.2): a manufacturer number that nobody has, "PP", "CARD",
/// revision 1.0, January 2026.
pub(super) fn cid() -> [u8; 16] {
    sealed([
        0x00, b'P', b'P', b'S', b'I', b'M', b'S', b'D', 0x10, 0x00, 0x00, 0x00, 0x01, 0x01, 0xa1,
    ])
}

/// CSD (section 5.3): version 2 for high capacity, version 1 for the others.
pub(super) fn csd(kind: Kind, blocks: u32) -> [u8; 16] {
    // 25 MHz, all basic command classes, blocks of 512 bytes; block erase on.
    let mut csd = [0; 15];
    csd[1] = if kind == Kind::High { 0x0e } else { 0x26 };
    (csd[3], csd[4], csd[5]) = (0x32, 0x5b, 0x59);
    (csd[10], csd[11], csd[12], csd[13]) = (0x7f, 0x80, 0x0a, 0x40);
    if kind == Kind::High {
        // C_SIZE, 22 bits: units of 512 KiB, less one.
        csd[0] = 0x40;
        let size = (u64::from(blocks) + 1) / 1024 - 1;
        csd[7..10].copy_from_slice(&(size as u32).to_be_bytes()[1..]);
    } else {
        // C_SIZE, 12 bits: units of 512 · 512 bytes (C_SIZE_MULT is 7), less one.
        let size = blocks / 512 - 1;
        csd[6] = (size >> 10 & 0b11) as u8;
        csd[7] = (size >> 2) as u8;
        csd[8] = (size << 6) as u8 | 0b11_1111;
        // VDD currents, C_SIZE_MULT, ERASE_BLK_EN and the sector size.
        (csd[9], csd[10]) = (0b1111_1111, 0b1111_1111);
    }
    sealed(csd)
}

/// SCR (section 5.6): version 2 or 3, 1 and 4 data lines.
pub(super) fn scr(kind: Kind) -> [u8; 8] {
    match kind {
        Kind::Version1 => [0x01, 0x25, 0, 0, 0, 0, 0, 0],
        Kind::Standard => [0x02, 0x25, 0x80, 0, 0, 0, 0, 0],
        Kind::High => [0x02, 0x35, 0x80, 0, 0, 0, 0, 0],
    }
}

/// With its checksum, and the bit that is always 1.
fn sealed(bytes: [u8; 15]) -> [u8; 16] {
    let mut register = [0; 16];
    register[..15].copy_from_slice(&bytes);
    register[15] = crc7(&bytes) << 1 | 1;
    register
}
