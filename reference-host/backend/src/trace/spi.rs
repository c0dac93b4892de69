//! SPI, traced.

use embedded_hal::spi::Operation;

use super::{Act, SpiStep, Traced};
use crate::{Moment, SpiBus, SpiDevice, SpiError};

impl<D: SpiDevice> SpiDevice for Traced<D> {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), SpiError> {
        let at_ns = self.teller.now_ns();
        let mut steps = before(operations);
        let result = self.hardware.transaction(operations);
        after(&mut steps, operations, result);
        self.teller.tell(at_ns, Act::Spi { steps, result });
        result
    }

    fn starts(&self) -> bool {
        self.hardware.starts()
    }

    fn start(
        &mut self,
        operations: &mut [Operation<'_, u8>],
    ) -> Option<(Result<(), SpiError>, Moment)> {
        let at_ns = self.teller.now_ns();
        let mut steps = before(operations);
        let (result, end) = self.hardware.start(operations)?;
        after(&mut steps, operations, result);
        self.teller.tell(at_ns, Act::Spi { steps, result });
        Some((result, end))
    }
}

/// The steps with what is to be written: a transfer in place will have
/// overwritten it.
fn before(operations: &[Operation<'_, u8>]) -> Vec<SpiStep> {
    operations
        .iter()
        .map(|operation| match operation {
            Operation::Read(bytes) => SpiStep::NotRead(bytes.len()),
            Operation::Write(bytes) => SpiStep::Wrote(bytes.to_vec()),
            Operation::Transfer(_, bytes) => exchanged(bytes),
            Operation::TransferInPlace(bytes) => exchanged(bytes),
            Operation::DelayNs(ns) => SpiStep::Delay(*ns),
        })
        .collect()
}

fn exchanged(wrote: &[u8]) -> SpiStep {
    SpiStep::Exchanged { wrote: wrote.to_vec(), read: Vec::new() }
}

/// Adds what was read.
fn after(steps: &mut [SpiStep], operations: &[Operation<'_, u8>], result: Result<(), SpiError>) {
    if result.is_err() {
        return;
    }
    for (step, operation) in steps.iter_mut().zip(operations) {
        match (step, operation) {
            (step, Operation::Read(bytes)) => *step = SpiStep::Read(bytes.to_vec()),
            (SpiStep::Exchanged { read, .. }, Operation::Transfer(bytes, _))
            | (SpiStep::Exchanged { read, .. }, Operation::TransferInPlace(bytes)) => {
                read.extend_from_slice(bytes);
            }
            _ => {}
        }
    }
}

impl<B: SpiBus> SpiBus for Traced<B> {
    fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), SpiError> {
        let at_ns = self.teller.now_ns();
        let result = self.hardware.transfer(read, write);
        let step = match (read.is_empty(), write.is_empty()) {
            (true, _) => SpiStep::Wrote(write.to_vec()),
            (false, true) if result.is_ok() => SpiStep::Read(read.to_vec()),
            (false, true) => SpiStep::NotRead(read.len()),
            (false, false) => {
                let read = if result.is_ok() { read.to_vec() } else { Vec::new() };
                SpiStep::Exchanged { wrote: write.to_vec(), read }
            }
        };
        self.teller.tell(at_ns, Act::Spi { steps: vec![step], result });
        result
    }

    fn flush(&mut self) -> Result<(), SpiError> {
        let result = self.hardware.flush();
        self.teller.tell_now(Act::FlushSpi(result));
        result
    }
}
