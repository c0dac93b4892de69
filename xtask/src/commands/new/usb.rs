//! What a scaffold is when the crate is for USB.

use std::path::PathBuf;

use periplasm_portability::Package;

use super::wrong_name;
use crate::cargo::root;
use crate::error::{Error, Result};

/// On which side of USB a crate is, and through which library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Usb {
    /// A driver on nusb.
    Nusb,
    /// A driver on rusb of this version, or on libusb itself.
    Rusb(String),
    /// A class of usb-device, which is this version.
    Gadget(String),
}

/// rusb for a driver that is on libusb itself.
const RUSB: &str = "0.9.4";

/// The libraries, and the versions whose API the SDK has.
const KNOWN: [(&str, &str); 4] =
    [("nusb", "0.2."), ("rusb", "0.9."), ("libusb1-sys", "0.7."), ("usb-device", "0.3.")];

impl Usb {
    /// What a crate is by what it depends on; nothing if that is not USB.
    ///
    /// # Errors
    ///
    /// When it is for a version that the SDK does not stand in for.
    pub(crate) fn of(package: &Package) -> Result<Option<Self>> {
        let version = |name: &str| {
            let mut all = package.dependencies.values();
            all.find(|dependency| dependency.package == name).map(|d| d.version.clone())
        };
        for (name, known) in KNOWN {
            let Some(version) = version(name) else { continue };
            if !version.starts_with(known) {
                return Err(wrong_name(
                    &package.name,
                    &format!("is for {name} {version}, and the SDK stands in for {known}*"),
                    "nothing was written: is there another version of the crate?",
                ));
            }
            return Ok(Some(match name {
                "nusb" => Self::Nusb,
                "rusb" => Self::Rusb(version),
                "libusb1-sys" => Self::Rusb(RUSB.to_owned()),
                _ => Self::Gadget(version),
            }));
        }
        Ok(None)
    }

    /// What the crate's README and world call the library.
    pub(crate) fn library(&self) -> &'static str {
        match self {
            Self::Nusb => "nusb",
            Self::Rusb(_) => "rusb",
            Self::Gadget(_) => "usb-device",
        }
    }

    /// How the crate depends on it.
    pub(crate) fn dependency(&self) -> String {
        match self {
            Self::Nusb => "nusb.workspace = true".to_owned(),
            Self::Rusb(version) | Self::Gadget(version) => {
                format!("{} = \"{version}\"", self.library())
            }
        }
    }

    /// The version of it, where the crate says one.
    pub(crate) fn version(&self) -> &str {
        match self {
            Self::Nusb => "",
            Self::Rusb(version) | Self::Gadget(version) => version,
        }
    }

    /// What a driver names of the library.
    pub(crate) fn import(&self) -> &'static str {
        if *self == Self::Nusb { "use nusb::MaybeFuture;\n" } else { "" }
    }

    /// The first granted device, opened.
    pub(crate) fn chip(&self) -> &'static str {
        match self {
            Self::Nusb => {
                "type Chip = nusb::Device;\n\n\
                 static CHIP: Device<Chip> = Device::new(|| {\n    \
                     let mut devices = nusb::list_devices().wait().map_err(|_| Error::Gone)?;\n    \
                     devices.next().ok_or(Error::Gone)?.open().wait().map_err(|_| Error::Gone)\n\
                 });\n"
            }
            Self::Rusb(_) => {
                "type Chip = rusb::DeviceHandle<rusb::GlobalContext>;\n\n\
                 static CHIP: Device<Chip> = Device::new(|| {\n    \
                     let devices = rusb::devices().map_err(|_| Error::Gone)?;\n    \
                     devices.iter().next().ok_or(Error::Gone)?.open().map_err(|_| Error::Gone)\n\
                 });\n"
            }
            Self::Gadget(_) => "",
        }
    }

    /// Has the workspace of the drivers take the SDK's libusb for rusb's: a
    /// patch that nothing uses is a warning, so it is not there before.
    pub(crate) fn patch(&self) -> Result<()> {
        let Self::Rusb(_) = self else { return Ok(()) };
        let path = workspace().join("Cargo.toml");
        let text = super::scaffold::read(&path)?;
        match patched(&text) {
            Some(text) => {
                std::fs::write(&path, text).map_err(|source| Error::Write { path, source })
            }
            None => Ok(()),
        }
    }
}

/// The workspace of drivers that use USB.
pub(crate) fn workspace() -> PathBuf {
    root().join("drivers/usb")
}

/// The workspace's manifest with the patch; nothing if it has it.
fn patched(text: &str) -> Option<String> {
    let patch = "libusb1-sys = { path = \"../../sdk/libusb1-sys\" }\n";
    let table = "[patch.crates-io]\n";
    let missing = !text.lines().any(|line| line.starts_with("libusb1-sys"));
    (missing && text.contains(table)).then(|| text.replacen(table, &format!("{table}{patch}"), 1))
}

#[cfg(test)]
mod tests {
    use periplasm_portability::Dependency;

    use super::*;

    fn of(package: &str, version: &str) -> Result<Option<Usb>> {
        let dependency = Dependency { package: package.into(), version: version.into() };
        Usb::of(&Package {
            name: "x".into(),
            version: "1.0.0".into(),
            krate: "x".into(),
            dependencies: [("renamed".to_owned(), dependency)].into(),
        })
    }

    #[test]
    fn a_crate_is_what_it_depends_on() {
        assert_eq!(of("nusb", "0.2.9").unwrap(), Some(Usb::Nusb));
        assert_eq!(of("rusb", "0.9.3").unwrap(), Some(Usb::Rusb("0.9.3".into())));
        assert_eq!(of("libusb1-sys", "0.7.0").unwrap(), Some(Usb::Rusb(RUSB.into())));
        assert_eq!(of("usb-device", "0.3.2").unwrap(), Some(Usb::Gadget("0.3.2".into())));
        assert_eq!(of("embedded-hal", "1.0.0").unwrap(), None);
    }

    #[test]
    fn a_version_that_nothing_stands_in_for_is_refused() {
        for (package, version) in [("nusb", "0.1.14"), ("rusb", "0.8.1"), ("usb-device", "0.2.9")] {
            let error = of(package, version).unwrap_err().to_string();
            assert!(error.contains(version), "{error}");
        }
    }

    #[test]
    fn libusb_is_patched_once() {
        let text = "[patch.crates-io]\nnusb = { path = \"../../sdk/nusb\" }\n";
        let patched = super::patched(text).unwrap();
        assert!(patched.starts_with("[patch.crates-io]\nlibusb1-sys = {"), "{patched}");
        assert_eq!(super::patched(&patched), None);
    }
}
