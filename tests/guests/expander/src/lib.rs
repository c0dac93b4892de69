//! Gives a register file's registers to other stages, as pins and as pulses.
#![no_std]

use bindings::exports::periplasm::hal::input_pin::{self, Condition, Edge, Event};
use bindings::exports::periplasm::hal::{output_pin, pwm};
use bindings::{bus, enable};
use periplasm_driver::embedded_hal::delay::DelayNs;
use periplasm_driver::embedded_hal::digital::OutputPin;
use periplasm_driver::embedded_hal::i2c::I2c as _;
use periplasm_driver::hal::slot::pin_types;
use periplasm_driver::{Delay, Device, Error, I2c, seven_bit};

periplasm_driver::driver!(Expander);
periplasm_driver::gives!(Expander: OutputPin { p0 = Pin(0), p1 = Pin(1) });
periplasm_driver::gives!(Expander: InputPin { p2 = Pin(2) });
periplasm_driver::gives!(Expander: Pwm { ch0 = Channel(3) });

struct Expander;

struct Chip(I2c, u8);

static CHIP: Device<Chip> = Device::new(|| {
    enable::open().set_high().map_err(|_| Error::NotReady)?;
    Ok(Chip(bus::open(), seven_bit(&bus::addresses())?))
});

fn read(register: u8) -> Result<u8, Error> {
    let mut value = [0];
    CHIP.with(|Chip(bus, address)| Ok(bus.write_read(*address, &[register], &mut value)?))?;
    Ok(value[0])
}

fn write(register: u8, value: u8) -> Result<(), Error> {
    CHIP.with(|Chip(bus, address)| Ok(bus.write(*address, &[register, value])?))
}

/// The register of a pin.
struct Pin(u8);

impl output_pin::Guest for Expander {
    type OutputPin = Pin;
}

impl output_pin::GuestOutputPin for Pin {
    fn set(&self, high: bool) -> Result<(), pin_types::Error> {
        Ok(write(self.0, u8::from(high))?)
    }

    fn is_set_high(&self) -> Result<bool, pin_types::Error> {
        Ok(read(self.0)? != 0)
    }
}

impl input_pin::Guest for Expander {
    type InputPin = Pin;
}

impl input_pin::GuestInputPin for Pin {
    fn is_high(&self) -> Result<bool, pin_types::Error> {
        Ok(read(self.0)? != 0)
    }

    /// Looks every millisecond.
    fn wait_for(
        &self,
        wanted: Condition,
        timeout_ns: Option<u64>,
    ) -> Result<bool, pin_types::Error> {
        let mut left = timeout_ns.unwrap_or(u64::MAX);
        let mut last = self.is_high()?;
        loop {
            let now = self.is_high()?;
            let holds = match wanted {
                Condition::High => now,
                Condition::Low => !now,
                Condition::RisingEdge => now && !last,
                Condition::FallingEdge => !now && last,
                Condition::AnyEdge => now != last,
            };
            if holds || left == 0 {
                return Ok(holds);
            }
            let step = left.min(1_000_000);
            Delay.delay_ns(step as u32);
            (left, last) = (left - step, now);
        }
    }

    fn next_edge(&self, _: Option<u64>) -> Result<Option<Edge>, pin_types::Error> {
        Err(pin_types::Error::Other) // It has no interrupt line.
    }

    fn watch(&self, _: Condition) -> Result<Event, pin_types::Error> {
        Err(pin_types::Error::Other) // Likewise.
    }
}

/// The register of a duty cycle.
struct Channel(u8);

impl pwm::Guest for Expander {
    type Pwm = Channel;
}

impl pwm::GuestPwm for Channel {
    fn max_duty_cycle(&self) -> u16 {
        200
    }

    fn set_duty_cycle(&self, duty: u16) -> Result<(), pwm::Error> {
        if duty > self.max_duty_cycle() {
            return Err(pwm::Error::AboveMax);
        }
        write(self.0, duty as u8).map_err(|_| pwm::Error::Other)
    }
}
