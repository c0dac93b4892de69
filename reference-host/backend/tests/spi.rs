//! Simulated SPI: transactions, their time, faults, and started ones.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use embedded_hal::spi::Operation;
use periplasm_backend::sim::models::spi_registers::{Options, SpiRegisters};
use periplasm_backend::sim::{self, SpiConfig, SpiTarget, VirtualClock, World};
use periplasm_backend::{Clock, SharedI2c, SharedSpi, SpiBus, SpiDevice, SpiError, SpiOperation};
use proptest::prelude::*;

fn world() -> (World, Arc<VirtualClock>) {
    let clock = Arc::new(VirtualClock::new());
    (World::new(clock.clone()), clock)
}

fn device(world: &World, config: &str) -> sim::SpiDevice {
    let config: SpiConfig = toml::from_str(config).unwrap();
    sim::SpiDevice::new(world, "flash", &config).unwrap()
}

/// What a chip saw.
#[derive(Clone, Debug, PartialEq)]
enum Seen {
    Select(u64),
    Byte(u8, u64),
    Deselect(u64),
}

/// Answers the bytes that it was sent before, and writes down what it sees.
#[derive(Default)]
struct Chip {
    last: u8,
    seen: Vec<Seen>,
}

impl SpiTarget for Chip {
    fn select(&mut self, now_ns: u64) {
        self.last = 0xee;
        self.seen.push(Seen::Select(now_ns));
    }

    fn exchange(&mut self, sent: u8, now_ns: u64) -> u8 {
        self.seen.push(Seen::Byte(sent, now_ns));
        std::mem::replace(&mut self.last, sent)
    }

    fn deselect(&mut self, now_ns: u64) {
        self.seen.push(Seen::Deselect(now_ns));
    }
}

#[test]
fn chip_select_is_held_from_the_first_operation_to_the_last() {
    let (world, clock) = world();
    let chip = Arc::new(Mutex::new(Chip::default()));
    let mut device = sim::SpiDevice::with_target(&world, chip.clone());
    let (mut long, mut short, mut place) = ([0; 3], [0; 1], [7, 8]);
    let mut operations = [
        Operation::Write(&[1]),
        Operation::DelayNs(500),
        Operation::Transfer(&mut long, &[2]),
        Operation::Transfer(&mut short, &[3, 4]),
        Operation::TransferInPlace(&mut place),
    ];
    device.transaction(&mut operations).unwrap();
    assert_eq!((long, short, place), ([1, 2, 0], [0], [4, 7]));
    assert_eq!(clock.now_ns(), 500);
    let mut expected = vec![Seen::Select(0), Seen::Byte(1, 0)];
    expected.extend([2, 0, 0, 3, 4, 7, 8].map(|byte| Seen::Byte(byte, 500)));
    expected.push(Seen::Deselect(500));
    assert_eq!(chip.lock().unwrap().seen, expected);

    chip.lock().unwrap().seen.clear();
    device.transaction(&mut []).unwrap();
    assert_eq!(chip.lock().unwrap().seen, [Seen::Select(500), Seen::Deselect(500)]);
}

#[test]
fn bytes_take_the_time_that_the_speed_says() {
    let (world, clock) = world();
    let mut device = device(&world, "model = 'registers'\nspeed-hz = 1_000_000");
    device.transaction(&mut [Operation::Write(&[0; 4]), Operation::DelayNs(50)]).unwrap();
    assert_eq!(clock.now_ns(), 4 * 8_000 + 50);
    device.set_speed_hz(NonZeroU32::new(3));
    device.transaction(&mut [Operation::Write(&[0])]).unwrap();
    // 8 bits at 3 Hz, rounded up.
    assert_eq!(clock.now_ns(), 4 * 8_000 + 50 + 2_666_666_667);
}

#[test]
fn what_is_too_long_is_refused_before_the_chip_sees_it() {
    let (world, _) = world();
    let mut device = device(&world, "model = 'registers'\nmax-bytes = 3");
    assert_eq!(
        device.transaction(&mut [Operation::Write(&[0, 1]), Operation::Read(&mut [0; 2])]),
        Err(SpiError::TooLong { bytes: 4, most: 3 })
    );
    let mut byte = [9];
    device.transaction(&mut [Operation::Write(&[0x80]), Operation::Read(&mut byte)]).unwrap();
    assert_eq!(byte, [0]);
}

