//! What usb-device asks of a bus, on a port that is played by the test.

use alloc::vec;
use alloc::vec::Vec;

use usb_device::endpoint::{IsochronousSynchronizationType, IsochronousUsageType};

use super::*;
use crate::slot::Events;
use crate::testing::{Call, DETACHED, Fake, NOTHING, RESET, RESUME, SUSPEND, setup};

/// GET_DESCRIPTOR of the device, 64 bytes (USB 2.0, 9.4.3).
const GET_DEVICE: [u8; 8] = [0x80, 6, 0, 1, 0, 0, 64, 0];

const IN1: u8 = 0x81;
const OUT1: u8 = 0x01;

fn allocate(
    bus: &mut Bus<Fake>,
    direction: UsbDirection,
    address: Option<u8>,
    transfers: EndpointType,
    size: u16,
) -> Result<u8, UsbError> {
    bus.alloc_ep(direction, address.map(EndpointAddress::from), transfers, size, 1).map(u8::from)
}

/// Endpoint 0, and endpoint 1 in both directions.
fn enabled() -> (Bus<Fake>, Fake) {
    let fake = Fake::default();
    let mut bus = Bus::new(fake.clone());
    for direction in [UsbDirection::In, UsbDirection::Out] {
        allocate(&mut bus, direction, None, EndpointType::Bulk, 64).unwrap();
        let address = Some(direction as u8);
        allocate(&mut bus, direction, address, EndpointType::Control, 8).unwrap();
    }
    bus.enable();
    fake.calls();
    (bus, fake)
}

/// What a poll told, as what a test can compare.
fn poll(bus: &Bus<Fake>) -> (&'static str, u16, u16, u16) {
    match bus.poll() {
        PollResult::None => ("none", 0, 0, 0),
        PollResult::Reset => ("reset", 0, 0, 0),
        PollResult::Suspend => ("suspend", 0, 0, 0),
        PollResult::Resume => ("resume", 0, 0, 0),
        PollResult::Data { ep_out, ep_in_complete, ep_setup } => {
            ("data", ep_out, ep_in_complete, ep_setup)
        }
    }
}

fn write(bus: &Bus<Fake>, address: u8, packet: &[u8]) -> Result<usize, UsbError> {
    bus.write(address.into(), packet)
}

fn read(bus: &Bus<Fake>, address: u8) -> Result<Vec<u8>, UsbError> {
    let mut room = [0; 64];
    let len = bus.read(address.into(), &mut room)?;
    Ok(room[..len].to_vec())
}

#[test]
fn endpoints_are_given_in_order_and_taken_by_enabling() {
    let fake = Fake::default();
    let mut bus = Bus::new(fake.clone());
    let iso = EndpointType::Isochronous {
        synchronization: IsochronousSynchronizationType::Asynchronous,
        usage: IsochronousUsageType::Data,
    };
    let mut next = |direction, address, transfers, size| {
        allocate(&mut bus, direction, address, transfers, size)
    };
    use UsbDirection::{In, Out};
    // IN and OUT of one number are two endpoints, and endpoint 0 is not given unasked.
    assert_eq!(next(In, None, EndpointType::Bulk, 64), Ok(0x81));
    assert_eq!(next(Out, None, EndpointType::Bulk, 64), Ok(0x01));
    assert_eq!(next(In, Some(0x83), EndpointType::Interrupt, 31), Ok(0x83));
    assert_eq!(next(In, None, iso, 500), Ok(0x82));
    assert_eq!(next(In, None, EndpointType::Bulk, 64), Ok(0x84));
    assert_eq!(next(Out, Some(0), EndpointType::Control, 8), Ok(0));
    assert_eq!(next(In, Some(0x80), EndpointType::Control, 8), Ok(0x80));
    // Taken, of the other direction, of no endpoint, too large.
    for (direction, address) in [(In, 0x83), (In, 0x02), (Out, 0x82), (In, 0x90), (Out, 0x10)] {
        let refused = next(direction, Some(address), EndpointType::Bulk, 64);
        assert_eq!(refused, Err(UsbError::InvalidEndpoint), "{address:#x}");
    }
    // A number that is to be left free.
    assert_eq!(next(Out, None, EndpointType::Bulk, 0), Ok(0x02));
    let refused = next(Out, None, EndpointType::Bulk, 1025);
    assert_eq!(refused, Err(UsbError::EndpointMemoryOverflow));

    assert_eq!(fake.calls(), []);
    bus.enable();
    assert_eq!(
        fake.calls(),
        [Call::Enable(vec![
            (0x81, TransferType::Bulk, 64, 1),
            (0x01, TransferType::Bulk, 64, 1),
            (0x83, TransferType::Interrupt, 31, 1),
            (0x82, TransferType::Isochronous, 500, 1),
            (0x84, TransferType::Bulk, 64, 1),
            (0x00, TransferType::Control, 8, 1),
            (0x80, TransferType::Control, 8, 1),
        ])]
    );
}

