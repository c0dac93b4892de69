//! Bulk and interrupt endpoints, packet by packet.

use crate::{
    ControllerError, EndpointConfig, PortSpeed, Request, Transfer, TransferType, UsbController,
    UsbError,
};

use super::super::Cable;
use super::hand::{BULK, INTERRUPT};
use super::host::*;

#[test]
fn the_host_waits_until_the_gadget_reads() {
    let mut bench = Bench::new(PortSpeed::Full);
    let mut interface = bench.open().claim(0).unwrap();
    let mut pipe = interface.pipe(BULK).unwrap();
    assert!(bench.hand.has_none(BULK));
    start(&mut *pipe, [Request::Out(bytes(130)), Request::Out(Vec::new())]);
    let mut room = [0; 64];
    for at in [0, 64] {
        assert_eq!(pipe.take(), None);
        assert_eq!(bench.hand.port.poll().out_ready, 1 << BULK);
        // Told once.
        assert_eq!(bench.hand.port.poll().out_ready, 0);
        assert_eq!(bench.hand.port.read(BULK, &mut room), Ok(64));
        assert_eq!(room, bytes(130)[at..at + 64]);
    }
    // The last packet is in the gadget's buffer: for the host it is done.
    assert_eq!(ended(&mut *pipe), (0, Ok(()), 130));
    assert_eq!(bench.hand.port.read(BULK, &mut room), Ok(2));
    // An empty packet is one.
    assert_eq!(ended(&mut *pipe), (1, Ok(()), 0));
    assert_eq!(bench.hand.port.read(BULK, &mut room), Ok(0));
    assert!(bench.hand.has_none(BULK));
}

#[test]
fn the_gadget_waits_until_the_host_asks() {
    let mut bench = Bench::new(PortSpeed::Full);
    let mut interface = bench.open().claim(0).unwrap();
    let mut pipe = interface.pipe(0x80 | BULK).unwrap();
    let port = &mut bench.hand.port;
    assert_eq!(port.write(BULK, &bytes(64)), Ok(()));
    assert_eq!(port.write(BULK, &[9]), Err(ControllerError::WouldBlock));
    assert_eq!(port.poll().in_complete, 0);
    start(&mut *pipe, [room(64), room(100), room(100)]);
    assert_eq!((port.poll().in_complete, port.poll().in_complete), (1 << BULK, 0));
    assert_eq!(ended(&mut *pipe), (0, Ok(()), 64));
    // A full packet does not end a longer transfer, a short one does.
    assert_eq!(port.write(BULK, &bytes(64)), Ok(()));
    assert_eq!(pipe.take(), None);
    assert_eq!(port.write(BULK, &[1]), Ok(()));
    assert_eq!(ended(&mut *pipe), (1, Ok(()), 65));
    assert_eq!(port.write(BULK, &[]), Ok(()));
    assert_eq!(ended(&mut *pipe), (2, Ok(()), 0));
}

#[test]
fn memory_comes_back() {
    let mut bench = Bench::new(PortSpeed::High);
    let mut interface = bench.open().claim(0).unwrap();
    let mut pipe = interface.pipe(0x80 | BULK).unwrap();
    let room = Vec::with_capacity(4096);
    let place = room.as_ptr();
    start(&mut *pipe, [Request::In { len: 4096, room }]);
    for _ in 0..8 {
        bench.hand.port.write(BULK, &[5; 512]).unwrap();
    }
    let data = pipe.take().unwrap().data;
    assert_eq!((data.len(), data.as_ptr()), (4096, place));
    let mut pipe = interface.pipe(BULK).unwrap();
    start(&mut *pipe, [Request::Out(data)]);
    for _ in 0..8 {
        assert_eq!(bench.hand.port.read(BULK, &mut [0; 512]), Ok(512));
    }
    assert_eq!(pipe.take().unwrap().data.as_ptr(), place);
}

