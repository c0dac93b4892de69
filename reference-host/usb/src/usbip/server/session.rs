//! A device that a client has: one thread reads its requests, another waits for
//! their ends and answers.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::{BufWriter, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use periplasm_backend::Event;

use super::flight::{Flight, failed, request};
use crate::bell::{Bell, lock};
use crate::descriptors::configuration;
use crate::usbip::socket;
use crate::usbip::wire::{Command, ReadError, Reply, Submit, WireError, flags};
use crate::{
    Change, Changes, DeviceId, DeviceInfo, Pipe, Transfer, UsbDevice, UsbError, UsbHost,
    UsbInterface, wait_any,
};

/// The most requests of a client that are not answered yet.
const REQUESTS: usize = 2048;
/// The most bytes of them.
const BYTES: u32 = 128 << 20;
/// The most answers that wait for a client to read them.
const ANSWERS: usize = 4 * REQUESTS;
/// How long a client may keep a connection whose device is gone.
const FAREWELL: Duration = Duration::from_secs(5);

/// One client with its device.
pub(super) struct Session {
    host: Arc<dyn UsbHost>,
    pub(super) device: Arc<dyn UsbDevice>,
    id: DeviceId,
    /// What commands must name.
    number: u32,
    pub(super) state: Mutex<State>,
    /// Interfaces that drivers of the kernel had.
    pub(super) detached: Mutex<Vec<u8>>,
    bell: Bell,
}

/// What both threads know.
pub(super) struct State {
    /// The endpoints in use, by address; endpoint 0 is the default pipe.
    pub(super) lines: BTreeMap<u8, Line>,
    pub(super) held: BTreeMap<u8, Held>,
    pub(super) descriptors: Arc<[u8]>,
    /// The active one's value.
    pub(super) configuration: u8,
    flight: HashMap<u32, Flight>,
    answers: VecDeque<(Reply, u32)>,
    bytes: u32,
    next_tag: u32,
    gone: bool,
    over: bool,
}

/// An interface, and the setting that it is in.
pub(super) struct Held {
    pub(super) interface: Box<dyn UsbInterface>,
    pub(super) alternate: u8,
}

/// An endpoint in use.
pub(super) struct Line {
    pub(super) pipe: Box<dyn Pipe>,
    /// Whose it is; none for endpoint 0.
    pub(super) interface: Option<u8>,
    /// Bytes of its packets, if known.
    packet: u32,
    /// Whose transfers are in flight, the oldest first.
    queue: VecDeque<u32>,
}

impl Line {
    fn new(pipe: Box<dyn Pipe>, interface: Option<u8>, packet: u32) -> Self {
        Self { pipe, interface, packet, queue: VecDeque::new() }
    }
}

impl Session {
    /// Opens a device and takes all its interfaces.
    pub(super) fn open(
        host: Arc<dyn UsbHost>,
        info: &DeviceInfo,
        number: u32,
    ) -> Result<Self, UsbError> {
        let device = host.open(info.id)?;
        // What the client before has left is of no use to this one. Linux's
        // vhci-hcd does resets by itself, so that a device would never see one.
        if device.reset() == Err(UsbError::Gone) {
            return Err(UsbError::Gone);
        }
        let mut state = State::new(info.descriptors.clone());
        state.lines.insert(0, Line::new(device.control(), None, 0));
        let session = Self {
            host,
            device,
            id: info.id,
            number,
            state: Mutex::new(state),
            detached: Mutex::default(),
            bell: Bell::default(),
        };
        session.claim_all()?;
        Ok(session)
    }

    /// Serves until the client leaves or lies, or the device is gone.
    pub(super) fn run(&self, reading: &mut impl Read, writing: TcpStream) {
        let changes = self.host.watch();
        let closing = writing.try_clone();
        // It may have gone before.
        let there = self.host.devices().iter().any(|info| info.id == self.id);
        lock(&self.state).gone = !there;
        std::thread::scope(|scope| {
            let answering = std::thread::Builder::new()
                .name("usbip-answers".to_owned())
                .spawn_scoped(scope, || self.answer(writing, changes));
            if answering.is_ok() {
                match self.read(reading) {
                    ReadError::Closed => {}
                    error => tracing::debug!(%error, "a client of USB/IP was disconnected"),
                }
            }
            let mut state = lock(&self.state);
            state.over = true;
            for line in state.lines.values_mut() {
                line.pipe.cancel_all();
            }
            drop(state);
            self.bell.ring();
            // A client that reads nothing would keep the other thread for ever.
            if let Ok(closing) = closing {
                let _ = closing.shutdown(Shutdown::Both);
            }
        });
    }