#[test]
fn every_fault_is_the_error_of_its_name() {
    for (kind, expected) in [
        ("overrun", SpiError::Overrun),
        ("mode-fault", SpiError::ModeFault),
        ("chip-select-fault", SpiError::ChipSelectFault),
        ("disappears", SpiError::Gone),
    ] {
        let (world, _) = world();
        let config =
            format!("model = 'registers'\nfault = {{ kind = '{kind}', after = 1, times = 1 }}");
        let mut device = device(&world, &config);
        let results: Vec<_> =
            (0..3).map(|n| device.transaction(&mut [Operation::Write(&[0, n])])).collect();
        assert_eq!(results, [Ok(()), Err(expected), Ok(())]);
        let mut byte = [9];
        device.transaction(&mut [Operation::Write(&[0x80]), Operation::Read(&mut byte)]).unwrap();
        assert_eq!(byte, [2], "what failed was not written");
    }
}

#[test]
fn a_bus_without_chip_select_goes_on_from_transfer_to_transfer() {
    let (world, clock) = world();
    let chip = Arc::new(Mutex::new(Chip::default()));
    let mut bus = sim::SpiBus::with_target(&world, chip.clone());
    bus.set_speed_hz(NonZeroU32::new(8_000_000));
    let mut read = [0; 2];
    bus.transfer(&mut read, &[5]).unwrap();
    assert_eq!(read, [0xee, 5]);
    bus.transfer(&mut read, &[6, 7]).unwrap();
    assert_eq!(read, [0, 6]);
    bus.transfer(&mut [], &[]).unwrap();
    bus.flush().unwrap();
    assert_eq!(clock.now_ns(), 4_000);
    assert!(matches!(chip.lock().unwrap().seen[..], [Seen::Select(0), Seen::Byte(5, 0), ..]));
}

#[test]
fn started_transactions_of_two_buses_overlap_and_of_one_bus_do_not() {
    let (world, clock) = world();
    let spi = |name: &str| {
        SharedSpi::new(device(
            &world,
            &format!("model = 'registers'\nspeed-hz = 1000\nbus = '{name}'"),
        ))
    };
    let (one, two, beside) = (spi("a"), spi("a"), spi("b"));
    let write = |byte| vec![SpiOperation::Write(vec![0, byte])];
    let mut transfers =
        [one.start(write(1)), two.start(write(2)), beside.start(write(3)), one.start(Vec::new())];
    // 16 bits at 1 kHz are 16 ms.
    let ends = transfers.each_ref().map(|transfer| transfer.done().next_ns());
    assert_eq!(ends, [16, 32, 16, 32].map(|ms| Some(ms * 1_000_000)));
    assert_eq!(clock.now_ns(), 0);
    assert_eq!(transfers[2].finish(), Some(Ok(vec![])));
    assert_eq!(clock.now_ns(), 16_000_000);
    let mut context = Context::from_waker(Waker::noop());
    let ready = transfers.each_ref().map(|t| t.done().poll(&mut context).is_ready());
    assert_eq!(ready, [true, false, true, false]);
    // A blocking one waits for what was started, and one that is dropped ends too.
    drop(transfers);
    two.transaction(&mut [Operation::Write(&[0x80])]).unwrap();
    assert_eq!(clock.now_ns(), 40_000_000);
}

#[test]
fn a_started_transaction_answers_as_a_whole_one() {
    let (world, _) = world();
    let spi = SharedSpi::new(device(&world, "model = 'registers'\ncontents = [1, 2, 3]"));
    let mut transfer = spi.start(vec![
        SpiOperation::Transfer { write: vec![0x80], read: 2 },
        SpiOperation::DelayNs(10),
        SpiOperation::Read(2),
        SpiOperation::Write(vec![0]),
        SpiOperation::Read(0),
    ]);
    assert_eq!(transfer.finish(), Some(Ok(vec![vec![0, 1], vec![2, 3], vec![]])));
    assert_eq!(transfer.finish(), None, "it was asked before");
}

