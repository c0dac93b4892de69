//! Waiting on the machine's clock, for callers that have no board: tests,
//! native programs, a server.

use std::task::Context;
use std::time::{Duration, Instant};

use periplasm_backend::{Event, with_waker};

/// Waits until at least one event has happened (`true`), at most `timeout`
/// (`false`); without one for ever. Events of this crate know no moments of
/// their own, so none is looked at before something wakes it.
pub fn wait_any(events: &mut [&mut dyn Event], timeout: Option<Duration>) -> bool {
    let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    with_waker(|waker| {
        let mut context = Context::from_waker(waker);
        loop {
            // All of them, so that each knows whom to wake.
            let mut happened = false;
            for event in &mut *events {
                happened |= event.poll(&mut context).is_ready();
            }
            if happened {
                return true;
            }
            match end.map(|end| end.saturating_duration_since(Instant::now())) {
                Some(left) if left.is_zero() => return false,
                Some(left) => std::thread::park_timeout(left),
                None => std::thread::park(),
            }
        }
    })
}
