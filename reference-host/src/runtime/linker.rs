//! What a pipeline may import, and where it comes from.

use wasmtime::component::{Linker, LinkerInstance, Resource, ResourceType};
use wasmtime::{Engine, StoreContextMut};

use super::analog::{AdcSlot, PwmSlot};
use super::bus::I2cSlot;
use super::can::CanSlot;
use super::diag::DiagSlot;
use super::pins::{InputPinSlot, OutputPinSlot};
use super::serial::SerialSlot;
use super::spi::{SpiBusSlot, SpiSlot};
use super::state::State;
use super::usb::{UsbDeviceSlot, UsbSlot};
use super::{analog, buffer, bus, can, delay, diag, events, pins, serial, spi, start, usb, wasi};
use crate::names;
use crate::pipeline::{Pipeline, SlotKind};

/// What all pipelines share.
pub(crate) fn base(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    slots::<I2cSlot>(&mut linker, SlotKind::I2c, bus::add_methods)?;
    slots::<SpiSlot>(&mut linker, SlotKind::Spi, spi::add_device)?;
    slots::<SpiBusSlot>(&mut linker, SlotKind::SpiBus, spi::add_bus)?;
    slots::<OutputPinSlot>(&mut linker, SlotKind::OutputPin, pins::add_output)?;
    slots::<InputPinSlot>(&mut linker, SlotKind::InputPin, pins::add_input)?;
    slots::<PwmSlot>(&mut linker, SlotKind::Pwm, analog::add_pwm)?;
    slots::<AdcSlot>(&mut linker, SlotKind::Adc, analog::add_adc)?;
    slots::<SerialSlot>(&mut linker, SlotKind::Serial, serial::add_methods)?;
    slots::<CanSlot>(&mut linker, SlotKind::Can, can::add_methods)?;
    slots::<UsbSlot>(&mut linker, SlotKind::Usb, usb::add_host)?;
    slots::<UsbDeviceSlot>(&mut linker, SlotKind::UsbDevice, usb::add_controller)?;
    slots::<DiagSlot>(&mut linker, SlotKind::Diag, diag::add_methods)?;
    delay::add_clock(&mut linker.instance(names::CLOCK)?)?;
    delay::add(&mut linker.instance(names::DELAY)?)?;
    events::add(&mut linker.instance(names::WAIT)?)?;
    start::add(&mut linker.instance(names::START)?)?;
    buffer::add(&mut linker.instance(names::BUFFER)?)?;
    usb::add_admin(&mut linker.instance(names::USB_ADMIN)?)?;
    wasi::add(&mut linker)?;
    Ok(linker)
}

type Methods = fn(&mut LinkerInstance<'_, State>) -> wasmtime::Result<()>;

/// Adds an interface whose handles slots open. A handle owns nothing: the
/// hardware belongs to the slot.
fn slots<T: 'static>(
    linker: &mut Linker<State>,
    kind: SlotKind,
    add_methods: Methods,
) -> wasmtime::Result<()> {
    let (interface, resource) = kind.resource();
    let mut instance = linker.instance(interface)?;
    instance.resource(resource, ResourceType::host::<T>(), |_, _| Ok(()))?;
    add_methods(&mut instance)
}

/// Adds the slots of `pipeline`. A slot's handle carries the slot's place.
pub(crate) fn with_slots(
    base: &Linker<State>,
    pipeline: &Pipeline,
) -> wasmtime::Result<Linker<State>> {
    let mut linker = base.clone();
    for (place, slot) in (0u32..).zip(pipeline.slots()) {
        let mut instance = linker.instance(&slot.import())?;
        match slot.kind() {
            SlotKind::I2c => {
                open::<I2cSlot>(&mut instance, place)?;
                instance.func_wrap(
                    "addresses",
                    move |mut store: StoreContextMut<'_, State>, ()| {
                        store.data_mut().called();
                        let handle = Resource::<I2cSlot>::new_borrow(place);
                        let slot = store.data().slot(&handle)?;
                        let wires: Vec<u16> = slot.addresses.iter().map(|a| a.to_wire()).collect();
                        Ok((wires,))
                    },
                )?;
            }
            SlotKind::InputPin => {
                instance.func_wrap("open", move |mut store: StoreContextMut<'_, State>, ()| {
                    store.data_mut().called();
                    let handle = Resource::<InputPinSlot>::new_own(place);
                    pins::opened(store.data_mut(), &handle)?;
                    Ok((handle,))
                })?;
            }
            // A guest that lacks memory may open its log to say so, and the
            // refusal is not forgotten.
            SlotKind::Diag => {
                instance.func_wrap("open", move |mut store: StoreContextMut<'_, State>, ()| {
                    store.data_mut().watch.reset();
                    Ok((Resource::<DiagSlot>::new_own(place),))
                })?;
            }
            SlotKind::Spi => open::<SpiSlot>(&mut instance, place)?,
            SlotKind::SpiBus => open::<SpiBusSlot>(&mut instance, place)?,
            SlotKind::OutputPin => open::<OutputPinSlot>(&mut instance, place)?,
            SlotKind::Pwm => open::<PwmSlot>(&mut instance, place)?,
            SlotKind::Adc => open::<AdcSlot>(&mut instance, place)?,
            SlotKind::Serial => open::<SerialSlot>(&mut instance, place)?,
            SlotKind::Can => open::<CanSlot>(&mut instance, place)?,
            SlotKind::Usb => open::<UsbSlot>(&mut instance, place)?,
            SlotKind::UsbDevice => open::<UsbDeviceSlot>(&mut instance, place)?,
        }
    }
    Ok(linker)
}

fn open<T: 'static>(instance: &mut LinkerInstance<'_, State>, place: u32) -> wasmtime::Result<()> {
    instance.func_wrap("open", move |mut store: StoreContextMut<'_, State>, ()| {
        store.data_mut().called();
        Ok((Resource::<T>::new_own(place),))
    })
}
