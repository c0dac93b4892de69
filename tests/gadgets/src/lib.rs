//! A gadget that runs natively on a software bus, for the gadgets' own tests.
//! Everything panics where a test is to fail.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Duration;

use periplasm_usb::cable::Cable;
use periplasm_usb::{
    Change, Completed, DeviceInfo, Pipe, PortSpeed, Setup, Transfer, UsbController, UsbDevice,
    UsbInterface, wait_any,
};
pub use periplasm_usb::{PortSpeed as Speed, Request, UsbError};

/// When a gadget that does not answer fails its test.
const PATIENCE: Duration = Duration::from_secs(20);

/// A gadget that was plugged in, and opened.
pub struct Plugged {
    /// What the host knows of it.
    pub info: DeviceInfo,
    device: Arc<dyn UsbDevice>,
    _cable: Cable,
}

/// Runs `gadget` on a bus of its own until the test's process ends.
pub fn plug<R>(
    speed: PortSpeed,
    gadget: impl FnOnce(Box<dyn UsbController>) -> R + Send + 'static,
) -> Plugged {
    let cable = Cable::new(1);
    let host = cable.host();
    let mut changes = host.watch();
    let port = cable.plug(None, speed).expect("the bus is empty");
    std::thread::spawn(move || drop(gadget(Box::new(port))));
    let info = loop {
        match changes.next() {
            Some(Change::Connected(info)) => break info,
            Some(Change::Disconnected(_)) => {}
            None => {
                let mut changed = changes.changed();
                let came = wait_any(&mut [&mut *changed], Some(PATIENCE));
                assert!(came, "the host does not see the gadget");
            }
        }
    };
    let device = host.open(info.id).expect("it was plugged in just now");
    Plugged { info, device, _cable: cable }
}

impl Plugged {
    /// A control transfer from the gadget (USB 2.0, table 9-2).
    pub fn control_in(
        &self,
        request_type: u8,
        request: u8,
        value: u16,
        index: u16,
        len: u16,
    ) -> Result<Vec<u8>, UsbError> {
        let setup = Setup { request_type, request, value, index };
        let done = finish(&mut *self.device.control(), Request::ControlIn { setup, len });
        done.status.map(|()| done.data)
    }

    /// A control transfer to the gadget.
    pub fn control_out(
        &self,
        request_type: u8,
        request: u8,
        value: u16,
        index: u16,
        data: &[u8],
    ) -> Result<(), UsbError> {
        let setup = Setup { request_type, request, value, index };
        let request = Request::ControlOut { setup, data: data.to_vec() };
        finish(&mut *self.device.control(), request).status
    }

    /// Takes an interface.
    pub fn claim(&self, number: u8) -> Claimed {
        Claimed(self.device.claim(number).expect("nobody else has it"))
    }

    /// The device itself.
    pub fn device(&self) -> &dyn UsbDevice {
        &*self.device
    }
}

/// An interface.
pub struct Claimed(Box<dyn UsbInterface>);

impl Claimed {
    /// An endpoint of it.
    pub fn line(&mut self, endpoint: u8) -> Line {
        Line(self.0.pipe(endpoint).expect("the interface has it"))
    }
}

/// A bulk or an interrupt endpoint.
pub struct Line(Box<dyn Pipe>);

impl Line {
    /// Sends, and returns how many bytes the gadget took.
    pub fn write(&mut self, data: &[u8]) -> Result<usize, UsbError> {
        let done = finish(&mut *self.0, Request::Out(data.to_vec()));
        done.status.map(|()| done.actual)
    }

    /// Receives at most `len` bytes, until a packet is short.
    pub fn read(&mut self, len: usize) -> Result<Vec<u8>, UsbError> {
        let done = finish(&mut *self.0, Request::In { len, room: Vec::new() });
        done.status.map(|()| done.data)
    }

    /// Starts a transfer and leaves it in flight; [`Self::finish`] ends it.
    pub fn start(&mut self, request: Request) {
        self.0.submit(Transfer { tag: 0, request }).expect("there is room for it");
    }

    /// The oldest transfer that was started, when it has ended.
    pub fn finish(&mut self) -> Completed {
        wait(&mut *self.0)
    }

    /// Ends a stall.
    pub fn clear_halt(&mut self) {
        self.0.clear_halt().expect("nothing is in flight");
    }
}

fn finish(pipe: &mut dyn Pipe, request: Request) -> Completed {
    pipe.submit(Transfer { tag: 0, request }).expect("there is room for it");
    wait(pipe)
}

fn wait(pipe: &mut dyn Pipe) -> Completed {
    loop {
        if let Some(done) = pipe.take() {
            return done;
        }
        let mut ready = pipe.ready();
        assert!(wait_any(&mut [&mut *ready], Some(PATIENCE)), "the gadget does not answer");
    }
}
