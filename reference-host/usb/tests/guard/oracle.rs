//! What may reach a device, said a second time and simply.

use periplasm_request::{UsbFilter, UsbPrivilege};
use periplasm_usb::{DeviceInfo, Setup};

use crate::random::Operation;

/// The filters, and one device with the endpoints of its active configuration,
/// each with its interface.
pub(crate) struct Oracle<'a> {
    pub(crate) request: &'a [UsbFilter],
    pub(crate) board: &'a [UsbFilter],
    pub(crate) device: &'a DeviceInfo,
    pub(crate) endpoints: &'a [(u8, u8)],
}

impl Oracle<'_> {
    /// Whether the operation is to reach the device.
    pub(crate) fn allows(&self, operation: &Operation) -> bool {
        match operation {
            Operation::Open => self.both(|_| true),
            Operation::Claim(number) | Operation::KernelDriverActive(number) => {
                self.both(|filter| interface(filter, *number))
            }
            Operation::Detach(number) | Operation::Attach(number) => self.both(|filter| {
                interface(filter, *number) && filter.may.contains(&UsbPrivilege::Detach)
            }),
            Operation::Reset => self.both(|filter| filter.may.contains(&UsbPrivilege::Reset)),
            Operation::SetConfiguration(_) => {
                self.both(|filter| filter.may.contains(&UsbPrivilege::SetConfiguration))
            }
            Operation::Pipe { of, address } => {
                self.endpoints.contains(&(*address, *of))
                    && self.both(|filter| endpoint(filter, *of, *address))
            }
            Operation::Control { setup, input } => self.request(*setup, *input),
        }
    }

    fn request(&self, setup: Setup, input: bool) -> bool {
        let Setup { request_type, request, value, index } = setup;
        let [target, _] = index.to_le_bytes();
        let kind = value >> 8;
        let free = match (request_type, request) {
            (0x80..=0x82, 0) | (0x80, 8) | (0x81, 10) => true,
            (0x80, 6) => [1, 3, 6, 15].contains(&kind),
            (0x81, 6) => true,
            _ => false,
        };
        if (request_type >= 0x80) != input
            || (request_type & 0x60 == 0 && [5, 9, 11].contains(&request))
            || (request_type & 0x60 == 0 && request == 6 && [2, 7].contains(&kind))
        {
            return false;
        }
        let Some((whose, to)) = words(request_type) else { return false };
        let scope = |filter: &UsbFilter| {
            free || filter.control.iter().any(|scope| {
                let scope = scope.to_string();
                scope == whose || scope == format!("{whose}-{to}")
            })
        };
        match to {
            "interface" => {
                self.device.interfaces.iter().any(|one| one.number == target)
                    && self.both(|filter| scope(filter) && interface(filter, target))
            }
            "endpoint" if target == 0 || target == 0x80 => free && self.both(|_| true),
            "endpoint" => self.endpoints.iter().any(|&(address, of)| {
                address == target
                    && self.both(|filter| scope(filter) && endpoint(filter, of, address))
            }),
            _ => self.both(scope),
        }
    }

    fn both(&self, permits: impl Fn(&UsbFilter) -> bool) -> bool {
        [self.request, self.board].iter().all(|filters| {
            filters.iter().any(|filter| {
                filter.vendor.is_none_or(|vendor| vendor == 0xffff)
                    && filter.product.is_none_or(|product| product == 1)
                    && (filter.serial.is_none() || filter.serial == self.device.serial)
                    && filter.ports.as_ref().is_none_or(|ports| *ports == [1, 2])
                    && permits(filter)
            })
        })
    }
}

fn interface(filter: &UsbFilter, number: u8) -> bool {
    filter.interfaces.as_ref().is_none_or(|numbers| numbers.contains(&number))
}

fn endpoint(filter: &UsbFilter, of: u8, address: u8) -> bool {
    interface(filter, of)
        && filter.endpoints.as_ref().is_none_or(|addresses| addresses.contains(&address))
}

/// Table 9-2, without what is reserved.
fn words(request_type: u8) -> Option<(&'static str, &'static str)> {
    let whose = ["standard", "class", "vendor"].get(usize::from(request_type / 32 % 4))?;
    let to = ["device", "interface", "endpoint", "other"].get(usize::from(request_type % 32))?;
    Some((whose, to))
}
