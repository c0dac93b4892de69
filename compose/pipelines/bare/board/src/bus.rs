//! The bus `environment` with its models.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource as Source, Operation as Act};
use periplasm_backend::sim::{Bus, DeviceConfig};
use periplasm_backend::{I2cAddress, I2cBus};

use crate::bindings::exports::environment;
use crate::bindings::exports::wasi::i2c::i2c::{
    self, Address, ErrorCode, NoAcknowledgeSource, Operation,
};
use crate::{Board, CLOCK};

/// The board file of the pipeline that runs on a host of ours.
const FILE: &str = include_str!("../../../weather/board.toml");

/// The most bytes of one operation, as on a host of ours.
const MAX_BYTES: u64 = 8192;

/// The most operations of one transaction.
const MAX_OPERATIONS: usize = 42;

/// What is used of a board file: one bus.
#[derive(serde::Deserialize)]
struct File {
    i2c: Buses,
}

#[derive(serde::Deserialize)]
struct Buses {
    environment: Environment,
}

#[derive(serde::Deserialize)]
struct Environment {
    allow: Vec<u16>,
    devices: Vec<DeviceConfig>,
}

/// The bus, and what may be addressed on it.
struct Wires {
    bus: Bus,
    allow: Vec<I2cAddress>,
}

impl Wires {
    /// What is wrong with the file is told where it is used first: a test reads
    /// it natively.
    fn new() -> Result<Self, String> {
        let File { i2c } = toml::from_str(FILE).map_err(|error| error.to_string())?;
        let Environment { allow, devices } = i2c.environment;
        let mut bus = Bus::new(CLOCK.clone());
        for device in &devices {
            bus.attach(device).map_err(|error| error.to_string())?;
        }
        let allow = allow.into_iter().map(I2cAddress::seven_bit).collect::<Result<_, _>>();
        Ok(Self { bus, allow: allow.map_err(|error| error.to_string())? })
    }
}

fn wires() -> MutexGuard<'static, Wires> {
    static WIRES: LazyLock<Mutex<Wires>> = LazyLock::new(|| match Wires::new() {
        Ok(wires) => Mutex::new(wires),
        Err(why) => panic!("the board file: {why}"),
    });
    WIRES.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) struct Handle;

impl environment::Guest for Board {
    fn open() -> environment::I2c {
        environment::I2c::new(Handle)
    }

    fn addresses() -> Vec<Address> {
        wires().allow.iter().map(|address| address.to_wire()).collect()
    }
}

impl i2c::Guest for Board {
    type I2c = Handle;
}

impl i2c::GuestI2c for Handle {
    fn transaction(
        &self,
        address: Address,
        operations: Vec<Operation>,
    ) -> Result<Vec<Vec<u8>>, ErrorCode> {
        let mut wires = wires();
        let target = I2cAddress::from_wire(address).map_err(|_| ErrorCode::Other)?;
        // What is not granted does not exist.
        if !wires.allow.contains(&target) {
            return Err(ErrorCode::NoAcknowledge(NoAcknowledgeSource::Address));
        }
        let len = |operation: &Operation| match operation {
            Operation::Read(len) => *len,
            Operation::Write(data) => data.len() as u64,
        };
        if operations.len() > MAX_OPERATIONS || operations.iter().any(|o| len(o) > MAX_BYTES) {
            return Err(ErrorCode::Other);
        }
        let mut buffers: Vec<Vec<u8>> = operations
            .iter()
            .filter(|operation| matches!(operation, Operation::Read(_)))
            .map(|operation| vec![0; len(operation) as usize])
            .collect();
        let mut free = buffers.iter_mut();
        let mut acts = Vec::with_capacity(operations.len());
        for operation in &operations {
            match operation {
                // There is one buffer for each.
                Operation::Read(_) => acts.extend(free.next().map(|buffer| Act::Read(buffer))),
                Operation::Write(data) => acts.push(Act::Write(data)),
            }
        }
        wires.bus.transaction(target, &mut acts).map_err(code)?;
        Ok(buffers)
    }

    fn read(&self, address: Address, len: u64) -> Result<Vec<u8>, ErrorCode> {
        only(self.transaction(address, vec![Operation::Read(len)]))
    }

    fn write(&self, address: Address, data: Vec<u8>) -> Result<(), ErrorCode> {
        self.transaction(address, vec![Operation::Write(data)]).map(drop)
    }

    fn write_read(
        &self,
        address: Address,
        write: Vec<u8>,
        read_len: u64,
    ) -> Result<Vec<u8>, ErrorCode> {
        only(self.transaction(address, vec![Operation::Write(write), Operation::Read(read_len)]))
    }
}

fn only(answer: Result<Vec<Vec<u8>>, ErrorCode>) -> Result<Vec<u8>, ErrorCode> {
    answer?.pop().ok_or(ErrorCode::Other)
}

fn code(kind: ErrorKind) -> ErrorCode {
    match kind {
        ErrorKind::Bus => ErrorCode::Bus,
        ErrorKind::ArbitrationLoss => ErrorCode::ArbitrationLoss,
        ErrorKind::NoAcknowledge(source) => ErrorCode::NoAcknowledge(match source {
            Source::Address => NoAcknowledgeSource::Address,
            Source::Data => NoAcknowledgeSource::Data,
            Source::Unknown => NoAcknowledgeSource::Unknown,
        }),
        ErrorKind::Overrun => ErrorCode::Overrun,
        _ => ErrorCode::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_board_file_describes_the_sensor() {
        assert_eq!(Wires::new().map(|wires| wires.allow.len()), Ok(1));
    }
}
