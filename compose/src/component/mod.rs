//! A stage's component: what it is, and what it imports and exports.

mod contract;
mod read;
mod shape;
mod slot;
mod sniff;
mod stray;
mod words;

use std::path::Path;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::output::{self, WriteError};

pub(crate) use contract::Contract;
pub(crate) use shape::{Export, Import, ImportKind, Origin, Shape, ShapeError};
pub(crate) use slot::SlotShape;
pub(crate) use sniff::{Sniffed, sniff};

/// The most bytes of a stage.
pub(crate) const MAX_BYTES: u64 = 64 << 20;

/// What a stage is in its pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StageKind {
    /// It imports slots and exports device interfaces.
    Driver,
    /// It exports `wasi:cli/run`.
    App,
}

impl StageKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::App => "app",
        }
    }
}

/// A component that can be a stage.
#[derive(Clone, Debug)]
pub struct StageComponent {
    bytes: Vec<u8>,
    kind: StageKind,
}

impl StageComponent {
    pub(crate) fn new(bytes: Vec<u8>, kind: StageKind) -> Self {
        Self { bytes, kind }
    }

    /// The component.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it is a driver or an app.
    pub fn kind(&self) -> StageKind {
        self.kind
    }

    /// `sha256:` and the digest of the bytes.
    pub fn digest(&self) -> String {
        digest(&self.bytes)
    }

    /// Writes the component to a file, as [`Composed::write`] does.
    ///
    /// [`Composed::write`]: crate::Composed::write
    pub fn write(&self, path: &Path) -> Result<(), WriteError> {
        output::write(path, &self.bytes)
    }

    /// The component itself.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// `sha256:` and the digest in hexadecimal.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}