#[test]
fn a_direction_has_fifteen_endpoints_beside_endpoint_0() {
    let mut bus = Bus::new(Fake::default());
    for number in 1..=15 {
        let next = allocate(&mut bus, UsbDirection::Out, None, EndpointType::Bulk, 8);
        assert_eq!(next, Ok(number));
    }
    let next = allocate(&mut bus, UsbDirection::Out, None, EndpointType::Bulk, 8);
    assert_eq!(next, Err(UsbError::EndpointOverflow));
}

#[test]
fn a_write_that_would_block_asks_nobody() {
    let (bus, fake) = enabled();
    assert_eq!(write(&bus, IN1, b"one"), Ok(3));
    assert_eq!(fake.calls(), [Call::Write(1, b"one".to_vec())]);
    assert_eq!(write(&bus, IN1, b"two"), Err(UsbError::WouldBlock));
    assert_eq!(fake.calls(), []);
    fake.happens(Events { in_complete: 2, ..NOTHING });
    assert_eq!(poll(&bus), ("data", 0, 2, 0));
    // An empty packet is a packet.
    assert_eq!(write(&bus, IN1, b""), Ok(0));
    assert_eq!(fake.calls(), [Call::Poll, Call::Write(1, Vec::new())]);
}

#[test]
fn a_packet_that_went_is_told_once() {
    let (bus, fake) = enabled();
    fake.happens(Events { in_complete: 2, ..NOTHING });
    assert_eq!(poll(&bus), ("data", 0, 2, 0));
    assert_eq!(poll(&bus), ("none", 0, 0, 0));
}

#[test]
fn a_packet_that_came_is_told_until_it_is_read() {
    let (bus, fake) = enabled();
    assert_eq!(read(&bus, OUT1), Err(UsbError::WouldBlock));
    assert_eq!(fake.calls(), []);
    fake.comes(1, b"here");
    assert_eq!(poll(&bus), ("data", 2, 0, 0));
    assert_eq!(poll(&bus), ("data", 2, 0, 0));
    fake.calls();
    assert_eq!(read(&bus, OUT1), Ok(b"here".to_vec()));
    assert_eq!(read(&bus, OUT1), Err(UsbError::WouldBlock));
    assert_eq!(fake.calls(), [Call::Read(1)]);
    assert_eq!(poll(&bus), ("none", 0, 0, 0));
}

#[test]
fn an_empty_packet_is_read() {
    let (bus, fake) = enabled();
    fake.comes(1, b"");
    poll(&bus);
    assert_eq!(read(&bus, OUT1), Ok(Vec::new()));
    assert_eq!(read(&bus, OUT1), Err(UsbError::WouldBlock));
}

#[test]
fn a_packet_that_does_not_fit_stays() {
    let (bus, fake) = enabled();
    fake.comes(1, b"four");
    poll(&bus);
    assert_eq!(bus.read(OUT1.into(), &mut [0; 3]), Err(UsbError::BufferOverflow));
    assert_eq!(read(&bus, OUT1), Ok(b"four".to_vec()));
    assert_eq!(write(&bus, IN1, &[0; 65]), Err(UsbError::BufferOverflow));
    assert_eq!(write(&bus, IN1, &[0; 64]), Ok(64));
}

