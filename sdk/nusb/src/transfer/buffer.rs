//! Bytes of a transfer.

use std::fmt;
use std::mem::MaybeUninit;
use std::ops::{Deref, DerefMut};

/// Bytes of a transfer: those that go out, or room for those that come in.
///
/// It takes memory when bytes are put into it. What comes in brings its own, so
/// an IN transfer costs none.
pub struct Buffer {
    bytes: Vec<u8>,
    requested: usize,
    /// The most bytes it is for, whether there is memory for them yet or not.
    capacity: usize,
}

impl Buffer {
    /// An empty buffer for `requested_len` bytes, as many as an IN transfer
    /// asks for.
    pub fn new(requested_len: usize) -> Self {
        Self { bytes: Vec::new(), requested: requested_len, capacity: requested_len }
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The most bytes an IN transfer asks for.
    pub fn requested_len(&self) -> usize {
        self.requested
    }

    /// Changes the most bytes an IN transfer asks for.
    ///
    /// # Panics
    ///
    /// Beyond the capacity.
    pub fn set_requested_len(&mut self, len: usize) {
        assert!(len <= self.capacity, "the buffer is for at most {} bytes", self.capacity);
        self.requested = len;
    }

    /// The most bytes it is for.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many bytes may still be added.
    pub fn remaining_capacity(&self) -> usize {
        self.capacity - self.len()
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Adds `len` bytes of one value, and gives them to be changed.
    ///
    /// # Panics
    ///
    /// Beyond the capacity.
    pub fn extend_fill(&mut self, len: usize, value: u8) -> &mut [u8] {
        self.make_room(len);
        let from = self.len();
        self.bytes.resize(from + len, value);
        &mut self.bytes[from..]
    }

    /// Adds bytes.
    ///
    /// # Panics
    ///
    /// Beyond the capacity.
    pub fn extend_from_slice(&mut self, slice: &[u8]) {
        self.make_room(slice.len());
        self.bytes.extend_from_slice(slice);
    }

    /// Whether it is the system's memory: never here.
    pub fn is_zero_copy(&self) -> bool {
        false
    }

    /// Its bytes.
    pub fn into_vec(self) -> Vec<u8> {
        self.bytes
    }

    /// All memory at once, not as bytes come.
    fn make_room(&mut self, len: usize) {
        let room = self.remaining_capacity();
        assert!(len <= room, "the buffer has room for {room} more bytes, not for {len}");
        self.bytes.reserve_exact(room);
    }

    /// Takes what came in.
    pub(crate) fn replace(&mut self, bytes: Vec<u8>) {
        self.capacity = self.capacity.max(bytes.len());
        self.bytes = bytes;
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(bytes: Vec<u8>) -> Self {
        Self { requested: bytes.len(), capacity: bytes.capacity(), bytes }
    }
}

impl From<&[u8]> for Buffer {
    fn from(slice: &[u8]) -> Self {
        slice.to_vec().into()
    }
}

impl<const N: usize> From<[u8; N]> for Buffer {
    fn from(array: [u8; N]) -> Self {
        Vec::from(array).into()
    }
}

impl From<Vec<MaybeUninit<u8>>> for Buffer {
    /// Takes over how many bytes it is for, not the memory.
    fn from(room: Vec<MaybeUninit<u8>>) -> Self {
        Self { bytes: Vec::new(), requested: room.len(), capacity: room.capacity() }
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer")
            .field("requested_len", &self.requested)
            .field("bytes", &format_args!("{:02x?}", self.bytes))
            .finish()
    }
}
