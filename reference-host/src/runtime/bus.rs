//! `wasi:i2c/i2c`: the bus behind an `i2c` slot.
//!
//! Written data is read where it stands in the guest's memory, and a lookup is
//! an index: this path is benchmarked.

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource as Source, Operation};
use periplasm_backend::I2cAddress;
use wasmtime::component::{LinkerInstance, Resource, WasmList};
use wasmtime::{AsContextMut, StoreContextMut};

use super::abi::{ErrorCode, NoAcknowledgeSource, Requested};
use super::state::{I2c, I2cSlot, State};

/// The most bytes of one operation: what Linux's i2c-dev takes in one message
/// (`i2cdev_ioctl_rdwr` in `drivers/i2c/i2c-dev.c`).
pub const MAX_MESSAGE_BYTES: usize = 8192;

/// The most operations of one transaction: `I2C_RDWR_IOCTL_MAX_MSGS` in
/// Linux's `include/uapi/linux/i2c-dev.h`.
pub const MAX_OPERATIONS: usize = 42;

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
    (handle, address, len): (Resource<I2c>, u16, u64),
) -> Answer<Vec<u8>> {
    store.data_mut().called();
    let Some(len) = bounded(len) else {
        return refuse(store, &handle, OutOfBounds::Bytes(len));
    };
    let slot = store.data().i2c(&handle)?;
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
    (handle, address, data): (Resource<I2c>, u16, WasmList<u8>),
) -> Answer<()> {
    store.data_mut().called();
    if data.len() > MAX_MESSAGE_BYTES {
        return refuse(store, &handle, OutOfBounds::Bytes(data.len() as u64));
    }
    let slot = store.data().i2c(&handle)?;
    let address = match slot.find(address) {
        Ok(address) => address,
        Err(error) => return not_found(store, &handle, error),
    };
    let result = slot.bus.transaction(address, &mut [Operation::Write(data.as_le_slice(&store))]);
    Ok((result.map_err(ErrorCode::from),))
}

fn write_read(
    mut store: StoreContextMut<'_, State>,
    (handle, address, written, read_len): (Resource<I2c>, u16, WasmList<u8>, u64),
) -> Answer<Vec<u8>> {
    store.data_mut().called();
    if written.len() > MAX_MESSAGE_BYTES {
        return refuse(store, &handle, OutOfBounds::Bytes(written.len() as u64));
    }
    let Some(read_len) = bounded(read_len) else {
        return refuse(store, &handle, OutOfBounds::Bytes(read_len));
    };
    let slot = store.data().i2c(&handle)?;
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
    (handle, address, requested): (Resource<I2c>, u16, WasmList<Requested>),
) -> Answer<Vec<Vec<u8>>> {
    store.data_mut().called();
    if requested.len() > MAX_OPERATIONS {
        return refuse(store, &handle, OutOfBounds::Operations(requested.len()));
    }
    let requested: Vec<Requested> =
        requested.iter(store.as_context_mut())?.collect::<wasmtime::Result<_>>()?;
    let mut read: Vec<Vec<u8>> = Vec::new();
    for operation in &requested {
        let len = match operation {
            Requested::Read(len) => *len,
            Requested::Write(data) => data.len() as u64,
        };
        match (bounded(len), operation) {
            (Some(len), Requested::Read(_)) => read.push(vec![0; len]),
            (Some(_), Requested::Write(_)) => {}
            (None, _) => return refuse(store, &handle, OutOfBounds::Bytes(len)),
        }
    }
    let slot = store.data().i2c(&handle)?;
    let address = match slot.find(address) {
        Ok(address) => address,
        Err(error) => return not_found(store, &handle, error),
    };
    let mut buffers = read.iter_mut();
    let mut operations = Vec::with_capacity(requested.len());
    for operation in &requested {
        match operation {
            // There is one buffer for each.
            Requested::Read(_) => operations.extend(buffers.next().map(|b| Operation::Read(b))),
            Requested::Write(data) => operations.push(Operation::Write(data.as_le_slice(&store))),
        }
    }
    let result = slot.bus.transaction(address, &mut operations);
    Ok((result.map(|()| read).map_err(ErrorCode::from),))
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
    handle: &Resource<I2c>,
    error: NotFound,
) -> Answer<T> {
    match error {
        NotFound::Invalid(wire) => refuse(store, handle, OutOfBounds::Address(wire)),
        NotFound::NotGranted => Ok((Err(ErrorCode::NoAcknowledge(NoAcknowledgeSource::Address)),)),
    }
}

/// Answers `other`, and says why once a slot.
#[cold]
fn refuse<T>(
    mut store: StoreContextMut<'_, State>,
    handle: &Resource<I2c>,
    asked: OutOfBounds,
) -> Answer<T> {
    let slot = store.data_mut().i2c_mut(handle)?;
    if !std::mem::replace(&mut slot.warned, true) {
        let (stage, slot) = (&*slot.stage, &*slot.slot);
        match asked {
            OutOfBounds::Address(wire) => {
                tracing::warn!(stage, slot, "{wire:#x} is neither a 7-bit nor a 10-bit address");
            }
            OutOfBounds::Bytes(len) => tracing::warn!(
                stage,
                slot,
                "asked for {len} bytes in one operation; at most {MAX_MESSAGE_BYTES} are moved"
            ),
            OutOfBounds::Operations(count) => tracing::warn!(
                stage,
                slot,
                "asked for {count} operations in one transaction; at most {MAX_OPERATIONS} are done"
            ),
        }
    }
    Ok((Err(ErrorCode::Other),))
}
