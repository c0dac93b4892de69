//! Why a device controller cannot be had.

use std::io;

/// The node of Raw Gadget.
pub(super) const NODE: &str = "/dev/raw-gadget";

/// Why a device controller was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The kernel has no Raw Gadget.
    #[error("there is no {NODE}")]
    Missing,
    /// The user may not use it.
    #[error("no permission for {NODE}")]
    NoPermission,
    /// There is no such device controller.
    #[error("there is no USB device controller {device:?}; this machine has: {found}")]
    NoController {
        /// What the board names.
        device: String,
        /// Those there are, with commas.
        found: String,
    },
    /// A name that the kernel cannot take.
    #[error("{name:?} is no name of a driver or a controller: at most 127 bytes, and no zero byte")]
    Name {
        /// The name.
        name: String,
    },
    /// Anything else that the kernel says.
    #[error("{NODE} cannot be set up for {device:?}: {source}")]
    Io {
        /// The controller.
        device: String,
        /// What the kernel says.
        source: io::Error,
    },
}

impl OpenError {
    /// From what opening the node was answered.
    pub(super) fn opening(device: &str, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::NoPermission,
            _ => Self::Io { device: device.to_owned(), source },
        }
    }

    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Missing => {
                "`sudo modprobe raw_gadget` loads it, if the kernel has CONFIG_USB_RAW_GADGET"
            }
            Self::NoPermission => {
                "the node belongs to root: a udev rule gives it to a group, such as \
                 KERNEL==\"raw-gadget\", GROUP=\"plugdev\", MODE=\"0660\""
            }
            Self::NoController { .. } => {
                "`ls /sys/class/udc` shows the controllers there are; `sudo modprobe dummy_hcd` \
                 makes one that is joined to this machine's own host side"
            }
            Self::Name { .. } => "correct the board file",
            Self::Io { .. } => {
                "another gadget may have the controller: `cat /sys/class/udc/*/function` shows \
                 it. `dmesg` may say more"
            }
        }
    }
}
