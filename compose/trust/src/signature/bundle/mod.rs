//! The form that cosign 3 writes: a sigstore bundle (protobuf-specs,
//! `sigstore_bundle.proto`, version 0.3, in JSON) that refers to the artifact.

mod json;

use std::collections::BTreeMap;

use periplasm_registry::{
    At, Descriptor, Digest, Manifest, Registry, RegistryError, Repository, media_type,
};

use super::{Candidate, Evidence, Form, MAX_SIGNATURES, SignError, soft};
use crate::dsse::Envelope;
use crate::key::PublicKey;
use crate::statement::Statement;

/// The media type that is written.
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
/// The same version, as it was called before.
const BUNDLE_OLD: &str = "application/vnd.dev.sigstore.bundle+json;version=0.3";
/// The type of a statement that says nothing but that it was signed.
pub(super) const SIGNATURE: &str = "https://sigstore.dev/cosign/sign/v1";
/// The annotations of what refers to an artifact.
const CONTENT: &str = "dev.sigstore.bundle.content";
const PREDICATE: &str = "dev.sigstore.bundle.predicateType";
/// The most bytes of a bundle that signs: it has 700.
const MAX_SIGNATURE: u64 = 64 << 10;
/// The most bytes of one that attests: its statement, in base64.
const MAX_ATTESTATION: u64 = crate::attest::MAX_ENVELOPE + (64 << 10);

/// What bundles say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// That the artifact was signed.
    Signature,
    /// Something about it.
    Attestation,
}

/// What a bundle has.
struct Found {
    evidence: Evidence,
    /// Where it signs a statement, and not the artifact itself.
    attested: Option<(Envelope, Statement)>,
}

impl Found {
    fn kind(&self) -> Kind {
        match &self.attested {
            Some((_, statement)) => kind(statement.predicate_type()),
            None => Kind::Signature,
        }
    }
}

fn kind(predicate_type: &str) -> Kind {
    if predicate_type == SIGNATURE { Kind::Signature } else { Kind::Attestation }
}

/// Has a bundle refer to the artifact.
pub(crate) fn put(
    registry: &dyn Registry,
    repository: &Repository,
    subject: Descriptor,
    envelope: &Envelope,
    predicate_type: &str,
    key: &PublicKey,
) -> Result<(), RegistryError> {
    let bundle = json::write(envelope, key);
    registry.put_blob(repository, &bundle)?;
    registry.put_blob(repository, b"{}")?;
    let config = Descriptor::of(media_type::EMPTY, b"{}");
    let mut manifest = Manifest::new(config, vec![Descriptor::of(BUNDLE, &bundle)]);
    manifest.artifact_type = Some(BUNDLE.to_owned());
    manifest.subject = Some(subject);
    manifest.annotations = BTreeMap::from([
        (CONTENT.to_owned(), "dsse-envelope".to_owned()),
        (PREDICATE.to_owned(), predicate_type.to_owned()),
    ]);
    registry.put_referrer(repository, &manifest).map(drop)
}

/// The signatures in this form.
pub(super) fn candidates(
    registry: &dyn Registry,
    repository: &Repository,
    digest: &Digest,
) -> Result<Vec<Candidate>, SignError> {
    let mut candidates = Vec::new();
    each(registry, repository, digest, Kind::Signature, &mut |found| {
        let evidence = found.map(|found| found.evidence);
        candidates.push(Candidate { form: Form::Bundle, evidence });
    })?;
    Ok(candidates)
}

/// Shows the attestations in this form, of whoever made them, one by one: they may
/// be large.
pub(crate) fn attestations(
    registry: &dyn Registry,
    repository: &Repository,
    digest: &Digest,
    take: &mut dyn FnMut(Envelope, Statement),
) -> Result<(), SignError> {
    each(registry, repository, digest, Kind::Attestation, &mut |found| {
        if let Ok(Found { attested: Some((envelope, statement)), .. }) = found {
            take(envelope, statement);
        }
    })
}

/// Shows the bundles of a kind that refer to the artifact, and why some are none.
fn each(
    registry: &dyn Registry,
    repository: &Repository,
    digest: &Digest,
    kind: Kind,
    take: &mut dyn FnMut(Result<Found, String>),
) -> Result<(), SignError> {
    let referrers = registry.referrers(repository, digest)?;
    let perhaps: Vec<_> = referrers.iter().filter(|referrer| may_be(referrer, kind)).collect();
    if perhaps.len() > MAX_SIGNATURES {
        let place = repository.at(digest.clone()).to_string();
        return Err(SignError::TooMany { place });
    }
    for referrer in perhaps {
        let found = match fetch(registry, repository, referrer, kind) {
            Ok(Some(bundle)) => json::read(&bundle),
            Ok(None) => continue,
            Err(error) => Err(soft(error)?),
        };
        // Where nothing else says it, the statement inside does.
        if found.as_ref().map_or(true, |found| found.kind() == kind) {
            take(found);
        }
    }
    Ok(())
}

/// Whether the list of referrers leaves it open. cosign 3.1 writes the config's
/// type into the list, which is that of an empty one, and no annotations.
fn may_be(referrer: &Descriptor, kind: Kind) -> bool {
    let artifact_type = referrer.artifact_type.as_deref();
    matches!(artifact_type, None | Some(media_type::EMPTY | BUNDLE | BUNDLE_OLD))
        && says(&referrer.annotations, kind)
}

/// Whether the annotations do not speak of the other kind. They are not signed:
/// who changes them can hide a signature, as who deletes it can.
fn says(annotations: &BTreeMap<String, String>, wanted: Kind) -> bool {
    annotations.get(PREDICATE).is_none_or(|predicate| kind(predicate) == wanted)
}

/// The bytes of a bundle, or nothing if what refers to the artifact is none.
fn fetch(
    registry: &dyn Registry,
    repository: &Repository,
    referrer: &Descriptor,
    kind: Kind,
) -> Result<Option<Vec<u8>>, RegistryError> {
    let raw = registry.manifest(repository, At::Digest(&referrer.digest))?;
    let Ok(manifest) = serde_json::from_slice::<Manifest>(&raw.bytes) else {
        return Ok(None);
    };
    let [layer] = manifest.layers.as_slice() else {
        return Ok(None);
    };
    let is_bundle = matches!(layer.media_type.as_str(), BUNDLE | BUNDLE_OLD);
    if !is_bundle || !says(&manifest.annotations, kind) {
        return Ok(None);
    }
    let limit = match kind {
        Kind::Signature => MAX_SIGNATURE,
        Kind::Attestation => MAX_ATTESTATION,
    };
    registry.blob(repository, layer, limit).map(Some)
}
