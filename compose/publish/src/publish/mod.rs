//! Publishing: an artifact, what is known of it, and who vouches for it; and
//! only then the name by which others find it.
//!
//! # Order
//!
//! Layer, config and manifest are put there by digest, then what refers to them,
//! then the signature. The tag comes last. So whoever asks for the tag, and when,
//! gets the artifact of before or the new one with all that belongs to it; and
//! what a publication that broke off has left is found by nobody, and is used
//! again by the next.

mod attach;
mod error;

use periplasm_registry::artifact::{Artifact, Packed};
use periplasm_registry::{
    Before, Descriptor, Digest, PushOptions, Reference, Registry, media_type, push,
};
use periplasm_trust::{PrivateKey, attest, sign};
use serde::Serialize;

pub use attach::Document;
pub use error::PublishError;

/// What is published: an artifact and documents about it.
#[derive(Clone, Debug)]
pub struct Publication {
    artifact: Artifact,
    packed: Packed,
    documents: Vec<Document>,
}

impl Publication {
    /// Publishes the artifact alone, at first.
    pub fn new(artifact: Artifact) -> Self {
        let packed = artifact.pack();
        Self { artifact, packed, documents: Vec::new() }
    }

    /// The digest that it will have.
    pub fn digest(&self) -> &Digest {
        &self.packed.digest
    }

    /// The artifact.
    pub fn artifact(&self) -> &Artifact {
        &self.artifact
    }

    /// Attaches a document.
    pub fn attach(&mut self, document: Document) {
        self.documents.push(document);
    }
}

/// How it is published.
#[derive(Clone, Debug, Default)]
pub struct PublishOptions {
    /// What may be done to tags.
    pub tags: PushOptions,
    /// Sign it, and the documents about it, with this key.
    pub key: Option<PrivateKey>,
    /// Only look whether it could be published.
    pub dry_run: bool,
}

/// One thing that was done, in the order in which they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "step")]
#[non_exhaustive]
pub enum PublishStep {
    /// Layer, config and manifest are there.
    Upload {
        /// The digest of the manifest.
        digest: Digest,
        /// The size of the layer, in bytes.
        size: u64,
    },
    /// A document was attached.
    Attach {
        /// What it is: `sbom`, `provenance`.
        what: &'static str,
        /// The digest of its manifest.
        digest: Digest,
    },
    /// It was signed, and so was each document about it.
    Sign {
        /// The fingerprint of the key.
        by: Digest,
    },
    /// The tag names it.
    Tag {
        /// The tag.
        tag: String,
    },
}

/// What was published.
#[derive(Clone, Debug)]
pub struct Published {
    /// Its name, with its digest.
    pub reference: Reference,
    /// Its digest.
    pub digest: Digest,
    /// What was there before.
    pub before: Before,
    /// What was done.
    pub steps: Vec<PublishStep>,
}

/// Publishes. `progress` is told each step when it is done. Publishing the same
/// again changes nothing.
pub fn publish(
    publication: &Publication,
    registry: &dyn Registry,
    reference: &Reference,
    options: &PublishOptions,
    progress: &mut dyn FnMut(&PublishStep),
) -> Result<Published, PublishError> {
    let Publication { artifact, packed, documents } = publication;
    let repository = &reference.repository;
    let mut steps = Vec::new();
    let mut done = |step: PublishStep| {
        progress(&step);
        steps.push(step);
    };
    let place = push::check(registry, reference, &packed.digest, &options.tags)?;
    if options.dry_run {
        let before = place.before().clone();
        let digest = packed.digest.clone();
        let reference = Reference { digest: Some(digest.clone()), ..reference.clone() };
        return Ok(Published { reference, digest, before, steps });
    }
    push::upload(registry, repository, artifact, packed)?;
    let size = artifact.bytes().len() as u64;
    done(PublishStep::Upload { digest: packed.digest.clone(), size });
    let subject = Descriptor::of(media_type::MANIFEST, &packed.manifest_bytes);
    for document in documents {
        let digest = attach::attach(registry, repository, &subject, document)?;
        done(PublishStep::Attach { what: document.what(), digest });
    }
    if let Some(key) = &options.key {
        for document in documents {
            let statement = document.statement(&packed.digest)?;
            attest(registry, repository, &packed.digest, &statement, key)?;
        }
        let signed = sign(registry, repository, &packed.digest, key)?;
        done(PublishStep::Sign { by: signed.by });
    }
    let tags = [place.version().to_string()].into_iter().chain(options.tags.also.clone());
    let pushed = push::tag(registry, place, packed)?;
    tags.for_each(|tag| done(PublishStep::Tag { tag }));
    let (reference, digest, before) = (pushed.reference, pushed.digest, pushed.before);
    Ok(Published { reference, digest, before, steps })
}

#[cfg(test)]
mod tests;
