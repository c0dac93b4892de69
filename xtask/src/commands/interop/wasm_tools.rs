//! wasm-tools reads everything that we make.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::lab::{Lab, text};
use super::ledger::Ledger;
use crate::cargo::shown;
use crate::error::{Error, Result};
use crate::installed::Program;

/// The program of the same release as the crates that we build with.
pub(super) const WASM_TOOLS: Program = Program {
    name: "wasm-tools",
    version: "1.263.0",
    args: &["--no-default-features", "--features", "component,validate"],
};

/// What a component imports and exports, as WIT.
pub(super) fn wit(lab: &Lab, wasm_tools: &Path, component: &Path) -> Result<String> {
    text(command(lab, wasm_tools, &["component", "wit"], component))
}

/// Reads `files`, which are all the `what` of the project.
pub(super) fn trials(
    lab: &Lab,
    ledger: &mut Ledger,
    wasm_tools: &Path,
    what: &str,
    files: &[PathBuf],
) {
    let by = format!("wasm-tools {}", WASM_TOOLS.version);
    ledger.trial(&by, &format!("validates all {} {what}", files.len()), || {
        each(files, |file| {
            text(command(lab, wasm_tools, &["validate", "--features", "all"], file)).map(drop)
        })
    });
    ledger.trial(&by, &format!("prints the WIT of all {} {what}", files.len()), || {
        each(files, |file| {
            let wit = wit(lab, wasm_tools, file)?;
            if wit.contains("world ") {
                return Ok(());
            }
            Err(Error::Disagree { what: shown(file), found: wit, expected: "a world".into() })
        })
    });
}

/// Does `check` for each file. All that fail are shown; the last is given.
fn each(files: &[PathBuf], check: impl Fn(&Path) -> Result<()>) -> Result<()> {
    let mut result = Ok(());
    for file in files {
        let Err(error) = check(file) else { continue };
        if let Err(earlier) = std::mem::replace(&mut result, Err(error)) {
            eprintln!("{:?}", miette::Report::from(earlier));
        }
    }
    result
}

fn command(lab: &Lab, wasm_tools: &Path, args: &[&str], file: &Path) -> Command {
    let mut command = Command::new(wasm_tools);
    lab.seclude(&mut command);
    command.args(args).arg(file);
    command
}
