//! From a composed pipeline to a signed artifact in a registry, and back.
//!
//! [`publish()`] puts an artifact there with what is known of it, and tags it
//! last; [`About`] is what people want to know of it. [`RegistryFetch`] takes
//! stages from there, if a policy allows it.
#![forbid(unsafe_code)]

pub mod about;
pub mod fetch;
pub mod known;
pub mod publish;

pub use about::{About, AboutError};
pub use fetch::{RegistryFetch, RemoteStageError};
pub use known::{Built, bill, provenance};
pub use publish::{
    Document, Publication, PublishError, PublishOptions, PublishStep, Published, publish,
};
