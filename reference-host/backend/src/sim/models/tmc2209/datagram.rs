//! The datagrams (sections 4.1 and 4.2).

/// The low nibble of each datagram's first byte.
const SYNC: u8 = 0x5;
/// Who replies are for.
const HOST: u8 = 0xff;
const WRITE: u8 = 0x80;

/// The polynomial x⁸ + x² + x + 1 over the bytes, lowest bit first.
pub fn crc8(bytes: &[u8]) -> u8 {
    let mut crc = 0_u8;
    for byte in bytes {
        for place in 0..8 {
            let out = crc >> 7 ^ byte >> place & 1;
            crc = crc << 1 ^ if out == 0 { 0 } else { 0x07 };
        }
    }
    crc
}

/// What the host asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
    Read { register: u8 },
    Write { register: u8, value: u32 },
}

/// Finds datagrams in what the host sends.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parser {
    bytes: [u8; 8],
    count: usize,
}

impl Parser {
    /// Silence: what came before is no part of what comes next.
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// A byte: the request that ends with it, if it is for `address`.
    pub(super) fn take(&mut self, byte: u8, address: u8) -> Option<Request> {
        if self.count == 0 && byte & 0x0f != SYNC {
            return None;
        }
        self.bytes[self.count] = byte;
        self.count += 1;
        let writes = self.count > 2 && self.bytes[2] & WRITE != 0;
        let len = if writes { 8 } else { 4 };
        if self.count < len {
            return None;
        }
        self.count = 0;
        let [_, to, register, a, b, c, d, _] = self.bytes;
        if crc8(&self.bytes[..len - 1]) != self.bytes[len - 1] || to != address {
            return None;
        }
        Some(if writes {
            let value = u32::from_be_bytes([a, b, c, d]);
            Request::Write { register: register & !WRITE, value }
        } else {
            Request::Read { register }
        })
    }
}

/// The reply to a read.
pub(super) fn reply(register: u8, value: u32) -> [u8; 8] {
    let [a, b, c, d] = value.to_be_bytes();
    let mut reply = [SYNC, HOST, register, a, b, c, d, 0];
    reply[7] = crc8(&reply[..7]);
    reply
}
