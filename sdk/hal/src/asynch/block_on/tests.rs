//! The executor on events that happen by a clock of their own.

use alloc::boxed::Box;
use alloc::{vec, vec::Vec};
use core::cell::RefCell;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};

use embassy_futures::join::join;
use embassy_futures::select::{Either, select};
use embassy_futures::yield_now;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::super::happening::Pending;
use super::super::lock::Lock;
use super::*;

/// A clock that goes to the first event that is waited for.
struct World {
    now: AtomicU64,
    registry: Registry<At>,
    /// How many events each wait was for.
    waits: Lock<Vec<usize>>,
    alive: AtomicUsize,
}

struct At(u64, &'static World);

impl Event for At {
    fn ready(&self) -> bool {
        self.1.now.load(SeqCst) >= self.0
    }
}

impl Drop for At {
    fn drop(&mut self) {
        self.1.alive.fetch_sub(1, SeqCst);
    }
}

impl World {
    fn new() -> &'static Self {
        Box::leak(Box::new(Self {
            now: AtomicU64::new(0),
            registry: Registry::new(),
            waits: Lock::new(Vec::new()),
            alive: AtomicUsize::new(0),
        }))
    }

    fn waits(&self) -> Vec<usize> {
        self.waits.with(|waits| waits.clone())
    }

    fn at(&'static self, moment: u64) -> Pending<At> {
        self.alive.fetch_add(1, SeqCst);
        Pending::new(At(moment, self), &self.registry)
    }

    fn run<F: Future>(&'static self, future: F) -> F::Output {
        run(future, &self.registry, |events| {
            self.waits.with(|waits| waits.push(events.len()));
            let first = events.iter().map(|event| event.0).min().unwrap();
            self.now.fetch_max(first, SeqCst);
            let ready = events.iter().enumerate().filter(|(_, event)| event.ready());
            ready.map(|(place, _)| place as u32).collect()
        })
    }
}

#[test]
fn what_has_happened_is_not_waited_for() {
    let world = World::new();
    world.run(world.at(0));
    assert_eq!(world.waits(), []);
}

#[test]
fn futures_of_a_join_wait_together() {
    let world = World::new();
    let log = RefCell::new(vec![]);
    let branch = async |name, moments: [u64; 2]| {
        for moment in moments {
            world.at(moment).await;
            log.borrow_mut().push((name, world.now.load(SeqCst)));
        }
    };
    world.run(join(branch('a', [10, 40]), branch('b', [20, 30])));
    assert_eq!(*log.borrow(), [('a', 10), ('b', 20), ('b', 30), ('a', 40)]);
    assert_eq!(world.waits(), [2, 2, 2, 1]);
    assert_eq!(world.alive.load(SeqCst), 0);
}

#[test]
fn the_loser_of_a_select_is_waited_for_no_more() {
    let world = World::new();
    let won = world.run(async {
        let won = select(world.at(50), world.at(7)).await;
        assert_eq!(world.alive.load(SeqCst), 0);
        world.at(9).await;
        won
    });
    assert!(matches!(won, Either::Second(())));
    assert_eq!((world.now.load(SeqCst), world.waits()), (9, vec![2, 1]));
}

#[test]
fn what_happens_at_once_is_told_at_once() {
    let world = World::new();
    let both = world.run(join(world.at(5), async {
        world.at(5).await;
        world.now.load(SeqCst)
    }));
    assert_eq!((both.1, world.waits()), (5, vec![2]));
}

/// futures-util polls by wakers of its own.
#[test]
fn wakers_in_between_are_woken() {
    let world = World::new();
    let mut futures: FuturesUnordered<_> = [30, 10, 20]
        .into_iter()
        .map(|moment| async move {
            world.at(moment).await;
            moment
        })
        .collect();
    let order: Vec<u64> = world.run(async {
        let mut order = vec![];
        while let Some(moment) = futures.next().await {
            order.push(moment);
        }
        order
    });
    assert_eq!(order, [10, 20, 30]);
}

#[test]
fn a_future_that_wakes_itself_is_polled_again_without_waiting() {
    let world = World::new();
    world.run(join(yield_now(), world.at(3)));
    assert_eq!(world.waits(), [1]);
}

/// A driver that is called while it waits, and waits itself.
#[test]
fn an_inner_run_does_not_spin_on_what_has_happened_outside() {
    let world = World::new();
    let inner = async {
        world.at(1).await;
        world.run(world.at(100));
    };
    world.run(join(world.at(10), inner));
    // 10 and 1; then inside 10 and 100, where 10 wins; then 100 alone.
    assert_eq!(world.waits(), [2, 2, 1]);
    assert_eq!(world.now.load(SeqCst), 100);
}

#[test]
#[should_panic(expected = "waits for nothing that can happen")]
fn waiting_for_nothing_is_told_and_does_not_hang() {
    World::new().run(core::future::pending::<()>());
}
