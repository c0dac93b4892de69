//! Plays embedded-hal calls from inside a component.
#![no_std]

extern crate alloc;

use alloc::vec::Vec;

use bindings::{bus, exports::test::replay::replay};
use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};
use periplasm_driver::Delay;

periplasm_driver::driver!(Replay);

struct Replay;

impl replay::Guest for Replay {
    fn play(calls: Vec<replay::Call>) -> Vec<Result<Vec<Vec<u8>>, replay::Kind>> {
        let calls: Vec<player::Call> = calls.into_iter().map(call).collect();
        let outcomes = player::play(&mut bus::open(), &mut Delay, &calls);
        outcomes.into_iter().map(|outcome| outcome.map_err(kind)).collect()
    }
}

fn call(call: replay::Call) -> player::Call {
    match call {
        replay::Call::Read((a, len)) => player::Call::Read(address(a), len as usize),
        replay::Call::Write((a, bytes)) => player::Call::Write(address(a), bytes),
        replay::Call::WriteRead((a, bytes, len)) => {
            player::Call::WriteRead(address(a), bytes, len as usize)
        }
        replay::Call::Transaction((a, steps)) => {
            player::Call::Transaction(address(a), steps.into_iter().map(step).collect())
        }
        replay::Call::DelayNs(ns) => player::Call::DelayNs(ns),
        replay::Call::DelayUs(us) => player::Call::DelayUs(us),
        replay::Call::DelayMs(ms) => player::Call::DelayMs(ms),
    }
}

fn step(step: replay::Step) -> player::Step {
    match step {
        replay::Step::Read(len) => player::Step::Read(len as usize),
        replay::Step::Write(bytes) => player::Step::Write(bytes),
    }
}

fn address(address: replay::Address) -> player::Address {
    match address {
        replay::Address::Seven(a) => player::Address::Seven(a),
        replay::Address::Ten(a) => player::Address::Ten(a),
    }
}

fn kind(kind: ErrorKind) -> replay::Kind {
    match kind {
        ErrorKind::Bus => replay::Kind::Bus,
        ErrorKind::ArbitrationLoss => replay::Kind::ArbitrationLoss,
        ErrorKind::NoAcknowledge(source) => match source {
            NoAcknowledgeSource::Address => replay::Kind::NoAcknowledgeAddress,
            NoAcknowledgeSource::Data => replay::Kind::NoAcknowledgeData,
            NoAcknowledgeSource::Unknown => replay::Kind::NoAcknowledgeUnknown,
        },
        ErrorKind::Overrun => replay::Kind::Overrun,
        _ => replay::Kind::Other,
    }
}
