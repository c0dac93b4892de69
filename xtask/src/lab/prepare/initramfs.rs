//! The archive that the kernel unpacks into its first file system: cpio in the
//! form `newc` (the kernel's documentation, "initramfs buffer format").

use std::collections::BTreeSet;
use std::io::Write;

use cpio::newc::{Builder, ModeFileType, trailer};

use super::error::PrepareError;

/// An archive that is being made.
pub(super) struct Initramfs {
    bytes: Vec<u8>,
    /// The number of the entry that was made last.
    entries: u32,
    folders: BTreeSet<String>,
}

impl Initramfs {
    pub(super) fn new() -> Self {
        Self { bytes: Vec::new(), entries: 0, folders: BTreeSet::new() }
    }

    /// A folder, and those above it.
    pub(super) fn folder(&mut self, path: &str) -> Result<(), PrepareError> {
        if path.is_empty() || self.folders.contains(path) {
            return Ok(());
        }
        self.above(path)?;
        self.folders.insert(path.into());
        self.entry(path, ModeFileType::Directory, 0o755, (0, 0), &[])
    }

    /// A file that anybody may read.
    pub(super) fn file(&mut self, path: &str, content: &[u8]) -> Result<(), PrepareError> {
        self.above(path)?;
        self.entry(path, ModeFileType::Regular, 0o644, (0, 0), content)
    }

    /// A file that anybody may run.
    pub(super) fn program(&mut self, path: &str, content: &[u8]) -> Result<(), PrepareError> {
        self.above(path)?;
        self.entry(path, ModeFileType::Regular, 0o755, (0, 0), content)
    }

    /// A link to `to`.
    pub(super) fn link(&mut self, path: &str, to: &str) -> Result<(), PrepareError> {
        self.above(path)?;
        self.entry(path, ModeFileType::Symlink, 0o777, (0, 0), to.as_bytes())
    }

    /// A character device with its numbers.
    pub(super) fn device(&mut self, path: &str, numbers: (u32, u32)) -> Result<(), PrepareError> {
        self.above(path)?;
        self.entry(path, ModeFileType::Char, 0o600, numbers, &[])
    }

    /// The whole archive.
    pub(super) fn finish(self) -> Result<Vec<u8>, PrepareError> {
        trailer(self.bytes).map_err(|e| PrepareError::file("initramfs".as_ref(), e))
    }

    fn above(&mut self, path: &str) -> Result<(), PrepareError> {
        match path.rsplit_once('/') {
            Some((folder, _)) => self.folder(folder),
            None => Ok(()),
        }
    }

    fn entry(
        &mut self,
        path: &str,
        kind: ModeFileType,
        mode: u32,
        device: (u32, u32),
        content: &[u8],
    ) -> Result<(), PrepareError> {
        let long = |_| PrepareError::Long { name: path.into(), bytes: content.len() };
        let length = u32::try_from(content.len()).map_err(long)?;
        self.entries += 1;
        let entry = Builder::new(path)
            .ino(self.entries)
            .mode(mode)
            .set_mode_file_type(kind)
            .rdev_major(device.0)
            .rdev_minor(device.1);
        let mut writer = entry.write(&mut self.bytes, length);
        let written = writer.write_all(content).and_then(|()| writer.finish().map(drop));
        written.map_err(|e| PrepareError::file(path.as_ref(), e))
    }
}

#[cfg(test)]
mod tests {
    use super::Initramfs;

    #[test]
    fn folders_come_before_what_is_in_them_and_once() {
        let mut archive = Initramfs::new();
        archive.file("lab/boards/a.toml", b"x").expect("a file");
        archive.program("lab/boards/b", b"yy").expect("a program");
        archive.link("bin/sh", "busybox").expect("a link");
        archive.device("dev/console", (5, 1)).expect("a device");
        let bytes = archive.finish().expect("an archive");
        let mut found = Vec::new();
        let mut rest = bytes.as_slice();
        loop {
            let reader = cpio::newc::Reader::new(rest).expect("an entry");
            let entry = reader.entry();
            if entry.is_trailer() {
                break;
            }
            found.push((entry.name().to_owned(), entry.mode(), entry.file_size()));
            rest = reader.finish().expect("the next");
        }
        let expected = [
            ("lab", 0o040_755, 0),
            ("lab/boards", 0o040_755, 0),
            ("lab/boards/a.toml", 0o100_644, 1),
            ("lab/boards/b", 0o100_755, 2),
            ("bin", 0o040_755, 0),
            ("bin/sh", 0o120_777, 7),
            ("dev", 0o040_755, 0),
            ("dev/console", 0o020_600, 0),
        ];
        assert_eq!(found, expected.map(|(name, mode, size)| (name.to_owned(), mode, size)));
    }
}
