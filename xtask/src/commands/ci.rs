//! `cargo xtask ci`

use std::process::Command;

use crate::cargo::{cargo, cargo_in, line, root, show, show_each};
use crate::error::{Error, Result};
use crate::installed::Program;
use crate::toolchain;

/// Run everything that CI runs: format, lints, documentation, licences, tests.
///
/// All checks run, even after one failed; it ends with the list of those that
/// did. Needs the network once, for the programs that go into `target/tools`.
#[derive(clap::Args)]
pub(crate) struct Ci {
    /// Run only these checks.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(CHECKS.map(|c| c.0)))]
    only: Vec<String>,
}

type Check = (&'static str, fn() -> Result<()>);

const CHECKS: [Check; 9] = [
    ("fmt", || show_each(|folder| cargo_in(folder, ["fmt", "--all", "--check"]))),
    ("clippy", || {
        let args = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
        show_each(|folder| cargo_in(folder, args))
    }),
    ("doc", || {
        let args = ["doc", "--workspace", "--no-deps", "--document-private-items"];
        show_each(|folder| {
            let mut doc = cargo_in(folder, args);
            doc.env("RUSTDOCFLAGS", "--deny warnings");
            doc
        })
    }),
    ("fuzz", || {
        let args = ["clippy", "--features", "libfuzzer", "--bins", "--", "--deny", "warnings"];
        let mut clippy = cargo_in(&root().join("tests/fuzz"), args);
        // Without the fuzzer itself, which is C++ and would be linked in at last.
        clippy.env("CUSTOM_LIBFUZZER_PATH", "/none/libfuzzer.a");
        show(clippy)
    }),
    ("licences", licences),
    ("test", || show(cargo(["xtask", "test"]))),
    ("interop", || show(cargo(["xtask", "interop"]))),
    ("lab", || show(cargo(["xtask", "lab"]))),
    ("clean", clean),
];

impl Ci {
    pub(crate) fn run(self) -> Result<u8> {
        toolchain::ensure_targets()?;
        let mut failed = Vec::new();
        for (name, check) in CHECKS {
            if !self.only.is_empty() && !self.only.iter().any(|only| only == name) {
                continue;
            }
            eprintln!("\n── {name}");
            if let Err(error) = check() {
                eprintln!("{:?}", miette::Report::from(error));
                failed.push(name);
            }
        }
        if failed.is_empty() {
            eprintln!("\nall checks passed");
            return Ok(0);
        }
        Err(Error::Checks(failed))
    }
}

/// The licence, source and duplicate rules of deny.toml. Advisories need a
/// database from the network: they are in the release checklist.
fn licences() -> Result<()> {
    let binary = CARGO_DENY.path()?;
    show_each(|folder| {
        let mut deny = Command::new(&binary);
        deny.current_dir(folder).args(["--locked", "--config"]).arg(root().join("deny.toml"));
        deny.args(["check", "licenses", "sources", "bans"]);
        deny
    })
}

const CARGO_DENY: Program = Program { name: "cargo-deny", version: "0.20.2", args: &[] };

/// Building and testing must leave the checkout as it was.
fn clean() -> Result<()> {
    let mut status = Command::new("git");
    status.current_dir(root()).args(["status", "--porcelain"]);
    let output = status.output().map_err(|source| Error::Start {
        program: "git".into(),
        source,
        help: "install git".into(),
    })?;
    if output.status.success() && output.stdout.is_empty() {
        return Ok(());
    }
    let mut found = String::from_utf8_lossy(&output.stdout).into_owned();
    found.push_str(&String::from_utf8_lossy(&output.stderr));
    Err(Error::Failed { command: line(&status), output: found })
}
