//! Components in OCI registries: pull, push, and what refers to them.
//!
//! [`Registry`] is what a registry can do, [`Client`] one over the network,
//! [`Memory`] one in this process, and everything above them (signatures, attachments, the layout of an artifact)
//! is written once, against the trait.
//!
//! # Invariants
//!
//! - What a registry sends is checked against its digest before anybody sees
//!   it, and its size is limited before it is read.
//! - Nothing half-written stays behind, here or there: a manifest is put after
//!   all that it names.
#![forbid(unsafe_code)]

pub mod artifact;
mod cache;
mod client;
mod credentials;
mod digest;
mod error;
mod manifest;
mod memory;
pub mod package;
mod progress;
pub mod pull;
pub mod push;
mod reference;
mod registry;
mod settings;
pub mod tags;
pub mod wit;

pub use artifact::{Artifact, ContentError, Kind, WasmComponent, WasmConfig};
pub use client::{Client, ClientError};
pub use credentials::{CredentialError, Looked, Sources};
pub use digest::{Digest, DigestError};
pub use error::{RegistryError, RegistryFault, Unreachable};
pub use manifest::{Descriptor, Index, Manifest, media_type};
pub use memory::Memory;
pub use progress::Progress;
pub use pull::{Found, PullError, Pulled, pull};
pub use push::{Before, PushError, PushOptions, Pushed, push};
pub use reference::{At, Reference, ReferenceError, Repository};
pub use registry::{MAX_MANIFEST_BYTES, MAX_WELL_KNOWN_BYTES, RawManifest, Registry};
pub use settings::{Settings, SettingsError, SettingsProblem};
