//! Endpoint 0, stage by stage.

use crate::{
    BusEvents, Completed, ControllerError, PortSpeed, Request, Setup, UsbController, UsbError,
};

use super::hand::{GIVE, KEEP};
use super::host::*;

const KEEP_IT: Setup = Setup { request_type: 0x40, request: KEEP, value: 0, index: 0 };
const GIVE_IT: Setup = Setup { request_type: 0xc0, request: GIVE, value: 0, index: 0 };

/// The requests of 9.4, in the order of 9.1.2.
#[test]
fn a_device_is_asked_what_it_is() {
    let bench = Bench::new(PortSpeed::Full);
    let total = bench.hand.configuration.len() as u8;
    let asked = [
        [0x80, 6, 0, 1, 0, 0, 8, 0],
        [0x00, 5, 1, 0, 0, 0, 0, 0],
        [0x80, 6, 0, 1, 0, 0, 18, 0],
        [0x80, 6, 0, 2, 0, 0, 9, 0],
        [0x80, 6, 0, 2, 0, 0, total, 0],
        [0x80, 6, 0, 3, 0, 0, 255, 0],
        [0x80, 6, 1, 3, 9, 4, 255, 0],
        [0x80, 6, 2, 3, 9, 4, 255, 0],
        [0x00, 9, 1, 0, 0, 0, 0, 0],
    ];
    assert_eq!(bench.hand.seen, asked);
    assert_eq!(bench.hand.resets, 1);
    let info = bench.host.devices().remove(0);
    assert_eq!(&info.descriptors[..18], bench.hand.device);
    assert_eq!(&info.descriptors[18..], bench.hand.configuration);
    assert_eq!(info.manufacturer.as_deref(), Some("Hand"));
    assert_eq!(info.product.as_deref(), Some("Grün 🔌"));
    assert_eq!((info.serial, info.bus), (None, 3));
    assert_eq!(info.interfaces[0].name.as_deref(), Some("Grün 🔌"));
}

#[test]
fn a_reset_is_told_with_what_came_after_it() {
    let mut bench = Bench::silent(PortSpeed::High);
    let events = bench.hand.port.poll();
    assert_eq!(events.bus, BusEvents { reset: true, attached: true, ..BusEvents::default() });
    assert_eq!(events.setup, Some([0x80, 6, 0, 1, 0, 0, 8, 0]));
    assert_eq!((events.out_ready, events.in_complete), (0, 0));
    assert_eq!(bench.hand.port.poll(), crate::Events::default());
}

#[test]
fn what_is_done_before_a_setup_is_told_is_void() {
    let mut bench = Bench::new(PortSpeed::Full);
    let device = bench.open();
    let mut control = device.control();
    start(&mut *control, [Request::ControlIn { setup: GIVE_IT, len: 8 }]);
    // Meant for the request before.
    assert_eq!(bench.hand.port.write(0, &[1, 2, 3]), Ok(()));
    bench.hand.port.set_stalled(0x80, true);
    assert_eq!(bench.hand.port.read(0, &mut [0; 8]), Err(ControllerError::WouldBlock));
    assert!(!bench.hand.port.is_stalled(0x80));
    bench.hand.run();
    assert_eq!(ended(&mut *control), (0, Ok(()), 0));
}

#[test]
fn a_new_address_is_awaited() {
    let mut bench = Bench::silent(PortSpeed::Full);
    let port = &mut bench.hand.port;
    assert!(port.poll().setup.is_some());
    port.write(0, &bench.hand.device[..8]).unwrap();
    // The status stage, and SET_ADDRESS, whose status stage follows.
    let events = port.poll();
    assert_eq!(events.setup, Some([0x00, 5, 1, 0, 0, 0, 0, 0]));
    port.write(0, &[]).unwrap();
    let events = port.poll();
    assert_eq!((events.setup, events.in_complete), (None, 1));
    port.set_address(1);
    assert_eq!(port.poll().setup, Some([0x80, 6, 0, 1, 0, 0, 18, 0]));
}

#[test]
fn requests_of_all_queues_go_one_after_the_other() {
    let mut bench = Bench::new(PortSpeed::Full);
    let device = bench.open();
    let (mut first, mut second) = (device.control(), device.control());
    let keep = |data: &[u8]| Request::ControlOut { setup: KEEP_IT, data: data.to_vec() };
    start(&mut *first, [keep(&bytes(20))]);
    start(&mut *second, [Request::ControlIn { setup: GIVE_IT, len: 64 }]);
    start(&mut *first, [keep(&[1])]);
    bench.hand.run();
    assert_eq!(ended(&mut *first), (0, Ok(()), 20));
    assert_eq!(second.take().unwrap().data, bytes(20));
    assert_eq!(ended(&mut *first), (0, Ok(()), 1));
    assert_eq!(first.take(), None);
}

