//! Gadgets that mean no good, or do nothing.

use std::time::Duration;

use proptest::prelude::*;

use crate::{Change, PortSpeed, UsbController};

use super::super::listen::{Subject, Waiting};
use super::hand::BULK;
use super::host::*;

/// Waits until the bus has done with port 1.
fn settled(bench: &mut Bench) {
    let mut settled = Waiting::new(&bench.cable.0, Subject::Settled(0));
    while !crate::wait_any(&mut [&mut settled], Some(Duration::from_millis(1))) {
        bench.hand.run();
    }
}

fn hurry(bench: &Bench) {
    bench.cable.0.with(|bus| bus.rest.patience = Duration::from_millis(5));
}

#[test]
fn a_gadget_that_never_answers_is_left_alone() {
    let mut bench = Bench::silent(PortSpeed::Full);
    let mut watch = bench.host.watch();
    hurry(&bench);
    bench.cable.pull(1);
    bench.cable.put_back(1);
    let mut settled = Waiting::new(&bench.cable.0, Subject::Settled(0));
    let mut resets = 0;
    while !crate::wait_any(&mut [&mut settled, &mut *bench.hand.port.happened()], Some(LONG))
        || bench.cable.0.with(|bus| bus.ports[0].device.is_some())
    {
        resets += usize::from(bench.hand.port.poll().bus.reset);
    }
    resets += usize::from(bench.hand.port.poll().bus.reset);
    assert!(resets <= 4, "{resets}");
    assert_eq!((watch.next(), bench.host.devices().len()), (None, 0));
    // It may come back and behave.
    bench.cable.0.with(|bus| bus.rest.patience = LONG);
    bench.cable.pull(1);
    bench.cable.put_back(1);
    bench.hand.run();
    assert!(matches!(watch.next(), Some(Change::Connected(_))));
}

#[test]
fn a_request_that_is_never_answered_ends() {
    let bench = Bench::new(PortSpeed::Full);
    hurry(&bench);
    let device = bench.open();
    let mut interface = device.claim(0).unwrap();
    assert_eq!(interface.set_alternate(1), Err(crate::UsbError::Timeout));
    assert_eq!(device.reset(), Err(crate::UsbError::Timeout));
}

#[test]
fn a_gadget_that_stalls_its_descriptors_is_tried_four_times() {
    let mut bench = Bench::silent(PortSpeed::Full);
    bench.hand.device[1] = 9;
    settled(&mut bench);
    assert_eq!((bench.hand.resets, bench.host.devices().len()), (4, 0));
}

#[test]
fn a_gadget_without_strings_is_no_worse() {
    for strings in [0, 1] {
        let mut bench = Bench::silent(PortSpeed::Full);
        bench.hand.strings.truncate(strings);
        bench.hand.run();
        let info = bench.host.devices().remove(0);
        assert_eq!((info.manufacturer, info.product), (None, None));
    }
}

#[test]
fn a_head_that_is_cut_off_is_refused() {
    for len in 0..9 {
        let mut bench = Bench::silent(PortSpeed::Full);
        bench.hand.configuration.truncate(len);
        settled(&mut bench);
        assert_eq!((bench.hand.resets, bench.host.devices().len()), (4, 0));
    }
}

#[test]
fn the_largest_configuration_is_read() {
    let mut bench = Bench::silent(PortSpeed::High);
    // Extras of 255 bytes up to 65535.
    while bench.hand.configuration.len() < 65535 {
        let len = (65535 - bench.hand.configuration.len()).min(255);
        let mut extra = vec![0x24; len];
        extra[0] = len as u8;
        bench.hand.configuration.extend(extra);
    }
    bench.hand.configuration[2..4].fill(0xff);
    bench.hand.run();
    let info = bench.host.devices().remove(0);
    assert_eq!(info.descriptors.len(), 18 + 65535);
    assert!(bench.open().claim(0).unwrap().pipe(BULK).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever the descriptors say, the bus ends with a device or without one,
    /// and another gadget is served.
    #[test]
    fn damaged_descriptors_do_no_harm(
        at in 0_usize..60, damage: u8, cut in 0_usize..80, which in 0_usize..3,
    ) {
        let mut bench = Bench::silent(PortSpeed::Full);
        let hand = &mut bench.hand;
        let target = match which {
            0 => &mut hand.device,
            1 => &mut hand.configuration,
            _ => &mut hand.strings[0],
        };
        let len = target.len();
        target[at % len] ^= damage;
        target.truncate(cut.max(1));
        settled(&mut bench);
        for info in bench.host.devices() {
            let device = bench.host.open(info.id).unwrap();
            for interface in info.interfaces {
                let mut interface = device.claim(interface.number).unwrap();
                for address in 0..=255 {
                    let _ = interface.pipe(address).map(|mut pipe| {
                        let _ = pipe.submit(crate::Transfer { tag: 0, request: room(3) });
                    });
                }
            }
        }
        let mut other = super::hand::Hand::new(bench.cable.plug(None, PortSpeed::High).unwrap());
        other.enable();
        other.run();
        prop_assert!(bench.host.devices().iter().any(|info| *info.ports == [2]));
    }

    /// A gadget that does what it likes harms nobody.
    #[test]
    fn a_wild_gadget_does_no_harm(
        acts in prop::collection::vec((0_u8..9, any::<u8>(), 0_usize..1200), 0..60),
    ) {
        let mut bench = Bench::silent(PortSpeed::High);
        for (act, number, len) in acts {
            let port = &mut bench.hand.port;
            match act {
                0 | 1 => drop(port.write(number % 20, &bytes(len))),
                2 => drop(port.read(number % 20, &mut vec![0; len])),
                3 => port.set_stalled(number, len % 2 == 0),
                4 => port.set_address(number),
                5 => port.remote_wakeup(),
                6 => drop(port.poll()),
                7 => bench.cable.suspend(number % 3),
                _ => drop(bench.hand.step()),
            }
        }
        bench.cable.pull(1);
        bench.cable.put_back(1);
        bench.hand.run();
        prop_assert_eq!(bench.host.devices().len(), 1);
    }
}
