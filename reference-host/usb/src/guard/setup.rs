//! What becomes of a control request.

use super::device::Grant;
use crate::descriptors::{Configuration, configuration, configurations, kinds};
use crate::{Setup, UsbError};

/// What becomes of a control request that was not refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The device gets it.
    Forward,
    /// It is answered with the configuration of this index, as it is listed.
    Configuration(u8),
    /// It is answered with STALL.
    Stall,
}

// Standard requests (table 9-4).
const GET_STATUS: u8 = 0;
const SET_ADDRESS: u8 = 5;
const GET_DESCRIPTOR: u8 = 6;
const GET_CONFIGURATION: u8 = 8;
const SET_CONFIGURATION: u8 = 9;
const GET_INTERFACE: u8 = 10;
const SET_INTERFACE: u8 = 11;

// Bits 6 and 5 of bmRequestType, in their place (table 9-2).
const STANDARD: u8 = 0x00;
const RESERVED: u8 = 0x60;

// Bits 4 to 0.
const DEVICE: u8 = 0;
const INTERFACE: u8 = 1;
const ENDPOINT: u8 = 2;
const OTHER: u8 = 3;

/// Decides on a request. `active` tells the value of the active configuration;
/// it is asked when the answer depends on that.
pub(super) fn decide(
    grant: &Grant,
    setup: Setup,
    input: bool,
    active: impl FnOnce() -> Result<u8, UsbError>,
) -> Result<Verdict, UsbError> {
    let Setup { request_type, request, value, index } = setup;
    if (request_type & 0x80 != 0) != input {
        return Err(UsbError::Invalid);
    }
    let (whose, recipient) = (request_type & 0x60, request_type & 0x1f);
    if whose == RESERVED || recipient > OTHER {
        return Err(UsbError::Denied);
    }
    let standard = whose == STANDARD;
    // Whatever the recipient: a device may look at the request alone.
    if standard && matches!(request, SET_ADDRESS | SET_CONFIGURATION | SET_INTERFACE) {
        return Err(UsbError::Denied);
    }
    let [number, kind] = value.to_le_bytes();
    if standard && request == GET_DESCRIPTOR {
        match kind {
            kinds::CONFIGURATION if input && recipient == DEVICE => {
                return Ok(answer(grant, number));
            }
            kinds::CONFIGURATION | kinds::OTHER_SPEED_CONFIGURATION => return Ok(Verdict::Stall),
            _ => {}
        }
    }
    let [target, _] = index.to_le_bytes();
    let reads = standard && input && only_reads(recipient, request, kind);
    let granted = match recipient {
        INTERFACE => {
            let bytes = &grant.all;
            let there = configuration(bytes, active()?)
                .is_some_and(|one| one.interfaces().any(|one| one.number == target));
            there
                && if reads {
                    grant.rights.interface(target)
                } else {
                    grant.rights.control_interface(request_type, target)
                }
        }
        // Endpoint 0 is everybody's, and only its state can be asked for.
        ENDPOINT if target & 0x0f == 0 => reads && target & 0x70 == 0,
        ENDPOINT => {
            let active = configuration(&grant.all, active()?);
            active.is_some_and(|active| {
                every_owner(&active, target, |interface| {
                    if reads {
                        grant.rights.endpoint(interface, target)
                    } else {
                        grant.rights.control_endpoint(request_type, interface, target)
                    }
                })
            })
        }
        _ => reads || grant.rights.control(request_type),
    };
    if granted { Ok(Verdict::Forward) } else { Err(UsbError::Denied) }
}

/// Whether a standard request from the device changes nothing and shows nothing
/// that is not listed.
fn only_reads(recipient: u8, request: u8, kind: u8) -> bool {
    match (recipient, request) {
        (DEVICE | INTERFACE | ENDPOINT, GET_STATUS)
        | (DEVICE, GET_CONFIGURATION)
        | (INTERFACE, GET_INTERFACE | GET_DESCRIPTOR) => true,
        (DEVICE, GET_DESCRIPTOR) => {
            matches!(kind, kinds::DEVICE | kinds::STRING | kinds::DEVICE_QUALIFIER | kinds::BOS)
        }
        _ => false,
    }
}

fn answer(grant: &Grant, index: u8) -> Verdict {
    match configurations(&grant.shown).nth(usize::from(index)) {
        Some(Ok(_)) => Verdict::Configuration(index),
        _ => Verdict::Stall,
    }
}

/// Whether interfaces have the endpoint, in any setting, and `granted` is true
/// of each.
fn every_owner(active: &Configuration<'_>, address: u8, granted: impl Fn(u8) -> bool) -> bool {
    let mut owners = active
        .interfaces()
        .filter(|one| one.endpoint(address).is_some())
        .map(|one| granted(one.number))
        .peekable();
    owners.peek().is_some() && owners.all(|granted| granted)
}
