//! What a controller can do: the `I2C_FUNCS` call, which i2cdev lacks.
#![allow(unsafe_code)]

use std::os::fd::AsRawFd;

use i2cdev::linux::LinuxI2CBus;
use nix::libc::c_ulong;

/// `I2C_FUNC_I2C` and `I2C_FUNC_10BIT_ADDR` of `include/uapi/linux/i2c.h`.
const PLAIN_I2C: c_ulong = 0x1;
const TEN_BIT_ADDRESSES: c_ulong = 0x2;

mod call {
    // `I2C_FUNCS` of `include/uapi/linux/i2c-dev.h`; its numbers predate the
    // scheme that encodes direction and size, hence "bad".
    nix::ioctl_read_bad!(functions, 0x0705, nix::libc::c_ulong);
}

/// What the kernel says that a controller can do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Functions(c_ulong);

impl Functions {
    pub(super) fn of(bus: &LinuxI2CBus) -> Result<Self, nix::Error> {
        let mut functions = 0;
        // SAFETY: `bus` keeps its descriptor open during the call, and the
        // kernel writes one `unsigned long` to a pointer that is valid for one
        // (`i2cdev_ioctl` in `drivers/i2c/i2c-dev.c`). A node of another kind
        // does not know the number and answers ENOTTY.
        unsafe { call::functions(bus.as_raw_fd(), &mut functions) }?;
        Ok(Self(functions))
    }

    /// Whether it does more than SMBus.
    pub(super) fn plain_i2c(self) -> bool {
        self.0 & PLAIN_I2C != 0
    }

    pub(super) fn ten_bit_addresses(self) -> bool {
        self.0 & TEN_BIT_ADDRESSES != 0
    }
}
