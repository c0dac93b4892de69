//! Endpoint 0: a gadget's packets on one side, the kernel's whole stages on the
//! other. Pure: what is to be done is returned as a [`Job`].

use crate::ControllerError;

/// The packets of endpoint 0 on the wire: what controllers for full and high
/// speed use (USB 2.0, 5.5.3).
pub(super) const PACKET: u8 = 64;
/// The most that Raw Gadget takes at once: a page.
const PAGE: usize = 4096;

/// What the kernel is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// Send the data stage; it is shorter than what the host asked for.
    Write { data: Vec<u8>, short: bool },
    /// Take the data stage.
    Read(u16),
    /// Acknowledge a request without data.
    Acknowledge([u8; 8]),
    /// Refuse the request.
    Stall,
}

/// What became of it: the data that came, where data comes.
pub(super) type Outcome = Result<Vec<u8>, ()>;

/// What is told to the gadget about endpoint 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Its packet was taken.
    pub(super) in_complete: bool,
    /// A packet waits for it.
    pub(super) out_ready: bool,
}

/// The endpoint.
#[derive(Debug)]
pub(super) struct Ep0 {
    /// Bytes of the gadget's packets: those it declares.
    packet: usize,
    setup: [u8; 8],
    phase: Phase,
    /// Counts requests, so that what is left of an old one is known.
    request: u32,
    pub(super) stalled: bool,
    /// The endpoint of a request that the controller has answered itself: the
    /// gadget's answer goes nowhere.
    answered: Option<u8>,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    /// No request, or it is over.
    Idle,
    /// A request was told, and nothing was done about it.
    Asked,
    /// IN: the gadget has written a part.
    Writing(Vec<u8>),
    /// The kernel is at work.
    Busy,
    /// IN: the host has taken all; the gadget may read its status packet.
    Status,
    /// OUT: data that came, and how much of it the gadget has read.
    Reading(Vec<u8>, usize),
    /// OUT: it has read all and is to send a status packet.
    Read,
}

impl Ep0 {
    pub(super) fn new(packet: u16) -> Self {
        let packet = usize::from(packet.clamp(8, PACKET.into()));
        let (setup, phase) = ([0; 8], Phase::Idle);
        Self { packet, setup, phase, request: 0, stalled: false, answered: None }
    }

    /// No request is at hand.
    pub(super) fn is_idle(&self) -> bool {
        self.phase == Phase::Idle
    }

    /// The endpoint of the request at hand, if it is one that the controller has
    /// answered.
    pub(super) fn answered(&self) -> Option<u8> {
        self.answered.filter(|_| self.phase == Phase::Asked)
    }

    fn input(&self) -> bool {
        self.setup[0] & 0x80 != 0
    }

    fn len(&self) -> u16 {
        u16::from_le_bytes([self.setup[6], self.setup[7]])
    }

    /// The number of the request, for [`Self::done`].
    pub(super) fn request(&self) -> u32 {
        self.request
    }

    /// A request has come; what was before is void.
    pub(super) fn setup(&mut self, setup: [u8; 8]) {
        self.setup = setup;
        self.phase = Phase::Asked;
        self.request = self.request.wrapping_add(1);
        self.stalled = false;
        self.answered = None;
    }

    /// The controller has cleared the halt of an endpoint: the request by which
    /// the host asked for it, for the gadget to follow.
    pub(super) fn cleared(&mut self, address: u8) -> [u8; 8] {
        // CLEAR_FEATURE(ENDPOINT_HALT) (9.4.1).
        let setup = [0x02, 1, 0, 0, address, 0, 0, 0];
        self.setup(setup);
        self.answered = Some(address);
        setup
    }

    /// The bus was reset.
    pub(super) fn reset(&mut self) {
        self.phase = Phase::Idle;
        self.request = self.request.wrapping_add(1);
        self.stalled = false;
        self.answered = None;
    }

    /// The gadget has seen the request and looks for more: what it did not
    /// refuse, it takes.
    pub(super) fn looked(&mut self) -> Option<Job> {
        if self.phase != Phase::Asked || self.input() || self.len() == 0 {
            return None;
        }
        // The kernel could not take it.
        if usize::from(self.len()) > PAGE {
            return self.stall();
        }
        self.phase = Phase::Busy;
        Some(Job::Read(self.len()))
    }

