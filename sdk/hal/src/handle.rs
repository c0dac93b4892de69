//! The handle that an I2C slot opens.
#![allow(unsafe_code, reason = "the bindings of a driver make it of a handle's number")]

use core::ops::Deref;

use crate::bindings::wasi::i2c::i2c as wasi;

/// One granted bus: what an I2C slot's `open` gives.
///
/// It implements [`embedded_hal::i2c::I2c`] for 7- and 10-bit addresses, so a
/// driver crate takes it as it is. To call it directly, bring the trait in:
///
/// ```
/// use periplasm_hal::embedded_hal::i2c::I2c as _;
/// use periplasm_hal::{I2c, I2cError};
///
/// fn chip_id(bus: &mut I2c) -> Result<u8, I2cError> {
///     let mut id = [0];
///     bus.write_read(0x76_u8, &[0xd0], &mut id)?;
///     Ok(id[0])
/// }
/// ```
///
/// Without the trait in scope the methods are those of `wasi:i2c/i2c`, which
/// take a number of bytes instead of a buffer.
#[derive(Debug)]
#[repr(transparent)]
pub struct I2c(wasi::I2c);

/// What the bindings of a driver ask of a handle's type.
#[doc(hidden)]
impl I2c {
    /// # Safety
    ///
    /// `handle` must be a handle to `wasi:i2c/i2c.i2c` that nobody else owns.
    pub unsafe fn from_handle(handle: u32) -> Self {
        // SAFETY: the caller promises what is asked here.
        Self(unsafe { wasi::I2c::from_handle(handle) })
    }

    pub fn take_handle(&self) -> u32 {
        self.0.take_handle()
    }

    pub fn handle(&self) -> u32 {
        self.0.handle()
    }
}

impl Deref for I2c {
    type Target = wasi::I2c;

    fn deref(&self) -> &wasi::I2c {
        &self.0
    }
}
