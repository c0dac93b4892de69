//! A gadget on a kernel that is made by hand.

mod fake;

use std::sync::Arc;

use super::kernel;
use super::*;
use crate::{BusEvents, TransferType, wait_any};
use fake::{Fake, LONG};

struct Fixture {
    fake: Arc<Fake>,
    gadget: RawGadget,
}

const OUT: u16 = 1;

impl Fixture {
    fn new() -> Self {
        let fake = Arc::new(Fake::default());
        let kernel = fake.clone();
        let mut gadget = RawGadget {
            speed: PortSpeed::High,
            kernel: Box::new(move || Some(kernel.clone())),
            running: None,
        };
        let endpoint = |address, transfers, max_packet_size| EndpointConfig {
            address,
            transfers,
            max_packet_size,
            interval: 0,
        };
        let endpoints = [
            endpoint(0x00, TransferType::Control, 8),
            endpoint(0x80, TransferType::Control, 8),
            endpoint(0x01, TransferType::Bulk, 512),
            endpoint(0x81, TransferType::Bulk, 512),
        ];
        gadget.enable(&endpoints).unwrap();
        Self { fake, gadget }
    }

    fn event(&self, event: kernel::Event) {
        self.fake.change(|wires| wires.events.push_back(event));
    }

    /// What happens next.
    fn next(&mut self) -> Events {
        let mut happened = self.gadget.happened();
        assert!(wait_any(&mut [&mut *happened], Some(LONG)), "nothing happened");
        self.gadget.poll()
    }

    /// A request, as far as the gadget being told of it.
    fn setup(&mut self, setup: [u8; 8]) {
        self.event(kernel::Event::Control(setup));
        assert_eq!(self.next(), Events { setup: Some(setup), ..Events::default() });
    }

    fn configured() -> Self {
        let mut fixture = Self::new();
        fixture.setup([0, 9, 1, 0, 0, 0, 0, 0]);
        fixture.gadget.write(0, &[]).unwrap();
        assert_eq!(fixture.next(), taken(0));
        fixture
    }
}

fn taken(number: u8) -> Events {
    Events { in_complete: 1 << number, ..Events::default() }
}

fn came(number: u8) -> Events {
    Events { out_ready: 1 << number, ..Events::default() }
}

#[test]
fn packets_of_a_descriptor_become_one_stage() {
    let mut fixture = Fixture::new();
    fixture.event(kernel::Event::Connect);
    let bus = BusEvents { attached: true, ..BusEvents::default() };
    assert_eq!(fixture.next(), Events { bus, ..Events::default() });
    fixture.setup([0x80, 6, 0, 1, 0, 0, 64, 0]);
    let descriptor = [18, 1, 0, 2, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1];
    assert_eq!(fixture.gadget.write(0, &descriptor[..9]), Err(ControllerError::Overflow));
    for (index, packet) in descriptor.chunks(8).enumerate() {
        fixture.gadget.write(0, packet).unwrap();
        let last = index == 2;
        let status = Events { out_ready: u16::from(last), ..taken(0) };
        assert_eq!(fixture.next(), status);
    }
    // Its size of packets is the controller's.
    let mut sent = descriptor;
    sent[7] = 64;
    fixture.fake.called(&format!("ep0 write {sent:?} short"));
    assert_eq!(fixture.gadget.read(0, &mut []), Ok(0));
    assert_eq!(fixture.gadget.read(0, &mut []), Err(ControllerError::WouldBlock));
}

#[test]
fn endpoints_are_there_before_the_host_hears_of_it() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.gadget.write(1, &[1]), Err(ControllerError::WouldBlock));
    assert_eq!(fixture.gadget.write(5, &[1]), Err(ControllerError::Invalid));
    fixture.setup([0, 9, 1, 0, 0, 0, 0, 0]);
    fixture.gadget.write(0, &[]).unwrap();
    assert_eq!(fixture.next(), taken(0));
    let calls = fixture.fake.wires().calls.clone();
    let expected = ["run", "enable 0x01 as 1", "enable 0x81 as 2", "configure", "ep0 read 0"];
    assert_eq!(calls, expected);
}

