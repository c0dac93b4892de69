//! The two checksums (Part 1, section 4.5).

/// CRC7 of commands, responses and registers: x⁷ + x³ + 1.
pub fn crc7(data: &[u8]) -> u8 {
    let mut crc = 0_u8;
    for byte in data {
        for bit in (0..8).rev() {
            let out = crc >> 6 ^ byte >> bit & 1;
            crc = crc << 1 & 0x7f ^ if out & 1 == 0 { 0 } else { 0x09 };
        }
    }
    crc
}

/// CRC16 of data blocks: x¹⁶ + x¹² + x⁵ + 1.
pub fn crc16(data: &[u8]) -> u16 {
    let mut crc = 0_u16;
    for byte in data {
        // A byte at a time: what the eight steps of the division come to.
        let mut high = (crc >> 8) as u8 ^ byte;
        high ^= high >> 4;
        let high = u16::from(high);
        crc = crc << 8 ^ high << 12 ^ high << 5 ^ high;
    }
    crc
}
