//! The crates.io driver `xca9548a`, untouched, as a component that gives the
//! buses behind a TCA9548A to other stages.
#![no_std]

extern crate alloc;

use alloc::format;
use alloc::vec::Vec;

use bindings::bus;
use periplasm_driver::i2c::{Address, Answer, ErrorCode, GiveI2c, NoAcknowledgeSource, Operation};
use periplasm_driver::{BusFault, Device, Error, I2c, i2c, setting, seven_bit};
use xca9548a::{SlaveAddr, Xca9548a};

periplasm_driver::driver!(Mux);
periplasm_driver::gives_i2c!(Mux: Channel {
    c0 = Channel(0), c1 = Channel(1), c2 = Channel(2), c3 = Channel(3),
    c4 = Channel(4), c5 = Channel(5), c6 = Channel(6), c7 = Channel(7),
});

struct Mux;

static CHIP: Device<Xca9548a<I2c>> = Device::new(|| match seven_bit(&bus::addresses())? {
    address @ 0x70..=0x77 => {
        let pin = |bit: u8| address >> bit & 1 == 1;
        Ok(Xca9548a::new(bus::open(), SlaveAddr::Alternative(pin(2), pin(1), pin(0))))
    }
    _ => Err(Error::Bus(BusFault::Other)),
});

/// One of the eight.
struct Channel(usize);

impl GiveI2c for Channel {
    /// All but the chip's own; those of the setting, if there is one for it.
    fn addresses(&self) -> Vec<Address> {
        let granted = bus::addresses();
        let behind = granted.get(1..).unwrap_or_default();
        match setting(&format!("c{}", self.0)) {
            None => behind.to_vec(),
            Some(text) => {
                let named: Vec<Address> = text.split(',').filter_map(address).collect();
                behind.iter().copied().filter(|address| named.contains(address)).collect()
            }
        }
    }

    fn transaction(&self, address: Address, operations: &[Operation<'_>]) -> Answer {
        // What is not granted does not exist; the chip's own is not for others.
        if !self.addresses().contains(&address) {
            return Err(ErrorCode::NoAcknowledge(NoAcknowledgeSource::Address));
        }
        let answer = CHIP.with(|chip| {
            let parts = chip.split();
            let channels = [
                parts.i2c0, parts.i2c1, parts.i2c2, parts.i2c3, parts.i2c4, parts.i2c5, parts.i2c6,
                parts.i2c7,
            ];
            let channel = channels.into_iter().nth(self.0);
            let mut channel = channel.ok_or(Error::InvalidData)?;
            Ok(i2c::onto(&mut channel, address, operations))
        })?;
        // The driver knows which channel is joined; after a failure nobody does.
        if answer.is_err() {
            let _ = CHIP.with(|_| Err::<(), _>(Error::NotReady));
        }
        answer
    }
}

/// `0x48`, or 72.
fn address(text: &str) -> Option<Address> {
    let text = text.trim();
    match text.strip_prefix("0x") {
        Some(hex) => Address::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}
