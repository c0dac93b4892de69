//! A CAN bus.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use super::can_config::frame;
use super::faults::Counting;
use super::waiting::{Source, wait};
use super::wakers::{Listener, Wakers};
use super::{CanConfig, CanFault, CanPeer, ConfigError, World};
use crate::{CanBus, CanError, CanFrame, Event};

/// The most frames that wait for a controller; beyond it the oldest are lost,
/// and the controller is told of an overrun.
const MAX_FRAMES: usize = 256;

/// When a peer speaks that only answers: at the end of time.
const NEVER: u64 = u64::MAX;

/// Every frame that was on the bus, for all who are on it.
#[derive(Default)]
struct Wire {
    /// How many controllers are on it, by number.
    controllers: u64,
    here: usize,
    peers: Vec<(CanPeer, u64)>,
    /// The last frames: who sent it (nobody: a peer), and what.
    frames: VecDeque<(Option<u64>, CanFrame)>,
    /// How many there ever were.
    count: u64,
    wakers: Wakers,
}

impl Wire {
    fn put(&mut self, sender: Option<u64>, frame: CanFrame) {
        if self.frames.len() == MAX_FRAMES {
            self.frames.pop_front();
        }
        self.frames.push_back((sender, frame));
        self.count += 1;
    }

    /// Has the peers send what is due by `now_ns`.
    fn go_to(&mut self, now_ns: u64) {
        loop {
            let due = self.peers.iter_mut().filter(|(_, next)| *next <= now_ns && *next < NEVER);
            let Some((peer, next)) = due.min_by_key(|(_, next)| *next) else { return };
            let CanPeer::Periodic { id, data, extended, period_us } = &*peer else { return };
            let period_ns = period_us.saturating_mul(1_000).max(1);
            // After a long time only the last ones are still in the queue.
            let behind = (now_ns - *next) / period_ns;
            let skipped = behind.saturating_sub(MAX_FRAMES as u64);
            *next = next.saturating_add((skipped + 1).saturating_mul(period_ns));
            let sent = frame(*id, data, *extended);
            self.count += skipped;
            if let Ok(sent) = sent {
                self.put(None, sent);
            }
        }
    }

    /// The place of the oldest frame that controller `own` has not taken, from
    /// number `next` on.
    fn first(&self, own: u64, next: u64) -> Option<(u64, CanFrame)> {
        let oldest = self.count - self.frames.len() as u64;
        let skip = usize::try_from(next.saturating_sub(oldest)).unwrap_or(usize::MAX);
        let frames = (oldest..).zip(&self.frames).skip(skip);
        let mut others = frames.filter(|(_, (sender, _))| *sender != Some(own));
        others.next().map(|(number, (_, frame))| (number, *frame))
    }

    fn lost(&self, next: u64) -> bool {
        next < self.count - self.frames.len() as u64
    }
}

/// A controller on a simulated bus. All of one name are on one bus, with its
/// peers; a frame reaches everybody but its sender, at once.
///
/// A frame that nobody else is there to acknowledge is an error, as on a real
/// bus.
pub struct Can {
    clock: Arc<dyn crate::Clock>,
    wire: Arc<Mutex<Wire>>,
    own: u64,
    /// The number of the next frame to be looked at.
    next: u64,
    fault: Counting<CanFault>,
}

impl Can {
    /// A controller on the bus `name` of `world`. The peers come with the first.
    ///
    /// # Errors
    /// As [`CanConfig::check`].
    pub fn new(world: &World, name: &str, config: &CanConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let (clock, wire) = (world.clock().clone(), world.shared::<Wire>(name));
        let (own, next) = {
            let mut wire = lock(&wire);
            if wire.controllers == 0 {
                wire.peers = config.peers.iter().map(|peer| (peer.clone(), begin(peer))).collect();
            }
            wire.controllers += 1;
            wire.here += 1;
            wire.go_to(clock.now_ns());
            (wire.controllers, wire.count)
        };
        Ok(Self { clock, wire, own, next, fault: Counting::new(config.fault) })
    }

