//! The two wires.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource, Operation};

use super::fault::{Counted, Fault, NoAcknowledge};
use super::line::Line;
use super::{Ack, Behind, ConfigError, DeviceConfig, Direction, I2cTarget, World};
use crate::{Clock, I2cAddress, I2cBus, Moment};

/// A simulated I2C bus with its targets.
///
/// A transaction is embedded-hal's: START, a repeated START where the direction
/// changes, adjacent operations of one direction merged, STOP.
///
/// - An address where nothing is attached is not acknowledged.
/// - A device behind a channel of a multiplexer is on the bus while that one
///   joins the channel to it.
/// - An empty list of operations is `Ok`, and no target sees anything.
/// - An operation of no bytes that is not merged with its neighbour sends the
///   address and nothing more: a probe. It succeeds if the address is
///   acknowledged.
pub struct Bus {
    world: World,
    line: Line,
    devices: Devices,
}

/// At one address are several only behind different channels.
type Devices = BTreeMap<I2cAddress, Vec<Device>>;

struct Device {
    target: Box<dyn I2cTarget>,
    fault: Option<Counted>,
    behind: Option<Behind>,
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
        let target = device.build(&self.world)?;
        self.put(device.address(), target, device.fault(), device.behind())
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
        self.put(address, target, fault, None)
    }

    fn put(
        &mut self,
        address: I2cAddress,
        target: Box<dyn I2cTarget>,
        fault: Option<Fault>,
        behind: Option<Behind>,
    ) -> Result<(), ConfigError> {
        if let Some(Behind { mux, channel }) = behind {
            let mut there = self.devices.get(&mux).into_iter().flatten();
            if !there.any(|device| channel < device.target.channels()) {
                return Err(ConfigError::NoChannel { mux, channel });
            }
        }
        let there = self.devices.entry(address).or_default();
        if there.iter().any(|device| device.behind == behind) {
            return Err(ConfigError::AddressTaken(address));
        }
        there.push(Device { target, fault: fault.map(Counted::new), behind });
        Ok(())
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
    devices: &mut Devices,
    address: I2cAddress,
    operations: &mut [Operation<'_>],
    mut wires: Wires<'_>,
) -> (Result<(), ErrorKind>, u64) {
    let begin = wires.begin;
    if operations.is_empty() {
        return (Ok(()), begin);
    }
    let stuck = devices
        .values()
        .flatten()
        .any(|device| device.holds_the_bus() && is_joined(devices, device.behind));
    let mut reached = reached(devices, address);
    let fault = reached.iter_mut().fold(None, |fault, device| {
        let Some(counted) = device.fault.as_mut() else { return fault };
        let active = counted.active();
        counted.count();
        fault.or(active)
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
    let mut together;
    let target: &mut dyn I2cTarget = match reached.as_mut_slice() {
        [] => return wires.nobody(address),
        [only] => &mut *only.target,
        _ => {
            together = Together(reached);
            &mut together
        }
    };
    let result = exchange(target, address, operations, refuse_data, &mut wires);
    wires.pass(STOP);
    let end = wires.now();
    target.stop(end);
    (result, end)
}

/// The devices at an address that a transaction reaches.
fn reached(devices: &mut Devices, address: I2cAddress) -> Vec<&mut Device> {
    let Some(there) = devices.get(&address) else { return Vec::new() };
    // Nearly always, and then nothing is to be looked up.
    if there.iter().all(|device| device.behind.is_none()) {
        return devices.get_mut(&address).into_iter().flatten().collect();
    }
    let joined: Vec<bool> = there.iter().map(|device| is_joined(devices, device.behind)).collect();
    let there = devices.get_mut(&address).into_iter().flatten();
    there.zip(joined).filter_map(|(device, joined)| joined.then_some(device)).collect()
}

/// So many multiplexers may be behind each other.
const MOST_BEHIND: usize = 8;

/// Whether what is behind there is on the bus now.
fn is_joined(devices: &Devices, behind: Option<Behind>) -> bool {
    fn within(devices: &Devices, behind: Option<Behind>, left: usize) -> bool {
        let Some(Behind { mux, channel }) = behind else { return true };
        let Some(left) = left.checked_sub(1) else { return false };
        let mut there = devices.get(&mux).into_iter().flatten();
        there.any(|device| device.target.joins(channel) && within(devices, device.behind, left))
    }
    within(devices, behind, MOST_BEHIND)
}

/// Several at one address: a line that any of them pulls low is low.
struct Together<'a>(Vec<&'a mut Device>);

impl Together<'_> {
    fn all(&mut self, ask: impl Fn(&mut dyn I2cTarget) -> Ack) -> Ack {
        self.0.iter_mut().fold(Ack::Nack, |line, device| match ask(&mut *device.target) {
            Ack::Ack => Ack::Ack,
            Ack::Nack => line,
        })
    }
}

impl I2cTarget for Together<'_> {
    fn start(&mut self, direction: Direction, now_ns: u64) -> Ack {
        self.all(|target| target.start(direction, now_ns))
    }

    fn write(&mut self, byte: u8, now_ns: u64) -> Ack {
        self.all(|target| target.write(byte, now_ns))
    }

    fn read(&mut self, now_ns: u64) -> u8 {
        self.0.iter_mut().fold(0xff, |line, device| line & device.target.read(now_ns))
    }

    fn stop(&mut self, now_ns: u64) {
        self.0.iter_mut().for_each(|device| device.target.stop(now_ns));
    }
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
