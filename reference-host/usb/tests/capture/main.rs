//! Captures: their bytes, and what tshark reads in them.

#[path = "../guard/fake.rs"]
#[allow(dead_code, reason = "shared with the tests of grants")]
mod fake;
#[path = "../samples/mod.rs"]
mod samples;
mod tshark;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};
use fake::Fake;
use periplasm_backend::trace::{Act, Entry, Step};
use periplasm_backend::{Clock, I2cAddress, RealClock, sim};
use periplasm_usb::*;

/// The device of the bulk-only specification, and the one with the serial port.
fn devices() -> Fake {
    Fake::of(vec![info(1, &samples::STORAGE), info(2, &samples::SERIAL)])
}

fn info(id: u64, configuration: &[u8]) -> DeviceInfo {
    DeviceInfo {
        id: DeviceId(id),
        bus: 3,
        address: id as u8 + 4,
        ports: vec![1],
        speed: Some(Speed::High),
        descriptors: samples::device(&[configuration]).into(),
        manufacturer: None,
        product: None,
        serial: None,
        interfaces: vec![],
    }
}

fn i2c(at_ns: u64, address: I2cAddress, steps: Vec<Step>, result: Result<(), ErrorKind>) -> Entry {
    Entry { at_ns, act: Act::I2c { address, steps, result } }
}

/// Some of everything, on a clock that stands still.
fn everything(path: &Path) {
    let clock = Arc::new(sim::VirtualClock::new());
    clock.delay_ns(1_234_567_890);
    let capture = Capture::create(path, clock.clone(), |error| panic!("{error}")).unwrap();
    let sensor = I2cAddress::seven_bit(0x76).unwrap();
    let wide = I2cAddress::ten_bit(0x2a5).unwrap();
    let nobody = Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address));
    for entry in [
        i2c(5, sensor, vec![Step::Wrote(vec![0xf7]), Step::Read(vec![0x52, 0x8a, 0xc0])], Ok(())),
        i2c(6, sensor, vec![Step::Wrote(vec![1]), Step::Wrote(vec![2])], Ok(())),
        i2c(7, wide, vec![Step::NotRead(4)], nobody),
        Entry { at_ns: 8, act: Act::Convert(Ok(3)) },
    ] {
        capture.traced("sensors", &entry);
    }

    let host = capture.usb("desk", Arc::new(devices()));
    let device = host.open(DeviceId(1)).unwrap();
    assert!(host.open(DeviceId(1)).is_ok(), "whose descriptors are written once");
    clock.delay_ns(1000);
    device.set_configuration(1).unwrap();
    // GET MAX LUN (Bulk-Only Transport 1.0, 3.2): the fake answers nothing.
    let setup = Setup { request_type: 0xa1, request: 0xfe, value: 0, index: 0 };
    one(&mut *device.control(), Request::ControlIn { setup, len: 1 });
    let mut interface = device.claim(0).unwrap();
    interface.set_alternate(0).unwrap();
    let mut output = interface.pipe(0x02).unwrap();
    let mut input = interface.pipe(0x81).unwrap();
    // TEST UNIT READY (SPC-2, 7.25) in a command block wrapper (table 5.1).
    let mut wrapper = b"USBC\x01\0\0\0\0\0\0\0\0\0\x06".to_vec();
    wrapper.resize(31, 0);
    one(&mut *output, Request::Out(wrapper));
    one(&mut *input, Request::In { len: 13, room: vec![] });
    output.clear_halt().unwrap();
    let other = host.open(DeviceId(2)).unwrap();
    let mut vendor = other.claim(2).unwrap();
    vendor.set_alternate(1).unwrap();
    let mut stream = vendor.pipe(0x84).unwrap();
    one(&mut *stream, Request::IsochronousIn { packets: vec![3072, 3072] });
    // What nobody takes is cancelled.
    output.submit(Transfer { tag: 9, request: Request::Out(vec![0; 100_000]) }).unwrap();
}

fn one(pipe: &mut dyn Pipe, request: Request) {
    pipe.submit(Transfer { tag: 0, request }).unwrap();
    pipe.take().unwrap();
}

fn file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.pcapng");
    (folder, path)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// The blocks of a file: their types and bodies.
fn blocks(bytes: &[u8]) -> Vec<(u32, &[u8])> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let len = number(bytes, at + 4) as usize;
        assert_eq!((number(bytes, at + len - 4) as usize, len % 4), (len, 0), "at {at}");
        blocks.push((number(bytes, at), &bytes[at + 8..at + len - 4]));
        at += len;
    }
    blocks
}

#[test]
fn large_packets_are_cut_and_their_length_is_told() {
    let (_folder, path) = file();
    everything(&path);
    let bytes = std::fs::read(&path).unwrap();
    let blocks = blocks(&bytes).into_iter();
    let large: Vec<_> = blocks
        .filter(|(kind, body)| *kind == 6 && body.len() > 1000)
        .map(|(_, body)| [12, 16, 20 + 32, 20 + 36].map(|at| number(body, at)))
        .collect();
    // usbmon's header tells it too.
    assert_eq!(large, [[65536, 100_064, 100_000, 65472]]);
}

#[test]
fn a_file_that_is_cut_off_anywhere_has_whole_blocks_before() {
    let (_folder, path) = file();
    let capture = Capture::create(&path, Arc::new(RealClock::new()), |_| {}).unwrap();
    let address = I2cAddress::seven_bit(0x48).unwrap();
    for count in 0..4 {
        // Without an end: as it is when the process is killed here.
        let bytes = std::fs::read(&path).unwrap();
        let kinds: Vec<_> = blocks(&bytes).iter().map(|(kind, _)| *kind).collect();
        let expected = [0x0a0d_0d0a, 1, 6, 6, 6];
        let len = if count == 0 { 1 } else { count + 2 };
        assert_eq!(kinds, expected[..len]);
        capture.traced("bus", &i2c(0, address, vec![Step::Wrote(vec![0])], Ok(())));
    }
}

#[test]
fn a_full_disk_is_told_once_and_disturbs_nobody() {
    let lost = Arc::new(Mutex::new(0));
    let told = lost.clone();
    let tell = move |_| *told.lock().unwrap() += 1;
    let clock = Arc::new(RealClock::new());
    // Every write to it fails: so does the first.
    let full = Path::new("/dev/full");
    if full.exists() {
        assert!(Capture::create(full, clock.clone(), |_| {}).is_err());
    }
    assert!(Capture::create(Path::new("/nowhere/trace"), clock.clone(), |_| {}).is_err());
    // A pipe whose reader goes away.
    let (_folder, path) = file();
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    let reader = std::thread::spawn({
        let path = path.clone();
        move || std::fs::File::open(path).map(drop)
    });
    let Ok(capture) = Capture::create(&path, clock, tell.clone()) else {
        // The reader went before the first block was written.
        return;
    };
    reader.join().unwrap().unwrap();
    let host = capture.usb("desk", Arc::new(devices()));
    for _ in 0..3 {
        let device = host.open(DeviceId(1)).unwrap();
        assert_eq!(device.set_configuration(1), Ok(()));
    }
    assert_eq!(*lost.lock().unwrap(), 1);
}
