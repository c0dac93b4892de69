//! The engine: one a process.

use std::sync::OnceLock;

use wasmtime::{Config, Engine};

/// The address space reserved for a linear memory, and again for each growth
/// beyond it. Wasmtime's default of 4 GiB (plus as much of guards) saves
/// bounds checks and ends at some ten thousand memories a process; with this
/// a pipeline of three stages takes some MB of address space instead, at the
/// same resident memory.
const MEMORY_RESERVATION: u64 = 1 << 20;

/// The unmapped bytes after a memory: one page of WebAssembly.
const MEMORY_GUARD: u64 = 64 << 10;

/// The most bytes of the thread's own stack that compiled code may use.
/// Every thread has 2 MiB (Rust's default for spawned threads), and the host
/// functions and Wasmtime need some of it.
const MAX_WASM_STACK: usize = 512 << 10;

/// The engine of this process.
pub(crate) fn engine() -> wasmtime::Result<Engine> {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    if let Some(engine) = ENGINE.get() {
        return Ok(engine.clone());
    }
    let engine = Engine::new(&config())?;
    Ok(ENGINE.get_or_init(|| engine).clone())
}

fn config() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        // An app that imports one device interface twice names them so.
        .wasm_component_model_implements(true)
        // Pipelines have no async types, and an engine that allows them makes
        // every call cost three times as much.
        .concurrency_support(false)
        .epoch_interruption(true)
        .memory_reservation(MEMORY_RESERVATION)
        .memory_reservation_for_growth(MEMORY_RESERVATION)
        .memory_guard_size(MEMORY_GUARD)
        .max_wasm_stack(MAX_WASM_STACK);
    config
}
