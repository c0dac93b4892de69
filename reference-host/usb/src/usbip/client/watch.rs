//! Who wants to know what comes and goes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use periplasm_backend::Event;

use crate::bell::{Wakers, lock};
use crate::{Change, Changes};

/// The most changes that wait to be taken; older ones are dropped.
const KEPT: usize = 1024;

/// The changes of one listener.
#[derive(Default)]
pub(super) struct Inbox(Mutex<(VecDeque<Change>, Wakers)>);

impl Inbox {
    /// Another change.
    pub(super) fn put(&self, change: Change) {
        let mut state = lock(&self.0);
        if state.0.len() >= KEPT {
            state.0.pop_front();
        }
        state.0.push_back(change);
        let woken = state.1.take();
        drop(state);
        woken.wake();
    }
}

/// A listener.
pub(super) struct Listener(pub(super) Arc<Inbox>);

impl Changes for Listener {
    fn next(&mut self) -> Option<Change> {
        lock(&self.0.0).0.pop_front()
    }

    fn changed(&mut self) -> Box<dyn Event> {
        Box::new(Changed(self.0.clone()))
    }
}

struct Changed(Arc<Inbox>);

impl Event for Changed {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.0.0);
        if !state.0.is_empty() {
            return Poll::Ready(());
        }
        state.1.add(context.waker());
        Poll::Pending
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }

    fn outside(&self) -> bool {
        true
    }
}