#[test]
fn a_started_i2c_transaction_takes_nine_bits_a_byte() {
    let (world, clock) = world();
    let mut bus = sim::Bus::on(&world);
    bus.set_speed_hz(NonZeroU32::new(100_000));
    bus.attach(&toml::from_str("model = 'registers'\naddress = 0x50").unwrap()).unwrap();
    let bus = SharedI2c::new(bus);
    let address = periplasm_backend::I2cAddress::seven_bit(0x50).unwrap();
    use periplasm_backend::I2cOperation::{Read, Write};
    let mut transfer = bus.start(address, vec![Write(vec![0, 7]), Write(vec![8]), Read(1)]);
    // START, address, 3 bytes; START, address, 1 byte; STOP, at 10 µs a bit.
    assert_eq!(transfer.done().next_ns(), Some((1 + 9 + 27 + 1 + 9 + 9 + 1) * 10_000));
    assert_eq!(transfer.finish(), Some(Ok(vec![vec![0]])));
    assert_eq!(clock.now_ns(), 570_000);
    let nobody = periplasm_backend::I2cAddress::ten_bit(0x50).unwrap();
    let mut transfer = bus.start(nobody, vec![Read(1)]);
    // START, two bytes of address, STOP.
    assert_eq!(transfer.done().next_ns(), Some(570_000 + 20 * 10_000));
    assert!(transfer.finish().unwrap().is_err());
}

/// A device that can only block.
struct Blocking(Arc<Mutex<Vec<u8>>>);

impl SpiDevice for Blocking {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), SpiError> {
        for operation in operations {
            match operation {
                Operation::Write(bytes) => {
                    assert_ne!(bytes[0], 0xff, "as asked for");
                    self.0.lock().unwrap().extend_from_slice(bytes);
                }
                Operation::Read(bytes) => bytes.fill(0x5a),
                _ => return Err(SpiError::FrameFormat),
            }
        }
        Ok(())
    }
}

#[test]
fn a_device_that_blocks_has_a_thread_and_keeps_the_order() {
    let written = Arc::new(Mutex::new(Vec::new()));
    let spi = SharedSpi::new(Blocking(written.clone()));
    let bytes: Vec<_> = (0..20).collect();
    let mut transfers: Vec<_> =
        bytes.iter().map(|byte| spi.start(vec![SpiOperation::Write(vec![*byte])])).collect();
    let mut last = transfers.pop().unwrap();
    drop(transfers);
    assert_eq!(last.finish(), Some(Ok(vec![])));
    assert_eq!(*written.lock().unwrap(), bytes);
    assert_eq!(spi.start(vec![SpiOperation::Read(2)]).finish(), Some(Ok(vec![vec![0x5a; 2]])));
    assert_eq!(
        spi.start(vec![SpiOperation::DelayNs(1)]).finish(),
        Some(Err(SpiError::FrameFormat))
    );
}

#[test]
fn a_backend_that_panics_fails_one_transfer() {
    let spi = SharedSpi::new(Blocking(Arc::default()));
    let mut bad = spi.start(vec![SpiOperation::Write(vec![0xff])]);
    assert_eq!(bad.finish(), Some(Err(SpiError::Other)));
    assert_eq!(spi.start(vec![SpiOperation::Write(vec![1])]).finish(), Some(Ok(vec![])));
}

#[test]
fn too_many_waiting_transfers_are_refused() {
    let written = Arc::new(Mutex::new(Vec::new()));
    let spi = SharedSpi::new(Blocking(written.clone()));
    let held = written.lock().unwrap();
    let mut transfers: Vec<_> =
        (0..80).map(|_| spi.start(vec![SpiOperation::Write(vec![1])])).collect();
    drop(held);
    let failed = transfers
        .iter_mut()
        .filter_map(|transfer| transfer.finish())
        .filter(|outcome| *outcome == Err(SpiError::Other))
        .count();
    // One is in the thread's hands or not, 64 wait.
    assert!((15..=16).contains(&failed), "{failed}");
    assert_eq!(written.lock().unwrap().len(), 80 - failed);
}

#[test]
fn what_no_device_can_be_is_refused() {
    for (config, expected) in [
        ("model = 'register'", "there is no SPI model `register`; did you mean `registers`?"),
        ("speed-hz = 1", "missing field `model`"),
        ("model = 'loopback'\nspeed-hz = 0", "nonzero"),
        ("model = 'loopback'\naddress = 1", "`address` is not an option of the model `loopback`"),
        ("model = 'loopback'\nfault = { kind = 'smoke' }", "unknown variant `smoke`"),
        ("model = 'registers'\npins = { dc = 'x' }", "no pin `dc`"),
    ] {
        let error = toml::from_str::<SpiConfig>(config).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let long = format!("model = 'registers'\ncontents = {:?}", [0; 129]);
    assert!(toml::from_str::<SpiConfig>(&long).unwrap_err().message().contains("there are 128"));
}

/// An operation of a property.
#[derive(Clone, Debug)]
enum Op {
    Read(usize),
    Write(Vec<u8>),
    Transfer(usize, Vec<u8>),
    InPlace(Vec<u8>),
    Delay(u32),
}

fn op() -> impl Strategy<Value = Op> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..20);
    prop_oneof![
        (0_usize..20).prop_map(Op::Read),
        bytes().prop_map(Op::Write),
        ((0_usize..20), bytes()).prop_map(|(read, write)| Op::Transfer(read, write)),
        bytes().prop_map(Op::InPlace),
        (0_u32..1_000).prop_map(Op::Delay),
    ]
}

