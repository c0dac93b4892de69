//! The classic form: "simple signing" (cosign's SIGNATURE_SPEC, "Payloads" and
//! "Storage"). Each layer is a payload, and its annotation the signature.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use periplasm_registry::{Descriptor, Digest, Registry, Repository};
use serde::{Deserialize, Serialize};

use super::{Candidate, Evidence, Form, MAX_SIGNATURES, SignError, soft};
use crate::attached::{self, Kind};
use crate::dsse::decode;
use crate::key::PrivateKey;

/// The media type of a payload.
const PAYLOAD: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// The annotation that has the signature.
const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
/// What the payload says it is.
const TYPE: &str = "cosign container image signature";
/// The most bytes of a payload: it has 250, and what people add.
const MAX_PAYLOAD: u64 = 64 << 10;

#[derive(Serialize, Deserialize)]
struct Payload {
    critical: Critical,
    #[serde(default, skip_deserializing)]
    optional: Option<()>,
}

#[derive(Serialize, Deserialize)]
struct Critical {
    identity: Identity,
    image: Image,
    r#type: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Identity {
    docker_reference: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Image {
    docker_manifest_digest: Digest,
}

/// Signs in this form.
pub(super) fn put(
    registry: &dyn Registry,
    repository: &Repository,
    digest: &Digest,
    key: &PrivateKey,
) -> Result<(), SignError> {
    let critical = Critical {
        identity: Identity { docker_reference: repository.to_string() },
        image: Image { docker_manifest_digest: digest.clone() },
        r#type: TYPE.to_owned(),
    };
    // Strings: JSON can say them.
    let payload = serde_json::to_vec(&Payload { critical, optional: None }).unwrap_or_default();
    let signature = STANDARD.encode(key.sign(&payload));
    let layer = Descriptor::of(PAYLOAD, &payload);
    let annotations = BTreeMap::from([(SIGNATURE.to_owned(), signature)]);
    attached::append(registry, repository, digest, Kind::Signatures, &payload, layer, annotations)
}

/// The signatures in this form.
pub(super) fn candidates(
    registry: &dyn Registry,
    repository: &Repository,
    digest: &Digest,
) -> Result<Vec<Candidate>, SignError> {
    let found = match attached::read(registry, repository, digest, Kind::Signatures) {
        Ok(found) => found,
        Err(error) => return Ok(vec![candidate(Err(soft(error)?))]),
    };
    let layers = found.map(|manifest| manifest.layers).unwrap_or_default();
    if layers.len() > MAX_SIGNATURES {
        let place = repository.at(digest.clone()).to_string();
        return Err(SignError::TooMany { place });
    }
    let mut candidates = Vec::new();
    for layer in layers.iter().filter(|layer| layer.media_type == PAYLOAD) {
        let evidence = match registry.blob(repository, layer, MAX_PAYLOAD) {
            Ok(payload) => evidence(&payload, layer),
            Err(error) => Err(soft(error)?),
        };
        candidates.push(candidate(evidence));
    }
    Ok(candidates)
}

fn candidate(evidence: Result<Evidence, String>) -> Candidate {
    Candidate { form: Form::Classic, evidence }
}

fn evidence(payload: &[u8], layer: &Descriptor) -> Result<Evidence, String> {
    let signature = layer.annotations.get(SIGNATURE).and_then(|signature| decode(signature));
    let signature = signature.ok_or("the layer has no signature in base64")?;
    let read: Payload =
        serde_json::from_slice(payload).map_err(|error| format!("the payload: {error}"))?;
    if read.critical.r#type != TYPE {
        return Err(format!("the payload's type is not {TYPE:?}"));
    }
    Ok(Evidence::of(payload, signature, read.critical.image.docker_manifest_digest))
}
