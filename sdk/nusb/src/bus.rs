//! Buses, as far as the granted devices tell.

use std::collections::BTreeSet;

use crate::maybe_future::Call;
use crate::{Error, MaybeFuture, host};

/// A bus that has a granted device. What upstream knows of its controller, a
/// host does not tell.
#[derive(Debug)]
pub struct BusInfo {
    number: u8,
    id: String,
}

impl BusInfo {
    /// The number of the bus.
    pub fn busnum(&self) -> u8 {
        self.number
    }

    /// The number of the bus in three digits, as
    /// [`DeviceInfo::bus_id`](crate::DeviceInfo::bus_id).
    pub fn bus_id(&self) -> &str {
        &self.id
    }

    /// The driver of its controller: not known.
    pub fn driver(&self) -> Option<&str> {
        None
    }

    /// What controller it has: not known.
    pub fn controller_type(&self) -> Option<UsbControllerType> {
        None
    }

    /// The system's name for it: not known.
    pub fn system_name(&self) -> Option<&str> {
        None
    }
}

/// A kind of controller.
#[derive(Copy, Clone, Eq, PartialOrd, Ord, PartialEq, Hash, Debug)]
#[non_exhaustive]
pub enum UsbControllerType {
    /// xHCI.
    XHCI,
    /// EHCI.
    EHCI,
    /// OHCI.
    OHCI,
    /// UHCI.
    UHCI,
    /// A virtual one.
    VHCI,
}

/// The buses that have granted devices.
///
/// # Errors
///
/// None here; upstream the system's.
pub fn list_buses() -> impl MaybeFuture<Output = Result<impl Iterator<Item = BusInfo>, Error>> {
    Call(|| {
        let numbers: BTreeSet<u8> = host::devices().map(|device| device.busnum()).collect();
        Ok(numbers.into_iter().map(|number| BusInfo { number, id: format!("{number:03}") }))
    })
}
