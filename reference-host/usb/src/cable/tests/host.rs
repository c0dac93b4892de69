//! What the tests ask of the host side.

use std::sync::Arc;
use std::time::Duration;

use crate::{
    Change, Completed, DeviceInfo, Pipe, Request, Setup, Transfer, UsbDevice, UsbHost, wait_any,
};

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
    transfer(pipe, Request::In { len, room: Vec::new() })
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
