//! Grants, around any host.
//!
//! An operation is permitted when some filter of the request and some filter of
//! the board both match the device and both permit it: each alone, so that two
//! filters do not add up to what neither permits.
//!
//! What is not granted is not listed: devices, their coming and going,
//! interfaces and endpoints in descriptors. A device that was not granted is
//! `NotFound`; anything else that was not is `Denied`.
//!
//! # Control requests
//!
//! | request | what it needs |
//! | --- | --- |
//! | GET_STATUS, GET_CONFIGURATION, GET_INTERFACE, GET_DESCRIPTOR of the device, its configurations, strings, BOS, or of an interface | no scope |
//! | any other | a scope of its type and recipient |
//! | to an interface | that it is granted, by the same filters: the low byte of `wIndex` |
//! | to an endpoint | that it is granted, and each interface that has it |
//! | SET_ADDRESS, SET_CONFIGURATION, SET_INTERFACE, to whomever | always `Denied`: they are functions |
//! | of the reserved type, or to a reserved recipient (4 to 31) | always `Denied` |
//!
//! A configuration descriptor is answered from what is listed, without asking
//! the device; OTHER_SPEED_CONFIGURATION, which would show the rest, is a stall.
//!
//! What a device makes of a request nobody can know. A granted scope `-device`
//! or `-other` means all requests of that type to that recipient, whatever
//! their `wIndex` says, and a device may act on interfaces that were not granted
//! then. `standard-device` has SET_FEATURE(TEST_MODE), after which a device
//! must be unplugged.

mod changes;
mod default_pipe;
mod device;
mod endpoint;
mod hide;
mod rights;
mod setup;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use periplasm_request::UsbFilter;

use self::changes::GuardedChanges;
use self::device::{Grant, GuardedDevice};
use self::rights::Filters;
use crate::{Changes, DeviceId, DeviceInfo, UsbDevice, UsbError, UsbHost};

/// A host as far as its devices were granted.
pub struct Guarded {
    host: Arc<dyn UsbHost>,
    filters: Arc<Filters>,
    /// Whether it was said that a driver of the kernel cannot be sent away.
    told: Arc<AtomicBool>,
}

impl Guarded {
    /// The devices of `host`, as far as a filter of `request` and one of `board`
    /// permit. No filter permits nothing.
    #[expect(clippy::new_ret_no_self, reason = "whoever has it has a host like any other")]
    pub fn new(
        host: Arc<dyn UsbHost>,
        request: Vec<UsbFilter>,
        board: Vec<UsbFilter>,
    ) -> Arc<dyn UsbHost> {
        let filters = Arc::new(Filters { request, board });
        Arc::new(Self { host, filters, told: Arc::default() })
    }
}

impl UsbHost for Guarded {
    fn devices(&self) -> Vec<DeviceInfo> {
        self.host.devices().into_iter().filter_map(|info| self.filters.granted(info)).collect()
    }

    fn watch(&self) -> Box<dyn Changes> {
        Box::new(GuardedChanges::new(self.host.as_ref(), self.filters.clone()))
    }

    fn open(&self, id: DeviceId) -> Result<Arc<dyn UsbDevice>, UsbError> {
        let info = self.host.devices().into_iter().find(|info| info.id == id);
        let info = info.ok_or(UsbError::NotFound)?;
        let rights = self.filters.rights(&info).ok_or(UsbError::NotFound)?;
        let shown = hide::descriptors(&info.descriptors, &rights);
        let device = self.host.open(id)?;
        let (vendor, product) = (info.vendor(), info.product_id());
        let grant = Arc::new(Grant { rights, all: info.descriptors, shown, vendor, product });
        Ok(Arc::new(GuardedDevice::new(device, grant, self.told.clone())))
    }
}
