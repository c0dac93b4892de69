//! usb-device's own test class as a component, against its own suite on rusb as
//! another: eleven tests that nobody here wrote.

use periplasm_tests::usb::Desk;

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
