//! SPI: a chip behind its chip select, and a whole bus.

use std::fmt;
use std::num::NonZeroU32;

use embedded_hal::spi::Operation;

use super::faults::Counting;
use super::line::Line;
use super::{ConfigError, SpiConfig, SpiFault, SpiTarget, World};
use crate::{Moment, SpiError};

/// A simulated chip on SPI, with its chip select.
///
/// A transaction is embedded-hal's. It takes the time of its delays, and of its
/// bytes if the board gives a speed.
pub struct SpiDevice {
    target: Box<dyn SpiTarget>,
    line: Line,
    fault: Counting<SpiFault>,
    max_bytes: Option<usize>,
}

impl SpiDevice {
    /// The device `name` of a board file, on `world`.
    ///
    /// # Errors
    /// An option that its model cannot have.
    pub fn new(world: &World, name: &str, config: &SpiConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            target: config.build(world, name)?,
            line: config.line(world),
            fault: Counting::new(config.fault()),
            max_bytes: config.max_bytes(),
        })
    }

    /// Any target, such as a model of your own. Transactions take no time.
    pub fn with_target(world: &World, target: impl SpiTarget + 'static) -> Self {
        Self {
            target: Box::new(target),
            line: Line::new(world, None),
            fault: Counting::new(None),
            max_bytes: None,
        }
    }

    /// Has it take so many bits a second, from now on; none: no time.
    pub fn set_speed_hz(&mut self, speed_hz: Option<NonZeroU32>) {
        self.line.set_speed_hz(speed_hz);
    }

    /// Whether a transaction may begin.
    fn check(&mut self, operations: &[Operation<'_, u8>]) -> Result<(), SpiError> {
        let bytes = operations.iter().map(length).fold(0_usize, usize::saturating_add);
        match self.max_bytes {
            Some(most) if bytes > most => Err(SpiError::TooLong { bytes, most }),
            _ => self.fault.next().map_or(Ok(()), |fault| Err(error(fault))),
        }
    }
}

fn error(fault: SpiFault) -> SpiError {
    match fault {
        SpiFault::Overrun => SpiError::Overrun,
        SpiFault::ModeFault => SpiError::ModeFault,
        SpiFault::ChipSelectFault => SpiError::ChipSelectFault,
        SpiFault::Disappears => SpiError::Gone,
    }
}

/// The bytes that an operation puts on the wires.
fn length(operation: &Operation<'_, u8>) -> usize {
    match operation {
        Operation::Read(bytes) | Operation::TransferInPlace(bytes) => bytes.len(),
        Operation::Write(bytes) => bytes.len(),
        Operation::Transfer(read, write) => read.len().max(write.len()),
        Operation::DelayNs(_) => 0,
    }
}

/// The operations between select and deselect, from `begin` on: when they end.
fn perform(
    target: &mut dyn SpiTarget,
    line: &Line,
    operations: &mut [Operation<'_, u8>],
    begin: u64,
) -> u64 {
    let mut now = begin;
    target.select(now);
    for operation in operations {
        match operation {
            Operation::Read(bytes) => target.read(bytes, now),
            Operation::Write(bytes) => target.write(bytes, now),
            Operation::Transfer(read, write) => exchange(target, read, write, now),
            Operation::TransferInPlace(bytes) => {
                for byte in bytes.iter_mut() {
                    *byte = target.exchange(*byte, now);
                }
            }
            Operation::DelayNs(ns) => now = now.saturating_add(u64::from(*ns)),
        }
        now = now.saturating_add(line.bytes_ns(length(operation)));
    }
    target.deselect(now);
    now
}

/// Both directions at once; the longer side goes on alone.
fn exchange(target: &mut dyn SpiTarget, read: &mut [u8], write: &[u8], now: u64) {
    let both = read.len().min(write.len());
    let (read, read_alone) = read.split_at_mut(both);
    let (write, write_alone) = write.split_at(both);
    for (received, sent) in read.iter_mut().zip(write) {
        *received = target.exchange(*sent, now);
    }
    target.write(write_alone, now);
    target.read(read_alone, now);
}

impl crate::SpiDevice for SpiDevice {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), SpiError> {
        self.check(operations)?;
        let (target, line) = (&mut *self.target, &self.line);
        line.run(|begin| ((), perform(target, line, operations, begin)));
        Ok(())
    }

    fn starts(&self) -> bool {
        true
    }

    fn start(
        &mut self,
        operations: &mut [Operation<'_, u8>],
    ) -> Option<(Result<(), SpiError>, Moment)> {
        let checked = self.check(operations);
        let (target, line) = (&mut *self.target, &self.line);
        Some(line.start(|begin| match checked {
            Ok(()) => (Ok(()), perform(target, line, operations, begin)),
            Err(error) => (Err(error), begin),
        }))
    }
}

impl fmt::Debug for SpiDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpiDevice").field("line", &self.line).finish_non_exhaustive()
    }
}

/// A simulated SPI bus with one chip that has no chip select, or has it always
/// active.
#[derive(Debug)]
pub struct SpiBus(SpiDevice);

impl SpiBus {
    /// The bus `name` of a board file, on `world`.
    ///
    /// # Errors
    /// An option that its model cannot have.
    pub fn new(world: &World, name: &str, config: &SpiConfig) -> Result<Self, ConfigError> {
        SpiDevice::new(world, name, config).map(|device| Self::selected(world, device))
    }

    /// With any target, such as a model of your own. Transfers take no time.
    pub fn with_target(world: &World, target: impl SpiTarget + 'static) -> Self {
        Self::selected(world, SpiDevice::with_target(world, target))
    }

    /// Has it take so many bits a second, from now on; none: no time.
    pub fn set_speed_hz(&mut self, speed_hz: Option<NonZeroU32>) {
        self.0.set_speed_hz(speed_hz);
    }

    fn selected(world: &World, mut device: SpiDevice) -> Self {
        device.target.select(world.clock().now_ns());
        Self(device)
    }
}

impl crate::SpiBus for SpiBus {
    fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), SpiError> {
        let mut operations = [Operation::Transfer(read, write)];
        self.0.check(&operations)?;
        let (target, line) = (&mut *self.0.target, &self.0.line);
        line.run(|begin| {
            let [operation] = &mut operations;
            let bytes = length(operation);
            if let Operation::Transfer(read, write) = operation {
                exchange(target, read, write, begin);
            }
            ((), begin.saturating_add(line.bytes_ns(bytes)))
        });
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SpiError> {
        match self.0.fault.acting() {
            Some(SpiFault::Disappears) => Err(SpiError::Gone),
            _ => Ok(()),
        }
    }
}
