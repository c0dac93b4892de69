//! `periplasm:hal/spi` and `spi-bus`.
//!
//! As for I2C, written data is read where it stands in the guest's memory.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use embedded_hal::spi::Operation;
use periplasm_backend as backend;
use periplasm_backend::{SharedSpi, SpiBus, SpiOperation, Transfer};
use wasmtime::component::{LinkerInstance, Resource, WasmList};
use wasmtime::{AsContextMut, StoreContextMut};

use super::abi::{Exchange, SpiError, SpiRequested};
use super::state::{Owner, Slot, State};
use crate::machine::Lease;

/// The most bytes that one transaction sends and receives, both counted: 1 MiB.
/// A full frame of a display of 320 by 240 pixels is 150 KiB.
pub const MAX_SPI_BYTES: usize = 1 << 20;

/// The most operations of one SPI transaction.
pub const MAX_SPI_OPERATIONS: usize = 4096;

pub(crate) struct SpiSlot {
    pub(crate) owner: Owner,
    pub(crate) device: SharedSpi,
}

pub(crate) struct SpiBusSlot {
    owner: Owner,
    // Nobody else has it: the lock lets what is written be read where it
    // stands in the guest's memory, beside the state.
    bus: Mutex<Lease<dyn SpiBus>>,
}

impl SpiBusSlot {
    pub(crate) fn new(owner: Owner, bus: Lease<dyn SpiBus>) -> Self {
        Self { owner, bus: Mutex::new(bus) }
    }

    fn bus(&self) -> MutexGuard<'_, Lease<dyn SpiBus>> {
        self.bus.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Both kinds of slots fail alike.
trait Owned: Slot {
    fn owner(&mut self) -> &mut Owner;
}

impl Owned for SpiSlot {
    fn owner(&mut self) -> &mut Owner {
        &mut self.owner
    }
}

impl Owned for SpiBusSlot {
    fn owner(&mut self) -> &mut Owner {
        &mut self.owner
    }
}

type Answer<T> = wasmtime::Result<(Result<T, SpiError>,)>;

pub(super) fn add_device(spi: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    spi.func_wrap("[method]spi-device.read", read)?;
    spi.func_wrap("[method]spi-device.write", write)?;
    spi.func_wrap("[method]spi-device.transfer", transfer)?;
    spi.func_wrap("[method]spi-device.transaction", transaction)
}

pub(super) fn add_bus(bus: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    bus.func_wrap("[method]spi-bus.read", bus_read)?;
    bus.func_wrap("[method]spi-bus.write", bus_write)?;
    bus.func_wrap("[method]spi-bus.transfer", bus_transfer)?;
    bus.func_wrap("[method]spi-bus.flush", bus_flush)
}

fn read(
    mut store: StoreContextMut<'_, State>,
    (handle, len): (Resource<SpiSlot>, u32),
) -> Answer<Vec<u8>> {
    store.data_mut().called();
    let Some(len) = bounded(0, len) else { return too_long(store, &handle, 0, len) };
    let slot = store.data().slot(&handle)?;
    let mut data = vec![0; len];
    let result = slot.device.transaction(&mut [Operation::Read(&mut data)]);
    answer(store, &handle, result.map(|()| data))
}

fn write(
    mut store: StoreContextMut<'_, State>,
    (handle, data): (Resource<SpiSlot>, WasmList<u8>),
) -> Answer<()> {
    store.data_mut().called();
    if bounded(data.len(), 0).is_none() {
        return too_long(store, &handle, data.len(), 0);
    }
    let slot = store.data().slot(&handle)?;
    let result = slot.device.transaction(&mut [Operation::Write(data.as_le_slice(&store))]);
    answer(store, &handle, result)
}

fn transfer(
    mut store: StoreContextMut<'_, State>,
    (handle, written, read_len): (Resource<SpiSlot>, WasmList<u8>, u32),
) -> Answer<Vec<u8>> {
    store.data_mut().called();
    let Some(len) = bounded(written.len(), read_len) else {
        return too_long(store, &handle, written.len(), read_len);
    };
    let slot = store.data().slot(&handle)?;
    let mut data = vec![0; len];
    let operation = Operation::Transfer(&mut data, written.as_le_slice(&store));
    let result = slot.device.transaction(&mut [operation]);
    answer(store, &handle, result.map(|()| data))
}

fn transaction(
    mut store: StoreContextMut<'_, State>,
    (handle, requested): (Resource<SpiSlot>, WasmList<SpiRequested>),
) -> Answer<Vec<Vec<u8>>> {
    store.data_mut().called();
    let planned = match Planned::new(&mut store, &requested)? {
        Ok(planned) => planned,
        Err(found) => return refuse(store, &handle, found),
    };
    let mut read = planned.buffers();
    let mut operations = planned.operations(&store, &mut read);
    let result = store.data().slot(&handle)?.device.transaction(&mut operations);
    store.data().watch.check()?;
    answer(store, &handle, result.map(|()| read))
}

fn bus_read(
    mut store: StoreContextMut<'_, State>,
    (handle, len): (Resource<SpiBusSlot>, u32),
) -> Answer<Vec<u8>> {
    store.data_mut().called();
    let Some(len) = bounded(0, len) else { return too_long(store, &handle, 0, len) };
    let mut data = vec![0; len];
    let result = store.data().slot(&handle)?.bus().get()?.transfer(&mut data, &[]);
    answer(store, &handle, result.map(|()| data))
}

fn bus_write(
    mut store: StoreContextMut<'_, State>,
    (handle, data): (Resource<SpiBusSlot>, WasmList<u8>),
) -> Answer<()> {
    store.data_mut().called();
    if bounded(data.len(), 0).is_none() {
        return too_long(store, &handle, data.len(), 0);
    }
    let slot = store.data().slot(&handle)?;
    let result = slot.bus().get()?.transfer(&mut [], data.as_le_slice(&store));
    answer(store, &handle, result)
}

fn bus_transfer(
    mut store: StoreContextMut<'_, State>,
    (handle, written, read_len): (Resource<SpiBusSlot>, WasmList<u8>, u32),
) -> Answer<Vec<u8>> {
    store.data_mut().called();
    let Some(len) = bounded(written.len(), read_len) else {
        return too_long(store, &handle, written.len(), read_len);
    };
    let mut data = vec![0; len];
    let slot = store.data().slot(&handle)?;
    let result = slot.bus().get()?.transfer(&mut data, written.as_le_slice(&store));
    answer(store, &handle, result.map(|()| data))
}

fn bus_flush(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<SpiBusSlot>,),
) -> Answer<()> {
    store.data_mut().called();
    let result = store.data().slot(&handle)?.bus().get()?.flush();
    answer(store, &handle, result)
}

