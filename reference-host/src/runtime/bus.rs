//! `wasi:i2c/i2c`: the bus behind an `i2c` slot.
//!
//! Written data is read where it stands in the guest's memory, and a lookup is
//! an index: this path is benchmarked.

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource as Source, Operation};
use periplasm_backend::{I2cAddress, I2cOperation, SharedI2c, Transfer};
use wasmtime::component::{LinkerInstance, Resource, WasmList};
use wasmtime::{AsContextMut, StoreContextMut};

use super::abi::{ErrorCode, NoAcknowledgeSource, Requested};
use super::state::{Owner, State};

/// The most bytes of one operation: what Linux's i2c-dev takes in one message
/// (`i2cdev_ioctl_rdwr` in `drivers/i2c/i2c-dev.c`).
pub const MAX_MESSAGE_BYTES: usize = 8192;

/// The most operations of one transaction: `I2C_RDWR_IOCTL_MAX_MSGS` in
/// Linux's `include/uapi/linux/i2c-dev.h`.
pub const MAX_OPERATIONS: usize = 42;

pub(crate) struct I2cSlot {
    pub(crate) owner: Owner,
    pub(crate) bus: SharedI2c,
    /// In the order of the request. There are few, so searching them in turn
    /// is faster than any map.
    pub(crate) addresses: Box<[I2cAddress]>,
}

impl From<ErrorKind> for ErrorCode {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Bus => Self::Bus,
            ErrorKind::ArbitrationLoss => Self::ArbitrationLoss,
            ErrorKind::NoAcknowledge(source) => Self::NoAcknowledge(match source {
                Source::Address => NoAcknowledgeSource::Address,
                Source::Data => NoAcknowledgeSource::Data,
                Source::Unknown => NoAcknowledgeSource::Unknown,
            }),
            ErrorKind::Overrun => Self::Overrun,
            _ => Self::Other,
        }
    }
}

type Answer<T> = wasmtime::Result<(Result<T, ErrorCode>,)>;

/// What a call asked for that no bus takes.
enum OutOfBounds {
    Address(u16),
    Bytes(u64),
    Operations(usize),
}

pub(super) fn add_methods(i2c: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    i2c.func_wrap("[method]i2c.read", read)?;
    i2c.func_wrap("[method]i2c.write", write)?;
    i2c.func_wrap("[method]i2c.write-read", write_read)?;
    i2c.func_wrap("[method]i2c.transaction", transaction)
}

fn read(
    mut store: StoreContextMut<'_, State>,
    (handle, address, len): (Resource<I2cSlot>, u16, u64),
) -> Answer<Vec<u8>> {
    store.data_mut().called();
    let Some(len) = bounded(len) else {
        return refuse(store, &handle, OutOfBounds::Bytes(len));
    };
    let slot = store.data().slot(&handle)?;
    let address = match slot.find(address) {
        Ok(address) => address,
        Err(error) => return not_found(store, &handle, error),
    };
    let mut data = vec![0; len];
    let result = slot.bus.transaction(address, &mut [Operation::Read(&mut data)]);
    Ok((result.map(|()| data).map_err(ErrorCode::from),))
}

fn write(
    mut store: StoreContextMut<'_, State>,
    (handle, address, data): (Resource<I2cSlot>, u16, WasmList<u8>),
) -> Answer<()> {
    store.data_mut().called();
    if data.len() > MAX_MESSAGE_BYTES {
        return refuse(store, &handle, OutOfBounds::Bytes(data.len() as u64));
    }
    let slot = store.data().slot(&handle)?;
    let address = match slot.find(address) {
        Ok(address) => address,
        Err(error) => return not_found(store, &handle, error),
    };
    let result = slot.bus.transaction(address, &mut [Operation::Write(data.as_le_slice(&store))]);
    Ok((result.map_err(ErrorCode::from),))
}

fn write_read(
    mut store: StoreContextMut<'_, State>,
    (handle, address, written, read_len): (Resource<I2cSlot>, u16, WasmList<u8>, u64),
) -> Answer<Vec<u8>> {
    store.data_mut().called();
    if written.len() > MAX_MESSAGE_BYTES {
        return refuse(store, &handle, OutOfBounds::Bytes(written.len() as u64));
    }
    let Some(read_len) = bounded(read_len) else {
        return refuse(store, &handle, OutOfBounds::Bytes(read_len));
    };
    let slot = store.data().slot(&handle)?;
    let address = match slot.find(address) {
        Ok(address) => address,
        Err(error) => return not_found(store, &handle, error),
    };
    let mut data = vec![0; read_len];
    let mut operations =
        [Operation::Write(written.as_le_slice(&store)), Operation::Read(&mut data)];
    let result = slot.bus.transaction(address, &mut operations);
    Ok((result.map(|()| data).map_err(ErrorCode::from),))
}

