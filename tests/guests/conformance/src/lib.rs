//! The conformance cases as a driver, on one slot of each kind.
#![no_std]

extern crate alloc;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::future::Future;

use bindings::exports::periplasm::conformance::suite;
use bindings::{
    bus, can_bus, faulty_spi, looped, noisy_port, output, port, pulses, second, short_spi, spi,
    spi_loop, voltage, wave,
};
use periplasm_conformance::{Hardware, cases};
use periplasm_driver::hal::{
    AdcChannel, Can, Delay, I2c, InputPin, OutputPin, Pwm, Serial, SpiBus, SpiDevice, block_on,
};

periplasm_driver::driver!(Suite);

struct Suite;

struct Slots;

impl suite::Guest for Suite {
    fn names() -> Vec<String> {
        cases::<Slots>().iter().map(|case| case.name.to_string()).collect()
    }

    fn run(case: u32) -> Result<(), String> {
        let cases = cases::<Slots>();
        let case = usize::try_from(case).ok().and_then(|place| cases.get(place));
        (case.ok_or("no such case")?.run)(&mut Slots)
    }
}

impl Hardware for Slots {
    type I2c = I2c;
    type Spi = SpiDevice;
    type SpiBus = SpiBus;
    type Output = OutputPin;
    type Input = InputPin;
    type Pwm = Pwm;
    type Serial = Serial;
    type Can = Can;
    type Delay = Delay;

    fn i2c(&mut self) -> I2c {
        bus::open()
    }

    fn second_i2c(&mut self) -> I2c {
        second::open()
    }

    fn spi(&mut self) -> SpiDevice {
        spi::open()
    }

    fn faulty_spi(&mut self) -> SpiDevice {
        faulty_spi::open()
    }

    fn short_spi(&mut self) -> SpiDevice {
        short_spi::open()
    }

    fn spi_bus(&mut self) -> SpiBus {
        spi_loop::open()
    }

    fn output(&mut self) -> OutputPin {
        output::open()
    }

    fn looped(&mut self) -> InputPin {
        looped::open()
    }

    fn wave(&mut self) -> InputPin {
        wave::open()
    }

    fn pwm(&mut self) -> Pwm {
        pulses::open()
    }

    fn serial(&mut self) -> Serial {
        port::open()
    }

    fn noisy_serial(&mut self) -> Serial {
        noisy_port::open()
    }

    fn can(&mut self) -> Can {
        can_bus::open()
    }

    fn adc(&mut self) -> Result<(i32, i32), String> {
        let mut input = voltage::open();
        let code = input.read().map_err(|error| error.to_string())?;
        let microvolts = input.read_microvolts().map_err(|error| error.to_string())?;
        Ok((code, microvolts))
    }

    fn delay(&mut self) -> Delay {
        Delay
    }

    fn block_on<F: Future>(&mut self, future: F) -> F::Output {
        block_on(future)
    }
}
