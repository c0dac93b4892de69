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

/// The pipeline beside this file, with its app translated.
static ROOMS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = root().join("tests/tests/labelled");
    let app = wat::parse_file(folder.join("app.wat")).expect("the app's text");
    let place = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(place.path().join("app.wasm"), app).expect("a file in it");
    let manifest = std::fs::read_to_string(folder.join("pipeline.toml")).expect("a manifest");
    let manifest = manifest.replace("../../..", &root().display().to_string());
    let path = place.path().join("pipeline.toml");
    std::fs::write(&path, manifest).expect("a file in it");
    ok(compose(&path, &Options::default(), &mut ())).component
});

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