#[test]
fn a_data_stage_of_whole_packets_ends() {
    for speed in [PortSpeed::Full, PortSpeed::High] {
        let mut bench = Bench::new(speed);
        let device = bench.open();
        let mut control = device.control();
        for len in [0, 1, 8, 63, 64, 65, 128, 1000] {
            let data = bytes(len);
            start(&mut *control, [Request::ControlOut { setup: KEEP_IT, data }]);
            // Asked for more, exactly this, and less.
            for asked in [len + 64, len, len / 2] {
                let len = asked as u16;
                start(&mut *control, [Request::ControlIn { setup: GIVE_IT, len }]);
            }
            bench.hand.run();
            assert_eq!(ended(&mut *control), (0, Ok(()), len));
            for asked in [len + 64, len, len / 2] {
                let got = control.take().unwrap();
                assert_eq!((got.status, got.data), (Ok(()), bytes(len.min(asked))));
            }
        }
    }
}

/// A request that is stopped after some packets, by `how`.
fn stopped_at(stage: usize, how: impl Fn(&mut Bench)) -> Vec<Completed> {
    let requests = [
        Request::ControlOut { setup: KEEP_IT, data: bytes(24) },
        Request::ControlIn { setup: GIVE_IT, len: 24 },
    ];
    let mut stopped = Vec::new();
    for request in requests {
        let mut bench = Bench::new(PortSpeed::Full);
        let device = bench.open();
        let mut control = device.control();
        start(&mut *control, [request]);
        let is_in = bench.hand.port.poll().setup.unwrap()[0] & 0x80 != 0;
        for at in 0..stage {
            match is_in {
                true => bench.hand.port.write(0, &bytes(24)[at * 8..][..8]).unwrap(),
                false => assert_eq!(bench.hand.port.read(0, &mut [0; 8]), Ok(8)),
            }
        }
        how(&mut bench);
        stopped.push(control.take().expect("it goes on"));
        assert_eq!(device.control().submit(transfer_of(0)).is_ok(), device.configuration().is_ok());
    }
    stopped
}

fn transfer_of(tag: u32) -> crate::Transfer {
    crate::Transfer { tag, request: Request::ControlIn { setup: GIVE_IT, len: 1 } }
}

#[test]
fn a_stall_ends_a_request_in_each_stage() {
    for stage in 0..3 {
        let stall = |bench: &mut Bench| {
            bench.hand.port.set_stalled(0x80, true);
            bench.hand.port.set_stalled(0x00, true);
        };
        let [to, from] = <[_; 2]>::try_from(stopped_at(stage, stall)).unwrap();
        assert_eq!((to.status, from.status), (Err(UsbError::Stall), Err(UsbError::Stall)));
        assert_eq!((from.actual, from.data), (8 * stage, bytes(8 * stage)));
        assert_eq!(to.data, bytes(24));
    }
}

#[test]
fn pulling_the_plug_ends_a_request_in_each_stage() {
    for stage in 0..3 {
        let gone = stopped_at(stage, |bench| bench.cable.pull(1));
        for completed in gone {
            assert_eq!(completed.status, Err(UsbError::Gone));
        }
    }
}

#[test]
fn a_cancelled_request_makes_room_for_the_next() {
    let mut bench = Bench::new(PortSpeed::Full);
    let device = bench.open();
    let mut control = device.control();
    let keep = Request::ControlOut { setup: KEEP_IT, data: bytes(24) };
    start(&mut *control, [keep.clone(), keep]);
    assert_eq!(bench.hand.port.poll().setup.unwrap()[0], 0x40);
    assert_eq!(bench.hand.port.read(0, &mut [0; 8]), Ok(8));
    control.cancel(0);
    // Two packets had gone: the second is void.
    assert_eq!(ended(&mut *control), (0, Err(UsbError::Cancelled), 16));
    bench.hand.run();
    assert_eq!(ended(&mut *control), (1, Ok(()), 24));
}

#[test]
fn more_than_was_asked_for_is_babble() {
    let mut bench = Bench::new(PortSpeed::High);
    let device = bench.open();
    let mut control = device.control();
    start(&mut *control, [Request::ControlIn { setup: GIVE_IT, len: 3 }]);
    assert!(bench.hand.port.poll().setup.is_some());
    assert_eq!(bench.hand.port.write(0, &[1, 2, 3, 4]), Ok(()));
    assert_eq!(ended(&mut *control), (0, Err(UsbError::Overflow), 3));
}

#[test]
fn requests_that_contradict_themselves_are_refused() {
    let bench = Bench::new(PortSpeed::High);
    let mut control = bench.open().control();
    let wrong = [
        Request::ControlIn { setup: KEEP_IT, len: 3 },
        Request::ControlOut { setup: GIVE_IT, data: Vec::new() },
        Request::ControlOut { setup: KEEP_IT, data: vec![0; 65536] },
        Request::Out(Vec::new()),
        room(1),
        Request::IsochronousIn { packets: vec![1] },
    ];
    for request in wrong {
        let refused = control.submit(crate::Transfer { tag: 1, request });
        assert_eq!(refused, Err(UsbError::Invalid));
    }
    assert_eq!((control.pending(), control.take()), (0, None));
}
