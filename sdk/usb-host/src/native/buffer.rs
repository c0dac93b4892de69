//! Bytes that a host would hold.

use std::sync::Mutex;
use std::vec::Vec;

use super::locked;
use crate::BufferError;

/// Bytes of a fixed number.
#[derive(Debug)]
pub struct Buffer(Mutex<Vec<u8>>);

impl Buffer {
    /// `len` zeros.
    pub fn new(len: u32) -> Self {
        Self(Mutex::new(std::vec![0; len as usize]))
    }

    /// How many bytes it holds.
    pub fn len(&self) -> u32 {
        self.with(|bytes| bytes.len() as u32)
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `len` bytes from `offset` on.
    ///
    /// # Errors
    ///
    /// [`BufferError::OutOfBounds`] beyond the end.
    pub fn read(&self, offset: u32, len: u32) -> Result<Vec<u8>, BufferError> {
        self.with(|bytes| {
            let from = bytes.get(offset as usize..).ok_or(BufferError::OutOfBounds)?;
            Ok(from.get(..len as usize).ok_or(BufferError::OutOfBounds)?.to_vec())
        })
    }

    /// Replaces the bytes from `offset` on.
    ///
    /// # Errors
    ///
    /// [`BufferError::OutOfBounds`] beyond the end; then nothing is changed.
    pub fn write(&self, offset: u32, data: &[u8]) -> Result<(), BufferError> {
        self.with(|bytes| {
            let from = bytes.get_mut(offset as usize..).ok_or(BufferError::OutOfBounds)?;
            from.get_mut(..data.len()).ok_or(BufferError::OutOfBounds)?.copy_from_slice(data);
            Ok(())
        })
    }

    pub(super) fn with<R>(&self, f: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        f(&mut locked(&self.0))
    }
}
