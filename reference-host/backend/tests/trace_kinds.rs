//! What a trace says of everything that is no I2C bus.

use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use embedded_hal::spi::Operation;
use periplasm_backend::sim::{self, VirtualClock, World};
use periplasm_backend::trace::{Act, Entry, Traced};
use periplasm_backend::{
    AdcError, CanError, CanFrame, CanId, Clock, Condition, Edge, InputPin, Level, OutputPin,
    PinError, PwmError, Serial, SerialError, SharedSpi, SpiBus, SpiDevice, SpiError, SpiOperation,
};

#[derive(Clone)]
struct Tracer {
    world: World,
    clock: Arc<VirtualClock>,
    entries: Arc<Mutex<Vec<Entry>>>,
}

impl Tracer {
    fn new() -> Self {
        let clock = Arc::new(VirtualClock::new());
        Self { world: World::new(clock.clone()), clock, entries: Arc::default() }
    }

    fn trace<T>(&self, hardware: T) -> Traced<T> {
        let sink = self.entries.clone();
        Traced::new(hardware, self.clock.clone(), move |entry| sink.lock().unwrap().push(entry))
    }

    /// What was told since the last time.
    fn lines(&self) -> Vec<String> {
        let entries = std::mem::take(&mut *self.entries.lock().unwrap());
        entries.iter().map(|entry| format!("{} {entry}", entry.at_ns)).collect()
    }
}

fn spi(world: &World, config: &str) -> sim::SpiDevice {
    sim::SpiDevice::new(world, "spi", &toml::from_str(config).unwrap()).unwrap()
}

#[test]
fn spi_is_told_with_all_its_operations() {
    let tracer = Tracer::new();
    let mut device = tracer
        .trace(spi(&tracer.world, "model = 'registers'\ncontents = [1, 2, 3]\nmax-bytes = 20"));
    let mut place = [9, 9];
    device
        .transaction(&mut [
            Operation::Write(&[0x80]),
            Operation::DelayNs(100),
            Operation::Read(&mut [0; 1]),
            Operation::TransferInPlace(&mut place),
        ])
        .unwrap();
    device.transaction(&mut []).unwrap();
    let long = [7; 20];
    let error = device
        .transaction(&mut [Operation::Transfer(&mut [0; 1], &long), Operation::Read(&mut [0; 2])]);
    assert!(error.is_err());
    assert_eq!(
        tracer.lines(),
        [
            "0 w 80  100 ns  r 01  x 09 09 / 02 03  ok",
            "100 ok",
            "100 x 07 07 07 07 07 07 07 07 07 07 07 07 07 07 07 07 … (20 bytes) / (0 bytes)  \
             r (2 bytes)  22 bytes in one transaction; this controller holds chip select for 20",
        ]
    );
}

#[test]
fn a_started_transaction_is_told_when_it_is_started() {
    let tracer = Tracer::new();
    let device = tracer.trace(spi(&tracer.world, "model = 'registers'\nspeed-hz = 1_000_000"));
    let spi = SharedSpi::new(device);
    let mut first = spi.start(vec![SpiOperation::Write(vec![0, 5])]);
    let mut second = spi.start(vec![SpiOperation::Transfer { write: vec![0x80], read: 2 }]);
    assert_eq!(tracer.lines(), ["0 w 00 05  ok", "0 x 80 / 00 05  ok"]);
    assert!(first.finish().unwrap().is_ok() && second.finish().unwrap().is_ok());
    assert_eq!(tracer.clock.now_ns(), 32_000);
    assert!(tracer.lines().is_empty());
}

#[test]
fn a_bus_is_told_transfer_by_transfer() {
    let tracer = Tracer::new();
    let config = toml::from_str("model = 'loopback'\nfault = { kind = 'overrun', after = 3 }");
    let bus = sim::SpiBus::new(&tracer.world, "bus", &config.unwrap()).unwrap();
    let mut bus = tracer.trace(bus);
    bus.transfer(&mut [], &[1, 2]).unwrap();
    bus.transfer(&mut [0; 2], &[]).unwrap();
    bus.transfer(&mut [0; 1], &[3]).unwrap();
    bus.flush().unwrap();
    assert_eq!(bus.transfer(&mut [0; 1], &[]), Err(SpiError::Overrun));
    let expected = ["0 w 01 02  ok", "0 r 00 00  ok", "0 x 03 / 03  ok", "0 flush  ok"];
    let lines = tracer.lines();
    assert_eq!(lines[..4], expected);
    assert_eq!(lines[4], "0 r (1 bytes)  overrun");
}

