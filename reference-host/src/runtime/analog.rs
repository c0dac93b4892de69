//! `periplasm:hal/pwm` and `adc`.

use periplasm_backend::{Adc, Pwm};
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};

use super::abi::{AdcError, PwmError};
use super::state::State;
use crate::machine::{Lease, Shared};

pub(crate) struct PwmSlot {
    pub(crate) output: Lease<dyn Pwm>,
}

pub(crate) struct AdcSlot {
    pub(crate) input: Shared<dyn Adc>,
}

pub(super) fn add_pwm(pwm: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    pwm.func_wrap("[method]pwm.max-duty-cycle", max_duty_cycle)?;
    pwm.func_wrap("[method]pwm.set-duty-cycle", set_duty_cycle)
}

pub(super) fn add_adc(adc: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    adc.func_wrap("[method]adc.read", read)?;
    adc.func_wrap("[method]adc.read-microvolts", read_microvolts)?;
    adc.func_wrap("[method]adc.max-code", max_code)
}

fn max_duty_cycle(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<PwmSlot>,),
) -> wasmtime::Result<(u16,)> {
    let state = store.data_mut();
    state.called();
    Ok((state.slot_mut(&handle)?.output.get()?.max_duty(),))
}

fn set_duty_cycle(
    mut store: StoreContextMut<'_, State>,
    (handle, duty): (Resource<PwmSlot>, u16),
) -> wasmtime::Result<(Result<(), PwmError>,)> {
    let state = store.data_mut();
    state.called();
    let output = state.slot_mut(&handle)?.output.get()?;
    if duty > output.max_duty() {
        return Ok((Err(PwmError::AboveMax),));
    }
    Ok((output.set_duty(duty).map_err(PwmError::from),))
}

fn read(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<AdcSlot>,),
) -> wasmtime::Result<(Result<i32, AdcError>,)> {
    let state = store.data_mut();
    state.called();
    Ok((state.slot(&handle)?.input.lock().read().map_err(AdcError::from),))
}

fn read_microvolts(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<AdcSlot>,),
) -> wasmtime::Result<(Result<i32, AdcError>,)> {
    let state = store.data_mut();
    state.called();
    Ok((state.slot(&handle)?.input.lock().read_microvolts().map_err(AdcError::from),))
}

fn max_code(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<AdcSlot>,),
) -> wasmtime::Result<(i32,)> {
    let state = store.data_mut();
    state.called();
    Ok((state.slot(&handle)?.input.lock().max_code(),))
}
