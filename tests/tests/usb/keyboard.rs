//! usbd-human-interface-device as a component, and a program on nusb, async
//! under an executor of its own, that reads what is typed.

use periplasm_tests::usb::Desk;

#[test]
fn keyboard_types_its_line() {
    let mut desk = Desk::at("tests/usb/keyboard/board.toml");
    desk.plug_in("tests/usb/keyboard/gadget.toml");
    let said = desk.run("tests/usb/keyboard/host.toml", &[]).success();
    assert_eq!(said, "Hello from a keyboard of software.\n");
}
