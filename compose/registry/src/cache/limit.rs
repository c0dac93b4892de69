//! What goes when there is too much.

use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Cache;

/// The folders in which something may be missing: it is pulled again.
const FOLDERS: [&str; 2] = ["blobs", "manifests"];

/// Remembers that this file was used now.
pub(super) fn used(file: &File) {
    // On a disk that cannot be written, what was used is not told from the rest.
    let _ = file.set_modified(SystemTime::now());
}

impl Cache {
    /// Removes what was not used for the longest time, until what is left has at
    /// most `limit` bytes.
    pub(super) fn shrink(&self, limit: u64) {
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for folder in FOLDERS {
            let entries = std::fs::read_dir(self.root.join(folder)).into_iter().flatten();
            files.extend(entries.flatten().filter_map(|entry| {
                let metadata = entry.metadata().ok().filter(Metadata::is_file)?;
                Some((metadata.modified().ok()?, metadata.len(), entry.path()))
            }));
        }
        files.sort();
        let mut total: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
        for (_, bytes, path) in files {
            if total <= limit {
                break;
            }
            remove(&path);
            total -= bytes;
        }
    }
}

/// Whoever reads the file at this moment has it open, and reads on.
fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::debug!("{} stays: {error}", path.display());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Digest;

    #[test]
    fn what_was_used_last_stays() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), u64::MAX).unwrap();
        let blobs: Vec<Digest> = (0..4_u8)
            .map(|at| {
                let bytes = [at; 10];
                let digest = Digest::of(&bytes);
                cache.keep_blob(&digest, &bytes).unwrap();
                let file = File::open(cache.path("blobs", &digest)).unwrap();
                let then = SystemTime::now() - Duration::from_secs(100 - u64::from(at));
                file.set_modified(then).unwrap();
                digest
            })
            .collect();
        // The first is used again.
        cache.blob(&blobs[0], 10).unwrap();
        let cache = Cache::open(folder.path(), 25).unwrap();
        let there: Vec<bool> = blobs.iter().map(|blob| cache.blob(blob, 10).is_some()).collect();
        assert_eq!(there, [true, false, false, true]);
    }
}
