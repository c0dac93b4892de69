//! What the tests ask of the host side.

use std::sync::Arc;
use std::time::Duration;

use crate::{
    Change, Completed, DeviceInfo, Pipe, PortSpeed, Request, Setup, Transfer, UsbController,
    UsbDevice, UsbError, UsbHost, wait_any,
};

use super::super::{Cable, CablePort};
use super::hand::Hand;

/// Long enough for any machine.
pub(crate) const LONG: Duration = Duration::from_secs(30);

/// Waits for a device, and opens it.
pub(crate) fn device(host: &Arc<dyn UsbHost>) -> (DeviceInfo, Arc<dyn UsbDevice>) {
    let mut watch = host.watch();
    let info = match host.devices().pop() {
        Some(info) => info,
        None => match next(&mut *watch) {
            Change::Connected(info) => info,
            change => panic!("{change:?}"),
        },
    };
    let device = host.open(info.id).unwrap();
    (info, device)
}

/// The next change.
pub(crate) fn next(watch: &mut dyn crate::Changes) -> Change {
    assert!(wait_any(&mut [&mut *watch.changed()], Some(LONG)), "nothing changed");
    watch.next().unwrap()
}

/// The next transfer that ends.
pub(crate) fn end(pipe: &mut dyn Pipe) -> Completed {
    assert!(wait_any(&mut [&mut *pipe.ready()], Some(LONG)), "the transfer does not end");
    pipe.take().expect("nothing was in flight")
}

/// One transfer and its end.
pub(crate) fn transfer(pipe: &mut dyn Pipe, request: Request) -> Completed {
    pipe.submit(Transfer { tag: 7, request }).unwrap();
    end(pipe)
}

pub(crate) fn read(pipe: &mut dyn Pipe, len: usize) -> Completed {
    transfer(pipe, room(len))
}

pub(crate) fn write(pipe: &mut dyn Pipe, data: &[u8]) -> Completed {
    transfer(pipe, Request::Out(data.to_vec()))
}

pub(crate) fn control_in(device: &dyn UsbDevice, setup: Setup, len: u16) -> Completed {
    transfer(&mut *device.control(), Request::ControlIn { setup, len })
}

pub(crate) fn control_out(device: &dyn UsbDevice, setup: Setup, data: &[u8]) -> Completed {
    transfer(&mut *device.control(), Request::ControlOut { setup, data: data.to_vec() })
}

/// Bytes that differ from place to place.
pub(crate) fn bytes(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 7 + at / 251) as u8).collect()
}

/// A gadget on a bus of its own, both driven by the test alone.
pub(crate) struct Bench {
    pub(crate) cable: Cable,
    pub(crate) hand: Hand<CablePort>,
    pub(crate) host: Arc<dyn UsbHost>,
}

impl Bench {
    /// Plugged in and listed.
    pub(crate) fn new(speed: PortSpeed) -> Self {
        let mut bench = Self::silent(speed);
        bench.hand.run();
        assert_eq!(bench.host.devices().len(), 1);
        bench
    }

    /// Plugged in; the gadget has answered nothing.
    pub(crate) fn silent(speed: PortSpeed) -> Self {
        let cable = Cable::new(3);
        let mut hand = Hand::new(cable.plug(None, speed).unwrap());
        hand.enable();
        Self { host: cable.host(), cable, hand }
    }

    pub(crate) fn open(&self) -> Arc<dyn UsbDevice> {
        self.host.open(self.host.devices()[0].id).unwrap()
    }

    /// Does what waits for the gadget.
    pub(crate) fn while_it_answers<R: Send>(&mut self, act: impl FnOnce() -> R + Send) -> R {
        std::thread::scope(|scope| {
            let done = scope.spawn(act);
            while !done.is_finished() {
                let mut happened = self.hand.port.happened();
                wait_any(&mut [&mut *happened], Some(Duration::from_millis(1)));
                self.hand.run();
            }
            done.join().unwrap()
        })
    }
}

/// Starts transfers, whose tags count from 0 on.
pub(crate) fn start(pipe: &mut dyn Pipe, requests: impl IntoIterator<Item = Request>) {
    for (tag, request) in (0..).zip(requests) {
        pipe.submit(Transfer { tag, request }).unwrap();
    }
}

/// The status and the length of the next transfer, which must have ended.
pub(crate) fn ended(pipe: &mut dyn Pipe) -> (u32, Result<(), UsbError>, usize) {
    let Completed { tag, status, actual, .. } = pipe.take().expect("it has not ended");
    (tag, status, actual)
}

pub(crate) fn room(len: usize) -> Request {
    Request::In { len, room: Vec::new() }
}
