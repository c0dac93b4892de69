//! Simulated pins: levels, waves, edges, waits and faults.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use periplasm_backend::sim::{Input, InputConfig, Output, OutputConfig, VirtualClock, World};
use periplasm_backend::{
    Condition, Edge, InputPin, Level, MAX_EDGES, OutputPin, PinError, RealClock,
};
use proptest::prelude::*;

const NEVER: u64 = u64::MAX;

fn world() -> World {
    World::new(Arc::new(VirtualClock::new()))
}

fn output(world: &World, name: &str, config: &str) -> Output {
    Output::new(world, name, &toml::from_str::<OutputConfig>(config).unwrap())
}

fn input(world: &World, name: &str, config: &str) -> Input {
    Input::new(world, name, &toml::from_str::<InputConfig>(config).unwrap()).unwrap()
}

fn now(world: &World) -> u64 {
    world.clock().now_ns()
}

#[test]
fn pins_of_one_name_are_one_wire() {
    let world = world();
    let mut out = output(&world, "led", "");
    let (mut same, mut inverse) =
        (input(&world, "led", ""), input(&world, "led", "active-low = true"));
    let mut other = input(&world, "button", "wire = 'led'");
    for level in [Level::High, Level::Low] {
        out.set(level).unwrap();
        assert_eq!((out.get(), same.level(), other.level()), (Ok(level), Ok(level), Ok(level)));
        assert_eq!(inverse.level().unwrap(), (!level.is_high()).into());
    }
}

#[test]
fn an_output_starts_as_the_board_says() {
    for (config, wire) in [
        ("", Level::Low),
        ("initial = 'high'", Level::High),
        ("active-low = true", Level::High),
        ("initial = 'high'\nactive-low = true", Level::Low),
    ] {
        let world = world();
        let mut out = output(&world, "cs", config);
        assert_eq!(out.get().unwrap().is_high(), config.contains("high"), "{config}");
        assert_eq!(world.nets().net("cs").level(0), wire, "{config}");
    }
}

#[test]
fn a_wait_moves_the_clock_to_the_change_and_no_further() {
    let world = world();
    let mut pin = input(
        &world,
        "alert",
        "wave = [{ at-us = 100, level = 'high' }, { at-us = 250, level = 'low' }]",
    );
    assert_eq!(pin.wait_for(Condition::High, 99_999), Ok(false));
    assert_eq!(now(&world), 99_999);
    assert_eq!(pin.wait_for(Condition::RisingEdge, NEVER), Ok(true));
    assert_eq!(now(&world), 100_000);
    // It is high already, and its rising edge is over.
    assert_eq!(pin.wait_for(Condition::High, NEVER), Ok(true));
    assert_eq!(now(&world), 100_000);
    assert_eq!(pin.wait_for(Condition::RisingEdge, 300_000), Ok(false));
    assert_eq!(now(&world), 300_000);
    // The falling edge was passed meanwhile, and is still to be taken.
    let edges = [pin.next_edge(0), pin.next_edge(0), pin.next_edge(0)];
    let edge = |to, at_ns| Ok(Some(Edge { to, at_ns, lost: 0 }));
    assert_eq!(edges, [edge(Level::High, 100_000), edge(Level::Low, 250_000), Ok(None)]);
    // Nothing is known to come, and nobody says how long to wait.
    assert_eq!(pin.wait_for(Condition::AnyEdge, NEVER), Ok(false));
    assert_eq!(pin.next_edge(NEVER), Ok(None));
    assert_eq!(now(&world), 300_000);
}

#[test]
fn a_square_wave_has_its_edges() {
    let world = world();
    let config = "square = { start-us = 1_000, period-us = 100, duty = 0.25, edges = 4 }";
    let mut pin = input(&world, "wave", config);
    let mut found = Vec::new();
    while let Some(edge) = pin.next_edge(NEVER).unwrap() {
        found.push((edge.at_ns, edge.to));
    }
    let (low, high) = (Level::Low, Level::High);
    assert_eq!(found, [(1_075_000, high), (1_100_000, low), (1_175_000, high), (1_200_000, low)]);
    // It happens once, however many look at it.
    assert_eq!(input(&world, "wave", config).next_edge(NEVER), Ok(None));
}

#[test]
fn edges_beyond_the_queue_are_counted_as_lost() {
    let world = world();
    let mut pin = input(&world, "wave", "square = { period-us = 2, edges = 1030 }");
    world.clock().delay_ns(1_000_000_000);
    let lost = 1030 - MAX_EDGES as u64;
    assert_eq!(pin.next_edge(0).unwrap().unwrap().lost, lost);
    for _ in 1..MAX_EDGES {
        assert_eq!(pin.next_edge(0).unwrap().unwrap().lost, 0);
    }
    assert_eq!(pin.next_edge(0), Ok(None));
}

#[test]
fn what_no_wire_can_do_is_refused() {
    for (config, expected) in [
        ("level = 'low'\nsquare = { period-us = 1, edges = 1 }", "`level`, `wave` and `square`"),
        ("wave = [{ at-us = 2, level = 'low' }, { at-us = 2, level = 'high' }]", "must rise"),
        ("square = { period-us = 0, edges = 1 }", "`period-us` above 0"),
        ("square = { period-us = 5, duty = 0, edges = 1 }", "`duty` between 0 and 1"),
        ("square = { period-us = 5, duty = nan, edges = 1 }", "NaN"),
        ("square = { period-us = 5, duty = -1, edges = 1 }", "-1"),
        ("square = { period-us = 5, edges = 1_000_001 }", "at most 1000000"),
    ] {
        let config: InputConfig = toml::from_str(config).unwrap();
        let error = config.check().unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(Input::new(&world(), "x", &config).is_err());
    }
    let square =
        "square = { period-us = 18446744073709551, start-us = 9223372036854775807, edges = 9 }";
    input(&world(), "x", square).wait_for(Condition::RisingEdge, NEVER).unwrap();
}

