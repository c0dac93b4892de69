//! The JSON of a bundle.

use periplasm_registry::Digest;
use serde::{Deserialize, Serialize};

use super::{BUNDLE, BUNDLE_OLD, Found};
use crate::dsse::{Envelope, IN_TOTO, decode};
use crate::key::PublicKey;
use crate::signature::Evidence;
use crate::statement::Statement;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    media_type: String,
    verification_material: Material,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dsse_envelope: Option<Envelope>,
    #[serde(default, skip_serializing)]
    message_signature: Option<MessageSignature>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Material {
    /// Without it the bundle has a certificate: it was signed without a key.
    public_key: Option<Hint>,
}

#[derive(Serialize, Deserialize)]
struct Hint {
    #[serde(default)]
    hint: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageSignature {
    message_digest: MessageDigest,
    signature: String,
}

#[derive(Deserialize)]
struct MessageDigest {
    algorithm: String,
    digest: String,
}

/// A bundle of this envelope.
pub(super) fn write(envelope: &Envelope, key: &PublicKey) -> Vec<u8> {
    let bundle = Bundle {
        media_type: BUNDLE.to_owned(),
        verification_material: Material { public_key: Some(Hint { hint: key.hint() }) },
        dsse_envelope: Some(envelope.clone()),
        message_signature: None,
    };
    // Strings and lists of them: JSON can say them.
    serde_json::to_vec(&bundle).unwrap_or_default()
}

/// What a bundle has, or why it cannot be used.
pub(super) fn read(bytes: &[u8]) -> Result<Found, String> {
    let bundle: Bundle =
        serde_json::from_slice(bytes).map_err(|error| format!("the bundle: {error}"))?;
    if ![BUNDLE, BUNDLE_OLD].contains(&bundle.media_type.as_str()) {
        return Err("the bundle is not one of version 0.3".to_owned());
    }
    let key = bundle.verification_material.public_key;
    let key = key.ok_or("it was made with a certificate, and only keys are looked at")?;
    let hint = decode(&key.hint).and_then(|bytes| digest(&bytes));
    match (bundle.dsse_envelope, bundle.message_signature) {
        (Some(envelope), None) => in_envelope(envelope, hint),
        (None, Some(message)) => of_message(&message, hint),
        _ => Err("the bundle has not one signature, but none or two".to_owned()),
    }
}

fn in_envelope(envelope: Envelope, hint: Option<Digest>) -> Result<Found, String> {
    if envelope.payload_type != IN_TOTO {
        return Err(format!("the payload is not {IN_TOTO}"));
    }
    let statement = Statement::from_json(&envelope.payload).map_err(|error| error.to_string())?;
    let evidence = Evidence::in_envelope(&envelope, statement.digests().collect(), hint);
    Ok(Found { evidence, attested: Some((envelope, statement)) })
}

/// A signature of the manifest's bytes themselves, as `cosign sign-blob` makes it.
fn of_message(message: &MessageSignature, hint: Option<Digest>) -> Result<Found, String> {
    if message.message_digest.algorithm != "SHA2_256" {
        return Err("the digest that was signed is not a SHA2_256".to_owned());
    }
    let signed = decode(&message.message_digest.digest).unwrap_or_default();
    let about = digest(&signed).ok_or("the digest that was signed is not one")?;
    let signature = decode(&message.signature).ok_or("the signature is not base64")?;
    let evidence = Evidence { signed, signatures: vec![signature], about: vec![about], hint };
    Ok(Found { evidence, attested: None })
}

/// The digest of 32 bytes.
fn digest(bytes: &[u8]) -> Option<Digest> {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}").parse().ok()
}
