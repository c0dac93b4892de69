//! Serial ports.

use std::collections::VecDeque;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use super::faults::Counting;
use super::line::Line;
use super::waiting::{Source, wait};
use super::wakers::{Listener, Wakers};
use super::{ConfigError, SerialConfig, SerialFault, SerialTarget, World};
use crate::{Event, SerialError};

/// The most bytes that wait to be read, and that wait to be sent. What arrives
/// beyond is lost, and the next read says so.
pub const SERIAL_QUEUE: usize = 4096;

/// Start bit, eight bits, stop bit.
const BITS_A_BYTE: u64 = 10;

/// A simulated serial port with a chip at the other end.
///
/// With a baud rate, what is written leaves byte by byte; when what comes from
/// the other end arrives, its model says.
pub struct Serial {
    world: World,
    port: Port,
}

#[derive(Clone)]
struct Port(Arc<Mutex<State>>);

struct State {
    target: Box<dyn SerialTarget>,
    line: Line,
    fault: Counting<SerialFault>,
    /// What is on its way out: when it has left, and which byte.
    leaving: VecDeque<(u64, u8)>,
    arrived: VecDeque<u8>,
    lost: bool,
    wakers: Wakers,
}

impl Serial {
    /// The port `name` of a board file, on `world`.
    ///
    /// # Errors
    /// An option that its model cannot have.
    pub fn new(world: &World, name: &str, config: &SerialConfig) -> Result<Self, ConfigError> {
        let target = config.build(world, name)?;
        Ok(Self::of(world, target, config.baud(), Counting::new(config.fault())))
    }

    /// With any target, such as a model of your own. Bytes take no time.
    pub fn with_target(world: &World, target: impl SerialTarget + 'static) -> Self {
        Self::of(world, Box::new(target), None, Counting::new(None))
    }

    fn of(
        world: &World,
        target: Box<dyn SerialTarget>,
        baud: Option<NonZeroU32>,
        fault: Counting<SerialFault>,
    ) -> Self {
        let port = Port(Arc::new(Mutex::new(State {
            target,
            line: Line::new(world, baud),
            fault,
            leaving: VecDeque::new(),
            arrived: VecDeque::new(),
            lost: false,
            wakers: Wakers::default(),
        })));
        Self { world: world.clone(), port }
    }

    /// Waits until all that waits to be sent has left but `rest` bytes.
    fn drain(&self, rest: usize) {
        let clock = self.world.clock();
        let due = {
            let state = self.port.lock();
            let last = state.leaving.len().checked_sub(rest + 1);
            last.and_then(|last| state.leaving.get(last)).map(|(due, _)| *due)
        };
        if let Some(due) = due {
            clock.delay_until(due);
            self.port.lock().pump(clock.now_ns());
        }
    }
}

impl Port {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Does all that happens by `now_ns`.
    fn pump(&mut self, now_ns: u64) {
        let mut came = Vec::new();
        while let Some((due, byte)) = self.leaving.front().copied()
            && due <= now_ns
        {
            self.leaving.pop_front();
            self.target.receive(&[byte], due);
        }
        self.target.send(&mut came, now_ns);
        self.arrive(&came);
    }

    fn arrive(&mut self, came: &[u8]) {
        let room = SERIAL_QUEUE - self.arrived.len();
        self.lost |= came.len() > room;
        self.arrived.extend(came.iter().take(room));
    }

    /// What the next read gives, if it gives anything: bytes, or an error.
    fn take(&mut self, buffer: &mut [u8]) -> Option<Result<usize, SerialError>> {
        if self.gone() {
            self.fault.next();
            return Some(Err(SerialError::Gone));
        }
        // What was lost came after what is there.
        if self.arrived.is_empty() && std::mem::take(&mut self.lost) {
            return Some(Err(SerialError::Overrun));
        }
        let mut taken = 0;
        for place in buffer {
            if self.fault.acting().is_some() && taken > 0 {
                break;
            }
            let Some(byte) = self.arrived.pop_front() else { break };
            if let Some(error) = self.fault.next().map(error) {
                return Some(Err(error));
            }
            *place = byte;
            taken += 1;
        }
        (taken > 0).then_some(Ok(taken))
    }

