//! WASI 0.2 for the app: output, clocks and random numbers.
//!
//! Wasmtime's own implementation, except where time passes: an app waits on
//! the board's clock, as drivers do, and never longer than its run.

use std::sync::Arc;
use std::time::Duration;

use periplasm_backend::Clock;
use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock;
use wasmtime_wasi::p2::bindings::sync::io::poll;
use wasmtime_wasi::p2::{DynPollable, subscribe};
use wasmtime_wasi::{HostWallClock, WasiCtxBuilder, WasiCtxView, WasiView};

use super::state::State;
use super::stdin::BoundedStdin;
use super::wait::{Wait, Waits};
use super::watch::Watch;
use crate::machine::Machine;

pub(super) fn add(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_sync(linker)?;
    linker.allow_shadowing(true);
    monotonic_clock::add_to_linker::<State, HasTime>(linker, Time::of)?;
    poll::add_to_linker::<State, HasTime>(linker, Time::of)?;
    linker.allow_shadowing(false);
    Ok(())
}

/// Every WASI function begins here.
impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        self.called();
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

struct HasTime;

impl HasData for HasTime {
    type Data<'a> = Time<'a>;
}

/// What waiting needs of the state.
struct Time<'a> {
    clock: &'a Arc<dyn Clock>,
    real: bool,
    watch: &'a Watch,
    waits: &'a Waits,
    table: &'a mut ResourceTable,
}

impl Time<'_> {
    fn of(state: &mut State) -> Time<'_> {
        state.called();
        Time {
            clock: &state.clock,
            real: state.real_time,
            watch: &state.watch,
            waits: &state.waits,
            table: &mut state.table,
        }
    }
}

impl monotonic_clock::Host for Time<'_> {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(self.clock.now_ns())
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(1)
    }

    fn subscribe_instant(&mut self, when: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let wait = match self.real {
            true => Wait::real(self.clock, when, self.watch.deadline()),
            false => Wait::simulated(self.clock, when, self.waits),
        };
        let wait = self.table.push(wait)?;
        subscribe(self.table, wait)
    }

    fn subscribe_duration(&mut self, duration: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let when = self.clock.now_ns().saturating_add(duration);
        self.subscribe_instant(when)
    }
}

/// Waits for streams and time, and ends with the run.
impl poll::Host for Time<'_> {
    fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> wasmtime::Result<Vec<u32>> {
        let ready = poll::Host::poll(self.table, pollables)?;
        self.watch.check()?;
        Ok(ready)
    }
}

impl poll::HostPollable for Time<'_> {
    fn ready(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<bool> {
        poll::HostPollable::ready(self.table, pollable)
    }

    fn block(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        poll::HostPollable::block(self.table, pollable)?;
        self.watch.check()?;
        Ok(())
    }

    fn drop(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        poll::HostPollable::drop(self.table, pollable)
    }
}

/// The date and time when the board was opened, moved on by the board's clock.
struct WallClock {
    start: Duration,
    clock: Arc<dyn Clock>,
}

/// Has the app read the date and time off the machine's clock.
pub(crate) fn set_clock(wasi: &mut WasiCtxBuilder, machine: &Machine) {
    wasi.wall_clock(WallClock { start: machine.started(), clock: machine.clock().clone() });
}

/// Lets the app read the host's standard input, as long as the run lasts.
pub(crate) fn set_stdin(wasi: &mut WasiCtxBuilder, watch: &Watch) {
    wasi.stdin(BoundedStdin { end: watch.end() });
}

impl HostWallClock for WallClock {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        self.start.saturating_add(Duration::from_nanos(self.clock.now_ns()))
    }
}
