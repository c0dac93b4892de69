//! Finds the sources of usb-device's test program in cargo's registry.

use std::error::Error;

use cargo_metadata::MetadataCommand;

/// Where the program is in the package.
const MAIN: &str = "tests/test_class_host/main.rs";

fn main() -> Result<(), Box<dyn Error>> {
    // What is built has been fetched, and its versions are locked.
    let other_options = ["--offline".to_string(), "--locked".to_string()];
    let metadata = MetadataCommand::new().other_options(other_options).exec()?;
    let package = metadata.packages.iter().find(|package| package.name == "usb-device");
    let package = package.ok_or("this package does not depend on usb-device")?;
    let main = package.manifest_path.with_file_name(MAIN);
    println!("cargo:rustc-env=TEST_CLASS_HOST={main}");
    println!("cargo:rerun-if-changed={main}");
    println!("cargo:rerun-if-changed=build.rs");
    Ok(())
}