#[test]
fn a_packet_that_does_not_fit_stays() {
    let mut bench = Bench::new(PortSpeed::Full);
    let mut interface = bench.open().claim(0).unwrap();
    let mut pipe = interface.pipe(INTERRUPT).unwrap();
    start(&mut *pipe, [Request::Out(bytes(70))]);
    let port = &mut bench.hand.port;
    assert_eq!(port.read(INTERRUPT, &mut [0; 63]), Err(ControllerError::Overflow));
    assert_eq!(port.read(INTERRUPT, &mut [0; 64]), Ok(64));
    assert_eq!(port.read(INTERRUPT, &mut [0; 5]), Err(ControllerError::Overflow));
    assert_eq!(port.read(INTERRUPT, &mut [0; 6]), Ok(6));
    assert_eq!(port.write(INTERRUPT, &[0; 65]), Err(ControllerError::Overflow));
    assert_eq!(port.write(9, &[]), Err(ControllerError::Invalid));
    assert_eq!(port.read(200, &mut []), Err(ControllerError::Invalid));
}

#[test]
fn more_than_there_is_room_for_is_babble() {
    let mut bench = Bench::new(PortSpeed::Full);
    let mut interface = bench.open().claim(0).unwrap();
    let mut pipe = interface.pipe(0x80 | BULK).unwrap();
    start(&mut *pipe, [room(10), room(10)]);
    assert_eq!(bench.hand.port.write(BULK, &bytes(11)), Ok(()));
    assert_eq!(bench.hand.port.write(BULK, &bytes(10)), Ok(()));
    let first = pipe.take().unwrap();
    assert_eq!((first.status, first.data), (Err(UsbError::Overflow), bytes(10)));
    assert_eq!(ended(&mut *pipe), (1, Ok(()), 10));
}

#[test]
fn a_stall_ends_all_until_the_gadget_takes_it_back() {
    let mut bench = Bench::new(PortSpeed::Full);
    let mut interface = bench.open().claim(0).unwrap();
    for address in [BULK, 0x80 | BULK] {
        let mut pipe = interface.pipe(address).unwrap();
        let request = |len| if address == BULK { Request::Out(bytes(len)) } else { room(len) };
        start(&mut *pipe, [request(200), request(200)]);
        bench.hand.port.set_stalled(address, true);
        assert!(bench.hand.port.is_stalled(address));
        start(&mut *pipe, [request(3)]);
        for tag in [0, 1, 0] {
            assert_eq!(ended(&mut *pipe), (tag, Err(UsbError::Stall), 0));
        }
        assert!(bench.hand.has_none(BULK));
        let cleared = bench.while_it_answers(|| pipe.clear_halt());
        assert_eq!((cleared, bench.hand.port.is_stalled(address)), (Ok(()), false));
        assert_eq!(bench.hand.seen.last(), Some(&[0x02, 1, 0, 0, address, 0, 0, 0]));
        start(&mut *pipe, [request(3)]);
        match address {
            BULK => assert_eq!(bench.hand.port.read(BULK, &mut [0; 64]), Ok(3)),
            _ => bench.hand.port.write(BULK, &[1, 2, 3]).unwrap(),
        }
        assert_eq!(ended(&mut *pipe), (0, Ok(()), 3));
    }
}

/// As usbd-storage ends an answer that is shorter than what the host asked for.
#[test]
fn what_was_written_before_a_stall_goes_first() {
    let mut bench = Bench::new(PortSpeed::Full);
    let mut interface = bench.open().claim(0).unwrap();
    let mut pipe = interface.pipe(0x80 | BULK).unwrap();
    bench.hand.port.write(BULK, &[1, 2, 3, 4]).unwrap();
    bench.hand.port.set_stalled(0x80 | BULK, true);
    start(&mut *pipe, [room(64), room(64)]);
    assert_eq!(ended(&mut *pipe), (0, Ok(()), 4));
    assert_eq!(ended(&mut *pipe), (1, Err(UsbError::Stall), 0));
    bench.hand.port.write(BULK, &[5]).unwrap();
    assert_eq!(bench.while_it_answers(|| pipe.clear_halt()), Ok(()));
    start(&mut *pipe, [room(64)]);
    assert_eq!(ended(&mut *pipe), (0, Ok(()), 1));
}

