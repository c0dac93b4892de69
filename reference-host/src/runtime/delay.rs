//! `periplasm:hal/delay` and `periplasm:hal/clock`: waiting, and the time.

use std::time::Instant;

use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::state::State;

pub(super) fn add(delay: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    delay.func_wrap("delay", |mut store: StoreContextMut<'_, State>, (ns,): (u64,)| {
        let state = store.data_mut();
        state.called();
        if state.real_time && ns >= LONG_NS {
            state.rest(ns)?;
        } else {
            wait(state, ns);
        }
        state.watch.check()?;
        Ok(())
    })
}

pub(super) fn add_clock(clock: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    clock.func_wrap("now", |mut store: StoreContextMut<'_, State>, ()| {
        let state = store.data_mut();
        state.called();
        state.watch.check()?;
        Ok((state.clock.now_ns(),))
    })
}

/// A delay that may be worth ending early.
const LONG_NS: u64 = 10_000_000;

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
