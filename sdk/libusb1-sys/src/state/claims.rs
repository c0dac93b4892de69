//! The interfaces that a handle has claimed, and the endpoints in use.

use std::collections::BTreeMap;
use std::sync::Arc;

use periplasm_usb_host::{Error, Interface};

use super::endpoint::Endpoint;
use super::{Code, Ended, Result};

/// All that a handle has claimed.
#[derive(Debug, Default)]
pub(super) struct Claims(BTreeMap<u8, Claim>);

/// One interface.
#[derive(Debug)]
struct Claim {
    // Before the interface: pipes end first.
    endpoints: BTreeMap<u8, Arc<Endpoint>>,
    interface: Interface,
    alternate: u8,
    /// Taken from a driver of the kernel, which is to have it back.
    detached: bool,
}

impl Claims {
    pub(super) fn has(&self, number: u8) -> bool {
        self.0.contains_key(&number)
    }

    pub(super) fn add(&mut self, number: u8, interface: Interface, detached: bool) {
        let endpoints = BTreeMap::new();
        self.0.insert(number, Claim { endpoints, interface, alternate: 0, detached });
    }

    /// Gives an interface back; whether a driver of the kernel had it.
    pub(super) fn remove(&mut self, number: u8, ended: &mut Vec<Ended>) -> Result<bool> {
        let mut claim = self.0.remove(&number).ok_or(Code::NOT_FOUND)?;
        claim.close(ended);
        Ok(claim.detached)
    }

    pub(super) fn set_alternate(
        &mut self,
        number: u8,
        setting: u8,
        ended: &mut Vec<Ended>,
    ) -> Result<()> {
        let claim = self.0.get_mut(&number).ok_or(Code::NOT_FOUND)?;
        claim.close(ended);
        claim.interface.set_alternate(setting)?;
        claim.alternate = setting;
        Ok(())
    }

    /// Closes all pipes, as a reset does.
    pub(super) fn reset(&mut self, ended: &mut Vec<Ended>) {
        for claim in self.0.values_mut() {
            claim.close(ended);
            claim.alternate = 0;
        }
    }

    /// An endpoint of a claimed interface.
    pub(super) fn endpoint(&mut self, owner: u64, address: u8) -> Result<Arc<Endpoint>> {
        if let Some(known) = self.0.values().find_map(|claim| claim.endpoints.get(&address)) {
            return Ok(Arc::clone(known));
        }
        let mut refusal = Error::NotFound;
        for claim in self.0.values_mut() {
            match claim.interface.pipe(address) {
                Ok(pipe) => {
                    let endpoint = Arc::new(Endpoint::new(owner, pipe));
                    claim.endpoints.insert(address, Arc::clone(&endpoint));
                    return Ok(endpoint);
                }
                Err(Error::NotFound) => {}
                Err(error) => refusal = error,
            }
        }
        Err(refusal.into())
    }

    /// The interface and the setting in which an endpoint is in use.
    pub(super) fn setting_of(&self, address: u8) -> Option<(u8, u8)> {
        let mut claims = self.0.iter();
        let found = claims.find(|(_, claim)| claim.endpoints.contains_key(&address));
        found.map(|(number, claim)| (*number, claim.alternate))
    }

    /// Everything, for the end of a handle.
    pub(super) fn endpoints(&self) -> impl Iterator<Item = &Arc<Endpoint>> {
        self.0.values().flat_map(|claim| claim.endpoints.values())
    }
}

impl Claim {
    fn close(&mut self, ended: &mut Vec<Ended>) {
        for endpoint in self.endpoints.values() {
            endpoint.drain(ended);
        }
        self.endpoints.clear();
    }
}
