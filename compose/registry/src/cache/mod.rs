//! What was pulled, by digest, in a folder of the user's.
//!
//! ```text
//! blobs/<sha256>       content; its name is its digest
//! manifests/<sha256>   a line with the media type, then the manifest
//! names/<sha256>       what a tag or a list was when it was last asked for:
//!                      a line with the name, whose digest the file has for a
//!                      name, and one with a digest, or `nothing`
//! partial/<sha256>     a blob that was cut; locked by who pulls it
//! ```
//!
//! Content is hashed again whenever it is read: what was changed, or written by
//! half, is removed and pulled anew. Files appear whole, by a rename, and only
//! their owner may read them. `names` cannot be checked, and is used offline only.

mod limit;
mod part;

use std::fs::{DirBuilder, File};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

pub(crate) use part::{Opened, Part};

use crate::{Digest, MAX_MANIFEST_BYTES, RawManifest, RegistryFault};

/// The cache's folder.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    root: PathBuf,
}

/// What a name was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remembered {
    /// A manifest.
    Digest(Digest),
    /// The registry had none.
    Nothing,
}

const FOLDERS: [&str; 4] = ["blobs", "manifests", "names", "partial"];

/// Nobody goes on with a blob that was cut so long ago.
const STALE: Duration = Duration::from_secs(7 * 24 * 3600);

/// A name and a digest have fewer bytes.
const MAX_NAME_BYTES: u64 = 1024;

const NOTHING: &str = "nothing";

impl Cache {
    /// The cache in this folder, which is made if it is not there. What was not
    /// used for long goes, until it has at most `limit` bytes.
    pub(crate) fn open(root: &Path, limit: u64) -> Result<Self, RegistryFault> {
        let cache = Self { root: root.to_owned() };
        for path in [cache.root.clone()].into_iter().chain(FOLDERS.map(|name| root.join(name))) {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(&path);
            made.and_then(|()| make_private(&path))
                .map_err(|source| RegistryFault::Cache { path, source })?;
        }
        cache.sweep();
        cache.shrink(limit);
        Ok(cache)
    }

    /// The blob, if it is there and whole. One of another size is left alone: it
    /// may be who asks that is wrong about it.
    pub(crate) fn blob(&self, digest: &Digest, size: u64) -> Option<Vec<u8>> {
        let bytes = self.read("blobs", digest, size)?;
        let whole = bytes.len() as u64 == size && self.checked("blobs", digest, &bytes);
        whole.then_some(bytes)
    }

    /// Keeps a blob, which was checked.
    pub(crate) fn keep_blob(&self, digest: &Digest, bytes: &[u8]) -> Result<(), RegistryFault> {
        self.write(&self.path("blobs", digest), &[bytes])
    }

    /// The manifest, if it is there and whole.
    pub(crate) fn manifest(&self, digest: &Digest) -> Option<RawManifest> {
        let file = self.read("manifests", digest, MAX_MANIFEST_BYTES + MAX_NAME_BYTES)?;
        let line = file.iter().position(|b| *b == b'\n');
        let (media_type, bytes) = file.split_at(line.map_or(0, |line| line + 1));
        let media_type = String::from_utf8_lossy(media_type).trim_end().to_owned();
        let whole = self.checked("manifests", digest, bytes);
        whole.then(|| RawManifest { media_type, bytes: bytes.to_vec(), digest: digest.clone() })
    }

    /// Keeps a manifest, which was checked.
    pub(crate) fn keep_manifest(&self, manifest: &RawManifest) -> Result<(), RegistryFault> {
        let path = self.path("manifests", &manifest.digest);
        self.write(&path, &[manifest.media_type.as_bytes(), b"\n", &manifest.bytes])
    }

    /// What `name` was when it was last asked for.
    pub(crate) fn remembered(&self, name: &str) -> Option<Remembered> {
        let key = Digest::of(name.as_bytes());
        let file = String::from_utf8(self.read("names", &key, MAX_NAME_BYTES)?).ok()?;
        match file.lines().collect::<Vec<_>>().as_slice() {
            [of, NOTHING] if *of == name => Some(Remembered::Nothing),
            [of, digest] if *of == name => Some(Remembered::Digest(digest.parse().ok()?)),
            _ => None,
        }
    }

    /// Remembers what `name` is.
    pub(crate) fn remember(&self, name: &str, is: &Remembered) -> Result<(), RegistryFault> {
        let path = self.path("names", &Digest::of(name.as_bytes()));
        let is = match is {
            Remembered::Digest(digest) => digest.as_str(),
            Remembered::Nothing => NOTHING,
        };
        self.write(&path, &[name.as_bytes(), b"\n", is.as_bytes(), b"\n"])
    }

