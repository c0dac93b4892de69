//! Signals that end a run: what it has taken is given back first, as at any end.

use std::io;
use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use periplasm_host::Stopper;

/// How long a run may take to end by itself; a second signal ends it at once. An
/// app that sleeps through WASI is not woken.
const GRACE: Duration = Duration::from_secs(2);

/// Which signal came.
pub(super) struct Interrupts(Arc<AtomicU8>);

impl Interrupts {
    /// Has SIGINT and SIGTERM end what `stopper` ends.
    #[cfg(unix)]
    pub(super) fn end(stopper: Stopper) -> io::Result<Self> {
        use signal_hook::consts::{SIGINT, SIGTERM};

        let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
        let came = Arc::new(AtomicU8::new(0));
        let first = came.clone();
        let serve = move || {
            for signal in signals.forever() {
                let code = code(signal);
                if first.swap(code, Ordering::SeqCst) != 0 {
                    exit(code.into());
                }
                stopper.stop();
                let late = std::thread::Builder::new().spawn(move || {
                    std::thread::sleep(GRACE);
                    exit(code.into());
                });
                if late.is_err() {
                    exit(code.into());
                }
            }
        };
        std::thread::Builder::new().name("periplasm-signals".to_owned()).spawn(serve)?;
        Ok(Self(came))
    }

    /// Elsewhere they end the process, as ever.
    #[cfg(not(unix))]
    pub(super) fn end(_: Stopper) -> io::Result<Self> {
        Ok(Self(Arc::default()))
    }

    /// The exit code, if a signal came.
    pub(super) fn code(&self) -> Option<u8> {
        Some(self.0.load(Ordering::SeqCst)).filter(|code| *code != 0)
    }
}

/// As shells report a process that a signal has ended.
#[cfg(unix)]
fn code(signal: i32) -> u8 {
    u8::try_from(signal).unwrap_or_default().saturating_add(128)
}
