//! A printer as a component, and the driver escpos on nusb as another.

use periplasm_tests::usb::Desk;

#[test]
fn escpos_prints_lines() {
    let mut desk = Desk::at("tests/usb/escpos/board.toml");
    desk.plug_in("tests/usb/escpos/gadget.toml");
    let lines = ["0525:a700", "Two coffees  5.60", "Thank you"];
    let said = desk.run("tests/usb/escpos/host.toml", &lines).success();
    assert_eq!(said, "printed\n");
    // The printer answers nothing when it has printed: it may be at it still.
    assert_eq!(desk.logged(2), lines[1..]);
}
