//! A limit for what may never happen.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use super::happening;
use crate::bindings::periplasm::hal::wait;

/// What `future` gives, or nothing when it took longer than `ms` milliseconds
/// on the board's clock. Then it is dropped, as with any `select`.
///
/// ```
/// # use periplasm_hal::{InputPin, PinError, within_ms};
/// use periplasm_hal::embedded_hal_async::digital::Wait;
///
/// /// Whether the chip is ready in time.
/// async fn ready(busy: &mut InputPin) -> Result<bool, PinError> {
///     within_ms(10, busy.wait_for_low()).await.map_or(Ok(false), |waited| waited.map(|()| true))
/// }
/// ```
pub async fn within_ms<F: Future>(ms: u32, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut end = pin!(happening(wait::timer(u64::from(ms) * 1_000_000)));
    poll_fn(|context| {
        // The future first: what is done in time counts.
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        end.as_mut().poll(context).map(|()| None)
    })
    .await
}
