//! The bus with gadgets on it: `usb-device`'s own, and some made by hand.

pub(crate) mod adapter;
mod control;
mod data;
pub(crate) mod hand;
pub(crate) mod host;
mod hostile;
mod hotplug;
mod isochronous;
pub(crate) mod loopback;
pub(crate) mod test_class;
