//! Fastboot's commands.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The device's.
pub(crate) const SERIAL: &str = "0001";

/// The largest image.
const MAX_DOWNLOAD: u32 = 16 << 20;

/// Names that hosts ask for (README, "Client Variables"), and their values.
const VARIABLES: [(&str, &str); 6] = [
    ("version", "0.4"),
    ("version-bootloader", "1.0"),
    ("product", "periplasm"),
    ("serialno", SERIAL),
    ("secure", "no"),
    ("max-download-size", "0x01000000"),
];

/// A bootloader with one partition.
#[derive(Default)]
pub(crate) struct Bootloader {
    /// What was downloaded last.
    image: Vec<u8>,
    /// Bytes of it that have not come.
    left: usize,
    /// The partition `boot`.
    boot: Vec<u8>,
}

impl Bootloader {
    /// Forgets a download that was begun.
    pub(crate) fn reset(&mut self) {
        self.left = 0;
    }

    /// Takes a packet: a command, or a part of an image. Each answer is a message.
    pub(crate) fn take(&mut self, packet: &[u8], mut send: impl FnMut(String)) {
        if self.left > 0 {
            let data = &packet[..packet.len().min(self.left)];
            self.image.extend_from_slice(data);
            self.left -= data.len();
            if self.left == 0 {
                send(String::from("OKAY"));
            }
            return;
        }
        let command = core::str::from_utf8(packet).unwrap_or_default();
        let (name, argument) = command.split_once(':').unwrap_or((command, ""));
        let answer = match (name, argument) {
            ("getvar", "all") => {
                VARIABLES.iter().for_each(|(name, value)| send(format!("INFO{name}:{value}")));
                Ok(String::new())
            }
            ("getvar", "partition-crc32:boot") => Ok(format!("{:#010x}", crc32(&self.boot))),
            ("getvar", name) => {
                let variable = VARIABLES.iter().find(|variable| variable.0 == name);
                Ok(variable.map_or_else(String::new, |variable| String::from(variable.1)))
            }
            ("download", size) => match u32::from_str_radix(size, 16) {
                Ok(size @ 1..=MAX_DOWNLOAD) => {
                    self.image = Vec::new();
                    self.left = size as usize;
                    return send(format!("DATA{size:08x}"));
                }
                Ok(0) => Err("nothing to download"),
                Ok(_) => Err("too large"),
                Err(_) => Err("no size"),
            },
            ("flash" | "erase", partition) if partition != "boot" => Err("no such partition"),
            ("flash", _) if self.image.is_empty() => Err("no image"),
            ("flash", _) => {
                self.boot.clone_from(&self.image);
                Ok(String::new())
            }
            ("erase", _) => {
                self.boot.clear();
                Ok(String::new())
            }
            // There is nothing to boot, so that the bootloader comes again.
            ("continue" | "reboot" | "reboot-bootloader", "") => Ok(String::new()),
            _ => Err("unknown command"),
        };
        send(match answer {
            Ok(value) => format!("OKAY{value}"),
            Err(why) => format!("FAIL{why}"),
        });
    }
}

/// The checksum of Ethernet and of zlib.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ if crc & 1 != 0 { 0xedb8_8320 } else { 0 };
        }
    }
    !crc
}