/// What a register file makes of the bytes of one transaction: what comes out.
fn reference(registers: &mut [u8; 128], sent: &[u8]) -> Vec<u8> {
    let Some((first, rest)) = sent.split_first() else { return Vec::new() };
    let mut out = vec![0];
    for (n, byte) in rest.iter().enumerate() {
        let register = (usize::from(first & 0x7f) + n) % 128;
        if first & 0x80 != 0 {
            out.push(registers[register]);
        } else {
            registers[register] = *byte;
            out.push(0);
        }
    }
    out
}

proptest! {
    /// Any operations do what their bytes in one row do, blocking or started.
    #[test]
    fn a_transaction_is_one_row_of_bytes(
        transactions in prop::collection::vec(prop::collection::vec(op(), 0..6), 0..12),
        started in any::<bool>(),
    ) {
        let (world, clock) = world();
        let chip = SpiRegisters::new(&Options::default()).unwrap();
        let spi = SharedSpi::new(sim::SpiDevice::with_target(&world, chip));
        let (mut registers, mut time) = ([0; 128], 0_u64);
        for ops in transactions {
            let mut sent = Vec::new();
            let mut windows = Vec::new();
            for op in &ops {
                let (read, write): (usize, &[u8]) = match op {
                    Op::Read(len) => (*len, &[]),
                    Op::Write(bytes) => { sent.extend(bytes); continue }
                    Op::Transfer(len, bytes) => (*len, bytes),
                    Op::InPlace(bytes) => (bytes.len(), bytes),
                    Op::Delay(ns) => { time += u64::from(*ns); continue }
                };
                windows.push(sent.len()..sent.len() + read);
                sent.extend(write);
                sent.extend(vec![0; read.saturating_sub(write.len())]);
            }
            let out = reference(&mut registers, &sent);
            let expected: Vec<Vec<u8>> = windows.into_iter().map(|w| out[w].to_vec()).collect();
            let found = if started {
                let ops = ops.iter().cloned().map(|op| match op {
                    Op::Read(len) => SpiOperation::Read(len),
                    Op::Write(bytes) => SpiOperation::Write(bytes),
                    Op::Transfer(read, write) => SpiOperation::Transfer { write, read },
                    Op::InPlace(write) => SpiOperation::Transfer { read: write.len(), write },
                    Op::Delay(ns) => SpiOperation::DelayNs(ns),
                });
                spi.start(ops.collect()).finish().unwrap().unwrap()
            } else {
                blocking(&spi, &ops)
            };
            prop_assert_eq!(found, expected);
            prop_assert_eq!(clock.now_ns(), time);
        }
    }
}

fn blocking(spi: &SharedSpi, ops: &[Op]) -> Vec<Vec<u8>> {
    let mut buffers: Vec<Vec<u8>> = ops
        .iter()
        .filter_map(|op| match op {
            Op::Read(len) | Op::Transfer(len, _) => Some(vec![0xa5; *len]),
            Op::InPlace(bytes) => Some(bytes.clone()),
            Op::Write(_) | Op::Delay(_) => None,
        })
        .collect();
    let mut free = buffers.iter_mut();
    let mut next = || free.next().unwrap().as_mut_slice();
    let mut operations: Vec<Operation<'_, u8>> = ops
        .iter()
        .map(|op| match op {
            Op::Read(_) => Operation::Read(next()),
            Op::Write(bytes) => Operation::Write(bytes),
            Op::Transfer(_, write) => Operation::Transfer(next(), write),
            Op::InPlace(_) => Operation::TransferInPlace(next()),
            Op::Delay(ns) => Operation::DelayNs(*ns),
        })
        .collect();
    spi.transaction(&mut operations).unwrap();
    drop(operations);
    buffers
}
