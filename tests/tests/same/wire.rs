//! The replay guest's interface, as Wasmtime moves it.

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};
use wasmtime::component::{ComponentType, Lift, Lower};

/// The interface that the guest exports.
pub(crate) const REPLAY: &str = "test:replay/replay@0.1.0";

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(variant)]
pub(crate) enum Address {
    #[component(name = "seven")]
    Seven(u8),
    #[component(name = "ten")]
    Ten(u16),
}

#[derive(Clone, ComponentType, Lower)]
#[component(variant)]
pub(crate) enum Step {
    #[component(name = "read")]
    Read(u32),
    #[component(name = "write")]
    Write(Vec<u8>),
}

#[derive(Clone, ComponentType, Lower)]
#[component(variant)]
pub(crate) enum Call {
    #[component(name = "read")]
    Read((Address, u32)),
    #[component(name = "write")]
    Write((Address, Vec<u8>)),
    #[component(name = "write-read")]
    WriteRead((Address, Vec<u8>, u32)),
    #[component(name = "transaction")]
    Transaction((Address, Vec<Step>)),
    #[component(name = "delay-ns")]
    DelayNs(u32),
    #[component(name = "delay-us")]
    DelayUs(u32),
    #[component(name = "delay-ms")]
    DelayMs(u32),
}

#[derive(Clone, Copy, ComponentType, Lift)]
#[expect(dead_code, reason = "only lifting makes them")]
#[component(enum)]
#[repr(u8)]
pub(crate) enum Kind {
    #[component(name = "bus")]
    Bus,
    #[component(name = "arbitration-loss")]
    ArbitrationLoss,
    #[component(name = "no-acknowledge-address")]
    NoAcknowledgeAddress,
    #[component(name = "no-acknowledge-data")]
    NoAcknowledgeData,
    #[component(name = "no-acknowledge-unknown")]
    NoAcknowledgeUnknown,
    #[component(name = "overrun")]
    Overrun,
    #[component(name = "other")]
    Other,
}

impl From<&player::Call> for Call {
    fn from(call: &player::Call) -> Self {
        use player::Call as P;
        // The strategies make no length that does not fit.
        let len = |len: &usize| u32::try_from(*len).unwrap_or(u32::MAX);
        match call {
            P::Read(a, n) => Self::Read((a.into(), len(n))),
            P::Write(a, bytes) => Self::Write((a.into(), bytes.clone())),
            P::WriteRead(a, bytes, n) => Self::WriteRead((a.into(), bytes.clone(), len(n))),
            P::Transaction(a, steps) => {
                let steps = steps.iter().map(|step| match step {
                    player::Step::Read(n) => Step::Read(len(n)),
                    player::Step::Write(bytes) => Step::Write(bytes.clone()),
                });
                Self::Transaction((a.into(), steps.collect()))
            }
            P::DelayNs(ns) => Self::DelayNs(*ns),
            P::DelayUs(us) => Self::DelayUs(*us),
            P::DelayMs(ms) => Self::DelayMs(*ms),
        }
    }
}

impl From<&player::Address> for Address {
    fn from(address: &player::Address) -> Self {
        match address {
            player::Address::Seven(a) => Self::Seven(*a),
            player::Address::Ten(a) => Self::Ten(*a),
        }
    }
}

impl From<Kind> for ErrorKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Bus => Self::Bus,
            Kind::ArbitrationLoss => Self::ArbitrationLoss,
            Kind::NoAcknowledgeAddress => Self::NoAcknowledge(NoAcknowledgeSource::Address),
            Kind::NoAcknowledgeData => Self::NoAcknowledge(NoAcknowledgeSource::Data),
            Kind::NoAcknowledgeUnknown => Self::NoAcknowledge(NoAcknowledgeSource::Unknown),
            Kind::Overrun => Self::Overrun,
            Kind::Other => Self::Other,
        }
    }
}
