//! A radio as a component, and the driver hackrfone on nusb as another.

use periplasm_tests::usb::Desk;

#[test]
fn hackrf_streams_samples() {
    let mut desk = Desk::at("tests/usb/hackrf/board.toml");
    desk.plug_in("tests/usb/hackrf/gadget.toml");
    let said = desk.run("tests/usb/hackrf/host.toml", &["4"]).success();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "board 2, firmware 2024.02.1");
    // Sample n of the model has the bits of n: the stream begins with the first,
    // and each buffer goes on where the last one ended.
    assert_eq!(lines.len(), 6, "{said}");
    assert!(lines[1].ends_with("from [0, 0, 1, 0] on"), "{said}");
    let bytes: u32 = lines[5].split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
    assert_eq!(bytes % 4, 0, "{said}");
    assert!(bytes >= 4 * 16384, "{said}");
}
