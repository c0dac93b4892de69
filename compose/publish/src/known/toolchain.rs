//! Which tools build.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// The compiler and cargo that build in a folder, in their own words, and this
/// version of periplasm. What does not answer is left out.
pub fn toolchain(folder: &Path) -> Vec<(&'static str, String)> {
    let tools = [("cargo", "CARGO"), ("rustc", "RUSTC")];
    let mut versions: Vec<(&'static str, String)> = tools
        .into_iter()
        .filter_map(|(tool, variable)| {
            // The one that runs us, or the one in the path, as for builds.
            let program = std::env::var_os(variable).unwrap_or_else(|| OsString::from(tool));
            let output =
                Command::new(program).arg("--version").current_dir(folder).output().ok()?;
            let text = output.status.success().then(|| String::from_utf8(output.stdout).ok())??;
            Some((tool, text.trim().to_owned()))
        })
        .collect();
    versions.push(("periplasm", env!("CARGO_PKG_VERSION").to_owned()));
    versions
}
