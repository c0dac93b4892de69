//! Makes any call of an I2C bus from inside a component.
#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use bindings::bus;
use bindings::exports::test::wires::wires::{self, Method, Part};
use bindings::wasi::config::store;
use periplasm_driver::i2c::Operation;

periplasm_driver::driver!(Wires);

struct Wires;

impl wires::Guest for Wires {
    fn call(method: Method, address: u16, parts: Vec<Part>) -> String {
        let bus = bus::open();
        let data = |place: usize| parts.get(place).map_or(&[][..], |part| &part.data);
        let len = |place: usize| parts.get(place).map_or(0, |part| part.len);
        match method {
            Method::Transaction => {
                let operations: Vec<Operation<'_>> = parts
                    .iter()
                    .map(|part| match part.reads {
                        true => Operation::Read(part.len),
                        false => Operation::Write(&part.data),
                    })
                    .collect();
                format!("{:?}", bus.transaction(address, &operations))
            }
            Method::Read => format!("{:?}", bus.read(address, len(0))),
            Method::Write => format!("{:?}", bus.write(address, data(0))),
            Method::WriteRead => format!("{:?}", bus.write_read(address, data(0), len(1))),
        }
    }

    fn setting(key: String) -> Option<String> {
        periplasm_driver::setting(&key)
    }

    fn settings() -> Vec<(String, String)> {
        store::get_all().unwrap_or_default()
    }

    fn addresses() -> Vec<u16> {
        bus::addresses()
    }
}
