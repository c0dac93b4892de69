//! The public API of nusb 0.2.9 on a component's slot `usb`.
//!
//! [`list_devices`] gives the devices that were granted. What upstream does by
//! system calls are calls to the host here, which also do the waiting: every
//! [`MaybeFuture`] has a `wait` on every target, and can be awaited in any
//! executor.
//!
//! ```
//! use nusb::MaybeFuture;
//! for device in nusb::list_devices().wait()? {
//!     println!("{:04x}:{:04x}", device.vendor_id(), device.product_id());
//! }
//! # Ok::<(), nusb::Error>(())
//! ```

mod bus;
mod control;
pub mod descriptors;
mod device;
mod device_info;
mod endpoint;
mod error;
mod host;
pub mod hotplug;
mod interface;
pub mod io;
mod maybe_future;
mod selector;
mod speed;
pub mod transfer;

pub use bus::{BusInfo, UsbControllerType, list_buses};
pub use device::Device;
pub use device_info::{DeviceId, DeviceInfo, InterfaceInfo};
pub use endpoint::Endpoint;
pub use error::{ActiveConfigurationError, Error, ErrorKind, GetDescriptorError};
pub use host::{list_devices, request_device, watch_devices};
pub use interface::Interface;
pub use maybe_future::MaybeFuture;
pub use selector::DeviceSelector;
pub use speed::Speed;