#[test]
fn what_was_transferred_before_a_cancel_counts() {
    let mut bench = Bench::new(PortSpeed::Full);
    let mut interface = bench.open().claim(0).unwrap();
    let mut to = interface.pipe(BULK).unwrap();
    start(&mut *to, [200, 3, 4].map(|len| Request::Out(bytes(len))));
    let mut room_for = [0; 64];
    assert_eq!(bench.hand.port.read(BULK, &mut room_for), Ok(64));
    assert_eq!(bench.hand.port.poll().out_ready, 1 << BULK);
    to.cancel(1);
    // Those before it go on, and it ends after them.
    assert_eq!(to.take(), None);
    to.cancel(0);
    // The second packet was promised to the gadget.
    assert_eq!(ended(&mut *to), (0, Err(UsbError::Cancelled), 128));
    assert_eq!(ended(&mut *to), (1, Err(UsbError::Cancelled), 0));
    assert_eq!(bench.hand.port.poll().out_ready, 0);
    assert_eq!(bench.hand.port.read(BULK, &mut room_for), Ok(64));
    assert_eq!(room_for, bytes(200)[64..128]);
    assert_eq!(ended(&mut *to), (2, Ok(()), 4));
    let mut from = interface.pipe(0x80 | BULK).unwrap();
    start(&mut *from, [room(200), room(200)]);
    bench.hand.port.write(BULK, &bytes(64)).unwrap();
    from.cancel_all();
    let first = from.take().unwrap();
    assert_eq!((first.status, first.data), (Err(UsbError::Cancelled), bytes(64)));
    assert_eq!(ended(&mut *from), (1, Err(UsbError::Cancelled), 0));
}

#[test]
fn pulling_the_plug_ends_half_a_transfer() {
    let mut bench = Bench::new(PortSpeed::High);
    let device = bench.open();
    let mut interface = device.claim(0).unwrap();
    let mut to = interface.pipe(BULK).unwrap();
    let mut from = interface.pipe(0x80 | BULK).unwrap();
    start(&mut *to, [Request::Out(bytes(2000)), Request::Out(bytes(1))]);
    start(&mut *from, [room(2000)]);
    assert_eq!(bench.hand.port.read(BULK, &mut [0; 512]), Ok(512));
    bench.hand.port.write(BULK, &bytes(512)).unwrap();
    bench.cable.pull(1);
    assert_eq!(ended(&mut *to), (0, Err(UsbError::Gone), 512));
    assert_eq!(ended(&mut *to), (1, Err(UsbError::Gone), 0));
    assert_eq!(ended(&mut *from), (0, Err(UsbError::Gone), 512));
    let refused = to.submit(Transfer { tag: 0, request: Request::Out(Vec::new()) });
    assert_eq!(refused, Err(UsbError::Gone));
    assert_eq!(to.clear_halt(), Err(UsbError::Gone));
    assert_eq!(interface.pipe(INTERRUPT).err(), Some(UsbError::Gone));
    assert_eq!(interface.set_alternate(0), Err(UsbError::Gone));
    assert_eq!(device.configuration(), Err(UsbError::Gone));
    assert_eq!(device.reset(), Err(UsbError::Gone));
    assert!(bench.hand.has_none(BULK));
}

#[test]
fn another_setting_ends_the_pipes_of_the_first() {
    let mut bench = Bench::new(PortSpeed::High);
    let mut interface = bench.open().claim(0).unwrap();
    let mut pipe = interface.pipe(0x80 | BULK).unwrap();
    assert_eq!(interface.pipe(0x80 | BULK).err(), Some(UsbError::Busy));
    start(&mut *pipe, [room(9)]);
    assert_eq!(bench.while_it_answers(|| interface.set_alternate(1)), Ok(()));
    assert_eq!(bench.hand.seen.last(), Some(&[0x01, 11, 1, 0, 0, 0, 0, 0]));
    assert_eq!(ended(&mut *pipe), (0, Err(UsbError::Cancelled), 0));
    let refused = pipe.submit(Transfer { tag: 0, request: room(9) });
    assert_eq!(refused, Err(UsbError::NotFound));
    assert_eq!(interface.pipe(0x80 | BULK).err(), Some(UsbError::NotFound));
    // Given back, it is in its first setting again.
    drop(interface);
    bench.hand.run();
    assert_eq!(bench.hand.seen.last(), Some(&[0x01, 11, 0, 0, 0, 0, 0, 0]));
    assert!(bench.open().claim(0).unwrap().pipe(0x80 | BULK).is_ok());
}

