//! Signatures that were found, before anybody believes them.

use periplasm_registry::{Digest, RegistryError, RegistryFault};
use sha2::{Digest as _, Sha256};

use super::Form;
use crate::dsse::{Envelope, pae};

/// One signature that was found.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// How it was kept.
    pub(crate) form: Form,
    /// What it is, or why it is none.
    pub(crate) evidence: Result<Evidence, String>,
}

/// What there is to check.
#[derive(Debug)]
pub(crate) struct Evidence {
    /// The SHA-256 of what was signed.
    pub(crate) signed: Vec<u8>,
    /// The signatures over it, in DER.
    pub(crate) signatures: Vec<Vec<u8>>,
    /// The artifacts that it is about. Not to be believed before a signature was
    /// checked.
    pub(crate) about: Vec<Digest>,
    /// The fingerprint of the key, as the signature tells it: a claim.
    pub(crate) hint: Option<Digest>,
}

impl Evidence {
    /// Of some bytes with one signature.
    pub(super) fn of(signed: &[u8], signature: Vec<u8>, about: Digest) -> Self {
        let (signed, about) = (Sha256::digest(signed).to_vec(), vec![about]);
        Self { signed, signatures: vec![signature], about, hint: None }
    }

    /// Of an envelope.
    pub(super) fn in_envelope(
        envelope: &Envelope,
        about: Vec<Digest>,
        hint: Option<Digest>,
    ) -> Self {
        let signed = Sha256::digest(pae(&envelope.payload_type, &envelope.payload)).to_vec();
        Self { signed, signatures: envelope.signatures.clone(), about, hint }
    }
}

/// Whether it was this one thing that was wrong, and not the way to it. Then it is
/// no signature, and others may be: nobody is to hide a good one behind a bad one.
pub(crate) fn soft(error: RegistryError) -> Result<String, RegistryError> {
    match &error.fault {
        RegistryFault::Missing
        | RegistryFault::Digest { .. }
        | RegistryFault::TooLarge { .. }
        | RegistryFault::Malformed { .. } => Ok(error.to_string()),
        _ => Err(error),
    }
}
