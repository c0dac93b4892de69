//! An RP2040 in BOOTSEL mode as a component, and the driver picoboot on nusb as
//! another.

use periplasm_tests::usb::Desk;

#[test]
fn picoboot_writes_flash_and_reads_it_back() {
    let mut desk = Desk::at("tests/usb/picoboot/board.toml");
    desk.plug_in("tests/usb/picoboot/gadget.toml");
    let said = desk.run("tests/usb/picoboot/host.toml", &["8192"]).success();
    // The flash's address and its sectors: RP2040 datasheet, 2.6.3 and 2.8.5.
    let expected = "flash at 0x10000000, sectors of 4096 bytes\nwrote 8192 bytes\n\
                    read them back: the same\n";
    assert_eq!(said, expected);
}