#[test]
fn another_configuration_needs_all_interfaces() {
    let mut bench = Bench::new(PortSpeed::High);
    let device = bench.open();
    let interface = device.claim(0).unwrap();
    assert_eq!(device.claim(1).err(), Some(UsbError::NotFound));
    assert_eq!(device.set_configuration(0), Err(UsbError::Busy));
    drop(interface);
    assert_eq!(device.set_configuration(2), Err(UsbError::NotFound));
    assert_eq!(bench.while_it_answers(|| device.set_configuration(0)), Ok(()));
    assert_eq!(device.configuration(), Ok(0));
    assert_eq!(bench.host.devices()[0].interfaces, []);
    assert_eq!(device.claim(0).err(), Some(UsbError::NotFound));
    assert_eq!(bench.while_it_answers(|| device.set_configuration(1)), Ok(()));
    assert_eq!(bench.host.devices()[0].interfaces.len(), 1);
    assert!(device.claim(0).is_ok());
}

#[test]
fn transfers_are_bounded() {
    let bench = Bench::new(PortSpeed::High);
    let mut interface = bench.open().claim(0).unwrap();
    let mut pipe = interface.pipe(0x80 | BULK).unwrap();
    let huge = Transfer { tag: 0, request: room((16 << 20) + 1) };
    assert_eq!(pipe.submit(huge), Err(UsbError::Exhausted));
    start(&mut *pipe, (0..1024).map(|_| room(16 << 20)));
    let one_more = pipe.submit(Transfer { tag: 0, request: room(1) });
    assert_eq!((one_more, pipe.pending()), (Err(UsbError::Exhausted), 1024));
    pipe.cancel_all();
    for tag in 0..1024 {
        assert_eq!(ended(&mut *pipe), (tag, Err(UsbError::Cancelled), 0));
    }
}

/// 5.5.3, 5.6.3, 5.7.3, 5.8.3: what sizes a port can have.
#[test]
fn packet_sizes_are_those_of_the_speed() {
    use TransferType::{Bulk, Control, Interrupt, Isochronous};
    let (full, high) = (PortSpeed::Full, PortSpeed::High);
    let known = [
        (full, Control, 8, true),
        (full, Control, 9, false),
        (high, Control, 64, true),
        (high, Control, 8, false),
        (full, Bulk, 64, true),
        (full, Bulk, 512, false),
        (high, Bulk, 512, true),
        (high, Bulk, 64, false),
        (full, Interrupt, 64, true),
        (full, Interrupt, 65, false),
        (high, Interrupt, 1024, true),
        (high, Interrupt, 1025, false),
        (full, Isochronous, 1023, true),
        (full, Isochronous, 1024, false),
        (high, Isochronous, 1024, true),
        (high, Isochronous, 1025, false),
    ];
    for (speed, transfers, max_packet_size, good) in known {
        let cable = Cable::new(1);
        let mut port = cable.plug(None, speed).unwrap();
        let number = u8::from(transfers != Control);
        let zero = if speed == high { 64 } else { 8 };
        let end = |address, transfers, max_packet_size| EndpointConfig {
            address,
            transfers,
            max_packet_size,
            interval: 1,
        };
        let mut ends = vec![end(number, transfers, max_packet_size)];
        let others = [0, 0x80].map(|address| end(address, Control, zero));
        ends.extend(others.iter().filter(|other| other.address != number));
        let expected = if good { Ok(()) } else { Err(ControllerError::Invalid) };
        assert_eq!(port.enable(&ends), expected, "{speed:?} {transfers:?} {max_packet_size}");
    }
}
