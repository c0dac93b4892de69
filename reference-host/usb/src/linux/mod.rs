//! The devices that are plugged into this machine, through Linux's usbfs and the
//! crate nusb.
//!
//! What it cannot do, because nusb or usbfs cannot: isochronous transfers
//! (`Unsupported`); to tell babble from a damaged packet (both are `Protocol`);
//! how much of a control transfer went before it failed. An IN transfer is asked
//! for in whole packets: bytes beyond the wanted ones are lost, and the transfer
//! ends as `Overflow`, as it does where a controller checks this.
//!
//! What comes and goes is heard from udev where it runs, which then has set the
//! permissions, and from the kernel where it does not (4.14 or later). A kernel's
//! driver that was taken from an interface gets it back when the handle is gone;
//! not when the host is killed.
//!
//! A transfer in the middle of a queue is cancelled by cancelling all and
//! starting the others again. One of those whose bytes had begun to come ends as
//! `Cancelled` with these bytes.

mod control;
mod device;
mod endpoint;
mod error;
mod host;
mod hotplug;
mod pipe;
mod slots;
mod sysfs;
mod uevent;

use std::sync::Arc;

use crate::UsbHost;

pub use error::{OpenError, udev_rule};

/// This machine's devices. Root hubs are left out.
pub fn host() -> Result<Arc<dyn UsbHost>, OpenError> {
    Ok(Arc::new(host::LinuxHost::new()?))
}
