//! Pulses, by `/sys/class/pwm` (`Documentation/driver-api/pwm.rst`).
//!
//! | the kernel says | reported as |
//! | --- | --- |
//! | ENODEV, ENXIO, ENOENT, ESHUTDOWN: the chip was removed | gone |
//! | anything else, such as EINVAL of a chip that cannot do this duty cycle, EIO, EPERM | other |

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::sysfs::{self, Attribute};
use super::{Hardware, OpenError};
use crate::{Pwm, PwmError};

/// A channel of a PWM chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PwmConfig {
    /// The chip's folder, such as `/sys/class/pwm/pwmchip0`.
    pub chip: PathBuf,
    /// The channel, from 0.
    pub channel: u32,
    /// From one pulse to the next, in nanoseconds.
    pub period_ns: u32,
    /// Whether the output is low while it is on.
    pub inverted: bool,
}

/// How long udev may take to give a channel that was just exported to its group.
const UDEV: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// An output of pulses of the Linux kernel.
///
/// It is on for no part of its period when it is opened, and switched off when
/// it is dropped. A channel that was not exported is exported, and given back
/// at the end; one that was is used, and left exported.
///
/// The duty cycle goes in steps of one nanosecond, or of 1/65535 of the period
/// where those are longer; the chip may round further.
#[derive(Debug)]
pub struct LinuxPwm {
    duty: Attribute,
    enable: Attribute,
    period_ns: u32,
    max: u16,
    // Dropped last: the channel is given back when it is off.
    _exported: Option<Exported>,
}

impl LinuxPwm {
    /// Opens a channel, sets its period and polarity, and switches it on with
    /// no pulses.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the channel and what to do.
    pub fn open(config: &PwmConfig) -> Result<Self, OpenError> {
        const WHAT: Hardware = Hardware::Pwm;
        let period_ns = config.period_ns;
        if period_ns == 0 {
            return Err(OpenError::Setting {
                setting: "the period",
                found: "0 ns".to_owned(),
                expected: "at least 1 ns",
            });
        }
        let channels = channels(&config.chip)?;
        if config.channel >= channels {
            let line = format!("channel {}: it has {channels}", config.channel);
            return Err(OpenError::NoLine { what: WHAT, path: config.chip.clone(), line });
        }
        let folder = config.chip.join(format!("pwm{}", config.channel));
        let exported = match folder.is_dir() {
            true => None,
            false => Some(Exported::new(&config.chip, config.channel, &folder)?),
        };
        let open = |name: &str| patiently(&folder.join(name), exported.is_some());
        let (period, duty, enable) = (open("period")?, open("duty_cycle")?, open("enable")?);
        // The polarity changes only while the channel is off, and no setting is
        // taken whose duty cycle is above its period, so the order is this.
        if sysfs::read(enable.path()).is_ok_and(|on| on == "1") {
            set(&enable, 0, "being switched off")?;
        }
        if sysfs::read(duty.path()).is_ok_and(|duty| duty != "0") {
            set(&duty, 0, "a duty cycle of 0")?;
        }
        set(&period, period_ns, "this period")?;
        polarity(&folder, config.inverted)?;
        set(&enable, 1, "being switched on")?;
        let max = u16::try_from(period_ns).unwrap_or(u16::MAX);
        Ok(Self { duty, enable, period_ns, max, _exported: exported })
    }
}

impl Pwm for LinuxPwm {
    fn max_duty(&self) -> u16 {
        self.max
    }

    fn set_duty(&mut self, duty: u16) -> Result<(), PwmError> {
        if duty > self.max {
            return Err(PwmError::AboveMax);
        }
        self.duty.write(on_ns(duty, self.max, self.period_ns)).map_err(|error| kind(&error))
    }
}

impl Drop for LinuxPwm {
    fn drop(&mut self) {
        // The chip may be gone; then there is nothing to switch off.
        let _ = self.duty.write(0);
        let _ = self.enable.write(0);
    }
}

/// A channel that this program exported.
#[derive(Debug)]
struct Exported {
    unexport: PathBuf,
    channel: u32,
}

