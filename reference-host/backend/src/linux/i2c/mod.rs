//! I2C buses, by `/dev/i2c-*`.

mod errno;
mod functions;
mod messages;

use std::io;
use std::path::Path;

use embedded_hal::i2c::{ErrorKind, Operation};
use i2cdev::core::{I2CMessage, I2CTransfer};
use i2cdev::linux::{I2CMessageFlags, LinuxI2CBus, LinuxI2CDevice, LinuxI2CError, LinuxI2CMessage};
use nix::errno::Errno;

use super::{Hardware, OpenError};
use crate::{I2cAddress, I2cBus};

pub use messages::{MAX_MESSAGE_BYTES, MAX_MESSAGES};

use functions::Functions;
use messages::{Direction, Message};

/// A bus of the Linux kernel.
///
/// Each transaction is one `I2C_RDWR` call, so the kernel puts it on the wires
/// as a whole: nobody else on the machine gets in between. A transaction of
/// more than [`MAX_MESSAGES`] changes of direction, or with more than
/// [`MAX_MESSAGE_BYTES`] bytes between two of them, cannot be one call; it is
/// refused with [`ErrorKind::Other`] before anything is sent, for a part of it
/// could not be taken back. So is a 10-bit address on a controller without
/// them.
///
/// Some controllers can do less than the kernel promises, and the kernel says
/// so only when asked: the Raspberry Pi's (`i2c-bcm2835`) takes one read a
/// transaction, at its end, and several take no message of zero bytes. They
/// answer [`ErrorKind::Other`] too.
///
/// The kernel lets this reach targets that one of its own drivers uses, too:
/// ask [`LinuxI2c::free`] before.
#[derive(Debug)]
pub struct LinuxI2c {
    bus: LinuxI2CBus,
    functions: Functions,
}

impl LinuxI2c {
    /// Opens a node such as `/dev/i2c-1`, and asks what the controller can do.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the node and what to do.
    pub fn open(path: impl AsRef<Path>) -> Result<LinuxI2c, OpenError> {
        let path = path.as_ref();
        let bus = LinuxI2CBus::new(path)
            .map_err(|error| OpenError::opening(Hardware::I2c, path, error.into()))?;
        let functions = Functions::of(&bus)
            .map_err(|error| OpenError::asking(Hardware::I2c, path, error.into()))?;
        if !functions.plain_i2c() {
            return Err(OpenError::SmbusOnly(path.to_owned()));
        }
        Ok(Self { bus, functions })
    }

    /// Asks whether a target is free, on a node such as `/dev/i2c-1`: no driver
    /// of the kernel has it, on this bus or on those before and behind its
    /// multiplexers. Nothing goes over the wires.
    ///
    /// `I2C_RDWR` does not ask that, `I2C_SLAVE` does (`i2cdev_check_addr` in
    /// `drivers/i2c/i2c-dev.c`), for 7-bit addresses. A 10-bit one counts as
    /// free.
    ///
    /// # Errors
    /// [`OpenError::Taken`], or what is wrong with the node.
    pub fn free(path: impl AsRef<Path>, address: I2cAddress) -> Result<(), OpenError> {
        let path = path.as_ref();
        if address.is_ten_bit() {
            return Ok(());
        }
        LinuxI2CDevice::new(path, address.number())
            .map(drop)
            .map_err(|error| taken(path, address, error.into()))
    }
}

/// From what `I2C_SLAVE` was answered.
fn taken(path: &Path, address: I2cAddress, error: io::Error) -> OpenError {
    if error.raw_os_error() == Some(Errno::EBUSY as i32) {
        return OpenError::Taken { path: path.to_owned(), address };
    }
    OpenError::asking(Hardware::I2c, path, error)
}

impl I2cBus for LinuxI2c {
    fn transaction(
        &mut self,
        address: I2cAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), ErrorKind> {
        if operations.is_empty() {
            return Ok(());
        }
        if address.is_ten_bit() && !self.functions.ten_bit_addresses() {
            return Err(ErrorKind::Other);
        }
        let mut messages = messages::merge(operations)?;
        self.transfer(address, &mut messages)?;
        messages::scatter(&messages, operations);
        Ok(())
    }
}

impl LinuxI2c {
    fn transfer(&mut self, address: I2cAddress, messages: &mut [Message]) -> Result<(), ErrorKind> {
        let mut kernel: Vec<LinuxI2CMessage<'_>> = messages
            .iter_mut()
            .map(|message| {
                // `with_flags` replaces the flags that `read` has set.
                let (kernel, direction) = match message.direction {
                    Direction::Write => {
                        (LinuxI2CMessage::write(&message.bytes), I2CMessageFlags::empty())
                    }
                    Direction::Read => {
                        (LinuxI2CMessage::read(&mut message.bytes), I2CMessageFlags::READ)
                    }
                };
                // The type is not `Copy`: made anew for each message.
                let width = if address.is_ten_bit() {
                    I2CMessageFlags::TEN_BIT_ADDRESS
                } else {
                    I2CMessageFlags::empty()
                };
                kernel.with_address(address.number()).with_flags(direction | width)
            })
            .collect();
        match self.bus.transfer(&mut kernel) {
            Ok(sent) if usize::try_from(sent) == Ok(kernel.len()) => Ok(()),
            // The kernel stopped half-way and does not say why.
            Ok(_) => Err(ErrorKind::Other),
            Err(LinuxI2CError::Errno(errno)) => Err(errno::kind(errno)),
            Err(LinuxI2CError::Io(error)) => {
                Err(error.raw_os_error().map_or(ErrorKind::Other, errno::kind))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_of_a_driver_of_the_kernel_is_not_free() {
        let (path, address) = (Path::new("/dev/i2c-1"), I2cAddress::seven_bit(0x48).unwrap());
        let answered = |errno: Errno| taken(path, address, errno.into());
        let error = answered(Errno::EBUSY);
        assert_eq!(error.to_string(), "0x48 on /dev/i2c-1 is in use by a driver of the kernel");
        assert!(error.remedy().contains("unbind"), "{error}");
        assert!(matches!(answered(Errno::ENOTTY), OpenError::WrongKind { .. }));
        assert!(matches!(answered(Errno::EACCES), OpenError::NoPermission { .. }));
    }

    #[test]
    fn a_target_of_ten_bits_is_free_to_ask_for() {
        let address = I2cAddress::ten_bit(0x148).unwrap();
        LinuxI2c::free("/dev/i2c-there-is-none", address).unwrap();
    }
}
