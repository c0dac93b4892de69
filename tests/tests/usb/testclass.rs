//! usb-device's own test class as a component, against its own suite on rusb as
//! another: eleven tests that nobody here wrote. The same over USB/IP, and with
//! the suite as an ordinary program.

use std::process::Command;

use periplasm_host::Board;
use periplasm_tests::usb::Desk;
use periplasm_tests::{ok, root};

const GADGET: &str = "tests/usb/testclass/gadget.toml";
const SUITE: &str = "tests/usb/testclass/host.toml";
const BOARD: &str = "tests/usb/testclass/board.toml";

/// The suite exits with 0 when it finds no device: only its words count.
const ALL: &str = "ALL TESTS PASSED!";

#[test]
fn testclass_passes_its_own_suite_over_a_cable() {
    let said = Desk::at(BOARD).plug_in(GADGET).run(SUITE, &[]).success();
    assert_eq!(said.matches(" ... ok").count(), 11, "{said}");
    assert!(said.contains(ALL), "{said}");
}

#[test]
fn testclass_is_not_found_where_nothing_is_plugged_in() {
    let said = Desk::at(BOARD).run(SUITE, &[]).success();
    assert!(said.contains("Did not find a TestClass device"), "{said}");
    assert!(!said.contains(ALL), "{said}");
}

/// The gadget as a component, exported by USB/IP; where.
fn exported() -> (Desk, String) {
    let mut desk = Desk::at("tests/usb/testclass/export.toml");
    desk.plug_in(GADGET);
    let address = desk.machine.exported_at("board").expect("it is exported").to_string();
    (desk, address)
}

#[test]
fn testclass_passes_its_own_suite_over_usbip() {
    let (_desk, address) = exported();
    let board = std::fs::read_to_string(root().join(BOARD)).expect("the board file");
    let board = board.replace("cable = \"desk\"\nallow", &format!("usbip = \"{address}\"\nallow"));
    let said = Desk::on(ok(Board::parse(&board, "board.toml"))).run(SUITE, &[]).success();
    assert_eq!(said.matches(" ... ok").count(), 11, "{said}");
    assert!(said.contains(ALL), "{said}");
}

#[test]
fn testclass_passes_its_own_suite_outside_of_a_component() {
    let (_desk, address) = exported();
    let manifest = root().join("tests/guests/usb/Cargo.toml");
    let ran = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "test-class-host", "--example", "over-usbip"])
        .arg("--manifest-path")
        .arg(manifest)
        .args(["--", &address])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&ran.stdout);
    let complaint = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(said.matches(" ... ok").count(), 11, "{said}{complaint}");
    assert!(ran.status.success() && said.contains(ALL), "{said}{complaint}");
}
