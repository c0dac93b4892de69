//! The conformance hardware natively: the simulated board of
//! `tests/conformance/board.toml` under embedded-hal's traits.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use periplasm_backend::native::{
    NativeCan, NativeDelay, NativeI2c, NativeInput, NativeOutput, NativePwm, NativeSerial,
    NativeSpi, NativeSpiBus, block_on,
};
use periplasm_backend::sim::{self, VirtualClock, World};
use periplasm_backend::{
    Adc, CanBus, CanError, CanFrame, Event, Level, OutputPin, PinError, Serial, SerialError,
    SharedI2c, SharedSpi, SpiBus, SpiError,
};
use periplasm_conformance::Hardware;
use periplasm_tests::root;
use serde::de::DeserializeOwned;

pub(crate) struct Native {
    world: World,
    board: toml::Table,
    bus: SharedI2c,
    second: SharedI2c,
    spi: [SharedSpi; 3],
    spi_loop: Kept<sim::SpiBus>,
    output: Kept<sim::Output>,
    port: Kept<sim::Serial>,
    noisy: Kept<sim::Serial>,
    can: Kept<sim::Can>,
}

impl Native {
    pub(crate) fn new() -> Self {
        let text = std::fs::read_to_string(root().join("tests/conformance/board.toml")).unwrap();
        Self::on(&text)
    }

    /// A second bus without its chip, SPI without its faults and limits, a
    /// serial port without noise, and half of the voltage.
    pub(crate) fn wrong() -> Self {
        let text = std::fs::read_to_string(root().join("tests/conformance/board.toml")).unwrap();
        let mut wrong = text.clone();
        for (right, left) in [
            ("devices = [{ model = \"registers\", address = 0x50 }]", ""),
            ("fault = { kind = \"overrun\", times = 1 }", ""),
            ("max-bytes = 64", ""),
            ("fault = { kind = \"parity\", times = 1 }", ""),
            ("1_250_000", "625_000"),
            ("edges = 40", "edges = 39"),
        ] {
            assert!(text.contains(right), "{right}");
            wrong = wrong.replace(right, left);
        }
        Self::on(&wrong)
    }

    fn on(text: &str) -> Self {
        let board: toml::Table = text.parse().unwrap();
        let world = World::new(Arc::new(VirtualClock::new()));
        let spi = |name: &str| {
            let config = entry(&board, "spi", name);
            SharedSpi::new(sim::SpiDevice::new(&world, name, &config).unwrap())
        };
        let bus_config = entry(&board, "spi-bus", "loop");
        let output = sim::Output::new(&world, "loop", &entry(&board, "output-pin", "loop"));
        let serial = |name: &str| {
            let config = entry(&board, "serial", name);
            Kept::new(sim::Serial::new(&world, name, &config).unwrap())
        };
        let can = sim::Can::new(&world, "echo", &entry(&board, "can", "echo")).unwrap();
        Self {
            bus: i2c(&world, &board, "bus"),
            second: i2c(&world, &board, "second"),
            spi: [spi("registers"), spi("faulty"), spi("short")],
            spi_loop: Kept::new(sim::SpiBus::new(&world, "loop", &bus_config).unwrap()),
            output: Kept::new(output),
            port: serial("loop"),
            noisy: serial("noisy"),
            can: Kept::new(can),
            world,
            board,
        }
    }

    fn input(&self, name: &str) -> NativeInput {
        let config = entry(&self.board, "input-pin", name);
        NativeInput::new(sim::Input::new(&self.world, name, &config).unwrap())
    }
}

/// What the board file says about `name`.
fn entry<T: DeserializeOwned>(board: &toml::Table, kind: &str, name: &str) -> T {
    board[kind][name].clone().try_into().unwrap()
}

fn i2c(world: &World, board: &toml::Table, name: &str) -> SharedI2c {
    let mut bus = sim::Bus::on(world);
    let devices = board["i2c"][name].get("devices").and_then(|devices| devices.as_array());
    for device in devices.into_iter().flatten() {
        bus.attach(&device.clone().try_into().unwrap()).unwrap();
    }
    SharedI2c::new(bus)
}