    fn path(&self, folder: &str, digest: &Digest) -> PathBuf {
        self.root.join(folder).join(digest.hex())
    }

    /// The file, if it can be read and has no more than so many bytes.
    fn read(&self, folder: &str, digest: &Digest, limit: u64) -> Option<Vec<u8>> {
        let file = File::open(self.path(folder, digest)).ok()?;
        limit::used(&file);
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Whether these bytes have this digest. If not, their file goes.
    fn checked(&self, folder: &str, digest: &Digest, bytes: &[u8]) -> bool {
        let whole = Digest::of(bytes) == *digest;
        if !whole {
            let path = self.path(folder, digest);
            tracing::warn!("{} was changed, and is pulled anew", path.display());
            // If it cannot be removed, it is found out again the next time.
            let _ = std::fs::remove_file(path);
        }
        whole
    }

    fn write(&self, path: &Path, parts: &[&[u8]]) -> Result<(), RegistryFault> {
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(self.root.join("partial"))?;
            for part in parts {
                file.write_all(part)?;
            }
            file.persist(path)?;
            Ok(())
        };
        write().map_err(|source| RegistryFault::Cache { path: path.to_owned(), source })
    }

    /// Removes what nobody went on with.
    fn sweep(&self) {
        let entries = std::fs::read_dir(self.root.join("partial")).into_iter().flatten();
        for entry in entries.flatten() {
            let changed = entry.metadata().and_then(|metadata| metadata.modified());
            let age = changed.ok().and_then(|at| SystemTime::now().duration_since(at).ok());
            if age.is_some_and(|age| age > STALE) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

/// Takes from others what they may do in a folder: with a link in it, they could
/// have us write anywhere.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut mode = std::fs::metadata(folder)?.permissions();
    if mode.mode() & 0o077 != 0 {
        mode.set_mode(0o700);
        std::fs::set_permissions(folder, mode)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(&folder.path().join("a/b"), u64::MAX).unwrap();
        (folder, cache)
    }

    #[test]
    fn what_was_changed_is_removed() {
        let (_folder, cache) = cache();
        let digest = Digest::of(b"right");
        cache.keep_blob(&digest, b"right").unwrap();
        assert_eq!(cache.blob(&digest, 5).unwrap(), b"right");
        for wrong in [&b"wrong"[..], b"", b"righ", b"right and more"] {
            std::fs::write(cache.path("blobs", &digest), wrong).unwrap();
            assert_eq!(cache.blob(&digest, 5), None);
            assert_eq!(cache.path("blobs", &digest).exists(), wrong.len() != 5);
        }
        cache.keep_blob(&digest, b"right").unwrap();
        assert_eq!(cache.blob(&digest, 4), None);
        assert_eq!(cache.blob(&digest, 5).unwrap(), b"right");
    }

    #[test]
    fn a_manifest_keeps_its_media_type() {
        let (_folder, cache) = cache();
        let (media_type, bytes) = ("text/plain".to_owned(), b"{\n}".to_vec());
        let digest = Digest::of(&bytes);
        let manifest = RawManifest { media_type, bytes, digest };
        cache.keep_manifest(&manifest).unwrap();
        assert_eq!(cache.manifest(&manifest.digest), Some(manifest));
    }

    #[test]
    fn a_name_is_remembered_for_itself_alone() {
        let (_folder, cache) = cache();
        let is = Remembered::Digest(Digest::of(b""));
        cache.remember("registry.example/a:1", &is).unwrap();
        assert_eq!(cache.remembered("registry.example/a:1"), Some(is));
        assert_eq!(cache.remembered("registry.example/a:2"), None);
        cache.remember("registry.example/a:1", &Remembered::Nothing).unwrap();
        assert_eq!(cache.remembered("registry.example/a:1"), Some(Remembered::Nothing));
    }

    #[test]
    fn nobody_else_may_read_it() {
        let (folder, cache) = cache();
        let digest = Digest::of(b"");
        cache.keep_blob(&digest, b"").unwrap();
        let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(cache.path("blobs", &digest)), 0o600);
        assert_eq!(mode(cache.root.join("blobs")), 0o700);
        // Nor may it be so from before.
        let blobs = cache.root.join("blobs");
        std::fs::set_permissions(&blobs, std::fs::Permissions::from_mode(0o777)).unwrap();
        Cache::open(&folder.path().join("a/b"), u64::MAX).unwrap();
        assert_eq!(mode(blobs), 0o700);
    }
}
