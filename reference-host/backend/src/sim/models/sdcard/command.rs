//! Commands and the first byte of their responses (Part 1, sections 7.3.1 and
//! 7.3.2).

use super::crc::crc7;

/// Numbers of commands.
pub(super) mod number {
    pub(in super::super) const GO_IDLE_STATE: u8 = 0;
    pub(in super::super) const SEND_OP_COND: u8 = 1;
    pub(in super::super) const SEND_IF_COND: u8 = 8;
    pub(in super::super) const SEND_CSD: u8 = 9;
    pub(in super::super) const SEND_CID: u8 = 10;
    pub(in super::super) const STOP_TRANSMISSION: u8 = 12;
    pub(in super::super) const SEND_STATUS: u8 = 13;
    pub(in super::super) const SET_BLOCKLEN: u8 = 16;
    pub(in super::super) const READ_SINGLE_BLOCK: u8 = 17;
    pub(in super::super) const READ_MULTIPLE_BLOCK: u8 = 18;
    pub(in super::super) const WRITE_BLOCK: u8 = 24;
    pub(in super::super) const WRITE_MULTIPLE_BLOCK: u8 = 25;
    pub(in super::super) const APP_CMD: u8 = 55;
    pub(in super::super) const READ_OCR: u8 = 58;
    pub(in super::super) const CRC_ON_OFF: u8 = 59;
}

/// Numbers of application commands, after CMD55.
pub(super) mod application {
    pub(in super::super) const SD_STATUS: u8 = 13;
    pub(in super::super) const SET_WR_BLK_ERASE_COUNT: u8 = 23;
    pub(in super::super) const SD_SEND_OP_COND: u8 = 41;
    pub(in super::super) const SEND_SCR: u8 = 51;
}

/// Bits of R1.
pub(super) mod r1 {
    pub(in super::super) const IDLE: u8 = 1;
    pub(in super::super) const ILLEGAL: u8 = 1 << 2;
    pub(in super::super) const CRC: u8 = 1 << 3;
    pub(in super::super) const PARAMETER: u8 = 1 << 6;
}

/// A command of six bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Command {
    pub(super) number: u8,
    pub(super) argument: u32,
    /// Whether its checksum is right.
    pub(super) intact: bool,
}

/// Finds commands in what the host sends: a byte that begins with 01, and five
/// more.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parser {
    bytes: [u8; 6],
    count: usize,
}

impl Parser {
    pub(super) fn take(&mut self, byte: u8) -> Option<Command> {
        if self.count == 0 && byte >> 6 != 0b01 {
            return None;
        }
        self.bytes[self.count] = byte;
        self.count += 1;
        if self.count < self.bytes.len() {
            return None;
        }
        self.count = 0;
        let [first, a, b, c, d, check] = self.bytes;
        Some(Command {
            number: first & 0x3f,
            argument: u32::from_be_bytes([a, b, c, d]),
            intact: check == crc7(&self.bytes[..5]) << 1 | 1,
        })
    }
}
