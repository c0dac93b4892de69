//! The bus with gadgets on it: `usb-device`'s own, and some made by hand.

pub(crate) mod adapter;
pub(crate) mod host;
mod test_class;
