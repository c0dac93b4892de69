//! Descriptors without what was not granted.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::rights::Rights;
use crate::descriptors::{Configuration, Interface, Part, configurations, kinds, walk};

/// The device descriptor and all configurations, as far as granted. Counts and
/// `wTotalLength` are those of what is left.
pub(super) fn descriptors(bytes: &[u8], rights: &Rights) -> Arc<[u8]> {
    let mut shown = match walk(bytes).next() {
        Some(Ok(first)) if first.kind == kinds::DEVICE => first.bytes.to_vec(),
        _ => Vec::new(),
    };
    for one in configurations(bytes).flatten() {
        shown.extend_from_slice(&configuration(&one, rights));
    }
    shown.into()
}

fn configuration(whole: &Configuration<'_>, rights: &Rights) -> Vec<u8> {
    let mut shown = Vec::with_capacity(whole.bytes.len());
    let mut hidden = BTreeSet::new();
    for part in whole.parts() {
        match part {
            Part::Own(bytes) => shown.extend_from_slice(before_endpoints(bytes)),
            Part::Association(association) => {
                if association.interfaces().any(|number| rights.interface(number)) {
                    shown.extend_from_slice(before_endpoints(association.bytes));
                }
            }
            Part::Interface(one) if rights.interface(one.number) => {
                interface(&one, rights, &mut shown);
            }
            Part::Interface(one) => {
                hidden.insert(one.number);
            }
        }
    }
    let total = u16::try_from(shown.len()).unwrap_or(u16::MAX).to_le_bytes();
    let hidden = u8::try_from(hidden.len()).unwrap_or(u8::MAX);
    // A configuration has been read, so its first nine bytes are here.
    if let Some([_, _, low, high, interfaces, ..]) = shown.get_mut(..Configuration::LEN) {
        [*low, *high] = total;
        *interfaces = interfaces.saturating_sub(hidden);
    }
    shown
}

/// One setting of a granted interface with its granted endpoints.
fn interface(whole: &Interface<'_>, rights: &Rights, shown: &mut Vec<u8>) {
    let at = shown.len();
    shown.extend_from_slice(whole.own());
    let mut hidden = 0_u8;
    for endpoint in whole.endpoints() {
        if rights.endpoint(whole.number, endpoint.address) {
            shown.extend_from_slice(endpoint.bytes);
        } else {
            hidden = hidden.saturating_add(1);
        }
    }
    if let Some(endpoints) = shown.get_mut(at + 4) {
        *endpoints = endpoints.saturating_sub(hidden);
    }
}

/// What precedes an endpoint that belongs to no interface.
fn before_endpoints(bytes: &[u8]) -> &[u8] {
    let stray = walk(bytes).flatten().find(|one| one.kind == kinds::ENDPOINT);
    bytes.get(..stray.map_or(bytes.len(), |one| one.at)).unwrap_or_default()
}
