//! usbd-serial as a component, and a program on nusb that talks to it.

use periplasm_tests::usb::Desk;

const GADGET: &str = "tests/usb/serial/gadget.toml";
const PROGRAM: &str = "tests/usb/serial/host.toml";
const BOARD: &str = "tests/usb/serial/board.toml";

/// Around the size of a packet, and more than the class's buffers hold.
const SIZES: [&str; 7] = ["1", "63", "64", "65", "128", "1000", "10000"];

#[test]
fn serial_sends_back_what_it_receives() {
    let said = Desk::at(BOARD).plug_in(GADGET).run(PROGRAM, &SIZES).success();
    let came_back: Vec<String> =
        SIZES.iter().map(|size| format!("{size} bytes came back")).collect();
    assert_eq!(said, format!("Echo\n{}\n", came_back.join("\n")));
}

#[test]
fn serial_is_a_new_device_when_it_is_plugged_in_again() {
    let mut desk = Desk::at(BOARD);
    for _ in 0..2 {
        desk.plug_in(GADGET);
        assert_eq!(desk.run(PROGRAM, &["64"]).success(), "Echo\n64 bytes came back\n");
        desk.unplug();
        let said = desk.run(PROGRAM, &["64"]);
        assert!(matches!(said.end, Ok(1)), "{said:?}");
        assert!(said.stderr.contains("there is no serial port"), "{said:?}");
    }
}
