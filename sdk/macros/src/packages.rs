//! Periplasm's WIT packages, built in.

use wit_bindgen_core::wit_parser::{PackageId, Resolve, SourceMap};

type Package = (&'static str, &'static [(&'static str, &'static str)]);

macro_rules! package {
    ($name:literal: $($file:literal),+) => {
        ($name, &[$((
            concat!($name, "/", $file),
            include_str!(concat!("../../../wit/", $name, "/", $file)),
        )),+])
    };
}

/// Folder of the package under `wit/`, and its files. A package stands after
/// those it uses.
const PACKAGES: &[Package] = &[
    package!("config": "store.wit"),
    package!("i2c": "i2c.wit"),
    package!(
        "hal": "analog.wit", "buffer.wit", "can.wit", "clock.wit", "delay.wit", "diag.wit",
        "pins.wit", "serial.wit", "spi.wit", "wait.wit", "worlds.wit"
    ),
    package!(
        "device": "adc.wit", "air-quality.wit", "barometer.wit", "block-storage.wit",
        "clock.wit", "display.wit", "files.wit", "gadget.wit", "hygrometer.wit", "light.wit",
        "motion.wit", "motor.wit", "pwm.wit", "radio.wit", "range.wit", "serial-port.wit",
        "thermometer.wit", "types.wit", "worlds.wit"
    ),
    package!("usb": "types.wit", "usb.wit", "worlds.wit"),
    package!("usb-device": "usb-device.wit", "worlds.wit"),
];

/// Adds all built-in packages to `resolve`.
pub(crate) fn add(resolve: &mut Resolve) -> Result<Vec<PackageId>, String> {
    PACKAGES
        .iter()
        .map(|(_, files)| {
            let mut sources = SourceMap::new();
            for (name, text) in *files {
                sources.push_str(name, *text);
            }
            let group = sources.parse().map_err(|(map, error)| error.render(&map))?;
            resolve.push_group(group).map_err(|e| e.to_string())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_wit_file_is_built_in() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
        let mut on_disk = Vec::new();
        for package in std::fs::read_dir(root).unwrap() {
            let package = package.unwrap().path();
            for file in std::fs::read_dir(&package).unwrap() {
                let file = file.unwrap().path();
                let folder = package.file_name().unwrap().to_str().unwrap();
                on_disk.push(format!("{folder}/{}", file.file_name().unwrap().to_str().unwrap()));
            }
        }
        let mut built_in: Vec<_> =
            PACKAGES.iter().flat_map(|(_, files)| files.iter().map(|(n, _)| *n)).collect();
        on_disk.sort();
        built_in.sort();
        assert_eq!(on_disk, built_in);
    }

    #[test]
    fn the_packages_resolve() {
        assert_eq!(add(&mut Resolve::default()).unwrap().len(), PACKAGES.len());
    }

    /// A person who meets an undocumented item has nowhere else to look.
    #[test]
    fn every_item_is_documented() {
        let mut resolve = Resolve::default();
        add(&mut resolve).unwrap();
        let mut bare = Vec::new();
        for (_, interface) in &resolve.interfaces {
            let Some(name) = &interface.name else { continue };
            if interface.docs.contents.is_none() {
                bare.push(name.clone());
            }
            for (function, f) in &interface.functions {
                if f.docs.contents.is_none() {
                    bare.push(format!("{name}.{function}"));
                }
            }
        }
        for (_, ty) in &resolve.types {
            use wit_bindgen_core::wit_parser::TypeDefKind::*;
            // An alias made by `use`, and an anonymous type, have no place for words.
            let Some(name) = &ty.name else { continue };
            if matches!(ty.kind, Type(wit_bindgen_core::wit_parser::Type::Id(_))) {
                continue;
            }
            let mut parts = vec![(name.clone(), &ty.docs)];
            match &ty.kind {
                Record(r) => parts.extend(r.fields.iter().map(|f| (f.name.clone(), &f.docs))),
                Enum(e) => parts.extend(e.cases.iter().map(|c| (c.name.clone(), &c.docs))),
                Variant(v) => parts.extend(v.cases.iter().map(|c| (c.name.clone(), &c.docs))),
                _ => {}
            }
            bare.extend(
                parts
                    .into_iter()
                    .filter(|(_, docs)| docs.contents.is_none())
                    .map(|(part, _)| format!("{name}: {part}")),
            );
        }
        assert!(bare.is_empty(), "without documentation: {bare:#?}");
    }
}
