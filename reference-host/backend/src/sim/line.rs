//! How long a transaction takes on its wires.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::World;
use crate::Moment;

const NS_A_SECOND: u64 = 1_000_000_000;

/// The wires of one bus, as far as time goes: its speed, and until when they
/// are busy.
#[derive(Clone, Debug)]
pub(super) struct Line {
    world: World,
    speed_hz: Option<NonZeroU32>,
    busy_until_ns: Arc<Mutex<u64>>,
}

impl Line {
    pub(super) fn new(world: &World, speed_hz: Option<NonZeroU32>) -> Self {
        Self { world: world.clone(), speed_hz, busy_until_ns: Arc::default() }
    }

    /// The wires that all who say `bus` are on.
    pub(super) fn of_bus(mut self, bus: &str) -> Self {
        self.busy_until_ns = self.world.shared(&format!("bus {bus}"));
        self
    }

    pub(super) fn set_speed_hz(&mut self, speed_hz: Option<NonZeroU32>) {
        self.speed_hz = speed_hz;
    }

    /// How long so many bits take. No time without a speed.
    pub(super) fn bits_ns(&self, bits: u64) -> u64 {
        self.speed_hz.map_or(0, |hz| bits.saturating_mul(NS_A_SECOND).div_ceil(u64::from(hz.get())))
    }

    pub(super) fn bytes_ns(&self, bytes: usize) -> u64 {
        self.bits_ns((bytes as u64).saturating_mul(8))
    }

    /// Performs `transaction` as soon as the wires are free, and moves the clock
    /// to its end. It is told when it begins, and says when it ends.
    pub(super) fn run<T>(&self, transaction: impl FnOnce(u64) -> (T, u64)) -> T {
        let mut busy = self.busy();
        let clock = self.world.clock();
        if clock.now_ns() < *busy {
            clock.delay_until(*busy);
        }
        let begin = clock.now_ns();
        let (result, end) = transaction(begin);
        if end > begin {
            *busy = end;
            clock.delay_until(end);
        }
        result
    }

    /// Performs `transaction` at once, and says when it would have ended on the
    /// wires, without moving the clock: it begins when they are free.
    pub(super) fn start<T>(&self, transaction: impl FnOnce(u64) -> (T, u64)) -> (T, Moment) {
        let mut busy = self.busy();
        let clock = self.world.clock();
        let begin = clock.now_ns().max(*busy);
        let (result, end) = transaction(begin);
        *busy = end;
        (result, Moment::new(clock.clone(), end))
    }

    fn busy(&self) -> MutexGuard<'_, u64> {
        self.busy_until_ns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
