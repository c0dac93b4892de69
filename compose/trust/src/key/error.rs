//! What can be wrong with a key.

use std::io;

use miette::Diagnostic;

/// A key that cannot be used, and which one.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{key}: {fault}")]
#[diagnostic(forward(fault))]
pub struct KeyError {
    /// The file.
    pub key: String,
    /// What is wrong with it.
    #[source]
    pub fault: KeyFault,
}

/// What is wrong with a key.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum KeyFault {
    /// The file is not there or may not be read.
    #[error("the key cannot be read")]
    #[diagnostic(help("name the file of the key, and make sure that you may read it"))]
    Unreadable {
        /// What the system says.
        source: io::Error,
    },
    /// The file is far larger than any key.
    #[error("this is larger than a key may be ({limit} bytes)")]
    #[diagnostic(help("is this the right file? A key has a few lines"))]
    TooLarge {
        /// The most bytes that are read.
        limit: u64,
    },
    /// The file is no key in PEM.
    #[error("this is no key: {why}")]
    #[diagnostic(help(
        "a key is a text that begins with a line such as `-----BEGIN PUBLIC KEY-----`; \
         `cargo xtask key generate` makes a pair, and so does `cosign generate-key-pair`"
    ))]
    NotAKey {
        /// What is wrong with it.
        why: String,
    },
    /// The file has something else in PEM.
    #[error("this is {found}, and {expected} is needed")]
    Other {
        /// What it is.
        found: String,
        /// What it should be.
        expected: &'static str,
        /// What to do.
        #[help]
        help: String,
    },
    /// A key on another curve, or of another kind.
    #[error("this key is not ECDSA on the curve P-256")]
    #[diagnostic(help(
        "other keys cannot be used: make one with `cargo xtask key generate` or \
         `cosign generate-key-pair`"
    ))]
    OtherCurve,
    /// The key is encrypted, and no password was given.
    #[error("the key is encrypted")]
    #[diagnostic(help("give its password: in COSIGN_PASSWORD, or where you are asked for it"))]
    PasswordNeeded,
    /// The password does not open the key.
    #[error("the password does not open the key")]
    #[diagnostic(help("it is another password, or the file was damaged"))]
    WrongPassword,
    /// The encrypted form is not one that is known.
    #[error("the encrypted key cannot be read: {why}")]
    #[diagnostic(help("it was written by another version of another tool, or was damaged"))]
    Sealed {
        /// What is wrong with it.
        why: String,
    },
    /// Opening the key would take more memory and time than anybody asks for.
    #[error("opening the key would take {mib} MiB of work, and at most {limit_mib} are done")]
    #[diagnostic(help(
        "cosign asks for 64 MiB: who wrote such a file? Decrypt it where it was made and write it anew"
    ))]
    TooCostly {
        /// What the file asks for, in MiB.
        mib: u128,
        /// The most that is done, in MiB.
        limit_mib: u128,
    },
    /// There is a file of this name.
    #[error("there is such a file already, and a key is never overwritten")]
    #[diagnostic(help("choose another name, or move the old key away"))]
    Exists,
    /// The file cannot be written.
    #[error("the key cannot be written")]
    #[diagnostic(help("name a folder that is there and that you may write into"))]
    CannotWrite {
        /// What the system says.
        source: io::Error,
    },
    /// The system has no random numbers.
    #[error("the system gives no random numbers: {why}")]
    #[diagnostic(help("a key without them would be known to others: nothing was made"))]
    NoRandomness {
        /// What the system says.
        why: String,
    },
}

impl KeyFault {
    pub(crate) fn of(self, key: impl std::fmt::Display) -> KeyError {
        KeyError { key: key.to_string(), fault: self }
    }
}
