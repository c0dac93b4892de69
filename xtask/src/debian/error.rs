//! Why a program of Debian's cannot be had.

use std::path::{Path, PathBuf};

use miette::Diagnostic;

/// Why a package could not be fetched or unpacked.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(crate) enum DebianError {
    /// This machine is no Debian, or lacks a part of it.
    #[error("{what} is missing, which packages of Debian are fetched with")]
    #[diagnostic(help(
        "on Debian or Ubuntu: `apt-get install apt dpkg debian-archive-keyring`; elsewhere \
         install the program itself, so that it is on the PATH"
    ))]
    Missing {
        /// The program or file.
        what: &'static str,
    },
    /// The lists of packages cannot be fetched.
    #[error("the list of packages of {suite} cannot be fetched from {mirror}:\n{said}")]
    #[diagnostic(help(
        "it needs the network once. Another mirror can be named in PERIPLASM_DEBIAN_MIRROR, and \
         apt's settings for proxies are used"
    ))]
    Lists {
        /// The suite.
        suite: &'static str,
        /// Where it was looked for.
        mirror: String,
        /// What apt said.
        said: String,
    },
    /// The mirror does not have the package, or not any more.
    #[error("the package {package} of {suite} cannot be fetched from {mirror}:\n{said}")]
    #[diagnostic(help(
        "is its name in that suite another now? `apt-cache search` and packages.debian.org say it"
    ))]
    Package {
        /// The package.
        package: String,
        /// The suite.
        suite: &'static str,
        /// Where it was looked for.
        mirror: String,
        /// What apt said.
        said: String,
    },
    /// The mirror is said to have the package, and it did not come, or not whole.
    #[error("{package} of {suite} cannot be downloaded from {mirror}:\n{said}")]
    #[diagnostic(help(
        "nothing of it is kept: run it again when the network works. Another mirror can be named \
         in PERIPLASM_DEBIAN_MIRROR, and apt's settings for proxies are used"
    ))]
    Download {
        /// The packages.
        package: String,
        /// The suite.
        suite: &'static str,
        /// Where it was looked for.
        mirror: String,
        /// What apt said.
        said: String,
    },
    /// A program that does the work failed.
    #[error("`{command}` failed:\n{said}")]
    Failed {
        /// The command.
        command: String,
        /// What it said.
        said: String,
    },
    /// The package does not have the program.
    #[error("there is no program {name} in {}", folder.display())]
    #[diagnostic(help("delete the folder, so that the package is fetched anew"))]
    Program {
        /// The program.
        name: String,
        /// The package's folder.
        folder: PathBuf,
    },
    /// The package needs libraries that neither the machine nor the suite has.
    #[error("{package} needs libraries that are missing: {}", missing.join(", "))]
    #[diagnostic(help("install them, or another version of {package}, on the PATH"))]
    Libraries {
        /// The package.
        package: String,
        /// The names that the loader looks for.
        missing: Vec<String>,
    },
    /// A file or folder could not be made.
    #[error("{} cannot be written", path.display())]
    #[diagnostic(help("check that the folder exists, is yours and has room"))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The target folder is unknown.
    #[error("{0}")]
    Target(String),
}

impl DebianError {
    pub(super) fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }
}
