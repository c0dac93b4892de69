//! The threads that wait in the kernel: one for events, one for endpoint 0, one
//! for each configured endpoint.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use nix::libc;

use super::ep0::{Job, Outcome};
use super::kernel::Event;
use super::shared::{Line, Shared};
use crate::bell::lock;
use crate::{BusEvents, Events};

/// How long a controller is left alone that has a packet to send.
const FULL: Duration = Duration::from_millis(1);

impl Shared {
    /// Takes events until the gadget is over or the controller has gone.
    pub(super) fn events(&self) {
        loop {
            let event = self.kernel.event();
            if self.state().over {
                return;
            }
            match event {
                Ok(event) => self.event(event),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    tracing::warn!(%error, "the USB device controller has gone");
                    self.tell(|state| {
                        state.gone = true;
                        state.news.bus.detached = true;
                    });
                    return;
                }
            }
        }
    }

    fn event(&self, event: Event) {
        match event {
            Event::Connect => self.tell(|state| state.news.bus.attached = true),
            Event::Control(setup) => self.tell(|state| {
                // The gadget is told again.
                let answered = state.ep0.answered();
                if let Some(line) = answered.and_then(|address| state.line(address)) {
                    line.cleared = true;
                }
                state.ep0.setup(setup);
                state.job = None;
                state.news.setup = Some(setup);
                state.news.in_complete &= !1;
                state.news.out_ready &= !1;
            }),
            Event::Suspend => self.tell(|state| state.news.bus.suspend = true),
            Event::Resume => self.tell(|state| state.news.bus.resume = true),
            Event::Reset => {
                self.unconfigure();
                self.tell(|state| {
                    state.ep0.reset();
                    state.job = None;
                    // What was told before the reset is void.
                    let bus = BusEvents { reset: true, ..state.news.bus };
                    state.news = Events { bus, ..Events::default() };
                });
            }
            Event::Disconnect => {
                self.unconfigure();
                self.tell(|state| {
                    state.ep0.reset();
                    state.job = None;
                    let bus = BusEvents { detached: true, ..BusEvents::default() };
                    state.news = Events { bus, ..Events::default() };
                });
            }
            Event::Other => {}
        }
    }

    /// Does what is to be done on endpoint 0 until the gadget is over.
    pub(super) fn control(self: Arc<Self>) {
        loop {
            let mut state = self.state();
            let (request, job) = loop {
                if state.over {
                    return;
                }
                match state.job.take() {
                    Some(job) => break job,
                    None => state = self.wait(state),
                }
            };
            drop(state);
            let outcome = self.job(&job);
            self.tell(|state| {
                let told = state.ep0.done(request, &job, outcome);
                state.told(told);
                state.offer();
            });
        }
    }

    fn job(self: &Arc<Self>, job: &Job) -> Outcome {
        let done = match job {
            Job::Write { data, short } => self.kernel.ep0_write(data, *short).map(|()| Vec::new()),
            Job::Read(len) => self.kernel.ep0_read(*len),
            Job::Stall => self.kernel.ep0_stall().map(|()| Vec::new()),
            Job::Acknowledge(setup) => {
                // Endpoints are there before the host hears that they are.
                let configured = match setup {
                    // SET_CONFIGURATION (9.4.7).
                    [0x00, 0x09, value, ..] => self.configure(*value != 0),
                    _ => Ok(()),
                };
                let read = || self.kernel.ep0_read(0).map(|_| ());
                let acknowledge = || match self.kernel.ep0_write(&[], false) {
                    // Kernels differ in the direction of a request without data.
                    Err(error) if error.kind() == io::ErrorKind::ResourceBusy => read(),
                    done => done,
                };
                let acknowledge = || if setup[0] & 0x80 == 0 { read() } else { acknowledge() };
                match configured {
                    Ok(()) => acknowledge().map(|()| Vec::new()),
                    Err(error) => {
                        tracing::error!(%error, "the USB device controller has not the endpoints");
                        let _ = self.kernel.ep0_stall();
                        return Err(());
                    }
                }
            }
        };
        // Ended by the next request, or by a reset: the kernel's number differs
        // from controller to controller.
        done.map_err(|error| tracing::debug!(%error, "a control request has not ended well"))
    }

    /// Enables the gadget's endpoints, or disables them.
    fn configure(self: &Arc<Self>, on: bool) -> io::Result<()> {
        self.unconfigure();
        if !on {
            return Ok(());
        }
        let mut threads = lock(&self.lines);
        let (endpoints, configured) = {
            let state = self.state();
            (state.endpoints.clone(), state.configured)
        };
        for endpoint in endpoints.iter().filter(|endpoint| endpoint.address & 0x0f != 0) {
            let handle = self.kernel.enable(endpoint)?;
            let (address, size) = (endpoint.address, endpoint.max_packet_size & 0x7ff);
            let line = Line { address, size, settled: true, ..Line::default() };
            self.state().lines.push(line);
            let shared = self.clone();
            let thread = std::thread::Builder::new()
                .name(format!("raw-gadget-{address:02x}"))
                .spawn(move || shared.line(configured, address, handle))?;
            threads.push((thread, handle));
        }
        self.kernel.configure()
    }

    /// Carries the packets of an endpoint until it is not configured any more.
    fn line(&self, configured: u32, address: u8, handle: u16) {
        let input = address & 0x80 != 0;
        loop {
            let mut state = self.state();
            let (packet, size) = loop {
                let current = state.configured == configured;
                let Some(line) = state.line(address).filter(|_| current) else { return };
                if !line.settled && !line.behind {
                    let halted = line.halted;
                    line.settled = true;
                    drop(state);
                    self.halt(address, handle, halted);
                    state = self.state();
                    continue;
                }
                // Also of a halted one: the kernel keeps it until the host has
                // cleared the halt.
                if line.packet.is_some() == input {
                    break (line.packet.clone().unwrap_or_default(), line.size);
                }
                state = self.wait(state);
            };
            drop(state);
            let done = if input {
                self.kernel.write(handle, &packet).map(|()| None)
            } else {
                self.kernel.read(handle, size).map(Some)
            };
            match done {
                Ok(came) => self.tell(|state| {
                    let current = state.configured == configured;
                    let Some(line) = state.line(address).filter(|_| current) else { return };
                    line.packet = came;
                    line.behind = false;
                    if line.halted && line.settled {
                        line.halted = false;
                        line.cleared = true;
                    }
                    let bit = 1u16 << (address & 0x0f);
                    if input {
                        state.news.in_complete |= bit;
                    } else {
                        state.news.out_ready |= bit;
                    }
                    state.offer();
                }),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    tracing::debug!(%error, "an endpoint carries nothing any more");
                    return self.failed(configured, &error);
                }
            }
        }
    }

    /// Halts an endpoint, or not any more.
    fn halt(&self, address: u8, handle: u16, halted: bool) {
        match self.kernel.halt(handle, halted) {
            Ok(()) => {}
            // The controller still has a packet, which goes first.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                std::thread::sleep(FULL);
                if let Some(line) = self.state().line(address) {
                    line.settled = false;
                }
            }
            Err(error) => tracing::debug!(%error, "an endpoint was not halted or not cleared"),
        }
    }

    /// An endpoint has failed. Linux 6.1 says of a reset and of a pulled
    /// plug nothing but this. Otherwise one will come, or the end.
    fn failed(&self, configured: u32, error: &io::Error) {
        if error.raw_os_error() == Some(libc::ESHUTDOWN) {
            return self.tell(|state| {
                if state.configured == configured {
                    state.shut_down();
                }
            });
        }
        let mut state = self.state();
        while state.configured == configured {
            state = self.wait(state);
        }
    }
}
