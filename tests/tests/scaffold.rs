//! `cargo xtask new driver`, as somebody who ports a driver uses it: in a copy
//! of the project, where `lm75` has not been ported yet.

use std::path::Path;
use std::process::Command;

use periplasm_tests::{DeviceError, Rig, build::binary, root};

/// Runs this project's `xtask` in `project` and gives what it wrote. The copy
/// has a target folder of its own: cargo cannot tell two checkouts apart.
#[track_caller]
fn xtask(project: &Path, args: &[&str]) -> (bool, String) {
    let output = Command::new(binary("xtask"))
        .args(args)
        .current_dir(project)
        .env("CARGO_MANIFEST_DIR", project.join("xtask"))
        .env("CARGO_TARGET_DIR", project.join("target"))
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// Copies what git knows or would know of the project.
fn copy_project(to: &Path) {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    let output = Command::new("git").args(list).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "git ls-files");
    for file in String::from_utf8(output.stdout).unwrap().split_terminator('\0') {
        // A file that git knows may have been removed.
        if root().join(file).is_file() {
            std::fs::create_dir_all(to.join(file).parent().unwrap()).unwrap();
            std::fs::copy(root().join(file), to.join(file)).unwrap();
        }
    }
}

/// Makes `project` one where the driver `name` has not been ported.
fn forget(project: &Path, name: &str) {
    std::fs::remove_dir_all(project.join("drivers").join(name)).unwrap();
    let tests = project.join("tests/tests/drivers");
    std::fs::remove_file(tests.join(format!("driver_{name}.rs"))).unwrap();
    let main = std::fs::read_to_string(tests.join("main.rs")).unwrap();
    let without = main.replace(&format!("mod driver_{name};\n"), "");
    std::fs::write(tests.join("main.rs"), without).unwrap();
}

/// One copy for all of them, so that the SDK is compiled once.
#[test]
fn scaffolds_compile() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path();
    copy_project(project);
    a_scaffold_compiles_and_overwrites_nothing(project);
    drivers_on_rusb_and_nusb_become_components(project);
    a_class_of_usb_device_becomes_a_gadget(project);
}

fn a_scaffold_compiles_and_overwrites_nothing(project: &Path) {
    forget(project, "lm75");

    let new = ["new", "driver", "lm75@1.0.0", "--exports", "thermometer,barometer"];
    let (done, output) = xtask(project, &new);
    assert!(done && output.contains("Next:"), "{output}");
    let source = std::fs::read_to_string(project.join("drivers/lm75/src/lib.rs")).unwrap();
    assert!(source.contains("type Chip = lm75::Lm75<I2c, lm75::ic::Lm75>;"), "{source}");
    assert!(source.contains("Chip::new(bus::open(), seven_bit(&bus::addresses())?)"), "{source}");
    assert_eq!(source.matches("FILL IN").count(), 3, "{source}");

    let (done, output) = xtask(project, &["build", "lm75"]);
    assert!(done && output.contains("periplasm-lm75.wasm"), "{output}");

    // To compile it here would take Wasmtime a second time: this project's
    // `driver_lm75` is such a test, filled in.
    let tests = project.join("tests/tests/drivers");
    let test = std::fs::read_to_string(tests.join("driver_lm75.rs")).unwrap();
    assert!(test.contains("Rig::driver(\"drivers/lm75\", ") && test.contains("rig.temperature()"));

    let main = std::fs::read_to_string(tests.join("main.rs")).unwrap();
    assert_eq!(main, std::fs::read_to_string(root().join("tests/tests/drivers/main.rs")).unwrap());

    let (done, output) = xtask(project, &["new", "driver", "lm75"]);
    assert!(!done && output.contains("drivers/lm75 already"), "{output}");

    // SPI and pins: the slots are those that the constructor takes, by its names.
    forget(project, "w25q32jv");
    let (done, output) = xtask(project, &["new", "driver", "w25q32jv@0.5.1"]);
    assert!(done && !output.contains("note"), "{output}");
    let world = std::fs::read_to_string(project.join("drivers/w25q32jv/wit/world.wit")).unwrap();
    for (slot, kind) in [("bus", "spi-device"), ("hold", "output-pin"), ("wp", "output-pin")] {
        let (_, after) = world.split_once(&format!("import {slot}: interface {{")).unwrap();
        assert!(after.split('}').next().unwrap().contains(kind), "{world}");
    }
    let source = std::fs::read_to_string(project.join("drivers/w25q32jv/src/lib.rs")).unwrap();
    assert!(source.contains("Chip::new(bus::open(), hold::open(), wp::open())"), "{source}");
    let (done, output) = xtask(project, &["build", "w25q32jv"]);
    assert!(done && output.contains("periplasm-w25q32jv.wasm"), "{output}");
}

/// The text between `r#"` and `"#` after `name`.
#[track_caller]
fn raw<'a>(source: &'a str, name: &str) -> &'a str {
    let (_, after) = source.split_once(&format!("const {name}: &str = r#\"")).unwrap();
    after.split_once("\"#").unwrap().0
}

fn drivers_on_rusb_and_nusb_become_components(project: &Path) {
    let drivers = [("gs_usb@0.1.1", "rusb::devices()"), ("picoboot@0.3.0", "nusb::list_devices()")];
    for (krate, code) in drivers {
        let (done, output) = xtask(project, &["new", "driver", krate]);
        assert!(done && output.contains("Next:"), "{output}");
        let name = krate.split('@').next().unwrap();
        let source = project.join("drivers/usb").join(name).join("src/lib.rs");
        let source = std::fs::read_to_string(source).unwrap();
        assert!(source.contains(code), "{source}");

        // The generated test, without compiling Wasmtime a second time.
        let test = project.join(format!("tests/tests/drivers/driver_{name}.rs"));
        let test = std::fs::read_to_string(test).unwrap();
        let folder = project.join("drivers/usb").join(name);
        let mut rig =
            Rig::driver(folder.to_str().unwrap(), raw(&test, "SLOTS"), raw(&test, "BOARD"));
        assert!(test.contains("rig.temperature()") && test.contains("DeviceError::Gone"), "{test}");
        assert_eq!(rig.temperature().unwrap(), Err(DeviceError::Gone), "{name}");
    }
    let workspace = std::fs::read_to_string(project.join("drivers/usb/Cargo.toml")).unwrap();
    assert_eq!(workspace.matches("libusb1-sys").count(), 2, "{workspace}");

    let (done, output) = xtask(project, &["new", "driver", "gs_usb"]);
    assert!(!done && output.contains("drivers/usb/gs_usb already"), "{output}");
}

fn a_class_of_usb_device_becomes_a_gadget(project: &Path) {
    let (done, output) = xtask(project, &["new", "driver", "usbd-serial@0.2.2"]);
    assert!(done && output.contains("Next:"), "{output}");
    let (done, output) = xtask(project, &["build", "usbd-serial"]);
    assert!(done && output.contains("periplasm-usbd-serial.wasm"), "{output}");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--quiet", "--package", "periplasm-usbd-serial"]);
    let output = cargo
        .current_dir(project)
        .env("CARGO_TARGET_DIR", project.join("target"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}
