//! The client: the devices of a server.

mod connection;
mod describe;
mod device;
mod flights;
mod pipe;
mod queue;
mod remote;
mod request;
mod watch;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use super::wire::{Exported, ReadError};
use crate::bell::lock;
use crate::{Change, Changes, DeviceId, DeviceInfo, UsbDevice, UsbError, UsbHost};
use connection::Connection;
use describe::{configure, describe, info, speed};
use device::{Remote, RemoteDevice};
use watch::{Inbox, Listener};

/// How old the list of devices may be.
const FRESH: Duration = Duration::from_secs(1);
/// How often a device is asked for its descriptors that does not give them.
const TRIES: u8 = 3;
/// How long a list's new devices may take; the others are met at the next look.
const MEETING: Duration = Duration::from_secs(10);

/// Numbers of devices: none is used twice, by no client.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address is none.
    #[error(
        "{address:?} is no address of a USB/IP server: {source}; write one such as 127.0.0.1:3240"
    )]
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        source: io::Error,
    },
    /// Nobody is there.
    #[error("no USB/IP server answers at {server}: {source}; is `usbipd` running there?")]
    Connect {
        /// The server's address.
        server: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// Somebody is there, but does not speak the protocol.
    #[error("{server} is no USB/IP server, or fails: {source}")]
    Talk {
        /// The server's address.
        server: SocketAddr,
        /// What is wrong.
        source: ReadError,
    },
    /// The server does not give its list or a device.
    #[error(
        "the USB/IP server {server} refuses with status {status}; another client may have the \
         device, or `usbip bind` was not run for it"
    )]
    Refused {
        /// The server's address.
        server: SocketAddr,
        /// Its number for the reason.
        status: u32,
    },
}

/// The devices of a USB/IP server, as a host.
///
/// A server lists parts of a device only. So each device is taken for a moment
/// when it is first seen, to ask it for its descriptors, and again when it is
/// opened, until all handles are dropped; it is not there for other clients
/// meanwhile. The protocol tells of no changes: the list is asked for again when
/// it is a second old, and every second while somebody watches.
pub struct Client {
    server: SocketAddr,
    state: Mutex<State>,
    /// Held while the list is asked for.
    asking: Mutex<Option<Instant>>,
    this: Weak<Self>,
}

#[derive(Default)]
struct State {
    known: BTreeMap<DeviceId, Known>,
    /// Those that would not say what they are, and how often they were asked.
    strange: Vec<(Exported, u8)>,
    listeners: Vec<Weak<Inbox>>,
    watching: bool,
}

struct Known {
    listed: Exported,
    info: DeviceInfo,
    remote: Weak<Remote>,
}

impl Client {
    /// Asks a server, at an address such as `127.0.0.1:3240`, for its devices.
    pub fn connect(address: &str) -> Result<Arc<dyn UsbHost>, ConnectError> {
        let wrong = |source| ConnectError::Address { address: address.to_owned(), source };
        let none = || wrong(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
        let server = address.to_socket_addrs().map_err(wrong)?.next().ok_or_else(none)?;
        let client = Arc::new_cyclic(|this| Self {
            server,
            state: Mutex::default(),
            asking: Mutex::default(),
            this: this.clone(),
        });
        let listed = remote::list(server)?;
        client.update(listed);
        *lock(&client.asking) = Some(Instant::now());
        Ok(client)
    }

    /// Asks for the list again if it is old. A server that does not answer has no
    /// devices.
    fn refresh(&self) {
        let mut asked = lock(&self.asking);
        if asked.is_some_and(|then| then.elapsed() < FRESH) {
            return;
        }
        let listed = remote::list(self.server).unwrap_or_else(|error| {
            tracing::debug!(%error, "a USB/IP server gave no list");
            Vec::new()
        });
        self.update(listed);
        *asked = Some(Instant::now());
    }

    fn update(&self, listed: Vec<Exported>) {
        let mut state = lock(&self.state);
        let mut changes = Vec::new();
        let here = |known: &Known| {
            // A server does not list what is taken.
            known.remote.upgrade().is_some_and(|remote| !remote.connection.dead())
                || listed.iter().any(|one| same(one, &known.listed))
        };
        for (id, _) in state.known.extract_if(.., |_, known| !here(known)) {
            changes.push(Change::Disconnected(id));
        }
        let known = |one: &Exported| state.known.values().any(|known| same(one, &known.listed));
        let mut new: Vec<Exported> = listed.iter().filter(|one| !known(one)).cloned().collect();
        state.strange.retain(|(strange, _)| listed.iter().any(|one| same(one, strange)));
        let tried = |one: &Exported| {
            state.strange.iter().any(|(strange, tries)| same(one, strange) && *tries >= TRIES)
        };
        new.retain(|one| !tried(one));
        drop(state);
        let end = Instant::now() + MEETING;
        for one in new.into_iter().take_while(|_| Instant::now() < end) {
            match self.meet(&one) {
                Ok(info) => {
                    let known = Known { listed: one, info: info.clone(), remote: Weak::new() };
                    lock(&self.state).known.insert(info.id, known);
                    changes.push(Change::Connected(info));
                }
                Err(error) => {
                    tracing::warn!(device = one.bus_id, %error, "a USB/IP device was left out");
                    let strange = &mut lock(&self.state).strange;
                    match strange.iter_mut().find(|(strange, _)| same(&one, strange)) {
                        Some((_, tries)) => *tries += 1,
                        None => strange.push((one, 1)),
                    }
                }
            }
        }
        self.tell(&changes);
    }

    /// Takes a device to ask what it is.
    fn meet(&self, listed: &Exported) -> Result<DeviceInfo, Unmet> {
        let (stream, device) = remote::import(self.server, &listed.bus_id)?;
        let connection = Connection::start(stream, device.id())
            .map_err(|source| ConnectError::Connect { server: self.server, source })?;
        let description = describe(&connection)?;
        let value = configure(&connection, &description.descriptors, device.configuration)?;
        let id = DeviceId(NEXT.fetch_add(1, Ordering::Relaxed));
        Ok(info(id, &device, description, value))
    }

    fn tell(&self, changes: &[Change]) {
        let mut state = lock(&self.state);
        state.listeners.retain(|listener| listener.strong_count() > 0);
        let listeners = state.listeners.clone();
        drop(state);
        for inbox in listeners.iter().filter_map(Weak::upgrade) {
            for change in changes {
                inbox.put(change.clone());
            }
        }
    }

    /// The server ended a device's connection.
    fn lost(&self, id: DeviceId) {
        if lock(&self.state).known.remove(&id).is_some() {
            self.tell(&[Change::Disconnected(id)]);
        }
    }

    /// Looks at the list each second, as long as somebody watches.
    fn watch_list(client: &Weak<Self>) {
        loop {
            std::thread::sleep(FRESH);
            let Some(client) = client.upgrade() else { return };
            let mut state = lock(&client.state);
            state.listeners.retain(|listener| listener.strong_count() > 0);
            if state.listeners.is_empty() {
                state.watching = false;
                return;
            }
            drop(state);
            client.refresh();
        }
    }
}

impl UsbHost for Client {
    fn devices(&self) -> Vec<DeviceInfo> {
        self.refresh();
        lock(&self.state).known.values().map(|known| known.info.clone()).collect()
    }

