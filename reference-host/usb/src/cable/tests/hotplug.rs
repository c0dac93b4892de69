//! What comes and goes: plugs, resets, sleep.

use crate::{
    BusEvents, Change, PortSpeed, Request, Setup, Speed, UsbController, UsbError, wait_any,
};

use super::super::{Cable, NoPort};
use super::hand::{BULK, Hand};
use super::host::*;

#[test]
fn ports_are_given_once() {
    let cable = Cable::new(1);
    let first = cable.plug(Some(2), PortSpeed::Full).unwrap();
    assert_eq!(first.number(), 2);
    assert_eq!(cable.plug(Some(2), PortSpeed::Full).err(), Some(NoPort::Taken(2)));
    assert_eq!(cable.plug(Some(0), PortSpeed::Full).err(), Some(NoPort::Unknown(0)));
    assert_eq!(cable.plug(Some(16), PortSpeed::Full).err(), Some(NoPort::Unknown(16)));
    let others: Vec<_> = (1..15).map(|_| cable.plug(None, PortSpeed::High).unwrap()).collect();
    assert_eq!(others[1].number(), 3);
    assert_eq!(cable.plug(None, PortSpeed::Full).err(), Some(NoPort::Full));
    drop(first);
    assert_eq!(cable.plug(None, PortSpeed::Full).unwrap().number(), 2);
}

#[test]
fn who_watches_sees_devices_come_and_go() {
    let cable = Cable::new(1);
    let host = cable.host();
    let mut watch = host.watch();
    let mut hand = Hand::new(cable.plug(Some(4), PortSpeed::High).unwrap());
    hand.enable();
    assert_eq!((watch.next(), host.devices().len()), (None, 0));
    hand.run();
    let Some(Change::Connected(first)) = watch.next() else { panic!("nothing came") };
    assert_eq!((&*first.ports, first.speed), (&[4][..], Some(Speed::High)));
    assert_eq!(host.devices(), std::slice::from_ref(&first));
    // A listener hears what happens from then on.
    assert_eq!(host.watch().next(), None);
    cable.pull(4);
    assert_eq!(watch.next(), Some(Change::Disconnected(first.id)));
    assert_eq!(host.open(first.id).err(), Some(UsbError::Gone));
    assert_eq!(hand.port.poll().bus, BusEvents { detached: true, ..BusEvents::default() });
    cable.put_back(4);
    hand.run();
    let Some(Change::Connected(second)) = watch.next() else { panic!("nothing came") };
    assert_ne!(first.id, second.id);
    hand.port.disable();
    assert_eq!(watch.next(), Some(Change::Disconnected(second.id)));
    hand.enable();
    hand.run();
    assert!(matches!(watch.next(), Some(Change::Connected(_))));
    drop(hand);
    assert!(matches!(watch.next(), Some(Change::Disconnected(_))));
    assert_eq!((watch.next(), host.devices().len()), (None, 0));
}

#[test]
fn two_gadgets_do_not_hear_each_other() {
    let cable = Cable::new(1);
    let mut hands: Vec<_> = [PortSpeed::Full, PortSpeed::High]
        .map(|speed| Hand::new(cable.plug(None, speed).unwrap()))
        .into();
    for hand in &mut hands {
        hand.enable();
    }
    for hand in &mut hands {
        hand.run();
    }
    let host = cable.host();
    let found: Vec<_> = host.devices().iter().map(|info| (info.address, info.speed)).collect();
    assert_eq!(found, [(1, Some(Speed::Full)), (2, Some(Speed::High))]);
    let mut pipes = Vec::new();
    for info in host.devices() {
        let mut interface = host.open(info.id).unwrap().claim(0).unwrap();
        pipes.push((interface.pipe(BULK).unwrap(), interface));
    }
    for (at, (pipe, _)) in pipes.iter_mut().enumerate() {
        start(&mut **pipe, [Request::Out(vec![at as u8])]);
    }
    for (at, hand) in hands.iter_mut().enumerate() {
        let mut room = [9];
        assert_eq!((hand.port.read(BULK, &mut room), room), (Ok(1), [at as u8]));
        assert!(hand.has_none(BULK));
    }
    cable.pull(1);
    assert!(pipes[1].0.submit(crate::Transfer { tag: 0, request: room(0) }).is_err());
    assert_eq!(host.devices().len(), 1);
}

#[test]
fn a_reset_ends_transfers_and_the_device_goes_on() {
    let mut bench = Bench::new(PortSpeed::Full);
    let device = bench.open();
    let before = bench.host.devices();
    let mut watch = bench.host.watch();
    let mut interface = device.claim(0).unwrap();
    let mut pipe = interface.pipe(BULK).unwrap();
    start(&mut *pipe, [Request::Out(bytes(200)), Request::Out(bytes(3))]);
    assert_eq!(bench.hand.port.read(BULK, &mut [0; 64]), Ok(64));
    assert_eq!(bench.while_it_answers(|| device.reset()), Ok(()));
    assert_eq!(bench.hand.resets, 2);
    assert_eq!(ended(&mut *pipe), (0, Err(UsbError::Cancelled), 64));
    assert_eq!(ended(&mut *pipe), (1, Err(UsbError::Cancelled), 0));
    assert!(bench.hand.has_none(BULK));
    assert_eq!((bench.host.devices(), watch.next()), (before, None));
    assert_eq!(device.claim(0).err(), Some(UsbError::Busy));
    start(&mut *pipe, [Request::Out(bytes(3))]);
    assert_eq!(bench.hand.port.read(BULK, &mut [0; 64]), Ok(3));
    assert_eq!(bench.hand.seen.last(), Some(&[0, 9, 1, 0, 0, 0, 0, 0]));
}

