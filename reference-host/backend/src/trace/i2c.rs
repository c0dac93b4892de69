//! I2C, traced.

use embedded_hal::i2c::{ErrorKind, Operation};

use super::{Act, Step, Traced};
use crate::{I2cAddress, I2cBus, Moment};

impl<B: I2cBus> I2cBus for Traced<B> {
    fn transaction(
        &mut self,
        address: I2cAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), ErrorKind> {
        let at_ns = self.teller.now_ns();
        let result = self.hardware.transaction(address, operations);
        self.teller.tell(at_ns, act(address, operations, result));
        result
    }

    fn starts(&self) -> bool {
        self.hardware.starts()
    }

    fn start(
        &mut self,
        address: I2cAddress,
        operations: &mut [Operation<'_>],
    ) -> Option<(Result<(), ErrorKind>, Moment)> {
        let at_ns = self.teller.now_ns();
        let started = self.hardware.start(address, operations)?;
        self.teller.tell(at_ns, act(address, operations, started.0));
        Some(started)
    }
}

fn act(address: I2cAddress, operations: &[Operation<'_>], result: Result<(), ErrorKind>) -> Act {
    let steps = operations
        .iter()
        .map(|operation| match operation {
            Operation::Write(bytes) => Step::Wrote(bytes.to_vec()),
            Operation::Read(buffer) if result.is_ok() => Step::Read(buffer.to_vec()),
            Operation::Read(buffer) => Step::NotRead(buffer.len()),
        })
        .collect();
    Act::I2c { address, steps, result }
}
