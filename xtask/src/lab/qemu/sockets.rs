//! The sockets between the lab and the emulator. They lie in a folder of their
//! own for temporary files: the target folder's path may be longer than the
//! 107 bytes that a socket's may have (unix(7)).

use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use super::said;
use crate::lab::error::LabError;

/// How long the emulator may take to open them.
const OPENS: Duration = Duration::from_secs(20);

/// The folder, which goes with this.
pub(super) struct Sockets {
    folder: PathBuf,
}

impl Sockets {
    /// Makes the folder, for nobody else.
    pub(super) fn new(machine: &str) -> Result<Self, LabError> {
        let name = format!("periplasm-lab-{}-{machine}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let file = |source| LabError::File { path: folder.clone(), source };
        // Of one that is there already, nobody knows whose it is.
        std::fs::DirBuilder::new().mode(0o700).create(&folder).map_err(file)?;
        Ok(Self { folder })
    }

    /// What the emulator is told: it serves, and waits for nobody.
    pub(super) fn server(&self, name: &str) -> String {
        format!("unix:{},server=on,wait=off", self.folder.join(name).display())
    }

    /// Connects as soon as the emulator, `child`, serves. What it says goes to
    /// `log`.
    pub(super) fn connect(
        &self,
        name: &str,
        child: &mut Child,
        log: &Path,
    ) -> Result<UnixStream, LabError> {
        let path = self.folder.join(name);
        let until = Instant::now() + OPENS;
        loop {
            if let Ok(stream) = UnixStream::connect(&path) {
                return Ok(stream);
            }
            if !matches!(child.try_wait(), Ok(None)) {
                return Err(LabError::Gone { said: said(log) });
            }
            if Instant::now() > until {
                let what = format!("open its socket {name}");
                return Err(LabError::Silent { what, time: OPENS, said: said(log) });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        // In a folder for temporary files it is nobody's trouble.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
