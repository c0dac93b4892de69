//! The same source gives the same bytes, wherever it lies.
//!
//! Two checkouts in folders of different depth, each built from nothing, with
//! folders of their own for what cargo downloads and for the compiler, compose to the same component and
//! the same lock. What is used from crates.io is what this project uses itself,
//! so that nothing is fetched.
#![cfg(unix)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use periplasm_compose::{Lock, Options, compose};

/// Tells the child which checkout to compose.
const CHECKOUT: &str = "PERIPLASM_TEST_CHECKOUT";

const WORLD: &str = "
package test:meter;
world meter { export test:device/meter@0.1.0; }
package test:device@0.1.0 {
    interface meter { read: func() -> u32; }
}";

/// A driver whose answer depends on a path in its own source and on code of
/// another crate.
const DRIVER: &str = r#"#![no_std]
#[used]
#[unsafe(link_section = "component-type:meter")]
static WORLD: [u8; include_bytes!("world.bin").len()] = *include_bytes!("world.bin");

#[unsafe(export_name = "test:device/meter@0.1.0#read")]
extern "C" fn read() -> u32 {
    let error: nb::Error<u8> = nb::Error::Other(7);
    let file = core::panic::Location::caller().file();
    let more = error.map(u32::from);
    core::hint::black_box(file).bytes().map(u32::from).sum::<u32>()
        + match more { nb::Error::Other(n) => n, nb::Error::WouldBlock => 0 }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
"#;

/// A program with panics, of its own and of a crate's, that name source files.
const APP: &str = r#"fn main() {
    let text = std::env::args().nth(1).expect("a version");
    let version = semver::Version::parse(&text).unwrap();
    println!("{version} {:?}", serde_json::from_str::<serde_json::Value>(&text).unwrap());
}
"#;

fn write(file: PathBuf, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

fn write_checkout(root: &Path) {
    let package = |name: &str, more: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{more}")
    };
    write(
        root.join("Cargo.toml"),
        "[workspace]\nmembers = [\"meter\", \"app\"]\nresolver = \"3\"\n",
    );
    let driver = "[lib]\ncrate-type = [\"cdylib\"]\n[dependencies]\nnb = \"1\"\n";
    write(root.join("meter/Cargo.toml"), package("meter", driver));
    write(root.join("meter/src/lib.rs"), DRIVER);
    write(root.join("meter/src/world.bin"), common::world("meter.wit", WORLD));
    let app = "[dependencies]\nsemver = \"1\"\nserde_json = \"1\"\n";
    write(root.join("app/Cargo.toml"), package("app", app));
    write(root.join("app/src/main.rs"), APP);
    let manifest = "[pipeline]\nname = \"p\"\n[stages.one]\ncrate = \"meter\"\n\
        [stages.app]\ncrate = \"app\"\n";
    write(root.join("pipeline.toml"), manifest);
}

/// A folder for cargo's downloads at another path, with what was downloaded.
fn write_home(home: &Path) {
    let set = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let real = set.unwrap_or_else(|| std::env::home_dir().unwrap().join(".cargo"));
    std::fs::create_dir_all(home).unwrap();
    for entry in common::sorted(&real) {
        // The proxies of rustup stay where they are found by the path.
        std::os::unix::fs::symlink(&entry, home.join(entry.file_name().unwrap())).unwrap();
    }
}

/// The same compiler in another folder and with its component rust-src, as far
/// as the compiler looks. Gives the program.
fn write_toolchain(folder: &Path) -> PathBuf {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output().unwrap();
    let real = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim_end());
    let link = |within: &str, without: &str| {
        let folder = folder.join(within);
        std::fs::create_dir_all(&folder).unwrap();
        for entry in common::sorted(&real.join(within)) {
            let name = entry.file_name().unwrap();
            if name != without {
                std::os::unix::fs::symlink(&entry, folder.join(name)).unwrap();
            }
        }
    };
    link("lib", "rustlib");
    link("lib/rustlib", "src");
    write(folder.join("lib/rustlib/src/rust/library/std/src/lib.rs"), "");
    let program = folder.join("rustc");
    let text = format!("#!/bin/sh\nexec rustc --sysroot '{}' \"$@\"\n", folder.display());
    write(program.clone(), text);
    let runs = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, runs).unwrap();
    program
}

/// Composes a checkout in a process of its own, where cargo has another home.
fn compose_apart(root: &Path, home: &Path, rustc: &Path) -> (Vec<u8>, String) {
    write_home(home);
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env(CHECKOUT, root)
        .env("CARGO_HOME", home)
        .env("RUSTC", rustc)
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stdout));
    let component = std::fs::read(root.join("p.wasm")).unwrap();
    (component, std::fs::read_to_string(root.join("pipeline.lock")).unwrap())
}

#[test]
#[ignore = "it is run by the other one"]
fn child() {
    let root = PathBuf::from(std::env::var_os(CHECKOUT).unwrap());
    let options = Options { offline: true, ..Options::default() };
    let composed = compose(&root, &options, &mut ()).unwrap();
    composed.write(&root.join("p.wasm")).unwrap();
    composed.lock.write(&Lock::beside(&root.join("pipeline.toml"))).unwrap();
}

#[test]
fn two_checkouts_compose_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("a"), folder.path().join("another/much/deeper"));
    [&here, &there].into_iter().for_each(|root| write_checkout(root));
    let (one, one_lock) = compose_apart(&here, &folder.path().join("home"), Path::new("rustc"));
    // What is promised needs the same versions of all crates.
    std::fs::copy(here.join("Cargo.lock"), there.join("Cargo.lock")).unwrap();
    let rustc = write_toolchain(&folder.path().join("toolchain"));
    let (other, other_lock) = compose_apart(&there, &folder.path().join("other-home"), &rustc);
    let path = folder.path().to_str().unwrap().as_bytes();
    assert!(!one.windows(path.len()).any(|part| part == path), "it names its folder");
    assert_eq!(one_lock, other_lock);
    assert!(one == other);
}
