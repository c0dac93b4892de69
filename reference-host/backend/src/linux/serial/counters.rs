//! Calls that a terminal knows and `std` does not.
#![allow(unsafe_code)]

use std::fs::File;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::libc::c_int;

/// `struct serial_icounter_struct` of `include/uapi/linux/serial.h`.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Counted {
    cts: c_int,
    dsr: c_int,
    rng: c_int,
    dcd: c_int,
    rx: c_int,
    tx: c_int,
    frame: c_int,
    overrun: c_int,
    parity: c_int,
    brk: c_int,
    buf_overrun: c_int,
    reserved: [c_int; 9],
}

mod call {
    use nix::libc;
    nix::ioctl_read_bad!(counted, libc::TIOCGICOUNT, super::Counted);
    nix::ioctl_read_bad!(unsent, libc::TIOCOUTQ, libc::c_int);
    nix::ioctl_none_bad!(exclusive, libc::TIOCEXCL);
    nix::ioctl_none_bad!(shared, libc::TIOCNXCL);
    nix::ioctl_write_int_bad!(send_break, libc::TCSBRK);
}

/// What a port has counted since it was opened by anybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counters {
    /// Bytes without a stop bit, and breaks.
    pub(super) frame: u32,
    pub(super) parity: u32,
    /// Of the chip's FIFO, and of the kernel's buffer.
    pub(super) overrun: u32,
}

impl Counters {
    /// What `port` has counted, if it counts.
    pub(super) fn of(port: &File) -> Option<Self> {
        let mut counted = Counted::default();
        // SAFETY: `port` keeps its descriptor open during the call, and the
        // kernel writes one `serial_icounter_struct`, which `counted` is
        // (`tty_tiocgicount` in `drivers/tty/tty_io.c`).
        unsafe { call::counted(port.as_raw_fd(), &mut counted) }.ok()?;
        let sum = |a: c_int, b: c_int| a.wrapping_add(b).cast_unsigned();
        Some(Self {
            frame: sum(counted.frame, counted.brk),
            parity: counted.parity.cast_unsigned(),
            overrun: sum(counted.overrun, counted.buf_overrun),
        })
    }

    /// What came since `before`.
    pub(super) fn since(self, before: Self) -> Self {
        Self {
            frame: self.frame.wrapping_sub(before.frame),
            parity: self.parity.wrapping_sub(before.parity),
            overrun: self.overrun.wrapping_sub(before.overrun),
        }
    }
}

/// How many bytes the kernel has still to give to the chip.
pub(super) fn unsent(port: &File) -> Result<usize, Errno> {
    let mut bytes: c_int = 0;
    // SAFETY: `port` keeps its descriptor open during the call, and the kernel
    // writes one `int`.
    unsafe { call::unsent(port.as_raw_fd(), &mut bytes) }?;
    Ok(usize::try_from(bytes).unwrap_or(0))
}

/// Returns when the chip has sent its last bit: what `tcdrain` does.
pub(super) fn drain(port: &File) -> Result<(), Errno> {
    // SAFETY: the call takes a number and touches no memory of ours; 1 means
    // to wait and to send no break.
    unsafe { call::send_break(port.as_raw_fd(), 1) }.map(drop)
}

/// Keeps others from opening the port, except root.
pub(super) fn exclude(port: &File) -> Result<(), Errno> {
    // SAFETY: the call has no argument.
    unsafe { call::exclusive(port.as_raw_fd()) }.map(drop)
}

/// Lets others open it again.
pub(super) fn admit(port: &File) {
    // SAFETY: the call has no argument. It fails where the port is gone.
    let _ = unsafe { call::shared(port.as_raw_fd()) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_are_as_long_as_the_kernels() {
        // Twenty `int`s: `include/uapi/linux/serial.h`.
        assert_eq!(size_of::<Counted>(), 20 * size_of::<c_int>());
    }

    #[test]
    fn a_counter_goes_on_past_its_end() {
        let before = Counters { frame: u32::MAX, parity: 1, overrun: 7 };
        let now = Counters { frame: 1, parity: 1, overrun: 8 };
        assert_eq!(now.since(before), Counters { frame: 2, parity: 0, overrun: 1 });
    }
}
