//! The bus with gadgets on it: `usb-device`'s own, and some made by hand.

mod adapter;
mod host;
mod test_class;
