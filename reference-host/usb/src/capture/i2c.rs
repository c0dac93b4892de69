//! I2C, as packets of LINKTYPE_I2C_LINUX: the number of the bus, flags of
//! Linux's `i2c_msg`, and the bytes on the wires, the address first.

use embedded_hal::i2c::ErrorKind;
use periplasm_backend::I2cAddress;
use periplasm_backend::trace::{Step, describe};

use super::Capture;
use super::block::{LinkType, Packet};

// linux/i2c.h.
const I2C_M_RD: u32 = 0x0001;
const I2C_M_TEN: u32 = 0x0010;
const I2C_M_NOSTART: u32 = 0x4000;

/// Writes one packet a step. How a transaction failed is a comment on its last.
pub(super) fn record(
    capture: &Capture,
    name: &str,
    at_ns: u64,
    address: I2cAddress,
    steps: &[Step],
    result: Result<(), ErrorKind>,
) {
    // Seven bits are for it; the eighth says that it is something else.
    let bus = (capture.number(LinkType::I2c, name) & 0x7f) as u8;
    let mut before = None;
    for (index, step) in steps.iter().enumerate() {
        let (read, data, len) = match step {
            Step::Wrote(bytes) => (false, &bytes[..], bytes.len()),
            Step::Read(bytes) => (true, &bytes[..], bytes.len()),
            Step::NotRead(_) => (true, &[][..], 0),
        };
        let mut flags = if read { I2C_M_RD } else { 0 };
        if before == Some(read) {
            flags |= I2C_M_NOSTART;
        }
        before = Some(read);
        let mut header = vec![bus];
        let number = address.number();
        let [high, low] = number.to_be_bytes();
        if address.is_ten_bit() {
            // 11110, two bits of the address, and the direction (UM10204, 3.1.11).
            header.extend_from_slice(&(flags | I2C_M_TEN).to_be_bytes());
            header.extend_from_slice(&[0xf0 | (high & 3) << 1 | u8::from(read), low]);
        } else {
            header.extend_from_slice(&flags.to_be_bytes());
            header.push(low << 1 | u8::from(read));
        }
        let last = index + 1 == steps.len();
        let comment = if last { result.err().map(describe) } else { None };
        let packet = Packet { header: &header, data, data_len: len, comment };
        capture.packet(LinkType::I2c, name, at_ns, &packet);
    }
}
