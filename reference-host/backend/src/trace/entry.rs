//! What a trace says.

use embedded_hal::i2c::ErrorKind;

use crate::{
    AdcError, CanError, CanFrame, Condition, Edge, I2cAddress, Level, PinError, PwmError,
    SerialError, SpiError,
};

/// One transaction or call. Its `Display` is one line.
///
/// ```
/// use periplasm_backend::{I2cAddress, trace::{Act, Entry, Step}};
/// let entry = Entry {
///     at_ns: 0,
///     act: Act::I2c {
///         address: I2cAddress::seven_bit(0x76).unwrap(),
///         steps: vec![Step::Wrote(vec![0xf7]), Step::Read(vec![0x52, 0x8a, 0xc0])],
///         result: Ok(()),
///     },
/// };
/// assert_eq!(entry.to_string(), "0x76  w f7  r 52 8a c0  ok");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it began, in nanoseconds on the tracing clock; when it ended, if it
    /// is something that was waited for.
    pub at_ns: u64,
    /// What it was.
    pub act: Act,
}

/// What was asked, and what was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Act {
    /// A transaction on an I2C bus.
    I2c {
        /// Which target was addressed.
        address: I2cAddress,
        /// Its operations as they were asked for, before any were merged.
        steps: Vec<Step>,
        /// How it ended.
        result: Result<(), ErrorKind>,
    },
    /// A transaction with an SPI device, or a transfer on an SPI bus.
    Spi {
        /// Its operations.
        steps: Vec<SpiStep>,
        /// How it ended.
        result: Result<(), SpiError>,
    },
    /// An SPI bus was flushed.
    FlushSpi(Result<(), SpiError>),
    /// An output was driven to a level.
    SetPin(Level, Result<(), PinError>),
    /// The level that an output is driven to was asked for.
    IsSet(Result<Level, PinError>),
    /// The level of an input was asked for.
    ReadPin(Result<Level, PinError>),
    /// What was waited for on an input came.
    Waited(Condition, Result<(), PinError>),
    /// An edge was taken.
    Edge(Result<Edge, PinError>),
    /// A duty cycle was set.
    SetDuty(u16, Result<(), PwmError>),
    /// A code was converted.
    Convert(Result<i32, AdcError>),
    /// A voltage was converted, in µV.
    ConvertMicrovolts(Result<i32, AdcError>),
    /// Bytes were read from a serial port.
    SerialRead(Result<Vec<u8>, SerialError>),
    /// So many of these bytes were taken by a serial port.
    SerialWrite(Vec<u8>, Result<usize, SerialError>),
    /// A serial port was flushed.
    FlushSerial(Result<(), SerialError>),
    /// A frame was queued for a CAN bus.
    CanTransmit(CanFrame, Result<(), CanError>),
    /// A frame was taken from a CAN bus.
    CanReceive(Result<CanFrame, CanError>),
    /// A USB transfer ended.
    Usb(UsbTransfer),
}

/// A USB transfer that has ended. Chapters are those of USB 2.0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsbTransfer {
    /// `idVendor` of the device (table 9-8).
    pub vendor: u16,
    /// `idProduct` of the device.
    pub product: u16,
    /// `bEndpointAddress`; 0 is the default pipe.
    pub endpoint: u8,
    /// The SETUP packet of a control transfer (table 9-2).
    pub setup: Option<[u8; 8]>,
    /// The most bytes that were to be transferred.
    pub asked: usize,
    /// Those that were.
    pub actual: usize,
    /// What ended it early, in words.
    pub error: Option<String>,
}

/// One operation of an I2C transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// These bytes were to be written. In a transaction that failed, some or
    /// all of them may not have left the controller.
    Wrote(Vec<u8>),
    /// These bytes were read.
    Read(Vec<u8>),
    /// So many bytes were to be read, by a transaction that failed.
    NotRead(usize),
}

/// One operation of an SPI transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpiStep {
    /// These bytes were to be written.
    Wrote(Vec<u8>),
    /// These bytes were read.
    Read(Vec<u8>),
    /// So many bytes were to be read, by a transaction that failed.
    NotRead(usize),
    /// These bytes were to be written while others were read.
    Exchanged {
        /// What was to be written.
        wrote: Vec<u8>,
        /// What was read; nothing in a transaction that failed.
        read: Vec<u8>,
    },
    /// A wait of so many nanoseconds.
    Delay(u32),
}
