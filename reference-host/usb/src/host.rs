//! The host side: where devices come from.

use std::sync::Arc;

use periplasm_backend::Event;

use crate::{Completed, DeviceId, DeviceInfo, Transfer, UsbError};

/// Devices that are plugged in somewhere: on a software bus, into Linux, at a
/// peer of USB/IP.
pub trait UsbHost: Send + Sync {
    /// Those that are plugged in now, with their descriptors read.
    fn devices(&self) -> Vec<DeviceInfo>;

    /// What comes and goes from now on.
    fn watch(&self) -> Box<dyn Changes>;

    /// Opens a device. Any number of handles may be open.
    fn open(&self, id: DeviceId) -> Result<Arc<dyn UsbDevice>, UsbError>;
}

/// A device came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was plugged in, and its descriptors were read.
    Connected(DeviceInfo),
    /// It was unplugged.
    Disconnected(DeviceId),
}

/// What comes and goes, for one listener.
pub trait Changes: Send {
    /// The oldest change that was not taken yet.
    fn next(&mut self) -> Option<Change>;

    /// That [`Self::next`] would return one.
    fn changed(&mut self) -> Box<dyn Event>;
}

/// An open device.
///
/// Whatever needs an answer of the device and is no transfer waits for it, at
/// most 5 s (the time Linux gives to a control request).
pub trait UsbDevice: Send + Sync {
    /// The value of the active configuration; 0 when there is none.
    fn configuration(&self) -> Result<u8, UsbError>;

    /// Takes an interface; `Busy` while somebody has it. Dropping the answer
    /// gives it back.
    fn claim(&self, number: u8) -> Result<Box<dyn UsbInterface>, UsbError>;

    /// A queue on the default pipe. Requests of all queues are done one after
    /// the other.
    fn control(&self) -> Box<dyn Pipe>;

    /// Resets the port and sets the same configuration again. Transfers in
    /// flight end as `Cancelled`; interfaces stay claimed, in setting 0. A
    /// device whose descriptors are others afterwards is `Gone`, and a new one
    /// is plugged in.
    fn reset(&self) -> Result<(), UsbError>;

    /// Chooses a configuration, or none by 0; `Busy` while interfaces are claimed.
    fn set_configuration(&self, value: u8) -> Result<(), UsbError>;

    /// Whether a driver of the operating system has the interface.
    fn kernel_driver_active(&self, number: u8) -> Result<bool, UsbError>;

    /// Takes the interface from the operating system's driver.
    fn detach_kernel_driver(&self, number: u8) -> Result<(), UsbError>;

    /// Gives it back.
    fn attach_kernel_driver(&self, number: u8) -> Result<(), UsbError>;
}

/// An interface that was taken.
pub trait UsbInterface: Send {
    /// Chooses an alternate setting. Pipes that are open end: their transfers as
    /// `Cancelled`, later ones as `NotFound`.
    fn set_alternate(&mut self, setting: u8) -> Result<(), UsbError>;

    /// An endpoint of the chosen setting; `Busy` while another pipe has it.
    fn pipe(&mut self, endpoint: u8) -> Result<Box<dyn Pipe>, UsbError>;
}

/// An endpoint and the transfers in flight on it, which end in the order of
/// their submission. Dropping it cancels them.
pub trait Pipe: Send {
    /// Starts a transfer. What is refused is not in flight. Does not block.
    fn submit(&mut self, transfer: Transfer) -> Result<(), UsbError>;

    /// The oldest transfer, if it has ended.
    fn take(&mut self) -> Option<Completed>;

    /// That [`Self::take`] would return one. When nothing is in flight it has
    /// happened.
    fn ready(&mut self) -> Box<dyn Event>;

    /// How many were submitted and not taken.
    fn pending(&self) -> usize;

    /// Cancels one transfer that has not ended. Its end comes soon.
    fn cancel(&mut self, tag: u32);

    /// Cancels all transfers that have not ended.
    fn cancel_all(&mut self);

    /// Clears the endpoint's halt on both sides; `Busy` when anything is in
    /// flight.
    fn clear_halt(&mut self) -> Result<(), UsbError>;
}