#[test]
fn data_comes_in_one_stage_and_is_read_in_packets() {
    let mut fixture = Fixture::new();
    fixture.fake.change(|wires| wires.data.push_back((0..10).collect()));
    fixture.setup([0x40, 1, 0, 0, 0, 0, 10, 0]);
    // It is not refused, so it is taken.
    assert_eq!(fixture.next(), came(0));
    let mut room = [0; 8];
    assert_eq!(fixture.gadget.read(0, &mut room[..7]), Err(ControllerError::Overflow));
    assert_eq!((fixture.gadget.read(0, &mut room), room), (Ok(8), [0, 1, 2, 3, 4, 5, 6, 7]));
    assert_eq!(fixture.next(), came(0));
    assert_eq!((fixture.gadget.read(0, &mut room), &room[..2]), (Ok(2), &[8, 9][..]));
    fixture.gadget.write(0, &[]).unwrap();
    assert_eq!(fixture.next(), taken(0));
}

#[test]
fn a_refused_request_stalls_and_a_new_one_voids_the_old() {
    let mut fixture = Fixture::new();
    fixture.setup([0x40, 9, 0, 0, 0, 0, 10, 0]);
    fixture.gadget.set_stalled(0x80, true);
    assert!(fixture.gadget.is_stalled(0));
    fixture.fake.called("ep0 stall");
    fixture.event(kernel::Event::Control([0xc0, 1, 0, 0, 0, 0, 4, 0]));
    let mut happened = fixture.gadget.happened();
    assert!(wait_any(&mut [&mut *happened], Some(LONG)));
    // Not told yet: what is written belongs to the request before.
    fixture.gadget.write(0, b"old").unwrap();
    assert!(fixture.gadget.poll().setup.is_some() && !fixture.gadget.is_stalled(0));
    fixture.gadget.write(0, b"new!").unwrap();
    fixture.fake.called(&format!("ep0 write {:?}", b"new!"));
}

#[test]
fn packets_go_both_ways() {
    let mut fixture = Fixture::configured();
    fixture.fake.change(|wires| {
        wires.out.entry(OUT).or_default().extend([b"one".to_vec(), b"two".to_vec()]);
    });
    let mut room = [0; 512];
    for expected in [b"one", b"two"] {
        assert_eq!(fixture.next(), came(1));
        assert_eq!(fixture.gadget.read(1, &mut [0; 2]), Err(ControllerError::Overflow));
        assert_eq!(fixture.gadget.read(1, &mut room), Ok(3));
        assert_eq!(&room[..3], expected);
    }
    assert_eq!(fixture.gadget.read(1, &mut room), Err(ControllerError::WouldBlock));

    assert_eq!(fixture.gadget.write(1, &[0; 513]), Err(ControllerError::Overflow));
    fixture.gadget.write(1, b"in").unwrap();
    assert_eq!(fixture.gadget.write(1, b"in"), Err(ControllerError::WouldBlock));
    fixture.fake.change(|wires| wires.takes = 1);
    assert_eq!(fixture.next(), taken(1));
    fixture.fake.called(&format!("write {:?}", b"in"));
}

#[test]
fn a_halt_reaches_an_endpoint_that_waits() {
    let mut fixture = Fixture::configured();
    fixture.gadget.set_stalled(0x01, true);
    assert!(fixture.gadget.is_stalled(0x01) && !fixture.gadget.is_stalled(0x81));
    fixture.fake.called("halt 1 true");
    fixture.gadget.set_stalled(0x01, false);
    fixture.fake.called("halt 1 false");
    fixture.fake.change(|wires| wires.out.entry(OUT).or_default().push_back(vec![7]));
    assert_eq!(fixture.next(), came(1));
}

