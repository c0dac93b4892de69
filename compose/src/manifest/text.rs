//! The manifest's file.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::plain;
use crate::lock::Lock;
use crate::problem::{ComposeError, ManifestProblem, Problem};

/// The most bytes of a manifest that are read.
const MAX_BYTES: u64 = 1 << 20;

/// The file's name when only its folder is given.
pub(crate) const FILE_NAME: &str = "pipeline.toml";

/// A manifest's text, and where it is.
#[derive(Debug)]
pub(crate) struct Text {
    path: PathBuf,
    text: Arc<str>,
}

impl Text {
    pub(crate) fn read(path: &Path) -> Result<Self, ComposeError> {
        let path = if path.is_dir() { path.join(FILE_NAME) } else { path.to_owned() };
        let fail =
            |problem: ManifestProblem| ComposeError::new(&path, "".into(), vec![problem.into()]);
        let unreadable = |source| fail(ManifestProblem::Unreadable { path: path.clone(), source });

        let mut bytes = Vec::new();
        let file = std::fs::File::open(&path).map_err(unreadable)?;
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(fail(ManifestProblem::TooLarge { path: path.clone(), limit: MAX_BYTES }));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            fail(ManifestProblem::NotText { path: path.clone(), offset })
        })?;
        Ok(Self { path, text: text.into() })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// A path of the manifest, as seen from the process.
    pub(crate) fn resolve(&self, path: &Path) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    /// Where the manifest's lock is.
    pub(crate) fn lock(&self) -> PathBuf {
        Lock::beside(&self.path)
    }

    /// The error that shows these problems in this text.
    pub(crate) fn error(&self, problems: Vec<Problem>) -> ComposeError {
        ComposeError::new(&self.path, plain::shown(&self.text).into(), problems)
    }
}