/// The operations of a transaction, found to be within all bounds.
pub(super) struct Planned {
    requested: Vec<SpiRequested>,
    /// How much longer delays may hold chip select: not beyond the run's end.
    delay_left: Option<Duration>,
}

/// What a transaction asked for that no device does.
pub(super) enum Beyond {
    Bytes(usize),
    Operations(usize),
}

impl Planned {
    /// Checks `requested` before anything is allocated for it.
    pub(super) fn new(
        store: &mut StoreContextMut<'_, State>,
        requested: &WasmList<SpiRequested>,
    ) -> wasmtime::Result<Result<Self, Beyond>> {
        if requested.len() > MAX_SPI_OPERATIONS {
            return Ok(Err(Beyond::Operations(requested.len())));
        }
        let requested: Vec<SpiRequested> =
            requested.iter(store.as_context_mut())?.collect::<wasmtime::Result<_>>()?;
        let bytes = requested.iter().fold(0_usize, |sum, operation| {
            let (written, read) = match operation {
                SpiRequested::Read(len) => (0, *len),
                SpiRequested::Write(data) => (data.len(), 0),
                SpiRequested::Transfer(Exchange { write, read_len }) => (write.len(), *read_len),
                SpiRequested::DelayNs(_) => (0, 0),
            };
            sum.saturating_add(written).saturating_add(read as usize)
        });
        if bytes > MAX_SPI_BYTES {
            return Ok(Err(Beyond::Bytes(bytes)));
        }
        let state = store.data();
        let end = state.watch.deadline().filter(|_| state.real_time);
        let delay_left = end.map(|end| end.saturating_duration_since(Instant::now()));
        Ok(Ok(Self { requested, delay_left }))
    }

    /// Room for what is read: one buffer for each `read` and `transfer`.
    pub(super) fn buffers(&self) -> Vec<Vec<u8>> {
        let len = |operation: &SpiRequested| match operation {
            SpiRequested::Read(len) => Some(*len as usize),
            SpiRequested::Transfer(exchange) => Some(exchange.read_len as usize),
            SpiRequested::Write(_) | SpiRequested::DelayNs(_) => None,
        };
        self.requested.iter().filter_map(len).map(|len| vec![0; len]).collect()
    }