/// TestClass of usb-device panics at a packet that it was not told of.
#[test]
fn a_packet_is_told_before_it_can_be_read() {
    let (bus, fake) = enabled();
    fake.comes(1, b"early");
    bus.wait(None);
    assert_eq!(read(&bus, OUT1), Err(UsbError::WouldBlock));
    assert_eq!(poll(&bus), ("data", 2, 0, 0));
    assert_eq!(read(&bus, OUT1), Ok(b"early".to_vec()));
}

#[test]
fn a_setup_packet_comes_with_its_event() {
    let (bus, fake) = enabled();
    fake.happens(setup(GET_DEVICE));
    assert_eq!(poll(&bus), ("data", 0, 0, 1));
    assert_eq!(poll(&bus), ("data", 0, 0, 1));
    assert_eq!(bus.read(0.into(), &mut [0; 7]), Err(UsbError::BufferOverflow));
    fake.calls();
    assert_eq!(read(&bus, 0), Ok(GET_DEVICE.to_vec()));
    assert_eq!(read(&bus, 0), Err(UsbError::WouldBlock));
    assert_eq!(fake.calls(), []);
    assert_eq!(poll(&bus), ("none", 0, 0, 0));
}

/// usb-device applies SET_ADDRESS when it hears that the status packet went,
/// and does not hear it beside a SETUP.
#[test]
fn what_went_before_a_setup_is_told_before_it() {
    let (bus, fake) = enabled();
    fake.inside().packets.push_back((0, b"data".to_vec()));
    fake.happens(Events { in_complete: 1, out_ready: 1, ..setup([0x21, 9, 0, 2, 0, 0, 4, 0]) });
    assert_eq!(poll(&bus), ("data", 0, 1, 0));
    // An answer to the request before must not be the answer to this one.
    assert_eq!(write(&bus, 0x80, b"stale"), Ok(5));
    bus.set_stalled(0x80.into(), true);
    assert_eq!(read(&bus, 0), Err(UsbError::WouldBlock));
    assert_eq!(fake.calls(), [Call::Poll]);
    assert!(bus.has_news());
    assert_eq!(poll(&bus), ("data", 0, 0, 1));
    assert_eq!(read(&bus, 0).unwrap()[0], 0x21);
    // And the data that came after it after it.
    assert!(bus.has_news());
    assert_eq!(poll(&bus), ("data", 1, 0, 0));
    assert_eq!(read(&bus, 0), Ok(b"data".to_vec()));
    assert_eq!(fake.calls(), [Call::Read(0)]);
}

#[test]
fn a_setup_packet_voids_what_was_on_endpoint_0() {
    let (bus, fake) = enabled();
    write(&bus, 0x80, b"old").unwrap();
    fake.comes(0, b"old");
    poll(&bus);
    fake.happens(setup(GET_DEVICE));
    assert_eq!(poll(&bus), ("data", 0, 0, 1));
    assert_eq!(read(&bus, 0), Ok(GET_DEVICE.to_vec()));
    assert_eq!(poll(&bus), ("none", 0, 0, 0));
    assert_eq!(write(&bus, 0x80, b"new"), Ok(3));
}

#[test]
fn stalls_are_known_without_asking() {
    let (bus, fake) = enabled();
    bus.set_stalled(IN1.into(), true);
    bus.set_stalled(IN1.into(), true);
    assert_eq!(fake.calls(), [Call::SetStalled(IN1, true)]);
    assert!(bus.is_stalled(IN1.into()) && !bus.is_stalled(OUT1.into()));
    bus.set_stalled(IN1.into(), false);
    // The data toggle starts over whether it stalled or not (9.4.5).
    bus.set_stalled(IN1.into(), false);
    let unstall = Call::SetStalled(IN1, false);
    assert_eq!(fake.calls(), [unstall.clone(), unstall]);
    assert!(!bus.is_stalled(IN1.into()));
    // A host may name any endpoint.
    bus.set_stalled(0x8f.into(), true);
    assert!(!bus.is_stalled(0x8f.into()));
    assert_eq!(fake.calls(), []);
}

