//! A device for tests, and a host that has it alone.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use periplasm_usb_host::native::{fake, install};
use periplasm_usb_host::{Error, Setup};

pub(crate) const VENDOR: u16 = 0x1209;
pub(crate) const PRODUCT: u16 = 0x0001;

/// Takes what is sent there.
pub(crate) const OUT: u8 = 0x01;
/// Sends it back.
pub(crate) const IN: u8 = 0x81;
/// Takes nothing, ever.
pub(crate) const SILENT: u8 = 0x02;

/// A full packet.
pub(crate) const PACKET: u16 = 64;

const DEVICE: [u8; 18] =
    [18, 1, 0x10, 0x03, 0xef, 2, 1, 64, 0x09, 0x12, 0x01, 0x00, 0x34, 0x12, 1, 2, 3, 1];

/// One interface: in setting 0 three bulk endpoints, of which IN has a companion
/// (USB 3.2, table 9-27); setting 1 has one isochronous endpoint, of audio.
const CONFIG: [u8; 78] = [
    9, 2, 78, 0, 1, 1, 4, 0xa0, 50, //
    8, 11, 0, 1, 0xff, 0, 0, 0, // an interface association
    9, 4, 0, 0, 3, 0xff, 1, 2, 5, //
    4, 0x24, 1, 2, // of the class
    7, 5, OUT, 2, 64, 0, 0, //
    7, 5, IN, 2, 64, 0, 0, //
    6, 0x30, 3, 0, 0, 1, // companion: bursts of 4, 256 bytes
    7, 5, SILENT, 3, 64, 0, 8, //
    9, 4, 0, 1, 1, 0xff, 1, 2, 0, //
    9, 5, 0x83, 1, 0x00, 0x0c, 1, 2, 3, // 1024 bytes, twice in a microframe
    3, 0x25, 7, // of the class
];

/// A device object store with three capabilities (USB 3.2, 9.6.2), and one that
/// nobody knows.
const BOS: [u8; 46] = [
    5, 15, 46, 0, 4, //
    7, 16, 2, 0x1e, 0xf4, 0, 0, // USB 2.0 extension
    10, 16, 3, 0, 0x0e, 0, 1, 10, 0xff, 0x07, // SuperSpeed
    20, 16, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, // container
    4, 16, 0x77, 9, //
];

/// What the device was asked for.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    pub(crate) fn note(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Sends back what it gets; its strings are `s1`, `s2`, …, and a word that is no
/// ASCII.
#[derive(Default)]
pub(crate) struct Echo {
    queue: VecDeque<Vec<u8>>,
    pub(crate) seen: Seen,
}

impl fake::Device for Echo {
    fn control_in(&mut self, setup: Setup, len: u16) -> Result<Vec<u8>, Error> {
        let [kind, index] = setup.value.to_be_bytes();
        match (setup.request_type, setup.request, kind) {
            (0x80, 6, 3) if index == 0 => Ok(vec![6, 3, 0x09, 0x04, 0x07, 0x04]),
            (0x80, 6, 3) if index < 9 => {
                let text = if index == 8 { "Gerät".to_string() } else { format!("s{index}") };
                let words = text.encode_utf16().flat_map(u16::to_le_bytes);
                let mut bytes: Vec<u8> = [0, 3].into_iter().chain(words).collect();
                bytes[0] = bytes.len() as u8;
                Ok(bytes)
            }
            (0x80, 6, 15) => Ok(BOS.to_vec()),
            (0xc0, 1, _) => {
                Ok(setup.index.to_le_bytes().into_iter().cycle().take(len.into()).collect())
            }
            _ => Err(Error::Stall),
        }
    }

    fn control_out(&mut self, setup: Setup, data: &[u8]) -> Result<(), Error> {
        self.seen.note(format!("{} {} {} {data:?}", setup.request, setup.value, setup.index));
        if setup.request == 9 { Err(Error::Stall) } else { Ok(()) }
    }

    fn sent(&mut self, endpoint: u8, data: &[u8]) -> Option<Result<(), Error>> {
        if endpoint == SILENT {
            return None;
        }
        self.seen.note(format!("{} bytes", data.len()));
        self.queue.push_back(data.to_vec());
        Some(if data == b"stall" { Err(Error::Stall) } else { Ok(()) })
    }

    fn asked(&mut self, _: u8, _: usize) -> Option<Result<Vec<u8>, Error>> {
        self.queue.pop_front().map(Ok)
    }

    fn unstalled(&mut self, endpoint: u8) {
        self.seen.note(format!("unstalled {endpoint:#x}"));
    }

    fn reset(&mut self) {
        self.seen.note("reset".into());
    }
}

/// A host with the device plugged in, installed as long as this lives.
pub(crate) struct Bench {
    pub(crate) host: fake::Host,
    pub(crate) id: u64,
    pub(crate) seen: Seen,
    _turn: MutexGuard<'static, ()>,
}

/// What is installed is for the whole process: one test after the other.
pub(crate) fn bench() -> Bench {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let host = fake::Host::new();
    install(host.usb());
    let (id, seen) = plug(&host, &[]);
    Bench { host, id, seen, _turn }
}

/// Plugs one more in; a kernel's driver has these interfaces.
pub(crate) fn plug(host: &fake::Host, kernel: &[u8]) -> (u64, Seen) {
    let descriptors = [&DEVICE[..], &CONFIG[..]].concat();
    let identity =
        fake::Identity { descriptors, kernel: kernel.to_vec(), ..fake::Identity::default() };
    let device = Echo::default();
    let seen = device.seen.clone();
    (host.plug(identity, device), seen)
}
