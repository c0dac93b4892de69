//! `usb-device` on a controller.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use usb_device::bus::{PollResult, UsbBus, UsbBusAllocator};
use usb_device::endpoint::{EndpointAddress, EndpointType};
use usb_device::test_class::TestClass;
use usb_device::{Result, UsbDirection, UsbError};

use crate::{ControllerError, EndpointConfig, Events, TransferType, UsbController, wait_any};

/// A bus of `usb-device`.
pub(crate) struct Adapter<C>(Mutex<Inner<C>>);

struct Inner<C> {
    controller: C,
    endpoints: Vec<EndpointConfig>,
    /// What was not passed on yet.
    news: Events,
    setup: Option<[u8; 8]>,
    /// OUT endpoints with a packet that was not read.
    waiting: u16,
}

impl<C: UsbController> Adapter<C> {
    pub(crate) fn new(controller: C) -> UsbBusAllocator<Self> {
        UsbBusAllocator::new(Self(Mutex::new(Inner {
            controller,
            endpoints: Vec::new(),
            news: Events::default(),
            setup: None,
            waiting: 0,
        })))
    }

    fn inner(&self) -> MutexGuard<'_, Inner<C>> {
        self.0.lock().unwrap()
    }

    /// Waits until there is something, or for a while.
    fn wait(&self) {
        let mut inner = self.inner();
        if inner.news == Events::default() && inner.setup.is_none() {
            let mut happened = inner.controller.happened();
            drop(inner);
            wait_any(&mut [&mut *happened], Some(Duration::from_millis(100)));
        }
    }
}

fn error(error: ControllerError) -> UsbError {
    match error {
        ControllerError::WouldBlock => UsbError::WouldBlock,
        ControllerError::Overflow => UsbError::BufferOverflow,
        ControllerError::Invalid | ControllerError::Gone => UsbError::InvalidEndpoint,
    }
}

impl<C: UsbController> UsbBus for Adapter<C> {
    fn alloc_ep(
        &mut self,
        direction: UsbDirection,
        address: Option<EndpointAddress>,
        kind: EndpointType,
        max_packet_size: u16,
        interval: u8,
    ) -> Result<EndpointAddress> {
        let mut inner = self.inner();
        let free = |number: &u8| {
            let address = number | direction as u8;
            inner.endpoints.iter().all(|endpoint| endpoint.address != address)
        };
        let address = match address {
            Some(address) => address.into(),
            None => (1..16).find(free).ok_or(UsbError::EndpointOverflow)? | direction as u8,
        };
        let transfers = match kind {
            EndpointType::Control => TransferType::Control,
            EndpointType::Isochronous { .. } => TransferType::Isochronous,
            EndpointType::Bulk => TransferType::Bulk,
            EndpointType::Interrupt => TransferType::Interrupt,
        };
        inner.endpoints.push(EndpointConfig { address, transfers, max_packet_size, interval });
        Ok(address.into())
    }

    fn enable(&mut self) {
        let mut inner = self.inner();
        let endpoints = inner.endpoints.clone();
        inner.controller.enable(&endpoints).unwrap();
    }

    fn reset(&self) {}

    fn set_device_address(&self, address: u8) {
        self.inner().controller.set_address(address);
    }

    fn write(&self, address: EndpointAddress, packet: &[u8]) -> Result<usize> {
        self.inner().controller.write(address.index() as u8, packet).map_err(error)?;
        Ok(packet.len())
    }

    fn read(&self, address: EndpointAddress, room: &mut [u8]) -> Result<usize> {
        let mut inner = self.inner();
        if address.index() == 0
            && let Some(setup) = inner.setup.take()
        {
            room[..8].copy_from_slice(&setup);
            return Ok(8);
        }
        // What was not told yet is read later: classes take it for an error to
        // find a packet before they are told of it.
        if inner.waiting & (1 << address.index()) == 0 {
            return Err(UsbError::WouldBlock);
        }
        let result = inner.controller.read(address.index() as u8, room).map_err(error);
        if result != Err(UsbError::BufferOverflow) {
            inner.waiting &= !(1 << address.index());
        }
        result
    }

    fn set_stalled(&self, address: EndpointAddress, stalled: bool) {
        self.inner().controller.set_stalled(address.into(), stalled);
    }

    fn is_stalled(&self, address: EndpointAddress) -> bool {
        self.inner().controller.is_stalled(address.into())
    }

    fn suspend(&self) {}

    fn resume(&self) {}

    fn poll(&self) -> PollResult {
        let mut inner = self.inner();
        let fresh = inner.controller.poll();
        let news = std::mem::take(&mut inner.news);
        if fresh.bus.reset {
            inner.waiting = fresh.out_ready;
            inner.setup = fresh.setup;
            let in_complete = fresh.in_complete;
            inner.news = Events { in_complete, ..Events::default() };
            return PollResult::Reset;
        }
        inner.waiting |= fresh.out_ready;
        if fresh.setup.is_some() {
            inner.setup = fresh.setup;
        }
        if fresh.bus.suspend {
            inner.news.in_complete |= fresh.in_complete;
            return PollResult::Suspend;
        }
        let ep_in_complete = news.in_complete | fresh.in_complete;
        let ep_setup = u16::from(inner.setup.is_some());
        if inner.waiting | ep_in_complete | ep_setup == 0 {
            return if fresh.bus.resume { PollResult::Resume } else { PollResult::None };
        }
        PollResult::Data { ep_out: inner.waiting, ep_in_complete, ep_setup }
    }
}

/// Something that runs in a thread until it is dropped.
pub(crate) struct Running {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(crate) fn new(run: impl FnOnce(&AtomicBool) + Send + 'static) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || run(&stopped));
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let result = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            assert!(matches!(result, Some(Ok(()))), "the gadget panicked");
        }
    }
}

/// `usb-device`'s gadget for tests, in a thread.
pub(crate) fn test_class(controller: impl UsbController + 'static) -> Running {
    Running::new(|stop| {
        let allocator = Adapter::new(controller);
        let mut class = TestClass::new(&allocator);
        let mut device = class.make_device(&allocator);
        while !stop.load(Ordering::Relaxed) {
            if device.poll(&mut [&mut class]) {
                class.poll();
            }
            device.bus().wait();
        }
    })
}
