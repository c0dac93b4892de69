//! Keys of annotations (OCI image spec 1.1, "Pre-Defined Annotation Keys").

/// What it is called.
pub const TITLE: &str = "org.opencontainers.image.title";
/// What it is, in a sentence.
pub const DESCRIPTION: &str = "org.opencontainers.image.description";
/// Its licence, as an SPDX expression.
pub const LICENSES: &str = "org.opencontainers.image.licenses";
/// Where its source is.
pub const SOURCE: &str = "org.opencontainers.image.source";
/// Its version.
pub const VERSION: &str = "org.opencontainers.image.version";
/// The revision of its source.
pub const REVISION: &str = "org.opencontainers.image.revision";
/// Where more is said of it.
pub const URL: &str = "org.opencontainers.image.url";
/// Where its documentation is.
pub const DOCUMENTATION: &str = "org.opencontainers.image.documentation";
/// Who made it.
pub const AUTHORS: &str = "org.opencontainers.image.authors";
