//! What two sets of filters permit together.

use periplasm_request::{UsbFilter, UsbIdentity, UsbPrivilege};

use super::hide;
use crate::DeviceInfo;

/// The filters of a request and of a board.
#[derive(Clone, Debug, Default)]
pub(super) struct Filters {
    pub(super) request: Vec<UsbFilter>,
    pub(super) board: Vec<UsbFilter>,
}

impl Filters {
    /// What was granted of a device, if it was.
    pub(super) fn rights(&self, info: &DeviceInfo) -> Option<Rights> {
        let device = UsbIdentity {
            vendor: info.vendor(),
            product: info.product_id(),
            serial: info.serial.as_deref(),
            ports: &info.ports,
        };
        let of = |filters: &[UsbFilter]| -> Vec<UsbFilter> {
            filters.iter().filter(|filter| filter.matches(&device)).cloned().collect()
        };
        let rights = Rights(Self { request: of(&self.request), board: of(&self.board) });
        rights.both(|_| true).then_some(rights)
    }

    /// What a granted device looks like; nothing of any other.
    pub(super) fn granted(&self, mut info: DeviceInfo) -> Option<DeviceInfo> {
        let rights = self.rights(&info)?;
        info.interfaces.retain(|interface| rights.interface(interface.number));
        info.descriptors = hide::descriptors(&info.descriptors, &rights);
        Some(info)
    }
}

/// The filters that match one device.
#[derive(Clone, Debug)]
pub(super) struct Rights(Filters);

impl Rights {
    fn both(&self, permits: impl Fn(&UsbFilter) -> bool) -> bool {
        self.0.request.iter().any(&permits) && self.0.board.iter().any(&permits)
    }

    /// Whether the interface may be claimed.
    pub(super) fn interface(&self, number: u8) -> bool {
        self.both(|filter| filter.permits_interface(number))
    }

    /// Whether the endpoint of the interface may be used.
    pub(super) fn endpoint(&self, interface: u8, address: u8) -> bool {
        self.both(|filter| filter.permits_interface(interface) && filter.permits_endpoint(address))
    }

    /// Whether requests of this type may be sent to a recipient that is neither
    /// an interface nor an endpoint.
    pub(super) fn control(&self, request_type: u8) -> bool {
        self.both(|filter| filter.permits_control(request_type))
    }

    /// Whether requests of this type may be sent to the interface.
    pub(super) fn control_interface(&self, request_type: u8, number: u8) -> bool {
        self.both(|filter| filter.permits_control(request_type) && filter.permits_interface(number))
    }

    /// Whether requests of this type may be sent to the endpoint of the interface.
    pub(super) fn control_endpoint(&self, request_type: u8, interface: u8, address: u8) -> bool {
        self.both(|filter| {
            filter.permits_control(request_type)
                && filter.permits_interface(interface)
                && filter.permits_endpoint(address)
        })
    }

    /// Whether it may be done to the device.
    pub(super) fn privilege(&self, privilege: UsbPrivilege) -> bool {
        self.both(|filter| filter.permits(privilege))
    }

    /// Whether the interface may be taken from the kernel, and given back.
    pub(super) fn detach(&self, number: u8) -> bool {
        self.both(|filter| filter.permits(UsbPrivilege::Detach) && filter.permits_interface(number))
    }
}
