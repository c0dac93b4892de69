//! Why there is nothing that a machine can start from.

use std::path::{Path, PathBuf};

use miette::Diagnostic;

use super::kernel::KernelError;

/// Why a machine could not be prepared.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(crate) enum PrepareError {
    /// The kernel's package has no kernel, or several.
    #[error("{} has {} kernels in lib/modules, expected one", folder.display(), found.len())]
    #[diagnostic(help("delete the folder, so that the package is fetched anew"))]
    Release {
        /// The package's folder.
        folder: PathBuf,
        /// Their names.
        found: Vec<String>,
    },
    /// The kernel's file is not what a PC starts.
    #[error("{} holds no kernel that can be started: {problem}", path.display())]
    #[diagnostic(help("delete the package's folder, so that it is fetched anew"))]
    Kernel {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: KernelError,
    },
    /// A module that the kernel neither has nor is built with.
    #[error("the kernel {release} has no module {name}, and is not built with it")]
    #[diagnostic(help(
        "the names are in `xtask/src/lab/machine.rs`; those that there are, in `lib/modules` of \
         the kernel's package"
    ))]
    Module {
        /// Its name.
        name: String,
        /// The kernel's version.
        release: String,
    },
    /// A module's file is not one.
    #[error("{} is no module: {said}", path.display())]
    #[diagnostic(help("delete the kernel's package, so that it is fetched anew"))]
    ModuleFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        said: String,
    },
    /// A module of the kernel's source cannot be built.
    #[error("`{command}` failed:\n{said}")]
    #[diagnostic(help("modules are built by make and gcc: `apt-get install make gcc`"))]
    Build {
        /// The command.
        command: String,
        /// What it said.
        said: String,
    },
    /// Nothing here compiles for the machine's architecture.
    #[error("on {own} there is no compiler for {target} that the lab knows of")]
    #[diagnostic(help(
        "the machine of this computer's own architecture can be run alone: `cargo xtask lab q35` on \
         amd64, `cargo xtask lab imx8mp` on arm64"
    ))]
    Cross {
        /// This computer's architecture.
        own: &'static str,
        /// The target.
        target: &'static str,
    },
    /// The device tree cannot be read or made.
    #[error("the device tree cannot be made of {}:\n{said}", path.display())]
    #[diagnostic(help(
        "the nodes that it names must be in the kernel's own tree: `tests/lab/imx8mp.dtsi` says \
         which it changes"
    ))]
    Tree {
        /// What was given to the compiler.
        path: PathBuf,
        /// What it said.
        said: String,
    },
    /// A file is too long for the archive, which counts to 4 GiB.
    #[error("{name} has {bytes} bytes, which an initramfs cannot hold")]
    Long {
        /// Its name in the machine.
        name: String,
        /// Its size.
        bytes: usize,
    },
    /// A file could not be read or written.
    #[error("{} cannot be used", path.display())]
    #[diagnostic(help("check that it exists, is yours and has room"))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

impl PrepareError {
    pub(super) fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }
}
