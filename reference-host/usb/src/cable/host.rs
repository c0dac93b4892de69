//! The host side.

use std::sync::Arc;

use crate::{Changes, DeviceId, DeviceInfo, UsbDevice, UsbError, UsbHost};

use super::bus::Shared;
use super::open::OpenDevice;
use super::watch::Watch;

pub(super) struct CableHost(pub(super) Arc<Shared>);

impl UsbHost for CableHost {
    fn devices(&self) -> Vec<DeviceInfo> {
        self.0.with(|bus| {
            bus.ports.iter().filter_map(|port| port.device.as_ref()?.info.clone()).collect()
        })
    }

    fn watch(&self) -> Box<dyn Changes> {
        Box::new(Watch::new(&self.0))
    }

    fn open(&self, id: DeviceId) -> Result<Arc<dyn UsbDevice>, UsbError> {
        let port = self.0.with(|bus| bus.ports.iter_mut().position(|port| port.device(id).is_ok()));
        let port = port.ok_or(UsbError::Gone)?;
        Ok(Arc::new(OpenDevice::new(&self.0, port, id)))
    }
}
