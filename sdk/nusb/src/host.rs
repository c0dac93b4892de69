//! Which devices there are.

use std::sync::Arc;

use periplasm_usb_host as usb;

use crate::hotplug::HotplugWatch;
use crate::maybe_future::Call;
use crate::{DeviceInfo, DeviceSelector, Error, MaybeFuture};

/// The slot. A component opens it once.
#[cfg(target_family = "wasm")]
pub(crate) fn host() -> Arc<usb::Host> {
    static HOST: std::sync::OnceLock<Arc<usb::Host>> = std::sync::OnceLock::new();
    HOST.get_or_init(|| Arc::new(usb::open())).clone()
}

/// What was installed last.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn host() -> Arc<usb::Host> {
    Arc::new(usb::open())
}

pub(crate) fn devices() -> impl Iterator<Item = DeviceInfo> {
    let host = host();
    host.devices().into_iter().filter_map(move |info| DeviceInfo::new(&host, info))
}

/// The granted devices that are plugged in now.
///
/// # Errors
///
/// None here; upstream the system's.
pub fn list_devices() -> impl MaybeFuture<Output = Result<impl Iterator<Item = DeviceInfo>, Error>>
{
    Call(|| Ok(devices()))
}

/// The first granted device that one of the selectors means.
///
/// # Errors
///
/// None here; upstream the system's.
pub fn request_device(
    selectors: &[DeviceSelector],
) -> impl MaybeFuture<Output = Result<Option<DeviceInfo>, Error>> + use<'_> {
    Call(move || Ok(devices().find(|device| selectors.iter().any(|s| device.matches(s)))))
}

/// What is plugged in and unplugged from now on. To miss nothing, list devices
/// after this call.
///
/// # Errors
///
/// None here; upstream the system's.
pub fn watch_devices() -> Result<HotplugWatch, Error> {
    Ok(HotplugWatch::new(Arc::new(usb::open())))
}
