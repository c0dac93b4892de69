//! Serial ports, by the kernel's terminals (`termios(3)`, `ioctl_tty(2)`).
//!
//! | the kernel says | reported as |
//! | --- | --- |
//! | a byte marked by `PARMRK`, and no parity was asked for | frame format |
//! | the same with parity, and `TIOCGICOUNT` counts framing errors or breaks alone | frame format |
//! | the same with parity otherwise | parity |
//! | `TIOCGICOUNT` counts an overrun, of the chip's FIFO or of the kernel's buffer | overrun |
//! | a hang up, EIO, ENODEV, ENXIO: the port was removed | gone |
//! | anything else | other |
//!
//! An error stands where the byte stood; an overrun before the bytes that came
//! with it. Ports that do not count (USB adapters of the class CDC-ACM with old
//! kernels, pseudo terminals) never report an overrun. Nothing in the kernel
//! tells of noise.

mod counters;
mod marks;
mod port;
mod receiver;
mod settings;

use std::path::PathBuf;

pub use port::LinuxSerial;

/// The parity bit of each byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SerialParity {
    /// None.
    #[default]
    None,
    /// The number of ones, with it, is even.
    Even,
    /// The number of ones, with it, is odd.
    Odd,
}

/// How the two sides keep each other from sending too much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SerialFlow {
    /// They do not.
    #[default]
    None,
    /// By the wires RTS and CTS.
    RtsCts,
    /// By the bytes 0x11 and 0x13, which then cannot be data.
    XonXoff,
}

/// A serial port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerialConfig {
    /// The node, such as `/dev/ttyUSB0`.
    pub device: PathBuf,
    /// Bits a second. A port may be off by 2.5 %.
    pub baud: u32,
    /// Bits of a byte: 5 to 8.
    pub data_bits: u8,
    /// Its parity bit.
    pub parity: SerialParity,
    /// Its stop bits: 1 or 2.
    pub stop_bits: u8,
    /// Flow control.
    pub flow: SerialFlow,
}

impl SerialConfig {
    /// 8 data bits, no parity, 1 stop bit, no flow control.
    pub fn new(device: impl Into<PathBuf>, baud: u32) -> Self {
        Self {
            device: device.into(),
            baud,
            data_bits: 8,
            parity: SerialParity::None,
            stop_bits: 1,
            flow: SerialFlow::None,
        }
    }
}
