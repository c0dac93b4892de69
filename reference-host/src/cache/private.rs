//! Folders and files that only this user can write.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};

/// A file in `folder` that nobody else has, and its path.
pub(super) fn new_file(folder: &Path) -> io::Result<(File, PathBuf)> {
    // Another process may have this one's number, in a container of its own.
    let path = folder.join(format!("{:016x}.part", RandomState::new().hash_one(0)));
    Ok((private_file(&path)?, path))
}

#[cfg(unix)]
mod permissions {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};

    use super::*;

    /// Write permission for the group or for all others.
    const OTHERS_WRITE: u32 = 0o022;

    /// This user.
    #[derive(Clone, Copy, Debug)]
    pub(in super::super) struct Owner(u32);

    pub(in super::super) fn make_private(folder: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)
    }

    pub(super) fn private_file(path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
    }

    /// Who we are, or what is wrong with a folder. A file made in it shows who
    /// we are.
    pub(in super::super) fn owner(folder: &Path) -> io::Result<Result<Owner, &'static str>> {
        let metadata = fs::metadata(folder)?;
        if metadata.mode() & OTHERS_WRITE != 0 {
            return Ok(Err("others can write into it"));
        }
        let (probe, path) = new_file(folder)?;
        let us = probe.metadata().map(|probe| probe.uid());
        fs::remove_file(&path)?;
        let us = us?;
        Ok(if metadata.uid() == us { Ok(Owner(us)) } else { Err("it belongs to another user") })
    }

    /// Opens a file if it is one that only `owner` can have written: looked at
    /// once it is open, for its name may soon be another file's.
    pub(in super::super) fn open_own(file: &Path, owner: Owner) -> Option<File> {
        if !fs::symlink_metadata(file).is_ok_and(|file| file.is_file()) {
            return None;
        }
        let open = File::open(file).ok()?;
        let metadata = open.metadata().ok()?;
        let own =
            metadata.is_file() && metadata.mode() & OTHERS_WRITE == 0 && metadata.uid() == owner.0;
        own.then_some(open)
    }
}

#[cfg(not(unix))]
mod permissions {
    use super::*;

    /// Nobody: this system does not tell.
    #[derive(Clone, Copy, Debug)]
    pub(in super::super) enum Owner {}

    pub(in super::super) fn make_private(folder: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).create(folder)
    }

    pub(super) fn private_file(path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(path)
    }

    pub(in super::super) fn owner(_: &Path) -> io::Result<Result<Owner, &'static str>> {
        Ok(Err("who can write into it cannot be told on this system"))
    }

    pub(in super::super) fn open_own(_: &Path, owner: Owner) -> Option<File> {
        match owner {}
    }
}

use permissions::private_file;
pub(super) use permissions::{Owner, make_private, open_own, owner};
