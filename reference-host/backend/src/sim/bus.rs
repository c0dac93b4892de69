//! The two wires.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::sync::Arc;

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource, Operation};

use super::fault::{Counted, Fault, NoAcknowledge};
use super::{Ack, ConfigError, DeviceConfig, Direction, I2cTarget, World};
use crate::{Clock, I2cAddress, I2cBus};

/// A simulated I2C bus with its targets.
///
/// A transaction is embedded-hal's: START, a repeated START where the direction
/// changes, adjacent operations of one direction merged, STOP.
///
/// - An address where nothing is attached is not acknowledged.
/// - An empty list of operations is `Ok`, and no target sees anything.
/// - An operation of no bytes that is not merged with its neighbour sends the
///   address and nothing more: a probe. It succeeds if the address is
///   acknowledged.
pub struct Bus {
    world: World,
    devices: BTreeMap<I2cAddress, Device>,
}

struct Device {
    target: Box<dyn I2cTarget>,
    fault: Option<Counted>,
}

impl Bus {
    /// A bus without targets, alone on its board. They will live by `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::on(&World::new(clock))
    }

    /// A bus of `world` without targets.
    pub fn on(world: &World) -> Self {
        Self { world: world.clone(), devices: BTreeMap::new() }
    }

    /// Attaches the device that a board file describes.
    ///
    /// # Errors
    /// [`ConfigError::AddressTaken`], or an option its model cannot have.
    pub fn attach(&mut self, device: &DeviceConfig) -> Result<(), ConfigError> {
        self.attach_target(device.address(), device.build(&self.world)?, device.fault())
    }

    /// Attaches any target, such as a model of your own.
    ///
    /// # Errors
    /// [`ConfigError::AddressTaken`].
    pub fn attach_target(
        &mut self,
        address: I2cAddress,
        target: Box<dyn I2cTarget>,
        fault: Option<Fault>,
    ) -> Result<(), ConfigError> {
        match self.devices.entry(address) {
            Entry::Occupied(_) => Err(ConfigError::AddressTaken(address)),
            Entry::Vacant(vacant) => {
                vacant.insert(Device { target, fault: fault.map(Counted::new) });
                Ok(())
            }
        }
    }

    fn stuck(&self) -> bool {
        self.devices.values().any(|d| d.fault.as_ref().is_some_and(Counted::holds_the_bus))
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bus").field("addresses", &self.devices.keys()).finish_non_exhaustive()
    }
}

impl I2cBus for Bus {
    fn transaction(
        &mut self,
        address: I2cAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), ErrorKind> {
        if operations.is_empty() {
            return Ok(());
        }
        let stuck = self.stuck();
        let device = self.devices.get_mut(&address);
        let fault = device.and_then(|device| {
            let counted = device.fault.as_mut()?;
            let active = counted.active();
            counted.count();
            active
        });
        if stuck {
            return Err(ErrorKind::Bus);
        }
        let refuse_data = match fault {
            None => false,
            Some(Fault::NoAcknowledge { source: NoAcknowledge::Data, .. }) => true,
            Some(Fault::ArbitrationLoss { .. }) => return Err(ErrorKind::ArbitrationLoss),
            Some(Fault::StuckBus { .. }) => return Err(ErrorKind::Bus),
            Some(Fault::NoAcknowledge { .. } | Fault::Disappears { .. }) => return Err(NO_ADDRESS),
        };
        let device = self.devices.get_mut(&address).ok_or(NO_ADDRESS)?;
        let now = self.world.clock().now_ns();
        let result = perform(&mut *device.target, operations, refuse_data, now);
        device.target.stop(now);
        result
    }
}

const NO_ADDRESS: ErrorKind = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);
const NO_DATA: ErrorKind = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data);

fn perform(
    target: &mut dyn I2cTarget,
    operations: &mut [Operation<'_>],
    refuse_data: bool,
    now: u64,
) -> Result<(), ErrorKind> {
    let mut current = None;
    for operation in operations {
        let direction = match operation {
            Operation::Read(_) => Direction::Read,
            Operation::Write(_) => Direction::Write,
        };
        if current.replace(direction) != Some(direction) {
            acknowledged(target.start(direction, now), NO_ADDRESS)?;
        }
        match operation {
            Operation::Read(buffer) => buffer.fill_with(|| target.read(now)),
            Operation::Write(bytes) => {
                for &byte in *bytes {
                    if refuse_data {
                        return Err(NO_DATA);
                    }
                    acknowledged(target.write(byte, now), NO_DATA)?;
                }
            }
        }
    }
    Ok(())
}

fn acknowledged(ack: Ack, otherwise: ErrorKind) -> Result<(), ErrorKind> {
    match ack {
        Ack::Ack => Ok(()),
        Ack::Nack => Err(otherwise),
    }
}
