//! Exit codes: those of BSD's `sysexits.h`, where one fits.

use miette::{Diagnostic, Report};
use periplasm_host::board::BoardError;
use periplasm_host::grants::Refused;
use periplasm_host::pipeline::LoadError;
use periplasm_host::remote::RemoteError;
use periplasm_host::{CacheError, Cause, HostError, MachineError, RunError, StartError};
use periplasm_registry::{
    ClientError, ReferenceError, RegistryError, RegistryFault, SettingsError,
};
use periplasm_trust::{PolicyError, VerifyError};

pub(super) const USAGE: u8 = 64;
const MALFORMED: u8 = 65;
pub(super) const UNREADABLE: u8 = 66;
const UNAVAILABLE: u8 = 69;
const FAILED: u8 = 70;
pub(super) const CANNOT_WRITE: u8 = 73;
const REFUSED: u8 = 77;
const BAD_FILE: u8 = 78;

pub(super) const HELP: &str = "\
Exit codes:
  0   all went well
  n   what the app itself exits with is passed on (1 if it fails without saying more)
  64  the command line is wrong
  65  the file or the artifact is not a pipeline this host can run
  66  a file or an artifact is not there or cannot be read
  69  a device of the board, or a registry, is not available
  70  a stage trapped, stalled or ran out of memory or time
  73  an output or the cache cannot be written
  77  the board does not allow what the pipeline asks for, or the policy the pipeline
  78  the board file, the policy or registries.toml is malformed
  130, 143  `run` was ended by SIGINT or SIGTERM";

/// An error with the exit code it leads to.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) report: Report,
    pub(super) code: u8,
}

pub(super) fn fail(error: impl Diagnostic + Send + Sync + 'static, code: u8) -> Failure {
    Failure { report: Report::new(error), code }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        let code = match error {
            LoadError::Unreadable { .. } => UNREADABLE,
            LoadError::Malformed { .. } => MALFORMED,
        };
        fail(error, code)
    }
}

impl From<BoardError> for Failure {
    fn from(error: BoardError) -> Self {
        let code = match error {
            BoardError::Unreadable { .. } => UNREADABLE,
            _ => BAD_FILE,
        };
        fail(error, code)
    }
}

impl From<Box<Refused>> for Failure {
    fn from(error: Box<Refused>) -> Self {
        fail(*error, REFUSED)
    }
}

impl From<MachineError> for Failure {
    fn from(error: MachineError) -> Self {
        fail(error, UNAVAILABLE)
    }
}

impl From<HostError> for Failure {
    fn from(error: HostError) -> Self {
        let code = match error {
            HostError::Compile(_) | HostError::Link(_) => MALFORMED,
            HostError::Cache(CacheError::Folder { .. } | CacheError::NotSafe { .. }) => {
                CANNOT_WRITE
            }
            _ => FAILED,
        };
        fail(error, code)
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Machine(error) => error.into(),
            StartError::Run(error) => error.into(),
            other => fail(other, FAILED),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        let code = match error.cause {
            Cause::NoApp => MALFORMED,
            // As an app that fails.
            Cause::Gadget(_) => 1,
            _ => FAILED,
        };
        fail(error, code)
    }
}

impl From<RemoteError> for Failure {
    fn from(error: RemoteError) -> Self {
        let code = match &error {
            RemoteError::Registry(error) => registry(error),
            RemoteError::Refused(error) => verified(error),
            _ => MALFORMED,
        };
        fail(error, code)
    }
}

/// The policy does not allow it, or what there is to verify cannot be had.
pub(super) fn verify_error(error: VerifyError) -> Failure {
    let code = verified(&error);
    fail(error, code)
}

fn verified(error: &VerifyError) -> u8 {
    match error {
        VerifyError::Registry(error) => registry(error),
        _ => REFUSED,
    }
}

fn registry(error: &RegistryError) -> u8 {
    match error.fault {
        RegistryFault::Missing => UNREADABLE,
        RegistryFault::Digest { .. }
        | RegistryFault::TooLarge { .. }
        | RegistryFault::Malformed { .. } => MALFORMED,
        RegistryFault::Cache { .. } => CANNOT_WRITE,
        _ => UNAVAILABLE,
    }
}

impl From<ReferenceError> for Failure {
    fn from(error: ReferenceError) -> Self {
        fail(error, USAGE)
    }
}

impl From<PolicyError> for Failure {
    fn from(error: PolicyError) -> Self {
        let code = match error {
            PolicyError::Unreadable { .. } => UNREADABLE,
            _ => BAD_FILE,
        };
        fail(error, code)
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        fail(error, BAD_FILE)
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        fail(error, UNAVAILABLE)
    }
}

/// `--config-only` on a file.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("--config-only is for what a registry has, and this is a file")]
#[diagnostic(help("leave it out: what is in a file is read whole"))]
struct LocalConfig;

pub(super) fn local_config() -> Failure {
    fail(LocalConfig, USAGE)
}

/// Standard output is closed or full.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("cannot write the output: {0}")]
struct CannotWrite(std::io::Error);

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        fail(CannotWrite(error), CANNOT_WRITE)
    }
}
