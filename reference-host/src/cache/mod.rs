//! Compiled code on disk.
//!
//! Compiled code is trusted completely: it is mapped into the process and run.
//! So a file is used only if it lies in a folder that nobody but this user can
//! write, is this user's own, and was made by this very engine for these very
//! bytes. All else is compiled anew.

mod private;
mod sum;

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::pipeline::Digest;

/// A folder of compiled code.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
    owner: private::Owner,
    engine: Engine,
    compatible: u64,
}

/// Why a folder is not used as a cache.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum CacheError {
    /// It cannot be made or looked at.
    #[error("the cache {} cannot be used: {error}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
    /// Somebody else could put code into it.
    #[error("the cache {} is not safe: {why}", folder.display())]
    #[diagnostic(help("use a folder of your own that only you can write: chmod 700 {}", folder.display())
    )]
    NotSafe {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl Cache {
    /// Uses `folder`, making it if it is not there.
    pub(crate) fn open(folder: PathBuf, engine: &Engine) -> Result<Self, CacheError> {
        let made = private::make_private(&folder).and_then(|()| folder.canonicalize());
        let folder = match made {
            Ok(folder) => folder,
            Err(error) => return Err(CacheError::Folder { folder, error }),
        };
        let owner = match private::owner(&folder) {
            Ok(Ok(owner)) => owner,
            Ok(Err(why)) => return Err(CacheError::NotSafe { folder, why }),
            Err(error) => return Err(CacheError::Folder { folder, error }),
        };
        let mut compatible = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut compatible);
        Ok(Self { folder, owner, engine: engine.clone(), compatible: compatible.finish() })
    }

    /// The compiled code of a pipeline: from the folder, or else from
    /// `compile`, which is then kept.
    pub(crate) fn load_or(
        &self,
        digest: Digest,
        compile: impl FnOnce() -> wasmtime::Result<Component>,
    ) -> wasmtime::Result<Component> {
        let file = self.folder.join(format!("{}-{:016x}.cwasm", digest.hex(), self.compatible));
        if let Some(component) = self.load(&digest, &file) {
            return Ok(component);
        }
        let component = compile()?;
        if let Err(error) = self.keep(&digest, &file, &component) {
            tracing::warn!("compiled code cannot be kept in {}: {error:#}", self.folder.display());
        }
        Ok(component)
    }

    fn load(&self, digest: &Digest, path: &Path) -> Option<Component> {
        let file = private::open_own(path, self.owner)?;
        let len = file.metadata().ok()?.len();
        sum::is_whole(digest, &file, len).ok()?.then(|| self.deserialize(&file, path)).flatten()
    }

    #[allow(unsafe_code)]
    fn deserialize(&self, file: &File, path: &Path) -> Option<Component> {
        let path = by_handle(file).unwrap_or_else(|| path.to_owned());
        // SAFETY: `deserialize_file` needs the bytes to be what `serialize`
        // gave, and to stay so. The file belongs to this user, and nobody else
        // may write to it (`open_own`), so only `keep` can have written it:
        // never in place, but by renaming. Its sum, which is over the
        // pipeline's digest too, was right a moment ago, and on Linux it is
        // this very file whatever its name has become; elsewhere the folder,
        // into which nobody else may write (`owner`), keeps the name.
        // Wasmtime itself refuses what another version or another
        // configuration of it compiled.
        let component = unsafe { Component::deserialize_file(&self.engine, path) };
        component.inspect_err(|error| tracing::debug!("not used: {error:#}")).ok()
    }

    fn keep(&self, digest: &Digest, file: &Path, component: &Component) -> wasmtime::Result<()> {
        let bytes = sum::with_trailer(digest, component.serialize()?);
        let (mut open, part) = private::new_file(&self.folder)?;
        let kept = open.write_all(&bytes).and_then(|()| fs::rename(&part, file));
        if kept.is_err() {
            // It may not even be there any more.
            let _ = fs::remove_file(&part);
        }
        Ok(kept?)
    }
}

/// A path to an open file that stays its own when it is renamed or replaced.
#[cfg(target_os = "linux")]
fn by_handle(file: &File) -> Option<PathBuf> {
    use std::os::fd::AsRawFd;
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    path.exists().then_some(path)
}

#[cfg(not(target_os = "linux"))]
fn by_handle(_: &File) -> Option<PathBuf> {
    None
}
