//! What the kernel's Raw Gadget does (`uapi/linux/usb/raw_gadget.h`). Every call
//! blocks until its end; a test has a kernel of its own.

use std::io;
use std::thread::JoinHandle;

use crate::EndpointConfig;

/// What happened on the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The gadget has a controller.
    Connect,
    /// A SETUP packet. The controller has answered SET_ADDRESS itself, and
    /// perhaps others.
    Control([u8; 8]),
    /// Suspended.
    Suspend,
    /// In use again.
    Resume,
    /// Reset.
    Reset,
    /// The plug was pulled.
    Disconnect,
    /// One that a newer kernel knows.
    Other,
}

impl Event {
    /// Bytes of a SETUP packet, the longest that an event has.
    pub(super) const DATA: usize = 8;

    /// From `struct usb_raw_event`: its type, and as many bytes as it says.
    pub(super) fn parse(kind: u32, data: &[u8]) -> Self {
        match kind {
            1 => Self::Connect,
            2 => match data.first_chunk() {
                Some(setup) => Self::Control(*setup),
                None => Self::Other,
            },
            3 => Self::Suspend,
            4 => Self::Resume,
            5 => Self::Reset,
            6 => Self::Disconnect,
            _ => Self::Other,
        }
    }
}

/// A gadget in the kernel.
pub(super) trait Kernel: Send + Sync {
    /// Takes the controller and connects.
    fn run(&self) -> io::Result<()>;
    /// Waits for what happens.
    fn event(&self) -> io::Result<Event>;
    /// Sends the data stage of a control request, and takes its status stage. A
    /// short one that ends with a whole packet has an empty one behind it, or the
    /// host would wait for more (USB 2.0, 5.5.3).
    fn ep0_write(&self, data: &[u8], short: bool) -> io::Result<()>;
    /// Takes the data stage of a control request, `len` bytes or fewer, and sends
    /// its status stage.
    fn ep0_read(&self, len: u16) -> io::Result<Vec<u8>>;
    /// Refuses a control request.
    fn ep0_stall(&self) -> io::Result<()>;
    /// Enables an endpoint: its handle.
    fn enable(&self, endpoint: &EndpointConfig) -> io::Result<u16>;
    /// Disables an endpoint on which nothing waits.
    fn disable(&self, handle: u16) -> io::Result<()>;
    /// The device is configured.
    fn configure(&self) -> io::Result<()>;
    /// Sends a packet.
    fn write(&self, handle: u16, packet: &[u8]) -> io::Result<()>;
    /// Takes a packet of at most `len` bytes.
    fn read(&self, handle: u16, len: u16) -> io::Result<Vec<u8>>;
    /// Halts an endpoint on which nothing waits, or not any more.
    fn halt(&self, handle: u16, halted: bool) -> io::Result<()>;
    /// Ends the call that a thread waits in, as `Interrupted`. A thread that is
    /// about to wait may miss it.
    fn interrupt(&self, thread: &JoinHandle<()>);
}
