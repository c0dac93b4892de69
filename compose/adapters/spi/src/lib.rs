//! The draft of `wasi:spi` on slots of kind spi.
//!
//! `compose` puts one of these into each stage that imports `wasi:spi/spi`. The
//! devices that the stage sees are its slots, by their names; a name is found
//! whatever its case, and with `_` or a space for `-`.
//!
//! Speed, mode and bit order are the board's. `configure` is therefore answered
//! and has no effect, and the log says so.
#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use bindings::diag;
use bindings::exports::wasi::spi::spi::{
    self, Config, Error, Guest, GuestSpiDevice, Operation, OperationResult,
};
use bindings::periplasm::adapt::devices;
use periplasm_driver::SpiDevice;
use periplasm_driver::hal::slot::diag::Level;
use periplasm_driver::hal::slot::spi_types as wire;

periplasm_driver::driver!(Adapter);

struct Adapter;

/// An open slot.
struct Device {
    name: String,
    slot: SpiDevice,
}

impl Guest for Adapter {
    type SpiDevice = Device;

    fn get_device_names() -> Vec<String> {
        devices::names()
    }

    fn open_device(name: String) -> Result<spi::SpiDevice, Error> {
        let names = devices::names();
        let place = names.iter().position(|slot| *slot == plain(&name));
        let Some(place) = place else {
            let names = names.join(", ");
            return Err(Error::Other(format!("there is no slot {name:?}; there are: {names}")));
        };
        let slot = devices::open(place as u32);
        Ok(spi::SpiDevice::new(Device { name, slot }))
    }
}

/// A name as a slot would have it.
fn plain(name: &str) -> String {
    let plain = name.chars().map(|c| match c {
        '_' | ' ' => '-',
        c => c.to_ascii_lowercase(),
    });
    plain.collect()
}

fn fault(error: wire::Error) -> Error {
    match error {
        wire::Error::Overrun => Error::Overrun,
        wire::Error::ModeFault => Error::ModeFault,
        wire::Error::FrameFormat => Error::FrameFormat,
        wire::Error::ChipSelectFault => Error::ChipSelectFault,
        wire::Error::TooLong => Error::Other("longer than the controller can do".into()),
        wire::Error::Gone => Error::Other("the device is gone".into()),
        wire::Error::Other => Error::Other("the transfer failed".into()),
    }
}

fn length(len: u64) -> Result<u32, Error> {
    u32::try_from(len).map_err(|_| fault(wire::Error::TooLong))
}

fn operation(operation: &Operation) -> Result<wire::Operation<'_>, Error> {
    Ok(match operation {
        Operation::Read(len) => wire::Operation::Read(length(*len)?),
        Operation::Write(data) => wire::Operation::Write(data),
        Operation::Transfer(data) => {
            let read_len = length(data.len() as u64)?;
            wire::Operation::Transfer(wire::Exchange { write: data, read_len })
        }
        Operation::DelayNs(ns) => wire::Operation::DelayNs(*ns),
    })
}

impl GuestSpiDevice for Device {
    fn configure(&self, config: Config) -> Result<(), Error> {
        let Config { frequency, mode, lsb_first } = config;
        diag::open().log(
            Level::Info,
            &format!(
                "wasi:spi: {} asks for {frequency} Hz, {mode:?}, lsb first {lsb_first}: the \
                 board's settings are used",
                self.name
            ),
        );
        Ok(())
    }

    fn read(&self, len: u64) -> Result<Vec<u8>, Error> {
        self.slot.read(length(len)?).map_err(fault)
    }

    fn write(&self, data: Vec<u8>) -> Result<(), Error> {
        self.slot.write(&data).map_err(fault)
    }

    fn transfer(&self, data: Vec<u8>) -> Result<Vec<u8>, Error> {
        self.slot.transfer(&data, length(data.len() as u64)?).map_err(fault)
    }

    fn transaction(&self, operations: Vec<Operation>) -> Result<Vec<OperationResult>, Error> {
        let wanted = operations.iter().map(operation).collect::<Result<Vec<_>, _>>()?;
        let mut read = self.slot.transaction(&wanted).map_err(fault)?.into_iter();
        let results = operations.iter().map(|operation| match operation {
            Operation::Read(_) => OperationResult::Read(read.next().unwrap_or_default()),
            Operation::Write(_) => OperationResult::Write,
            Operation::Transfer(_) => OperationResult::Transfer(read.next().unwrap_or_default()),
            Operation::DelayNs(_) => OperationResult::Delay,
        });
        Ok(results.collect())
    }
}
