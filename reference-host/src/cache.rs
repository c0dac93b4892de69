//! Compiled code on disk.
//!
//! Compiled code is trusted completely: it is mapped into the process and run.
//! So a file is used only if it lies in a folder that nobody but this user can
//! write, is this user's own, and was made by this very engine for these very
//! bytes. All else is compiled anew.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Write};
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
        if !is_own(file, &self.folder) {
            return None;
        }
        let open = File::open(file).ok()?;
        let len = open.metadata().ok()?.len();
        is_whole(open, len).ok()?.then(|| self.deserialize(file)).flatten()
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
        let mut sum = Sum::new(bytes.len() as u64);
        sum.add(&bytes);
        bytes.extend_from_slice(&TRAILER_MARK);
        bytes.extend_from_slice(&sum.end().to_le_bytes());
        let written = private_file(&part).and_then(|mut open| open.write_all(&bytes));
        let kept = written.and_then(|()| fs::rename(&part, file));
        if kept.is_err() {
            // It may not even be there.
            let _ = fs::remove_file(&part);
        }
        Ok(kept?)
    }
}

/// Whether `file` of `len` bytes ends with the sum of what stands before it.
/// It is read piece by piece: memory for all of it would take longer to get
/// than the sum does.
fn is_whole(mut file: impl Read, len: u64) -> io::Result<bool> {
    let Some(mut left) = len.checked_sub(TRAILER_BYTES as u64) else { return Ok(false) };
    let (mut sum, mut piece) = (Sum::new(left), [0; PIECE]);
    while left > 0 {
        let size = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        file.read_exact(&mut piece[..size])?;
        sum.add(&piece[..size]);
        left -= size as u64;
    }
    let mut trailer = [0; TRAILER_BYTES];
    file.read_exact(&mut trailer)?;
    let expected = [TRAILER_MARK, sum.end().to_le_bytes()].concat();
    Ok(trailer == *expected)
}

/// A multiple of a block, so that only the last piece can end within one.
const PIECE: usize = 32 << 10;
const LANES: usize = 4;
const BLOCK: usize = 8 * LANES;

/// A fast sum that any accident changes: each word is mixed into one of four
/// states by a multiplication (FNV's prime, Fowler, Noll and Vo). The four are
/// independent, so the processor works on all at once.
struct Sum([u64; LANES]);

impl Sum {
    fn new(len: u64) -> Self {
        Self([len, 1, 2, 3])
    }

    fn add(&mut self, bytes: &[u8]) {
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        for block in blocks {
            for (lane, word) in self.0.iter_mut().zip(block.as_chunks::<8>().0) {
                *lane = mix(*lane, u64::from_le_bytes(*word));
            }
        }
        for byte in rest {
            self.0[0] = mix(self.0[0], u64::from(*byte));
        }
    }

    fn end(&self) -> u64 {
        self.0.iter().fold(0, |state, lane| mix(state, *lane))
    }
}

fn mix(state: u64, word: u64) -> u64 {
    (state.rotate_left(23) ^ word).wrapping_mul(0x0000_0100_0000_01b3)
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

    /// `code` with its trailer.
    fn kept(code: &[u8]) -> Vec<u8> {
        let mut sum = Sum::new(code.len() as u64);
        sum.add(code);
        [code, &TRAILER_MARK, &sum.end().to_le_bytes()].concat()
    }

    fn whole(bytes: &[u8]) -> bool {
        is_whole(bytes, bytes.len() as u64).unwrap()
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_found_out() {
        let bytes = kept(&(0..100u8).collect::<Vec<_>>());
        assert!(whole(&bytes));
        for at in 0..bytes.len() {
            assert!(!whole(&bytes[..at]), "cut to {at} bytes");
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert!(!whole(&changed), "byte {at} changed");
        }
    }

    #[test]
    fn reading_in_pieces_gives_the_same_sum() {
        for len in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 17] {
            let code: Vec<u8> = (0..len).map(|i| (i * 7 + i / 256) as u8).collect();
            assert!(whole(&kept(&code)), "{len} bytes");
        }
    }

    #[test]
    fn a_file_that_shrinks_while_it_is_read_is_an_error() {
        let bytes = kept(b"code");
        assert!(is_whole(&bytes[..bytes.len() - 1], bytes.len() as u64).is_err());
    }
}
