//! Why an artifact is not taken.

use miette::Diagnostic;

use crate::artifact::ContentError;
use crate::{Digest, RegistryError};

/// An artifact that was not pulled. Nothing of it was kept.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum PullError {
    /// The registry did not answer, or not with what was asked for.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Registry(#[from] RegistryError),
    /// Neither a manifest nor an index.
    #[error("the registry keeps something of the media type {found:?} there")]
    #[diagnostic(help(
        "a component has a manifest of the media type application/vnd.oci.image.manifest.v1+json; \
         was it pushed by a tool for containers?"
    ))]
    Document {
        /// Its media type.
        found: String,
    },
    /// A manifest that is also an index.
    #[error("the manifest can be read in two ways")]
    #[diagnostic(help(
        "it says one media type outside and another inside, or is a manifest and an index at \
         once: two clients would find two artifacts in it. Push it again with another tool"
    ))]
    TwoReadings,
    /// A manifest that cannot be read.
    #[error("the manifest cannot be read: {why}")]
    #[diagnostic(help("it is damaged, or made by a tool that speaks another version"))]
    Manifest {
        /// What is wrong with it.
        why: String,
    },
    /// An index of containers.
    #[error("none of the {count} entries of the index is WebAssembly")]
    #[diagnostic(help(
        "an entry is, if its platform has the architecture `wasm`; this looks like an image of a \
         container"
    ))]
    NoWasm {
        /// How many entries it has.
        count: usize,
    },
    /// An index with several components.
    #[error("several entries of the index are WebAssembly: {}", digests.join(", "))]
    #[diagnostic(help("name the one you mean by its digest, after an `@`"))]
    Several {
        /// Their digests, the first few.
        digests: Vec<String>,
    },
    /// An index in an index.
    #[error("the index names another index, {digest}")]
    #[diagnostic(help("name the artifact itself by its digest"))]
    Nested {
        /// The digest of the inner one.
        digest: Digest,
    },
    /// The config of something else.
    #[error(
        "its config has the media type {found:?}, and application/vnd.wasm.config.v0+json was expected"
    )]
    #[diagnostic(help(
        "it is no component, or was pushed without a config: push it with `cargo xtask publish` \
         or `wkg oci push`"
    ))]
    ConfigType {
        /// The config's media type.
        found: String,
    },
    /// None, or more than one layer.
    #[error("it has {count} layers, and a component is one")]
    #[diagnostic(help("push the component alone; what belongs to it is attached to it"))]
    Layers {
        /// How many it has.
        count: usize,
    },
    /// The layer of something else.
    #[error("its layer has the media type {found:?}, and application/wasm was expected")]
    #[diagnostic(help("it is no component, or a compressed one: push it as it is"))]
    LayerType {
        /// The layer's media type.
        found: String,
    },
    /// More bytes than are taken.
    #[error("its layer has {size} bytes, and at most {limit} are taken")]
    #[diagnostic(help("no component is as large; nothing of it was fetched"))]
    TooLarge {
        /// How many the manifest announces.
        size: u64,
        /// How many are taken.
        limit: u64,
    },
    /// Fewer or more bytes than the manifest says.
    #[error("its layer has {size} bytes, and the manifest says {announced}")]
    #[diagnostic(help("it was pushed by a tool that counts wrong: push it again"))]
    Size {
        /// How many the manifest announces.
        announced: u64,
        /// How many came.
        size: u64,
    },
    /// A config that cannot be read.
    #[error("its config cannot be read: {why}")]
    #[diagnostic(help(
        "it needs `architecture`, `os` and `layerDigests` (CNCF Wasm OCI artifact layout)"
    ))]
    Config {
        /// What is wrong with it.
        why: String,
    },
    /// A config for another architecture.
    #[error("its config is for the architecture {found:?}, and `wasm` was expected")]
    #[diagnostic(help("it is no component"))]
    Architecture {
        /// The architecture it says.
        found: String,
    },
    /// A config that belongs to other bytes.
    #[error(
        "its config is that of {}, and its layer is {layer}",
        found.first().map_or("nothing".to_owned(), Digest::to_string)
    )]
    #[diagnostic(help("the two were not pushed together: push the artifact again"))]
    OtherLayer {
        /// The layers that the config speaks of.
        found: Vec<Digest>,
        /// The layer that the manifest names.
        layer: Digest,
    },
    /// A config that says less than the component may do.
    #[error("its config does not say that it imports {}", imports.join(", "))]
    #[diagnostic(help(
        "whoever reads the config alone would believe that it may do less than it may; do not use \
         it before you know who made it"
    ))]
    Hidden {
        /// The imports that are left out.
        imports: Vec<String>,
    },
    /// A layer that is no component.
    #[error("its layer is refused: {0}")]
    #[diagnostic(forward(0))]
    Content(#[from] ContentError),
}

/// What comes from outside is quoted in part, and as letters.
pub(super) fn short(text: &str) -> String {
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().take(120).map(plain).collect()
}