#[test]
fn a_stuck_output_drives_nothing() {
    let world = world();
    let mut out = output(&world, "led", "fault = { kind = 'stuck-low', after = 1, times = 2 }");
    let seen = |out: &mut Output, level| {
        out.set(level).unwrap();
        world.nets().net("led").level(0)
    };
    let (low, high) = (Level::Low, Level::High);
    let levels = [high, high, high, high].map(|level| seen(&mut out, level));
    assert_eq!(levels, [high, low, low, high]);
}

#[test]
fn a_stuck_input_sees_no_edges() {
    let world = world();
    let mut out = output(&world, "x", "");
    let mut pin = input(&world, "x", "fault = { kind = 'stuck-high', times = 4 }");
    assert_eq!(pin.level(), Ok(Level::High));
    assert_eq!(pin.wait_for(Condition::Low, 10), Ok(false));
    out.set(Level::High).unwrap();
    out.set(Level::Low).unwrap();
    assert_eq!(pin.next_edge(20), Ok(None));
    assert_eq!(pin.wait_for(Condition::High, 10), Ok(true));
    assert_eq!(pin.level(), Ok(Level::Low));
    out.set(Level::High).unwrap();
    assert_eq!(pin.next_edge(30).unwrap().map(|edge| edge.to), Some(Level::High));
}

#[test]
fn a_pin_that_disappeared_says_so() {
    let world = world();
    let mut out = output(&world, "a", "fault = { kind = 'disappears', after = 1 }");
    out.set(Level::High).unwrap();
    assert_eq!((out.set(Level::Low), out.get()), (Err(PinError::Gone), Err(PinError::Gone)));
    let mut pin = input(&world, "b", "fault = { kind = 'disappears' }");
    assert_eq!(pin.level(), Err(PinError::Gone));
    assert_eq!(pin.wait_for(Condition::Low, NEVER), Err(PinError::Gone));
    assert_eq!(pin.next_edge(NEVER), Err(PinError::Gone));
    assert!(pin.watch(Condition::Low).is_err());
}

#[test]
fn a_wait_in_real_time_ends_when_another_thread_changes_the_wire() {
    let world = World::new(Arc::new(RealClock::new()));
    let (mut pin, mut out) = (input(&world, "x", ""), output(&world, "x", ""));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(20));
            out.set(Level::High).unwrap();
        });
        assert_eq!(pin.wait_for(Condition::High, NEVER), Ok(true));
    });
    let until = now(&world) + 1_000_000;
    assert_eq!(pin.wait_for(Condition::FallingEdge, until), Ok(false));
    assert!(now(&world) >= until);
}

#[test]
fn a_watch_stays_true_once_it_was() {
    let world = world();
    let (mut pin, mut out) = (input(&world, "x", ""), output(&world, "x", ""));
    let mut events =
        [Condition::RisingEdge, Condition::FallingEdge, Condition::AnyEdge, Condition::High]
            .map(|condition| pin.watch(condition).unwrap());
    let mut poll = || {
        let mut context = Context::from_waker(Waker::noop());
        events.each_mut().map(|event| event.poll(&mut context).is_ready())
    };
    assert_eq!(poll(), [false; 4]);
    out.set(Level::High).unwrap();
    assert_eq!(poll(), [true, false, true, true]);
    out.set(Level::Low).unwrap();
    assert_eq!(poll(), [true; 4]);
    let mut late = pin.watch(Condition::AnyEdge).unwrap();
    assert_eq!(late.poll(&mut Context::from_waker(Waker::noop())), Poll::Pending);
    world.nets().net("x").set_at(Level::High, 77);
    assert_eq!(late.next_ns(), Some(77));
}

proptest! {
    /// Whatever the wire does, all edges come, in order, or are said to be lost.
    #[test]
    fn every_edge_is_taken_or_counted(
        changes in prop::collection::vec((1_u64..50, any::<bool>()), 0..3_000),
        waits in prop::collection::vec(0_u64..2_000, 0..40),
    ) {
        let world = world();
        let mut at = 0;
        let later: Vec<(u64, Level)> = changes
            .into_iter()
            .map(|(gap, high)| { at += gap; (at, Level::from(high)) })
            .collect();
        let mut expected = Vec::new();
        let mut level = Level::Low;
        for &(at, to) in &later {
            if to != level {
                expected.push((at, to));
                level = to;
            }
        }
        let mut pin = input(&world, "x", "");
        world.nets().net("x").set_later(later);
        let (mut taken, mut place) = (0_u64, 0);
        let mut take = |pin: &mut Input, until: u64| -> Option<(u64, Level)> {
            let edge = pin.next_edge(until).unwrap()?;
            place += edge.lost as usize;
            assert_eq!(expected.get(place), Some(&(edge.at_ns, edge.to)));
            place += 1;
            taken += 1 + edge.lost;
            Some((edge.at_ns, edge.to))
        };
        for wait in waits {
            let until = now(&world) + wait;
            if take(&mut pin, until).is_none() {
                prop_assert_eq!(now(&world), until);
            }
        }
        while take(&mut pin, u64::MAX).is_some() {}
        prop_assert_eq!(taken as usize, expected.len());
    }
}
