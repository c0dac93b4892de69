//! One client: its first message, then perhaps a device.

use std::io::BufReader;
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use super::exports::{Exports, FAILED, IN_USE, exported};
use super::session::Session;
use crate::UsbError;
use crate::usbip::socket;
use crate::usbip::wire::{Operation, write_import, write_list};

/// How long a client may take to say what it wants.
const FIRST: Duration = Duration::from_secs(5);

/// Serves until the client leaves, lies or loses its device.
pub(super) fn serve(stream: TcpStream, exports: &Arc<Exports>) {
    let _ = stream.set_read_timeout(Some(FIRST));
    socket::prepare(&stream);
    let (Ok(reading), Ok(closing)) = (stream.try_clone(), stream.try_clone()) else { return };
    let mut reading = BufReader::with_capacity(socket::BUFFER, reading);
    let mut writing = stream;
    match Operation::read(&mut reading) {
        Ok(Operation::List) => {
            let _ = write_list(&exports.list(), &mut writing);
        }
        Ok(Operation::Import { bus_id }) => {
            let (info, taken) = match exports.take(&bus_id) {
                Ok(found) => found,
                Err(status) => {
                    let _ = write_import(Err(status), &mut writing);
                    return;
                }
            };
            let device = exported(&info);
            let session = match Session::open(exports.host.clone(), &info, device.id()) {
                Ok(session) => session,
                Err(error) => {
                    let status = if error == UsbError::Busy { IN_USE } else { FAILED };
                    let _ = write_import(Err(status), &mut writing);
                    return;
                }
            };
            if write_import(Ok(&device), &mut writing).is_ok()
                && writing.set_read_timeout(None).is_ok()
            {
                session.run(&mut reading, writing);
            }
            drop(session);
            drop(taken);
        }
        Err(error) => tracing::debug!(%error, "a client of USB/IP was turned away"),
    }
    let _ = closing.shutdown(Shutdown::Both);
}
