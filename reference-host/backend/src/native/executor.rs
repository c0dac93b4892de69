//! The executor, and the future of an event: all others are made of it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use crate::{Clock, Event};

/// Runs `future` to its end. When it cannot go on, a virtual `clock` goes to the
/// next moment at which something happens; with another, and when no such moment
/// is known, the thread sleeps until it is woken.
///
/// A future that waits for something that never happens is waited for without
/// end.
///
/// ```
/// use std::sync::Arc;
/// use embedded_hal_async::delay::DelayNs;
/// use periplasm_backend::native::{NativeDelay, block_on};
/// use periplasm_backend::{Clock, sim::VirtualClock};
///
/// let clock = Arc::new(VirtualClock::new());
/// let mut delay = NativeDelay::new(clock.clone());
/// block_on(&*clock, async { delay.delay_ms(5).await });
/// assert_eq!(clock.now_ns(), 5_000_000);
/// ```
pub fn block_on<F: Future>(clock: &dyn Clock, future: F) -> F::Output {
    let mut future = pin!(future);
    let woken = Arc::new(Woken { thread: thread::current(), flag: AtomicBool::new(false) });
    let waker = Waker::from(woken.clone());
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        while !woken.flag.swap(false, Ordering::AcqRel) {
            match next_ns() {
                None => thread::park(),
                Some(next) if clock.is_virtual() => clock.delay_until(next),
                Some(next) => {
                    let ns = next.saturating_sub(clock.now_ns());
                    thread::park_timeout(Duration::from_nanos(ns));
                }
            }
            wake_until(clock.now_ns());
        }
    }
}

struct Woken {
    thread: Thread,
    flag: AtomicBool,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.flag.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// The moments at which events of this thread's futures may happen.
#[derive(Default)]
struct Moments {
    next: u64,
    waiting: BTreeMap<u64, (u64, Waker)>,
}

thread_local! {
    static MOMENTS: RefCell<Moments> = RefCell::default();
}

fn next_ns() -> Option<u64> {
    MOMENTS.with_borrow(|moments| moments.waiting.values().map(|(at_ns, _)| *at_ns).min())
}

/// Wakes those whose moment has come.
fn wake_until(now_ns: u64) {
    let woken: Vec<Waker> = MOMENTS.with_borrow_mut(|moments| {
        moments.waiting.extract_if(.., |_, (at_ns, _)| *at_ns <= now_ns).map(|(_, w)| w.1).collect()
    });
    woken.into_iter().for_each(Waker::wake);
}

/// Ready when `event` has happened. For [`block_on`] alone.
pub fn happening(event: Box<dyn Event>) -> Happening {
    Happening { event, key: None }
}

/// The future of [`happening`].
#[must_use = "a future does nothing until it is polled"]
pub struct Happening {
    event: Box<dyn Event>,
    key: Option<u64>,
}

impl Happening {
    fn forget(&self) {
        if let Some(key) = self.key {
            MOMENTS.with_borrow_mut(|moments| moments.waiting.remove(&key));
        }
    }
}

impl Future for Happening {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.event.poll(context).is_ready() {
            self.forget();
            return Poll::Ready(());
        }
        match self.event.next_ns() {
            None => self.forget(),
            Some(at_ns) => {
                let known = self.key;
                let key = MOMENTS.with_borrow_mut(|moments| {
                    let key = known.unwrap_or_else(|| {
                        moments.next += 1;
                        moments.next
                    });
                    moments.waiting.insert(key, (at_ns, context.waker().clone()));
                    key
                });
                self.key = Some(key);
            }
        }
        Poll::Pending
    }
}

impl Drop for Happening {
    fn drop(&mut self) {
        self.forget();
    }
}

impl fmt::Debug for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Happening").finish_non_exhaustive()
    }
}
