//! Which templates a new driver is made from.

use super::usb::Usb;

/// The templates of a crate's files, in the order of `Scaffold::write`, and of
/// its test as a component. A gadget's test is its own, natively.
pub(super) fn templates(usb: Option<&Usb>) -> ([&'static str; 4], Option<&'static str>) {
    match usb {
        None => (
            [
                include_str!("../../../templates/driver/Cargo.toml.in"),
                include_str!("../../../templates/driver/README.md.in"),
                include_str!("../../../templates/driver/world.wit.in"),
                include_str!("../../../templates/driver/lib.rs.in"),
            ],
            Some(include_str!("../../../templates/driver/test.rs.in")),
        ),
        Some(Usb::Nusb | Usb::Rusb(_)) => (
            [
                include_str!("../../../templates/usb-driver/Cargo.toml.in"),
                include_str!("../../../templates/usb-driver/README.md.in"),
                include_str!("../../../templates/usb-driver/world.wit.in"),
                include_str!("../../../templates/usb-driver/lib.rs.in"),
            ],
            Some(include_str!("../../../templates/usb-driver/test.rs.in")),
        ),
        Some(Usb::Gadget(_)) => (
            [
                include_str!("../../../templates/gadget/Cargo.toml.in"),
                include_str!("../../../templates/gadget/README.md.in"),
                include_str!("../../../templates/gadget/world.wit.in"),
                include_str!("../../../templates/gadget/lib.rs.in"),
            ],
            None,
        ),
    }
}