    /// The next frame, or an overrun, if there is one at `now_ns`.
    fn take(&mut self, now_ns: u64) -> Option<Result<CanFrame, CanError>> {
        let mut wire = lock(&self.wire);
        wire.go_to(now_ns);
        if wire.lost(self.next) {
            self.next = wire.count - wire.frames.len() as u64;
            return Some(Err(CanError::Overrun));
        }
        let (number, frame) = wire.first(self.own, self.next)?;
        self.next = number + 1;
        Some(Ok(frame))
    }
}

/// When a peer has something to say by itself.
fn begin(peer: &CanPeer) -> u64 {
    match peer {
        CanPeer::Periodic { period_us, .. } => period_us.saturating_mul(1_000),
        CanPeer::Echo | CanPeer::Script { .. } => NEVER,
    }
}

fn lock(wire: &Mutex<Wire>) -> MutexGuard<'_, Wire> {
    wire.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CanBus for Can {
    fn transmit(&mut self, frame: &CanFrame, _: u64) -> Result<bool, CanError> {
        match self.fault.next() {
            Some(CanFault::Disappears) => return Err(CanError::Gone),
            Some(CanFault::NotAcknowledged) => return Err(CanError::Acknowledge),
            None => {}
        }
        let mut wire = lock(&self.wire);
        wire.go_to(self.clock.now_ns());
        if wire.peers.is_empty() && wire.here < 2 {
            return Err(CanError::Acknowledge);
        }
        wire.put(Some(self.own), *frame);
        let answers: Vec<_> = wire.peers.iter().filter_map(|(p, _)| p.answer(frame)).collect();
        answers.into_iter().for_each(|answer| wire.put(None, answer));
        let wakers = wire.wakers.clone();
        drop(wire);
        wakers.wake();
        Ok(true)
    }

    fn receive(&mut self, until_ns: u64) -> Result<Option<CanFrame>, CanError> {
        if let Some(CanFault::Disappears) = self.fault.next() {
            return Err(CanError::Gone);
        }
        let (clock, wire) = (self.clock.clone(), self.wire.clone());
        wait(&*clock, &OnWire(wire), until_ns, |now| self.take(now)).transpose()
    }

    fn receivable(&mut self) -> Box<dyn Event> {
        Box::new(Receivable {
            clock: self.clock.clone(),
            listener: lock(&self.wire).wakers.listen(),
            wire: self.wire.clone(),
            own: self.own,
            next: self.next,
            gone: self.fault.acting() == Some(CanFault::Disappears),
        })
    }
}

impl Drop for Can {
    fn drop(&mut self) {
        lock(&self.wire).here -= 1;
    }
}

impl fmt::Debug for Can {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Can").field("own", &self.own).finish_non_exhaustive()
    }
}

struct OnWire(Arc<Mutex<Wire>>);

impl Source for OnWire {
    fn listen(&self) -> Listener {
        lock(&self.0).wakers.listen()
    }

    fn next_ns(&self) -> Option<u64> {
        let wire = lock(&self.0);
        wire.peers.iter().map(|(_, next)| *next).filter(|next| *next < NEVER).min()
    }
}

struct Receivable {
    clock: Arc<dyn crate::Clock>,
    wire: Arc<Mutex<Wire>>,
    listener: Listener,
    own: u64,
    next: u64,
    gone: bool,
}

impl Event for Receivable {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        // First to be woken, then to look: what changes between is not missed.
        self.listener.wake(context.waker());
        let mut wire = lock(&self.wire);
        wire.go_to(self.clock.now_ns());
        let there = self.gone || wire.lost(self.next);
        if there || wire.first(self.own, self.next).is_some() {
            return Poll::Ready(());
        }
        Poll::Pending
    }

    fn next_ns(&self) -> Option<u64> {
        OnWire(self.wire.clone()).next_ns()
    }
}