#[test]
fn a_device_that_comes_back_as_another_is_new() {
    let mut bench = Bench::new(PortSpeed::Full);
    let device = bench.open();
    let before = bench.host.devices().remove(0);
    let mut watch = bench.host.watch();
    let mut interface = device.claim(0).unwrap();
    // A DFU gadget would come back so, for example.
    bench.hand.device[10] ^= 1;
    assert_eq!(bench.while_it_answers(|| device.reset()), Err(UsbError::Gone));
    assert_eq!(watch.next(), Some(Change::Disconnected(before.id)));
    let Some(Change::Connected(after)) = watch.next() else { panic!("nothing came") };
    assert_ne!(before.id, after.id);
    assert_eq!(after.product_id(), before.product_id() ^ 1);
    assert_eq!(interface.pipe(BULK).err(), Some(UsbError::Gone));
    assert!(bench.open().claim(0).is_ok());
}

#[test]
fn a_sleeping_bus_keeps_transfers_waiting() {
    let mut bench = Bench::new(PortSpeed::Full);
    let device = bench.open();
    let mut interface = device.claim(0).unwrap();
    let (mut to, mut from) = (interface.pipe(BULK).unwrap(), interface.pipe(0x80 | BULK).unwrap());
    bench.cable.suspend(1);
    bench.hand.step();
    assert_eq!((bench.hand.suspends, bench.hand.resumes), (1, 0));
    start(&mut *to, [Request::Out(bytes(3))]);
    start(&mut *from, [room(3)]);
    bench.hand.port.write(BULK, &bytes(3)).unwrap();
    assert!(bench.hand.has_none(BULK));
    assert_eq!((to.take(), from.take()), (None, None));
    bench.cable.resume(1);
    assert_eq!((ended(&mut *to), ended(&mut *from)), ((0, Ok(()), 3), (0, Ok(()), 3)));
    bench.hand.step();
    assert_eq!(bench.hand.resumes, 1);
    bench.cable.suspend(1);
    bench.hand.step();
    bench.hand.port.remote_wakeup();
    bench.hand.step();
    assert_eq!((bench.hand.suspends, bench.hand.resumes), (2, 2));
}

#[test]
fn events_happen_when_there_is_something() {
    let mut bench = Bench::new(PortSpeed::Full);
    let mut interface = bench.open().claim(0).unwrap();
    let mut pipe = interface.pipe(BULK).unwrap();
    let soon = Some(std::time::Duration::ZERO);
    let mut happened = bench.hand.port.happened();
    assert!(!wait_any(&mut [&mut *happened], soon));
    assert!(wait_any(&mut [&mut *pipe.ready()], soon), "nothing is in flight");
    start(&mut *pipe, [Request::Out(bytes(200))]);
    assert!(wait_any(&mut [&mut *happened], soon));
    assert!(!wait_any(&mut [&mut *pipe.ready()], soon));
    bench.hand.step();
    // Left unread, it wakes nobody.
    assert!(!wait_any(&mut [&mut *bench.hand.port.happened()], soon));
    std::thread::scope(|scope| {
        let mut ready = pipe.ready();
        let waiting = scope.spawn(move || wait_any(&mut [&mut *ready], Some(LONG)));
        while bench.hand.port.read(BULK, &mut [0; 64]) != Ok(8) {}
        assert!(waiting.join().unwrap());
    });
}

#[test]
fn what_is_done_before_a_reset_is_told_is_void() {
    let mut bench = Bench::new(PortSpeed::Full);
    let device = bench.open();
    let mut interface = device.claim(0).unwrap();
    let mut pipe = interface.pipe(0x80 | BULK).unwrap();
    let mut control = device.control();
    std::thread::scope(|scope| {
        let reset = scope.spawn(|| device.reset());
        while !bench.cable.0.with(|bus| bus.ports[0].is_enumerating()) {
            std::thread::yield_now();
        }
        // The gadget does not know yet.
        let port = &mut bench.hand.port;
        assert_eq!(port.write(BULK, &[1]), Ok(()));
        port.set_stalled(BULK, true);
        port.set_address(1);
        assert!(!port.is_stalled(BULK));
        // What others ask waits until the device is there again.
        let setup = Setup { request_type: 0x82, request: 0, value: 0, index: 0x81 };
        start(&mut *control, [Request::ControlIn { setup, len: 2 }]);
        while !reset.is_finished() {
            bench.hand.step();
        }
        assert_eq!(reset.join().unwrap(), Ok(()));
    });
    bench.hand.run();
    assert_eq!(ended(&mut *control), (0, Ok(()), 2));
    let [.., configured, asked] = &*bench.hand.seen else { panic!("nothing was asked") };
    assert_eq!((configured[1], asked[0]), (9, 0x82));
    start(&mut *pipe, [room(1)]);
    assert_eq!(pipe.take(), None);
}
