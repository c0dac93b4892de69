//! How a port is set up.

use std::io;
use std::path::Path;

use nix::libc;
use serial2::{CharSize, FlowControl, Parity, StopBits};

use super::{SerialConfig, SerialFlow, SerialParity};
use crate::linux::{Hardware, OpenError};

const WHAT: Hardware = Hardware::Serial;

/// Refuses what no port can have.
pub(super) fn check(config: &SerialConfig) -> Result<(), OpenError> {
    let wrong = |setting, found: u32, expected| {
        Err(OpenError::Setting { setting, found: found.to_string(), expected })
    };
    match config {
        SerialConfig { baud: 0, .. } => wrong("the baud rate", 0, "at least 1"),
        SerialConfig { data_bits, .. } if !(5..=8).contains(data_bits) => {
            wrong("the number of data bits", (*data_bits).into(), "from 5 to 8")
        }
        SerialConfig { stop_bits, .. } if !(1..=2).contains(stop_bits) => {
            wrong("the number of stop bits", (*stop_bits).into(), "1 or 2")
        }
        _ => Ok(()),
    }
}

/// The port as a line of bytes, with the config's form of them.
pub(super) fn apply(config: &SerialConfig, settings: &mut serial2::Settings) -> io::Result<()> {
    settings.set_raw();
    settings.set_baud_rate(config.baud)?;
    settings.set_char_size(match config.data_bits {
        5 => CharSize::Bits5,
        6 => CharSize::Bits6,
        7 => CharSize::Bits7,
        _ => CharSize::Bits8,
    });
    settings.set_stop_bits(if config.stop_bits == 2 { StopBits::Two } else { StopBits::One });
    settings.set_parity(match config.parity {
        SerialParity::None => Parity::None,
        SerialParity::Even => Parity::Even,
        SerialParity::Odd => Parity::Odd,
    });
    settings.set_flow_control(match config.flow {
        SerialFlow::None => FlowControl::None,
        SerialFlow::RtsCts => FlowControl::RtsCts,
        SerialFlow::XonXoff => FlowControl::XonXoff,
    });
    // Damaged bytes are to be marked, not dropped.
    let termios = settings.as_termios_mut();
    termios.c_iflag &= !(libc::IGNBRK | libc::IGNPAR | libc::BRKINT | libc::ISTRIP);
    termios.c_iflag |= libc::PARMRK | libc::INPCK;
    Ok(())
}

/// What a port has not taken: serial2 looks, and its error has no number then.
/// `found` is what the port has now.
pub(super) fn refused(
    path: &Path,
    error: io::Error,
    wanted: &serial2::Settings,
    found: Option<&serial2::Settings>,
) -> OpenError {
    let setting = found.and_then(|found| other(wanted, found)).unwrap_or("these serial settings");
    match error.raw_os_error() {
        None => OpenError::Unsupported { what: WHAT, path: path.to_owned(), setting },
        Some(_) => OpenError::setting(WHAT, path, setting, error),
    }
}

/// The setting in which two differ.
fn other(wanted: &serial2::Settings, found: &serial2::Settings) -> Option<&'static str> {
    let differs = [
        (wanted.get_char_size().ok() != found.get_char_size().ok(), "this number of data bits"),
        (wanted.get_parity().ok() != found.get_parity().ok(), "this parity"),
        (wanted.get_stop_bits().ok() != found.get_stop_bits().ok(), "this number of stop bits"),
        (wanted.get_flow_control().ok() != found.get_flow_control().ok(), "this flow control"),
        (wanted.get_baud_rate().ok() != found.get_baud_rate().ok(), "this baud rate"),
    ];
    differs.into_iter().find_map(|(differs, setting)| differs.then_some(setting))
}
