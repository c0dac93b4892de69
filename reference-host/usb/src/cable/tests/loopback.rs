//! Whatever is sent comes back, between threads.

use std::sync::Arc;

use proptest::prelude::*;

use crate::{PortSpeed, Request, Transfer, UsbHost};

use super::super::Cable;
use super::hand::{BULK, INTERRUPT, echo, sizes};
use super::host::*;

/// Sends data of all sizes around a packet's and has it sent back.
pub(crate) fn check(host: &Arc<dyn UsbHost>, speed: PortSpeed) {
    let (_, device) = device(host);
    let mut interface = device.claim(0).unwrap();
    for number in [BULK, INTERRUPT] {
        let size = usize::from(sizes(speed)[usize::from(number)]);
        let mut to = interface.pipe(number).unwrap();
        let mut from = interface.pipe(0x80 | number).unwrap();
        for len in [0, 1, size - 1, size, size + 1, 2 * size, 3 * size + 5, 20 * size] {
            // Many in flight: what comes back, then what goes.
            start(&mut *from, (0..4).map(|_| room(len)));
            start(&mut *to, (0..4).map(|at| Request::Out(bytes(len + at)[at..].to_vec())));
            for at in 0..4 {
                assert_eq!(end(&mut *to).actual, len);
                let got = end(&mut *from);
                let expected = &bytes(len + at)[at..];
                assert_eq!((got.status, &*got.data), (Ok(()), expected), "{number} {len}");
            }
        }
    }
}

#[test]
fn all_sizes_come_back() {
    for speed in [PortSpeed::Full, PortSpeed::High] {
        let cable = Cable::new(1);
        let _gadget = echo(cable.plug(None, speed).unwrap());
        check(&cable.host(), speed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// A stream of transfers, some cancelled: what comes back is what was
    /// transferred, in order.
    #[test]
    fn a_stream_comes_back_intact(
        transfers in prop::collection::vec((0_usize..2000, prop::bool::weighted(0.2)), 1..40),
        ask in 1_usize..5000,
    ) {
        let cable = Cable::new(1);
        let _gadget = echo(cable.plug(None, PortSpeed::High).unwrap());
        let (_, device) = device(&cable.host());
        let mut interface = device.claim(0).unwrap();
        let mut to = interface.pipe(BULK).unwrap();
        let mut from = interface.pipe(0x80 | BULK).unwrap();
        let ask = ask.next_multiple_of(512);
        start(&mut *from, (0..8).map(|_| room(ask)));
        let mut sent = Vec::new();
        let mut counter = 0_u32;
        for (tag, (len, _)) in (0..).zip(&transfers) {
            let data = (0..*len).map(|_| { counter += 1; (counter % 251) as u8 }).collect();
            to.submit(Transfer { tag, request: Request::Out(data) }).unwrap();
        }
        for (tag, (_, cancelled)) in (0..).zip(&transfers) {
            if *cancelled {
                to.cancel(tag);
            }
        }
        let mut got = Vec::new();
        for (tag, (_, cancelled)) in (0..).zip(&transfers) {
            // Not to wait for each other, both directions go on.
            while to.pending() == transfers.len() - tag as usize {
                crate::wait_any(&mut [&mut *to.ready(), &mut *from.ready()], Some(LONG));
                if let Some(end) = to.take() {
                    prop_assert_eq!(end.tag, tag);
                    prop_assert!(end.status.is_ok() || *cancelled, "{:?}", end.status);
                    sent.extend_from_slice(&end.data[..end.actual]);
                }
                while let Some(end) = from.take() {
                    got.extend(end.data);
                    from.submit(Transfer { tag: 0, request: room(ask) }).unwrap();
                }
            }
        }
        // A short packet ends what is still open.
        to.submit(Transfer { tag: 0, request: Request::Out(vec![0]) }).unwrap();
        sent.push(0);
        while got.len() < sent.len() {
            let next = end(&mut *from);
            prop_assert_eq!(next.status, Ok(()));
            got.extend(next.data);
            from.submit(Transfer { tag: 0, request: room(ask) }).unwrap();
        }
        prop_assert_eq!(got, sent);
    }
}
