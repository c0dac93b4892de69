//! A simulated CAN bus.

use std::sync::Arc;
use std::task::{Context, Waker};

use embedded_can::{Frame as _, StandardId};
use periplasm_backend::native::{NativeCan, NativeFrame};
use periplasm_backend::sim::{Can, CanConfig, VirtualClock, World};
use periplasm_backend::{CanBus, CanError, CanFrame, CanId};

fn world() -> World {
    World::new(Arc::new(VirtualClock::new()))
}

fn can(world: &World, config: &str) -> Can {
    Can::new(world, "vehicle", &toml::from_str::<CanConfig>(config).unwrap()).unwrap()
}

fn frame(id: u16, data: &[u8]) -> CanFrame {
    CanFrame::new(CanId::Standard(id), data).unwrap()
}

const ECHO: &str = "peers = [{ kind = \"echo\" }]";

#[test]
fn a_frame_that_nobody_is_there_to_acknowledge_is_an_error() {
    let world = world();
    let mut alone = can(&world, "");
    assert_eq!(alone.transmit(&frame(1, &[]), 0), Err(CanError::Acknowledge));
    let mut other = can(&world, "");
    assert_eq!(alone.transmit(&frame(1, &[7]), 0), Ok(true));
    assert_eq!(other.receive(0), Ok(Some(frame(1, &[7]))));
    assert_eq!(alone.receive(0), Ok(None), "its own frame");
    drop(other);
    assert_eq!(alone.transmit(&frame(1, &[]), 0), Err(CanError::Acknowledge));
}

#[test]
fn peers_answer_and_the_largest_identifier_has_no_next() {
    let world = world();
    let mut bus = NativeCan::new(can(&world, ECHO), world.clock().clone());
    let id = StandardId::new(0x123).unwrap();
    embedded_can::blocking::Can::transmit(&mut bus, &NativeFrame::new(id, &[1, 2]).unwrap())
        .unwrap();
    assert_eq!(
        embedded_can::blocking::Can::receive(&mut bus),
        Ok(NativeFrame(frame(0x124, &[1, 2])))
    );
    embedded_can::nb::Can::transmit(&mut bus, &NativeFrame::new(StandardId::MAX, &[]).unwrap())
        .unwrap();
    assert_eq!(embedded_can::nb::Can::receive(&mut bus), Err(nb::Error::WouldBlock));
}

#[test]
fn a_driver_that_asks_in_a_loop_lets_the_clock_go_on() {
    let world = world();
    let speaks = "peers = [{ kind = \"periodic\", id = 5, data = [1], period-us = 100_500 }]";
    let mut bus = NativeCan::new(can(&world, speaks), world.clock().clone());
    let found = nb::block!(embedded_can::nb::Can::receive(&mut bus));
    assert_eq!(found, Ok(NativeFrame(frame(5, &[1]))));
    assert_eq!(world.clock().now_ns(), 100_500_000);
}

#[test]
fn a_script_answers_what_it_is_asked_and_nothing_else() {
    let script = "peers = [{ kind = \"script\", on = 0x7df, id = 0x7e8, data = [4, 0x41] }]";
    let mut bus = can(&world(), script);
    bus.transmit(&frame(0x7de, &[]), 0).unwrap();
    bus.transmit(&frame(0x7df, &[2, 1]), 0).unwrap();
    assert_eq!(bus.receive(0), Ok(Some(frame(0x7e8, &[4, 0x41]))));
    assert_eq!(bus.receive(0), Ok(None));
}

#[test]
fn a_wait_takes_the_clock_to_the_next_periodic_frame_and_not_beyond_its_end() {
    let world = world();
    let periodic = "peers = [{ kind = \"periodic\", id = 0x10, data = [1], period-us = 100 }]";
    let mut bus = can(&world, periodic);
    assert_eq!(bus.receive(99_999), Ok(None));
    assert_eq!(world.clock().now_ns(), 99_999);
    assert_eq!(bus.receive(u64::MAX), Ok(Some(frame(0x10, &[1]))));
    assert_eq!(world.clock().now_ns(), 100_000);
    let mut event = bus.receivable();
    let mut context = Context::from_waker(Waker::noop());
    assert!(event.poll(&mut context).is_pending());
    assert_eq!(event.next_ns(), Some(200_000));
    world.clock().delay_ns(100_000);
    assert!(event.poll(&mut context).is_ready());
}

#[test]
fn frames_that_nobody_takes_are_an_overrun_and_the_last_ones_stay() {
    let world = world();
    let (mut from, mut to) = (can(&world, ""), can(&world, ""));
    for number in 0..300_u16 {
        from.transmit(&frame(number, &[]), 0).unwrap();
    }
    assert_eq!(to.receive(0), Err(CanError::Overrun));
    for number in 300 - 256..300 {
        assert_eq!(to.receive(0), Ok(Some(frame(number, &[]))));
    }
    assert_eq!(to.receive(0), Ok(None));
}

#[test]
fn the_end_of_time_is_reached_at_once() {
    let world = world();
    let mut bus = can(&world, "peers = [{ kind = \"periodic\", id = 1, period-us = 1 }]");
    world.clock().delay_ns(u64::MAX);
    assert_eq!(bus.receive(u64::MAX), Err(CanError::Overrun));
    assert!(bus.receive(u64::MAX).unwrap().is_some());
}

#[test]
fn faults_are_told_apart() {
    let mut bus = can(&world(), &format!("{ECHO}\nfault = {{ kind = \"not-acknowledged\" }}"));
    assert_eq!(bus.transmit(&frame(1, &[]), 0), Err(CanError::Acknowledge));
    let mut bus = can(&world(), &format!("{ECHO}\nfault = {{ kind = \"disappears\" }}"));
    assert_eq!(bus.transmit(&frame(1, &[]), 0), Err(CanError::Gone));
    assert_eq!(bus.receive(u64::MAX), Err(CanError::Gone));
}

#[test]
fn a_peer_that_no_bus_can_have_is_refused() {
    for peer in [
        "{ kind = \"script\", on = 0x800, id = 1 }",
        "{ kind = \"script\", on = 1, id = 1, data = [0, 0, 0, 0, 0, 0, 0, 0, 0] }",
        "{ kind = \"periodic\", id = 0x2000_0000, extended = true, period-us = 1 }",
        "{ kind = \"periodic\", id = 1, period-us = 0 }",
    ] {
        let config: CanConfig = toml::from_str(&format!("peers = [{peer}]")).unwrap();
        assert!(config.check().is_err(), "{peer}");
    }
}
