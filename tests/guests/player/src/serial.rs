//! Serial ports. Nothing is read before it is there: natively that would wait
//! for ever.

use alloc::vec;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::{Outcome, UNREAD, kind};

/// One call to a port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// embedded-io's `Write::write`, by the version.
    Write(Version, Vec<u8>),
    /// embedded-io's `Write::flush`, by the version.
    Flush(Version),
    /// embedded-io's `Read::read` of at most so many bytes, by the version, if
    /// `ReadReady::read_ready` says so.
    Read(Version, usize),
    /// embedded-hal-nb's `Write::write`.
    NbWrite(u8),
    /// embedded-hal-nb's `Write::flush`.
    NbFlush,
    /// embedded-hal-nb's `Read::read`, if `read_ready` says so.
    NbRead,
}

/// Of embedded-io.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// 0.6.
    Six,
    /// 0.7.
    Seven,
}

pub(crate) fn play<P>(port: &mut P, call: &Call) -> Outcome
where
    P: embedded_io::Read + embedded_io::Write + embedded_io::ReadReady,
    P: embedded_io_06::Read + embedded_io_06::Write + embedded_io_06::ReadReady,
    P: embedded_hal_nb::serial::Read + embedded_hal_nb::serial::Write,
{
    use embedded_hal_nb::serial;
    match call {
        Call::Write(Version::Seven, bytes) => taken(embedded_io::Write::write(port, bytes)),
        Call::Write(Version::Six, bytes) => taken_06(embedded_io_06::Write::write(port, bytes)),
        Call::Flush(Version::Seven) => taken(embedded_io::Write::flush(port).map(|()| 0)),
        Call::Flush(Version::Six) => taken_06(embedded_io_06::Write::flush(port).map(|()| 0)),
        Call::Read(Version::Seven, max) => {
            if !embedded_io::ReadReady::read_ready(port).map_err(fault)? {
                return Err("nothing".into());
            }
            let mut buffer = vec![UNREAD; *max];
            let len = embedded_io::Read::read(port, &mut buffer).map_err(fault)?;
            Ok(vec![buffer[..len].to_vec()])
        }
        Call::Read(Version::Six, max) => {
            if !embedded_io_06::ReadReady::read_ready(port).map_err(fault_06)? {
                return Err("nothing".into());
            }
            let mut buffer = vec![UNREAD; *max];
            let len = embedded_io_06::Read::read(port, &mut buffer).map_err(fault_06)?;
            Ok(vec![buffer[..len].to_vec()])
        }
        Call::NbWrite(byte) => not_blocking(serial::Write::write(port, *byte).map(|()| vec![])),
        Call::NbFlush => not_blocking(serial::Write::flush(port).map(|()| vec![])),
        Call::NbRead => {
            if !embedded_io::ReadReady::read_ready(port).map_err(fault)? {
                return Err("nothing".into());
            }
            not_blocking(serial::Read::read(port).map(|byte: u8| vec![vec![byte]]))
        }
    }
}

fn fault(error: impl embedded_io::Error) -> alloc::string::String {
    kind(error.kind())
}

fn fault_06(error: impl embedded_io_06::Error) -> alloc::string::String {
    kind(error.kind())
}

fn taken<E: embedded_io::Error>(taken: Result<usize, E>) -> Outcome {
    taken.map(|taken| vec![(taken as u32).to_be_bytes().to_vec()]).map_err(fault)
}

fn taken_06<E: embedded_io_06::Error>(taken: Result<usize, E>) -> Outcome {
    taken.map(|taken| vec![(taken as u32).to_be_bytes().to_vec()]).map_err(fault_06)
}

fn not_blocking<E: embedded_hal_nb::serial::Error>(result: nb::Result<Vec<Vec<u8>>, E>) -> Outcome {
    result.map_err(|error| match error {
        nb::Error::WouldBlock => "would block".into(),
        nb::Error::Other(error) => kind(error.kind()),
    })
}
