//! The simulated device of the benchmarks of USB: a gadget on usb-device that
//! runs natively, whoever the host is.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use periplasm_backend::Event;
use periplasm_usb::cable::Cable;
use periplasm_usb::{
    Change, ControllerError, EndpointConfig, Events, PortSpeed, UsbController, wait_any,
};
use periplasm_usb_device::{Bus, serve};
use strokes_usb::{
    BULK, INTERRUPT, ISOCHRONOUS, ISOCHRONOUS_PACKET, PACKET, PRODUCT, REQUEST, STORAGE, STREAM,
    VENDOR,
};
use usb_device::Result;
use usb_device::class_prelude::*;
use usb_device::control::RequestType;
use usb_device::device::{UsbDeviceBuilder, UsbVidPid};
use usb_device::endpoint::{IsochronousSynchronizationType, IsochronousUsageType};

use crate::usb_storage::Storage;

/// Plugs a gadget in, waits until the host sees it, and counts what it asks of
/// its port from then on.
pub(crate) fn plug(cable: &Cable) -> Arc<AtomicU64> {
    let calls = Arc::new(AtomicU64::new(0));
    let port = cable.plug(None, PortSpeed::High).expect("a free port");
    let port = Counted { port: Box::new(port), calls: calls.clone() };
    let host = cable.host();
    let mut changes = host.watch();
    std::thread::spawn(move || run(Box::new(port)));
    while !matches!(changes.next(), Some(Change::Connected(_))) {
        let mut changed = changes.changed();
        wait_any(&mut [&mut *changed], None);
    }
    calls
}

fn run(port: Box<dyn UsbController>) {
    let bus = UsbBusAllocator::new(Bus::new(port));
    let mut class = Device::new(&bus).expect("endpoints that a port has");
    let mut device = UsbDeviceBuilder::new(&bus, UsbVidPid(VENDOR, PRODUCT))
        .max_packet_size_0(64)
        .expect("a size that USB knows")
        .build();
    // Until the cable is gone.
    let _ended = serve(&mut device, None, |device, _| {
        device.poll(&mut [&mut class]);
        class.step();
        ControlFlow::<()>::Continue(())
    });
}

struct Device<'a, B: UsbBus> {
    interfaces: [InterfaceNumber; 2],
    bulk: Echo<'a, B>,
    interrupt: Echo<'a, B>,
    sink: EndpointOut<'a, B>,
    source: EndpointIn<'a, B>,
    storage: Storage<'a, B>,
    isochronous: EndpointIn<'a, B>,
}

impl<'a, B: UsbBus> Device<'a, B> {
    fn new(bus: &'a UsbBusAllocator<B>) -> Result<Self> {
        const ISO: EndpointType = EndpointType::Isochronous {
            synchronization: IsochronousSynchronizationType::Asynchronous,
            usage: IsochronousUsageType::Data,
        };
        let bulk = |(out, back)| pair(bus, EndpointType::Bulk, (out, back));
        let (sink, source) = bulk(STREAM)?;
        Ok(Self {
            interfaces: [bus.interface(), bus.interface()],
            bulk: Echo::new(bulk(BULK)?),
            interrupt: Echo::new(pair(bus, EndpointType::Interrupt, INTERRUPT)?),
            sink,
            source,
            storage: Storage::new(bulk(STORAGE)?),
            isochronous: bus.alloc(Some(ISOCHRONOUS.into()), ISO, ISOCHRONOUS_PACKET as u16, 1)?,
        })
    }

    /// Moves what can be moved.
    fn step(&mut self) {
        self.bulk.step();
        self.interrupt.step();
        // Nothing came, or nothing can go: later.
        let _ = self.sink.read(&mut [0; PACKET]);
        let _ = self.source.write(&[0xaa; PACKET]);
        let _ = self.isochronous.write(&[0xaa; ISOCHRONOUS_PACKET as usize]);
        self.storage.step();
    }
}

