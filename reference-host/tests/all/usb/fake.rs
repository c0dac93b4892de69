//! A device with an endpoint for each way in which a transfer can go.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use periplasm_backend::Event;
use periplasm_usb::{
    Change, Changes, Completed, DeviceId, DeviceInfo, InterfaceInfo, Pipe, Request, Transfer,
    UsbDevice, UsbError, UsbHost, UsbInterface,
};

/// Takes what is sent.
pub(super) const SINK: u8 = 0x01;
/// Gives as many bytes as are asked for: 0, 1, 2 and so on.
pub(super) const SOURCE: u8 = 0x81;
/// Never answers.
pub(super) const MUTE: u8 = 0x82;
/// Answers with one byte, a while later.
pub(super) const LATE: u8 = 0x83;

/// How much later.
const LATER: Duration = Duration::from_millis(30);

#[derive(Clone, Default)]
pub(super) struct Fake(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    /// What was sent to the sink, with the addresses of the memory.
    sent: Vec<(Vec<u8>, usize)>,
    claimed: bool,
    /// The transfers that were in flight when their pipe was dropped.
    dropped: usize,
    open: usize,
}

impl Fake {
    pub(super) fn sent(&self) -> Vec<(Vec<u8>, usize)> {
        self.0.lock().unwrap().sent.clone()
    }

    /// How many transfers ended with their pipes, and whether anything is still
    /// open.
    pub(super) fn left(&self) -> (usize, bool) {
        let seen = self.0.lock().unwrap();
        (seen.dropped, seen.claimed || seen.open > 0)
    }
}

/// The device and configuration descriptors (USB 2.0, tables 9-8, 9-10, 9-12 and
/// 9-13): one interface of the vendor's class, with four bulk endpoints.
fn descriptors() -> Vec<u8> {
    let mut bytes = vec![18, 1, 0, 2, 0xff, 0, 0, 64, 0xc0, 0x16, 0xdc, 0x05, 0, 1, 0, 0, 0, 1];
    bytes.extend([9, 2, 46, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 4, 0xff, 0, 0, 0]);
    for address in [SINK, SOURCE, MUTE, LATE] {
        bytes.extend([7, 5, address, 2, 64, 0, 0]);
    }
    bytes
}

impl UsbHost for Fake {
    fn devices(&self) -> Vec<DeviceInfo> {
        let interface =
            InterfaceInfo { number: 0, class: 0xff, subclass: 0, protocol: 0, name: None };
        vec![DeviceInfo {
            id: DeviceId(1),
            bus: 1,
            address: 1,
            ports: vec![1],
            speed: None,
            descriptors: descriptors().into(),
            manufacturer: None,
            product: None,
            serial: None,
            interfaces: vec![interface],
        }]
    }

    fn watch(&self) -> Box<dyn Changes> {
        Box::new(Quiet)
    }

    fn open(&self, _: DeviceId) -> Result<Arc<dyn UsbDevice>, UsbError> {
        self.0.lock().unwrap().open += 1;
        Ok(Arc::new(Device(self.clone())))
    }
}

struct Quiet;

impl Changes for Quiet {
    fn next(&mut self) -> Option<Change> {
        None
    }

    fn changed(&mut self) -> Box<dyn Event> {
        Box::new(Ready(Queue::default()))
    }
}

struct Device(Fake);

impl Drop for Device {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().open -= 1;
    }
}

impl UsbDevice for Device {
    fn configuration(&self) -> Result<u8, UsbError> {
        Ok(1)
    }

    fn claim(&self, _: u8) -> Result<Box<dyn UsbInterface>, UsbError> {
        let mut seen = self.0.0.lock().unwrap();
        if std::mem::replace(&mut seen.claimed, true) {
            return Err(UsbError::Busy);
        }
        Ok(Box::new(Interface(self.0.clone())))
    }

    fn control(&self) -> Box<dyn Pipe> {
        Box::new(Endpoint::new(&self.0, MUTE))
    }

    fn reset(&self) -> Result<(), UsbError> {
        Ok(())
    }

    fn set_configuration(&self, _: u8) -> Result<(), UsbError> {
        Ok(())
    }

