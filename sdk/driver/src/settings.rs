//! What a stage is told when it is composed.

use alloc::string::String;

use crate::bindings::wasi::config::store;

/// The value of a key in the stage's `settings`, if the manifest has it:
///
/// ```toml
/// [stages.climate]
/// crate = "../../../drivers/bme280"
/// settings = { oversampling = "x2" }
/// ```
///
/// `compose` bakes the values into the component, so they are the same at every
/// call. Numbers, `true` and `false` are their text.
pub fn setting(key: &str) -> Option<String> {
    // The store that compose makes never fails.
    store::get(key).unwrap_or_default()
}
