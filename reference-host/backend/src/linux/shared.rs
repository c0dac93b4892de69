//! What one reads, and others wait for.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use nix::poll::PollFlags;

use super::time;
use super::watch::Watch;
use crate::{Clock, Event};

/// Something that takes what has arrived out of the kernel, whoever looks.
pub(super) trait Source: Send + 'static {
    /// Whether something was taken from the kernel since this was asked last.
    fn news(&mut self) -> bool;
}

/// How often something is looked at that the kernel does not tell of.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// How often one who blocks looks again beside events: one of those may have
/// taken from the kernel what he waits for.
const BESIDE_EVENTS: Duration = Duration::from_millis(5);

/// A source, shared by its owner and its events.
pub(super) struct Shared<S> {
    state: Mutex<State<S>>,
    /// What the kernel makes readable, if it does.
    descriptor: Option<Arc<OwnedFd>>,
    clock: Arc<dyn Clock>,
    events: AtomicUsize,
    /// Keeps the thread that watches, from the first event on: an event for each
    /// edge would start and end one for each edge.
    watched: OnceLock<Option<Watch>>,
}

struct State<S> {
    source: S,
    waiting: Vec<(u64, Waker)>,
}

static NEXT: AtomicU64 = AtomicU64::new(0);

impl<S: Source> Shared<S> {
    pub(super) fn new(
        source: S,
        descriptor: Option<Arc<OwnedFd>>,
        clock: Arc<dyn Clock>,
    ) -> Arc<Self> {
        let state = Mutex::new(State { source, waiting: Vec::new() });
        let (events, watched) = (AtomicUsize::new(0), OnceLock::new());
        Arc::new(Self { state, descriptor, clock, events, watched })
    }

    /// Looks at the source, and wakes the events if something came.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut S) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let found = look(&mut state.source);
        let woken = match state.source.news() {
            true => std::mem::take(&mut state.waiting),
            false => Vec::new(),
        };
        drop(state);
        for (_, waker) in woken {
            waker.wake();
        }
        found
    }

    /// Looks until it finds something, or the clock shows `until_ns`.
    pub(super) fn wait<T, E>(
        &self,
        until_ns: u64,
        mut look: impl FnMut(&mut S) -> Result<Option<T>, E>,
        failed: impl FnOnce(std::io::Error) -> E,
    ) -> Result<Option<T>, E> {
        loop {
            if let Some(found) = self.with(&mut look)? {
                return Ok(Some(found));
            }
            let now = self.clock.now_ns();
            if now >= until_ns {
                return Ok(None);
            }
            let next = |pause: Duration| until_ns.min(now.saturating_add(pause.as_nanos() as u64));
            let Some(descriptor) = &self.descriptor else {
                self.clock.delay_ns(next(LOOK_AGAIN) - now);
                continue;
            };
            let alone = self.events.load(Ordering::Relaxed) == 0;
            let until_ns = if alone { until_ns } else { next(BESIDE_EVENTS) };
            let waited = time::wait(descriptor.as_fd(), PollFlags::POLLIN, &*self.clock, until_ns);
            if let Err(error) = waited {
                return Err(failed(error));
            }
        }
    }

    /// An event that has happened once `happened` says so.
    pub(super) fn event(
        self: &Arc<Self>,
        happened: impl FnMut(&mut S) -> bool + Send + 'static,
    ) -> Box<dyn Event> {
        let watch = || self.descriptor.clone().and_then(|descriptor| Watch::new(descriptor).ok());
        self.watched.get_or_init(watch);
        // Without a thread it is looked at from time to time.
        let watch = watch();
        self.events.fetch_add(1, Ordering::Relaxed);
        Box::new(Waiting {
            shared: self.clone(),
            watch,
            happened,
            done: false,
            id: NEXT.fetch_add(1, Ordering::Relaxed),
        })
    }
}

struct Waiting<S, F> {
    shared: Arc<Shared<S>>,
    watch: Option<Watch>,
    happened: F,
    done: bool,
    id: u64,
}

impl<S: Source, F: FnMut(&mut S) -> bool + Send> Event for Waiting<S, F> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Self { shared, happened, done, id, .. } = self;
        if !*done {
            // Known to the owner before the look, so that nothing can come
            // between: what another one takes from the kernel wakes it too.
            let mut state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.waiting.retain(|(other, _)| other != id);
            state.waiting.push((*id, context.waker().clone()));
            drop(state);
            *done = shared.with(happened);
        }
        if self.done {
            return Poll::Ready(());
        }
        if let Some(watch) = &self.watch {
            watch.arm(context.waker());
        }
        Poll::Pending
    }

    fn next_ns(&self) -> Option<u64> {
        match (self.done, &self.watch) {
            (false, None) => {
                Some(self.shared.clock.now_ns().saturating_add(LOOK_AGAIN.as_nanos() as u64))
            }
            _ => None,
        }
    }
}

impl<S, F> Drop for Waiting<S, F> {
    fn drop(&mut self) {
        self.shared.events.fetch_sub(1, Ordering::Relaxed);
        let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting.retain(|(id, _)| *id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;
    use crate::RealClock;
    use crate::linux::watch;

    struct Nothing;

    impl Source for Nothing {
        fn news(&mut self) -> bool {
            false
        }
    }

    #[test]
    fn the_thread_stays_from_one_event_to_the_next() {
        let (_near, far) = UnixStream::pair().unwrap();
        let shared =
            Shared::new(Nothing, Some(Arc::new(far.into())), Arc::new(RealClock::default()));
        drop(shared.event(|_| false));
        assert!(watch::runs());
    }
}
