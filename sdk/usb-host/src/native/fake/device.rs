//! An open device, and an interface of it.

use std::boxed::Box;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::vec::Vec;

use periplasm_usb::UsbError;

use super::pipe::{Piped, Queue};
use crate::native::locked;

pub(super) type Shared = Arc<Mutex<Plugged>>;

/// A device that is or was plugged in, and all that is in flight with it.
pub(super) struct Plugged {
    pub(super) device: Box<dyn super::Device>,
    pub(super) gone: bool,
    pub(super) queues: BTreeMap<u64, Queue>,
    next_queue: u64,
    configuration: u8,
    claimed: BTreeSet<u8>,
    kernel: BTreeSet<u8>,
}

impl Plugged {
    pub(super) fn new(device: Box<dyn super::Device>, kernel: Vec<u8>) -> Shared {
        Arc::new(Mutex::new(Self {
            device,
            gone: false,
            queues: BTreeMap::new(),
            next_queue: 0,
            configuration: 1,
            claimed: BTreeSet::new(),
            kernel: kernel.into_iter().collect(),
        }))
    }

    /// Does something, then all that can go on, and wakes who waits for it.
    pub(super) fn change<R>(shared: &Shared, f: impl FnOnce(&mut Self) -> R) -> R {
        let mut plugged = locked(shared);
        let result = f(&mut plugged);
        let Self { device, queues, gone, .. } = &mut *plugged;
        while queues.values_mut().any(|queue| queue.go_on(device.as_mut(), *gone)) {}
        let wakers: Vec<_> = queues.values_mut().filter_map(Queue::news).collect();
        drop(plugged);
        wakers.into_iter().for_each(std::task::Waker::wake);
        result
    }

    pub(super) fn leave(&mut self) {
        self.gone = true;
    }

    fn check(&self) -> Result<(), UsbError> {
        if self.gone { Err(UsbError::Gone) } else { Ok(()) }
    }

    fn queue(&mut self, interface: Option<u8>, endpoint: Option<u8>) -> u64 {
        let key = self.next_queue;
        self.next_queue += 1;
        self.queues.insert(key, Queue::new(interface, endpoint));
        key
    }

    /// Ends all transfers of an interface, or of all of them.
    fn end(&mut self, interface: Option<u8>) {
        let of_it = |queue: &&mut Queue| interface.is_none() || queue.interface == interface;
        self.queues.values_mut().filter(of_it).for_each(Queue::cancel_all);
    }
}

pub(super) struct Opened(pub(super) Shared);

impl periplasm_usb::UsbDevice for Opened {
    fn configuration(&self) -> Result<u8, UsbError> {
        let plugged = locked(&self.0);
        plugged.check().map(|()| plugged.configuration)
    }

    fn claim(&self, number: u8) -> Result<Box<dyn periplasm_usb::UsbInterface>, UsbError> {
        let mut plugged = locked(&self.0);
        plugged.check()?;
        if plugged.kernel.contains(&number) || !plugged.claimed.insert(number) {
            return Err(UsbError::Busy);
        }
        Ok(Box::new(Claimed(self.0.clone(), number)))
    }

    fn control(&self) -> Box<dyn periplasm_usb::Pipe> {
        let key = locked(&self.0).queue(None, None);
        Box::new(Piped(self.0.clone(), key))
    }

    fn reset(&self) -> Result<(), UsbError> {
        Plugged::change(&self.0, |plugged| {
            plugged.check()?;
            plugged.end(None);
            plugged.device.reset();
            Ok(())
        })
    }

    fn set_configuration(&self, value: u8) -> Result<(), UsbError> {
        let mut plugged = locked(&self.0);
        plugged.check()?;
        if !plugged.claimed.is_empty() {
            return Err(UsbError::Busy);
        }
        plugged.configuration = value;
        Ok(())
    }

    fn kernel_driver_active(&self, number: u8) -> Result<bool, UsbError> {
        Ok(locked(&self.0).kernel.contains(&number))
    }

    fn detach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        let removed = locked(&self.0).kernel.remove(&number);
        if removed { Ok(()) } else { Err(UsbError::NotFound) }
    }

    fn attach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        locked(&self.0).kernel.insert(number);
        Ok(())
    }
}

struct Claimed(Shared, u8);

impl periplasm_usb::UsbInterface for Claimed {
    fn set_alternate(&mut self, _: u8) -> Result<(), UsbError> {
        Plugged::change(&self.0, |plugged| {
            plugged.check()?;
            plugged.end(Some(self.1));
            Ok(())
        })
    }

    fn pipe(&mut self, endpoint: u8) -> Result<Box<dyn periplasm_usb::Pipe>, UsbError> {
        let mut plugged = locked(&self.0);
        plugged.check()?;
        if plugged.queues.values().any(|queue| queue.endpoint == Some(endpoint)) {
            return Err(UsbError::Busy);
        }
        let key = plugged.queue(Some(self.1), Some(endpoint));
        Ok(Box::new(Piped(self.0.clone(), key)))
    }
}

impl Drop for Claimed {
    fn drop(&mut self) {
        Plugged::change(&self.0, |plugged| {
            plugged.end(Some(self.1));
            plugged.claimed.remove(&self.1);
            plugged.queues.values_mut().for_each(|queue| queue.leave(self.1));
        });
    }
}
