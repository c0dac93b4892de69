//! The driver on a stick made of functions, which misbehaves as told.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use periplasm_driver::Error;
use periplasm_usb_host::native::{fake, install};
use periplasm_usb_host::{Error as UsbError, Setup};

use crate::bulk_only::{Data, command_block};
use crate::disk::Disk;
use crate::scsi::{Command, Sense, capacity, sense};

const DESCRIPTORS: &[u8] = &[
    18, 1, 0x00, 0x02, 0, 0, 0, 64, 0xc0, 0x16, 0xdc, 0x05, 0, 1, 0, 0, 0, 1, //
    9, 2, 32, 0, 1, 1, 0, 0x80, 50, //
    9, 4, 0, 0, 2, 8, 6, 0x50, 0, //
    7, 5, 0x81, 2, 64, 0, 0, //
    7, 5, 0x02, 2, 64, 0, 0, //
];

const BLOCKS: usize = 1000;

/// What goes wrong with the next READ or WRITE.
#[derive(Clone, Copy, PartialEq)]
enum Trouble {
    /// It fails with this sense key.
    Key(u8),
    /// Its data stage stalls, and it fails.
    StalledData,
    /// Its status stalls once.
    StalledStatus,
    /// Its status is a phase error.
    Phase,
    /// Its status is of another command.
    OtherTag,
    /// It sends half of the data.
    Half,
}

#[derive(Default)]
struct Stick {
    bytes: Vec<u8>,
    /// What the host is to read.
    answers: VecDeque<Result<Vec<u8>, UsbError>>,
    /// The block to write to, and the status that follows.
    writing: Option<(usize, Vec<u8>)>,
    trouble: VecDeque<Trouble>,
    key: u8,
    commands: Vec<u8>,
    /// Resets and cleared halts, in order.
    recovery: Vec<u8>,
}

struct Plugged(Arc<Mutex<Stick>>);

impl Stick {
    fn command(&mut self, block: [u8; 31]) {
        assert_eq!((&block[..4], block[13]), (&b"USBC"[..], 0));
        let asked = u32::from_le_bytes(block[8..12].try_into().unwrap()) as usize;
        let [operation, _, a, b, c, d, _, high, low, ..] = block[15..] else { unreachable!() };
        self.commands.push(operation);
        let from = u32::from_be_bytes([a, b, c, d]) as usize * 512;
        let count = usize::from(u16::from_be_bytes([high, low]));
        let moves = matches!(operation, 0x28 | 0x2a);
        let trouble = if moves || operation == 0 { self.trouble.pop_front() } else { None };
        let mut status = [b"USBS", &block[4..8], &[0; 5]].concat();
        match trouble {
            Some(Trouble::Key(key)) => (self.key, status[12]) = (key, 1),
            Some(Trouble::StalledData) => (self.key, status[12]) = (3, 1),
            Some(Trouble::Phase) => status[12] = 2,
            Some(Trouble::OtherTag) => status[4] ^= 1,
            Some(Trouble::Half) => status[8..12].copy_from_slice(&(asked as u32 / 2).to_le_bytes()),
            _ => (),
        }
        let failed = status[12] == 1;
        let data = match operation {
            0x00 => None,
            0x03 => Some([&[0x70, 0, self.key, 0, 0, 0, 0, 10][..], &[0; 10]].concat()),
            0x12 => Some([&[0, 0x80, 4, 2, 31, 0, 0, 0][..], &[b' '; 28]].concat()),
            0x25 => Some([(BLOCKS as u32 - 1).to_be_bytes(), 512_u32.to_be_bytes()].concat()),
            0x28 => Some(self.bytes[from..from + count * 512].to_vec()),
            0x2a => {
                self.writing = Some((from, status));
                return;
            }
            other => panic!("command {other:#x}"),
        };
        if let Some(mut data) = data {
            assert_eq!(block[12], 0x80);
            if trouble == Some(Trouble::StalledData) || failed {
                self.answers.push_back(Err(UsbError::Stall));
            } else {
                if trouble == Some(Trouble::Half) {
                    data.truncate(asked / 2);
                }
                self.answers.push_back(Ok(data));
            }
        }
        if trouble == Some(Trouble::StalledStatus) {
            self.answers.push_back(Err(UsbError::Stall));
        }
        self.answers.push_back(Ok(status));
    }
}

