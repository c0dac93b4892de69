//! A host that writes down what reaches it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use periplasm_backend::Event;
use periplasm_usb::*;

/// What reached a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    Open(DeviceId),
    Claim(u8),
    SetAlternate(u8),
    /// Of an interface.
    Pipe(u8, u8),
    Submit(Request),
    ClearHalt,
    Reset,
    SetConfiguration(u8),
    KernelDriverActive(u8),
    Detach(u8),
    Attach(u8),
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) reached: Vec<Reached>,
    pub(crate) devices: Vec<DeviceInfo>,
    pub(crate) active: u8,
    changes: VecDeque<Change>,
    waker: Option<Waker>,
}

/// All its devices have this state.
#[derive(Clone, Default)]
pub(crate) struct Fake(pub(crate) Arc<Mutex<State>>);

impl Fake {
    pub(crate) fn of(devices: Vec<DeviceInfo>) -> Self {
        let state = State { devices, active: 1, ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }

    pub(crate) fn reached(&self) -> Vec<Reached> {
        std::mem::take(&mut self.0.lock().unwrap().reached)
    }

    pub(crate) fn change(&self, change: Change) {
        let mut state = self.0.lock().unwrap();
        match &change {
            Change::Connected(info) => state.devices.push(info.clone()),
            Change::Disconnected(id) => state.devices.retain(|info| info.id != *id),
        }
        state.changes.push_back(change);
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }

    fn note(&self, what: Reached) {
        self.0.lock().unwrap().reached.push(what);
    }
}

impl UsbHost for Fake {
    fn devices(&self) -> Vec<DeviceInfo> {
        self.0.lock().unwrap().devices.clone()
    }

    fn watch(&self) -> Box<dyn Changes> {
        Box::new(self.clone())
    }

    fn open(&self, id: DeviceId) -> Result<Arc<dyn UsbDevice>, UsbError> {
        self.note(Reached::Open(id));
        Ok(Arc::new(self.clone()))
    }
}

impl Changes for Fake {
    fn next(&mut self) -> Option<Change> {
        self.0.lock().unwrap().changes.pop_front()
    }

    fn changed(&mut self) -> Box<dyn Event> {
        Box::new(self.clone())
    }
}

impl Event for Fake {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.lock().unwrap();
        state.waker = Some(context.waker().clone());
        if state.changes.is_empty() { Poll::Pending } else { Poll::Ready(()) }
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }
}

impl UsbDevice for Fake {
    fn configuration(&self) -> Result<u8, UsbError> {
        Ok(self.0.lock().unwrap().active)
    }

    fn claim(&self, number: u8) -> Result<Box<dyn UsbInterface>, UsbError> {
        self.note(Reached::Claim(number));
        Ok(Box::new(FakeInterface(self.clone(), number)))
    }

    fn control(&self) -> Box<dyn Pipe> {
        Box::new(FakePipe(self.clone(), VecDeque::new()))
    }

    fn reset(&self) -> Result<(), UsbError> {
        self.note(Reached::Reset);
        Ok(())
    }

    fn set_configuration(&self, value: u8) -> Result<(), UsbError> {
        self.note(Reached::SetConfiguration(value));
        Ok(())
    }

    fn kernel_driver_active(&self, number: u8) -> Result<bool, UsbError> {
        self.note(Reached::KernelDriverActive(number));
        Ok(true)
    }

    fn detach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        self.note(Reached::Detach(number));
        Ok(())
    }

    fn attach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        self.note(Reached::Attach(number));
        Ok(())
    }
}

struct FakeInterface(Fake, u8);

impl UsbInterface for FakeInterface {
    fn set_alternate(&mut self, setting: u8) -> Result<(), UsbError> {
        self.0.note(Reached::SetAlternate(setting));
        Ok(())
    }

    fn pipe(&mut self, endpoint: u8) -> Result<Box<dyn Pipe>, UsbError> {
        self.0.note(Reached::Pipe(self.1, endpoint));
        Ok(Box::new(FakePipe(self.0.clone(), VecDeque::new())))
    }
}

/// Its transfers end at once, with nothing; of isochronous packets the first has
/// three bytes, and the others fail.
struct FakePipe(Fake, VecDeque<(u32, usize)>);

impl Pipe for FakePipe {
    fn submit(&mut self, transfer: Transfer) -> Result<(), UsbError> {
        let packets = match &transfer.request {
            Request::IsochronousIn { packets } => packets.len(),
            _ => 0,
        };
        self.0.note(Reached::Submit(transfer.request));
        self.1.push_back((transfer.tag, packets));
        Ok(())
    }

    fn take(&mut self) -> Option<Completed> {
        let (tag, count) = self.1.pop_front()?;
        let failed = Packet { status: Err(UsbError::Protocol), actual: 0 };
        let mut packets = vec![failed; count];
        let mut data = Vec::new();
        if let Some(first) = packets.first_mut() {
            *first = Packet { status: Ok(()), actual: 3 };
            data = vec![1, 2, 3];
        }
        Some(Completed { tag, status: Ok(()), actual: data.len(), data, packets })
    }

    fn ready(&mut self) -> Box<dyn Event> {
        Box::new(Now)
    }

    fn pending(&self) -> usize {
        self.1.len()
    }

    fn cancel(&mut self, _: u32) {}

    fn cancel_all(&mut self) {}

    fn clear_halt(&mut self) -> Result<(), UsbError> {
        self.0.note(Reached::ClearHalt);
        Ok(())
    }
}

struct Now;

impl Event for Now {
    fn poll(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }
}
