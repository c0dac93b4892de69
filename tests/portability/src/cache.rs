//! Answers of earlier runs, so that a table can be made in several goes.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::check::Answer;
use crate::error::{Result, file};
use crate::list::Entry;

/// A folder of answers that hold for the SDK as it is.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The answers below `folder` that were found with the SDK, the contracts
    /// and the checking code that the project at `root` has now.
    ///
    /// # Errors
    ///
    /// [`crate::Error::File`] when one of these cannot be read.
    pub fn open(folder: &Path, root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        for part in ["sdk", "wit", "tests/portability/src"] {
            collect(&root.join(part), &mut files)?;
        }
        for single in ["Cargo.lock", "rust-toolchain.toml"] {
            files.push(root.join(single));
        }
        files.sort();
        let mut hash = Sha256::new();
        for path in files {
            let bytes = std::fs::read(&path).map_err(file(&path))?;
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            hash.update((name.len() as u64).to_le_bytes());
            hash.update(name);
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        }
        let digest: String = hash.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect();
        Ok(Self { folder: folder.join(digest) })
    }

    /// What is known of an entry. One without a version is never known: its
    /// newest version may have changed.
    pub fn get(&self, entry: &Entry) -> Option<Answer> {
        entry.version.as_ref()?;
        let text = std::fs::read(self.path(entry)).ok()?;
        // A file that was written half is the same as none.
        serde_json::from_slice(&text).ok()
    }

    /// Keeps an answer.
    ///
    /// # Errors
    ///
    /// [`crate::Error::File`] when it cannot be written.
    pub fn put(&self, entry: &Entry, answer: &Answer) -> Result<()> {
        std::fs::create_dir_all(&self.folder).map_err(file(&self.folder))?;
        let path = self.path(entry);
        let text = serde_json::to_vec_pretty(answer).unwrap_or_default();
        std::fs::write(&path, text).map_err(file(&path))
    }

    fn path(&self, entry: &Entry) -> PathBuf {
        let name: String = entry
            .shown()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || ".-_@".contains(c) { c } else { '_' })
            .collect();
        self.folder.join(name + ".json")
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(file(folder))? {
        let path = entry.map_err(file(folder))?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Verdict;

    #[test]
    fn an_answer_holds_until_the_sdk_changes() {
        let root = std::env::temp_dir().join(format!("periplasm-cache-{}", std::process::id()));
        for folder in ["sdk/hal", "wit", "tests/portability/src"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        for name in ["Cargo.lock", "rust-toolchain.toml", "sdk/hal/i2c.rs"] {
            std::fs::write(root.join(name), "before").unwrap();
        }
        let entry = Entry::named("lm75@1.0.0");
        let answer = Answer {
            name: "lm75".into(),
            version: "1.0.0".into(),
            traits: vec![crate::hal::Family::Hal1],
            verdict: Verdict::Instantiated { fit: 7, of: 9 },
            reason: "two | do not".into(),
        };
        let folder = root.join("answers");
        let cache = Cache::open(&folder, &root).unwrap();
        cache.put(&entry, &answer).unwrap();
        assert_eq!(Cache::open(&folder, &root).unwrap().get(&entry), Some(answer));
        assert_eq!(cache.get(&Entry::named("lm75@1.0.1")), None);
        assert_eq!(cache.get(&Entry::named("lm75")), None);

        std::fs::write(root.join("sdk/hal/i2c.rs"), "after").unwrap();
        assert_eq!(Cache::open(&folder, &root).unwrap().get(&entry), None);
        std::fs::remove_dir_all(root).unwrap();
    }
}
