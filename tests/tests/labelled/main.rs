//! An app that imports one device interface twice: composed by labels, loaded,
//! granted and run, and each label reaches its own chip.

use std::sync::LazyLock;

use periplasm_compose::{Options, compose};
use periplasm_host::{Board, Grants, Pipeline};
use periplasm_tests::{Rig, ok, root};

const BOARD: &str = r#"
backend = "sim"
limits = { stall-ms = 1000 }
[i2c.house]
allow = [0x48]
devices = [{ model = "lm75", address = 0x48, temperature = 21.5 }]
[i2c.garden]
allow = [0x48]
devices = [{ model = "lm75", address = 0x48, temperature = -4.0 }]
"#;

/// The pipelines beside this file, with their app translated.
static ROOMS: LazyLock<Vec<u8>> = LazyLock::new(|| composed("pipeline.toml"));

static BEHIND_A_MUX: LazyLock<Vec<u8>> = LazyLock::new(|| composed("behind-a-mux.toml"));

fn composed(manifest: &str) -> Vec<u8> {
    let folder = root().join("tests/tests/labelled");
    let app = wat::parse_file(folder.join("app.wat")).expect("the app's text");
    let place = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(place.path().join("app.wasm"), app).expect("a file in it");
    let manifest = std::fs::read_to_string(folder.join(manifest)).expect("a manifest");
    let manifest = manifest.replace("../../..", &root().display().to_string());
    let path = place.path().join("pipeline.toml");
    std::fs::write(&path, manifest).expect("a file in it");
    ok(compose(&path, &Options::default(), &mut ())).component
}

fn rooms(board: &str) -> Rig {
    Rig::start(ROOMS.clone(), board, |machine| machine)
}

#[track_caller]
fn reading(rig: &mut Rig, room: &str) -> i32 {
    rig.call::<(), (i32,)>("test:rooms/readings@0.1.0", room, ()).unwrap().0
}

#[test]
fn each_label_reaches_its_own_chip() {
    let mut rig = rooms(BOARD);
    assert_eq!(reading(&mut rig, "outside"), -4_000);
    assert_eq!(reading(&mut rig, "inside"), 21_500);
    assert_eq!(rig.running.run_app(), Ok(0));
}

#[test]
fn the_wires_are_told_by_their_labels() {
    let pipeline = ok(Pipeline::from_bytes(ROOMS.clone()));
    let stages = pipeline.stages();
    let app = stages.iter().find(|stage| stage.name() == "app").unwrap();
    let wires: Vec<_> = app.wires().iter().map(|w| (&*w.import, stages[w.stage].name())).collect();
    assert!(wires.contains(&("inside", "parlour")), "{wires:?}");
    assert!(wires.contains(&("outside", "porch")), "{wires:?}");
}

#[test]
fn a_chip_that_is_gone_is_missed_in_its_own_room_only() {
    let board = BOARD.replace("temperature = 21.5", "fault = { kind = \"disappears\" }");
    let mut rig = rooms(&board);
    assert_eq!(reading(&mut rig, "outside"), -4_000);
    assert_eq!(rig.running.run_app(), Ok(1));
}

#[test]
fn what_one_of_the_two_was_not_granted_is_said_of_it_alone() {
    let (house, _) = BOARD.split_once("[i2c.garden]").unwrap();
    let pipeline = ok(Pipeline::from_bytes(ROOMS.clone()));
    let refused = Grants::decide(&pipeline, &ok(Board::parse(house, "board.toml"))).unwrap_err();
    let [refusal] = &refused.refusals[..] else { panic!("{refused:?}") };
    let expected = "stage `porch`, slot `bus`: asked for bus `garden`; this board has `house`";
    assert_eq!(refusal.to_string(), expected);
}

/// Two chips at one address, on channels 0 and 7.
const CHANNELS: &str = r#"
backend = "sim"
limits = { stall-ms = 1000 }
[i2c.house]
allow = [0x71, 0x48]
devices = [
    { model = "tca9548a", address = 0x71 },
    { model = "lm75", address = 0x48, temperature = 21.5, behind = { address = 0x71, channel = 0 } },
    { model = "lm75", address = 0x48, temperature = -4.0, behind = { address = 0x71, channel = 7 } },
]
"#;

#[test]
fn a_stage_that_two_share_joins_the_channel_of_each() {
    let mut rig = Rig::start(BEHIND_A_MUX.clone(), CHANNELS, |machine| machine);
    for _ in 0..2 {
        assert_eq!(reading(&mut rig, "outside"), -4_000);
        assert_eq!(reading(&mut rig, "inside"), 21_500);
    }
    assert_eq!(rig.running.run_app(), Ok(0));
}

#[test]
fn a_chip_that_fails_behind_a_mux_is_missed_alone_and_comes_back() {
    let fault = "temperature = 21.5, fault = { kind = \"no-acknowledge\", times = 1 }";
    let board = CHANNELS.replace("temperature = 21.5", fault);
    let mut rig = Rig::start(BEHIND_A_MUX.clone(), &board, |machine| machine);
    assert_eq!(reading(&mut rig, "outside"), -4_000);
    let missed = rig.call::<(), (i32,)>("test:rooms/readings@0.1.0", "inside", ());
    assert_ne!(missed.ok(), Some((21_500,)));
    assert_eq!(reading(&mut rig, "outside"), -4_000);
    assert_eq!(reading(&mut rig, "inside"), 21_500);
}

#[test]
fn the_request_is_of_the_mux_alone() {
    let pipeline = ok(Pipeline::from_bytes(BEHIND_A_MUX.clone()));
    let buses: Vec<_> = pipeline.slots().iter().map(|slot| slot.import().to_owned()).collect();
    let buses: Vec<_> = buses.iter().filter(|import| import.ends_with("-bus")).collect();
    assert_eq!(buses, ["mux-bus"]);
}