    fn kernel_driver_active(&self, _: u8) -> Result<bool, UsbError> {
        Ok(false)
    }

    fn detach_kernel_driver(&self, _: u8) -> Result<(), UsbError> {
        Ok(())
    }

    fn attach_kernel_driver(&self, _: u8) -> Result<(), UsbError> {
        Ok(())
    }
}

struct Interface(Fake);

impl Drop for Interface {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().claimed = false;
    }
}

impl UsbInterface for Interface {
    fn set_alternate(&mut self, _: u8) -> Result<(), UsbError> {
        Ok(())
    }

    fn pipe(&mut self, endpoint: u8) -> Result<Box<dyn Pipe>, UsbError> {
        Ok(Box::new(Endpoint::new(&self.0, endpoint)))
    }
}

/// Transfers in flight, with what came of those that have ended.
type Queue = Arc<Mutex<(VecDeque<(Transfer, Option<Completed>)>, Option<Waker>)>>;

struct Endpoint {
    fake: Fake,
    address: u8,
    queue: Queue,
}

impl Endpoint {
    fn new(fake: &Fake, address: u8) -> Self {
        Self { fake: fake.clone(), address, queue: Queue::default() }
    }
}

fn end(queue: &Queue, tag: u32, status: Result<(), UsbError>, data: Vec<u8>) {
    let mut queue = queue.lock().unwrap();
    if let Some((_, ended @ None)) = queue.0.iter_mut().find(|(transfer, _)| transfer.tag == tag) {
        let actual = data.len();
        *ended = Some(Completed { tag, status, actual, data, packets: Vec::new() });
    }
    if let Some(waker) = queue.1.take() {
        waker.wake();
    }
}

impl Pipe for Endpoint {
    fn submit(&mut self, mut transfer: Transfer) -> Result<(), UsbError> {
        let tag = transfer.tag;
        let request = std::mem::replace(&mut transfer.request, Request::Out(Vec::new()));
        self.queue.lock().unwrap().0.push_back((transfer, None));
        match (self.address, request) {
            (SINK, Request::Out(data)) => {
                let seen = (data.clone(), data.as_ptr() as usize);
                self.fake.0.lock().unwrap().sent.push(seen);
                end(&self.queue, tag, Ok(()), data);
            }
            (SOURCE, Request::In { len, mut room }) => {
                room.extend((0..len).map(|n| n as u8));
                end(&self.queue, tag, Ok(()), room);
            }
            (LATE, _) => {
                let queue = self.queue.clone();
                std::thread::spawn(move || {
                    std::thread::sleep(LATER);
                    end(&queue, tag, Ok(()), vec![7]);
                });
            }
            _ => {}
        }
        Ok(())
    }

    fn take(&mut self) -> Option<Completed> {
        let mut queue = self.queue.lock().unwrap();
        queue.0.front()?.1.as_ref()?;
        queue.0.pop_front()?.1
    }

    fn ready(&mut self) -> Box<dyn Event> {
        Box::new(Ready(self.queue.clone()))
    }

    fn pending(&self) -> usize {
        self.queue.lock().unwrap().0.len()
    }

    fn cancel(&mut self, tag: u32) {
        end(&self.queue, tag, Err(UsbError::Cancelled), Vec::new());
    }

    fn cancel_all(&mut self) {
        let tags: Vec<u32> = self.queue.lock().unwrap().0.iter().map(|(t, _)| t.tag).collect();
        tags.into_iter().for_each(|tag| self.cancel(tag));
    }

    fn clear_halt(&mut self) -> Result<(), UsbError> {
        Ok(())
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.fake.0.lock().unwrap().dropped += self.pending();
    }
}

/// That the oldest transfer has ended. Of an empty queue that nobody fills it
/// never happens.
struct Ready(Queue);

impl Event for Ready {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut queue = self.0.lock().unwrap();
        if queue.0.front().is_some_and(|(_, ended)| ended.is_some()) {
            return Poll::Ready(());
        }
        queue.1 = Some(context.waker().clone());
        Poll::Pending
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }
}
