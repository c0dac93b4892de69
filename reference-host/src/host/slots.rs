//! What each slot of a pipeline is given when it starts.

use super::StartError;
use crate::grants::{Granted, Grants};
use crate::machine::{Machine, MachineError};
use crate::pipeline::{Pipeline, Slot, SlotKind};
use crate::runtime::{
    AdcSlot, CanSlot, DiagSlot, I2cSlot, InputPinSlot, OutputPinSlot, Owner, PwmSlot, SerialSlot,
    SlotState, SpiBusSlot, SpiSlot, UsbDeviceSlot, UsbSlot,
};

/// One state a slot, in their order. What another pipeline has for itself stops
/// the start, and what was leased until then is given back.
pub(super) fn open(
    pipeline: &Pipeline,
    machine: &Machine,
    grants: &Grants,
) -> Result<Box<[SlotState]>, StartError> {
    let mut slots = Vec::with_capacity(pipeline.slots().len());
    for slot in pipeline.slots() {
        slots.push(match (slot.kind(), grants.of(pipeline, slot)) {
            (SlotKind::I2c, Some(Granted::I2c { bus, addresses })) => SlotState::I2c(I2cSlot {
                owner: Owner::of(slot),
                bus: machine.granted(bus, addresses)?,
                addresses: addresses.as_slice().into(),
            }),
            (SlotKind::Diag, Some(Granted::Diag)) => SlotState::Diag(DiagSlot {
                stage: slot.stage().into(),
                bytes_left: machine.limits().log_bytes,
                dropping: false,
            }),
            (SlotKind::Usb, Some(Granted::Usb { name, request, .. })) => {
                SlotState::Usb(UsbSlot::new(machine.usb_granted(name, request)?))
            }
            (kind, Some(Granted::Named { kind: granted, name })) if kind == *granted => {
                named(slot, name, machine)?
            }
            _ => {
                let (stage, slot) = (slot.stage().to_owned(), slot.name().to_owned());
                return Err(StartError::NotGranted { stage, slot });
            }
        });
    }
    Ok(slots.into())
}

fn named(slot: &Slot, name: &str, machine: &Machine) -> Result<SlotState, MachineError> {
    let kind = slot.kind();
    Ok(match kind {
        SlotKind::Spi => {
            SlotState::Spi(SpiSlot { owner: Owner::of(slot), device: machine.spi(name)? })
        }
        SlotKind::SpiBus => {
            let bus = Machine::lease(kind, name, machine.spi_bus(name))?;
            SlotState::SpiBus(SpiBusSlot::new(Owner::of(slot), bus))
        }
        SlotKind::OutputPin => {
            let pin = Machine::lease(kind, name, machine.output_pin(name))?;
            SlotState::OutputPin(OutputPinSlot { pin })
        }
        SlotKind::InputPin => {
            let gone = || MachineError::NoneNamed { kind, name: name.to_owned() };
            SlotState::InputPin(InputPinSlot::new(machine.input_pin(name)?).ok_or_else(gone)?)
        }
        SlotKind::Pwm => {
            let output = Machine::lease(kind, name, machine.pwm(name))?;
            SlotState::Pwm(PwmSlot { output })
        }
        SlotKind::Adc => SlotState::Adc(AdcSlot { input: machine.adc(name)? }),
        SlotKind::Serial => {
            let port = Machine::lease(kind, name, machine.serial(name))?;
            SlotState::Serial(SerialSlot::new(port))
        }
        SlotKind::Can => SlotState::Can(CanSlot { bus: machine.can(name)? }),
        SlotKind::UsbDevice => {
            let port = Machine::lease(kind, name, machine.usb_device(name))?;
            SlotState::UsbDevice(UsbDeviceSlot::new(port))
        }
        SlotKind::Usb | SlotKind::I2c | SlotKind::Diag => {
            return Err(MachineError::NoneNamed { kind, name: name.to_owned() });
        }
    })
}
