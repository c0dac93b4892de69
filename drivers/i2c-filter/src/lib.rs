//! Stands before an I2C bus and lets only the registers through that its
//! settings allow. What it denies does not reach the bus, and the driver sees a
//! byte that the chip does not acknowledge.
#![no_std]

extern crate alloc;

mod registers;
mod rules;

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;

use bindings::{bus, diag};
use periplasm_driver::i2c::{Address, Answer, ErrorCode, GiveI2c, NoAcknowledgeSource, Operation};
use periplasm_driver::{Device, I2c, Level, setting};
use registers::{Access, Part, parts, pass};
use rules::Rules;

periplasm_driver::driver!(Filter);
periplasm_driver::gives_i2c!(Filter: Bus { bus = Bus(bus::open()) });

struct Filter;

/// The rules, and for each chip the register that it goes on from.
struct State {
    rules: Rules,
    next: BTreeMap<Address, u16>,
}

/// Of all who opened the bus.
static STATE: Device<State> = Device::new(|| match Rules::new(setting) {
    Ok(rules) => Ok(State { rules, next: BTreeMap::new() }),
    Err(why) => panic!("{why}"),
});

struct Bus(I2c);

impl GiveI2c for Bus {
    fn addresses(&self) -> Vec<Address> {
        bus::addresses()
    }

    fn transaction(&self, address: Address, operations: &[Operation<'_>]) -> Answer {
        let plain: Vec<Part<'_>> = operations
            .iter()
            .map(|operation| match operation {
                Operation::Read(len) => Part::Read(*len),
                Operation::Write(data) => Part::Write(data),
            })
            .collect();
        let passed = STATE.with(|State { rules, next }| {
            // Forgotten meanwhile: who knows where a chip is that failed.
            let at = next.remove(&address);
            Ok(parts(&plain).and_then(|parts| pass(rules, at, &parts)))
        })?;
        let next = match passed {
            Ok(next) => next,
            Err(Access { register, what }) => {
                let register = register.map_or("some".into(), |number| format!("{number:#04x}"));
                let line = format!("denied: {address:#04x} {what} register {register}");
                diag::open().log(Level::Warn, &line);
                return Err(ErrorCode::NoAcknowledge(NoAcknowledgeSource::Data));
            }
        };
        let answer = self.0.transaction(address, operations)?;
        STATE.with(|state| {
            state.next.extend(next.map(|next| (address, next)));
            Ok(())
        })?;
        Ok(answer)
    }
}
