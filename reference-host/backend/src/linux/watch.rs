//! One thread that wakes whoever waits for a descriptor.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::Waker;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};

use super::time::LONGEST_MS;

/// The thread, started by the first watch and ended when the last is dropped.
static THREAD: Mutex<Weak<Thread>> = Mutex::new(Weak::new());
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Whether the thread runs, for tests.
#[cfg(test)]
pub(super) fn runs() -> bool {
    THREAD.lock().unwrap_or_else(PoisonError::into_inner).strong_count() > 0
}

/// A descriptor that can be waited for with a waker.
#[derive(Debug)]
pub struct Watch {
    thread: Arc<Thread>,
    descriptor: Arc<OwnedFd>,
    id: u64,
}

impl Watch {
    /// Starts the thread if it does not run.
    ///
    /// # Errors
    ///
    /// Those of starting it: no more threads or descriptors.
    pub fn new(descriptor: Arc<OwnedFd>) -> io::Result<Self> {
        let mut running = THREAD.lock().unwrap_or_else(PoisonError::into_inner);
        let thread = match running.upgrade() {
            Some(thread) => thread,
            None => {
                let thread = Arc::new(Thread::start()?);
                *running = Arc::downgrade(&thread);
                thread
            }
        };
        Ok(Self { thread, descriptor, id: NEXT.fetch_add(1, Ordering::Relaxed) })
    }

    /// Wakes `waker` once, when there is something to read, an error or a hang
    /// up; at once if there is now. It takes the place of the waker before it.
    pub fn arm(&self, waker: &Waker) {
        let mut state = self.thread.shared.lock();
        if let Some(entry) = state.entries.iter_mut().find(|entry| entry.id == self.id) {
            entry.waker.clone_from(waker);
            return;
        }
        let (descriptor, waker) = (self.descriptor.clone(), waker.clone());
        state.entries.push(Entry { id: self.id, descriptor, waker });
        drop(state);
        self.thread.shared.ring();
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // The thread may still look at the descriptor, once and in vain.
        self.thread.shared.lock().entries.retain(|entry| entry.id != self.id);
    }
}

#[derive(Debug)]
struct Thread {
    shared: Arc<Shared>,
}

impl Thread {
    fn start() -> io::Result<Self> {
        let (bell, rung) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        rung.set_nonblocking(true)?;
        let shared = Arc::new(Shared { state: Mutex::default(), bell });
        let run = shared.clone();
        std::thread::Builder::new()
            .name("periplasm-watch".to_owned())
            .spawn(move || run.serve(&rung))?;
        Ok(Self { shared })
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.shared.lock().over = true;
        self.shared.ring();
    }
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Ends the thread's wait, for it to look at the state again.
    bell: UnixStream,
}

#[derive(Debug, Default)]
struct State {
    entries: Vec<Entry>,
    over: bool,
}

#[derive(Debug)]
struct Entry {
    id: u64,
    // Kept open here, so that the number is this descriptor's while it is
    // looked at.
    descriptor: Arc<OwnedFd>,
    waker: Waker,
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self) {
        // A full buffer rings as well.
        let _ = (&self.bell).write(&[1]);
    }

    fn serve(&self, rung: &UnixStream) {
        loop {
            let watched: Vec<(u64, Arc<OwnedFd>)> = {
                let state = self.lock();
                if state.over {
                    return;
                }
                state.entries.iter().map(|entry| (entry.id, entry.descriptor.clone())).collect()
            };
            let mut polled = vec![PollFd::new(rung.as_raw_fd(), PollFlags::POLLIN)];
            polled.extend(
                watched.iter().map(|(_, fd)| PollFd::new(fd.as_raw_fd(), PollFlags::POLLIN)),
            );
            // Not for ever, as in `time::wait`.
            let ms = if watched.is_empty() { -1 } else { LONGEST_MS };
            match poll(&mut polled, ms) {
                Ok(_) => {}
                Err(Errno::EINTR) => continue,
                Err(_) => {
                    // Out of memory. Whoever waits looks again by itself.
                    std::thread::sleep(Duration::from_millis(10));
                    self.wake(|_| true);
                    continue;
                }
            }
            while matches!((&*rung).read(&mut [0; 64]), Ok(1..)) {}
            let ready: Vec<u64> = watched
                .iter()
                .zip(&polled[1..])
                .filter(|(_, polled)| polled.revents().is_none_or(|events| !events.is_empty()))
                .map(|((id, _), _)| *id)
                .collect();
            self.wake(|id| ready.contains(&id));
        }
    }

    /// Wakes and forgets, so that a descriptor that nobody reads wakes once.
    fn wake(&self, ready: impl Fn(u64) -> bool) {
        let woken: Vec<Entry> = self.lock().entries.extract_if(.., |e| ready(e.id)).collect();
        // Without the lock: a waker may do anything.
        for entry in woken {
            entry.waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::task::Wake;

    struct Bell(mpsc::Sender<()>);

    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            let _ = self.0.send(());
        }
    }

    const LONG: Duration = Duration::from_secs(10);

    #[test]
    fn a_waker_is_woken_once_for_each_time_it_is_armed_and_the_thread_ends() {
        let (mut near, far) = UnixStream::pair().unwrap();
        let watch = Watch::new(Arc::new(OwnedFd::from(far))).unwrap();
        let (sender, rung) = mpsc::channel();
        let waker = Waker::from(Arc::new(Bell(sender)));

        watch.arm(&waker);
        near.write_all(b"x").unwrap();
        rung.recv_timeout(LONG).unwrap();
        // Nobody has read: it is ready at once when it is armed again.
        watch.arm(&waker);
        rung.recv_timeout(LONG).unwrap();
        drop(near);
        watch.arm(&waker);
        rung.recv_timeout(LONG).unwrap();
        assert!(rung.try_recv().is_err());
    }

    #[test]
    #[allow(unsafe_code)]
    fn what_became_ready_without_a_word_is_found() {
        let (mut near, far) = UnixStream::pair().unwrap();
        near.write_all(b"x").unwrap();
        let (_quiet, waits) = UnixStream::pair().unwrap();
        let waits = Arc::new(OwnedFd::from(waits));
        let watch = Watch::new(waits.clone()).unwrap();
        let (sender, rung) = mpsc::channel();
        watch.arm(&Waker::from(Arc::new(Bell(sender))));
        assert!(rung.recv_timeout(Duration::from_millis(50)).is_err());
        // The poll that runs is for what was there before.
        // SAFETY: both are open, and stay their owners' to close.
        let replaced = unsafe { nix::libc::dup2(far.as_raw_fd(), waits.as_raw_fd()) };
        assert_eq!(replaced, waits.as_raw_fd());
        rung.recv_timeout(LONG).unwrap();
    }

    #[test]
    fn the_thread_ends_with_the_last_watch() {
        // A thread of its own: the other tests share the one there is.
        let thread = Thread::start().unwrap();
        let shared = Arc::downgrade(&thread.shared);
        drop(thread);
        let end = std::time::Instant::now() + LONG;
        while shared.strong_count() > 0 {
            assert!(std::time::Instant::now() < end, "the thread still runs");
            std::thread::yield_now();
        }
    }
}
