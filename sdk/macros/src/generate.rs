//! From a world to Rust source, by wit-bindgen.

use std::path::{Path, PathBuf};

use wit_bindgen_core::Files;
use wit_bindgen_core::WorldGenerator;
use wit_bindgen_core::wit_parser::{Resolve, WorldId, WorldKey};
use wit_bindgen_rust::{Opts, Ownership, WithOption};

use crate::packages;

/// The interfaces whose Rust types an SDK crate already has.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    /// `namespace:name/interface`, without version.
    pub(crate) interface: &'static str,
    /// The module that has them.
    pub(crate) path: &'static str,
}

/// What a driver finds in `periplasm-driver`.
pub(crate) const DRIVER: &[Known] = &[
    Known { interface: "wasi:i2c/i2c", path: "::periplasm_driver::hal::slot::i2c" },
    Known { interface: "periplasm:hal/adc", path: "::periplasm_driver::hal::slot::adc" },
    Known { interface: "periplasm:hal/buffer", path: "::periplasm_driver::hal::slot::buffer" },
    Known { interface: "periplasm:hal/can", path: "::periplasm_driver::hal::slot::can" },
    Known { interface: "periplasm:hal/delay", path: "::periplasm_driver::hal::slot::delay" },
    Known { interface: "periplasm:hal/diag", path: "::periplasm_driver::hal::slot::diag" },
    Known {
        interface: "periplasm:hal/input-pin",
        path: "::periplasm_driver::hal::slot::input_pin",
    },
    Known {
        interface: "periplasm:hal/output-pin",
        path: "::periplasm_driver::hal::slot::output_pin",
    },
    Known {
        interface: "periplasm:hal/pin-types",
        path: "::periplasm_driver::hal::slot::pin_types",
    },
    Known { interface: "periplasm:hal/pwm", path: "::periplasm_driver::hal::slot::pwm" },
    Known { interface: "periplasm:hal/serial", path: "::periplasm_driver::hal::slot::serial" },
    Known { interface: "periplasm:hal/spi", path: "::periplasm_driver::hal::slot::spi" },
    Known { interface: "periplasm:hal/spi-bus", path: "::periplasm_driver::hal::slot::spi_bus" },
    Known {
        interface: "periplasm:hal/spi-types",
        path: "::periplasm_driver::hal::slot::spi_types",
    },
    Known { interface: "periplasm:hal/start", path: "::periplasm_driver::hal::slot::start" },
    Known { interface: "periplasm:hal/wait", path: "::periplasm_driver::hal::slot::wait" },
    Known { interface: "periplasm:usb/usb", path: "::periplasm_usb_host::slot" },
    Known { interface: "periplasm:usb-device/usb-device", path: "::periplasm_usb_device::slot" },
    Known {
        interface: "periplasm:device/types",
        path: "::periplasm_driver::bindings::periplasm::device::types",
    },
];

/// What the crates for USB find in `periplasm-hal`.
pub(crate) const USB: &[Known] = &[
    Known { interface: "periplasm:hal/buffer", path: "::periplasm_hal::slot::buffer" },
    Known { interface: "periplasm:hal/wait", path: "::periplasm_hal::slot::wait" },
];

/// What an app finds in `periplasm-app`.
pub(crate) const APP: &[Known] = &[
    Known {
        interface: "periplasm:device/types",
        path: "::periplasm_app::bindings::periplasm::device::types",
    },
    Known {
        interface: "periplasm:hal/buffer",
        path: "::periplasm_app::bindings::periplasm::hal::buffer",
    },
];

/// A world that was found, and the files it was read from.
pub(crate) struct World {
    resolve: Resolve,
    id: WorldId,
    pub(crate) files: Vec<PathBuf>,
}

impl World {
    /// The one world in `dir`, with the built-in packages to refer to.
    pub(crate) fn in_folder(dir: &Path) -> Result<Self, String> {
        if !has_wit(dir) {
            return Err(format!(
                "no WIT in {}: a component's world stands in a file `wit/world.wit` beside its `src`",
                dir.display()
            ));
        }
        let mut resolve = Resolve::default();
        packages::add(&mut resolve)?;
        let (package, sources) = resolve.push_path(dir).map_err(|e| resolve.render_error(&e))?;
        let files = sources.paths().map(Path::to_owned).collect();
        let worlds = &resolve.packages[package].worlds;
        let ids: Vec<WorldId> = worlds.values().copied().collect();
        let id = match ids.as_slice() {
            [id] => *id,
            [] => return Err(format!("no world in {}: a component is one", dir.display())),
            _ => {
                let names: Vec<_> = worlds.keys().map(|name| format!("`{name}`")).collect();
                return Err(format!(
                    "{} worlds in {}: {}. A component is one: move the others into a crate or a \
                     package of their own",
                    names.len(),
                    dir.display(),
                    names.join(", ")
                ));
            }
        };
        Ok(Self { resolve, id, files })
    }

    /// A world of a built-in package, as `namespace:name/world`.
    pub(crate) fn built_in(name: &str) -> Result<Self, String> {
        let mut resolve = Resolve::default();
        let packages = packages::add(&mut resolve)?;
        let id = resolve.select_world(&packages, Some(name)).map_err(|e| e.to_string())?;
        Ok(Self { resolve, id, files: Vec::new() })
    }

    /// Whether the world imports `name` as a slot.
    pub(crate) fn has_slot(&self, name: &str) -> bool {
        self.resolve.worlds[self.id].imports.contains_key(&WorldKey::Name(name.to_owned()))
    }

