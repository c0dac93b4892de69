//! What tshark, where it is installed, reads in a capture. The golden file is
//! what it read then; its bytes are compared where it is not.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

const FIELDS: [&str; 18] = [
    "frame.interface_name",
    "frame.time_epoch",
    "frame.protocols",
    "frame.comment",
    "i2c.bus",
    "i2c.addr",
    "i2c.flags",
    "usb.urb_type",
    "usb.transfer_type",
    "usb.bus_id",
    "usb.device_address",
    "usb.endpoint_address",
    "usb.urb_status",
    "usb.urb_len",
    "usb.idVendor",
    "usb.iso.iso_status",
    "usb.iso.iso_len",
    "usbms.dCBWTag",
];

fn tshark(path: &Path) -> Option<String> {
    let mut command = Command::new("tshark");
    command.arg("-r").arg(path).args(["-T", "fields", "-E", "separator=,", "-E", "aggregator=+"]);
    for field in FIELDS {
        command.arg("-e").arg(field);
    }
    let output = command.output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn wireshark_reads_what_happened() {
    let (_folder, path) = super::file();
    super::everything(&path);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/capture");
    golden(&folder.join("trace.hex"), &hex(&std::fs::read(&path).unwrap()));
    match tshark(&path) {
        Some(read) => golden(&folder.join("tshark.csv"), &read),
        None => eprintln!("tshark is not installed: only the bytes were compared"),
    }
}

/// Lines of 32 bytes; those that repeat the line before are left out.
fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut before = None;
    for (index, line) in bytes.chunks(32).enumerate() {
        if before != Some(line) {
            let _ = write!(text, "{:06x}", index * 32);
            for byte in line {
                let _ = write!(text, " {byte:02x}");
            }
            text.push('\n');
        }
        before = Some(line);
    }
    text
}

fn golden(path: &Path, found: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, found).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    assert!(expected == found, "{} differs; found:\n{found}", path.display());
}