impl Exported {
    fn new(chip: &Path, channel: u32, folder: &Path) -> Result<Self, OpenError> {
        let path = chip.join("export");
        let export = Attribute::writable(&path)
            .map_err(|error| OpenError::opening(Hardware::Pwm, &path, error))?;
        export.write(channel).map_err(|error| OpenError::opening(Hardware::Pwm, folder, error))?;
        Ok(Self { unexport: chip.join("unexport"), channel })
    }
}

impl Drop for Exported {
    fn drop(&mut self) {
        if let Ok(unexport) = Attribute::writable(&self.unexport) {
            let _ = unexport.write(self.channel);
        }
    }
}

fn channels(chip: &Path) -> Result<u32, OpenError> {
    let what = Hardware::Pwm;
    if !chip.exists() {
        return Err(OpenError::Missing { what, path: chip.to_owned() });
    }
    match sysfs::number(what, &chip.join("npwm"), "a number of channels") {
        Err(OpenError::Missing { .. }) => Err(OpenError::WrongKind { what, path: chip.to_owned() }),
        other => other,
    }
}

/// Opens a file of a channel. One that was just exported belongs to root until
/// udev has seen it.
fn patiently(path: &Path, exported: bool) -> Result<Attribute, OpenError> {
    let end = Instant::now() + UDEV;
    loop {
        match Attribute::writable(path) {
            Ok(attribute) => return Ok(attribute),
            Err(error) => {
                use io::ErrorKind::{NotFound, PermissionDenied};
                let early = matches!(error.kind(), NotFound | PermissionDenied);
                if !(exported && early) || Instant::now() >= end {
                    return Err(OpenError::opening(Hardware::Pwm, path, error));
                }
                std::thread::sleep(LOOK_AGAIN);
            }
        }
    }
}

fn polarity(folder: &Path, inverted: bool) -> Result<(), OpenError> {
    let path = folder.join("polarity");
    let wanted = if inverted { "inversed" } else { "normal" };
    let setting = if inverted { "an inverted output" } else { "an output that is not inverted" };
    match sysfs::read(&path) {
        Ok(found) if found == wanted => return Ok(()),
        Ok(_) => {}
        // The file is missing where the chip cannot change its polarity.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !inverted => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let path = folder.to_owned();
            return Err(OpenError::Unsupported { what: Hardware::Pwm, path, setting });
        }
        Err(error) => return Err(OpenError::opening(Hardware::Pwm, &path, error)),
    }
    let polarity = Attribute::writable(&path)
        .map_err(|error| OpenError::opening(Hardware::Pwm, &path, error))?;
    set(&polarity, wanted, setting)
}

fn set(
    attribute: &Attribute,
    value: impl std::fmt::Display,
    setting: &'static str,
) -> Result<(), OpenError> {
    attribute.write(value).map_err(|error| {
        let folder = attribute.path().parent().unwrap_or(attribute.path());
        OpenError::setting(Hardware::Pwm, folder, setting, error)
    })
}

fn kind(error: &io::Error) -> PwmError {
    if sysfs::is_gone(error) { PwmError::Gone } else { PwmError::Other }
}

/// How long `duty` parts of `max` are, to the nearest nanosecond.
fn on_ns(duty: u16, max: u16, period_ns: u32) -> u64 {
    let (duty, max) = (u64::from(duty), u64::from(max).max(1));
    (duty * u64::from(period_ns) + max / 2) / max
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duty_cycle_is_a_part_of_the_period_to_the_nearest_nanosecond() {
        // 50 Hz for a servo: 1.5 ms of 20 ms is 7.5 %.
        assert_eq!(on_ns(4915, u16::MAX, 20_000_000), 1_499_962);
        assert_eq!(on_ns(0, u16::MAX, 20_000_000), 0);
        assert_eq!(on_ns(u16::MAX, u16::MAX, u32::MAX), u64::from(u32::MAX));
        // A period below 65535 ns: one step is one nanosecond.
        for duty in [0, 1, 499, 1000] {
            assert_eq!(on_ns(duty, 1000, 1000), u64::from(duty));
        }
    }

    #[test]
    fn a_chip_that_was_removed_is_gone() {
        for (errno, expected) in
            [(19, PwmError::Gone), (6, PwmError::Gone), (22, PwmError::Other), (5, PwmError::Other)]
        {
            assert_eq!(kind(&io::Error::from_raw_os_error(errno)), expected, "{errno}");
        }
    }
}
