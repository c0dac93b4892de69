use std::sync::Arc;

use periplasm_usb::cable::Cable;
use periplasm_usb::{
    Completed, Pipe, PortSpeed, Request, Setup, Transfer, UsbController, UsbDevice, UsbHost,
};
use periplasm_usb_device::Bus;
use usb_device::bus::UsbBusAllocator;
use usb_device::prelude::*;
use usbd_serial::SerialPort;

/// How often a gadget is polled while nothing ends.
const PATIENCE: u32 = 32;

type Port = Bus<Box<dyn UsbController>>;

/// What a host may do to a gadget on a cable, in any order: each transfer ends,
/// and after all of it a new plug finds a gadget that works.
///
/// The bytes: one for what is done, then what that takes. A request takes eight,
/// and its data is made up.
pub fn gadget(bytes: &[u8]) {
    let cable = Cable::new(1);
    let port: Box<dyn UsbController> =
        Box::new(cable.plug(Some(1), PortSpeed::Full).expect("the port is free"));
    let allocator = UsbBusAllocator::new(Bus::new(port));
    let serial = SerialPort::new(&allocator);
    let device = UsbDeviceBuilder::new(&allocator, UsbVidPid(0x16c0, 0x27dd)).build();
    let mut gadget = Gadget { device, serial };
    let host = cable.host();

    let mut bytes = bytes;
    for _ in 0..32 {
        let Some(opened) = gadget.plugged(&host) else { break };
        if !act(&cable, &mut gadget, &*opened, &mut bytes) {
            break;
        }
    }
    cable.resume(1);
    cable.pull(1);
    cable.put_back(1);
    let opened = gadget.plugged(&host).expect("a new plug is found");
    let setup = Setup { request_type: 0x80, request: 6, value: 0x0100, index: 0 };
    let read = gadget.one(&mut *opened.control(), Request::ControlIn { setup, len: 18 });
    let read = read.expect("it takes requests");
    assert_eq!((read.status, read.data.len()), (Ok(()), 18));
}

/// Does one thing; false when there are no bytes left for it.
fn act(cable: &Cable, gadget: &mut Gadget<'_>, opened: &dyn UsbDevice, bytes: &mut &[u8]) -> bool {
    let Some((&what, rest)) = bytes.split_first() else { return false };
    *bytes = rest;
    match what {
        // Mostly requests.
        0..=199 => {
            let Some((setup, rest)) = bytes.split_first_chunk::<8>() else { return false };
            *bytes = rest;
            let [request_type, request, v0, v1, i0, i1, l0, l1] = *setup;
            let len = u16::from_le_bytes([l0, l1 & 3]);
            let (value, index) = (u16::from_le_bytes([v0, v1]), u16::from_le_bytes([i0, i1]));
            let setup = Setup { request_type, request, value, index };
            let request = if request_type & 0x80 != 0 {
                Request::ControlIn { setup, len }
            } else {
                Request::ControlOut { setup, data: vec![what; usize::from(len)] }
            };
            gadget.one(&mut *opened.control(), request);
        }
        200..=239 => {
            let Ok(mut interface) = opened.claim(what & 1) else { return true };
            let (input, address) = (what & 2 != 0, 1 + (what >> 2 & 3));
            let request = if input {
                Request::In { len: usize::from(what), room: Vec::new() }
            } else {
                Request::Out(vec![what; usize::from(what)])
            };
            let address = if input { address | 0x80 } else { address };
            if let Ok(mut pipe) = interface.pipe(address) {
                gadget.one(&mut *pipe, request);
            }
        }
        240..=247 => {
            cable.pull(1);
            gadget.poll();
            cable.put_back(1);
        }
        _ => {
            cable.suspend(1);
            gadget.poll();
            cable.resume(1);
        }
    }
    true
}

struct Gadget<'a> {
    device: usb_device::device::UsbDevice<'a, Port>,
    serial: SerialPort<'a, Port>,
}

impl Gadget<'_> {
    /// What its firmware does once: it sends back what came.
    fn poll(&mut self) {
        if self.device.poll(&mut [&mut self.serial]) {
            let mut room = [0; 64];
            if let Ok(len) = self.serial.read(&mut room) {
                let _ = self.serial.write(&room[..len]);
            }
        }
    }

    /// The device, once the host has found it.
    fn plugged(&mut self, host: &Arc<dyn UsbHost>) -> Option<Arc<dyn UsbDevice>> {
        for _ in 0..PATIENCE * 4 {
            if let Some(info) = host.devices().pop() {
                return host.open(info.id).ok();
            }
            self.poll();
        }
        None
    }

    /// A transfer, which ends: cancelled, if the gadget has nothing to say. None
    /// if it was refused.
    fn one(&mut self, pipe: &mut dyn Pipe, request: Request) -> Option<Completed> {
        pipe.submit(Transfer { tag: 1, request }).ok()?;
        for left in (0..PATIENCE * 2).rev() {
            self.poll();
            if let Some(ended) = pipe.take() {
                return Some(ended);
            }
            if left == PATIENCE {
                pipe.cancel_all();
            }
        }
        panic!("a transfer does not end");
    }
}
