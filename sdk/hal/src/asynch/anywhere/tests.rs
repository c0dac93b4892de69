//! Futures in executors that know nothing of them, on a clock of their own.

use alloc::boxed::Box;
use alloc::{vec, vec::Vec};
use core::sync::atomic::{AtomicU64, Ordering::SeqCst};
use core::task::Waker;

use embassy_futures::join::join;
use embassy_futures::yield_now;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::super::block_on::run;
use super::super::lock::Lock;
use super::*;

/// A clock that goes on only while somebody waits.
struct World {
    now: AtomicU64,
    registry: Registry<At>,
    idle: Idle,
    /// How long each wait was.
    waits: Lock<Vec<u64>>,
}

struct At(u64, &'static World);

impl Event for At {
    fn ready(&self) -> bool {
        self.1.now.load(SeqCst) >= self.0
    }
}

/// The world, which lives as long as the test.
struct Leaked(&'static World);

impl Place for Leaked {
    type Event = At;

    fn registry(&self) -> &'static Registry<At> {
        &self.0.registry
    }

    fn idle(&self) -> &Idle {
        &self.0.idle
    }

    fn any(&self, events: &[&At]) -> Vec<u32> {
        let before = self.0.now.load(SeqCst);
        let first = events.iter().map(|event| event.0).min().unwrap();
        let now = self.0.now.fetch_max(first, SeqCst).max(first);
        self.0.waits.with(|waits| waits.push(now - before));
        let ready = events.iter().enumerate().filter(|(_, event)| event.ready());
        ready.map(|(place, _)| place as u32).collect()
    }

    fn timer(&self, ns: u64) -> At {
        At(self.0.now.load(SeqCst) + ns, self.0)
    }
}

impl Leaked {
    fn new() -> &'static Self {
        let world = World {
            now: AtomicU64::new(0),
            registry: Registry::new(),
            idle: Idle::new(),
            waits: Lock::new(Vec::new()),
        };
        Box::leak(Box::new(Self(Box::leak(Box::new(world)))))
    }

    fn at(&'static self, moment: u64) -> InAny<Self> {
        InAny::new(At(moment, self.0), self)
    }

    fn waits(&self) -> Vec<u64> {
        self.0.waits.with(|waits| waits.clone())
    }
}

/// An executor that polls only what was woken; one that would sleep otherwise
/// would sleep for ever.
fn others<F: Future>(future: F) -> F::Output {
    struct Flag(core::sync::atomic::AtomicBool);
    impl alloc::task::Wake for Flag {
        fn wake(self: alloc::sync::Arc<Self>) {
            self.0.store(true, SeqCst);
        }
    }
    let mut future = core::pin::pin!(future);
    let flag = alloc::sync::Arc::new(Flag(true.into()));
    let waker = Waker::from(flag.clone());
    loop {
        assert!(flag.0.swap(false, SeqCst), "the executor would sleep for ever");
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
    }
}

#[test]
fn a_wait_grows_while_nothing_happens() {
    let world = Leaked::new();
    others(world.at(10_000_000));
    let rising = [64_000, 128_000, 256_000, 512_000, 1_024_000, 2_048_000, 4_096_000];
    // The last is cut short by what happens.
    assert_eq!(world.waits(), [&rising[..], &[1_872_000]].concat());
    others(world.at(20_000_000));
    assert_eq!(world.waits()[8..], [&rising[..], &[1_872_000]].concat());
}

#[test]
fn what_happens_within_a_wait_ends_it() {
    let world = Leaked::new();
    others(async {
        world.at(50).await;
        world.at(60).await;
    });
    assert_eq!(world.waits(), [50, 10]);
}

#[test]
fn two_futures_wait_together() {
    let world = Leaked::new();
    others(join(world.at(30_000), world.at(20_000)));
    assert_eq!(world.waits(), [20_000, 10_000]);
}

#[test]
fn wakers_in_between_are_woken() {
    let world = Leaked::new();
    let futures = [30, 10, 20].map(|moment| async move {
        world.at(moment).await;
        moment
    });
    let order: Vec<u64> = others(futures.into_iter().collect::<FuturesUnordered<_>>().collect());
    assert_eq!(order, [10, 20, 30]);
}

#[test]
fn what_else_can_go_on_goes_on_before_anybody_waits() {
    let world = Leaked::new();
    let busy = async {
        for _ in 1..TURNS {
            yield_now().await;
        }
        world.waits()
    };
    let (_, waits) = others(join(world.at(5), busy));
    assert_eq!(waits, []);
}

#[test]
fn our_own_executor_waits_once_and_exactly() {
    let world = Leaked::new();
    run(join(world.at(80_000_000), world.at(90_000_000)), &world.0.registry, |events| {
        world.any(events)
    });
    assert_eq!(world.waits(), [80_000_000, 10_000_000]);
}

/// A combinator with wakers of its own hides our executor: then it is one of
/// others.
#[test]
fn a_hidden_executor_goes_on_too() {
    let world = Leaked::new();
    let one = vec![world.at(100_000)].into_iter().collect::<FuturesUnordered<_>>();
    run(one.collect::<Vec<_>>(), &world.0.registry, |events| world.any(events));
    assert_eq!(world.waits(), [64_000, 36_000]);
}

#[test]
fn an_executor_of_others_inside_ours_goes_on() {
    let world = Leaked::new();
    let inner = async { others(world.at(20)) };
    run(inner, &world.0.registry, |events| world.any(events));
    assert_eq!(world.waits(), [20]);
    assert!(!world.0.registry.has_executor(Waker::noop()));
}