fn transaction(
    mut store: StoreContextMut<'_, State>,
    (handle, address, requested): (Resource<I2cSlot>, u16, WasmList<Requested>),
) -> Answer<Vec<Vec<u8>>> {
    store.data_mut().called();
    let (address, requested) = match planned(&mut store, &handle, address, &requested)? {
        Ok(planned) => planned,
        Err(error) => return Ok((Err(error),)),
    };
    // All lengths are within their bounds.
    let len = |operation: &Requested| match operation {
        Requested::Read(len) => bounded(*len),
        Requested::Write(_) => None,
    };
    let mut read: Vec<Vec<u8>> = requested.iter().filter_map(len).map(|len| vec![0; len]).collect();
    let mut buffers = read.iter_mut();
    let mut operations = Vec::with_capacity(requested.len());
    for operation in &requested {
        match operation {
            // There is one buffer for each.
            Requested::Read(_) => operations.extend(buffers.next().map(|b| Operation::Read(b))),
            Requested::Write(data) => operations.push(Operation::Write(data.as_le_slice(&store))),
        }
    }
    let result = store.data().slot(&handle)?.bus.transaction(address, &mut operations);
    Ok((result.map(|()| read).map_err(ErrorCode::from),))
}

/// Starts a transaction, for `start`: what `transaction` checks is checked here.
pub(super) fn start(
    store: &mut StoreContextMut<'_, State>,
    handle: &Resource<I2cSlot>,
    address: u16,
    requested: &WasmList<Requested>,
) -> wasmtime::Result<Result<Transfer<ErrorKind>, ErrorCode>> {
    let (address, requested) = match planned(store, handle, address, requested)? {
        Ok(planned) => planned,
        Err(error) => return Ok(Err(error)),
    };
    // It outlasts the call, so what is written is copied.
    let operation = |requested: &Requested| match requested {
        Requested::Read(len) => I2cOperation::Read(bounded(*len).unwrap_or_default()),
        Requested::Write(data) => I2cOperation::Write(data.as_le_slice(&*store).to_vec()),
    };
    let operations = requested.iter().map(operation).collect();
    Ok(Ok(store.data().slot(handle)?.bus.start(address, operations)))
}

type Planned = (I2cAddress, Vec<Requested>);

/// The target and the operations of a transaction, all granted and within
/// bounds, or what it is answered with.
fn planned(
    store: &mut StoreContextMut<'_, State>,
    handle: &Resource<I2cSlot>,
    address: u16,
    requested: &WasmList<Requested>,
) -> wasmtime::Result<Result<Planned, ErrorCode>> {
    if requested.len() > MAX_OPERATIONS {
        return say(store, handle, OutOfBounds::Operations(requested.len())).map(Err);
    }
    let requested: Vec<Requested> =
        requested.iter(store.as_context_mut())?.collect::<wasmtime::Result<_>>()?;
    for operation in &requested {
        let len = match operation {
            Requested::Read(len) => *len,
            Requested::Write(data) => data.len() as u64,
        };
        if bounded(len).is_none() {
            return say(store, handle, OutOfBounds::Bytes(len)).map(Err);
        }
    }
    match store.data().slot(handle)?.find(address) {
        Ok(address) => Ok(Ok((address, requested))),
        Err(NotFound::Invalid(wire)) => say(store, handle, OutOfBounds::Address(wire)).map(Err),
        Err(NotFound::NotGranted) => Ok(Err(NOT_GRANTED)),
    }
}

#[inline]
fn bounded(len: u64) -> Option<usize> {
    usize::try_from(len).ok().filter(|len| *len <= MAX_MESSAGE_BYTES)
}

enum NotFound {
    /// A number that is no address.
    Invalid(u16),
    /// An address that was not granted.
    NotGranted,
}

impl I2cSlot {
    #[inline]
    fn find(&self, wire: u16) -> Result<I2cAddress, NotFound> {
        let address = I2cAddress::from_wire(wire).map_err(|_| NotFound::Invalid(wire))?;
        if self.addresses.contains(&address) { Ok(address) } else { Err(NotFound::NotGranted) }
    }
}

/// What is not granted does not exist, and so does not acknowledge.
#[cold]
fn not_found<T>(
    store: StoreContextMut<'_, State>,
    handle: &Resource<I2cSlot>,
    error: NotFound,
) -> Answer<T> {
    match error {
        NotFound::Invalid(wire) => refuse(store, handle, OutOfBounds::Address(wire)),
        NotFound::NotGranted => Ok((Err(NOT_GRANTED),)),
    }
}

const NOT_GRANTED: ErrorCode = ErrorCode::NoAcknowledge(NoAcknowledgeSource::Address);

#[cold]
fn refuse<T>(
    mut store: StoreContextMut<'_, State>,
    handle: &Resource<I2cSlot>,
    asked: OutOfBounds,
) -> Answer<T> {
    Ok((Err(say(&mut store, handle, asked)?),))
}

/// The answer `other`. Why, is said once a slot.
#[cold]
fn say(
    store: &mut StoreContextMut<'_, State>,
    handle: &Resource<I2cSlot>,
    asked: OutOfBounds,
) -> wasmtime::Result<ErrorCode> {
    let owner = &mut store.data_mut().slot_mut(handle)?.owner;
    match asked {
        OutOfBounds::Address(wire) => {
            owner.warn(format_args!("{wire:#x} is neither a 7-bit nor a 10-bit address"));
        }
        OutOfBounds::Bytes(len) => owner.warn(format_args!(
            "asked for {len} bytes in one operation; at most {MAX_MESSAGE_BYTES} are moved"
        )),
        OutOfBounds::Operations(count) => owner.warn(format_args!(
            "asked for {count} operations in one transaction; at most {MAX_OPERATIONS} are done"
        )),
    }
    Ok(ErrorCode::Other)
}
