//! Isochronous streams.

use crate::{Packet, PortSpeed, Request, Transfer, UsbController, UsbError};

use super::hand::ISOCHRONOUS;
use super::host::*;

fn second_setting(speed: PortSpeed) -> (Bench, Box<dyn crate::UsbInterface>) {
    let mut bench = Bench::new(speed);
    let mut interface = bench.open().claim(0).unwrap();
    assert_eq!(bench.while_it_answers(|| interface.set_alternate(1)), Ok(()));
    (bench, interface)
}

#[test]
fn packets_come_in_their_order_one_in_an_interval() {
    for speed in [PortSpeed::Full, PortSpeed::High] {
        let (mut bench, mut interface) = second_setting(speed);
        let mut pipe = interface.pipe(0x80 | ISOCHRONOUS).unwrap();
        start(&mut *pipe, [3, 4].map(|count| Request::IsochronousIn { packets: vec![100; count] }));
        let mut sent = 0;
        let mut got = Vec::new();
        while got.len() < 2 {
            if bench.hand.port.write(ISOCHRONOUS, &vec![sent; usize::from(sent)]).is_ok() {
                sent += 1;
            }
            got.extend(pipe.take());
        }
        let mut expected = 0_u8;
        for (completed, count) in got.iter().zip([3, 4]) {
            assert_eq!((completed.status, completed.packets.len()), (Ok(()), count));
            let mut data = completed.data.iter();
            // A machine that sleeps loses packets, as a wire does.
            for packet in completed.packets.iter().filter(|packet| packet.status.is_ok()) {
                assert_eq!(packet.actual, u32::from(expected));
                assert!(data.by_ref().take(expected.into()).all(|byte| *byte == expected));
                expected += 1;
            }
            assert_eq!(data.next(), None);
        }
        assert!(expected > 0);
    }
}

#[test]
fn packets_go_out_as_they_were_cut() {
    let (mut bench, mut interface) = second_setting(PortSpeed::High);
    let mut pipe = interface.pipe(ISOCHRONOUS).unwrap();
    let data = bytes(1024 + 7);
    start(&mut *pipe, [Request::IsochronousOut { data: data.clone(), packets: vec![0, 1024, 7] }]);
    let mut room = [0; 1024];
    let mut start = 0;
    let completed = loop {
        if let Ok(len) = bench.hand.port.read(ISOCHRONOUS, &mut room) {
            assert_eq!(room[..len], data[start..start + len]);
            start += len;
        }
        if let Some(completed) = pipe.take() {
            break completed;
        }
    };
    assert_eq!(completed.data, data);
    if completed.packets.iter().all(|packet| packet.status.is_ok()) {
        let lens: Vec<_> = completed.packets.iter().map(|packet| packet.actual).collect();
        assert_eq!((lens, completed.actual), (vec![0, 1024, 7], 1031));
    }
}

#[test]
fn a_gadget_that_is_not_ready_loses_packets() {
    let (mut bench, mut interface) = second_setting(PortSpeed::High);
    let mut from = interface.pipe(0x80 | ISOCHRONOUS).unwrap();
    let mut to = interface.pipe(ISOCHRONOUS).unwrap();
    start(&mut *from, [Request::IsochronousIn { packets: vec![100; 5] }]);
    let out = Request::IsochronousOut { data: bytes(30), packets: vec![10; 3] };
    start(&mut *to, [out]);
    let missed = Packet { status: Err(UsbError::Protocol), actual: 0 };
    let completed = end(&mut *from);
    assert_eq!((completed.status, completed.packets), (Ok(()), vec![missed; 5]));
    let completed = end(&mut *to);
    // The first is in the gadget's buffer.
    let first = Packet { status: Ok(()), actual: 10 };
    assert_eq!((completed.actual, completed.packets), (10, vec![first, missed, missed]));
    let mut room = [0; 1024];
    assert_eq!(bench.hand.port.read(ISOCHRONOUS, &mut room), Ok(10));
    assert_eq!(room[..10], bytes(10));
}

#[test]
fn packets_and_lengths_must_fit() {
    let (bench, mut interface) = second_setting(PortSpeed::Full);
    let mut from = interface.pipe(0x80 | ISOCHRONOUS).unwrap();
    let mut to = interface.pipe(ISOCHRONOUS).unwrap();
    let wrong_in = [vec![], vec![201], vec![u32::MAX; 2]];
    for packets in wrong_in {
        let request = Request::IsochronousIn { packets };
        assert_eq!(from.submit(Transfer { tag: 0, request }), Err(UsbError::Invalid));
    }
    let packets = vec![1; 5000];
    let request = Request::IsochronousIn { packets };
    assert_eq!(from.submit(Transfer { tag: 0, request }), Err(UsbError::Exhausted));
    for packets in [vec![5, 6], vec![12]] {
        let request = Request::IsochronousOut { data: bytes(10), packets };
        assert_eq!(to.submit(Transfer { tag: 0, request }), Err(UsbError::Invalid));
    }
    start(&mut *from, [Request::IsochronousIn { packets: vec![100; 5] }]);
    bench.cable.pull(1);
    assert_eq!(ended(&mut *from), (0, Err(UsbError::Gone), 0));
}
