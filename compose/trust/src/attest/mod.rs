//! Attestations: signed statements about an artifact, kept beside it in the two
//! forms in which signatures are.

use std::collections::BTreeMap;

use periplasm_registry::{Descriptor, Digest, Registry, Repository};

use crate::attached::{self, Kind};
use crate::dsse::{Envelope, IN_TOTO};
use crate::key::{PrivateKey, PublicKey};
use crate::signature::{MAX_SIGNATURES, SignError, bundle, soft, subject};
use crate::statement::{Statement, StatementError};

/// The most bytes of a statement: a list of some thousand parts.
pub const MAX_STATEMENT: u64 = 8 << 20;
/// The same in base64, with what is around it.
pub(crate) const MAX_ENVELOPE: u64 = MAX_STATEMENT / 3 * 4 + (64 << 10);

/// The media type of an envelope.
const ENVELOPE: &str = "application/vnd.dsse.envelope.v1+json";

/// A statement about an artifact, signed by keys that were asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Attestation {
    /// What is said.
    pub statement: Statement,
    /// Its bytes, as they were signed.
    pub payload: Vec<u8>,
    /// Which of the keys signed it: indices, at least one.
    pub by: Vec<usize>,
}

/// Signs a statement about the artifact with this digest, and puts it beside it.
/// `statement` is in-toto's, in JSON ([`Statement::to_json`] or what another tool
/// wrote); its bytes are what is signed. Those that are there stay.
pub fn attest(
    registry: &dyn Registry,
    repository: &Repository,
    digest: &Digest,
    statement: &[u8],
    key: &PrivateKey,
) -> Result<(), SignError> {
    let size = statement.len() as u64;
    if size > MAX_STATEMENT {
        return Err(SignError::TooLarge { size, limit: MAX_STATEMENT });
    }
    let read = Statement::from_json(statement)?;
    if !read.digests().any(|about| about == *digest) {
        let why = format!("it is not about {digest}");
        return Err(StatementError { why }.into());
    }
    let subject = subject(registry, repository, digest)?;
    let predicate = read.predicate_type();
    let envelope = Envelope::sign(IN_TOTO, statement.to_vec(), key);
    let bytes = envelope.to_json();
    let layer = Descriptor::of(ENVELOPE, &bytes);
    let annotations = BTreeMap::from([
        // Empty, and looked for.
        ("dev.cosignproject.cosign/signature".to_owned(), String::new()),
        ("predicateType".to_owned(), predicate.to_owned()),
    ]);
    let kind = Kind::Attestations;
    attached::append(registry, repository, digest, kind, &bytes, layer, annotations)?;
    bundle::put(registry, repository, subject, &envelope, predicate, key.public())?;
    Ok(())
}

/// The statements about an artifact that one of `keys` signed, each once. What
/// others say, and what cannot be read, is left out.
pub fn attestations(
    registry: &dyn Registry,
    repository: &Repository,
    digest: &Digest,
    keys: &[PublicKey],
) -> Result<Vec<Attestation>, SignError> {
    let mut known: Vec<Attestation> = Vec::new();
    let mut take = |envelope: Envelope, statement: Statement| {
        let mut by: Vec<usize> = (0..keys.len()).collect();
        by.retain(|index| envelope.is_signed_by(&keys[*index]));
        if by.is_empty() || !statement.digests().any(|about| about == *digest) {
            return;
        }
        match known.iter_mut().find(|known| known.payload == envelope.payload) {
            Some(known) => {
                known.by.extend(by);
                known.by.sort_unstable();
                known.by.dedup();
            }
            None => known.push(Attestation { statement, payload: envelope.payload, by }),
        }
    };
    classic(registry, repository, digest, &mut take)?;
    bundle::attestations(registry, repository, digest, &mut take)?;
    Ok(known)
}

/// Shows those under the tag, of whoever made them.
fn classic(
    registry: &dyn Registry,
    repository: &Repository,
    digest: &Digest,
    take: &mut dyn FnMut(Envelope, Statement),
) -> Result<(), SignError> {
    let manifest = match attached::read(registry, repository, digest, Kind::Attestations) {
        Ok(manifest) => manifest,
        Err(error) => {
            soft(error)?;
            return Ok(());
        }
    };
    let layers = manifest.map(|manifest| manifest.layers).unwrap_or_default();
    if layers.len() > MAX_SIGNATURES {
        let place = repository.at(digest.clone()).to_string();
        return Err(SignError::TooMany { place });
    }
    for layer in layers.iter().filter(|layer| layer.media_type == ENVELOPE) {
        match registry.blob(repository, layer, MAX_ENVELOPE) {
            Ok(bytes) => {
                if let Some((envelope, statement)) = read(&bytes) {
                    take(envelope, statement);
                }
            }
            Err(error) => drop(soft(error)?),
        }
    }
    Ok(())
}

fn read(bytes: &[u8]) -> Option<(Envelope, Statement)> {
    let envelope = Envelope::from_json(bytes).ok()?;
    let statement = Statement::from_json(&envelope.payload).ok()?;
    (envelope.payload_type == IN_TOTO).then_some((envelope, statement))
}
