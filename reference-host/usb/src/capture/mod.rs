//! Pictures of traffic, for Wireshark.
//!
//! A capture is a pcapng file (draft-ietf-opsawg-pcapng) with one interface a
//! bus: USB as Linux's usbmon shows it, I2C as `LINKTYPE_I2C_LINUX`. Times are
//! nanoseconds on the board's clock.

mod block;
mod file;
mod i2c;
mod pipe;
mod port;
mod urb;
mod usb;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use periplasm_backend::Clock;
use periplasm_backend::trace::{Act, Entry};

use self::block::LinkType;
use self::file::Out;
use self::usb::Captured;
use crate::UsbHost;

/// The most bytes of a packet that are kept, its header included. How long it
/// was is told.
pub const MAX_CAPTURED: usize = 64 << 10;

/// A file that traffic is written to as it goes. What was written is whole
/// packets, whenever the process ends. Clones write to the same file.
#[derive(Clone)]
pub struct Capture(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    /// Counts transfers.
    ids: AtomicU64,
    written: Mutex<Written>,
}

struct Written {
    out: Out,
    /// The interfaces that the file has, by their kind and name.
    interfaces: BTreeMap<(LinkType, String), u32>,
}

impl Capture {
    /// Creates the file, or empties the one that is there.
    ///
    /// If writing fails later, because a disk is full, `lost` gets to know why,
    /// once, and nothing more is written: what was written before stays, and
    /// whoever uses the hardware notices nothing.
    pub fn create(
        path: &Path,
        clock: Arc<dyn Clock>,
        lost: impl FnOnce(io::Error) + Send + 'static,
    ) -> io::Result<Self> {
        let mut out = Out::new(std::fs::File::create(path)?, Box::new(lost));
        out.first(&block::section())?;
        let written = Mutex::new(Written { out, interfaces: BTreeMap::new() });
        Ok(Self(Arc::new(Inner { clock, ids: AtomicU64::new(1), written })))
    }

    /// Writes down what happened on the bus `name`, if it was on an I2C bus.
    pub fn traced(&self, name: &str, entry: &Entry) {
        if let Act::I2c { address, steps, result } = &entry.act {
            i2c::record(self, name, entry.at_ns, *address, steps, *result);
        }
    }

    /// The same host, of whose transfers all are written down, as bus `name`.
    ///
    /// A transfer's end is written down when somebody takes it, at that time.
    /// When a device is first opened, its descriptors are written as requests
    /// that were answered with them, or Wireshark would not know its classes.
    pub fn usb(&self, name: &str, host: Arc<dyn UsbHost>) -> Arc<dyn UsbHost> {
        Arc::new(Captured::new(host, self.clone(), name))
    }

    fn now_ns(&self) -> u64 {
        self.0.clock.now_ns()
    }

    /// A number that no other transfer has.
    fn id(&self) -> u64 {
        self.0.ids.fetch_add(1, Ordering::Relaxed)
    }

    /// Writes one packet, with its interface before it if that is new.
    fn packet(&self, kind: LinkType, name: &str, at_ns: u64, packet: &block::Packet<'_>) {
        let mut written = self.0.written.lock().unwrap_or_else(PoisonError::into_inner);
        let Written { out, interfaces } = &mut *written;
        let next = u32::try_from(interfaces.len()).unwrap_or(u32::MAX);
        let key = (kind, name.to_owned());
        let interface = *interfaces.entry(key).or_insert_with(|| {
            out.write(&block::interface(kind, name));
            next
        });
        out.write(&packet.block(interface, at_ns));
    }

    /// The number of an interface of the file, which it has or will have.
    fn number(&self, kind: LinkType, name: &str) -> u32 {
        let written = self.0.written.lock().unwrap_or_else(PoisonError::into_inner);
        let known = written.interfaces.get(&(kind, name.to_owned())).copied();
        known.unwrap_or(written.interfaces.len() as u32)
    }
}

impl std::fmt::Debug for Capture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Capture").finish_non_exhaustive()
    }
}
