//! Plays calls of embedded-hal and its relatives from inside a component.
#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::future::Future;

use bindings::exports::test::replay::replay;
use bindings::{bus, chain, chip, looped, output, port, pulses, second, vehicle, voltage, wave};
use periplasm_driver::{
    Adc, AdcChannel, Can, Delay, I2c, InputPin, OutputPin, Pwm, Serial, SpiBus, SpiDevice, block_on,
};
use player::postcard;

periplasm_driver::driver!(Replay);

struct Replay;

impl replay::Guest for Replay {
    fn play(calls: Vec<u8>) -> Option<Vec<u8>> {
        let calls: Vec<player::Call> = postcard::from_bytes(&calls).ok()?;
        let mut hardware = player::Hardware {
            i2c: bus::open(),
            second_i2c: second::open(),
            spi: chip::open(),
            spi_bus: chain::open(),
            output: output::open(),
            looped: looped::open(),
            wave: wave::open(),
            pwm: pulses::open(),
            adc: Input(voltage::open()),
            serial: port::open(),
            can: vehicle::open(),
            delay: Delay,
            timeout: Delay,
            kinds: Slots,
        };
        postcard::to_allocvec(&player::play(&mut hardware, &calls)).ok()
    }
}

struct Slots;

impl player::Kinds for Slots {
    type I2c = I2c;
    type Spi = SpiDevice;
    type SpiBus = SpiBus;
    type Output = OutputPin;
    type Input = InputPin;
    type Pwm = Pwm;
    type Adc = Input;
    type Serial = Serial;
    type Can = Can;
    type Delay = Delay;

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        block_on(future)
    }
}

struct Input(Adc);

impl player::Converter for Input {
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