type Pair<'a, B> = (EndpointOut<'a, B>, EndpointIn<'a, B>);

fn pair<'a, B: UsbBus>(
    bus: &'a UsbBusAllocator<B>,
    transfers: EndpointType,
    (out, back): (u8, u8),
) -> Result<Pair<'a, B>> {
    let size = PACKET as u16;
    let out = bus.alloc(Some(out.into()), transfers, size, 1)?;
    Ok((out, bus.alloc(Some(back.into()), transfers, size, 1)?))
}

impl<B: UsbBus> UsbClass<B> for Device<'_, B> {
    fn get_configuration_descriptors(&self, writer: &mut DescriptorWriter<'_>) -> Result<()> {
        writer.interface(self.interfaces[0], 0xff, 0, 0)?;
        for (out, back) in [
            self.bulk.ends(),
            self.interrupt.ends(),
            (&self.sink, &self.source),
            self.storage.ends(),
        ] {
            writer.endpoint(out)?;
            writer.endpoint(back)?;
        }
        writer.interface(self.interfaces[1], 0xff, 0, 0)?;
        writer.endpoint(&self.isochronous)
    }

    fn control_in(&mut self, transfer: ControlIn<'_, '_, '_, B>) {
        let request = *transfer.request();
        if request.request_type == RequestType::Vendor && request.request == REQUEST {
            // A host that gave up has nobody to hear of it.
            let _ = transfer.accept(|room| Ok(room.len().min(request.length.into())));
        }
    }
}

/// Sends back what comes.
struct Echo<'a, B: UsbBus> {
    out: EndpointOut<'a, B>,
    back: EndpointIn<'a, B>,
    packet: [u8; PACKET],
    /// How much of it is to be sent.
    len: Option<usize>,
}

impl<'a, B: UsbBus> Echo<'a, B> {
    fn new((out, back): Pair<'a, B>) -> Self {
        Self { out, back, packet: [0; PACKET], len: None }
    }

    fn ends(&self) -> (&EndpointOut<'a, B>, &EndpointIn<'a, B>) {
        (&self.out, &self.back)
    }

    fn step(&mut self) {
        self.len = self.len.or_else(|| self.out.read(&mut self.packet).ok());
        self.len.take_if(|len| self.back.write(&self.packet[..*len]).is_ok());
    }
}

/// Counts what a gadget asks of its port.
struct Counted {
    port: Box<dyn UsbController>,
    calls: Arc<AtomicU64>,
}

impl Counted {
    fn called(&mut self) -> &mut dyn UsbController {
        self.calls.fetch_add(1, Ordering::Relaxed);
        &mut *self.port
    }
}

impl UsbController for Counted {
    fn speed(&self) -> PortSpeed {
        self.port.speed()
    }

    fn enable(&mut self, endpoints: &[EndpointConfig]) -> std::result::Result<(), ControllerError> {
        self.called().enable(endpoints)
    }

    fn disable(&mut self) {
        self.called().disable();
    }

    fn poll(&mut self) -> Events {
        self.called().poll()
    }

    fn happened(&mut self) -> Box<dyn Event> {
        self.called().happened()
    }

    fn write(&mut self, number: u8, packet: &[u8]) -> std::result::Result<(), ControllerError> {
        self.called().write(number, packet)
    }

    fn read(&mut self, number: u8, room: &mut [u8]) -> std::result::Result<usize, ControllerError> {
        self.called().read(number, room)
    }

    fn set_stalled(&mut self, address: u8, stalled: bool) {
        self.called().set_stalled(address, stalled);
    }

    fn is_stalled(&self, address: u8) -> bool {
        self.port.is_stalled(address)
    }

    fn set_address(&mut self, address: u8) {
        self.called().set_address(address);
    }

    fn remote_wakeup(&mut self) {
        self.called().remote_wakeup();
    }
}
