//! The interfaces this host has.

use periplasm_request::SlotKind;

// Each has a resource and its methods; slots open the handles.
const I2C: &str = SlotKind::I2c.resource().0;
const SPI: &str = SlotKind::Spi.resource().0;
const SPI_BUS: &str = SlotKind::SpiBus.resource().0;
const OUTPUT_PIN: &str = SlotKind::OutputPin.resource().0;
const INPUT_PIN: &str = SlotKind::InputPin.resource().0;
const PWM: &str = SlotKind::Pwm.resource().0;
const ADC: &str = SlotKind::Adc.resource().0;
const SERIAL: &str = SlotKind::Serial.resource().0;
const CAN: &str = SlotKind::Can.resource().0;
const USB: &str = SlotKind::Usb.resource().0;
const USB_DEVICE: &str = SlotKind::UsbDevice.resource().0;
const DIAG: &str = SlotKind::Diag.resource().0;

// The same for every stage.
pub(crate) const CLOCK: &str = "periplasm:hal/clock@0.1.0";
pub(crate) const DELAY: &str = "periplasm:hal/delay@0.1.0";
pub(crate) const WAIT: &str = "periplasm:hal/wait@0.1.0";
pub(crate) const START: &str = "periplasm:hal/start@0.1.0";
pub(crate) const BUFFER: &str = "periplasm:hal/buffer@0.1.0";
pub(crate) const USB_ADMIN: &str = "periplasm:usb/usb-admin@0.1.0";

/// What a gadget exports.
pub(crate) const GADGET: &str = "periplasm:device/gadget@0.1.0";

/// All of them, and what each lets a stage do.
const OURS: &[(&str, &str)] = &[
    (I2C, "using the buses that its slots open"),
    (SPI, "using the SPI devices that its slots open"),
    (SPI_BUS, "using the SPI buses that its slots open"),
    (OUTPUT_PIN, "driving the pins that its slots open"),
    (INPUT_PIN, "reading the pins that its slots open, and waiting for them"),
    (PWM, "setting the pulses of the outputs that its slots open"),
    (ADC, "measuring at the inputs that its slots open"),
    (SERIAL, "using the serial ports that its slots open"),
    (CAN, "sending and receiving on the CAN buses that its slots open"),
    (USB, "using the USB devices that its slots open"),
    (USB_ADMIN, "changing USB devices as far as that was granted"),
    (USB_DEVICE, "being a USB device at the ports that its slots open"),
    (DIAG, "using the log that its slot opens"),
    (CLOCK, "measuring time"),
    (DELAY, "waiting"),
    (WAIT, "waiting for the first of several things"),
    (START, "using two buses at once"),
    (BUFFER, "sharing bytes with other stages"),
];

/// The shared resources that no slot opens: whose, and their names.
pub(crate) const SHARED_RESOURCES: &[(&str, &str)] = &[
    (WAIT, "event"),
    (START, "i2c-transfer"),
    (START, "spi-transfer"),
    (BUFFER, "buffer"),
    (USB, "usb-device"),
    (USB, "usb-interface"),
    (USB, "pipe"),
];

/// The WASI 0.2 interfaces an app may use, and what each lets it do.
const WASI: &[(&str, &str)] = &[
    ("wasi:cli/environment", "reading the arguments after `--` (no environment variables)"),
    ("wasi:cli/exit", "ending with an exit code"),
    ("wasi:cli/stdin", "reading standard input, if the host allows it"),
    ("wasi:cli/stdout", "writing to standard output"),
    ("wasi:cli/stderr", "writing to standard error"),
    ("wasi:cli/terminal-input", "asking whether standard input is a terminal"),
    ("wasi:cli/terminal-output", "asking whether an output is a terminal"),
    ("wasi:cli/terminal-stdin", "asking whether standard input is a terminal"),
    ("wasi:cli/terminal-stdout", "asking whether standard output is a terminal"),
    ("wasi:cli/terminal-stderr", "asking whether standard error is a terminal"),
    ("wasi:clocks/monotonic-clock", "measuring time and waiting"),
    ("wasi:clocks/wall-clock", "reading the date and time"),
    ("wasi:filesystem/preopens", "listing granted folders (there are none)"),
    ("wasi:filesystem/types", "using granted files (there are none)"),
    ("wasi:io/error", "reading why a stream failed"),
    ("wasi:io/poll", "waiting for streams and time"),
    ("wasi:io/streams", "reading and writing its own streams"),
    ("wasi:random/insecure", "random numbers"),
    ("wasi:random/insecure-seed", "random numbers"),
    ("wasi:random/random", "random numbers"),
];

/// What a shared interface lets a stage do, or `None` if this host does not
/// have it.
pub(crate) fn shared_meaning(import: &str) -> Option<&'static str> {
    if let Some((_, meaning)) = OURS.iter().find(|(name, _)| *name == import) {
        return Some(meaning);
    }
    let (interface, version) = import.split_once('@')?;
    let patch = version.strip_prefix("0.2.")?;
    if patch.is_empty() || !patch.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    WASI.iter().find(|(name, _)| *name == interface).map(|(_, meaning)| *meaning)
}

/// What to say about an import this host does not have.
pub(crate) fn why_unknown(import: &str) -> String {
    let interface = import.split('@').next().unwrap_or(import);
    for (ours, _) in OURS {
        if ours.split('@').next() == Some(interface) {
            return format!("this host has `{ours}`: build the stage against that version");
        }
    }
    if WASI.iter().any(|(name, _)| *name == interface) {
        return "this host has version 0.2 of it: build the stage for wasm32-wasip2".to_owned();
    }
    if interface.starts_with("wasi:sockets/") {
        return "this host gives no stage a network".to_owned();
    }
    if interface.starts_with("periplasm:device/") {
        return "a device interface comes from a driver: add a stage that exports it".to_owned();
    }
    if !import.contains(':') {
        return "a slot is imported as <stage>-<slot>: compose the component into a pipeline first"
            .to_owned();
    }
    "add a stage that exports it, or build the stage without it".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_release_versions_of_wasi_0_2_are_known() {
        assert!(shared_meaning("wasi:cli/stdout@0.2.6").is_some());
        assert!(shared_meaning("wasi:cli/stdout@0.2.12").is_some());
        for unknown in [
            "wasi:cli/stdout",
            "wasi:cli/stdout@0.3.0",
            "wasi:cli/stdout@0.2.0-rc",
            "wasi:cli/stdout@0.2.",
            "wasi:sockets/tcp@0.2.6",
            "periplasm:hal/delay@0.2.0",
        ] {
            assert_eq!(shared_meaning(unknown), None, "{unknown}");
        }
    }
}
