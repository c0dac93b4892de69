//! `periplasm:hal/delay`: waiting.

use std::time::Instant;

use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::state::State;

pub(super) fn add(delay: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    delay.func_wrap("delay", |mut store: StoreContextMut<'_, State>, (ns,): (u64,)| {
        let state = store.data_mut();
        state.called();
        wait(state, ns);
        state.watch.check_timeout()?;
        Ok(())
    })
}

/// Waits, but not beyond the end of the run.
fn wait(state: &State, ns: u64) {
    let left = match state.watch.deadline() {
        Some(deadline) if state.real_time => {
            let left = deadline.saturating_duration_since(Instant::now());
            u64::try_from(left.as_nanos()).unwrap_or(u64::MAX)
        }
        _ => u64::MAX,
    };
    state.clock.delay_ns(ns.min(left));
}
