//! usbd-gscan as a component, and the driver gs_usb on unmodified rusb as
//! another.

use periplasm_tests::usb::Desk;

#[test]
fn can_frames_come_back_from_the_adapter() {
    let mut desk = Desk::at("tests/usb/can/board.toml");
    desk.plug_in("tests/usb/can/gadget.toml");
    let said = desk.run("tests/usb/can/host.toml", &["3"]).success();
    let frames: Vec<&str> = said.lines().skip(1).collect();
    assert_eq!(frames, ["0x120 [0]", "0x121 [0, 1]", "0x122 [0, 1, 2]"], "{said}");
}
