use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use super::super::edges::Reported;
use super::*;
use crate::RealClock;

/// A wire, as a kernel would report it: each byte is an edge to that level.
struct Wire {
    reports: UnixStream,
    level: Level,
    number: u32,
}

impl Line for Wire {
    fn level(&mut self) -> Result<Level, PinError> {
        Ok(self.level)
    }

    fn edges(&mut self, each: &mut dyn FnMut(Reported)) -> Result<(), PinError> {
        let mut bytes = [0; 16];
        loop {
            match self.reports.read(&mut bytes) {
                Ok(0) => return Err(PinError::Gone),
                Ok(read) => {
                    for byte in &bytes[..read] {
                        self.level = Level::from(*byte == b'1');
                        self.number += 1;
                        each(Reported { to: self.level, at_ns: 0, number: self.number });
                    }
                }
                Err(_) => return Ok(()),
            }
        }
    }
}

/// An input, low, and what drives it.
fn wire() -> (Pin<Wire>, UnixStream, Arc<RealClock>) {
    let (near, far) = UnixStream::pair().unwrap();
    far.set_nonblocking(true).unwrap();
    let descriptor = OwnedFd::from(far.try_clone().unwrap());
    let clock = Arc::new(RealClock::new());
    let line = Wire { reports: far, level: Level::Low, number: 0 };
    (Pin::new(line, Some(Arc::new(descriptor)), clock.clone()), near, clock)
}

const NEVER: u64 = u64::MAX;

#[test]
fn a_level_that_is_there_ends_the_wait_at_once_and_an_edge_before_it_does_not() {
    let (mut pin, mut drive, _) = wire();
    assert_eq!(pin.wait_for(Condition::Low, 0), Ok(true));
    assert_eq!(pin.wait_for(Condition::High, 0), Ok(false));
    drive.write_all(b"1").unwrap();
    assert_eq!(pin.wait_for(Condition::RisingEdge, 0), Ok(false), "it was before the call");
    assert_eq!(pin.wait_for(Condition::High, 0), Ok(true));
}

#[test]
fn an_edge_ends_a_wait_that_blocks() {
    let (mut pin, mut drive, _) = wire();
    for (condition, bytes) in [
        (Condition::RisingEdge, b"1"),
        (Condition::FallingEdge, b"0"),
        (Condition::High, b"1"),
        (Condition::AnyEdge, b"0"),
    ] {
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| pin.wait_for(condition, NEVER));
            // Before or after the wait begins: for a level it is the same, and
            // for an edge it is written again until it is seen.
            loop {
                drive.write_all(bytes).unwrap();
                if waiting.is_finished() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            assert_eq!(waiting.join().unwrap(), Ok(true), "{condition:?}");
        });
    }
}

#[test]
fn a_wait_ends_with_its_time_and_takes_no_edge() {
    let (mut pin, mut drive, clock) = wire();
    drive.write_all(b"1").unwrap();
    let until = clock.now_ns() + 3_000_000;
    assert_eq!(pin.wait_for(Condition::FallingEdge, until), Ok(false));
    assert!(clock.now_ns() >= until);
    assert_eq!(pin.next_edge(0).unwrap().map(|edge| edge.to), Some(Level::High));
    assert_eq!(pin.next_edge(0), Ok(None));
}

struct Bell(mpsc::Sender<()>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let _ = self.0.send(());
    }
}

#[test]
fn an_event_is_woken_by_the_edge_whoever_takes_it() {
    let (mut pin, mut drive, _) = wire();
    let (sender, rung) = mpsc::channel();
    let waker = Waker::from(Arc::new(Bell(sender)));
    let mut context = Context::from_waker(&waker);
    let long = Duration::from_secs(10);

    let mut rising = pin.watch(Condition::RisingEdge).unwrap();
    assert_eq!(rising.poll(&mut context), Poll::Pending);
    assert_eq!(rising.next_ns(), None, "the kernel will tell");
    drive.write_all(b"1").unwrap();
    rung.recv_timeout(long).unwrap();
    assert_eq!(rising.poll(&mut context), Poll::Ready(()));

    // The pin takes the edge from the kernel before the event looks.
    let mut falling = pin.watch(Condition::FallingEdge).unwrap();
    assert_eq!(falling.poll(&mut context), Poll::Pending);
    drive.write_all(b"0").unwrap();
    assert_eq!(pin.next_edge(0).unwrap().map(|edge| edge.to), Some(Level::High));
    assert_eq!(pin.next_edge(NEVER).unwrap().map(|edge| edge.to), Some(Level::Low));
    rung.recv_timeout(long).unwrap();
    assert_eq!(falling.poll(&mut context), Poll::Ready(()));
    // It stays so.
    drive.write_all(b"1").unwrap();
    assert_eq!(falling.poll(&mut context), Poll::Ready(()));
}

#[test]
fn a_line_that_goes_away_ends_all_waits() {
    let (mut pin, mut drive, _) = wire();
    let waker = Waker::noop();
    let mut event = pin.watch(Condition::High).unwrap();
    drive.write_all(b"10").unwrap();
    drop(drive);
    assert_eq!(event.poll(&mut Context::from_waker(waker)), Poll::Ready(()));
    // The edges it had are not lost.
    for expected in [Level::High, Level::Low] {
        assert_eq!(pin.next_edge(NEVER).unwrap().map(|edge| edge.to), Some(expected));
    }
    assert_eq!(pin.next_edge(NEVER), Err(PinError::Gone));
    assert_eq!(pin.wait_for(Condition::High, NEVER), Err(PinError::Gone));
    assert_eq!(pin.watch(Condition::High).err(), Some(PinError::Gone));
}

#[test]
fn a_line_without_edges_is_looked_at_from_time_to_time() {
    let (_, mut drive, clock) = wire();
    let (near, far) = UnixStream::pair().unwrap();
    drop(std::mem::replace(&mut drive, near));
    far.set_nonblocking(true).unwrap();
    let line = Wire { reports: far, level: Level::Low, number: 0 };
    let mut pin = Pin::new(line, None, clock.clone());
    let event = pin.watch(Condition::High).unwrap();
    assert!(event.next_ns().is_some_and(|at| at <= clock.now_ns() + 1_000_000));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| pin.wait_for(Condition::High, NEVER));
        drive.write_all(b"1").unwrap();
        assert_eq!(waiting.join().unwrap(), Ok(true));
    });
}

#[test]
fn whoever_takes_an_edge_first_nobody_misses_it() {
    const ROUNDS: usize = 300;
    let (mut pin, mut drive, _) = wire();
    let (events, given) = mpsc::channel::<Box<dyn Event>>();
    let (seen, done) = mpsc::channel();
    let waiting = std::thread::spawn(move || {
        for mut event in given {
            let (sender, rung) = mpsc::channel();
            let waker = Waker::from(Arc::new(Bell(sender)));
            while event.poll(&mut Context::from_waker(&waker)).is_pending() {
                rung.recv_timeout(Duration::from_secs(10)).unwrap();
            }
            seen.send(()).unwrap();
        }
    });
    for round in 0..ROUNDS {
        let level = Level::from(round % 2 == 0);
        events.send(pin.watch(Condition::AnyEdge).unwrap()).unwrap();
        drive.write_all(if level.is_high() { b"1" } else { b"0" }).unwrap();
        let edge = pin.next_edge(NEVER).unwrap().unwrap();
        assert_eq!((edge.to, edge.lost), (level, 0));
        done.recv_timeout(Duration::from_secs(10)).unwrap();
    }
    drop(events);
    waiting.join().unwrap();
}
