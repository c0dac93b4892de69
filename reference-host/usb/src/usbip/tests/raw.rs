//! What the server says to a client that speaks for itself.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

use proptest::prelude::*;

use super::Fixture;
use crate::cable::tests::host::LONG;
use crate::usbip::wire::*;

/// A connection that has the device.
struct Raw {
    stream: TcpStream,
    device: u32,
    asked: BTreeMap<u32, Submit>,
}

fn dial(fixture: &Fixture) -> TcpStream {
    let stream = TcpStream::connect(fixture.server.address()).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream
}

impl Raw {
    fn on(stream: TcpStream, device: u32) -> Self {
        Self { stream, device, asked: BTreeMap::new() }
    }

    fn new(fixture: &Fixture) -> Self {
        // The last one may still be leaving.
        loop {
            let mut stream = dial(fixture);
            Operation::Import { bus_id: "3-2".to_owned() }.write(&mut stream).unwrap();
            match read_import(&mut stream).unwrap() {
                Ok(device) => return Self::on(stream, device.id()),
                Err(status) => assert_eq!(status, 2),
            }
        }
    }

    fn submit(&mut self, submit: Submit) {
        let submit = Submit { device: self.device, ..submit };
        Command::Submit(submit.clone()).write(&mut self.stream).unwrap();
        self.asked.insert(submit.seqnum, submit);
    }

    fn unlink(&mut self, seqnum: u32, victim: u32) {
        let command = Command::Unlink { seqnum, device: self.device, victim };
        command.write(&mut self.stream).unwrap();
    }

    fn reply(&mut self) -> Reply {
        let mut head = [0; ReplyHead::LEN];
        self.stream.read_exact(&mut head).unwrap();
        let head = ReplyHead::parse(&head).unwrap();
        let (ReplyHead::Submit { seqnum, .. } | ReplyHead::Unlink { seqnum, .. }) = head;
        let asked = self.asked.get(&seqnum).cloned().unwrap_or_default();
        head.read_body(&asked, &mut self.stream, Vec::new()).unwrap()
    }

    /// That the server ends the connection.
    fn closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0; 1]), Ok(0) | Err(_))
    }
}

fn input(seqnum: u32, endpoint: u8, len: u32) -> Submit {
    Submit { seqnum, input: true, endpoint, len, ..Submit::default() }
}

fn output(seqnum: u32, endpoint: u8, data: &[u8]) -> Submit {
    Submit { seqnum, endpoint, len: data.len() as u32, data: data.into(), ..Submit::default() }
}

fn control(seqnum: u32, setup: [u8; 8]) -> Submit {
    let len = u32::from(u16::from_le_bytes([setup[6], setup[7]]));
    Submit { seqnum, input: setup[0] & 0x80 != 0, len, setup, ..Submit::default() }
}

fn done(seqnum: u32, actual: u32, data: &[u8]) -> Reply {
    Reply::Submit { seqnum, status: 0, actual, data: data.into(), packets: Vec::new() }
}

fn failed(seqnum: u32, status: i32) -> Reply {
    Reply::Submit { seqnum, status, actual: 0, data: Vec::new(), packets: Vec::new() }
}

#[test]
fn endpoints_do_not_wait_for_each_other() {
    let fixture = Fixture::new();
    let mut raw = Raw::new(&fixture);
    raw.submit(input(1, 1, 64));
    raw.submit(control(2, [0x80, 8, 0, 0, 0, 0, 1, 0]));
    assert_eq!(raw.reply(), done(2, 1, &[1]));
    raw.submit(output(3, 1, b"hello"));
    let (first, second) = (raw.reply(), raw.reply());
    // Of two endpoints either may be the first.
    let sent = done(3, 5, &[]);
    let got = done(1, 5, b"hello");
    assert!(
        [first.clone(), second.clone()] == [sent.clone(), got.clone()]
            || [first, second] == [got, sent]
    );
}

#[test]
fn an_unlinked_transfer_has_no_other_answer() {
    let fixture = Fixture::new();
    let mut raw = Raw::new(&fixture);
    raw.submit(input(1, 1, 64));
    raw.unlink(2, 1);
    assert_eq!(raw.reply(), Reply::Unlink { seqnum: 2, status: -104 });
    // It is over, and so is one that never was.
    for victim in [1, 77] {
        raw.unlink(3, victim);
        assert_eq!(raw.reply(), Reply::Unlink { seqnum: 3, status: 0 });
    }
    raw.submit(control(4, [0x80, 8, 0, 0, 0, 0, 1, 0]));
    assert_eq!(raw.reply(), done(4, 1, &[1]));
}

// As Linux's cdc-acm closes its port: in the order of its buffers, which is not
// that of their submission, each when the last has ended.
#[test]
fn any_of_several_transfers_is_unlinked_at_once() {
    let fixture = Fixture::new();
    let mut raw = Raw::new(&fixture);
    for seqnum in 1..=3 {
        raw.submit(input(seqnum, 1, 64));
    }
    for (seqnum, victim) in [(4, 2), (5, 3)] {
        raw.unlink(seqnum, victim);
        assert_eq!(raw.reply(), Reply::Unlink { seqnum, status: -104 });
    }
    // The first is there as before, and what comes behind it is one more.
    raw.submit(input(6, 1, 64));
    raw.submit(output(7, 1, b"hello"));
    let mut replies = [raw.reply(), raw.reply()];
    replies.sort_by_key(|reply| !matches!(reply, Reply::Submit { seqnum: 1, .. }));
    assert_eq!(replies, [done(1, 5, b"hello"), done(7, 5, &[])]);
    raw.unlink(8, 6);
    assert_eq!(raw.reply(), Reply::Unlink { seqnum: 8, status: -104 });
}