    /// The same as embedded-hal's operations, which read into `buffers`.
    pub(super) fn operations<'a>(
        &self,
        store: &'a StoreContextMut<'_, State>,
        buffers: &'a mut [Vec<u8>],
    ) -> Vec<Operation<'a, u8>> {
        let mut delay_left = self.delay_left;
        let mut buffers = buffers.iter_mut();
        // There is one buffer for each.
        let mut buffer = || buffers.next().map(Vec::as_mut_slice).unwrap_or_default();
        let operation = |requested: &SpiRequested| match requested {
            SpiRequested::Read(_) => Operation::Read(buffer()),
            SpiRequested::Write(data) => Operation::Write(data.as_le_slice(store)),
            SpiRequested::Transfer(exchange) => {
                Operation::Transfer(buffer(), exchange.write.as_le_slice(store))
            }
            SpiRequested::DelayNs(ns) => Operation::DelayNs(within(&mut delay_left, *ns)),
        };
        self.requested.iter().map(operation).collect()
    }
}

/// The same for a transaction that is started: it outlasts the call, so what is
/// written is copied.
fn owned(planned: &Planned, store: &StoreContextMut<'_, State>) -> Vec<SpiOperation> {
    let mut delay_left = planned.delay_left;
    let operation = |requested: &SpiRequested| match requested {
        SpiRequested::Read(len) => SpiOperation::Read(*len as usize),
        SpiRequested::Write(data) => SpiOperation::Write(data.as_le_slice(store).to_vec()),
        SpiRequested::Transfer(exchange) => SpiOperation::Transfer {
            write: exchange.write.as_le_slice(store).to_vec(),
            read: exchange.read_len as usize,
        },
        SpiRequested::DelayNs(ns) => SpiOperation::DelayNs(within(&mut delay_left, *ns)),
    };
    planned.requested.iter().map(operation).collect()
}

/// Starts a transaction, for `start`: what `transaction` would check is checked
/// here.
pub(super) fn start(
    store: &mut StoreContextMut<'_, State>,
    handle: &Resource<SpiSlot>,
    requested: &WasmList<SpiRequested>,
) -> wasmtime::Result<Result<Transfer<backend::SpiError>, SpiError>> {
    match Planned::new(store, requested)? {
        Ok(planned) => {
            let operations = owned(&planned, store);
            Ok(Ok(store.data().slot(handle)?.device.start(operations)))
        }
        Err(found) => Ok(Err(say(store, handle, found)?)),
    }
}

fn within(left: &mut Option<Duration>, ns: u32) -> u32 {
    let Some(left) = left else { return ns };
    let ns = u32::try_from(left.as_nanos()).map_or(ns, |left| left.min(ns));
    *left = left.saturating_sub(Duration::from_nanos(ns.into()));
    ns
}

#[inline]
fn bounded(written: usize, read: u32) -> Option<usize> {
    let read = usize::try_from(read).ok()?;
    (written.checked_add(read)? <= MAX_SPI_BYTES).then_some(read)
}

#[inline]
fn answer<T, S: Owned>(
    store: StoreContextMut<'_, State>,
    handle: &Resource<S>,
    result: Result<T, backend::SpiError>,
) -> Answer<T> {
    match result {
        Ok(answer) => Ok((Ok(answer),)),
        Err(error) => failed(store, handle, error),
    }
}

#[cold]
fn failed<T, S: Owned>(
    mut store: StoreContextMut<'_, State>,
    handle: &Resource<S>,
    error: backend::SpiError,
) -> Answer<T> {
    if matches!(error, backend::SpiError::TooLong { .. }) {
        store.data_mut().slot_mut(handle)?.owner().warn(format_args!("{error}"));
    }
    Ok((Err(error.into()),))
}

#[cold]
fn too_long<T, S: Owned>(
    store: StoreContextMut<'_, State>,
    handle: &Resource<S>,
    written: usize,
    read: u32,
) -> Answer<T> {
    refuse(store, handle, Beyond::Bytes(written.saturating_add(read as usize)))
}

#[cold]
fn refuse<T, S: Owned>(
    mut store: StoreContextMut<'_, State>,
    handle: &Resource<S>,
    found: Beyond,
) -> Answer<T> {
    Ok((Err(say(&mut store, handle, found)?),))
}

/// The answer `too-long`. Why, is said once a slot.
#[cold]
fn say<S: Owned>(
    store: &mut StoreContextMut<'_, State>,
    handle: &Resource<S>,
    found: Beyond,
) -> wasmtime::Result<SpiError> {
    let owner = store.data_mut().slot_mut(handle)?.owner();
    match found {
        Beyond::Bytes(bytes) => owner.warn(format_args!(
            "asked for {bytes} bytes in one transaction; at most {MAX_SPI_BYTES} are moved"
        )),
        Beyond::Operations(count) => owner.warn(format_args!(
            "asked for {count} operations in one transaction; at most {MAX_SPI_OPERATIONS} are done"
        )),
    }
    Ok(SpiError::TooLong)
}
