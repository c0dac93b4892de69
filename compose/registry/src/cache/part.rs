//! A blob on its way.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::Cache;
use crate::{Digest, RegistryFault};

/// How long the pull of the same blob by somebody else is waited for.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it is looked whether that is over.
const LOOK: Duration = Duration::from_millis(20);

/// The bytes of a blob that have come, hashed as they come, and beside them in
/// the cache, from where a later try goes on.
#[derive(Debug)]
pub(crate) struct Part {
    digest: Digest,
    bytes: Vec<u8>,
    hasher: Sha256,
    file: Option<Locked>,
    cache: Option<Cache>,
    resumed: bool,
}

/// The file, which nobody else writes to meanwhile.
#[derive(Debug)]
struct Locked {
    file: File,
    path: PathBuf,
}

/// What was found in the cache.
pub(crate) enum Opened {
    /// Somebody else pulled it meanwhile.
    There(Vec<u8>),
    /// Nothing, or a beginning.
    Part(Part),
}

impl Part {
    /// A part of a blob of `size` bytes. Waits while somebody else pulls it.
    pub(crate) fn open(
        cache: Option<&Cache>,
        digest: &Digest,
        size: u64,
    ) -> Result<Opened, RegistryFault> {
        let mut part = Self {
            digest: digest.clone(),
            bytes: Vec::new(),
            hasher: Sha256::new(),
            file: None,
            cache: cache.cloned(),
            resumed: false,
        };
        let Some(cache) = cache else { return Ok(Opened::Part(part)) };
        let path = cache.path("partial", digest);
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(bytes) = cache.blob(digest, size) {
                return Ok(Opened::There(bytes));
            }
            let fail = |source| RegistryFault::Cache { path: path.clone(), source };
            if let Some(file) = lock(&path).map_err(fail)? {
                part.file = Some(Locked { file, path: path.clone() });
                part.read_beginning(size).map_err(fail)?;
                return Ok(Opened::Part(part));
            }
            if Instant::now() > until {
                // Then it is pulled twice, which harms nobody.
                return Ok(Opened::Part(part));
            }
            std::thread::sleep(LOOK);
        }
    }

    /// How many bytes are there.
    pub(crate) fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Whether the first bytes are from an earlier try.
    pub(crate) fn is_resumed(&self) -> bool {
        self.resumed
    }

    /// More bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), RegistryFault> {
        if let Some(Locked { file, path }) = &mut self.file {
            let fail = |source| RegistryFault::Cache { path: path.clone(), source };
            file.write_all(bytes).map_err(fail)?;
        }
        self.hasher.update(bytes);
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// What comes now follows on what is there from another request.
    pub(crate) fn resume(&mut self) {
        self.resumed = true;
    }

    /// Forgets all that came.
    pub(crate) fn restart(&mut self) -> Result<(), RegistryFault> {
        self.bytes.clear();
        self.hasher = Sha256::new();
        self.resumed = false;
        match &mut self.file {
            Some(Locked { file, path }) => file
                .set_len(0)
                .and_then(|()| file.seek(SeekFrom::Start(0)).map(drop))
                .map_err(|source| RegistryFault::Cache { path: path.clone(), source }),
            None => Ok(()),
        }
    }

    /// The digest of what is there.
    pub(crate) fn digest(&self) -> Digest {
        Digest::finish(self.hasher.clone())
    }

    /// The whole blob, kept in the cache. Call it when the digest is right.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, RegistryFault> {
        match (&self.cache, self.file.take()) {
            (Some(cache), Some(Locked { path, file })) => {
                let whole = cache.path("blobs", &self.digest);
                std::fs::rename(&path, &whole)
                    .map_err(|source| RegistryFault::Cache { path: whole, source })?;
                drop(file);
            }
            (Some(cache), None) => cache.keep_blob(&self.digest, &self.bytes)?,
            (None, _) => {}
        }
        Ok(std::mem::take(&mut self.bytes))
    }

    /// Nothing of this is worth going on with.
    pub(crate) fn discard(mut self) -> Result<(), RegistryFault> {
        self.restart()
    }

    fn read_beginning(&mut self, size: u64) -> std::io::Result<()> {
        let Some(Locked { file, .. }) = &mut self.file else { return Ok(()) };
        // A whole one would have been renamed: this is none of ours.
        if file.metadata()?.len() >= size {
            file.set_len(0)?;
        }
        file.take(size).read_to_end(&mut self.bytes)?;
        self.hasher.update(&self.bytes);
        self.resumed = !self.bytes.is_empty();
        Ok(())
    }
}

impl Drop for Part {
    /// What is empty goes; a beginning stays.
    fn drop(&mut self) {
        if let (true, Some(Locked { path, .. })) = (self.bytes.is_empty(), &self.file) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The file, locked, or `None` while somebody else has it.
fn lock(path: &Path) -> std::io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    let options = options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => return Ok(None),
        Err(std::fs::TryLockError::Error(error)) => return Err(error),
    }
    // Who had it may have renamed or removed it: then this is another file.
    let same = std::fs::metadata(path)
        .ok()
        .zip(file.metadata().ok())
        .is_some_and(|(a, b)| (a.dev(), a.ino()) == (b.dev(), b.ino()));
    Ok(same.then_some(file))
}