    /// Does what the client says, until it does not speak the protocol any more.
    fn read(&self, from: &mut impl Read) -> ReadError {
        loop {
            let done = match Command::read(from) {
                Ok(Command::Submit(submit)) => self.submit(submit),
                Ok(Command::Unlink { seqnum, device, victim }) => {
                    self.mine(device).map(|()| self.unlink(seqnum, victim))
                }
                Err(error) => return error,
            };
            if let Err(error) = done {
                return error.into();
            }
            if lock(&self.state).answers.len() > ANSWERS {
                // It asks and asks, and reads nothing.
                return ReadError::Closed;
            }
            self.bell.ring();
        }
    }

    fn mine(&self, device: u32) -> Result<(), WireError> {
        if device == self.number {
            return Ok(());
        }
        Err(WireError::Device { found: device, expected: self.number })
    }

    fn submit(&self, mut submit: Submit) -> Result<(), WireError> {
        self.mine(submit.device)?;
        let seqnum = submit.seqnum;
        let state = lock(&self.state);
        if state.flight.contains_key(&seqnum) {
            return Err(WireError::Sequence { found: seqnum });
        }
        let full = state.flight.len() >= REQUESTS || state.bytes.saturating_add(submit.len) > BYTES;
        let gone = state.gone;
        drop(state);
        let begun = match self.function(&submit) {
            _ if gone => Err(UsbError::Gone),
            _ if full => Err(UsbError::Exhausted),
            Some(done) => done
                .map(|()| Reply::Submit {
                    seqnum,
                    status: 0,
                    actual: 0,
                    data: Vec::new(),
                    packets: Vec::new(),
                })
                .map(Some),
            None => lock(&self.state).begin(&mut submit).map(|()| None),
        };
        let answer = match begun {
            Ok(answer) => answer,
            Err(error) => Some(failed(seqnum, error, &submit.packets)),
        };
        lock(&self.state).answers.extend(answer.map(|answer| (answer, 0)));
        Ok(())
    }

    fn unlink(&self, seqnum: u32, victim: u32) {
        let mut state = lock(&self.state);
        let State { flight, lines, answers, .. } = &mut *state;
        match flight.get_mut(&victim) {
            Some(flight) if flight.unlink.is_none() => {
                flight.unlink = Some(seqnum);
                if let Some(line) = lines.get_mut(&flight.address) {
                    for tag in &flight.tags {
                        line.pipe.cancel(*tag);
                    }
                }
            }
            // It has ended, or will soon.
            _ => {
                answers.push_back((Reply::Unlink { seqnum, status: 0 }, 0));
                return;
            }
        }
        // A pipe gives its transfers back in their order, so one in the middle has
        // to wait for those before it, and they for a device that has nothing to
        // say. Linux's drivers cancel one after the other, each when the last has
        // ended. What is not given back here never began.
        state.collect();
        if let Some(flight) = state.flight.get_mut(&victim) {
            flight.answered = true;
            let status = crate::usbip::errno::ECONNRESET;
            state.answers.push_back((Reply::Unlink { seqnum, status }, 0));
        }
    }

    /// Answers until there is nobody to answer to.
    fn answer(&self, stream: TcpStream, mut changes: Box<dyn Changes>) {
        let mut to = BufWriter::with_capacity(socket::BUFFER, &stream);
        let mut end: Option<Instant> = None;
        loop {
            self.bell.silence();
            let mut gone = false;
            while let Some(change) = changes.next() {
                gone |= change == Change::Disconnected(self.id);
            }
            let mut state = lock(&self.state);
            state.gone |= gone;
            state.collect();
            if state.over {
                return;
            }
            let answers = std::mem::take(&mut state.answers);
            let mut events: Vec<Box<dyn Event>> = Vec::new();
            if answers.is_empty() {
                let busy = state.lines.values_mut().filter(|line| line.pipe.pending() > 0);
                events.extend(busy.map(|line| line.pipe.ready()));
            }
            let over = state.gone && state.flight.is_empty() && answers.is_empty();
            drop(state);

            if !answers.is_empty() {
                let written = answers.iter().try_for_each(|(answer, _)| answer.write(&mut to));
                if written.and_then(|()| to.flush()).is_err() {
                    break;
                }
                lock(&self.state).bytes -= answers.iter().map(|(_, len)| len).sum::<u32>();
                continue;
            }
            if over && end.is_none() {
                let _ = stream.shutdown(Shutdown::Write);
                end = Instant::now().checked_add(FAREWELL);
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                break;
            }
            events.push(Box::new(self.bell.clone()));
            events.push(changes.changed());
            let mut events: Vec<&mut dyn Event> =
                events.iter_mut().map(|e| &mut **e as _).collect();
            wait_any(&mut events, left);
        }
        // Ends the other thread's wait.
        let _ = stream.shutdown(Shutdown::Both);
    }
}

