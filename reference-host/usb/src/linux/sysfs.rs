//! What nusb does not tell: the kernel's files for a device.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::descriptors::MAX_CONFIGURATIONS;

/// The device descriptor and all configuration descriptors.
pub(super) fn descriptors(device: &Path) -> io::Result<Vec<u8>> {
    let limit = 18 + MAX_CONFIGURATIONS as u64 * 0xffff;
    let mut bytes = Vec::new();
    File::open(device.join("descriptors"))?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The kernel's name for programs that have an interface through usbfs.
pub(super) const USBFS: &str = "usbfs";

/// Who has an interface of the active configuration: the name of the kernel's
/// driver, or [`USBFS`].
pub(super) fn driver(device: &Path, configuration: u8, interface: u8) -> Option<String> {
    let link = device.join(name(device, configuration, interface)?).join("driver");
    let driver = std::fs::read_link(link).ok()?;
    Some(driver.file_name()?.to_str()?.to_owned())
}

/// The kernel's name for an interface, such as `1-4.2:1.0`.
pub(super) fn name(device: &Path, configuration: u8, interface: u8) -> Option<String> {
    let name = device.file_name()?.to_str()?;
    Some(format!("{name}:{configuration}.{interface}"))
}

/// A device's active configuration. The file stays open: each request to an
/// interface asks, and looking it up by its name takes longer than the request.
pub(super) struct Active(File);

impl Active {
    pub(super) fn of(device: &Path) -> io::Result<Self> {
        File::open(device.join("bConfigurationValue")).map(Self)
    }

    /// Its value now; 0 when there is none. An error where the device is gone.
    pub(super) fn value(&self) -> io::Result<u8> {
        let mut text = [0; 8];
        let len = self.0.read_at(&mut text, 0)?;
        let text = text.get(..len).and_then(|text| std::str::from_utf8(text).ok());
        Ok(text.and_then(|text| text.trim().parse().ok()).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn drivers_are_found_by_their_links() {
        let root = std::env::temp_dir().join(format!("periplasm-sysfs-{}", std::process::id()));
        let device = root.join("1-4.2");
        for interface in 0..3 {
            std::fs::create_dir_all(device.join(format!("1-4.2:1.{interface}"))).unwrap();
        }
        symlink("../../drivers/usb-storage", device.join("1-4.2:1.0/driver")).unwrap();
        symlink("../../drivers/usbfs", device.join("1-4.2:1.1/driver")).unwrap();
        std::fs::write(device.join("descriptors"), [18, 1, 0, 2]).unwrap();
        let found = [0, 1, 2, 9].map(|number| driver(&device, 1, number));
        assert_eq!(found, [Some("usb-storage".to_owned()), Some(USBFS.to_owned()), None, None]);
        assert_eq!(descriptors(&device).unwrap(), [18, 1, 0, 2]);
        std::fs::remove_dir_all(&root).unwrap();
        assert!(descriptors(&device).is_err());
    }

    #[test]
    fn the_active_configuration_is_the_one_of_now() {
        let device = std::env::temp_dir().join(format!("periplasm-active-{}", std::process::id()));
        assert!(Active::of(&device).is_err());
        std::fs::create_dir_all(&device).unwrap();
        let file = device.join("bConfigurationValue");
        std::fs::write(&file, "1\n").unwrap();
        let active = Active::of(&device).unwrap();
        assert_eq!(active.value().unwrap(), 1);
        // As the kernel writes it for a device without one.
        for (text, value) in [("255\n", 255), ("", 0), ("2\n", 2)] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(active.value().unwrap(), value);
        }
        std::fs::remove_dir_all(&device).unwrap();
    }
}
