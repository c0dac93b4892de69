//! What a stage is told in the manifest is what it reads.

use periplasm_tests::{Rig, build, ok};

const WIRES: &str = "test:wires/wires@0.1.0";

const BOARD: &str = "backend = \"sim\"\n[i2c.bus]\nallow = [0x50]\n";

/// The guest, with `settings` as lines of its table.
fn told(settings: &str) -> Rig {
    let slots = "bus = { i2c = \"bus\", address = 0x50 }";
    let pipeline = build::driver(
        "tests/guests/wires",
        &format!("{slots}\n[stages.device.settings]\n{settings}"),
    );
    Rig::start(pipeline, BOARD, |machine| machine)
}

fn setting(rig: &mut Rig, key: &str) -> Option<String> {
    ok(rig.call::<_, (Option<String>,)>(WIRES, "setting", (key.to_owned(),))).0
}

fn all(rig: &mut Rig) -> Vec<(String, String)> {
    ok(rig.call::<_, (Vec<(String, String)>,)>(WIRES, "settings", ())).0
}

#[test]
fn each_key_has_its_value_and_no_other_key_has_one() {
    let long = "x".repeat(100_000);
    let lines = format!(
        "rate = 10\nrat = \"one\"\n\"\" = \"nothing\"\nempty = \"\"\n\
         \"größe\" = \"groß\"\nlong = \"{long}\"\n"
    );
    let mut rig = told(&lines);
    let expected = [
        ("", "nothing"),
        ("empty", ""),
        ("größe", "groß"),
        ("long", &long),
        ("rat", "one"),
        ("rate", "10"),
    ];
    for (key, value) in expected {
        assert_eq!(setting(&mut rig, key).as_deref(), Some(value), "{key:?}");
    }
    for none in ["r", "rates", "Rate", "gr\u{f6}", &"y".repeat(300_000)] {
        assert_eq!(setting(&mut rig, none), None, "{:?}", none.get(..8));
    }
    let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(all(&mut rig), expected);
    assert_eq!(setting(&mut rig, "rate").as_deref(), Some("10"), "nothing was overwritten");
}

#[test]
fn a_stage_that_is_told_nothing_reads_nothing() {
    let mut rig = told("");
    assert_eq!(all(&mut rig), []);
    assert_eq!(setting(&mut rig, "rate"), None);
}
