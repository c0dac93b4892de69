//! What nusb's errors are here, and what a person can do about them.

use std::path::Path;

use nusb::ErrorKind;
use nusb::transfer::TransferError;

use super::sysfs::{self, USBFS};
use crate::{DeviceInfo, UsbError};

// Linux's numbers (`asm-generic/errno.h`).
const ENOMEM: u32 = 12;
const EPIPE: u32 = 32;
const ENODATA: u32 = 61;
const EPROTO: u32 = 71;
const ETIMEDOUT: u32 = 110;

/// Why this machine's devices cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The kernel knows no USB.
    #[error("this machine has no USB: {source}")]
    NoUsb {
        /// What was said.
        source: nusb::Error,
    },
    /// The kernel tells of nothing.
    #[error("the kernel does not say what USB devices there are: {source}")]
    Denied {
        /// What was said.
        source: nusb::Error,
    },
}

impl OpenError {
    /// From what the list of devices was answered.
    pub(super) fn listing(source: nusb::Error) -> Self {
        match source.kind() {
            ErrorKind::PermissionDenied => Self::Denied { source },
            _ => Self::NoUsb { source },
        }
    }

    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NoUsb { .. } => {
                "`ls /sys/bus/usb/devices` shows the devices there are. If there is no such \
                 folder, load the driver of the USB controller with `modprobe`; in a container, \
                 mount /sys and /dev/bus/usb"
            }
            Self::Denied { .. } => {
                "a sandbox or container may hide /sys/bus/usb/devices: let it be read"
            }
        }
    }
}

/// The udev rule that lets the user at the machine's screen open a device: a line
/// for a file such as `/etc/udev/rules.d/70-periplasm.rules`. After `sudo udevadm
/// control --reload` it counts for devices that are plugged in.
pub fn udev_rule(device: &DeviceInfo) -> String {
    format!(
        "SUBSYSTEM==\"usb\", ATTR{{idVendor}}==\"{:04x}\", ATTR{{idProduct}}==\"{:04x}\", \
         TAG+=\"uaccess\"",
        device.vendor(),
        device.product_id(),
    )
}

/// What gives permission for a device.
pub(super) fn permission(device: &DeviceInfo, udev: bool) -> String {
    if udev {
        return format!("a udev rule gives it, such as {}", udev_rule(device));
    }
    let (bus, address) = (device.bus, device.address);
    format!(
        "no udev runs here, so root gives it, until the device is unplugged: \
         chown USER /dev/bus/usb/{bus:03}/{address:03}; a line in mdev.conf gives it for good"
    )
}

/// Who has an interface, and what to do about it.
pub(super) fn user(driver: &str, device: &Path, configuration: u8, interface: u8) -> String {
    if driver == USBFS {
        return "another program: end that one".to_owned();
    }
    let name = sysfs::name(device, configuration, interface).unwrap_or_default();
    format!(
        "the kernel's driver `{driver}`: let the stage take it away, with may = [\"detach\"] in \
         the manifest's slot and in the board's `allow`, or do it yourself: \
         echo {name} > /sys/bus/usb/drivers/{driver}/unbind"
    )
}

/// Of a function.
pub(super) fn function(error: &nusb::Error) -> UsbError {
    kind(error.kind(), error.os_error())
}

fn kind(kind: ErrorKind, number: Option<u32>) -> UsbError {
    match kind {
        ErrorKind::Disconnected => UsbError::Gone,
        ErrorKind::Busy => UsbError::Busy,
        ErrorKind::PermissionDenied => UsbError::Denied,
        ErrorKind::NotFound => UsbError::NotFound,
        ErrorKind::Unsupported => UsbError::Unsupported,
        _ => match number {
            Some(EPIPE) => UsbError::Stall,
            // No driver had the interface.
            Some(ENODATA) => UsbError::NotFound,
            Some(EPROTO) => UsbError::Protocol,
            Some(ETIMEDOUT) => UsbError::Timeout,
            Some(ENOMEM) => UsbError::Exhausted,
            _ => UsbError::Other,
        },
    }
}

/// Of a transfer.
pub(super) fn transfer(error: TransferError) -> UsbError {
    match error {
        TransferError::Cancelled => UsbError::Cancelled,
        TransferError::Stall => UsbError::Stall,
        TransferError::Disconnected => UsbError::Gone,
        TransferError::Fault => UsbError::Protocol,
        TransferError::InvalidArgument => UsbError::Invalid,
        TransferError::Unknown(ENOMEM) => UsbError::Exhausted,
        TransferError::Unknown(_) => UsbError::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeviceId;

    #[test]
    fn kinds_come_before_numbers() {
        assert_eq!(kind(ErrorKind::Busy, Some(EPIPE)), UsbError::Busy);
        assert_eq!(kind(ErrorKind::Other, Some(32)), UsbError::Stall);
        assert_eq!(kind(ErrorKind::Other, Some(61)), UsbError::NotFound);
        assert_eq!(kind(ErrorKind::Other, Some(5)), UsbError::Other);
        assert_eq!(kind(ErrorKind::Other, None), UsbError::Other);
        assert_eq!(transfer(TransferError::Fault), UsbError::Protocol);
        assert_eq!(transfer(TransferError::Unknown(12)), UsbError::Exhausted);
    }

    #[test]
    fn whoever_has_an_interface_is_named_with_a_remedy() {
        let of = |driver| user(driver, Path::new("/sys/devices/usb1/1-4.2"), 1, 0);
        assert!(
            of("usb-storage").ends_with("echo 1-4.2:1.0 > /sys/bus/usb/drivers/usb-storage/unbind")
        );
        assert_eq!(of("usbfs"), "another program: end that one");
    }

    #[test]
    fn a_rule_names_the_device() {
        let mut descriptors = vec![0; 18];
        descriptors[8..12].copy_from_slice(&[0xc0, 0x16, 0xdc, 0x05]);
        let info = DeviceInfo {
            id: DeviceId(1),
            bus: 1,
            address: 2,
            ports: vec![1],
            speed: None,
            descriptors: descriptors.into(),
            manufacturer: None,
            product: None,
            serial: None,
            interfaces: Vec::new(),
        };
        let expected = "SUBSYSTEM==\"usb\", ATTR{idVendor}==\"16c0\", ATTR{idProduct}==\"05dc\", \
                        TAG+=\"uaccess\"";
        assert_eq!(udev_rule(&info), expected);
        assert!(permission(&info, true).ends_with(expected));
        assert!(permission(&info, false).contains("chown USER /dev/bus/usb/001/002;"));
    }
}
