//! The kernel's times and the board's, and waiting for a descriptor.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags};
use nix::time::{ClockId, clock_gettime};

use crate::Clock;

/// The moment of `CLOCK_MONOTONIC` at which a clock was zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Epoch(u64);

impl Epoch {
    /// Reads both clocks, a few times: the pair between whose two looks at the
    /// kernel's clock the least time passed is the truest.
    pub(super) fn of(clock: &dyn Clock) -> io::Result<Self> {
        let mut best = (u64::MAX, 0);
        for _ in 0..8 {
            let before = monotonic_ns()?;
            let shown = clock.now_ns();
            let took = monotonic_ns()?.saturating_sub(before);
            let zero = (before + took / 2).saturating_sub(shown);
            best = best.min((took, zero));
        }
        Ok(Self(best.1))
    }

    /// What the clock showed at a moment of the kernel's.
    pub(super) fn on_clock(self, monotonic_ns: u64) -> u64 {
        monotonic_ns.saturating_sub(self.0)
    }
}

fn monotonic_ns() -> io::Result<u64> {
    let time = Duration::from(clock_gettime(ClockId::CLOCK_MONOTONIC)?);
    Ok(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
}

/// The longest single wait: a clock that goes its own way is looked at, and a
/// GPIO chip that was removed, for which older kernels (6.1) do not end a poll
/// that has begun.
pub(super) const LONGEST_MS: i32 = 1000;

/// Waits until a descriptor has any of `events`, has an error, or is hung up
/// (`true`), or `clock` shows `until_ns` (`false`).
pub(super) fn wait(
    descriptor: BorrowedFd<'_>,
    events: PollFlags,
    clock: &dyn Clock,
    until_ns: u64,
) -> io::Result<bool> {
    loop {
        let left = until_ns.saturating_sub(clock.now_ns());
        // Rounded up: a moment before the time is over must not spin.
        let ms =
            i32::try_from(left.div_ceil(1_000_000)).map_or(LONGEST_MS, |ms| ms.min(LONGEST_MS));
        match nix::poll::poll(&mut [PollFd::new(descriptor.as_raw_fd(), events)], ms) {
            Ok(0) | Err(Errno::EINTR) if clock.now_ns() < until_ns => {}
            Ok(0) | Err(Errno::EINTR) => return Ok(false),
            Ok(_) => return Ok(true),
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RealClock;
    use std::io::Write;
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    #[test]
    fn a_moment_of_the_kernel_is_one_of_the_board() {
        let clock = RealClock::new();
        let epoch = Epoch::of(&clock).unwrap();
        for _ in 0..100 {
            let before = clock.now_ns();
            let now = epoch.on_clock(monotonic_ns().unwrap());
            let after = clock.now_ns();
            // As exact as the two looks at the clock were when it was made.
            assert!(
                now + 1_000_000 >= before && now <= after + 1_000_000,
                "{before} {now} {after}"
            );
        }
        assert_eq!(epoch.on_clock(0), 0);
    }

    #[test]
    fn a_wait_ends_with_the_descriptor_or_the_time() {
        let clock = RealClock::new();
        let (mut near, far) = UnixStream::pair().unwrap();
        let wait = |until| wait(far.as_fd(), PollFlags::POLLIN, &clock, until).unwrap();
        assert!(!wait(0));
        let until = clock.now_ns() + 2_000_000;
        assert!(!wait(until));
        assert!(clock.now_ns() >= until);
        near.write_all(b"x").unwrap();
        assert!(wait(u64::MAX));
        drop(near);
        assert!(wait(u64::MAX));
    }
}
