//! A phone's bootloader as a component, and the driver fastboot-protocol on
//! nusb, async under pollster, as another.

use periplasm_tests::usb::Desk;

#[test]
fn fastboot_flashes_an_image() {
    let mut desk = Desk::at("tests/usb/fastboot/board.toml");
    desk.plug_in("tests/usb/fastboot/gadget.toml");
    // zlib's crc32 of the bytes `(at ^ at >> 8) as u8`.
    for (size, checksum) in [("5000", "0xa06b3ee2"), ("100000", "0x6282f247")] {
        let said = desk.run("tests/usb/fastboot/host.toml", &["boot", size]).success();
        assert!(said.contains("product: periplasm\n"), "{said}");
        let end = format!("flashed {size} bytes to boot\nchecksum {checksum}\n");
        assert!(said.ends_with(&end), "{said}");
    }
}
