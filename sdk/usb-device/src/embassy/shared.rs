//! The port that all parts of a gadget share, and how they wait for it.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use periplasm_hal::Lock;

use crate::Port;
use crate::controller::{Controller, IN, bit};

/// The port.
pub(super) struct Shared<P: Port>(Arc<Lock<State<P>>>);

impl<P: Port> Clone for Shared<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// The port, and who waits for it.
pub(super) struct State<P: Port> {
    pub(super) controller: Controller<P>,
    /// Endpoints that the configuration and its settings use.
    ins: u16,
    outs: u16,
    /// What all wait for.
    event: Option<P::Happened>,
    /// Who was told to wait.
    waiting: Vec<Waker>,
    /// Whether all know that there is no use in going on.
    told_failed: bool,
}

impl<P: Port> Shared<P> {
    pub(super) fn new(port: P) -> Self {
        Self(Arc::new(Lock::new(State {
            controller: Controller::new(port),
            ins: 0,
            outs: 0,
            event: None,
            waiting: Vec::new(),
            told_failed: false,
        })))
    }

    pub(super) fn with<R>(&self, f: impl FnOnce(&mut State<P>) -> R) -> R {
        self.0.with(f)
    }

    /// The same, for a change that others may wait for.
    pub(super) fn change<R>(&self, f: impl FnOnce(&mut State<P>) -> R) -> R {
        let (result, waiting) =
            self.0.with(|state| (f(state), core::mem::take(&mut state.waiting)));
        waiting.into_iter().for_each(Waker::wake);
        result
    }

    /// Ready when `look` finds something. It is asked again when anything
    /// happened.
    pub(super) fn until<T, F>(&self, look: F) -> Until<'_, P, F>
    where
        F: FnMut(&mut State<P>) -> Option<T> + Unpin,
    {
        Until { shared: self, look, waker: None }
    }
}

impl<P: Port> State<P> {
    /// Whether the configuration uses the endpoint.
    pub(super) fn is_enabled(&self, address: u8) -> bool {
        let side = if address & IN != 0 { self.ins } else { self.outs };
        side & bit(address & !IN) != 0
    }

    pub(super) fn set_enabled(&mut self, address: u8, enabled: bool) {
        let side = if address & IN != 0 { &mut self.ins } else { &mut self.outs };
        *side &= !bit(address & !IN);
        *side |= if enabled { bit(address & !IN) } else { 0 };
    }

    pub(super) fn disable(&mut self) {
        (self.ins, self.outs) = (0, 0);
        self.controller.disable();
    }

    /// Whether the control transfer at hand is over, because the host began
    /// another one or reset the bus.
    pub(super) fn is_void(&self) -> bool {
        self.controller.has_setup() || self.controller.news.reset
    }

    /// Asks the port what happened: whether anything did.
    fn ask(&mut self) -> bool {
        let events = self.controller.look();
        if events.bus.reset {
            (self.ins, self.outs) = (0, 0);
        }
        let bus = events.bus;
        bus.reset
            || bus.suspend
            || bus.resume
            || bus.attached
            || bus.detached
            || events.setup.is_some()
            || events.out_ready | events.in_complete != 0
    }

    /// What `look` finds, and whom to wake.
    fn poll<T>(
        &mut self,
        mut look: impl FnMut(&mut Self) -> Option<T>,
        context: &mut Context<'_>,
    ) -> (Poll<T>, Vec<Waker>) {
        let mut woken = Vec::new();
        loop {
            let found = look(self);
            if self.controller.failed.is_some() && !self.told_failed {
                self.told_failed = true;
                woken.append(&mut self.waiting);
            }
            if let Some(found) = found {
                // The event may know this one's waker alone.
                let others = |waker: &mut Waker| !waker.will_wake(context.waker());
                woken.extend(self.waiting.extract_if(.., others));
                return (Poll::Ready(found), woken);
            }
            if self.event.is_none() && self.ask() {
                // What happened may concern all.
                woken.append(&mut self.waiting);
                continue;
            }
            let port = &mut self.controller.port;
            let event = self.event.get_or_insert_with(|| port.happened());
            if Pin::new(event).poll(context).is_pending() {
                if !self.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                    self.waiting.push(context.waker().clone());
                }
                return (Poll::Pending, woken);
            }
            self.event = None;
            if !self.ask() {
                // Somebody else had it: let the others run first.
                woken.push(context.waker().clone());
                return (Poll::Pending, woken);
            }
            woken.append(&mut self.waiting);
        }
    }
}

/// The future of [`Shared::until`].
pub(super) struct Until<'a, P: Port, F> {
    shared: &'a Shared<P>,
    look: F,
    /// Whom it asked to be woken.
    waker: Option<Waker>,
}

impl<P: Port, T, F> Future for Until<'_, P, F>
where
    F: FnMut(&mut State<P>) -> Option<T> + Unpin,
{
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let this = &mut *self;
        let (result, woken) = this.shared.with(|state| state.poll(&mut this.look, context));
        this.waker = result.is_pending().then(|| context.waker().clone());
        woken.into_iter().for_each(Waker::wake);
        result
    }
}

impl<P: Port, F> Drop for Until<'_, P, F> {
    /// The event may know this one's waker alone: the others are to ask again.
    fn drop(&mut self) {
        let Some(own) = self.waker.take() else { return };
        let others = |waker: &mut Waker| !waker.will_wake(&own);
        let woken: Vec<_> =
            self.shared.with(|state| state.waiting.extract_if(.., others).collect());
        woken.into_iter().for_each(Waker::wake);
    }
}
