//! The transfers of one pipe, in the order in which they were submitted.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use periplasm_backend::Event;

use crate::bell::{Wakers, lock};
use crate::{Completed, UsbError};

/// Shared by a pipe, its events and the connection.
#[derive(Debug, Default)]
pub(super) struct Queue(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    slots: VecDeque<Slot>,
    wakers: Wakers,
}

#[derive(Debug)]
struct Slot {
    tag: u32,
    seqnum: u32,
    cancelled: bool,
    done: Option<Completed>,
}

impl Queue {
    /// A transfer begins.
    pub(super) fn push(&self, tag: u32, seqnum: u32) {
        lock(&self.0).slots.push_back(Slot { tag, seqnum, cancelled: false, done: None });
    }

    /// One has ended.
    pub(super) fn finish(&self, seqnum: u32, mut completed: Completed) {
        let mut state = lock(&self.0);
        if let Some(slot) = state.slots.iter_mut().find(|slot| slot.seqnum == seqnum) {
            completed.tag = slot.tag;
            slot.done = Some(completed);
        }
        // Only the oldest is waited for.
        if state.slots.front().is_some_and(|slot| slot.done.is_some()) {
            let woken = state.wakers.take();
            drop(state);
            woken.wake();
        }
    }

    /// The oldest, if it has ended.
    pub(super) fn take(&self) -> Option<Completed> {
        let mut state = lock(&self.0);
        state.slots.front()?.done.as_ref()?;
        state.slots.pop_front()?.done
    }

    /// How many were not taken.
    pub(super) fn len(&self) -> usize {
        lock(&self.0).slots.len()
    }

    /// Those that have not ended and are not cancelled yet, of one tag or of all:
    /// they count as cancelled from now on.
    pub(super) fn cancel(&self, tag: Option<u32>) -> Vec<u32> {
        let mut state = lock(&self.0);
        let mut live = Vec::new();
        for slot in &mut state.slots {
            let meant = tag.is_none_or(|tag| tag == slot.tag);
            if meant && slot.done.is_none() && !slot.cancelled {
                slot.cancelled = true;
                live.push(slot.seqnum);
            }
        }
        live
    }
}

/// That the oldest transfer of a queue has ended, or that there is none.
pub(super) struct Ready(pub(super) Arc<Queue>);

impl Event for Ready {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.0.0);
        if state.slots.front().is_none_or(|slot| slot.done.is_some()) {
            return Poll::Ready(());
        }
        state.wakers.add(context.waker());
        Poll::Pending
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }

    fn outside(&self) -> bool {
        true
    }
}

/// What a transfer ends as that has no answer.
pub(super) fn ended(error: UsbError, data: Vec<u8>) -> Completed {
    Completed { tag: 0, status: Err(error), actual: 0, data, packets: Vec::new() }
}
