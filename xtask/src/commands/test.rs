//! `cargo xtask test`

use std::path::PathBuf;
use std::process::Command;

use crate::cargo::{build_host, cargo, cargo_in, root, show, show_each};
use crate::debian;
use crate::error::Result;
use crate::toolchain;

/// Pass all tests, or those a filter names.
///
/// With the name of a file or folder in `tests/tests` (`demo`, `conformance`,
/// `driver_lm75`, `testclass`, `oci`, …) it runs that; any other filter runs the tests whose name
/// contains it.
#[derive(clap::Args)]
pub(crate) struct Test {
    /// A test file's name, or a part of a test's name.
    filter: Option<String>,
    /// Passed to the tests themselves, such as `--nocapture`.
    #[arg(last = true)]
    rest: Vec<String>,
}

impl Test {
    pub(crate) fn run(self) -> Result<u8> {
        toolchain::ensure_targets()?;
        // `tests/cli` runs the binaries as a user does; this one is built already.
        build_host("dev")?;
        let mut args = vec!["test"];
        let rest = self.rest.iter().map(String::as_str);
        let target = self.filter.as_deref().and_then(target);
        let registry = registry(target.as_deref())?;
        let with = |mut command: Command| {
            if let Some(registry) = &registry {
                command.env(REGISTRY, registry);
            }
            command
        };
        match (&self.filter, &target) {
            (Some(filter), Some(target)) => {
                args.extend(["--package", "periplasm-tests", "--test", target, "--"]);
                // One of several in the same program.
                if filter != target {
                    args.push(filter);
                }
                show(with(cargo(args.into_iter().chain(rest))))?;
                return Ok(0);
            }
            (Some(filter), None) => args.extend(["--workspace", "--", filter.as_str()]),
            (None, _) => args.extend(["--workspace", "--no-fail-fast", "--"]),
        }
        args.extend(rest);
        show_each(|folder| with(cargo_in(folder, args.iter().copied())))?;
        Ok(0)
    }
}

/// Names docker-registry to the tests in `tests/tests/oci`.
const REGISTRY: &str = "PERIPLASM_DOCKER_REGISTRY";

/// The docker-registry for the tests that need one, which `oci` alone cannot do
/// without. None if only a test runs that does not.
fn registry(target: Option<&str>) -> Result<Option<PathBuf>> {
    if let Some(named) = std::env::var_os(REGISTRY) {
        return Ok(Some(named.into()));
    }
    if target.is_some_and(|target| target != "oci") {
        return Ok(None);
    }
    match debian::tool("docker-registry") {
        Ok(tool) => Ok(Some(tool.path)),
        Err(error) if target.is_some() => Err(error),
        Err(error) => {
            eprintln!("{:?}", miette::Report::from(error));
            eprintln!("the tests `oci` are left out");
            Ok(None)
        }
    }
}

/// The test program that has `name`, if it is that of a file or folder.
fn target(name: &str) -> Option<String> {
    let tests = root().join("tests/tests");
    let found = |path: String| tests.join(path).is_file();
    if found(format!("{name}.rs")) || found(format!("{name}/main.rs")) {
        return Some(name.to_owned());
    }
    let within = |folder: &str| name != "main" && found(format!("{folder}/{name}.rs"));
    ["drivers", "usb"].into_iter().find(|folder| within(folder)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn a_file_a_folder_and_one_of_a_folder_are_found_and_nothing_else() {
        assert_eq!(target("demo").as_deref(), Some("demo"));
        assert_eq!(target("conformance").as_deref(), Some("conformance"));
        assert_eq!(target("driver_lm75").as_deref(), Some("drivers"));
        assert_eq!(target("testclass").as_deref(), Some("usb"));
        for name in ["driver_none", "../same", "main", "bus"] {
            assert_eq!(target(name), None, "{name}");
        }
    }
}
