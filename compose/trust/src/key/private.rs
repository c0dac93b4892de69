//! Private keys.

use std::fmt;
use std::path::Path;

use p256::SecretKey;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::zeroize::Zeroizing;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rand_core::{OsRng, RngCore};

use super::{KeyError, KeyFault, PublicKey, file, pem, sealed};

/// A key that signs. It forgets itself when it is dropped, and shows only its
/// public half.
#[derive(Clone)]
pub struct PrivateKey {
    secret: SecretKey,
    public: PublicKey,
}

impl PrivateKey {
    /// Makes a new key from the system's random numbers.
    pub fn generate() -> Result<Self, KeyFault> {
        let mut bytes = Zeroizing::new([0; 32]);
        loop {
            random(bytes.as_mut())?;
            // One in 2^32 is no number of the curve.
            if let Ok(secret) = SecretKey::from_slice(bytes.as_ref()) {
                return Self::new(secret);
            }
        }
    }

    fn new(secret: SecretKey) -> Result<Self, KeyFault> {
        let public = PublicKey::new(secret.public_key().into())?;
        Ok(Self { secret, public })
    }

    /// Reads a PEM text: PKCS#8, or cosign's encrypted form with its password.
    ///
    /// # Errors
    ///
    /// [`KeyFault::PasswordNeeded`] if it is encrypted and there is no password:
    /// ask for it and try again. An empty password is one.
    pub fn from_pem(text: &str, password: Option<&str>) -> Result<Self, KeyFault> {
        let (label, bytes) = pem::decode(text)?;
        let bytes = Zeroizing::new(bytes);
        let der = match label.as_str() {
            pem::PRIVATE => bytes,
            pem::SEALED | pem::SEALED_OLD => {
                let password = password.ok_or(KeyFault::PasswordNeeded)?;
                sealed::open(&bytes, password)?
            }
            _ => return Err(pem::other(&label, "a private key")),
        };
        Self::new(SecretKey::from_pkcs8_der(&der).map_err(|_| KeyFault::OtherCurve)?)
    }

    /// Reads a file.
    pub fn read(path: &Path, password: Option<&str>) -> Result<Self, KeyError> {
        let text = file::read(path).map(Zeroizing::new);
        let read = text.and_then(|text| Self::from_pem(&text, password));
        read.map_err(|fault| fault.of(path.display()))
    }

    /// The PEM text, encrypted as cosign does it.
    pub fn to_pem(&self, password: &str) -> Result<String, KeyFault> {
        let der = self.secret.to_pkcs8_der().map_err(|_| KeyFault::OtherCurve)?;
        Ok(pem::encode(pem::SEALED, &sealed::seal(der.as_bytes(), password)?))
    }

    /// The key with this secret number, in decimal.
    #[cfg(test)]
    pub(crate) fn from_number(decimal: &str) -> Self {
        let mut bytes = [0u8; 32];
        for digit in decimal.bytes() {
            let mut carry = u32::from(digit - b'0');
            for byte in bytes.iter_mut().rev() {
                let sum = u32::from(*byte) * 10 + carry;
                (*byte, carry) = (sum as u8, sum >> 8);
            }
        }
        Self::new(SecretKey::from_slice(&bytes).unwrap()).unwrap()
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The signature of `message` in DER; always the same one (RFC 6979).
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = SigningKey::from(&self.secret).sign(message);
        signature.to_der().as_bytes().to_vec()
    }
}

/// Fills `bytes` with the system's random numbers.
pub(super) fn random(bytes: &mut [u8]) -> Result<(), KeyFault> {
    OsRng.try_fill_bytes(bytes).map_err(|error| KeyFault::NoRandomness { why: error.to_string() })
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey(of {})", self.public.fingerprint())
    }
}
