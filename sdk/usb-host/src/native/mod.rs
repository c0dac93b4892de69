//! The names of the bindings on a host of `periplasm-usb`.
//!
//! What is documented in `wit/usb` holds here too. Handles may go to other
//! threads; a wait holds no lock.

pub mod admin;
mod buffer;
mod convert;
mod device;
pub mod fake;
mod host;
mod interface;
mod pipe;
mod timer;
pub mod wait;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use buffer::Buffer;
pub use device::Device;
pub use host::Host;
pub use interface::Interface;
use periplasm_usb::UsbHost;
pub use pipe::Pipe;

static INSTALLED: Mutex<Option<Arc<dyn UsbHost>>> = Mutex::new(None);

/// Makes `host` what [`open`] gives from now on, in the whole process. Handles
/// that are open keep theirs.
pub fn install(host: Arc<dyn UsbHost>) {
    *locked(&INSTALLED) = Some(host);
}

/// The host that was installed; without one, a host that has no devices.
pub fn open() -> Host {
    Host::new(locked(&INSTALLED).clone())
}

/// A thread that panicked leaves nothing half done behind these locks.
fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
