//! `cargo xtask new`

mod code;
mod device;
mod scaffold;
mod slots;

use clap::Subcommand;
use periplasm_portability::{Entry, shape};

use super::portability::workshop;
use crate::cargo::{cargo, quiet, root, shown};
use crate::error::{Error, Result};
use crate::steps::{Step, print};
use crate::toolchain;
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
/// Reads from the driver's source which hardware it is made from. Writes
/// `drivers/<crate>` (world, slots, mapping) and a test against a simulated
/// chip. Both compile as they are; what is to be filled in is marked `FILL IN`.
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
        let mut scaffold = Scaffold::new(name, &self.exports)?;
        toolchain::ensure_targets()?;
        let step = Step::start("new driver");
        step.detail(format!("reading {}", self.krate));
        // cargo finds the newest version, and whether there is such a crate.
        let shape = shape(&workshop(None)?, &Entry::named(&self.krate))?;
        scaffold.hardware(shape.as_ref());
        scaffold.write()?;
        let package = scaffold.package().to_owned();
        let add = ["add", "--package", &package, &self.krate];
        if let Err(error) = quiet(cargo(add), &step) {
            scaffold.remove();
            return Err(error);
        }
        scaffold.format(&step)?;
        let check = cargo(["check", "--package", &package, "--target", "wasm32-unknown-unknown"]);
        let by_hand = shape.is_none() || quiet(check, &step).is_err();
        if by_hand {
            scaffold.by_hand();
            scaffold.write()?;
            quiet(cargo(add), &step)?;
            scaffold.format(&step)?;
        }
        step.done(shown(&scaffold.folder()));
        if shape.is_none() {
            eprintln!(
                "note: no constructor of {name} takes hardware that the SDK has, as far as its \
                 source tells: the slots are a guess. `cargo xtask portability {name}` says more"
            );
        } else if by_hand {
            eprintln!("note: how {name} is made has to be filled in, the slots are found");
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