    fn gone(&self) -> bool {
        self.fault.acting() == Some(SerialFault::Disappears)
    }

    fn ready(&self) -> bool {
        self.gone() || !self.arrived.is_empty() || self.lost
    }

    fn next_ns(&self) -> Option<u64> {
        let leaves = self.leaving.front().map(|(due, _)| *due);
        leaves.into_iter().chain(self.target.next_ns()).min()
    }
}

fn error(fault: SerialFault) -> SerialError {
    match fault {
        SerialFault::Noise => SerialError::Noise,
        SerialFault::Parity => SerialError::Parity,
        SerialFault::Framing => SerialError::FrameFormat,
        SerialFault::Overrun => SerialError::Overrun,
        SerialFault::Disappears => SerialError::Gone,
    }
}

impl Source for Port {
    fn listen(&self) -> Listener {
        self.lock().wakers.listen()
    }

    fn next_ns(&self) -> Option<u64> {
        self.lock().next_ns()
    }
}

impl crate::Serial for Serial {
    fn read(&mut self, buffer: &mut [u8], until_ns: u64) -> Result<usize, SerialError> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let found = wait(&**self.world.clock(), &self.port, until_ns, |now| {
            let mut state = self.port.lock();
            state.pump(now);
            state.take(buffer)
        });
        found.unwrap_or(Ok(0))
    }

    fn write(&mut self, data: &[u8]) -> Result<usize, SerialError> {
        if self.port.lock().gone() {
            self.port.lock().fault.next();
            return Err(SerialError::Gone);
        }
        if data.is_empty() {
            return Ok(0);
        }
        self.drain(SERIAL_QUEUE - 1);
        let now = self.world.clock().now_ns();
        let mut state = self.port.lock();
        state.pump(now);
        let room = SERIAL_QUEUE - state.leaving.len();
        let taken = &data[..data.len().min(room)];
        let a_byte = state.line.bits_ns(BITS_A_BYTE);
        if a_byte == 0 {
            state.target.receive(taken, now);
        } else {
            let mut due = state.leaving.back().map_or(now, |(due, _)| *due);
            for byte in taken {
                due = due.saturating_add(a_byte);
                state.leaving.push_back((due, *byte));
            }
        }
        if state.fault.kind() == Some(SerialFault::Disappears) {
            state.fault.pass(taken.len());
        }
        state.pump(now);
        state.wakers.wake();
        Ok(taken.len())
    }

    fn flush(&mut self) -> Result<(), SerialError> {
        if self.port.lock().gone() {
            return Err(SerialError::Gone);
        }
        self.drain(0);
        Ok(())
    }

    fn read_ready(&mut self) -> Result<bool, SerialError> {
        let mut state = self.port.lock();
        state.pump(self.world.clock().now_ns());
        if state.gone() { Err(SerialError::Gone) } else { Ok(state.ready()) }
    }

    fn readable(&mut self) -> Box<dyn Event> {
        let (world, port) = (self.world.clone(), self.port.clone());
        Box::new(Readable { world, listener: port.listen(), port, happened: false })
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serial").finish_non_exhaustive()
    }
}

struct Readable {
    world: World,
    port: Port,
    listener: Listener,
    happened: bool,
}

impl Event for Readable {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !self.happened {
            self.listener.wake(context.waker());
            let mut state = self.port.lock();
            state.pump(self.world.clock().now_ns());
            self.happened = state.ready();
        }
        if self.happened { Poll::Ready(()) } else { Poll::Pending }
    }

    fn next_ns(&self) -> Option<u64> {
        if self.happened { None } else { self.port.lock().next_ns() }
    }
}
