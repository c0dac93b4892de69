//! Public keys.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::{DecodePublicKey, EncodePublicKey};
use periplasm_registry::Digest;
use sha2::{Digest as _, Sha256};

use super::{KeyError, KeyFault, file, pem};

/// A key by which signatures are checked.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: VerifyingKey,
    /// Its SubjectPublicKeyInfo in DER.
    der: Vec<u8>,
}

impl PublicKey {
    /// Reads a PEM text.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        let (label, bytes) = pem::decode(text)?;
        if label != pem::PUBLIC {
            return Err(pem::other(&label, "a public key"));
        }
        let key = VerifyingKey::from_public_key_der(&bytes).map_err(|_| KeyFault::OtherCurve)?;
        Self::new(key)
    }

    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let read = file::read(path).and_then(|text| Self::from_pem(&text));
        read.map_err(|fault| fault.of(path.display()))
    }

    pub(super) fn new(key: VerifyingKey) -> Result<Self, KeyFault> {
        let der = key.to_public_key_der().map_err(|_| KeyFault::OtherCurve)?.into_vec();
        Ok(Self { key, der })
    }

    /// The PEM text.
    pub fn to_pem(&self) -> String {
        pem::encode(pem::PUBLIC, &self.der)
    }

    /// What people compare: the digest of the key in DER, which
    /// `openssl pkey -pubin -in FILE -outform DER | sha256sum` prints too.
    pub fn fingerprint(&self) -> Digest {
        Digest::of(&self.der)
    }

    /// The same as the fingerprint, as cosign writes it into a bundle.
    pub(crate) fn hint(&self) -> String {
        STANDARD.encode(Sha256::digest(&self.der))
    }

    /// Whether `signature`, in DER, is this key's over `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.verifies_digest(&Sha256::digest(message), signature)
    }

    /// The same, over the message with this SHA-256.
    pub(crate) fn verifies_digest(&self, digest: &[u8], signature: &[u8]) -> bool {
        // High S is accepted, as everywhere but in currencies: others make it.
        Signature::from_der(signature)
            .is_ok_and(|signature| self.key.verify_prehash(digest, &signature).is_ok())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.fingerprint())
    }
}