    fn watch(&self) -> Box<dyn Changes> {
        let inbox = Arc::<Inbox>::default();
        let mut state = lock(&self.state);
        state.listeners.push(Arc::downgrade(&inbox));
        if !state.watching {
            let client = self.this.clone();
            state.watching = std::thread::Builder::new()
                .name("usbip-list".to_owned())
                .spawn(move || Self::watch_list(&client))
                .is_ok();
        }
        Box::new(Listener(inbox))
    }

    fn open(&self, id: DeviceId) -> Result<Arc<dyn UsbDevice>, UsbError> {
        let state = lock(&self.state);
        let known = state.known.get(&id).ok_or(UsbError::Gone)?;
        let (listed, remote) = (known.listed.clone(), known.remote.upgrade());
        let descriptors = known.info.descriptors.clone();
        drop(state);
        if let Some(remote) = remote {
            return Ok(Arc::new(RemoteDevice(remote)));
        }
        // One at a time: the second finds what the first has made.
        let _asking = lock(&self.asking);
        if let Some(remote) =
            lock(&self.state).known.get(&id).and_then(|known| known.remote.upgrade())
        {
            return Ok(Arc::new(RemoteDevice(remote)));
        }
        let (stream, device) =
            remote::import(self.server, &listed.bus_id).map_err(|error| match error {
                ConnectError::Refused { .. } => UsbError::Busy,
                _ => UsbError::Gone,
            })?;
        if !same(&device, &listed) {
            return Err(UsbError::Gone);
        }
        let connection = Connection::start(stream, device.id()).map_err(|_| UsbError::Exhausted)?;
        let value = configure(&connection, &descriptors, device.configuration)?;
        let remote = Remote::new(connection, descriptors, speed(device.speed), value);
        let remote = Arc::new(remote);
        match lock(&self.state).known.get_mut(&id) {
            Some(known) => known.remote = Arc::downgrade(&remote),
            None => return Err(UsbError::Gone),
        }
        let client = self.this.clone();
        remote.connection.when_lost(Box::new(move || {
            if let Some(client) = client.upgrade() {
                client.lost(id);
            }
        }));
        Ok(Arc::new(RemoteDevice(remote)))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("server", &self.server).finish_non_exhaustive()
    }
}

/// Why a device was left out.
#[derive(Debug, thiserror::Error)]
enum Unmet {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("it does not describe itself: {0}")]
    Usb(#[from] UsbError),
}

/// Whether both are one device at one place, since it was plugged in.
fn same(one: &Exported, other: &Exported) -> bool {
    let key = |device: &Exported| {
        (device.bus, device.device, device.vendor, device.product, device.version)
    };
    one.bus_id == other.bus_id && key(one) == key(other)
}
