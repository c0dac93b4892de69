//! A kernel that is made by hand.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::io;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread::{JoinHandle, ThreadId};
use std::time::Duration;

use nix::libc;

use crate::EndpointConfig;
use crate::raw_gadget::kernel::{self, Kernel};

/// Long enough for any machine.
pub(super) const LONG: Duration = Duration::from_secs(30);

/// Everything that a host and a controller would do.
#[derive(Default)]
pub(super) struct Fake(Mutex<Wires>, Condvar);

#[derive(Default)]
pub(super) struct Wires {
    pub(super) events: VecDeque<kernel::Event>,
    /// Threads whose call is to end.
    pub(super) interrupted: HashSet<ThreadId>,
    /// What was called, in words.
    pub(super) calls: Vec<String>,
    /// Data stages to the device.
    pub(super) data: VecDeque<Vec<u8>>,
    /// Packets to the device, by handle.
    pub(super) out: BTreeMap<u16, VecDeque<Vec<u8>>>,
    /// How many packets the host takes.
    pub(super) takes: usize,
    pub(super) next: u16,
    /// Handles on which a call waits.
    pub(super) waiting: HashSet<u16>,
    /// How many times a halt fails, because the controller has a packet.
    pub(super) full: usize,
    /// Handles that are halted: their packets wait.
    pub(super) halted: HashSet<u16>,
    /// The bus was reset: calls that wait on an endpoint end.
    pub(super) down: bool,
}

impl Fake {
    pub(super) fn wires(&self) -> MutexGuard<'_, Wires> {
        self.0.lock().unwrap()
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Wires)) {
        change(&mut self.wires());
        self.1.notify_all();
    }

    fn call(&self, text: String) -> io::Result<()> {
        self.change(|wires| wires.calls.push(text));
        Ok(())
    }

    /// Waits as the kernel does, until there is something or a signal comes.
    fn wait<T>(&self, mut look: impl FnMut(&mut Wires) -> Option<T>) -> io::Result<T> {
        let mut wires = self.wires();
        loop {
            if let Some(found) = look(&mut wires) {
                return Ok(found);
            }
            if wires.interrupted.remove(&std::thread::current().id()) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            wires = self.1.wait(wires).unwrap();
        }
    }

    fn on<T>(&self, handle: u16, mut look: impl FnMut(&mut Wires) -> Option<T>) -> io::Result<T> {
        self.wires().waiting.insert(handle);
        let found = self.wait(|wires| match (wires.down, wires.halted.contains(&handle)) {
            (true, _) => Some(Err(io::Error::from_raw_os_error(libc::ESHUTDOWN))),
            (_, true) => None,
            _ => look(wires).map(Ok),
        });
        self.wires().waiting.remove(&handle);
        found?
    }

    /// Waits for a call.
    pub(super) fn called(&self, text: &str) {
        let mut wires = self.wires();
        while !wires.calls.iter().any(|call| call == text) {
            let (next, late) = self.1.wait_timeout(wires, LONG).unwrap();
            assert!(!late.timed_out(), "{text} was not called, but {:?}", next.calls);
            wires = next;
        }
    }
}

impl Kernel for Fake {
    fn run(&self) -> io::Result<()> {
        self.call("run".to_owned())
    }

    fn event(&self) -> io::Result<kernel::Event> {
        self.wait(|wires| wires.events.pop_front())
    }

    fn ep0_write(&self, data: &[u8], short: bool) -> io::Result<()> {
        self.call(format!("ep0 write {data:?}{}", if short { " short" } else { "" }))
    }

    fn ep0_read(&self, len: u16) -> io::Result<Vec<u8>> {
        self.call(format!("ep0 read {len}"))?;
        Ok(self.wires().data.pop_front().unwrap_or_default())
    }

    fn ep0_stall(&self) -> io::Result<()> {
        self.call("ep0 stall".to_owned())
    }

    fn enable(&self, endpoint: &EndpointConfig) -> io::Result<u16> {
        let mut wires = self.wires();
        wires.next += 1;
        let handle = wires.next;
        drop(wires);
        self.call(format!("enable {:#04x} as {handle}", endpoint.address))?;
        Ok(handle)
    }

    fn disable(&self, handle: u16) -> io::Result<()> {
        assert!(!self.wires().waiting.contains(&handle), "the kernel would refuse it");
        self.call(format!("disable {handle}"))
    }

    fn configure(&self) -> io::Result<()> {
        self.call("configure".to_owned())
    }

    fn write(&self, handle: u16, packet: &[u8]) -> io::Result<()> {
        self.on(handle, |wires| {
            wires.takes = wires.takes.checked_sub(1)?;
            Some(())
        })?;
        self.call(format!("write {packet:?}"))
    }

    fn read(&self, handle: u16, len: u16) -> io::Result<Vec<u8>> {
        let packet = self.on(handle, |wires| wires.out.get_mut(&handle)?.pop_front())?;
        assert!(packet.len() <= len.into());
        Ok(packet)
    }

    fn halt(&self, handle: u16, halted: bool) -> io::Result<()> {
        assert!(!self.wires().waiting.contains(&handle), "the kernel would refuse it");
        let left = self.wires().full.checked_sub(1);
        if let Some(left) = left {
            self.change(|wires| wires.full = left);
            return Err(io::Error::from_raw_os_error(libc::EAGAIN));
        }
        self.change(|wires| {
            if halted {
                wires.halted.insert(handle)
            } else {
                wires.halted.remove(&handle)
            };
        });
        self.call(format!("halt {handle} {halted}"))
    }

    fn interrupt(&self, thread: &JoinHandle<()>) {
        self.change(|wires| {
            wires.interrupted.insert(thread.thread().id());
        });
    }
}
