//! `periplasm:hal/buffer`.

use wasmtime::component::{ComponentType, Lower};

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(in crate::runtime) enum BufferError {
    #[component(name = "out-of-bounds")]
    OutOfBounds,
}