#[test]
fn errors_have_linuxs_numbers() {
    let fixture = Fixture::new();
    let mut raw = Raw::new(&fixture);
    // An unknown request of the vendor's, an endpoint that is not there, a length
    // that differs from SETUP's, an address from outside.
    raw.submit(control(1, [0x40, 42, 0, 0, 0, 0, 0, 0]));
    assert_eq!(raw.reply(), failed(1, -32));
    raw.submit(input(2, 9, 64));
    assert_eq!(raw.reply(), failed(2, -6));
    raw.submit(Submit { setup: [0x40, 1, 0, 0, 0, 0, 3, 0], ..output(3, 0, b"x") });
    assert_eq!(raw.reply(), failed(3, -22));
    raw.submit(control(4, [0, 5, 9, 0, 0, 0, 0, 0]));
    assert_eq!(raw.reply(), failed(4, -22));
    // A short answer where the client allows none: its bytes are told.
    raw.submit(output(5, 1, b"abc"));
    raw.reply();
    raw.submit(Submit { flags: flags::SHORT_NOT_OK, ..input(6, 1, 64) });
    let Reply::Submit { status, data, .. } = raw.reply() else { panic!() };
    assert_eq!((status, &*data), (-121, &b"abc"[..]));
}

#[test]
fn an_empty_packet_goes_behind_whole_ones_where_it_is_asked_for() {
    let fixture = Fixture::new();
    let mut raw = Raw::new(&fixture);
    // The gadget sends back what it has when a short packet comes.
    raw.submit(Submit { flags: flags::ZERO_PACKET, ..output(1, 1, &[7; 64]) });
    raw.submit(input(2, 1, 64));
    let mut replies = [raw.reply(), raw.reply()];
    replies.sort_by_key(|reply| matches!(reply, Reply::Submit { seqnum: 2, .. }));
    assert_eq!(replies, [done(1, 64, &[]), done(2, 64, &[7; 64])]);
}

#[test]
fn a_device_that_goes_ends_its_transfers_and_the_connection() {
    let fixture = Fixture::new();
    let mut raw = Raw::new(&fixture);
    raw.submit(input(1, 1, 64));
    raw.submit(input(2, 2, 16));
    raw.submit(control(3, [0x80, 8, 0, 0, 0, 0, 1, 0]));
    assert_eq!(raw.reply(), done(3, 1, &[1]));
    fixture.cable.pull(2);
    let mut replies = [raw.reply(), raw.reply()];
    replies.sort_by_key(|reply| matches!(reply, Reply::Submit { seqnum: 2, .. }));
    assert_eq!(replies, [failed(1, -19), failed(2, -19)]);
    assert!(raw.closed());
}

#[test]
fn a_liar_is_disconnected_and_others_are_served() {
    let fixture = Fixture::new();
    for lie in 0..3 {
        let mut raw = Raw::new(&fixture);
        let submit = match lie {
            0 => Submit { device: 0x7_0007, ..input(1, 1, 64) },
            1 => Submit { device: raw.device, endpoint: 16, ..input(1, 1, 64) },
            _ => {
                raw.submit(input(1, 1, 64));
                Submit { device: raw.device, ..input(1, 1, 64) }
            }
        };
        Command::Submit(submit).write(&mut raw.stream).unwrap();
        assert!(raw.closed());
    }
    let mut stream = dial(&fixture);
    Operation::Import { bus_id: "9-9".to_owned() }.write(&mut stream).unwrap();
    assert_eq!(read_import(&mut stream).unwrap(), Err(4));
}

#[test]
fn the_list_is_as_linuxs_tool_reads_it() {
    let fixture = Fixture::new();
    let mut stream = dial(&fixture);
    Operation::List.write(&mut stream).unwrap();
    let list = read_list(&mut stream).unwrap().unwrap();
    assert_eq!(list.len(), 1);
    let device = &list[0];
    assert_eq!((&*device.bus_id, device.bus, device.device, device.speed), ("3-2", 3, 1, 2));
    assert_eq!((device.vendor, device.product), (0x16c0, 0x05dc));
    assert_eq!((device.configuration, device.configurations), (1, 1));
    assert_eq!(device.interfaces, [[0xff, 0, 0]]);
    // One that is taken is not offered.
    let _raw = Raw::new(&fixture);
    let mut stream = dial(&fixture);
    Operation::List.write(&mut stream).unwrap();
    assert_eq!(read_list(&mut stream).unwrap().unwrap(), []);
}

#[test]
fn noise_does_no_harm() {
    let fixture = Fixture::new();
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() };
    proptest!(config, |(
        import: bool,
        words in prop::collection::vec(prop_oneof![0u32..20, any::<u32>()], 0..80),
    )| {
        let mut raw = if import {
            Raw::new(&fixture)
        } else {
            Raw::on(dial(&fixture), 0x3_0001)
        };
        let noise: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        // A message that begins well, and one that does not.
        let mut message = vec![0, 0, 0, 1, 0, 0, 0, 9];
        message.extend(raw.device.to_be_bytes());
        message.extend(&noise);
        let _ = raw.stream.write_all(&message);
        let _ = raw.stream.shutdown(std::net::Shutdown::Write);
        let mut rest = Vec::new();
        let _ = raw.stream.read_to_end(&mut rest);
    });
    let mut raw = Raw::new(&fixture);
    raw.submit(control(4, [0x80, 8, 0, 0, 0, 0, 1, 0]));
    raw.reply();
}
