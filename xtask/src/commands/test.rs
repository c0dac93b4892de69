//! `cargo xtask test`

use crate::cargo::{build_host, cargo, root, show};
use crate::error::Result;
use crate::toolchain;

/// Pass all tests, or those a filter names.
///
/// With the name of a file in `tests/tests` (`demo`, `faults`, …) it runs that
/// file; any other filter runs the tests whose name contains it.
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
        let file = self.filter.as_ref().map(|f| root().join(format!("tests/tests/{f}.rs")));
        match (&self.filter, file) {
            (Some(filter), Some(file)) if file.is_file() => {
                args.extend(["--package", "periplasm-tests", "--test", filter.as_str(), "--"]);
            }
            (Some(filter), _) => args.extend(["--workspace", "--", filter.as_str()]),
            (None, _) => args.extend(["--workspace", "--no-fail-fast", "--"]),
        }
        args.extend(self.rest.iter().map(String::as_str));
        show(cargo(args))?;
        Ok(0)
    }
}
