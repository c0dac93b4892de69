//! Who vouches for a component: signatures, a policy of whom to believe, and what
//! it is made of and from.
//!
//! [`sign()`] signs what a registry has, [`attest()`] puts a signed statement
//! about it beside it, and [`verify()`] asks a [`Policy`] whether an artifact may
//! be used. All three speak what cosign speaks with key pairs, and work on any
//! [`Registry`](periplasm_registry::Registry). [`sbom()`] and [`Provenance`] make
//! what there is to be said about one.
//!
//! # Invariants
//!
//! - What is not known is refused: a repository without a rule, an artifact
//!   without a signature, a signature by another key or about another digest.
//! - Nothing that a registry or a file says is believed before a signature over
//!   it was checked, and its length is limited before it is read.
//! - The same key signs the same artifact with the same bytes (RFC 6979).
#![forbid(unsafe_code)]

mod attached;
pub mod attest;
pub mod dsse;
mod file;
pub mod key;
pub mod policy;
pub mod provenance;
pub mod sbom;
pub mod signature;
mod statement;
mod text;
pub mod verify;

pub use attest::{Attestation, attest, attestations};
pub use key::{KeyError, KeyFault, PrivateKey, PublicKey};
pub use policy::{Policy, PolicyError};
pub use provenance::Provenance;
pub use sbom::{SbomAbout, SbomError, sbom};
pub use signature::{Form, SignError, Signed, sign};
pub use statement::{Statement, StatementError};
pub use verify::{Signer, Verified, VerifyError, rule_for, verify};
