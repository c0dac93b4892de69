//! Whether a USB filter can mean anything.

use crate::{ControlScope, UsbFilter, UsbPrivilege};

/// The most filters of one USB slot that a host reads.
pub const MAX_USB_FILTERS: usize = 64;

/// The longest chain of ports: five hubs stand between the root hub and the
/// last device (USB 2.0, 4.1.1), and newer specifications leave room for one
/// more.
pub const MAX_USB_PORTS: usize = 7;

/// The longest serial number, in UTF-16 units: what a string descriptor of 255
/// bytes holds beside its two (USB 2.0, 9.6.7).
pub const MAX_USB_SERIAL: usize = 126;

/// Why a filter can never match, or says something twice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsbFilterError {
    /// A serial number that no device can have.
    #[error("a serial number has 1 to {MAX_USB_SERIAL} characters, this one has {0}")]
    Serial(usize),
    /// A chain of ports that leads to no device.
    #[error("a device is behind 1 to {MAX_USB_PORTS} ports, not {0}")]
    Ports(usize),
    /// Ports are counted from one.
    #[error("a chain of ports has no port 0: they are counted from 1")]
    PortZero,
    /// A number that no endpoint of an interface has.
    #[error(
        "{0:#04x} is no endpoint to be granted: those are 0x01 to 0x0f for OUT and 0x81 to 0x8f \
         for IN, and endpoint 0 is granted with `control`"
    )]
    Endpoint(u8),
    /// Something stands in a list twice.
    #[error("{0} stands in it twice")]
    Twice(String),
}

impl UsbFilter {
    /// Whether it can match a device, and says nothing twice.
    ///
    /// ```
    /// use periplasm_request::{UsbFilter, UsbFilterError};
    /// let filter = UsbFilter { endpoints: Some(vec![0x81, 0x80]), ..Default::default() };
    /// assert_eq!(filter.check(), Err(UsbFilterError::Endpoint(0x80)));
    /// ```
    pub fn check(&self) -> Result<(), UsbFilterError> {
        if let Some(serial) = &self.serial {
            let length = serial.encode_utf16().count();
            if !(1..=MAX_USB_SERIAL).contains(&length) {
                return Err(UsbFilterError::Serial(length));
            }
        }
        if let Some(ports) = &self.ports {
            if !(1..=MAX_USB_PORTS).contains(&ports.len()) {
                return Err(UsbFilterError::Ports(ports.len()));
            }
            if ports.contains(&0) {
                return Err(UsbFilterError::PortZero);
            }
        }
        let endpoints = self.endpoints.as_deref().unwrap_or_default();
        if let Some(wrong) = endpoints.iter().find(|address| !is_endpoint(**address)) {
            return Err(UsbFilterError::Endpoint(*wrong));
        }
        let interfaces = self.interfaces.as_deref().unwrap_or_default();
        once(interfaces, |number| format!("interface {number}"))?;
        once(endpoints, |address| format!("endpoint {address:#04x}"))?;
        once(&self.control, |scope: &ControlScope| format!("`{scope}`"))?;
        once(&self.may, |privilege: &UsbPrivilege| format!("`{privilege}`"))
    }
}

/// Whether an endpoint beside the control endpoint has this address: bits 6 to
/// 4 are reserved (USB 2.0, table 9-13).
fn is_endpoint(address: u8) -> bool {
    address & 0x70 == 0 && address & 0x0f != 0
}

fn once<T: PartialEq>(list: &[T], words: impl Fn(&T) -> String) -> Result<(), UsbFilterError> {
    let again = list.iter().enumerate().find(|(index, item)| list[..*index].contains(item));
    again.map_or(Ok(()), |(_, item)| Err(UsbFilterError::Twice(words(item))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_device_can_have_passes() {
        type Change = fn(&mut UsbFilter);
        let good = UsbFilter {
            vendor: Some(0),
            product: Some(0xffff),
            serial: Some("ä".repeat(MAX_USB_SERIAL)),
            ports: Some(vec![1; MAX_USB_PORTS]),
            interfaces: Some((0..=255).collect()),
            endpoints: Some((1..=15).chain(0x81..=0x8f).collect()),
            control: ControlScope::all().collect(),
            may: UsbPrivilege::ALL.to_vec(),
        };
        assert_eq!(good.check(), Ok(()));
        assert_eq!(UsbFilter::default().check(), Ok(()));
        let with = |change: Change| {
            let mut filter = good.clone();
            change(&mut filter);
            filter.check().unwrap_err()
        };
        assert_eq!(with(|f| f.serial = Some(String::new())), UsbFilterError::Serial(0));
        assert_eq!(with(|f| f.serial = Some("\u{10000}".repeat(64))), UsbFilterError::Serial(128));
        assert_eq!(with(|f| f.ports = Some(vec![])), UsbFilterError::Ports(0));
        assert_eq!(with(|f| f.ports = Some(vec![1; 8])), UsbFilterError::Ports(8));
        assert_eq!(with(|f| f.ports = Some(vec![1, 0])), UsbFilterError::PortZero);
        for wrong in [0x00, 0x10, 0x71, 0x80, 0x91, 0xff] {
            let filter = UsbFilter { endpoints: Some(vec![1, wrong]), ..Default::default() };
            assert_eq!(filter.check(), Err(UsbFilterError::Endpoint(wrong)));
        }
        let twice: [(Change, &str); 4] = [
            (|f| f.interfaces = Some(vec![3, 3]), "interface 3"),
            (|f| f.endpoints = Some(vec![1, 0x81, 1]), "endpoint 0x01"),
            (|f| f.control.push(f.control[0]), "`standard`"),
            (|f| f.may.push(UsbPrivilege::Detach), "`detach`"),
        ];
        for (change, words) in twice {
            assert_eq!(with(change), UsbFilterError::Twice(words.to_owned()));
        }
    }
}
