//! What a command can fail with.

use std::path::PathBuf;

use miette::Diagnostic;

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(crate) enum Error {
    /// cargo, or a program it ran, did not end well. Its own words are shown.
    #[error("`{command}` failed{}", shown(output))]
    Failed {
        /// The command line.
        command: String,
        /// What it wrote, if that was not shown yet.
        output: String,
    },
    /// A program could not be started.
    #[error("`{program}` cannot be started")]
    #[diagnostic(help("{help}"))]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        source: std::io::Error,
        /// Where to get it.
        help: String,
    },
    /// A target is missing and could not be added.
    #[error("the target {target} is missing, and rustup could not add it:\n{reason}")]
    #[diagnostic(help(
        "install its standard library for the toolchain in rust-toolchain.toml, with `rustup target \
         add {target}` where the network allows it, or from your distribution's packages"
    ))]
    Target {
        /// The target's triple.
        target: &'static str,
        /// What rustup said.
        reason: String,
    },
    /// Compose refused.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Compose(#[from] periplasm_compose::ComposeError),
    /// A component is no pipeline.
    #[error("{}: {problem}", path.display())]
    #[diagnostic(forward(problem))]
    Explain {
        /// The file.
        path: PathBuf,
        /// Why not.
        problem: periplasm_compose::ExplainError,
    },
    /// Changes of files cannot be seen.
    #[error("changes of files cannot be watched")]
    #[diagnostic(help(
        "on Linux the number of folders that one user may watch is limited: see \
         `/proc/sys/fs/inotify/max_user_watches`. Compose without `--watch`"
    ))]
    Watch(#[source] notify::Error),
    /// A new version may do more, and must not.
    #[error("the new version may do what the old one could not")]
    #[diagnostic(help(
        "they are listed above. If they are wanted, compare without `--deny-new`, and check that \
         the board allows no more than it should"
    ))]
    NewPermissions,
    /// A stage's crate could not be built.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Build(#[from] periplasm_compose::BuildError),
    /// The argument is no folder or file that the command can use.
    #[error("{}: {found}", path.display())]
    #[diagnostic(help("{help}"))]
    Input {
        /// The argument.
        path: PathBuf,
        /// What is wrong with it.
        found: String,
        /// What to do.
        help: String,
    },
    /// The composed component could not be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Composed(#[from] periplasm_compose::WriteError),
    /// Whether drivers fit could not be found out.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Portability(#[from] periplasm_portability::Error),
    /// Something with a registry.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Remote(#[from] Box<crate::remote::RemoteError>),
    /// A file could not be written.
    #[error("{} cannot be written", path.display())]
    #[diagnostic(help("check that the folder exists, is yours and has room"))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A program of Debian's cannot be had.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Debian(#[from] crate::debian::DebianError),
    /// Two programs do not agree.
    #[error("{what}: found {found}, expected {expected}")]
    Disagree {
        /// What they were asked.
        what: String,
        /// What one says.
        found: String,
        /// What the other does.
        expected: String,
    },
    /// Trials of `interop` failed. Each has said why.
    #[error("{failed} of {of} trials failed")]
    #[diagnostic(help("each says above what is wrong; `cargo xtask interop PART` repeats some"))]
    Interop {
        /// How many failed.
        failed: usize,
        /// How many there were.
        of: usize,
    },
    /// A machine of the lab failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Machine(#[from] crate::lab::LabError),
    /// A machine of the lab could not be prepared.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Prepare(#[from] crate::lab::PrepareError),
    /// Runs of the lab failed. Each has said why.
    #[error("{failed} of {of} runs failed")]
    #[diagnostic(help(
        "each says above what is wrong, and `target/machines/<machine>/log.txt` what led to it; \
         `cargo xtask lab MACHINE RUN` repeats one"
    ))]
    Lab {
        /// How many failed.
        failed: usize,
        /// How many there were.
        of: usize,
    },
    /// Several checks of `ci` failed. Each has said why.
    #[error("failed: {}", .0.join(", "))]
    #[diagnostic(help("each says above what is wrong; run one alone to see it again"))]
    Checks(Vec<&'static str>),
    /// The name cannot be used for a new driver.
    #[error("{name:?} {found}")]
    #[diagnostic(help("{help}"))]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        found: String,
        /// What to do.
        help: String,
    },
}

fn shown(output: &str) -> String {
    if output.is_empty() { String::new() } else { format!(":\n{}", output.trim_end()) }
}

impl Error {
    /// The exit code: see `cargo xtask --help`.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Portability(periplasm_portability::Error::List { .. }) => 65,
            Self::Portability(_) => 1,
            Self::Failed { .. }
            | Self::Start { .. }
            | Self::Target { .. }
            | Self::Checks(_)
            | Self::NewPermissions
            | Self::Watch(_)
            | Self::Debian(_)
            | Self::Disagree { .. }
            | Self::Machine(_)
            | Self::Prepare(_)
            | Self::Lab { .. }
            | Self::Interop { .. } => 1,
            Self::Remote(error) => error.exit_code(),
            Self::Explain {
                problem: periplasm_compose::ExplainError::Unreadable { .. }, ..
            } => 66,
            Self::Compose(_) | Self::Build(_) | Self::Explain { .. } => 65,
            Self::Name { .. } => 64,
            Self::Input { .. } => 66,
            Self::Write { .. } | Self::Composed(_) => 73,
        }
    }
}

impl From<crate::remote::RemoteError> for Error {
    fn from(error: crate::remote::RemoteError) -> Self {
        Box::new(error).into()
    }
}
