//! Packages that a script names for their types: components, and WIT.

use std::path::PathBuf;

use wit_parser::Resolve;

use super::packages::PackageFile;
use super::script::Script;
use crate::component::{Sniffed, sniff};
use crate::encode::{Fault, guarded};
use crate::manifest::Text;
use crate::problem::{Problem, WacFault};
use crate::source::{FileError, read_file};

/// Reads them all. `text` says where paths begin.
pub(super) fn read<'s>(
    script: &'s Script,
    text: &Text,
) -> Result<Vec<(&'s PackageFile, Vec<u8>)>, Vec<Problem>> {
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    for file in &script.files {
        match read_one(file, text) {
            Ok(bytes) => files.push((file, bytes)),
            Err((why, help)) => {
                let package = match &file.version {
                    Some(version) => format!("{}@{version}", file.name),
                    None => file.name.clone(),
                };
                faults.push(WacFault::Package { package, why, help, at: file.at });
            }
        }
    }
    if faults.is_empty() { Ok(files) } else { Err(script.problems(faults)) }
}

/// Why a package cannot be had, and what to do.
type Missing = (String, String);

fn read_one(file: &PackageFile, text: &Text) -> Result<Vec<u8>, Missing> {
    let with = |ending: &str| {
        let mut path = file.path.clone().into_os_string();
        path.push(ending);
        PathBuf::from(path)
    };
    let (component, wit) = (with(".wasm"), with(".wit"));
    let folder = text.resolve(&file.path);
    if folder.is_dir() || text.resolve(&wit).is_file() {
        let path = if folder.is_dir() { folder } else { text.resolve(&wit) };
        return encode(&path).map_err(|fault| {
            let help = "it is WIT: `wasm-tools component wit` shows what is wrong with it, and \
                        packages that it uses are in its own `deps`";
            (fault.message, help.to_owned())
        });
    }
    let place = component.display().to_string();
    let bytes = read_file(&text.resolve(&component)).map_err(|error| match error {
        FileError::Io(source) => (
            format!("{place}: {source}"),
            format!(
                "put a component or a WIT package there, or the package's WIT at {}",
                wit.display()
            ),
        ),
        FileError::TooLarge => (format!("{place} is too large"), "is it the right file?".into()),
    })?;
    match sniff(&bytes) {
        Sniffed::Component => Ok(bytes),
        Sniffed::Module => {
            let help = "name a component, or the package's WIT";
            Err((format!("{place} is a core module"), help.to_owned()))
        }
        Sniffed::Other(what, help) => Err((format!("{place} is {what}"), help.to_owned())),
    }
}

/// A WIT package in its binary form.
fn encode(path: &std::path::Path) -> Result<Vec<u8>, Fault> {
    guarded(|| {
        let mut resolve = Resolve::new();
        let (package, _) = resolve.push_path(path).map_err(fault)?;
        wit_component::encode(&resolve, package, false).map_err(fault)
    })
}

fn fault(error: impl std::fmt::Display) -> Fault {
    Fault::words(format!("{error:#}"))
}