impl Hardware for Native {
    type I2c = NativeI2c;
    type Spi = NativeSpi;
    type SpiBus = NativeSpiBus;
    type Output = NativeOutput;
    type Input = NativeInput;
    type Pwm = NativePwm;
    type Serial = NativeSerial;
    type Can = NativeCan;
    type Delay = NativeDelay;

    fn i2c(&mut self) -> NativeI2c {
        NativeI2c::new(self.bus.clone())
    }

    fn second_i2c(&mut self) -> NativeI2c {
        NativeI2c::new(self.second.clone())
    }

    fn spi(&mut self) -> NativeSpi {
        NativeSpi::new(self.spi[0].clone())
    }

    fn faulty_spi(&mut self) -> NativeSpi {
        NativeSpi::new(self.spi[1].clone())
    }

    fn short_spi(&mut self) -> NativeSpi {
        NativeSpi::new(self.spi[2].clone())
    }

    fn spi_bus(&mut self) -> NativeSpiBus {
        NativeSpiBus::new(self.spi_loop.clone())
    }

    fn output(&mut self) -> NativeOutput {
        NativeOutput::new(self.output.clone())
    }

    fn looped(&mut self) -> NativeInput {
        self.input("loop")
    }

    fn wave(&mut self) -> NativeInput {
        self.input("wave")
    }

    fn pwm(&mut self) -> NativePwm {
        let config = entry(&self.board, "pwm", "pulses");
        NativePwm::new(sim::Pulses::new(&self.world, "pulses", &config).unwrap())
    }

    fn serial(&mut self) -> NativeSerial {
        NativeSerial::new(self.port.clone(), self.world.clock().clone())
    }

    fn noisy_serial(&mut self) -> NativeSerial {
        NativeSerial::new(self.noisy.clone(), self.world.clock().clone())
    }

    fn can(&mut self) -> NativeCan {
        NativeCan::new(self.can.clone(), self.world.clock().clone())
    }

    fn adc(&mut self) -> Result<(i32, i32), String> {
        let config = entry(&self.board, "adc", "half");
        let mut input = sim::Converter::new(&self.world, "half", &config).unwrap();
        let wrong = |error: periplasm_backend::AdcError| error.to_string();
        Ok((input.read().map_err(wrong)?, input.read_microvolts().map_err(wrong)?))
    }

    fn delay(&mut self) -> NativeDelay {
        NativeDelay::new(self.world.clock().clone())
    }

    fn block_on<F: Future>(&mut self, future: F) -> F::Output {
        block_on(&**self.world.clock(), future)
    }
}

/// Hardware of which there are several handles.
struct Kept<T>(Arc<Mutex<T>>);

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Kept<T> {
    fn new(hardware: T) -> Self {
        Self(Arc::new(Mutex::new(hardware)))
    }

    fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SpiBus for Kept<sim::SpiBus> {
    fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), SpiError> {
        self.lock().transfer(read, write)
    }

    fn flush(&mut self) -> Result<(), SpiError> {
        self.lock().flush()
    }
}

impl OutputPin for Kept<sim::Output> {
    fn set(&mut self, level: Level) -> Result<(), PinError> {
        self.lock().set(level)
    }

    fn get(&mut self) -> Result<Level, PinError> {
        self.lock().get()
    }
}

impl Serial for Kept<sim::Serial> {
    fn read(&mut self, buffer: &mut [u8], until_ns: u64) -> Result<usize, SerialError> {
        self.lock().read(buffer, until_ns)
    }

    fn write(&mut self, data: &[u8]) -> Result<usize, SerialError> {
        self.lock().write(data)
    }

    fn flush(&mut self) -> Result<(), SerialError> {
        self.lock().flush()
    }

    fn read_ready(&mut self) -> Result<bool, SerialError> {
        self.lock().read_ready()
    }

    fn readable(&mut self) -> Box<dyn Event> {
        self.lock().readable()
    }
}

impl CanBus for Kept<sim::Can> {
    fn transmit(&mut self, frame: &CanFrame, until_ns: u64) -> Result<bool, CanError> {
        self.lock().transmit(frame, until_ns)
    }

    fn receive(&mut self, until_ns: u64) -> Result<Option<CanFrame>, CanError> {
        self.lock().receive(until_ns)
    }

    fn receivable(&mut self) -> Box<dyn Event> {
        self.lock().receivable()
    }
}
