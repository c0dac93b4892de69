//! A transaction on what a crate of the ecosystem gives as a bus.

use alloc::vec;
use alloc::vec::Vec;

use embedded_hal::i2c::{self, Error as _, I2c, SevenBitAddress};

use super::{Address, Answer, ErrorCode, Operation};

/// The most bytes of one operation: what a host takes (Linux's i2c-dev,
/// `i2cdev_ioctl_rdwr`).
const MAX_BYTES: u64 = 8192;

/// The most operations of one transaction (Linux's `I2C_RDWR_IOCTL_MAX_MSGS`).
const MAX_OPERATIONS: usize = 42;

/// Performs a transaction on a bus of embedded-hal, such as a channel of a
/// multiplexer's driver. More than a host takes is answered with
/// [`ErrorCode::Other`], and so is an address that is not of 7 bits.
pub fn onto(
    bus: &mut impl I2c<SevenBitAddress>,
    address: Address,
    operations: &[Operation<'_>],
) -> Answer {
    let len = |operation: &Operation<'_>| match operation {
        Operation::Read(len) => *len,
        Operation::Write(data) => data.len() as u64,
    };
    let address = u8::try_from(address).ok().filter(|address| *address < 0x80);
    let fits = operations.len() <= MAX_OPERATIONS && operations.iter().all(|o| len(o) <= MAX_BYTES);
    let Some(address) = address.filter(|_| fits) else { return Err(ErrorCode::Other) };

    let mut read: Vec<Vec<u8>> = operations
        .iter()
        .filter_map(|operation| match operation {
            // It was compared with the most, above.
            Operation::Read(len) => Some(vec![0; *len as usize]),
            Operation::Write(_) => None,
        })
        .collect();
    let mut buffers = read.iter_mut();
    let mut asked: Vec<i2c::Operation<'_>> = Vec::with_capacity(operations.len());
    for operation in operations {
        match operation {
            // There is one buffer for each.
            Operation::Read(_) => asked.extend(buffers.next().map(|b| i2c::Operation::Read(b))),
            Operation::Write(data) => asked.push(i2c::Operation::Write(data)),
        }
    }
    let result = bus.transaction(address, &mut asked);
    result.map_err(|error| ErrorCode::from(error.kind()))?;
    Ok(read)
}