#[test]
fn endpoint_0_stalls_until_the_next_setup() {
    let (bus, fake) = enabled();
    bus.set_stalled(0x80.into(), true);
    fake.happens(setup(GET_DEVICE));
    poll(&bus);
    assert!(!bus.is_stalled(0x80.into()));
    read(&bus, 0).unwrap();
    fake.calls();
    // usb-device un-stalls at each SETUP.
    bus.set_stalled(0.into(), false);
    assert_eq!(fake.calls(), []);
}

#[test]
fn a_reset_empties_and_arms_all_endpoints() {
    let (bus, fake) = enabled();
    write(&bus, IN1, b"old").unwrap();
    bus.set_stalled(OUT1.into(), true);
    fake.comes(1, b"old");
    poll(&bus);
    fake.happens(Events { in_complete: 1, ..RESET });
    fake.happens(setup(GET_DEVICE));
    assert_eq!(poll(&bus), ("reset", 0, 0, 0));
    bus.reset();
    assert_eq!(poll(&bus), ("data", 0, 1, 0)); // It came after the reset.
    assert!(!bus.is_stalled(OUT1.into()));
    assert_eq!(read(&bus, OUT1), Err(UsbError::WouldBlock));
    assert_eq!(write(&bus, IN1, b"new"), Ok(3));
    assert_eq!(poll(&bus), ("data", 0, 0, 1));
}

#[test]
fn a_suspended_bus_and_a_pulled_cable_are_one() {
    let (bus, fake) = enabled();
    for (event, told) in [(SUSPEND, "suspend"), (RESUME, "resume"), (DETACHED, "suspend")] {
        fake.happens(event);
        assert_eq!(poll(&bus).0, told);
    }
    bus.remote_wakeup();
    assert_eq!(fake.calls().last(), Some(&Call::RemoteWakeup));
}

#[test]
fn the_address_and_a_forced_reset_reach_the_port() {
    let (bus, fake) = enabled();
    bus.set_device_address(7);
    assert_eq!(fake.calls(), [Call::SetAddress(7)]);
    bus.force_reset().unwrap();
    assert!(matches!(&fake.calls()[..], [Call::Disable, Call::Enable(all)] if all.len() == 4));
    assert_eq!(bus.speed(), Speed::High);
}

/// Classes panic at errors that are not theirs to cause.
#[test]
fn a_port_without_a_host_would_block() {
    let (bus, fake) = enabled();
    fake.comes(1, b"lost");
    poll(&bus);
    fake.inside().error = Some(Error::Invalid);
    assert_eq!(write(&bus, IN1, b"packet"), Err(UsbError::WouldBlock));
    assert_eq!(read(&bus, OUT1), Err(UsbError::WouldBlock));
    assert_eq!(bus.failed(), None);
    fake.inside().error = Some(Error::Gone);
    assert_eq!(write(&bus, IN1, b"packet"), Err(UsbError::WouldBlock));
    assert_eq!(bus.failed(), Some(Error::Gone));
    // What the gadget has not is its own mistake.
    assert_eq!(write(&bus, 0x82, b""), Err(UsbError::InvalidEndpoint));
    assert_eq!(write(&bus, OUT1, b""), Err(UsbError::InvalidEndpoint));
    assert_eq!(read(&bus, 0x02), Err(UsbError::InvalidEndpoint));
}

#[test]
fn after_a_wait_a_poll_asks_nobody() {
    let (bus, fake) = enabled();
    let second = Some(Duration::from_secs(1));
    bus.wait(second);
    assert_eq!(poll(&bus), ("none", 0, 0, 0));
    assert_eq!(fake.calls(), [Call::Wait(second)]);
    assert_eq!(poll(&bus), ("none", 0, 0, 0));
    assert_eq!(fake.calls(), [Call::Poll]);
    fake.comes(1, b"x");
    bus.wait(None);
    bus.wait(None); // Nobody was told yet.
    assert_eq!(poll(&bus), ("data", 2, 0, 0));
    assert_eq!(fake.calls(), [Call::Wait(None)]);
}
