//! USB: devices of cables, of peers and of the machine, and ports for gadgets.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use miette::SourceSpan;
use periplasm_request::UsbFilter;
use periplasm_usb::cable::{Cable, NoPort};
use periplasm_usb::usbip::{Client, Exposure, Server};
use periplasm_usb::{Guarded, PortSpeed, TracedHost, UsbController, UsbHost, wait_any};

use super::lease::Home;
use super::{Machine, MachineError};
use crate::board::{UsbDevicePort, UsbDeviceSource, UsbSource, UsbSpeed};
use crate::grants::{Granted, Grants};
use crate::pipeline::SlotKind;
use crate::text::printable;

type Result<T> = std::result::Result<T, MachineError>;

/// What is open already.
#[derive(Default)]
pub(super) struct OpenedUsb {
    cables: BTreeMap<String, Cable>,
    hosts: BTreeMap<String, Arc<dyn UsbHost>>,
    ports: BTreeMap<String, Home<dyn UsbController>>,
    servers: BTreeMap<String, Server>,
}

impl Machine {
    /// The cable of this name, with the board's ports on it: made once, shared
    /// by all.
    pub fn cable(&self, name: &str) -> Result<Cable> {
        self.cable_in(&mut self.opened_usb(), name)
    }

    /// Where the gadget of this name is exported by USB/IP, once it is open.
    pub fn exported_at(&self, name: &str) -> Option<SocketAddr> {
        self.opened_usb().servers.get(name).map(Server::address)
    }

    /// Takes `host` for what the board names `name`, instead of what it says there:
    /// for tests, and for hosts with USB of their own. What may be done is still
    /// the board's to say.
    pub fn put_usb(&self, name: &str, host: Arc<dyn UsbHost>) {
        let host = self.seen(name, host);
        self.opened_usb().hosts.insert(name.to_owned(), host);
    }

    /// All devices at the port of this name: opened once, shared by all. What
    /// one slot may do with them is [`Self::usb_granted`].
    pub(crate) fn usb(&self, name: &str) -> Result<Arc<dyn UsbHost>> {
        let mut opened = self.opened_usb();
        if let Some(known) = opened.hosts.get(name) {
            return Ok(known.clone());
        }
        let host = self.seen(name, self.open_usb(&mut opened, name)?);
        opened.hosts.insert(name.to_owned(), host.clone());
        Ok(host)
    }

    /// The devices that a slot was granted: whoever decided that, this machine's
    /// board has the last word.
    pub(crate) fn usb_granted(
        &self,
        name: &str,
        request: &[UsbFilter],
    ) -> Result<Arc<dyn UsbHost>> {
        let allow = self.board.usb(name).map(|port| port.allow().to_vec()).unwrap_or_default();
        Ok(Guarded::new(self.usb(name)?, request.to_vec(), allow))
    }

    /// Waits until the host side of each cable has seen as many devices as
    /// gadgets with these grants are plugged in there, as long as `go_on` says
    /// so: a program that looks for its device once, at its start, then finds it.
    pub fn await_gadgets(&self, grants: &[Grants], go_on: impl Fn() -> bool) -> bool {
        let mut wanted = BTreeMap::<&str, usize>::new();
        for grant in grants.iter().flat_map(Grants::iter) {
            if let Granted::Named { kind: SlotKind::UsbDevice, name } = &grant.hardware
                && let Some(port) = self.board.usb_device(name)
                && let UsbDeviceSource::Cable { name: cable, .. } = port.source()
            {
                *wanted.entry(cable).or_default() += 1;
            }
        }
        wanted.into_iter().all(|(cable, count)| {
            let Ok(cable) = self.cable(cable) else { return false };
            let host = cable.host();
            let mut changes = host.watch();
            while host.devices().len() < count {
                if !go_on() {
                    return false;
                }
                let mut changed = changes.changed();
                wait_any(&mut [&mut *changed], Some(LOOK));
                while changes.next().is_some() {}
            }
            true
        })
    }

    fn open_usb(&self, opened: &mut OpenedUsb, name: &str) -> Result<Arc<dyn UsbHost>> {
        let kind = SlotKind::Usb;
        let port = self.board.usb(name).ok_or_else(|| none(kind, name))?;
        match port.source() {
            UsbSource::Cable(cable) => Ok(self.cable_in(opened, cable)?.host()),
            UsbSource::UsbIp(peer) => Client::connect(&peer.to_string())
                .map_err(|error| self.no_usb(kind, name, port.span(), &error, START_PEER)),
            UsbSource::Kernel => kernel()
                .map_err(|(reason, remedy)| self.no_usb(kind, name, port.span(), &reason, remedy)),
        }
    }

    /// The same host, of whose traffic the machine's sink and its capture get to
    /// know.
    fn seen(&self, name: &str, mut host: Arc<dyn UsbHost>) -> Arc<dyn UsbHost> {
        if let Some(sink) = self.trace.clone() {
            let name = name.to_owned();
            host = TracedHost::of(host, self.clock.clone(), move |entry| sink(&name, &entry));
        }
        match &self.capture {
            Some(capture) => capture.usb(name, host),
            None => host,
        }
    }

