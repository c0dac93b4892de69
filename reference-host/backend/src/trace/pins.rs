//! Pins, traced.

use std::task::{Context, Poll};

use super::{Act, Teller, Traced};
use crate::{Condition, Edge, Event, InputPin, Level, OutputPin, PinError};

impl<P: OutputPin> OutputPin for Traced<P> {
    fn set(&mut self, level: Level) -> Result<(), PinError> {
        let result = self.hardware.set(level);
        self.teller.tell_now(Act::SetPin(level, result));
        result
    }

    fn get(&mut self) -> Result<Level, PinError> {
        let result = self.hardware.get();
        self.teller.tell_now(Act::IsSet(result));
        result
    }
}

impl<P: InputPin> InputPin for Traced<P> {
    fn level(&mut self) -> Result<Level, PinError> {
        let result = self.hardware.level();
        self.teller.tell_now(Act::ReadPin(result));
        result
    }

    fn wait_for(&mut self, condition: Condition, until_ns: u64) -> Result<bool, PinError> {
        let result = self.hardware.wait_for(condition, until_ns);
        match result {
            Ok(false) => {}
            Ok(true) => self.teller.tell_now(Act::Waited(condition, Ok(()))),
            Err(error) => self.teller.tell_now(Act::Waited(condition, Err(error))),
        }
        result
    }

    fn next_edge(&mut self, until_ns: u64) -> Result<Option<Edge>, PinError> {
        let result = self.hardware.next_edge(until_ns);
        if let Some(taken) = result.transpose() {
            self.teller.tell_now(Act::Edge(taken));
        }
        result
    }

    fn watch(&mut self, condition: Condition) -> Result<Box<dyn Event>, PinError> {
        match self.hardware.watch(condition) {
            Ok(event) => {
                let teller = Some(self.teller.clone());
                Ok(Box::new(Watch { event, condition, teller }))
            }
            Err(error) => {
                self.teller.tell_now(Act::Waited(condition, Err(error)));
                Err(error)
            }
        }
    }
}

/// An event that is told of when it has happened.
struct Watch {
    event: Box<dyn Event>,
    condition: Condition,
    /// Until it was told.
    teller: Option<Teller>,
}

impl Event for Watch {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let poll = self.event.poll(context);
        if poll.is_ready()
            && let Some(teller) = self.teller.take()
        {
            teller.tell_now(Act::Waited(self.condition, Ok(())));
        }
        poll
    }

    fn next_ns(&self) -> Option<u64> {
        self.event.next_ns()
    }
}
