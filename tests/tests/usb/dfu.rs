//! usbd-dfu as a component, and two drivers that nobody here wrote: an image
//! goes down and comes back byte for byte.

use periplasm_tests::usb::Desk;

/// Around the size of a transfer (`wTransferSize`), and many of them.
const SIZES: [&str; 5] = ["1", "127", "128", "129", "20000"];

fn goes_down_and_comes_back(driver: &str) {
    let mut desk = Desk::at("tests/usb/dfu/board.toml");
    desk.plug_in("tests/usb/dfu/gadget.toml");
    for size in SIZES {
        let said =
            desk.run(&format!("tests/usb/dfu/{driver}.toml"), &["0483:df11", size]).success();
        let wrote = format!("wrote {size} bytes\nread them back: the same\n");
        assert!(said.ends_with(&wrote), "{size}: {said}");
    }
}

#[test]
fn dfu_by_rusb() {
    goes_down_and_comes_back("libusb");
}

#[test]
fn dfu_by_nusb() {
    goes_down_and_comes_back("nusb");
}
