//! The server: devices of any host, for clients over TCP.

mod connection;
mod exports;
mod flight;
mod functions;
mod session;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::UsbHost;
use crate::bell::lock;
use exports::Exports;

/// How many clients a server has at once; more are turned away.
const CONNECTIONS: usize = 32;

/// Who may reach a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exposure {
    /// Programs of this machine only. USB/IP knows no password and no secrecy.
    #[default]
    Loopback,
    /// Whoever reaches the address.
    Anywhere,
}

/// Why a server was not started.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is none.
    #[error(
        "{address:?} is no address to serve USB/IP at: {source}; write one such as 127.0.0.1:3240"
    )]
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        source: io::Error,
    },
    /// Other machines could reach the address.
    #[error(
        "other machines could reach {address}, and USB/IP knows no password: serve at \
         127.0.0.1, or say that anybody may"
    )]
    Exposed {
        /// The address.
        address: SocketAddr,
    },
    /// The address cannot be listened at.
    #[error("cannot serve USB/IP at {address}: {source}; is another server there?")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// Exports the devices of a host by USB/IP, so that Linux's `vhci-hcd` or another
/// client can take them. A client has a device for itself, with all interfaces.
///
/// Dropping it closes every connection.
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    exports: Arc<Exports>,
    over: AtomicBool,
    /// The open connections, by number, and the next number.
    clients: Mutex<(HashMap<u64, TcpStream>, u64)>,
}

impl Server {
    /// Serves programs of this machine, at an address such as `127.0.0.1:3240`;
    /// port 0 takes a free one.
    pub fn bind(address: &str, host: Arc<dyn UsbHost>) -> Result<Self, ServeError> {
        Self::bind_to(address, host, Exposure::Loopback)
    }

    /// The same for whom `exposure` says.
    pub fn bind_to(
        address: &str,
        host: Arc<dyn UsbHost>,
        exposure: Exposure,
    ) -> Result<Self, ServeError> {
        let wrong = |source| ServeError::Address { address: address.to_owned(), source };
        let none = || wrong(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
        let address = address.to_socket_addrs().map_err(wrong)?.next().ok_or_else(none)?;
        if exposure == Exposure::Loopback && !address.ip().is_loopback() {
            return Err(ServeError::Exposed { address });
        }
        let failed = |source| ServeError::Listen { address, source };
        let listener = TcpListener::bind(address).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let exports = Arc::new(Exports::new(host));
        let shared =
            Arc::new(Shared { exports, over: AtomicBool::new(false), clients: Mutex::default() });
        let accepting = shared.clone();
        let thread = std::thread::Builder::new()
            .name("usbip-server".to_owned())
            .spawn(move || accepting.accept(&listener))
            .map_err(failed)?;
        Ok(Self { shared, address, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        // Ends the thread's wait for a client.
        let mut own = self.address;
        if own.ip().is_unspecified() {
            own.set_ip(if own.is_ipv4() {
                Ipv4Addr::LOCALHOST.into()
            } else {
                Ipv6Addr::LOCALHOST.into()
            });
        }
        let woken = TcpStream::connect_timeout(&own, Duration::from_secs(1));
        if let (Ok(_), Some(thread)) = (woken, self.thread.take()) {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Shared {
    /// Takes clients until the server is over, then waits for their ends.
    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        let mut threads: Vec<JoinHandle<()>> = Vec::new();
        for stream in listener.incoming() {
            if self.over.load(Ordering::SeqCst) {
                break;
            }
            threads.retain(|thread| !thread.is_finished());
            match stream {
                Ok(stream) => threads.extend(self.begin(stream)),
                // Out of descriptors, or a client that has left already.
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
        for stream in lock(&self.clients).0.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        for thread in threads {
            let _ = thread.join();
        }
    }

    /// Gives a client its thread, unless there are too many.
    fn begin(self: &Arc<Self>, stream: TcpStream) -> Option<JoinHandle<()>> {
        let number = {
            let mut clients = lock(&self.clients);
            if clients.0.len() >= CONNECTIONS {
                return None;
            }
            clients.1 += 1;
            let number = clients.1;
            clients.0.insert(number, stream.try_clone().ok()?);
            number
        };
        let client = Client { shared: self.clone(), number };
        std::thread::Builder::new()
            .name("usbip-client".to_owned())
            .spawn(move || {
                connection::serve(stream, &client.shared.exports);
                drop(client);
            })
            .ok()
    }
}

/// A connection among the open ones.
struct Client {
    shared: Arc<Shared>,
    number: u64,
}

impl Drop for Client {
    fn drop(&mut self) {
        let stream = lock(&self.shared.clients).0.remove(&self.number);
        if let Some(stream) = stream {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}