impl fake::Device for Plugged {
    fn control_out(&mut self, setup: Setup, _: &[u8]) -> Result<(), UsbError> {
        assert_eq!((setup.request_type, setup.request, setup.index), (0x21, 0xff, 0));
        let mut stick = self.0.lock().unwrap();
        (stick.writing, stick.answers) = Default::default();
        stick.recovery.push(0xff);
        Ok(())
    }

    fn sent(&mut self, _: u8, data: &[u8]) -> Option<Result<(), UsbError>> {
        let mut stick = self.0.lock().unwrap();
        match stick.writing.take() {
            Some((_, status)) if status[12] == 1 => {
                stick.answers.push_back(Ok(status));
                return Some(Err(UsbError::Stall));
            }
            Some((from, status)) => {
                stick.bytes[from..from + data.len()].copy_from_slice(data);
                stick.answers.push_back(Ok(status));
            }
            None => stick.command(data.try_into().expect("a command of 31 bytes")),
        }
        Some(Ok(()))
    }

    fn asked(&mut self, _: u8, len: usize) -> Option<Result<Vec<u8>, UsbError>> {
        assert_eq!(len % 64, 0);
        self.0.lock().unwrap().answers.pop_front()
    }

    fn unstalled(&mut self, endpoint: u8) {
        self.0.lock().unwrap().recovery.push(endpoint);
    }
}

struct Bench {
    fake: fake::Host,
    id: u64,
    stick: Arc<Mutex<Stick>>,
    _turn: MutexGuard<'static, ()>,
}

/// What is installed is for the whole process.
static TURN: Mutex<()> = Mutex::new(());

impl Bench {
    fn new() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = (0..BLOCKS * 512).map(|n| (n / 512 + n % 251) as u8).collect();
        let stick = Arc::new(Mutex::new(Stick { bytes, ..Stick::default() }));
        let fake = fake::Host::new();
        install(fake.usb());
        let mut bench = Self { fake, id: 0, stick, _turn: turn };
        bench.plug();
        bench
    }

    fn plug(&mut self) {
        let identity =
            fake::Identity { descriptors: DESCRIPTORS.to_vec(), ..fake::Identity::default() };
        self.id = self.fake.plug(identity, Plugged(self.stick.clone()));
    }

    fn trouble(&self, trouble: &[Trouble]) {
        let mut stick = self.stick.lock().unwrap();
        stick.trouble.extend(trouble);
        stick.recovery.clear();
        stick.commands.clear();
    }

    fn recovery(&self) -> Vec<u8> {
        self.stick.lock().unwrap().recovery.clone()
    }
}

/// A value that `assert_eq!` can show: device errors are not compared.
fn shown<T: std::fmt::Debug>(result: &Result<T, Error>) -> String {
    format!("{result:?}")
}

#[test]
fn a_command_is_packed_as_the_specification_says() {
    let block = command_block(0x0403_0201, Command::read(0x0001_0203, 0x0405), &Data::In(0x1000));
    let expected = [
        0x55, 0x53, 0x42, 0x43, 1, 2, 3, 4, 0x00, 0x10, 0, 0, 0x80, 0, 10, // wrapper
        0x28, 0, 0x00, 0x01, 0x02, 0x03, 0, 0x04, 0x05, 0, 0, 0, 0, 0, 0, 0,
    ];
    assert_eq!(block, expected);
}

#[test]
fn answers_that_no_device_can_mean_are_refused() {
    assert_eq!(capacity(&[0, 0, 0x3f, 0xff, 0, 0, 2, 0]), Some((512, 0x4000)));
    assert_eq!(capacity(&[0xff, 0xff, 0xff, 0xff, 0, 0, 2, 0]), None);
    assert_eq!(capacity(&[0, 0, 0, 1, 0, 0, 0, 0]), None);
    assert_eq!(capacity(&[0, 0, 0, 1, 0, 1, 0, 1]), None);
    assert_eq!(capacity(&[0, 0, 0, 1, 0, 0, 2]), None);
    assert_eq!(sense(&[0x70, 0, 0xe2]), Sense::NotReady);
    assert_eq!(sense(&[0x72, 6]), Sense::Attention);
    assert_eq!(sense(&[0xf0, 0, 7, 0]), Sense::Refused);
    assert_eq!(sense(&[0x70]), Sense::Failed);
    assert_eq!(sense(&[]), Sense::Failed);
}

