//! What a pipeline may import, and where it comes from.

use wasmtime::component::{Linker, Resource, ResourceType};
use wasmtime::{Engine, StoreContextMut};

use super::state::{Diag, I2c, State};
use super::{bus, delay, diag, wasi};
use crate::names;
use crate::pipeline::{Pipeline, SlotKind};

/// What all pipelines share.
pub(crate) fn base(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    let mut i2c = linker.instance(names::I2C)?;
    // A handle owns nothing: the bus belongs to the slot.
    i2c.resource("i2c", ResourceType::host::<I2c>(), |_, _| Ok(()))?;
    bus::add_methods(&mut i2c)?;
    let mut diag = linker.instance(names::DIAG)?;
    diag.resource("diag", ResourceType::host::<Diag>(), |_, _| Ok(()))?;
    diag::add_methods(&mut diag)?;
    delay::add(&mut linker.instance(names::DELAY)?)?;
    wasi::add(&mut linker)?;
    Ok(linker)
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
                instance.func_wrap("open", move |mut store: StoreContextMut<'_, State>, ()| {
                    store.data_mut().called();
                    Ok((Resource::<I2c>::new_own(place),))
                })?;
                instance.func_wrap(
                    "addresses",
                    move |mut store: StoreContextMut<'_, State>, ()| {
                        store.data_mut().called();
                        let slot = store.data().i2c(&Resource::new_borrow(place))?;
                        let wires: Vec<u16> = slot.addresses.iter().map(|a| a.to_wire()).collect();
                        Ok((wires,))
                    },
                )?;
            }
            SlotKind::Diag => {
                instance.func_wrap("open", move |mut store: StoreContextMut<'_, State>, ()| {
                    store.data_mut().watch.reset();
                    Ok((Resource::<Diag>::new_own(place),))
                })?;
            }
        }
    }
    Ok(linker)
}
