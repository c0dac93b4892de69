//! Compiled code on disk.
//!
//! Compiled code is trusted completely: it is mapped into the process and run.
//! So a file is used only if it lies in a folder that nobody but this user can
//! write, is this user's own, and was made by this very engine for these very
//! bytes. All else is compiled anew.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use miette::Diagnostic;
use thiserror::Error;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::pipeline::Digest;

/// A folder of compiled code.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
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

/// What stands after the code in a file of the cache, so that a file that was
/// cut short or damaged on disk is found out: a mark, and a sum over all
/// before it. It guards against accidents only; against people, the folder's
/// permissions do.
const TRAILER_MARK: [u8; 8] = *b"plasm 01";
const TRAILER_BYTES: usize = 16;

impl Cache {
    /// Uses `folder`, making it if it is not there.
    pub(crate) fn open(folder: PathBuf, engine: &Engine) -> Result<Self, CacheError> {
        let made = make_private(&folder).and_then(|()| folder.canonicalize());
        let folder = match made {
            Ok(folder) => folder,
            Err(error) => return Err(CacheError::Folder { folder, error }),
        };
        match why_not_safe(&folder) {
            Ok(None) => {}
            Ok(Some(why)) => return Err(CacheError::NotSafe { folder, why }),
            Err(error) => return Err(CacheError::Folder { folder, error }),
        }
        let mut compatible = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut compatible);
        Ok(Self { folder, engine: engine.clone(), compatible: compatible.finish() })
    }

    /// The compiled code of a pipeline: from the folder, or else from
    /// `compile`, which is then kept.
    pub(crate) fn load_or(
        &self,
        digest: Digest,
        compile: impl FnOnce() -> wasmtime::Result<Component>,
    ) -> wasmtime::Result<Component> {
        let file = self.folder.join(format!("{}-{:016x}.cwasm", digest.hex(), self.compatible));
        if let Some(component) = self.load(&file) {
            return Ok(component);
        }
        let component = compile()?;
        if let Err(error) = self.keep(&file, &component) {
            tracing::warn!("compiled code cannot be kept in {}: {error:#}", self.folder.display());
        }
        Ok(component)
    }

    fn load(&self, file: &Path) -> Option<Component> {
        if !is_own(file, &self.folder) || !is_whole(&fs::read(file).ok()?) {
            return None;
        }
        self.deserialize(file)
    }

    #[allow(unsafe_code)]
    fn deserialize(&self, file: &Path) -> Option<Component> {
        // SAFETY: `deserialize_file` needs the bytes to be what `serialize`
        // gave, and to stay so. The folder and the file belong to this user,
        // and nobody else may write into either (`why_not_safe`, `is_own`), so
        // only `keep` can have written it: never in place, but by renaming. Its
        // sum was right a moment ago. Wasmtime itself refuses what another
        // version or another configuration of it compiled.
        let component = unsafe { Component::deserialize_file(&self.engine, file) };
        component.inspect_err(|error| tracing::debug!("not used: {error:#}")).ok()
    }

    fn keep(&self, file: &Path, component: &Component) -> wasmtime::Result<()> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let part = self.folder.join(format!("{}-{count}.part", std::process::id()));
        let mut bytes = component.serialize()?;
        let sum = sum(&bytes);
        bytes.extend_from_slice(&TRAILER_MARK);
        bytes.extend_from_slice(&sum.to_le_bytes());
        let written = private_file(&part).and_then(|mut open| open.write_all(&bytes));
        let kept = written.and_then(|()| fs::rename(&part, file));
        if kept.is_err() {
            // It may not even be there.
            let _ = fs::remove_file(&part);
        }
        Ok(kept?)
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some((code, trailer)) = bytes.split_last_chunk::<TRAILER_BYTES>() else { return false };
    let Some(expected) = trailer.strip_prefix(&TRAILER_MARK) else { return false };
    expected == sum(code).to_le_bytes()
}

/// A fast sum that any accident changes: each word is mixed into all bits of
/// the state by a multiplication (FNV's prime, Fowler, Noll and Vo).
fn sum(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mix = |state: u64, word: u64| (state.rotate_left(23) ^ word).wrapping_mul(PRIME);
    let (words, rest) = bytes.as_chunks::<8>();
    let state = words.iter().fold(bytes.len() as u64, |s, word| mix(s, u64::from_le_bytes(*word)));
    rest.iter().fold(state, |s, byte| mix(s, u64::from(*byte)))
}

#[cfg(unix)]
mod permissions {
    use std::fs::Metadata;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};

    use super::*;

    /// Write permission for the group or for all others.
    const OTHERS_WRITE: u32 = 0o022;

    pub(super) fn make_private(folder: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)
    }

    pub(super) fn private_file(path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
    }

    /// What is wrong with a folder. A file made in it shows who we are.
    pub(super) fn why_not_safe(folder: &Path) -> io::Result<Option<&'static str>> {
        let metadata = fs::metadata(folder)?;
        if metadata.mode() & OTHERS_WRITE != 0 {
            return Ok(Some("others can write into it"));
        }
        let probe = folder.join(format!("{}.probe", std::process::id()));
        let _ = fs::remove_file(&probe);
        let us = private_file(&probe)?.metadata()?.uid();
        fs::remove_file(&probe)?;
        Ok((metadata.uid() != us).then_some("it belongs to another user"))
    }

    /// Whether a file is one that only this user can have written.
    pub(super) fn is_own(file: &Path, folder: &Path) -> bool {
        let own = |file: Metadata, folder: Metadata| {
            file.is_file() && file.mode() & OTHERS_WRITE == 0 && file.uid() == folder.uid()
        };
        let both = fs::symlink_metadata(file).and_then(|f| Ok((f, fs::metadata(folder)?)));
        both.is_ok_and(|(file, folder)| own(file, folder))
    }
}

#[cfg(not(unix))]
mod permissions {
    use super::*;

    pub(super) fn make_private(folder: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).create(folder)
    }

    pub(super) fn private_file(path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(path)
    }

    pub(super) fn why_not_safe(_: &Path) -> io::Result<Option<&'static str>> {
        Ok(Some("who can write into it cannot be told on this system"))
    }

    pub(super) fn is_own(_: &Path, _: &Path) -> bool {
        false
    }
}

use permissions::{is_own, make_private, private_file, why_not_safe};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_and_every_changed_byte_is_found_out() {
        let mut bytes: Vec<u8> = (0..100u8).collect();
        let sum = sum(&bytes);
        bytes.extend_from_slice(&TRAILER_MARK);
        bytes.extend_from_slice(&sum.to_le_bytes());
        assert!(is_whole(&bytes));
        for at in 0..bytes.len() {
            assert!(!is_whole(&bytes[..at]), "cut to {at} bytes");
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert!(!is_whole(&changed), "byte {at} changed");
        }
    }
}
