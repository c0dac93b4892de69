//! Bytes that the host holds, and what stands for them in tests.

use alloc::vec::Vec;
use core::cell::RefCell;

use crate::{Buffer, Error};

/// Bytes of a fixed number: a [`Buffer`], or what stands for one in a native
/// test of a driver's mapping.
pub trait Bytes {
    /// How many bytes it holds.
    fn len(&self) -> u32;

    /// Whether it holds none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `len` bytes from `offset` on.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidData`] beyond the end.
    fn read(&self, offset: u32, len: u32) -> Result<Vec<u8>, Error>;

    /// Replaces the bytes from `offset` on.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidData`] beyond the end; then nothing is changed.
    fn write(&self, offset: u32, bytes: &[u8]) -> Result<(), Error>;
}

impl Bytes for Buffer {
    fn len(&self) -> u32 {
        Buffer::len(self)
    }

    fn read(&self, offset: u32, len: u32) -> Result<Vec<u8>, Error> {
        Buffer::read(self, offset, len).map_err(|_| Error::InvalidData)
    }

    fn write(&self, offset: u32, bytes: &[u8]) -> Result<(), Error> {
        Buffer::write(self, offset, bytes).map_err(|_| Error::InvalidData)
    }
}

impl Bytes for RefCell<Vec<u8>> {
    fn len(&self) -> u32 {
        self.borrow().len().try_into().unwrap_or(u32::MAX)
    }

    fn read(&self, offset: u32, len: u32) -> Result<Vec<u8>, Error> {
        let held = self.borrow();
        let from = held.get(offset as usize..).ok_or(Error::InvalidData)?;
        Ok(from.get(..len as usize).ok_or(Error::InvalidData)?.to_vec())
    }

    fn write(&self, offset: u32, bytes: &[u8]) -> Result<(), Error> {
        let mut held = self.borrow_mut();
        let from = held.get_mut(offset as usize..).ok_or(Error::InvalidData)?;
        from.get_mut(..bytes.len()).ok_or(Error::InvalidData)?.copy_from_slice(bytes);
        Ok(())
    }
}
