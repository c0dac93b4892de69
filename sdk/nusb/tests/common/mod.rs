//! A device with two interfaces: bytes that come back, and settings.
#![allow(dead_code, reason = "each test uses some of it")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use nusb::{Device, DeviceInfo, MaybeFuture, list_devices};
use periplasm_usb_host::native::{fake, install};
use periplasm_usb_host::{Error, Setup};

/// Device, one configuration with interface 0 (bulk 0x01 and 0x81, interrupt
/// 0x82) and interface 1 with settings 0 and 1 (class-specific extras, bulk
/// 0x02 with 512 bytes).
pub(crate) const DESCRIPTORS: &[u8] = &[
    // Device: USB 2.0, class 0xef 2 1, 64 bytes, 16c0:05dc, version 1.23.
    18, 1, 0x00, 0x02, 0xef, 2, 1, 64, 0xc0, 0x16, 0xdc, 0x05, 0x23, 0x01, 1, 2, 3, 1, //
    // Configuration 1: 2 interfaces, 68 bytes, bus powered, 100 mA.
    9, 2, 68, 0, 2, 1, 4, 0x80, 50, //
    // Interface 0, with a descriptor of its class.
    9, 4, 0, 0, 3, 0xff, 1, 2, 0, //
    4, 0x21, 0xaa, 0xbb, //
    7, 5, 0x01, 2, 64, 0, 0, //
    7, 5, 0x81, 2, 64, 0, 0, //
    7, 5, 0x82, 3, 8, 0, 10, //
    // Interface 1, settings 0 and 1.
    9, 4, 1, 0, 0, 8, 6, 0x50, 5, //
    9, 4, 1, 1, 1, 8, 6, 0x50, 0, //
    7, 5, 0x02, 2, 0x00, 0x12, 0, //
    1, // What no descriptor is.
];

/// What the device did, and what it is to do.
#[derive(Default)]
pub(crate) struct State {
    /// What came on endpoint 1 and waits on endpoint 0x81.
    pub(crate) echoed: VecDeque<Vec<u8>>,
    /// What endpoint 0x82 sends.
    pub(crate) events: VecDeque<Result<Vec<u8>, Error>>,
    /// Requests to the device.
    pub(crate) requests: Vec<(u8, u8, u16, u16, Vec<u8>)>,
    /// Whether endpoint 1 takes nothing.
    pub(crate) full: bool,
    /// Endpoints whose halt was cleared.
    pub(crate) cleared: Vec<u8>,
    pub(crate) resets: u32,
}

struct Echo(Arc<Mutex<State>>);

impl fake::Device for Echo {
    fn control_in(&mut self, setup: Setup, len: u16) -> Result<Vec<u8>, Error> {
        match (setup.request_type, setup.request, setup.value) {
            (0x80, 6, 0x0300) => Ok(vec![6, 3, 0x09, 0x04, 0x07, 0x04]),
            (0x80, 6, 0x0302) if setup.index == 0x0407 => Ok(vec![6, 3, b'\xdc', 0, b'b', 0]),
            (0x80, 6, 0x0303) => Ok(vec![9, 3, b'x', 0]),
            (0xc1, 9, value) => Ok([value.to_le_bytes(), len.to_le_bytes()].concat()),
            _ => Err(Error::Stall),
        }
    }

    fn control_out(&mut self, setup: Setup, data: &[u8]) -> Result<(), Error> {
        let Setup { request_type, request, value, index } = setup;
        let request = (request_type, request, value, index, data.to_vec());
        self.0.lock().unwrap().requests.push(request);
        Ok(())
    }

    fn sent(&mut self, endpoint: u8, data: &[u8]) -> Option<Result<(), Error>> {
        let mut state = self.0.lock().unwrap();
        if endpoint != 1 || state.full {
            return None;
        }
        state.echoed.push_back(data.to_vec());
        Some(Ok(()))
    }

    fn asked(&mut self, endpoint: u8, len: usize) -> Option<Result<Vec<u8>, Error>> {
        let mut state = self.0.lock().unwrap();
        if endpoint == 0x82 {
            return state.events.pop_front();
        }
        let mut bytes = state.echoed.pop_front()?;
        if bytes.len() > len {
            let rest = bytes.split_off(len);
            state.echoed.push_front(rest);
        }
        Some(Ok(bytes))
    }

    fn unstalled(&mut self, endpoint: u8) {
        self.0.lock().unwrap().cleared.push(endpoint);
    }

    fn reset(&mut self) {
        self.0.lock().unwrap().resets += 1;
    }
}

/// A host with the device, installed while this lives.
pub(crate) struct Bench {
    pub(crate) fake: fake::Host,
    pub(crate) id: u64,
    pub(crate) state: Arc<Mutex<State>>,
    _turn: MutexGuard<'static, ()>,
}

/// What is installed is for the whole process: one test at a time.
static TURN: Mutex<()> = Mutex::new(());

impl Bench {
    pub(crate) fn new() -> Self {
        let turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let (fake, state) = (fake::Host::new(), Arc::default());
        install(fake.usb());
        let id = plug(&fake, &state);
        Self { fake, id, state, _turn: turn }
    }

    pub(crate) fn plug(&self) -> u64 {
        plug(&self.fake, &self.state)
    }

    pub(crate) fn info(&self) -> DeviceInfo {
        list_devices().wait().unwrap().next().unwrap()
    }

    pub(crate) fn open(&self) -> Device {
        self.info().open().wait().unwrap()
    }

    /// Changes what the device does, and lets it go on.
    pub(crate) fn device(&self, f: impl FnOnce(&mut State)) {
        f(&mut self.state.lock().unwrap());
        self.fake.poke();
    }
}

fn plug(fake: &fake::Host, state: &Arc<Mutex<State>>) -> u64 {
    let identity = fake::Identity {
        descriptors: DESCRIPTORS.to_vec(),
        manufacturer: Some("Periplasm".into()),
        product: Some("Echo".into()),
        serial: Some("E1".into()),
        kernel: vec![1],
    };
    fake.plug(identity, Echo(state.clone()))
}
