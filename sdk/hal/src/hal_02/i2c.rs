//! I2C.

use alloc::vec::Vec;

use embedded_hal::i2c::{AddressMode, I2c as Bus, Operation};
use embedded_hal_02::blocking::i2c;

use crate::{I2c, I2cError};

/// Both versions have the same two kinds of address.
macro_rules! traits {
    ($address:ty) => {
        impl i2c::Read<$address> for I2c {
            type Error = I2cError;

            fn read(&mut self, address: $address, buffer: &mut [u8]) -> Result<(), I2cError> {
                Bus::<$address>::read(self, address, buffer)
            }
        }

        impl i2c::Write<$address> for I2c {
            type Error = I2cError;

            fn write(&mut self, address: $address, bytes: &[u8]) -> Result<(), I2cError> {
                Bus::<$address>::write(self, address, bytes)
            }
        }

        impl i2c::WriteIter<$address> for I2c {
            type Error = I2cError;

            fn write<B>(&mut self, address: $address, bytes: B) -> Result<(), I2cError>
            where
                B: IntoIterator<Item = u8>,
            {
                let bytes: Vec<u8> = bytes.into_iter().collect();
                Bus::<$address>::write(self, address, &bytes)
            }
        }

        impl i2c::WriteRead<$address> for I2c {
            type Error = I2cError;

            fn write_read(
                &mut self,
                address: $address,
                bytes: &[u8],
                buffer: &mut [u8],
            ) -> Result<(), I2cError> {
                Bus::<$address>::write_read(self, address, bytes, buffer)
            }
        }

        impl i2c::WriteIterRead<$address> for I2c {
            type Error = I2cError;

            fn write_iter_read<B>(
                &mut self,
                address: $address,
                bytes: B,
                buffer: &mut [u8],
            ) -> Result<(), I2cError>
            where
                B: IntoIterator<Item = u8>,
            {
                let bytes: Vec<u8> = bytes.into_iter().collect();
                Bus::<$address>::write_read(self, address, &bytes, buffer)
            }
        }

        impl i2c::Transactional<$address> for I2c {
            type Error = I2cError;

            fn exec<'a>(
                &mut self,
                address: $address,
                operations: &mut [i2c::Operation<'a>],
            ) -> Result<(), I2cError> {
                transaction(self, address, operations.iter_mut().map(lend))
            }
        }

        impl i2c::TransactionalIter<$address> for I2c {
            type Error = I2cError;

            fn exec_iter<'a, O>(&mut self, address: $address, operations: O) -> Result<(), I2cError>
            where
                O: IntoIterator<Item = i2c::Operation<'a>>,
            {
                transaction(self, address, operations.into_iter().map(pass))
            }
        }
    };
}

traits!(u8);
traits!(u16);

fn transaction<'a, A: AddressMode>(
    bus: &mut impl Bus<A, Error = I2cError>,
    address: A,
    operations: impl Iterator<Item = Operation<'a>>,
) -> Result<(), I2cError> {
    let mut operations: Vec<Operation<'a>> = operations.collect();
    bus.transaction(address, &mut operations)
}

fn lend<'a>(operation: &'a mut i2c::Operation<'_>) -> Operation<'a> {
    match operation {
        i2c::Operation::Read(buffer) => Operation::Read(buffer),
        i2c::Operation::Write(bytes) => Operation::Write(bytes),
    }
}

fn pass(operation: i2c::Operation<'_>) -> Operation<'_> {
    match operation {
        i2c::Operation::Read(buffer) => Operation::Read(buffer),
        i2c::Operation::Write(bytes) => Operation::Write(bytes),
    }
}