    /// A packet of the gadget's.
    pub(super) fn write(&mut self, packet: &[u8]) -> Result<(Option<Job>, Told), ControllerError> {
        if packet.len() > self.packet {
            return Err(ControllerError::Overflow);
        }
        let taken = Told { in_complete: true, out_ready: false };
        let (input, len) = (self.input(), usize::from(self.len()));
        match &mut self.phase {
            // The status stage of a request without data (9.3.5: in either
            // direction).
            Phase::Asked if len == 0 && self.answered.is_some() => {
                self.phase = Phase::Idle;
                Ok((None, taken))
            }
            Phase::Asked if len == 0 => {
                self.phase = Phase::Busy;
                Ok((Some(Job::Acknowledge(self.setup)), Told::default()))
            }
            Phase::Asked if input => {
                self.phase = Phase::Writing(Vec::new());
                self.write(packet)
            }
            Phase::Writing(data) => {
                data.extend_from_slice(packet);
                if packet.len() == self.packet && data.len() < len {
                    return Ok((None, taken));
                }
                let mut data = std::mem::take(data);
                data.truncate(len);
                if data.len() > PAGE {
                    return Ok((self.stall(), Told::default()));
                }
                // GET_DESCRIPTOR(device): bMaxPacketSize0 is the controller's.
                if let ([0x80, 6, _, 1, ..], Some(size)) = (self.setup, data.get_mut(7)) {
                    *size = PACKET;
                }
                self.phase = Phase::Busy;
                let short = data.len() < len;
                Ok((Some(Job::Write { data, short }), Told::default()))
            }
            // The kernel sent it together with the data's acknowledgement.
            Phase::Read => {
                self.phase = Phase::Idle;
                Ok((None, taken))
            }
            _ => Err(ControllerError::WouldBlock),
        }
    }

    /// A packet for the gadget.
    pub(super) fn read(&mut self, room: &mut [u8]) -> Result<(usize, Told), ControllerError> {
        match &mut self.phase {
            Phase::Status => {
                self.phase = Phase::Idle;
                Ok((0, Told::default()))
            }
            Phase::Reading(data, at) => {
                let rest = &data[*at..];
                let packet = &rest[..rest.len().min(self.packet)];
                let len = packet.len();
                room.get_mut(..len).ok_or(ControllerError::Overflow)?.copy_from_slice(packet);
                *at += len;
                let more = *at < data.len();
                if !more {
                    self.phase = Phase::Read;
                }
                Ok((len, Told { in_complete: false, out_ready: more }))
            }
            _ => Err(ControllerError::WouldBlock),
        }
    }

    /// The gadget refuses the request. Once the kernel has taken the data of one
    /// it is too late.
    pub(super) fn stall(&mut self) -> Option<Job> {
        self.stalled = true;
        match self.phase {
            Phase::Asked if self.answered.is_some() => {
                self.phase = Phase::Idle;
                None
            }
            Phase::Asked | Phase::Writing(_) => {
                self.phase = Phase::Busy;
                Some(Job::Stall)
            }
            Phase::Reading(..) | Phase::Read => {
                self.phase = Phase::Idle;
                None
            }
            _ => None,
        }
    }

    /// The kernel has done a job of a request.
    pub(super) fn done(&mut self, request: u32, job: &Job, outcome: Outcome) -> Told {
        if request != self.request || self.phase != Phase::Busy {
            return Told::default();
        }
        self.phase = Phase::Idle;
        let Ok(data) = outcome else { return Told::default() };
        match job {
            Job::Write { .. } => {
                self.phase = Phase::Status;
                Told { in_complete: true, out_ready: true }
            }
            Job::Read(_) => {
                self.phase = Phase::Reading(data, 0);
                Told { in_complete: false, out_ready: true }
            }
            Job::Acknowledge(_) => Told { in_complete: true, out_ready: false },
            Job::Stall => Told::default(),
        }
    }
}
