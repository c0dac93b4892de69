//! Keys that are encrypted, and their passwords.

use std::io::IsTerminal;
use std::path::Path;

use periplasm_trust::{KeyError, KeyFault, PrivateKey};

use super::RemoteError;
use crate::error::{Error, Result};

/// Where cosign takes a password from, too.
const VARIABLE: &str = "COSIGN_PASSWORD";

/// Reads a private key. If it is encrypted, its password is taken from the
/// environment, or asked for.
pub(crate) fn private_key(path: &Path) -> Result<PrivateKey> {
    match PrivateKey::read(path, None) {
        Err(KeyError { fault: KeyFault::PasswordNeeded, .. }) => {}
        read => return Ok(read.map_err(RemoteError::from)?),
    }
    let password = match given() {
        Some(password) => Some(password),
        None => ask(&format!("Password of {}: ", path.display()))?,
    };
    Ok(PrivateKey::read(path, password.as_deref()).map_err(RemoteError::from)?)
}

/// A password for a new key, from the environment, or asked for twice.
pub(crate) fn new_password() -> Result<String> {
    if let Some(password) = given() {
        return Ok(password);
    }
    loop {
        let Some(first) = ask("Password for the new key: ")? else {
            return Err(Error::Input {
                path: VARIABLE.into(),
                found: "there is no terminal to ask for a password".into(),
                help: format!("set {VARIABLE}; an empty one is a password too"),
            });
        };
        if ask("The same again: ")?.as_ref() == Some(&first) {
            return Ok(first);
        }
        eprintln!("These were two different ones.");
    }
}

fn given() -> Option<String> {
    std::env::var(VARIABLE).ok()
}

/// Asks on the terminal; nobody, where there is none.
fn ask(question: &str) -> Result<Option<String>> {
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    let read = rpassword::prompt_password(question);
    read.map(Some).map_err(|source| Error::Start {
        program: "the terminal".into(),
        source,
        help: format!("set {VARIABLE} instead"),
    })
}