impl State {
    fn new(descriptors: Arc<[u8]>) -> Self {
        Self {
            lines: BTreeMap::new(),
            held: BTreeMap::new(),
            descriptors,
            configuration: 0,
            flight: HashMap::new(),
            answers: VecDeque::new(),
            bytes: 0,
            next_tag: 0,
            gone: false,
            over: false,
        }
    }

    /// Begins what a request asks for.
    fn begin(&mut self, submit: &mut Submit) -> Result<(), UsbError> {
        let request = request(submit)?;
        let address = match (submit.endpoint, submit.input) {
            (0, _) => 0,
            (number, true) => number | 0x80,
            (number, false) => number,
        };
        let tag = self.next_tag;
        let line = self.line(address)?;
        line.pipe.submit(Transfer { tag, request })?;
        line.queue.push_back(submit.seqnum);
        let mut tags = vec![tag];
        // Linux's drivers ask for an empty packet behind whole ones in this way.
        let whole = submit.len > 0 && line.packet > 0 && submit.len.is_multiple_of(line.packet);
        let out = address != 0 && !submit.input && submit.packets.is_empty();
        if out && whole && submit.flags & flags::ZERO_PACKET != 0 {
            let tag = tag.wrapping_add(1);
            let empty = Transfer { tag, request: crate::Request::Out(Vec::new()) };
            if line.pipe.submit(empty).is_ok() {
                line.queue.push_back(submit.seqnum);
                tags.push(tag);
            }
        }
        self.next_tag = self.next_tag.wrapping_add(2);
        self.bytes += submit.len;
        self.flight.insert(submit.seqnum, Flight::new(submit, address, tags));
        Ok(())
    }

    /// The pipe of an endpoint, opened at its first use.
    pub(super) fn line(&mut self, address: u8) -> Result<&mut Line, UsbError> {
        let Self { lines, held, descriptors, configuration: value, .. } = self;
        let entry = match lines.entry(address) {
            Entry::Occupied(line) => return Ok(line.into_mut()),
            Entry::Vacant(entry) => entry,
        };
        for (number, held) in held {
            let pipe = match held.interface.pipe(address) {
                Ok(pipe) => pipe,
                Err(UsbError::NotFound) => continue,
                Err(error) => return Err(error),
            };
            let packet = configuration(descriptors, *value)
                .and_then(|one| one.interface(*number, held.alternate))
                .and_then(|setting| setting.endpoint(address))
                .map_or(0, |endpoint| endpoint.packet_bytes());
            return Ok(entry.insert(Line::new(pipe, Some(*number), packet.into())));
        }
        Err(UsbError::NotFound)
    }

    /// Takes what has ended and makes the answers.
    fn collect(&mut self) {
        let mut ended = Vec::new();
        for line in self.lines.values_mut() {
            while let Some(completed) = line.pipe.take() {
                ended.extend(line.queue.pop_front().map(|seqnum| (seqnum, completed)));
            }
        }
        for (seqnum, completed) in ended {
            self.finish(seqnum, completed);
        }
    }

    fn finish(&mut self, seqnum: u32, completed: crate::Completed) {
        if self.flight.get_mut(&seqnum).is_some_and(|flight| flight.part(completed))
            && let Some(flight) = self.flight.remove(&seqnum)
        {
            let mut len = flight.len;
            for answer in flight.answers(seqnum) {
                self.answers.push_back((answer, std::mem::take(&mut len)));
            }
            // Of one that was answered before.
            self.bytes -= len;
        }
    }

    /// Makes answers of what ends on a line that is not among the others any
    /// more. Returns whether it has ended all.
    pub(super) fn drain(&mut self, line: &mut Line) -> bool {
        while let Some(completed) = line.pipe.take() {
            if let Some(seqnum) = line.queue.pop_front() {
                self.finish(seqnum, completed);
            }
        }
        line.queue.is_empty()
    }
}
