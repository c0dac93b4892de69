//! What can go wrong with registries.

use std::path::PathBuf;

use miette::Diagnostic;
use periplasm_publish::{AboutError, PublishError, RemoteStageError};
use periplasm_registry::package::{ConfigError, NameError, PackageError};
use periplasm_registry::tags::TagError;
use periplasm_registry::wit::WitError;
use periplasm_registry::{
    ClientError, ContentError, PullError, PushError, Reference, ReferenceError, RegistryError,
    SettingsError,
};
use periplasm_trust::{KeyError, KeyFault, PolicyError, SbomError, SignError, VerifyError};

/// Why something was not published, pulled or verified.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(crate) enum RemoteError {
    /// The argument names no artifact.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Reference(#[from] ReferenceError),
    /// The argument names no package.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Name(#[from] NameError),
    /// A tag that is not used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Tag(#[from] TagError),
    /// The settings of registries are wrong.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Settings(#[from] SettingsError),
    /// wkg's configuration is wrong.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Packages(#[from] ConfigError),
    /// A package's place is not known.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Package(#[from] PackageError),
    /// It cannot be told what a component is made of.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Sbom(#[from] SbomError),
    /// A stage is not taken from a registry.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Stage(#[from] RemoteStageError),
    /// There is no client.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Client(#[from] ClientError),
    /// The artifact is not taken.
    #[error("{name}: {why}")]
    #[diagnostic(forward(why))]
    Pull {
        /// The artifact.
        name: String,
        /// Why.
        why: PullError,
    },
    /// A registry does not give it.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Registry(RegistryError),
    /// It was not published.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Publish(#[from] PublishError),
    /// A crate says nothing of itself.
    #[error(transparent)]
    #[diagnostic(transparent)]
    About(#[from] AboutError),
    /// A folder is no WIT package.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Wit(#[from] WitError),
    /// A file is no component.
    #[error("{}: {why}", path.display())]
    #[diagnostic(forward(why))]
    Content {
        /// The file.
        path: PathBuf,
        /// Why.
        why: ContentError,
    },
    /// A key cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Key(#[from] KeyError),
    /// No key can be made.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Random(KeyFault),
    /// A signature or statement cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Sign(#[from] SignError),
    /// The policy is wrong.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Policy(#[from] PolicyError),
    /// The artifact is not to be trusted.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Verify(#[from] VerifyError),
    /// An environment variable says what it cannot mean.
    #[error("SOURCE_DATE_EPOCH is {found:?}, and should be a number of seconds since 1970")]
    #[diagnostic(help("unset it, or set it to `git log -1 --format=%ct`"))]
    Epoch {
        /// What it is.
        found: String,
    },
}

impl RemoteError {
    /// Why `reference` is not taken. A registry's own errors name what they are
    /// about.
    pub(crate) fn pull(reference: &Reference, why: PullError) -> Self {
        match why {
            PullError::Registry(error) => Self::Registry(error),
            why => Self::Pull { name: reference.to_string(), why },
        }
    }

    /// The exit code: see `cargo xtask --help`.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Reference(_) | Self::Name(_) | Self::Tag(_) | Self::Epoch { .. } => 64,
            Self::Publish(PublishError::Push(PushError::Tag(_) | PushError::NoTag { .. })) => 64,
            Self::Settings(_) | Self::Packages(_) | Self::About(_) | Self::Wit(_) => 65,
            Self::Content { .. } | Self::Policy(_) | Self::Stage(_) | Self::Sbom(_) => 65,
            Self::Key(_) => 66,
            Self::Registry(_) | Self::Client(_) => 69,
            Self::Package(PackageError::Registry(_)) => 69,
            Self::Publish(PublishError::Push(PushError::Registry(_))) => 69,
            Self::Publish(PublishError::Registry(_)) => 69,
            Self::Publish(PublishError::Sign(SignError::Registry(_))) => 69,
            Self::Verify(VerifyError::Registry(_)) | Self::Sign(SignError::Registry(_)) => 69,
            Self::Pull { .. } | Self::Package(_) => 65,
            Self::Verify(_) => 77,
            Self::Sign(_) => 65,
            Self::Publish(_) | Self::Random(_) => 1,
        }
    }
}