    /// Whether the world exports anything.
    pub(crate) fn has_exports(&self) -> bool {
        !self.resolve.worlds[self.id].exports.is_empty()
    }

    /// The world's name.
    pub(crate) fn name(&self) -> &str {
        &self.resolve.worlds[self.id].name
    }

    /// The source of the bindings. `runtime` is the path of wit-bindgen's
    /// runtime module in the crate that expands it.
    pub(crate) fn bindings(mut self, known: &[Known], runtime: &str) -> Result<String, String> {
        let with = self.with(known);
        let options = Opts {
            with,
            generate_all: true,
            runtime_path: Some(format!("{runtime}::rt")),
            bitflags_path: Some(format!("{runtime}::rt::bitflags")),
            default_bindings_module: Some("bindings".to_owned()),
            // A package of types has no function that uses them.
            generate_unused_types: true,
            // Bytes to be written are lent to the host, not copied first.
            ownership: Ownership::Borrowing { duplicate_if_necessary: false },
            ..Opts::default()
        };
        let mut files = Files::default();
        options
            .build()
            .generate(&mut self.resolve, self.id, &mut files)
            .map_err(|e| e.to_string())?;
        let (_, source) = files.iter().next().ok_or("wit-bindgen made no file")?;
        String::from_utf8(source.to_vec()).map_err(|e| e.to_string())
    }

    /// wit-bindgen refuses a remapping it does not use: only those that occur.
    fn with(&self, known: &[Known]) -> Vec<(String, WithOption)> {
        let imports = self.resolve.worlds[self.id].imports.keys();
        imports
            .filter_map(|key| {
                let WorldKey::Interface(id) = key else { return None };
                let name = self.resolve.id_of(*id)?;
                let bare = name.split('@').next()?;
                let known = known.iter().find(|k| k.interface == bare)?;
                Some((name, WithOption::Path(known.path.to_owned())))
            })
            .collect()
    }
}

fn has_wit(dir: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(dir) else { return false };
    entries.flatten().any(|entry| entry.path().extension().is_some_and(|e| e == "wit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(files: &[(&str, &str)]) -> Result<World, String> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        World::in_folder(dir.path())
    }

    const SENSOR: &str = "package my:sensor;
        world sensor {
            include periplasm:hal/driver@0.1.0;
            export periplasm:device/thermometer@0.1.0;
        }";

    #[test]
    fn a_world_needs_no_copies_of_the_packages_it_refers_to() {
        let world = world(&[("world.wit", SENSOR)]).unwrap();
        assert_eq!(world.name(), "sensor");
        assert!(world.has_slot("diag") && world.has_exports() && !world.has_slot("bus"));
        assert_eq!(world.files.len(), 1);
        let source = world.bindings(DRIVER, "::wit_bindgen").unwrap();
        assert!(source.contains("fn temperature"), "{source}");
    }

    /// Imports are the SDK's types; exports of the same interfaces are the crate's.
    #[test]
    fn a_handle_that_a_world_gives_is_not_the_one_that_it_opens() {
        let pin = |direction: &str, name: &str| {
            format!(
                "{direction} {name}: interface {{
                    use periplasm:hal/output-pin@0.1.0.{{output-pin}};
                    open: func() -> output-pin;
                }}"
            )
        };
        let (reset, p0) = (pin("import", "reset"), pin("export", "p0"));
        let text = format!(
            "package my:expander;
            world expander {{
                include periplasm:hal/driver@0.1.0;
                {reset}
                export periplasm:hal/output-pin@0.1.0;
                {p0}
            }}"
        );
        let world = world(&[("world.wit", &text)]).unwrap();
        assert!(world.has_exports());
        let source = world.bindings(DRIVER, "::wit_bindgen").unwrap();
        let (imports, exports) = source.split_once("mod exports").unwrap();
        let known = "use ::periplasm_driver::hal::slot::output_pin as ";
        let (_, alias) = imports.split_once(known).unwrap();
        let alias = alias.split(';').next().unwrap();
        assert!(imports.contains(&format!("{alias}::OutputPin;")), "{imports}");
        assert!(!exports.contains(&format!("{alias}::OutputPin")), "{exports}");
        assert!(exports.contains("trait GuestOutputPin"), "{exports}");
        // What pins share is one type, whoever makes the pin.
        let errors = "use ::periplasm_driver::hal::slot::pin_types as ";
        let (_, alias) = source.split_once(errors).unwrap();
        let alias = alias.split(';').next().unwrap();
        assert!(exports.contains(&format!("{alias}::Error;")), "{exports}");
    }

    #[test]
    fn what_is_wrong_with_a_world_is_told_with_its_place() {
        type Files<'a> = &'a [(&'a str, &'a str)];
        let wrong: [(Files<'_>, &[&str]); 6] = [
            (&[], &["no WIT in", "wit/world.wit"]),
            (&[("README.md", "")], &["no WIT in"]),
            (&[("types.wit", "package my:sensor; interface i {}")], &["no world in"]),
            (
                &[("a.wit", SENSOR), ("b.wit", "package my:sensor; world other {}")],
                &["2 worlds in", "`sensor`", "`other`"],
            ),
            (
                &[("world.wit", &SENSOR.replace("thermometer", "thermomter"))],
                &["thermomter", "world.wit:4"],
            ),
            (&[("world.wit", &SENSOR.replace("export ", "export: "))], &["world.wit:4"]),
        ];
        for (files, expected) in wrong {
            let Err(message) = world(files) else { panic!("{files:?}") };
            for part in expected {
                assert!(message.contains(part), "{message:?} does not say {part:?}");
            }
        }
    }
}
