//! How fast a device talks.

use periplasm_usb_host as usb;

/// How fast a device talks.
#[derive(Copy, Clone, Eq, PartialOrd, Ord, PartialEq, Hash, Debug)]
#[non_exhaustive]
pub enum Speed {
    /// 1.5 Mbit/s.
    Low,
    /// 12 Mbit/s.
    Full,
    /// 480 Mbit/s.
    High,
    /// 5 Gbit/s.
    Super,
    /// 10 Gbit/s and more.
    SuperPlus,
}

impl From<usb::Speed> for Speed {
    fn from(speed: usb::Speed) -> Self {
        match speed {
            usb::Speed::Low => Self::Low,
            usb::Speed::Full => Self::Full,
            usb::Speed::High => Self::High,
            usb::Speed::Super => Self::Super,
            usb::Speed::SuperPlus => Self::SuperPlus,
        }
    }
}
