//! `periplasm:hal/buffer`: bytes that the host holds for two stages.

use std::ops::Range;

use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource, ResourceType, WasmList};

use super::abi::BufferError;
use super::slab::Slab;
use super::state::{State, not_a_handle};
use super::watch::Stop;

/// The most bytes that all buffers of one pipeline may hold together.
pub const MAX_BUFFER_BYTES: usize = 16 << 20;

/// The most buffers of one pipeline.
pub const MAX_BUFFERS: usize = 1024;

/// The type of `buffer` handles.
pub(crate) struct Buffer(());

/// The buffers of one pipeline.
pub(crate) struct Buffers {
    buffers: Slab<Box<[u8]>>,
    bytes: usize,
}

impl Default for Buffers {
    fn default() -> Self {
        Self { buffers: Slab::new(MAX_BUFFERS), bytes: 0 }
    }
}

impl Buffers {
    fn make(&mut self, len: usize) -> Result<u32, Stop> {
        if len > MAX_BUFFER_BYTES - self.bytes {
            return Err(Stop::TooMuch("16 MiB of buffers at once"));
        }
        let number = self.buffers.insert(vec![0; len].into());
        let number = number.ok_or(Stop::TooMuch("1024 buffers at once"))?;
        self.bytes += len;
        Ok(number)
    }

    fn remove(&mut self, number: u32) {
        self.bytes -= self.buffers.remove(number).map_or(0, |buffer| buffer.len());
    }

    /// `len` bytes from `offset` on, if there are so many.
    pub(super) fn part(
        &self,
        handle: &Resource<Buffer>,
        offset: u32,
        len: u32,
    ) -> wasmtime::Result<Option<&[u8]>> {
        let bytes = self.get(handle)?;
        Ok(usize::try_from(len).ok().and_then(|len| bytes.get(place(offset, len)?)))
    }

    /// All bytes from `offset` on.
    pub(super) fn rest_mut(
        &mut self,
        handle: &Resource<Buffer>,
        offset: u32,
    ) -> wasmtime::Result<&mut [u8]> {
        let bytes = self.buffers.get_mut(handle.rep()).ok_or_else(not_a_handle)?;
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        Ok(bytes.get_mut(offset..).unwrap_or_default())
    }

    fn get(&self, handle: &Resource<Buffer>) -> wasmtime::Result<&[u8]> {
        self.buffers.get(handle.rep()).map(|buffer| &**buffer).ok_or_else(not_a_handle)
    }
}

pub(super) fn add(buffer: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    buffer.resource("buffer", ResourceType::host::<Buffer>(), |mut store, number| {
        store.data_mut().buffers.remove(number);
        Ok(())
    })?;
    buffer.func_wrap("[constructor]buffer", make)?;
    buffer.func_wrap("[method]buffer.len", len)?;
    buffer.func_wrap("[method]buffer.read", read)?;
    buffer.func_wrap("[method]buffer.write", write)
}

fn make(
    mut store: StoreContextMut<'_, State>,
    (len,): (u32,),
) -> wasmtime::Result<(Resource<Buffer>,)> {
    let state = store.data_mut();
    state.called();
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    Ok((Resource::new_own(state.buffers.make(len)?),))
}

fn len(
    mut store: StoreContextMut<'_, State>,
    (handle,): (Resource<Buffer>,),
) -> wasmtime::Result<(u32,)> {
    let state = store.data_mut();
    state.called();
    // It was made from such a number.
    Ok((state.buffers.get(&handle)?.len() as u32,))
}

fn read(
    mut store: StoreContextMut<'_, State>,
    (handle, offset, len): (Resource<Buffer>, u32, u32),
) -> wasmtime::Result<(Result<Vec<u8>, BufferError>,)> {
    let state = store.data_mut();
    state.called();
    let bytes = state.buffers.part(&handle, offset, len)?;
    Ok((bytes.map(<[u8]>::to_vec).ok_or(BufferError::OutOfBounds),))
}

fn write(
    mut store: StoreContextMut<'_, State>,
    (handle, offset, data): (Resource<Buffer>, u32, WasmList<u8>),
) -> wasmtime::Result<(Result<(), BufferError>,)> {
    store.data_mut().called();
    let place = place(offset, data.len());
    let buffer = store.data_mut().buffers.buffers.get_mut(handle.rep());
    // Out of the state for as long as the guest's memory is read beside it.
    let mut bytes = std::mem::take(buffer.ok_or_else(not_a_handle)?);
    let to = place.and_then(|place| bytes.get_mut(place));
    let written = to.map(|to| to.copy_from_slice(data.as_le_slice(&store)));
    if let Some(buffer) = store.data_mut().buffers.buffers.get_mut(handle.rep()) {
        *buffer = bytes;
    }
    Ok((written.ok_or(BufferError::OutOfBounds),))
}

fn place(offset: u32, len: usize) -> Option<Range<usize>> {
    let start = usize::try_from(offset).ok()?;
    Some(start..start.checked_add(len)?)
}
