//! From the engine's error to a stage and a cause.

use wasmtime::{Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use super::{Cause, RunError};
use crate::pipeline::Pipeline;
use crate::runtime::{State, Stop};

/// How a call ended that did not return.
pub(super) enum End {
    /// With an exit code.
    Exited(i32),
    /// Badly.
    Failed(RunError),
}

pub(super) fn end(error: &wasmtime::Error, state: &State, pipeline: &Pipeline) -> End {
    if let Some(I32Exit(code)) = error.downcast_ref() {
        return End::Exited(*code);
    }
    let stage = failing_stage(error, pipeline);
    let cause = cause(error, state, stage.as_deref());
    End::Failed(RunError { stage, cause })
}

/// The stage in whose bytes the innermost instruction lies.
fn failing_stage(error: &wasmtime::Error, pipeline: &Pipeline) -> Option<String> {
    let frames = error.downcast_ref::<WasmBacktrace>()?.frames();
    let stage = frames.iter().find_map(|frame| {
        let offset = frame.module_offset()?;
        let function = offset.checked_sub(frame.func_offset()?)?;
        pipeline.stage_at(function as u64, offset as u64)
    })?;
    pipeline.stages().get(stage).map(|stage| stage.name().to_owned())
}

fn cause(error: &wasmtime::Error, state: &State, stage: Option<&str>) -> Cause {
    if let Some(stop) = error.downcast_ref() {
        return match *stop {
            Stop::Stalled(limit) => Cause::Stalled { limit },
            Stop::Timeout(limit) => Cause::Timeout { limit },
            Stop::Stopped => Cause::Stopped,
            Stop::TooMuch(limit) => Cause::TooMuch { limit },
        };
    }
    // Another stage's panic cannot be this one's.
    let panic = state.panic.as_ref().filter(|panic| stage == Some(&*panic.stage));
    let denied = state.limiter.denied();
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => Cause::StackOverflow,
        Some(Trap::UnreachableCodeReached) => match (denied, panic) {
            (Some(denied), panic) => out_of_memory(denied, panic.map(|p| p.message.clone())),
            (None, Some(panic)) => {
                Cause::Panic { message: panic.message.clone(), location: panic.location.clone() }
            }
            (None, None) => Cause::Aborted,
        },
        Some(Trap::MemoryOutOfBounds) => match denied {
            Some(denied) => out_of_memory(denied, None),
            None => Cause::OutOfBounds,
        },
        Some(trap) => Cause::Trap { message: plain(&trap.to_string()) },
        None => match denied {
            // A memory that is too large from the start is not a trap.
            Some(denied) if error.downcast_ref::<WasmBacktrace>().is_none() => {
                out_of_memory(denied, None)
            }
            _ => Cause::Trap { message: plain(&error.root_cause().to_string()) },
        },
    }
}

fn out_of_memory(denied: crate::runtime::Denied, message: Option<String>) -> Cause {
    Cause::OutOfMemory { asked: denied.asked, limit: denied.limit, message }
}

fn plain(message: &str) -> String {
    let message = message.strip_prefix("wasm trap: ").unwrap_or(message);
    crate::text::printable(message, 256).into_owned()
}
