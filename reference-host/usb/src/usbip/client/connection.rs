//! A device that was taken from a server: one thread reads answers, another
//! writes requests, so that a submission never waits for the network.

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::flights::{Flight, Flights};
use super::queue::{Queue, Ready};
use super::request::{Kind, Outgoing, outgoing};
use crate::bell::lock;
use crate::usbip::socket;
use crate::usbip::wire::{Command, ReadError, ReplyHead, Submit, WireError};
use crate::{Completed, Request, Transfer, UsbError, wait_any};

/// How often a reader looks whether the server is late.
const LOOK: Duration = Duration::from_secs(1);
/// What Linux gives to a control request.
const CONTROL: Duration = Duration::from_secs(5);

/// Requests go in, ends come out at their queues. Dropping it gives the device
/// back.
pub(super) struct Connection {
    shared: Arc<Shared>,
    /// What commands name.
    number: u32,
    sender: Sender<Message>,
}

/// What is written.
enum Message {
    Submit(Submit, Arc<Vec<u8>>),
    Unlink { seqnum: u32, victim: u32 },
}

struct Shared {
    stream: TcpStream,
    flights: Mutex<Flights>,
    /// Called when the server ends the connection.
    lost: Mutex<Option<Lost>>,
}

/// What is to be done when a device is lost.
pub(super) type Lost = Box<dyn FnOnce() + Send>;

impl Connection {
    /// Begins to serve a connection on which a device was imported.
    pub(super) fn start(stream: TcpStream, number: u32) -> io::Result<Self> {
        stream.set_read_timeout(Some(LOOK))?;
        let (reading, writing) = (stream.try_clone()?, stream.try_clone()?);
        let shared = Arc::new(Shared { stream, flights: Mutex::default(), lost: Mutex::default() });
        let (sender, receiver) = channel();
        let (reader, writer) = (shared.clone(), shared.clone());
        std::thread::Builder::new()
            .name("usbip-answers".to_owned())
            .spawn(move || reader.read(reading))?;
        let started = std::thread::Builder::new()
            .name("usbip-requests".to_owned())
            .spawn(move || writer.write(writing, number, &receiver));
        if let Err(error) = started {
            shared.fail();
            return Err(error);
        }
        Ok(Self { shared, number, sender })
    }

    /// What is done when the server ends the connection; at once if it has.
    pub(super) fn when_lost(&self, lost: Lost) {
        *lock(&self.shared.lost) = Some(lost);
        if lock(&self.shared.flights).dead {
            self.shared.lost();
        }
    }

    /// Whether the server has ended it.
    pub(super) fn dead(&self) -> bool {
        lock(&self.shared.flights).dead
    }

    /// Ends it as if the server had.
    pub(super) fn fail(&self) {
        self.shared.fail();
    }

    /// Starts a transfer on an endpoint.
    pub(super) fn submit(
        &self,
        kind: Kind,
        queue: &Arc<Queue>,
        transfer: Transfer,
    ) -> Result<(), UsbError> {
        let Outgoing { mut asked, data, room } = outgoing(kind, transfer.request)?;
        let data = Arc::new(data);
        asked.device = self.number;
        let flight =
            Flight { asked: asked.clone(), data: data.clone(), room, queue: queue.clone() };
        // Under one lock, so that the numbers and the queue have one order.
        let mut flights = lock(&self.shared.flights);
        let seqnum = flights.begin(flight)?;
        queue.push(transfer.tag, seqnum);
        asked.seqnum = seqnum;
        // The writer ends after the flights have died, which it tells them.
        let _ = self.sender.send(Message::Submit(asked, data));
        Ok(())
    }

    /// Asks the server to cancel transfers.
    pub(super) fn cancel(&self, victims: Vec<u32>) {
        let mut flights = lock(&self.shared.flights);
        for victim in victims {
            if let Some(seqnum) = flights.unlink(victim) {
                let _ = self.sender.send(Message::Unlink { seqnum, victim });
            }
        }
    }

