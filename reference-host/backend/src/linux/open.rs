//! What can be wrong with a node under `/dev`.

use std::io;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

/// Why a bus could not be opened. [`OpenError::remedy`] says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no such node, or no controller behind it.
    #[error("there is no I2C bus at {0}")]
    Missing(PathBuf),
    /// The user may not open it.
    #[error("{0} may not be opened by this user")]
    NoPermission(PathBuf),
    /// Somebody has it for themselves.
    #[error("{0} is in use by another program")]
    Busy(PathBuf),
    /// It is something else.
    #[error("{0} is not an I2C bus")]
    NotI2c(PathBuf),
    /// The controller has no `I2C_FUNC_I2C`: it speaks SMBus commands, but
    /// cannot do a free transaction.
    #[error("the controller of {0} speaks SMBus only and cannot do plain I2C transactions")]
    SmbusOnly(PathBuf),
    /// Anything else that the kernel says.
    #[error("{path} cannot be opened: {source}")]
    Io {
        /// The node.
        path: PathBuf,
        /// What the kernel says.
        source: io::Error,
    },
}

impl OpenError {
    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Missing(_) => {
                "`ls /dev/i2c-*` shows the buses there are. If there are none, enable the bus in \
                 the machine's configuration and load the kernel module `i2c-dev`"
            }
            Self::NoPermission(_) => {
                "add the user to the group that owns it, often `i2c`: \
                 `sudo usermod -aG i2c $USER`, then log in again"
            }
            Self::Busy(_) => "end that program, or give the board another bus",
            Self::NotI2c(_) => "name a bus such as /dev/i2c-1; `ls /dev/i2c-*` shows them",
            Self::SmbusOnly(_) => "use a bus of another controller",
            Self::Io { .. } => "`dmesg` may say more",
        }
    }

    /// From what `open` answered.
    pub(super) fn opening(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.raw_os_error().map(Errno::from_i32) {
            // The last two: a node that stayed when its controller went.
            Some(Errno::ENOENT | Errno::ENOTDIR | Errno::ENODEV | Errno::ENXIO) => {
                Self::Missing(path)
            }
            Some(Errno::EACCES | Errno::EPERM) => Self::NoPermission(path),
            Some(Errno::EBUSY) => Self::Busy(path),
            Some(Errno::EISDIR) => Self::NotI2c(path),
            _ => Self::Io { path, source },
        }
    }

    /// From what the question for its functions was answered.
    pub(super) fn asking(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.raw_os_error().map(Errno::from_i32) {
            Some(Errno::ENOTTY | Errno::EINVAL) => Self::NotI2c(path),
            Some(Errno::ENODEV | Errno::ENXIO) => Self::Missing(path),
            _ => Self::Io { path, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::LinuxI2c;

    #[test]
    fn a_node_that_is_not_there_is_missing() {
        let error = LinuxI2c::open("/dev/i2c-there-is-none").unwrap_err();
        assert!(matches!(error, OpenError::Missing(_)), "{error:?}");
        assert!(error.to_string().contains("/dev/i2c-there-is-none"), "{error}");
        assert!(error.remedy().contains("i2c-dev"), "{error}");
    }

    #[test]
    fn a_node_a_file_and_a_folder_of_another_kind_are_not_i2c() {
        let file = std::env::temp_dir().join(format!("periplasm-not-i2c-{}", std::process::id()));
        std::fs::write(&file, "no bus").unwrap();
        for path in [Path::new("/dev/null"), &file, Path::new("/dev")] {
            let error = LinuxI2c::open(path).unwrap_err();
            assert!(matches!(error, OpenError::NotI2c(_)), "{error:?}");
        }
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn each_refusal_of_the_kernel_says_what_to_do() {
        let path = Path::new("/dev/i2c-1");
        for (errno, expected) in [
            (Errno::EACCES, "group"),
            (Errno::EBUSY, "another program"),
            (Errno::ENXIO, "no I2C bus"),
            (Errno::EMFILE, "cannot be opened: Too many open files"),
        ] {
            let error = OpenError::opening(path, io::Error::from_raw_os_error(errno as i32));
            let text = format!("{error}: {}", error.remedy());
            assert!(text.contains(expected) && text.contains("/dev/i2c-1"), "{text}");
        }
        assert!(OpenError::SmbusOnly(path.into()).to_string().contains("SMBus only"));
    }
}
