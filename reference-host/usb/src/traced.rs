//! A host that tells of each transfer when it has ended.

use std::collections::VecDeque;
use std::sync::Arc;

use periplasm_backend::trace::{Act, Entry, UsbTransfer};
use periplasm_backend::{Clock, Event};

use crate::{
    Changes, Completed, DeviceId, DeviceInfo, Pipe, Request, Transfer, UsbDevice, UsbError,
    UsbHost, UsbInterface,
};

/// Gets an entry for each transfer.
type Sink = Arc<dyn Fn(Entry) + Send + Sync>;

/// A host whose transfers are told of, with the time on `clock` at which their
/// end was taken.
pub struct TracedHost {
    host: Arc<dyn UsbHost>,
    clock: Arc<dyn Clock>,
    sink: Sink,
}

impl TracedHost {
    /// The devices of `host`.
    pub fn of(
        host: Arc<dyn UsbHost>,
        clock: Arc<dyn Clock>,
        sink: impl Fn(Entry) + Send + Sync + 'static,
    ) -> Arc<dyn UsbHost> {
        Arc::new(Self { host, clock, sink: Arc::new(sink) })
    }
}

/// What is told of a device, and to whom.
#[derive(Clone)]
struct Teller {
    clock: Arc<dyn Clock>,
    sink: Sink,
    vendor: u16,
    product: u16,
}

impl UsbHost for TracedHost {
    fn devices(&self) -> Vec<DeviceInfo> {
        self.host.devices()
    }

    fn watch(&self) -> Box<dyn Changes> {
        self.host.watch()
    }

    fn open(&self, id: DeviceId) -> Result<Arc<dyn UsbDevice>, UsbError> {
        let device = self.host.open(id)?;
        let known = self.host.devices().into_iter().find(|info| info.id == id);
        let (vendor, product) = known.map_or((0, 0), |info| (info.vendor(), info.product_id()));
        let (clock, sink) = (self.clock.clone(), self.sink.clone());
        Ok(Arc::new(TracedDevice { device, teller: Teller { clock, sink, vendor, product } }))
    }
}

struct TracedDevice {
    device: Arc<dyn UsbDevice>,
    teller: Teller,
}

impl UsbDevice for TracedDevice {
    fn configuration(&self) -> Result<u8, UsbError> {
        self.device.configuration()
    }

    fn claim(&self, number: u8) -> Result<Box<dyn UsbInterface>, UsbError> {
        let interface = self.device.claim(number)?;
        Ok(Box::new(TracedInterface { interface, teller: self.teller.clone() }))
    }

    fn control(&self) -> Box<dyn Pipe> {
        Box::new(TracedPipe::new(self.device.control(), 0, &self.teller))
    }

    fn reset(&self) -> Result<(), UsbError> {
        self.device.reset()
    }

    fn set_configuration(&self, value: u8) -> Result<(), UsbError> {
        self.device.set_configuration(value)
    }

    fn kernel_driver_active(&self, number: u8) -> Result<bool, UsbError> {
        self.device.kernel_driver_active(number)
    }

    fn detach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        self.device.detach_kernel_driver(number)
    }

    fn attach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        self.device.attach_kernel_driver(number)
    }
}

struct TracedInterface {
    interface: Box<dyn UsbInterface>,
    teller: Teller,
}

impl UsbInterface for TracedInterface {
    fn set_alternate(&mut self, setting: u8) -> Result<(), UsbError> {
        self.interface.set_alternate(setting)
    }

    fn pipe(&mut self, endpoint: u8) -> Result<Box<dyn Pipe>, UsbError> {
        let pipe = self.interface.pipe(endpoint)?;
        Ok(Box::new(TracedPipe::new(pipe, endpoint, &self.teller)))
    }
}

struct TracedPipe {
    pipe: Box<dyn Pipe>,
    endpoint: u8,
    teller: Teller,
    /// What was asked for, the oldest first: they end in this order.
    asked: VecDeque<(Option<[u8; 8]>, usize)>,
}

impl TracedPipe {
    fn new(pipe: Box<dyn Pipe>, endpoint: u8, teller: &Teller) -> Self {
        Self { pipe, endpoint, teller: teller.clone(), asked: VecDeque::new() }
    }
}

fn asked(request: &Request) -> (Option<[u8; 8]>, usize) {
    let sum = |packets: &[u32]| packets.iter().map(|len| *len as usize).sum();
    match request {
        Request::Out(data) => (None, data.len()),
        Request::In { len, .. } => (None, *len),
        Request::ControlOut { setup, data } => {
            (Some(setup.packet(u16::try_from(data.len()).unwrap_or(u16::MAX))), data.len())
        }
        Request::ControlIn { setup, len } => (Some(setup.packet(*len)), usize::from(*len)),
        Request::IsochronousOut { packets, .. } | Request::IsochronousIn { packets } => {
            (None, sum(packets))
        }
    }
}

impl Pipe for TracedPipe {
    fn submit(&mut self, transfer: Transfer) -> Result<(), UsbError> {
        let asked = asked(&transfer.request);
        self.pipe.submit(transfer)?;
        self.asked.push_back(asked);
        Ok(())
    }

    fn take(&mut self) -> Option<Completed> {
        let done = self.pipe.take()?;
        let (setup, asked) = self.asked.pop_front().unwrap_or((None, done.actual));
        let Teller { clock, sink, vendor, product } = &self.teller;
        let transfer = UsbTransfer {
            vendor: *vendor,
            product: *product,
            endpoint: self.endpoint,
            setup,
            asked,
            actual: done.actual,
            error: done.status.err().map(|error| error.to_string()),
        };
        sink(Entry { at_ns: clock.now_ns(), act: Act::Usb(transfer) });
        Some(done)
    }

    fn ready(&mut self) -> Box<dyn Event> {
        self.pipe.ready()
    }

    fn pending(&self) -> usize {
        self.pipe.pending()
    }

    fn cancel(&mut self, tag: u32) {
        self.pipe.cancel(tag);
    }

    fn cancel_all(&mut self) {
        self.pipe.cancel_all();
    }

    fn clear_halt(&mut self) -> Result<(), UsbError> {
        self.pipe.clear_halt()
    }
}
