//! PEM (RFC 7468): a label, and bytes.

use p256::pkcs8::der::pem;

use super::KeyFault;
use crate::text::shown;

/// A public key (RFC 5280, "SubjectPublicKeyInfo").
pub(super) const PUBLIC: &str = "PUBLIC KEY";
/// A private key that is not encrypted (RFC 5958).
pub(super) const PRIVATE: &str = "PRIVATE KEY";
/// A private key as cosign 2 and later encrypt it.
pub(super) const SEALED: &str = "ENCRYPTED SIGSTORE PRIVATE KEY";
/// The same, as earlier ones call it.
pub(super) const SEALED_OLD: &str = "ENCRYPTED COSIGN PRIVATE KEY";

/// The label and the bytes of a PEM text.
pub(super) fn decode(text: &str) -> Result<(String, Vec<u8>), KeyFault> {
    let text = text.trim();
    let (label, bytes) = pem::decode_vec(text.as_bytes()).map_err(|_| {
        let why = match text.starts_with("-----BEGIN ") {
            true => "its lines are damaged, or it has more than one key",
            false => "it does not begin with `-----BEGIN `",
        };
        KeyFault::NotAKey { why: why.to_owned() }
    })?;
    Ok((label.to_owned(), bytes))
}

/// Bytes under a label, as a PEM text.
pub(super) fn encode(label: &str, bytes: &[u8]) -> String {
    // Fails for a label with a control character, and ours have none.
    pem::encode_string(label, pem::LineEnding::LF, bytes).unwrap_or_default()
}

/// What there is in place of what was `expected`.
pub(super) fn other(label: &str, expected: &'static str) -> KeyFault {
    let private = label.ends_with("PRIVATE KEY");
    let (found, help) = match label {
        PUBLIC => ("a public key".to_owned(), "name the file of the private key".to_owned()),
        PRIVATE | SEALED | SEALED_OLD => (
            "a private key".to_owned(),
            "name the file of the public key, and keep the private one where nobody reads it"
                .to_owned(),
        ),
        "CERTIFICATE" => (
            "a certificate".to_owned(),
            "take the key out of it: `openssl x509 -in FILE -noout -pubkey`".to_owned(),
        ),
        other if private => (
            format!("{:?}", shown(other, 80)),
            "write it as PKCS#8: `openssl pkcs8 -topk8 -nocrypt -in FILE`".to_owned(),
        ),
        other => (
            format!("{:?}", shown(other, 80)),
            "`cargo xtask key generate` makes a pair of keys".to_owned(),
        ),
    };
    KeyFault::Other { found, expected, help }
}
