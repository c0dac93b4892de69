//! The board of the weather pipeline, as a stage: the models of the `sim`
//! backend on WASI's clock, described by that pipeline's own board file.

mod bus;
mod log;

use std::sync::{Arc, LazyLock};

use bindings::exports::periplasm::hal::delay;
use periplasm_backend::{Clock, RealClock};

periplasm_app::app!();

// Not natively: a linker there does not take such names.
#[cfg(target_family = "wasm")]
bindings::export!(Board with_types_in bindings);

struct Board;

/// What the models live by, and what passes while a driver waits.
static CLOCK: LazyLock<Arc<RealClock>> = LazyLock::new(Arc::default);

impl delay::Guest for Board {
    fn delay(ns: u64) {
        CLOCK.delay_ns(ns);
    }
}
