//! Signed envelopes: DSSE 1.0 (secure-systems-lab, `protocol.md` and
//! `envelope.md`), with signatures in DER as sigstore writes them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use miette::Diagnostic;
use serde::{Deserialize, Serialize};

use crate::key::{PrivateKey, PublicKey};

/// The payload type of in-toto statements.
pub const IN_TOTO: &str = "application/vnd.in-toto+json";

/// The most signatures of one envelope that are looked at.
const MAX_SIGNATURES: usize = 16;

/// Some bytes, what they are, and signatures over both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct Envelope {
    /// What the payload is.
    pub payload_type: String,
    /// The bytes that are signed.
    pub payload: Vec<u8>,
    /// The signatures, in DER.
    pub signatures: Vec<Vec<u8>>,
}

/// Bytes that are no envelope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
#[error("this is no signed envelope: {why}")]
#[diagnostic(help("an envelope is JSON with `payloadType`, `payload` and `signatures`"))]
pub struct EnvelopeError {
    /// What is wrong.
    pub why: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    payload_type: String,
    payload: String,
    signatures: Vec<RawSignature>,
}

#[derive(Serialize, Deserialize)]
struct RawSignature {
    sig: String,
}

impl Envelope {
    /// Signs a payload.
    pub fn sign(payload_type: &str, payload: Vec<u8>, key: &PrivateKey) -> Self {
        let signature = key.sign(&pae(payload_type, &payload));
        Self { payload_type: payload_type.to_owned(), payload, signatures: vec![signature] }
    }

    /// Reads JSON.
    pub fn from_json(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        serde_json::from_slice(bytes).map_err(|error| EnvelopeError { why: error.to_string() })
    }

    /// As JSON: always the same bytes for the same envelope.
    pub fn to_json(&self) -> Vec<u8> {
        // Strings and lists of them: JSON can say them.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Whether one of the signatures is this key's.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let signed = pae(&self.payload_type, &self.payload);
        self.signatures.iter().any(|signature| key.verifies(&signed, signature))
    }
}

impl TryFrom<Raw> for Envelope {
    type Error = EnvelopeError;

    fn try_from(raw: Raw) -> Result<Self, EnvelopeError> {
        let fail = |why: &str| EnvelopeError { why: why.to_owned() };
        if raw.signatures.is_empty() || raw.signatures.len() > MAX_SIGNATURES {
            return Err(fail("it has no signature, or more than 16"));
        }
        let payload = decode(&raw.payload).ok_or_else(|| fail("its payload is not base64"))?;
        let signatures = raw.signatures.iter().map(|signature| decode(&signature.sig));
        let signatures: Option<Vec<_>> = signatures.collect();
        let signatures = signatures.ok_or_else(|| fail("a signature is not base64"))?;
        Ok(Self { payload_type: raw.payload_type, payload, signatures })
    }
}

impl From<Envelope> for Raw {
    fn from(envelope: Envelope) -> Self {
        let signatures = envelope.signatures.iter();
        Self {
            payload_type: envelope.payload_type,
            payload: STANDARD.encode(envelope.payload),
            signatures: signatures.map(|sig| RawSignature { sig: STANDARD.encode(sig) }).collect(),
        }
    }
}

/// Either alphabet is right (`envelope.md`, "Encoding").
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

/// What is signed: the type and the payload, so that neither can be taken for
/// another (`protocol.md`, "Signature Definition").
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    let mut signed = head.into_bytes();
    signed.extend_from_slice(payload);
    signed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_what_the_specification_says() {
        // `protocol.md`, "Test Vectors": ECDSA on P-256, RFC 6979. They have the
        // signature's two numbers side by side, sigstore has them in DER.
        let secret =
            "97358161215184420915383655311931858321456579547487070936769975997791359926199";
        let signature = "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==";
        let signed = pae("http://example.com/HelloWorld", b"hello world");
        assert_eq!(signed, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        let key = PrivateKey::from_number(secret);
        let expected = p256::ecdsa::Signature::from_slice(&decode(signature).unwrap()).unwrap();
        assert_eq!(key.sign(&signed), expected.to_der().as_bytes());
        assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
    }

    #[test]
    fn an_envelope_is_read_as_it_was_written() {
        let key = PrivateKey::generate().unwrap();
        let envelope = Envelope::sign(IN_TOTO, b"{}".to_vec(), &key);
        let read = Envelope::from_json(&envelope.to_json()).unwrap();
        assert_eq!(read, envelope);
        assert!(read.is_signed_by(key.public()));
        assert!(!read.is_signed_by(PrivateKey::generate().unwrap().public()));
        for changed in [
            Envelope { payload: b"{ }".to_vec(), ..envelope.clone() },
            Envelope { payload_type: "text/plain".into(), ..envelope },
        ] {
            assert!(!changed.is_signed_by(key.public()), "{changed:?}");
        }
    }

    #[test]
    fn what_is_no_envelope_is_refused() {
        let many = vec![r#"{"sig":""}"#; 17].join(",");
        for text in [
            "",
            "[]",
            r#"{"payloadType":"a","payload":"","signatures":[]}"#,
            r#"{"payloadType":"a","payload":"?","signatures":[{"sig":""}]}"#,
            r#"{"payloadType":"a","payload":"","signatures":[{"sig":"?"}]}"#,
            &format!(r#"{{"payloadType":"a","payload":"","signatures":[{many}]}}"#),
        ] {
            assert!(Envelope::from_json(text.as_bytes()).is_err(), "{text}");
        }
    }
}