/// `dummy_hcd` and most controllers answer CLEAR_FEATURE themselves.
#[test]
fn a_halt_that_the_controller_clears_is_told() {
    let mut fixture = Fixture::configured();
    // A packet that was written before goes first.
    fixture.gadget.write(1, b"data").unwrap();
    fixture.gadget.set_stalled(0x81, true);
    assert!(!fixture.fake.wires().calls.contains(&"halt 2 true".to_owned()));
    fixture.fake.change(|wires| (wires.takes, wires.full) = (2, 3));
    assert_eq!(fixture.next(), taken(1));
    fixture.fake.called("halt 2 true");
    // This one waits in the kernel.
    fixture.gadget.write(1, b"status").unwrap();
    while !fixture.fake.wires().waiting.contains(&2) {
        std::thread::yield_now();
    }
    assert_eq!(fixture.gadget.poll(), Events::default());
    fixture.fake.change(|wires| wires.halted.clear());
    let cleared = Some([0x02, 1, 0, 0, 0x81, 0, 0, 0]);
    assert_eq!(fixture.next(), Events { setup: cleared, ..taken(1) });
    // The kernel hears nothing of what the gadget does about it.
    let calls = fixture.fake.wires().calls.len();
    fixture.gadget.set_stalled(0x81, false);
    fixture.gadget.write(0, &[]).unwrap();
    assert_eq!(fixture.next(), taken(0));
    assert!(!fixture.gadget.is_stalled(0x81));
    assert_eq!(fixture.fake.wires().calls.len(), calls);
}

/// Linux 6.1 has no events for them.
#[test]
fn a_reset_is_known_by_its_endpoints() {
    let mut fixture = Fixture::configured();
    fixture.fake.change(|wires| wires.down = true);
    let bus = BusEvents { reset: true, ..BusEvents::default() };
    assert_eq!(fixture.next(), Events { bus, ..Events::default() });
    fixture.fake.change(|wires| wires.down = false);
    fixture.setup([0, 9, 1, 0, 0, 0, 0, 0]);
    fixture.gadget.write(0, &[]).unwrap();
    assert_eq!(fixture.next(), taken(0));
    fixture.fake.change(|wires| wires.out.entry(3).or_default().push_back(vec![7]));
    assert_eq!(fixture.next(), came(1));
}

#[test]
fn a_reset_and_a_pulled_plug_disable_the_endpoints() {
    for (event, expected) in [
        (kernel::Event::Reset, BusEvents { reset: true, ..BusEvents::default() }),
        (kernel::Event::Disconnect, BusEvents { detached: true, ..BusEvents::default() }),
    ] {
        let mut fixture = Fixture::configured();
        fixture.gadget.write(1, b"lost").unwrap();
        fixture.event(event);
        assert_eq!(fixture.next(), Events { bus: expected, ..Events::default() });
        for call in ["disable 1", "disable 2"] {
            fixture.fake.called(call);
        }
        assert_eq!(fixture.gadget.write(1, b"x"), Err(ControllerError::WouldBlock));
        // Configured again, with other handles.
        fixture.setup([0, 9, 1, 0, 0, 0, 0, 0]);
        fixture.gadget.write(0, &[]).unwrap();
        assert_eq!(fixture.next(), taken(0));
        fixture.fake.change(|wires| wires.out.entry(3).or_default().push_back(vec![7]));
        assert_eq!(fixture.next(), came(1));
    }
}

#[test]
fn a_gadget_disconnects_and_connects_again() {
    let mut fixture = Fixture::configured();
    fixture.gadget.disable();
    assert_eq!(fixture.gadget.write(1, b"x"), Err(ControllerError::Invalid));
    assert_eq!(fixture.gadget.poll(), Events::default());
    // Nothing of it is left: neither threads nor the node.
    assert_eq!(Arc::strong_count(&fixture.fake), 2);
    fixture.gadget.enable(&[]).unwrap();
    fixture.event(kernel::Event::Suspend);
    assert!(fixture.next().bus.suspend);
}

#[test]
fn events_of_all_kernels_are_read() {
    use kernel::Event;
    assert_eq!(Event::parse(1, &[]), Event::Connect);
    let setup = [0x80, 6, 0, 1, 0, 0, 18, 0];
    assert_eq!(Event::parse(2, &setup), Event::Control(setup));
    assert_eq!(Event::parse(2, &setup[..7]), Event::Other);
    assert_eq!(Event::parse(5, &[]), Event::Reset);
    assert_eq!(Event::parse(99, &setup), Event::Other);
}
