//! The first messages of a connection.

use std::io::{self, Read};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::ConnectError;
use crate::usbip::socket;
use crate::usbip::wire::{Exported, Operation, read_import, read_list};

/// How long a server may take to answer.
const ANSWER: Duration = Duration::from_secs(5);
/// How long it may take to have a device ready again: Linux's resets it when a
/// client has left, and refuses it meanwhile.
const READY: Duration = Duration::from_secs(2);

fn dial(server: SocketAddr) -> Result<TcpStream, ConnectError> {
    let failed = |source| ConnectError::Connect { server, source };
    let stream = TcpStream::connect_timeout(&server, ANSWER).map_err(failed)?;
    stream.set_write_timeout(Some(ANSWER)).map_err(failed)?;
    socket::prepare(&stream);
    Ok(stream)
}

/// A server's answer, which has to be there in time: byte by byte, it could take
/// for ever.
struct Answer<'a> {
    stream: &'a TcpStream,
    end: Instant,
}

impl<'a> Answer<'a> {
    fn of(stream: &'a TcpStream) -> Self {
        Self { stream, end: Instant::now() + ANSWER }
    }
}

impl Read for Answer<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        self.stream.read(room)
    }
}

/// The devices of a server.
pub(super) fn list(server: SocketAddr) -> Result<Vec<Exported>, ConnectError> {
    let mut stream = dial(server)?;
    let failed = |source| ConnectError::Connect { server, source };
    Operation::List.write(&mut stream).map_err(failed)?;
    read_list(&mut io::BufReader::new(Answer::of(&stream)))
        .map_err(|source| ConnectError::Talk { server, source })?
        .map_err(|status| ConnectError::Refused { server, status })
}

/// Takes a device.
pub(super) fn import(
    server: SocketAddr,
    bus_id: &str,
) -> Result<(TcpStream, Exported), ConnectError> {
    let end = Instant::now() + READY;
    loop {
        match import_once(server, bus_id) {
            Err(ConnectError::Refused { .. }) if Instant::now() < end => {
                std::thread::sleep(Duration::from_millis(100));
            }
            done => return done,
        }
    }
}

fn import_once(server: SocketAddr, bus_id: &str) -> Result<(TcpStream, Exported), ConnectError> {
    let mut stream = dial(server)?;
    let failed = |source| ConnectError::Connect { server, source };
    Operation::Import { bus_id: bus_id.to_owned() }.write(&mut stream).map_err(failed)?;
    // Not more than the answer: what follows belongs to the connection.
    let device = read_import(&mut Answer::of(&stream))
        .map_err(|source| ConnectError::Talk { server, source })?
        .map_err(|status| ConnectError::Refused { server, status })?;
    stream.set_write_timeout(None).map_err(failed)?;
    Ok((stream, device))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn an_answer_that_comes_byte_by_byte_has_an_end() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut far, _) = listener.accept().unwrap();
        far.write_all(&[7; 2]).unwrap();
        let mut answer = Answer::of(&near);
        let mut byte = [0];
        assert_eq!((answer.read(&mut byte).unwrap(), byte), (1, [7]));
        answer.end = Instant::now();
        assert_eq!(answer.read(&mut byte).unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