    /// The port for a gadget of this name.
    pub(crate) fn usb_device(&self, name: &str) -> Result<Home<dyn UsbController>> {
        let mut opened = self.opened_usb();
        if let Some(known) = opened.ports.get(name) {
            return Ok(known.clone());
        }
        let kind = SlotKind::UsbDevice;
        let port = self.board.usb_device(name).ok_or_else(|| none(kind, name))?;
        let home: Home<dyn UsbController> = match port.source() {
            UsbDeviceSource::Cable { name: cable, .. } => {
                self.cable_in(&mut opened, cable)?;
                return opened.ports.get(name).cloned().ok_or_else(|| none(kind, name));
            }
            UsbDeviceSource::UsbIp(at) => {
                let failed = |error: &dyn fmt::Display, remedy| {
                    self.no_usb(kind, name, port.span(), error, remedy)
                };
                let exposure =
                    if at.ip().is_loopback() { Exposure::Loopback } else { Exposure::Anywhere };
                let cable = Cable::new(1);
                let plug = cable.plug(None, speed(port)).map_err(|e| failed(&e, ""))?;
                let server =
                    Server::bind_to(&at.to_string(), self.seen(name, cable.host()), exposure)
                        .map_err(|error| failed(&error, FREE_ADDRESS))?;
                tracing::info!("gadget `{name}` is exported by USB/IP at {}", server.address());
                opened.servers.insert(name.to_owned(), server);
                Home::of(Box::new(plug))
            }
            UsbDeviceSource::RawGadget { driver, device } => {
                let opened = raw_gadget(driver, device, speed(port));
                let port = opened.map_err(|(reason, remedy)| {
                    self.no_usb(kind, name, port.span(), &reason, remedy)
                })?;
                Home::of(port)
            }
        };
        opened.ports.insert(name.to_owned(), home.clone());
        Ok(home)
    }

    /// A cable is made with all of the board's ports at once, so that each has
    /// its number whoever comes first.
    fn cable_in(&self, opened: &mut OpenedUsb, name: &str) -> Result<Cable> {
        if let Some(known) = opened.cables.get(name) {
            return Ok(known.clone());
        }
        let number = self.board.cables().iter().position(|known| *known == name);
        let number = number.ok_or_else(|| MachineError::NoCable(name.to_owned()))?;
        let cable = Cable::new(u8::try_from(number + 1).unwrap_or(u8::MAX));
        let mut ports: Vec<_> = self.board.usb_devices().collect();
        // Those with a number of their own first.
        ports.sort_by_key(|(_, port)| {
            !matches!(port.source(), UsbDeviceSource::Cable { port: Some(_), .. })
        });
        for (on_board, port) in ports {
            let UsbDeviceSource::Cable { name: at, port: wanted } = port.source() else { continue };
            if at == name {
                let plug = cable.plug(*wanted, speed(port)).map_err(|error: NoPort| {
                    let kind = SlotKind::UsbDevice;
                    self.no_usb(kind, on_board, port.span(), &error, "use another cable")
                })?;
                opened.ports.insert(on_board.to_owned(), Home::of(Box::new(plug)));
            }
        }
        opened.cables.insert(name.to_owned(), cable.clone());
        Ok(cable)
    }

    fn opened_usb(&self) -> MutexGuard<'_, OpenedUsb> {
        self.opened_usb.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn no_usb(
        &self,
        kind: SlotKind,
        name: &str,
        at: SourceSpan,
        error: &dyn fmt::Display,
        remedy: &'static str,
    ) -> MachineError {
        MachineError::NotAvailable {
            kind,
            name: name.to_owned(),
            // A peer may have said it.
            reason: printable(&error.to_string(), 512).into_owned(),
            remedy,
            board: Arc::new(self.board.source().clone()),
            at,
        }
    }
}

/// How often it is asked whether to wait on.
const LOOK: Duration = Duration::from_millis(20);
const START_PEER: &str = "start the server of USB/IP there, or name another address in the board";
const FREE_ADDRESS: &str = "name another port in the board, or 0 for any that is free";

/// The machine's own devices, or why there are none and what to do about it.
#[cfg(target_os = "linux")]
fn kernel() -> std::result::Result<Arc<dyn UsbHost>, (String, &'static str)> {
    periplasm_usb::linux::host().map_err(|error| (error.to_string(), error.remedy()))
}

/// A device controller of the machine.
#[cfg(target_os = "linux")]
fn raw_gadget(
    driver: &str,
    device: &str,
    speed: PortSpeed,
) -> std::result::Result<Box<dyn UsbController>, (String, &'static str)> {
    match periplasm_usb::raw_gadget::open(driver, device, speed) {
        Ok(port) => Ok(Box::new(port)),
        Err(error) => Err((error.to_string(), error.remedy())),
    }
}

// A board for Linux is refused on other systems.
#[cfg(not(target_os = "linux"))]
fn kernel() -> std::result::Result<Arc<dyn UsbHost>, (String, &'static str)> {
    Err((ELSEWHERE.to_owned(), "use a cable, or run on Linux"))
}

#[cfg(not(target_os = "linux"))]
fn raw_gadget(
    _: &str,
    _: &str,
    _: PortSpeed,
) -> std::result::Result<Box<dyn UsbController>, (String, &'static str)> {
    Err((ELSEWHERE.to_owned(), "use a cable, or run on Linux"))
}

#[cfg(not(target_os = "linux"))]
const ELSEWHERE: &str = "this host was built for another system than Linux";

fn speed(port: &UsbDevicePort) -> PortSpeed {
    match port.speed() {
        UsbSpeed::Full => PortSpeed::Full,
        UsbSpeed::High => PortSpeed::High,
    }
}

fn none(kind: SlotKind, name: &str) -> MachineError {
    MachineError::NoneNamed { kind, name: name.to_owned() }
}