    /// Does a control transfer and waits for its end.
    pub(super) fn control(&self, request: Request) -> Result<Completed, UsbError> {
        let queue = Arc::new(Queue::default());
        self.submit(Kind::Control, &queue, Transfer { tag: 0, request })?;
        if !wait_any(&mut [&mut Ready(queue.clone())], Some(CONTROL)) {
            self.cancel(queue.cancel(None));
            return Err(UsbError::Timeout);
        }
        let completed = queue.take().ok_or(UsbError::Other)?;
        completed.status.map(|()| completed)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Not lost, but given back.
        lock(&self.shared.lost).take();
        self.shared.fail();
    }
}

impl Shared {
    fn fail(&self) {
        let _ = self.stream.shutdown(Shutdown::Both);
        let ended = lock(&self.flights).die();
        for (number, flight) in ended {
            flight.fail(number, UsbError::Gone);
        }
        self.lost();
    }

    fn lost(&self) {
        let lost = lock(&self.lost).take();
        if let Some(lost) = lost {
            lost();
        }
    }

    fn write(&self, stream: TcpStream, number: u32, messages: &Receiver<Message>) {
        let mut to = BufWriter::with_capacity(socket::BUFFER, stream);
        while let Ok(first) = messages.recv() {
            let mut next = Some(first);
            let mut written = Ok(());
            while let Some(message) = next {
                written = written.and_then(|()| match message {
                    Message::Submit(submit, data) => submit.write(&data, &mut to),
                    Message::Unlink { seqnum, victim } => {
                        Command::Unlink { seqnum, device: number, victim }.write(&mut to)
                    }
                });
                next = messages.try_recv().ok();
            }
            if written.and_then(|()| to.flush()).is_err() {
                self.fail();
                return;
            }
        }
    }

    fn read(&self, stream: TcpStream) {
        let patient = Patient { stream, shared: self };
        let mut from = BufReader::with_capacity(socket::BUFFER, patient);
        loop {
            match self.read_one(&mut from) {
                Ok(()) => {}
                Err(ReadError::Closed) => break,
                Err(error) => {
                    if !lock(&self.flights).dead {
                        tracing::warn!(%error, "a server of USB/IP was left");
                    }
                    break;
                }
            }
        }
        self.fail();
    }

    fn read_one(&self, from: &mut impl Read) -> Result<(), ReadError> {
        let mut head = [0; ReplyHead::LEN];
        from.read_exact(&mut head)?;
        let head = ReplyHead::parse(&head)?;
        match head {
            ReplyHead::Submit { seqnum, .. } => {
                let flight = lock(&self.flights).end(seqnum);
                let Some(mut flight) = flight else {
                    return Err(WireError::Sequence { found: seqnum }.into());
                };
                let room = std::mem::take(&mut flight.room);
                match head.read_body(&flight.asked, from, room) {
                    Ok(reply) => flight.answer(seqnum, reply),
                    Err(error) => {
                        // It ends with all the others, when the connection is over.
                        lock(&self.flights).restore(seqnum, flight);
                        return Err(error);
                    }
                }
            }
            ReplyHead::Unlink { seqnum, .. } => {
                let mut flights = lock(&self.flights);
                let victim =
                    flights.unlinked(seqnum).ok_or(WireError::Sequence { found: seqnum })?;
                let flight = flights.end(victim);
                drop(flights);
                // Otherwise it was answered before it could be cancelled.
                if let Some(flight) = flight {
                    flight.fail(victim, UsbError::Cancelled);
                }
            }
        }
        Ok(())
    }
}

/// A stream whose reader looks up now and then.
struct Patient<'a> {
    stream: TcpStream,
    shared: &'a Shared,
}

impl Read for Patient<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.stream.read(room);
            // Also of a server that goes on sending, byte by byte.
            if lock(&self.shared.flights).overdue() {
                let late = "it did not cancel a transfer within five seconds";
                return Err(io::Error::new(io::ErrorKind::TimedOut, late));
            }
            match read {
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    ) => {}
                done => return done,
            }
        }
    }
}
