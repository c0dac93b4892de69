//! `periplasm:hal/start`: transactions that are started and finished in two
//! calls.

use embedded_hal::i2c::ErrorKind;
use periplasm_backend as backend;
use periplasm_backend::{Event, Outcome, Transfer};
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource, ResourceType, WasmList};

use super::abi::{ErrorCode, Requested, SpiError, SpiRequested};
use super::bus::I2cSlot;
use super::events::Waited;
use super::slab::Slab;
use super::spi::SpiSlot;
use super::state::{State, not_a_handle};
use super::waiting::NEVER;
use super::watch::Stop;
use super::{bus, spi};

/// The most transactions of either kind that one pipeline may have started and
/// not dropped.
pub const MAX_TRANSFERS: usize = 32;

/// A transaction that was started: `E` is what the backend's errors are, and
/// `C` what the stage is told.
enum Started<E, C> {
    /// It is on its way.
    Running(Transfer<E>),
    /// It was refused before it reached any wire.
    Refused(C),
    /// What came of it was asked for.
    Finished,
}

/// The transactions that one pipeline has started.
pub(crate) struct Transfers {
    i2c: Slab<I2cStarted>,
    spi: Slab<SpiStarted>,
}

impl Default for Transfers {
    fn default() -> Self {
        Self { i2c: Slab::new(MAX_TRANSFERS), spi: Slab::new(MAX_TRANSFERS) }
    }
}

type I2cStarted = Started<ErrorKind, ErrorCode>;
type SpiStarted = Started<backend::SpiError, SpiError>;

pub(super) fn add(start: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    start.resource("i2c-transfer", ResourceType::host::<I2cStarted>(), |mut store, number| {
        store.data_mut().transfers.i2c.remove(number);
        Ok(())
    })?;
    start.resource("spi-transfer", ResourceType::host::<SpiStarted>(), |mut store, number| {
        store.data_mut().transfers.spi.remove(number);
        Ok(())
    })?;
    start.func_wrap("start-i2c", start_i2c)?;
    start.func_wrap("start-spi", start_spi)?;
    start.func_wrap("[method]i2c-transfer.done", i2c_done)?;
    start.func_wrap("[method]i2c-transfer.finish", i2c_finish)?;
    start.func_wrap("[method]spi-transfer.done", spi_done)?;
    start.func_wrap("[method]spi-transfer.finish", spi_finish)
}

type I2cTransfer = Resource<I2cStarted>;
type SpiTransfer = Resource<SpiStarted>;

fn start_i2c(
    mut store: StoreContextMut<'_, State>,
    (bus, address, operations): (Resource<I2cSlot>, u16, WasmList<Requested>),
) -> wasmtime::Result<(I2cTransfer,)> {
    store.data_mut().called();
    let started = match bus::start(&mut store, &bus, address, &operations)? {
        Ok(transfer) => Started::Running(transfer),
        Err(error) => Started::Refused(error),
    };
    let number = store.data_mut().transfers.i2c.insert(started);
    Ok((Resource::new_own(number.ok_or(TOO_MANY)?),))
}

fn start_spi(
    mut store: StoreContextMut<'_, State>,
    (device, operations): (Resource<SpiSlot>, WasmList<SpiRequested>),
) -> wasmtime::Result<(SpiTransfer,)> {
    store.data_mut().called();
    let started = match spi::start(&mut store, &device, &operations)? {
        Ok(transfer) => Started::Running(transfer),
        Err(error) => Started::Refused(error),
    };
    let number = store.data_mut().transfers.spi.insert(started);
    Ok((Resource::new_own(number.ok_or(TOO_MANY)?),))
}

const TOO_MANY: Stop = Stop::TooMuch("32 transactions started at once");

fn i2c_done(
    mut store: StoreContextMut<'_, State>,
    (transfer,): (I2cTransfer,),
) -> wasmtime::Result<(Resource<Waited>,)> {
    let state = store.data_mut();
    state.called();
    let started = state.transfers.i2c.get(transfer.rep()).ok_or_else(not_a_handle)?;
    let end = started.end();
    Ok((state.event_or_past(end)?,))
}

fn spi_done(
    mut store: StoreContextMut<'_, State>,
    (transfer,): (SpiTransfer,),
) -> wasmtime::Result<(Resource<Waited>,)> {
    let state = store.data_mut();
    state.called();
    let started = state.transfers.spi.get(transfer.rep()).ok_or_else(not_a_handle)?;
    let end = started.end();
    Ok((state.event_or_past(end)?,))
}

fn i2c_finish(
    mut store: StoreContextMut<'_, State>,
    (transfer,): (I2cTransfer,),
) -> wasmtime::Result<(Result<Vec<Vec<u8>>, ErrorCode>,)> {
    let state = store.data_mut();
    state.called();
    let started = state.transfers.i2c.get_mut(transfer.rep()).ok_or_else(not_a_handle)?;
    let started = std::mem::replace(started, Started::Finished);
    Ok((finish(state, started)?.unwrap_or(Err(ErrorCode::Other)),))
}

fn spi_finish(
    mut store: StoreContextMut<'_, State>,
    (transfer,): (SpiTransfer,),
) -> wasmtime::Result<(Result<Vec<Vec<u8>>, SpiError>,)> {
    let state = store.data_mut();
    state.called();
    let started = state.transfers.spi.get_mut(transfer.rep()).ok_or_else(not_a_handle)?;
    let started = std::mem::replace(started, Started::Finished);
    Ok((finish(state, started)?.unwrap_or(Err(SpiError::Other)),))
}

/// What came of it, if nobody asked before. Its end is waited for here, where
/// the run's end is known.
fn finish<E, C>(state: &State, started: Started<E, C>) -> Result<Option<Outcome<C>>, Stop>
where
    E: Send + Into<C> + 'static,
{
    match started {
        Started::Running(mut transfer) => {
            state.wait_for(&mut *transfer.done(), NEVER)?;
            Ok(transfer.finish().map(|outcome| outcome.map_err(E::into)))
        }
        Started::Refused(error) => Ok(Some(Err(error))),
        Started::Finished => Ok(None),
    }
}

impl<E: Send + 'static, C> Started<E, C> {
    /// Its end, unless that has been.
    fn end(&self) -> Option<Box<dyn Event>> {
        match self {
            Self::Running(transfer) => Some(transfer.done()),
            Self::Refused(_) | Self::Finished => None,
        }
    }
}
