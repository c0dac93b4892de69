//! The board's hardware natively, under the same traits.

use std::future::Future;
use std::sync::{Arc, Mutex};

use periplasm_backend::native::{
    NativeCan, NativeDelay, NativeI2c, NativeInput, NativeOutput, NativePwm, NativeSerial,
    NativeSpi, NativeSpiBus, block_on,
};
use periplasm_backend::sim::{self, VirtualClock, World};
use periplasm_backend::trace::Traced;
use periplasm_backend::{Adc, Clock, SharedI2c, SharedSpi};
use player::{Converter, Hardware, Kinds};
use serde::de::DeserializeOwned;

use crate::Transcript;

/// What runs natively, by the board's clock.
pub(crate) struct Native(Arc<dyn Clock>);

impl Kinds for Native {
    type I2c = NativeI2c;
    type Spi = NativeSpi;
    type SpiBus = NativeSpiBus;
    type Output = NativeOutput;
    type Input = NativeInput;
    type Pwm = NativePwm;
    type Adc = Input;
    type Serial = NativeSerial;
    type Can = NativeCan;
    type Delay = NativeDelay;

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        block_on(&*self.0, future)
    }
}

pub(crate) struct Input(Box<dyn Adc>);

impl Converter for Input {
    fn code(&mut self) -> Result<i32, String> {
        self.0.read().map_err(|error| format!("{error:?}"))
    }

    fn microvolts(&mut self) -> Result<i32, String> {
        self.0.read_microvolts().map_err(|error| format!("{error:?}"))
    }

    fn max_code(&mut self) -> i32 {
        self.0.max_code()
    }
}

/// What a board file's text says, opened, with all that is done to it written
/// down.
pub(crate) fn open(board: &str, transcript: &Arc<Mutex<Transcript>>) -> Hardware<Native> {
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new());
    let board = Board {
        table: board.parse().unwrap(),
        world: World::new(clock.clone()),
        transcript: transcript.clone(),
    };
    let world = &board.world;
    let spi = sim::SpiDevice::new(world, "chip", &board.entry("spi", "chip")).unwrap();
    let chain = sim::SpiBus::new(world, "chain", &board.entry("spi-bus", "chain")).unwrap();
    let output = sim::Output::new(world, "line", &board.entry("output-pin", "line"));
    let input = |name| sim::Input::new(world, name, &board.entry("input-pin", name)).unwrap();
    let pwm = sim::Pulses::new(world, "pulses", &board.entry("pwm", "pulses")).unwrap();
    let adc = sim::Converter::new(world, "voltage", &board.entry("adc", "voltage")).unwrap();
    let serial = sim::Serial::new(world, "port", &board.entry("serial", "port")).unwrap();
    let can = sim::Can::new(world, "vehicle", &board.entry("can", "vehicle")).unwrap();
    Hardware {
        i2c: board.i2c("bus"),
        second_i2c: board.i2c("second"),
        spi: NativeSpi::new(SharedSpi::new(board.traced("chip", spi))),
        spi_bus: NativeSpiBus::new(board.traced("chain", chain)),
        output: NativeOutput::new(board.traced("line", output)),
        looped: NativeInput::new(board.traced("line", input("line"))),
        wave: NativeInput::new(board.traced("wave", input("wave"))),
        pwm: NativePwm::new(board.traced("pulses", pwm)),
        adc: Input(Box::new(board.traced("voltage", adc))),
        serial: NativeSerial::new(board.traced("port", serial), clock.clone()),
        can: NativeCan::new(board.traced("vehicle", can), clock.clone()),
        delay: NativeDelay::new(clock.clone()),
        timeout: NativeDelay::new(clock.clone()),
        kinds: Native(clock),
    }
}

struct Board {
    table: toml::Table,
    world: World,
    transcript: Arc<Mutex<Transcript>>,
}

impl Board {
    fn entry<T: DeserializeOwned>(&self, kind: &str, name: &str) -> T {
        self.table[kind][name].clone().try_into().unwrap()
    }

    fn i2c(&self, name: &str) -> NativeI2c {
        let table = &self.table["i2c"][name];
        let mut bus = sim::Bus::on(&self.world);
        bus.set_speed_hz(table.get("speed-hz").map(|hz| hz.clone().try_into().unwrap()));
        for device in table["devices"].as_array().unwrap() {
            bus.attach(&device.clone().try_into().unwrap()).unwrap();
        }
        NativeI2c::new(SharedI2c::new(self.traced(name, bus)))
    }

    fn traced<T>(&self, name: &str, hardware: T) -> Traced<T> {
        let (name, transcript) = (name.to_owned(), self.transcript.clone());
        Traced::new(hardware, self.world.clock().clone(), move |entry| {
            transcript.lock().unwrap().push((name.clone(), entry));
        })
    }
}