#[test]
fn blocks_are_read_and_written_in_large_chunks() {
    let bench = Bench::new();
    let mut disk = Disk::open().unwrap();
    assert_eq!(disk.size(), (512, 1000));
    bench.trouble(&[]);
    let into = RefCell::new(vec![0; 300 * 512]);
    disk.read(700, &into).unwrap();
    assert_eq!(bench.stick.lock().unwrap().bytes[700 * 512..], into.borrow()[..]);
    assert_eq!(bench.stick.lock().unwrap().commands, [0x28; 3]);

    let from = RefCell::new(vec![7; 129 * 512]);
    disk.write(1, &from).unwrap();
    let bytes = bench.stick.lock().unwrap().bytes.clone();
    assert!(bytes[512..130 * 512].iter().all(|&byte| byte == 7));
    assert_eq!((bytes[511], bytes[130 * 512]), ((511 % 251) as u8, (130 + 130 * 512 % 251) as u8));
}

#[test]
fn blocks_beyond_the_end_are_refused_before_anything_is_sent() {
    let bench = Bench::new();
    let mut disk = Disk::open().unwrap();
    bench.trouble(&[]);
    for (first, len) in [(1000, 512), (999, 1024), (u64::MAX, 512), (0, 511)] {
        let result = disk.write(first, &RefCell::new(vec![0; len]));
        assert_eq!(shown(&result), "Err(Error::InvalidData)", "{first} {len}");
    }
    assert!(bench.stick.lock().unwrap().commands.is_empty());
}

#[test]
fn a_stick_that_wakes_up_is_waited_for() {
    let bench = Bench::new();
    bench.trouble(&[Trouble::Key(6), Trouble::Key(6), Trouble::Key(2)]);
    let mut disk = Disk::open().unwrap();
    disk.read(0, &RefCell::new(vec![0; 512])).unwrap();
}

#[test]
fn after_trouble_the_next_command_works() {
    let bench = Bench::new();
    let mut disk = Disk::open().unwrap();
    let reset = vec![0xff, 0x81, 2];
    let cases: [(Trouble, &str, Vec<u8>); 8] = [
        (Trouble::Key(6), "Ok(())", vec![0x81]),
        (Trouble::Key(5), "Err(Error::InvalidData)", vec![0x81]),
        (Trouble::Key(3), "Err(Error::Bus(BusFault::Other))", vec![0x81]),
        (Trouble::StalledData, "Err(Error::Bus(BusFault::Other))", vec![0x81]),
        (Trouble::StalledStatus, "Ok(())", vec![0x81]),
        (Trouble::Phase, "Err(Error::Bus(BusFault::Bus))", reset.clone()),
        (Trouble::OtherTag, "Err(Error::Bus(BusFault::Bus))", reset),
        (Trouble::Half, "Err(Error::InvalidData)", vec![]),
    ];
    for (trouble, expected, recovery) in cases {
        bench.trouble(&[trouble]);
        let into = RefCell::new(vec![0; 1024]);
        assert_eq!(shown(&disk.read(3, &into)), expected);
        assert_eq!(bench.recovery(), recovery, "{expected}");
        disk.read(3, &into).unwrap();
        assert_eq!(bench.stick.lock().unwrap().bytes[3 * 512..][..1024], into.borrow()[..]);
    }
}

#[test]
fn a_write_that_stalls_or_is_cut_short_is_an_error() {
    let bench = Bench::new();
    let mut disk = Disk::open().unwrap();
    let from = RefCell::new(vec![1; 512]);
    bench.trouble(&[Trouble::Key(7), Trouble::Half]);
    assert_eq!(shown(&disk.write(0, &from)), "Err(Error::InvalidData)");
    assert_eq!(bench.recovery(), [2]);
    assert_eq!(shown(&disk.write(0, &from)), "Err(Error::Bus(BusFault::Bus))");
    disk.write(0, &from).unwrap();
}

#[test]
fn what_is_pulled_out_is_gone_and_what_is_plugged_in_again_works() {
    let mut bench = Bench::new();
    let mut disk = Disk::open().unwrap();
    let into = RefCell::new(vec![0; 512]);
    bench.fake.unplug(bench.id);
    assert_eq!(shown(&disk.read(0, &into)), "Err(Error::Gone)");
    drop(disk);
    assert_eq!(shown(&Disk::open().map(drop)), "Err(Error::Gone)");
    bench.plug();
    Disk::open().unwrap().read(0, &into).unwrap();
}
