//! Who computes too long.
//!
//! One thread a process raises the engine's epoch every [`TICK`] while any
//! pipeline exists. Compiled code notices that at its next loop or call and
//! comes here. Ticks that pass while the host itself works, or waits, are seen
//! as one, so what is counted is computation.

use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use wasmtime::{Engine, UpdateDeadline};

use super::stop::Stopper;

/// How often the epoch is raised.
pub(super) const TICK: Duration = Duration::from_millis(10);

/// Why the host stopped a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    /// It computed too long without a call of the host.
    #[error("no call of the host for {0:?}")]
    Stalled(Duration),
    /// The run's own time is over.
    #[error("the run's time of {0:?} is over")]
    Timeout(Duration),
    /// Somebody ended the run.
    #[error("stopped")]
    Stopped,
    /// It asked the host to hold more for it than this.
    #[error("more than {0}")]
    TooMuch(&'static str),
}

/// The clock of one run.
#[derive(Debug)]
pub(crate) struct Watch {
    quiet_ticks: u64,
    max_quiet_ticks: u64,
    stall: Duration,
    timeout: Option<(Duration, Instant)>,
    stopper: Stopper,
}

impl Watch {
    pub(crate) fn new(stall: Duration, timeout: Option<Duration>) -> Self {
        let ticks = stall.as_millis().div_ceil(TICK.as_millis());
        // A timeout too far away to be represented never comes.
        let timeout = timeout.and_then(|t| Some((t, Instant::now().checked_add(t)?)));
        let max_quiet_ticks = u64::try_from(ticks).unwrap_or(u64::MAX);
        Self { quiet_ticks: 0, max_quiet_ticks, stall, timeout, stopper: Stopper::default() }
    }

    /// A stage called the host, or the host a stage.
    #[inline]
    pub(crate) fn reset(&mut self) {
        self.quiet_ticks = 0;
    }

    /// When the run ends at the latest.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.timeout.map(|(_, at)| at)
    }

    /// The same, with the error that is to end it.
    pub(super) fn end(&self) -> Option<(Instant, Stop)> {
        self.timeout.map(|(timeout, at)| (at, Stop::Timeout(timeout)))
    }

    /// What ends the run from another thread.
    pub(crate) fn stopper(&self) -> &Stopper {
        &self.stopper
    }

    /// Whether the run's time is over, or somebody ended it.
    pub(super) fn check(&self) -> Result<(), Stop> {
        if self.stopper.is_stopped() {
            return Err(Stop::Stopped);
        }
        match self.timeout {
            Some((timeout, at)) if Instant::now() >= at => Err(Stop::Timeout(timeout)),
            _ => Ok(()),
        }
    }

    /// A tick was noticed while a stage computed.
    pub(crate) fn tick(&mut self) -> wasmtime::Result<UpdateDeadline> {
        self.check()?;
        self.quiet_ticks += 1;
        if self.quiet_ticks > self.max_quiet_ticks {
            return Err(Stop::Stalled(self.stall).into());
        }
        Ok(UpdateDeadline::Continue(1))
    }
}

/// Keeps the epoch rising as long as it lives.
#[derive(Debug)]
pub(crate) struct Running(());

struct Ticker {
    running: Mutex<usize>,
    started: Condvar,
}

static TICKER: OnceLock<Ticker> = OnceLock::new();

impl Running {
    pub(crate) fn new(engine: &Engine) -> std::io::Result<Self> {
        let ticker = match TICKER.get() {
            Some(ticker) => ticker,
            None => start(engine)?,
        };
        *ticker.running() += 1;
        ticker.started.notify_one();
        Ok(Self(()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(ticker) = TICKER.get() {
            *ticker.running() -= 1;
        }
    }
}

impl Ticker {
    fn running(&self) -> MutexGuard<'_, usize> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick(&self, engine: &Engine) -> ! {
        loop {
            let mut running = self.running();
            while *running == 0 {
                running = self.started.wait(running).unwrap_or_else(PoisonError::into_inner);
            }
            drop(running);
            std::thread::sleep(TICK);
            engine.increment_epoch();
        }
    }
}

/// Starts the thread. Of two that try at once, the first one wins.
fn start(engine: &Engine) -> std::io::Result<&'static Ticker> {
    static STARTING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(ticker) = TICKER.get() {
        return Ok(ticker);
    }
    let (ticks, engine) = (std::sync::mpsc::channel::<&'static Ticker>(), engine.clone());
    let (give, take) = ticks;
    std::thread::Builder::new().name("periplasm-ticks".to_owned()).spawn(move || {
        if let Ok(ticker) = take.recv() {
            ticker.tick(&engine);
        }
    })?;
    let ticker = TICKER.get_or_init(|| Ticker { running: Mutex::new(0), started: Condvar::new() });
    // The thread waits for exactly this.
    let _ = give.send(ticker);
    Ok(ticker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_add_up_to_a_stall_unless_the_host_is_called() {
        let mut watch = Watch::new(Duration::from_millis(30), None);
        for _ in 0..3 {
            watch.tick().unwrap();
        }
        watch.reset();
        for _ in 0..3 {
            watch.tick().unwrap();
        }
        let stop = watch.tick().err().and_then(|e| e.downcast_ref::<Stop>().copied());
        assert_eq!(stop, Some(Stop::Stalled(Duration::from_millis(30))));
    }

    #[test]
    fn a_run_without_time_ends_at_its_first_tick() {
        let mut watch = Watch::new(Duration::from_secs(5), Some(Duration::ZERO));
        let stop = watch.tick().err().and_then(|e| e.downcast_ref::<Stop>().copied());
        assert_eq!(stop, Some(Stop::Timeout(Duration::ZERO)));
        assert!(Watch::new(Duration::from_secs(5), Some(Duration::MAX)).tick().is_ok());
    }
}
