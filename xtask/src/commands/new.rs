//! `cargo xtask new`

mod code;
mod device;
mod scaffold;
mod slots;
mod templates;
mod usb;

use std::path::Path;
use std::process::Command;

use clap::Subcommand;
use periplasm_portability::{Entry, Workshop, fetch, shape};

use super::portability::workshop;
use crate::cargo::{cargo, cargo_in, quiet, root, shown};
use crate::error::{Error, Result};
use crate::steps::{Step, print};
use crate::toolchain;
use device::Interface;
use scaffold::Scaffold;
use usb::Usb;

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
///
/// A driver on rusb or nusb goes to `drivers/usb/<crate>`, where the SDK stands
/// in for these. A class for usb-device becomes a gadget, which exports that
/// alone.
#[derive(clap::Args)]
pub(crate) struct Driver {
    /// The driver's name on crates.io, with a version if need be: `lm75@1.0.0`.
    #[arg(value_name = "CRATE")]
    krate: String,
    /// The device interfaces that it exports.
    #[arg(long, value_delimiter = ',', default_value = "thermometer")]
    exports: Vec<Interface>,
    /// Features of the driver, beside its default ones.
    #[arg(long, value_delimiter = ',')]
    features: Vec<String>,
}

impl Driver {
    fn run(self) -> Result<u8> {
        let name = self.krate.split('@').next().unwrap_or_default();
        let mut scaffold = Scaffold::new(name, &self.exports)?;
        toolchain::ensure_targets()?;
        let step = Step::start("new driver");
        step.detail(format!("reading {}", self.krate));
        let mut entry = Entry::named(&self.krate);
        entry.features.clone_from(&self.features);
        let workshop = workshop(None)?;
        // cargo finds the newest version, and whether there is such a crate.
        if let Some(usb) = Usb::of(&fetch(&workshop, &entry)?)? {
            scaffold.on(usb.clone());
            return self.for_usb(&scaffold, &usb, step);
        }
        self.on_pins(scaffold, &workshop, &entry, step)
    }

    /// A driver of a chip on buses and pins.
    fn on_pins(
        &self,
        mut scaffold: Scaffold,
        workshop: &Workshop,
        entry: &Entry,
        step: Step,
    ) -> Result<u8> {
        let name = &entry.name;
        let shape = shape(workshop, entry)?;
        scaffold.hardware(shape.as_ref());
        scaffold.write()?;
        if let Err(error) = quiet(self.add(&scaffold), &step) {
            scaffold.remove();
            return Err(error);
        }
        scaffold.format(&step)?;
        let check =
            cargo(["check", "--package", scaffold.package(), "--target", "wasm32-unknown-unknown"]);
        let by_hand = shape.is_none() || quiet(check, &step).is_err();
        if by_hand {
            scaffold.by_hand();
            scaffold.write()?;
            quiet(self.add(&scaffold), &step)?;
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
        let test = format!("Run it on a simulated chip: cargo xtask test {}", scaffold.test_name());
        next(&scaffold, Some(&scaffold.test_file()), &test)
    }

    /// A driver on a library for USB, or a gadget.
    fn for_usb(&self, scaffold: &Scaffold, usb: &Usb, step: Step) -> Result<u8> {
        let gadget = matches!(usb, Usb::Gadget(_));
        let target = if gadget { "wasm32-unknown-unknown" } else { "wasm32-wasip2" };
        scaffold.write()?;
        let check = ["check", "--package", scaffold.package(), "--target", target];
        let made = usb
            .patch()
            .and_then(|()| quiet(self.add(scaffold), &step))
            .and_then(|()| scaffold.format(&step))
            // All that can be wrong is the driver itself.
            .and_then(|()| quiet(cargo_in(&scaffold.workspace(), check), &step));
        if let Err(error) = made {
            scaffold.remove();
            return Err(error);
        }
        step.done(shown(&scaffold.folder()));
        if gadget {
            let package = scaffold.package();
            let test = format!("Plug it into a cable: cargo test --package {package}");
            return next(scaffold, None, &test);
        }
        let test = format!("Run it on a cable: cargo xtask test {}", scaffold.test_name());
        next(scaffold, Some(&scaffold.test_file()), &test)
    }

    /// Adds the driver to the crate's dependencies.
    fn add(&self, scaffold: &Scaffold) -> Command {
        let mut add = cargo_in(&scaffold.workspace(), ["add", "--package", scaffold.package()]);
        add.arg(&self.krate);
        if !self.features.is_empty() {
            add.arg("--features").arg(self.features.join(","));
        }
        add
    }
}

/// Says what is to be done.
fn next(scaffold: &Scaffold, test: Option<&Path>, run: &str) -> Result<u8> {
    let files: Vec<String> =
        [shown(&scaffold.folder())].into_iter().chain(test.map(shown)).collect();
    print(&format!(
        "\nNext:\n\
         1. Fill in what is marked FILL IN: grep -rn 'FILL IN' {}\n\
         2. Build it: cargo xtask build {}\n\
         3. {run}",
        files.join(" "),
        scaffold.name()
    ))?;
    Ok(0)
}

/// A name that is wrong, and what to do about it.
fn wrong_name(name: &str, found: &str, help: &str) -> Error {
    Error::Name { name: name.to_owned(), found: found.to_owned(), help: help.to_owned() }
}

/// The folder that a driver's crate gets.
fn driver_folder(name: &str) -> std::path::PathBuf {
    root().join("drivers").join(name)
}
