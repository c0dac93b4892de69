//! Why a package is not found.

use std::path::PathBuf;

use miette::Diagnostic;

use super::PackageName;
use crate::{ReferenceError, RegistryError, Repository};

/// A package whose place is not known.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum PackageError {
    /// A registry did not answer.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Registry(#[from] RegistryError),
    /// No registry has this namespace.
    #[error("nothing says in which registry the package {name} is")]
    #[diagnostic(help(
        "write into {}, below `[namespace_registries]`:\n  {} = \"registry.example\"",
        path.display(), name.namespace
    ))]
    NoRegistry {
        /// The package.
        name: Box<PackageName>,
        /// wkg's configuration.
        path: PathBuf,
    },
    /// The registry is of another kind.
    #[error("{host} is a registry of the kind {backend:?}, and only OCI registries are spoken to")]
    #[diagnostic(help(
        "fetch the package with `wkg get`, and name the file in the manifest (`wasm = \"…\"`)"
    ))]
    Backend {
        /// The registry.
        host: String,
        /// Its kind.
        backend: String,
    },
    /// What a registry says of itself cannot be read.
    #[error("what {host} says of itself cannot be read: {why}")]
    #[diagnostic(help(
        "it publishes a document at /.well-known/wasm-pkg/registry.json that is not as wkg's; put \
         what it should say into wkg's configuration, as `metadata`"
    ))]
    Metadata {
        /// The registry.
        host: String,
        /// What is wrong with it.
        why: String,
    },
    /// What a registry says of itself is no place.
    #[error("{host} keeps its packages at a place that is none")]
    #[diagnostic(help("its `registry` or its `namespacePrefix` is wrong"))]
    Place {
        /// The registry.
        host: String,
        /// What is wrong with it.
        source: ReferenceError,
    },
    /// The package has no version.
    #[error("the package {name} has no version in {repository}")]
    #[diagnostic(help("is the name right, and was it published?"))]
    NoVersion {
        /// The package.
        name: String,
        /// Where its versions would be.
        repository: Repository,
    },
    /// A version that cannot be a tag.
    #[error("the version {version} is longer than a tag may be")]
    #[diagnostic(help("a tag has at most 128 letters"))]
    Version {
        /// The version.
        version: String,
    },
}
