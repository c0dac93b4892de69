//! Speaks the drafts of `wasi:gpio` and `wasi:spi` as their authors' own
//! examples do: pins and devices by names that it chooses.
#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Debug;

use bindings::exports::test::draft::probe::Guest;
use bindings::wasi::gpio::delay;
use bindings::wasi::gpio::digital::{
    DigitalFlag, DigitalInOutPin, DigitalInPin, DigitalOutPin, PinState, StatefulDigitalOutPin,
};
use bindings::wasi::io::poll;
use bindings::wasi::spi::spi::{self, Config, Mode, Operation, OperationResult};

periplasm_driver::driver!(Draft);

struct Draft;

fn words(error: impl Debug) -> String {
    format!("{error:?}")
}

impl Guest for Draft {
    fn drive(label: String, active: bool) -> Result<bool, String> {
        let pin = DigitalOutPin::get(&label, &[DigitalFlag::ACTIVE_HIGH]).map_err(words)?;
        let state = if active { PinState::Active } else { PinState::Inactive };
        pin.set_state(state).map_err(words)?;
        drop(pin);
        let turned = StatefulDigitalOutPin::get(&label, &[DigitalFlag::ACTIVE_LOW]);
        turned.map_err(words)?.is_set_active().map_err(words)
    }

    fn refused(label: String, flags: u8) -> String {
        let flags = [DigitalFlag::from_bits_truncate(flags)];
        let output = DigitalOutPin::get(&label, &flags).err().map(words);
        let input = DigitalInPin::get(&label, &flags).err().map(words);
        let both = DigitalInOutPin::get(&label, &flags).err().map(words);
        format!("{output:?} {input:?} {both:?}")
    }

    fn edge(output: String, input: String) -> Result<Vec<bool>, String> {
        let output = DigitalOutPin::get(&output, &[DigitalFlag::INACTIVE]).map_err(words)?;
        let flags = [DigitalFlag::ACTIVE_LOW | DigitalFlag::PULL_UP];
        let input = DigitalInPin::get(&input, &flags).map_err(words)?;
        let mut seen = vec![input.is_active().map_err(words)?];
        // Where low is active, the pin goes high by a falling edge.
        let falling = input.watch_falling_edge().map_err(words)?;
        let rising = input.watch_rising_edge().map_err(words)?;
        seen.push(falling.ready());
        delay::delay_us(50);
        output.set_active().map_err(words)?;
        seen.push(poll::poll(&[&rising, &falling]) == [1]);
        falling.block();
        seen.extend([rising.ready(), input.is_inactive().map_err(words)?]);
        Ok(seen)
    }

    fn devices() -> Vec<String> {
        spi::get_device_names()
    }

    fn exchange(name: String, data: Vec<u8>) -> Result<Vec<Vec<u8>>, String> {
        let device = spi::open_device(&name).map_err(words)?;
        let config = Config { frequency: 1_000_000, mode: Mode::Mode0, lsb_first: false };
        device.configure(config).map_err(words)?;
        let operations = [
            Operation::Write(&data),
            Operation::DelayNs(100),
            Operation::Transfer(&data),
            Operation::Read(2),
        ];
        let results = device.transaction(&operations).map_err(words)?;
        let bytes = results.into_iter().map(|result| match result {
            OperationResult::Read(bytes) | OperationResult::Transfer(bytes) => bytes,
            OperationResult::Write | OperationResult::Delay => Vec::new(),
        });
        let mut bytes: Vec<Vec<u8>> = bytes.collect();
        bytes.push(device.transfer(&data).map_err(words)?);
        Ok(bytes)
    }
}
