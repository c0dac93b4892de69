//! Pins on wires.

use std::fmt;
use std::task::{Context, Poll};

use super::faults::Counting;
use super::waiting::{Source, wait};
use super::wakers::Listener;
use super::{ConfigError, InputConfig, Net, OutputConfig, PinFault, World};
use crate::{Condition, Edge, Event, InputPin, Level, OutputPin, PinError};

/// A pin that drives a wire.
///
/// It is at its first level from when it is made.
#[derive(Debug)]
pub struct Output {
    world: World,
    net: Net,
    active_low: bool,
    driven: Level,
    fault: Counting<PinFault>,
}

impl Output {
    /// The output `name` of `world`.
    pub fn new(world: &World, name: &str, config: &OutputConfig) -> Self {
        let driven = config.initial.map_or(Level::Low, Level::from);
        let net = world.nets().net(config.wire.as_deref().unwrap_or(name));
        let fault = Counting::new(config.fault);
        let mut pin =
            Self { world: world.clone(), net, active_low: config.active_low, driven, fault };
        pin.drive(pin.fault.acting());
        pin
    }

    fn drive(&mut self, fault: Option<PinFault>) {
        let level = match fault {
            None => inverted(self.driven, self.active_low),
            Some(PinFault::StuckLow) => Level::Low,
            Some(PinFault::StuckHigh) => Level::High,
            Some(PinFault::Disappears) => return,
        };
        self.net.set(level, self.world.clock().now_ns());
    }
}

impl OutputPin for Output {
    fn set(&mut self, level: Level) -> Result<(), PinError> {
        let fault = self.fault.next();
        if fault == Some(PinFault::Disappears) {
            return Err(PinError::Gone);
        }
        self.driven = level;
        self.drive(fault);
        Ok(())
    }

    fn get(&mut self) -> Result<Level, PinError> {
        match self.fault.next() {
            Some(PinFault::Disappears) => Err(PinError::Gone),
            _ => Ok(self.driven),
        }
    }
}

/// A pin that reads a wire.
///
/// Each has edges of its own to take, from when it is made. A wait for an edge
/// on a virtual clock moves it; when nothing is known to happen and there is no
/// end of the wait either, it says at once that nothing happened. A host that
/// lets others change the wire meanwhile uses [`InputPin::watch`], which misses
/// no edge between two looks.
pub struct Input {
    world: World,
    net: Net,
    active_low: bool,
    /// The number of the next edge to be taken.
    next: u64,
    fault: Counting<PinFault>,
    /// What a stuck pin is on.
    stuck: Option<(PinFault, Net)>,
}

impl Input {
    /// The input `name` of `world`. What `config` says of the wire holds once
    /// for all inputs of this name.
    ///
    /// # Errors
    /// As [`InputConfig::check`].
    pub fn new(world: &World, name: &str, config: &InputConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let net = world.nets().net(config.wire.as_deref().unwrap_or(name));
        if let Some((level, changes)) = config.changes()?
            && world.drives(name)
        {
            net.set(level, 0);
            net.set_later(changes);
        }
        let next = net.edges(world.clock().now_ns());
        let (world, active_low) = (world.clone(), config.active_low);
        Ok(Self { world, net, active_low, next, fault: Counting::new(config.fault), stuck: None })
    }

    /// Counts a use, and is on the wire that this use sees.
    fn used(&mut self) -> Result<Net, PinError> {
        let level = match self.fault.next() {
            Some(PinFault::Disappears) => return Err(PinError::Gone),
            None => {
                if self.stuck.take().is_some() {
                    self.next = self.net.edges(self.world.clock().now_ns());
                }
                return Ok(self.net.clone());
            }
            Some(fault) => fault,
        };
        let (_, net) = self
            .stuck
            .get_or_insert_with(|| (level, Net::new((level == PinFault::StuckHigh).into())));
        self.next = 0;
        Ok(net.clone())
    }
}

impl InputPin for Input {
    fn level(&mut self) -> Result<Level, PinError> {
        let net = self.used()?;
        Ok(inverted(net.level(self.world.clock().now_ns()), self.active_low))
    }

    fn wait_for(&mut self, condition: Condition, until_ns: u64) -> Result<bool, PinError> {
        let net = self.used()?;
        let clock = self.world.clock();
        let wanted = Wanted::new(&net, condition, self.active_low, clock.now_ns());
        Ok(wait(&**clock, &net, until_ns, |now| wanted.holds(&net, now).then_some(())).is_some())
    }

    fn next_edge(&mut self, until_ns: u64) -> Result<Option<Edge>, PinError> {
        let net = self.used()?;
        let found =
            wait(&**self.world.clock(), &net, until_ns, |now| net.edge_from(self.next, now));
        Ok(found.map(|(number, at_ns, level)| {
            let lost = number - self.next;
            self.next = number + 1;
            Edge { to: inverted(level, self.active_low), at_ns, lost }
        }))
    }

    fn watch(&mut self, condition: Condition) -> Result<Box<dyn Event>, PinError> {
        let net = self.used()?;
        let wanted = Wanted::new(&net, condition, self.active_low, self.world.clock().now_ns());
        let listener = net.listen();
        Ok(Box::new(Watch { world: self.world.clone(), net, wanted, listener, happened: false }))
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("net", &self.net).finish_non_exhaustive()
    }
}

impl Source for Net {
    fn listen(&self) -> Listener {
        self.listen()
    }

    fn next_ns(&self) -> Option<u64> {
        self.next_ns()
    }
}

fn inverted(level: Level, active_low: bool) -> Level {
    (level.is_high() != active_low).into()
}

/// A condition, from a moment on.
struct Wanted {
    condition: Condition,
    /// Edges and rising edges there were at that moment.
    edges: u64,
    rises: u64,
}

impl Wanted {
    fn new(net: &Net, condition: Condition, active_low: bool, now_ns: u64) -> Self {
        let (edges, rises, _) = net.seen(now_ns);
        let condition = match (condition, active_low) {
            (Condition::High, true) => Condition::Low,
            (Condition::Low, true) => Condition::High,
            (Condition::RisingEdge, true) => Condition::FallingEdge,
            (Condition::FallingEdge, true) => Condition::RisingEdge,
            (same, _) => same,
        };
        Self { condition, edges, rises }
    }

    fn holds(&self, net: &Net, now_ns: u64) -> bool {
        let (edges, rises, level) = net.seen(now_ns);
        match self.condition {
            Condition::High => level == Level::High,
            Condition::Low => level == Level::Low,
            Condition::RisingEdge => rises != self.rises,
            Condition::FallingEdge => edges - rises != self.edges - self.rises,
            Condition::AnyEdge => edges != self.edges,
        }
    }
}

struct Watch {
    world: World,
    net: Net,
    wanted: Wanted,
    listener: Listener,
    happened: bool,
}

impl Event for Watch {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !self.happened {
            // First to be woken, then to look: what changes between is not missed.
            self.listener.wake(context.waker());
            self.happened = self.wanted.holds(&self.net, self.world.clock().now_ns());
        }
        if self.happened { Poll::Ready(()) } else { Poll::Pending }
    }

    fn next_ns(&self) -> Option<u64> {
        if self.happened { None } else { self.net.next_ns() }
    }
}
