//! `cargo xtask new`

mod device;
mod fit;
mod scaffold;

use clap::Subcommand;

use crate::cargo::{cargo, metadata, quiet, root, shown};
use crate::error::{Error, Result};
use crate::steps::{Step, print};
use device::Interface;
use scaffold::Scaffold;

/// Start something new from a template.
#[derive(Subcommand)]
pub(crate) enum New {
    Driver(Driver),
}

impl New {
    pub(crate) fn run(self) -> Result<u8> {
        match self {
            Self::Driver(driver) => driver.run(),
        }
    }
}

/// Scaffold a driver crate around a driver from crates.io.
///
/// Writes `drivers/<crate>` (world, slots, mapping) and a test against a
/// simulated chip. Both compile as they are; what is to be filled in is marked
/// `FILL IN`.
#[derive(clap::Args)]
pub(crate) struct Driver {
    /// The driver's name on crates.io, with a version if need be: `lm75@1.0.0`.
    #[arg(value_name = "CRATE")]
    krate: String,
    /// The device interfaces that it exports.
    #[arg(long, value_delimiter = ',', default_value = "thermometer")]
    exports: Vec<Interface>,
}

impl Driver {
    fn run(self) -> Result<u8> {
        let name = self.krate.split('@').next().unwrap_or_default();
        let scaffold = Scaffold::new(name, &self.exports)?;
        let step = Step::start("new driver");
        scaffold.write()?;
        // cargo finds the newest version, and whether there is such a crate.
        let add = ["add", "--package", scaffold.package(), &self.krate];
        if let Err(error) = quiet(cargo(add), &step) {
            scaffold.remove();
            return Err(error);
        }
        scaffold.format(&step)?;
        step.done(shown(&scaffold.folder()));
        // Advice, so no error when cargo cannot tell. With a platform, cargo
        // fetches no crates that only others need.
        if let Ok(metadata) = metadata(&["--filter-platform", "wasm32-unknown-unknown"])
            && let Some(older) = fit::older_hal(&metadata, name)
        {
            eprintln!("{older}");
        }
        let (folder, test) = (shown(&scaffold.folder()), shown(&scaffold.test_file()));
        print(&format!(
            "\nNext:\n\
             1. Fill in what is marked FILL IN: grep -rn 'FILL IN' {folder} {test}\n\
             2. Build it: cargo xtask build {name}\n\
             3. Run it on a simulated chip: cargo xtask test {}",
            scaffold.test_name()
        ))?;
        Ok(0)
    }
}

/// A name that is wrong, and what to do about it.
fn wrong_name(name: &str, found: &str, help: &str) -> Error {
    Error::Name { name: name.to_owned(), found: found.to_owned(), help: help.to_owned() }
}

/// The folder that a driver's crate gets.
fn driver_folder(name: &str) -> std::path::PathBuf {
    root().join("drivers").join(name)
}