#[test]
fn pins_are_told_and_waits_in_vain_are_not() {
    let tracer = Tracer::new();
    let mut out = tracer.trace(sim::Output::new(&tracer.world, "x", &Default::default()));
    let input = sim::Input::new(&tracer.world, "x", &Default::default()).unwrap();
    let mut input = tracer.trace(input);
    out.set(Level::High).unwrap();
    out.get().unwrap();
    input.level().unwrap();
    assert_eq!(input.wait_for(Condition::FallingEdge, 10), Ok(false));
    let mut watched = input.watch(Condition::AnyEdge).unwrap();
    let mut context = Context::from_waker(Waker::noop());
    assert!(watched.poll(&mut context).is_pending());
    out.set(Level::Low).unwrap();
    assert!(watched.poll(&mut context).is_ready() && watched.poll(&mut context).is_ready());
    input.wait_for(Condition::Low, 20).unwrap();
    while input.next_edge(30).unwrap().is_some() {}
    assert_eq!(
        tracer.lines(),
        [
            "0 set high  ok",
            "0 is set high",
            "0 is high",
            "10 set low  ok",
            "10 waited for an edge  ok",
            "10 waited for low  ok",
            "10 edge to high at 0 ns",
            "10 edge to low at 10 ns",
        ]
    );
}

#[test]
fn serial_is_told_and_reads_of_nothing_are_not() {
    let tracer = Tracer::new();
    let config = toml::from_str(
        "model = 'loopback'\nbaud = 1000\nfault = { kind = 'parity', after = 2, times = 1 }",
    );
    let port = sim::Serial::new(&tracer.world, "gps", &config.unwrap()).unwrap();
    let mut port = tracer.trace(port);
    port.write(&[1, 2, 3]).unwrap();
    assert_eq!(port.read(&mut [0; 8], 5), Ok(0));
    port.flush().unwrap();
    assert_eq!(port.read(&mut [0; 8], 0), Ok(2));
    assert!(port.read(&mut [0; 8], 0).is_err());
    assert_eq!(
        tracer.lines(),
        ["0 w 01 02 03  ok", "5 flush  ok", "30000000 r 01 02", "30000000 r  parity error"]
    );
}

#[test]
fn every_act_is_one_line() {
    let standard = CanFrame::new(CanId::Standard(0x12), &[1, 2]).unwrap();
    let asks = CanFrame::remote(CanId::Extended(0x1234), 8).unwrap();
    let edge = Edge { to: Level::Low, at_ns: 7, lost: 3 };
    for (act, expected) in [
        (Act::SetPin(Level::Low, Err(PinError::Gone)), "set low  gone"),
        (Act::IsSet(Err(PinError::Other)), "is set  other error"),
        (Act::ReadPin(Err(PinError::Gone)), "is  gone"),
        (Act::Waited(Condition::RisingEdge, Ok(())), "waited for a rising edge  ok"),
        (Act::Waited(Condition::FallingEdge, Ok(())), "waited for a falling edge  ok"),
        (Act::Waited(Condition::High, Err(PinError::Gone)), "waited for high  gone"),
        (Act::Edge(Ok(edge)), "edge to low at 7 ns, 3 lost before"),
        (Act::Edge(Err(PinError::Gone)), "edge  gone"),
        (Act::SetDuty(7, Ok(())), "duty 7  ok"),
        (Act::SetDuty(9, Err(PwmError::AboveMax)), "duty 9  above the maximum duty cycle"),
        (Act::Convert(Ok(-3)), "code -3"),
        (Act::ConvertMicrovolts(Ok(1_250_000)), "µV 1250000"),
        (Act::Convert(Err(AdcError::OutOfRange)), "code  out of range"),
        (Act::SerialWrite(vec![1, 2], Ok(1)), "w 01 02  1 taken"),
        (Act::SerialWrite(vec![1], Err(SerialError::Gone)), "w 01  gone"),
        (Act::FlushSpi(Err(SpiError::Gone)), "flush  gone"),
        (Act::CanTransmit(standard, Ok(())), "w 012: 01 02  ok"),
        (
            Act::CanTransmit(asks, Err(CanError::Acknowledge)),
            "w 00001234: asks for 8 bytes  not acknowledged",
        ),
        (Act::CanReceive(Ok(standard)), "r 012: 01 02"),
        (Act::CanReceive(Err(CanError::Overrun)), "r  overrun"),
    ] {
        assert_eq!(Entry { at_ns: 0, act }.to_string(), expected);
    }
}
