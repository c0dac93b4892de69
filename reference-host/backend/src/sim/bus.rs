//! The two wires.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource, Operation};

use super::fault::{Counted, Fault, NoAcknowledge};
use super::line::Line;
use super::{Ack, ConfigError, DeviceConfig, Direction, I2cTarget, World};
use crate::{Clock, I2cAddress, I2cBus, Moment};

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
    line: Line,
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
        Self { world: world.clone(), line: Line::new(world, None), devices: BTreeMap::new() }
    }

    /// Has it take so many bits a second, from now on; none: no time. A byte is
    /// nine bits, an address as many or twice that, START and STOP are one each.
    pub fn set_speed_hz(&mut self, speed_hz: Option<NonZeroU32>) {
        self.line.set_speed_hz(speed_hz);
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
        let Self { line, devices, .. } = self;
        line.run(|begin| perform(devices, address, operations, Wires { line, begin, bits: 0 }))
    }

    fn starts(&self) -> bool {
        true
    }

    fn start(
        &mut self,
        address: I2cAddress,
        operations: &mut [Operation<'_>],
    ) -> Option<(Result<(), ErrorKind>, Moment)> {
        let Self { line, devices, .. } = self;
        Some(
            line.start(|begin| {
                perform(devices, address, operations, Wires { line, begin, bits: 0 })
            }),
        )
    }
}

/// A transaction, and when it ends.
fn perform(
    devices: &mut BTreeMap<I2cAddress, Device>,
    address: I2cAddress,
    operations: &mut [Operation<'_>],
    mut wires: Wires<'_>,
) -> (Result<(), ErrorKind>, u64) {
    let begin = wires.begin;
    if operations.is_empty() {
        return (Ok(()), begin);
    }
    let stuck = devices.values().any(Device::holds_the_bus);
    let device = devices.get_mut(&address);
    let fault = device.and_then(|device| {
        let counted = device.fault.as_mut()?;
        let active = counted.active();
        counted.count();
        active
    });
    if stuck {
        return (Err(ErrorKind::Bus), begin);
    }
    let refuse_data = match fault {
        None => false,
        Some(Fault::NoAcknowledge { source: NoAcknowledge::Data, .. }) => true,
        Some(Fault::ArbitrationLoss { .. }) => return (Err(ErrorKind::ArbitrationLoss), begin),
        Some(Fault::StuckBus { .. }) => return (Err(ErrorKind::Bus), begin),
        Some(Fault::NoAcknowledge { .. } | Fault::Disappears { .. }) => {
            return wires.nobody(address);
        }
    };
    let Some(device) = devices.get_mut(&address) else { return wires.nobody(address) };
    let target = &mut *device.target;
    let result = exchange(target, address, operations, refuse_data, &mut wires);
    wires.pass(STOP);
    let end = wires.now();
    target.stop(end);
    (result, end)
}

impl Device {
    fn holds_the_bus(&self) -> bool {
        self.fault.as_ref().is_some_and(Counted::holds_the_bus)
    }
}

/// How long things are, in bits (NXP UM10204, sections 3.1.4, 3.1.5 and 3.1.11).
const START: u64 = 1;
const STOP: u64 = 1;
const BYTE: u64 = 9;

fn address_bits(address: I2cAddress) -> u64 {
    if address.is_ten_bit() { 2 * BYTE } else { BYTE }
}

/// The time of a transaction in progress.
struct Wires<'a> {
    line: &'a Line,
    begin: u64,
    bits: u64,
}

impl Wires<'_> {
    fn pass(&mut self, bits: u64) {
        self.bits = self.bits.saturating_add(bits);
    }

    /// Nobody acknowledges the address.
    fn nobody(mut self, address: I2cAddress) -> (Result<(), ErrorKind>, u64) {
        self.pass(START + address_bits(address) + STOP);
        (Err(NO_ADDRESS), self.now())
    }

    fn now(&self) -> u64 {
        self.begin.saturating_add(self.line.bits_ns(self.bits))
    }
}

const NO_ADDRESS: ErrorKind = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);
const NO_DATA: ErrorKind = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data);

fn exchange(
    target: &mut dyn I2cTarget,
    address: I2cAddress,
    operations: &mut [Operation<'_>],
    refuse_data: bool,
    wires: &mut Wires<'_>,
) -> Result<(), ErrorKind> {
    let mut current = None;
    for operation in operations {
        let direction = match operation {
            Operation::Read(_) => Direction::Read,
            Operation::Write(_) => Direction::Write,
        };
        if current.replace(direction) != Some(direction) {
            wires.pass(START + address_bits(address));
            acknowledged(target.start(direction, wires.now()), NO_ADDRESS)?;
        }
        let now = wires.now();
        match operation {
            Operation::Read(buffer) => {
                buffer.fill_with(|| target.read(now));
                wires.pass((buffer.len() as u64).saturating_mul(BYTE));
            }
            Operation::Write(bytes) => {
                for &byte in *bytes {
                    wires.pass(BYTE);
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
