//! Components that speak WASI's drafts, on slots (`tests/guests/draft`).

use periplasm_compose::{Options, compose};
use periplasm_tests::{Rig, build, ok, root};

const PROBE: &str = "test:draft/probe@0.1.0";

/// The lamp's wire comes back at an input; the panel answers with what it is
/// sent.
const BOARD: &str = "backend = \"sim\"
[output-pin.lamp]
[input-pin.feedback]
wire = \"lamp\"
[spi.panel]
model = \"loopback\"
speed-hz = 1_000_000
";

fn rig() -> Rig {
    Rig::start(build::pipeline("tests/guests/draft/pipeline.toml"), BOARD, |machine| machine)
}

fn drive(rig: &mut Rig, label: &str, active: bool) -> Result<bool, String> {
    ok(rig.call::<_, (Result<bool, String>,)>(PROBE, "drive", (label, active))).0
}

#[test]
fn a_pin_is_a_slot_by_its_label() {
    let mut rig = rig();
    for label in ["led", "LED", "Led"] {
        assert_eq!(
            drive(&mut rig, label, true),
            Ok(false),
            "{label}: what is high is not active low"
        );
        assert_eq!(drive(&mut rig, label, false), Ok(true), "{label}");
    }
}

#[test]
fn what_is_no_slot_or_contradicts_itself_is_refused_in_the_drafts_words() {
    let mut rig = rig();
    let mut refused =
        |label: &str, flags: u8| ok(rig.call::<_, (String,)>(PROBE, "refused", (label, flags))).0;
    let none = "GpioError::UndefinedPinLabel";
    let both = "Some(\"GpioError::PinModeNotAvailable\")";
    assert_eq!(refused("LED2", 0), format!("Some({none:?}) Some({none:?}) {both}"));
    // A slot for one direction.
    let mode = "Some(\"GpioError::PinModeNotAllowed\")";
    assert_eq!(refused("led", 0), format!("None {mode} {both}"));
    assert_eq!(refused("POLL_PIN", 0), format!("{mode} None {both}"));
    // Active high and low; a resistor at an output; a state of an input.
    let flag = "Some(\"GpioError::InvalidFlag\")";
    assert_eq!(refused("led", 0b11), format!("{flag} {mode} {both}"));
    assert_eq!(refused("led", 0b100), format!("{flag} {mode} {both}"));
    assert_eq!(refused("poll pin", 0b1_0000), format!("{mode} {flag} {both}"));
}

#[test]
fn an_edge_wakes_who_polls_for_it() {
    let mut rig = rig();
    let seen = ok(rig.call::<_, (Result<Vec<bool>, String>,)>(PROBE, "edge", ("led", "poll_pin")));
    // Active at first, since low is; nothing happened yet; only the falling
    // edge woke; the rising one did not happen; then it is inactive.
    assert_eq!(seen.0, Ok(vec![true, false, true, false, true]));
}

#[test]
fn a_device_is_a_slot_by_its_name() {
    let mut rig = rig();
    let names = ok(rig.call::<_, (Vec<String>,)>(PROBE, "devices", ())).0;
    assert_eq!(names, ["display"]);
    type Parts = Result<Vec<Vec<u8>>, String>;
    let data = [0x9f_u8, 1, 2];
    let parts = ok(rig.call::<_, (Parts,)>(PROBE, "exchange", ("DISPLAY", &data[..]))).0;
    // The loopback answers with zeros where zeros are sent.
    let expected = vec![vec![], vec![], data.to_vec(), vec![0, 0], data.to_vec()];
    assert_eq!(parts, Ok(expected));
    let absent = ok(rig.call::<_, (Parts,)>(PROBE, "exchange", ("flash", &data[..]))).0;
    assert!(absent.unwrap_err().contains("there are: display"));
}

#[test]
fn the_report_names_the_adapters_and_the_slots_are_the_stages() {
    let manifest = root().join("tests/guests/draft/pipeline.toml");
    let composed = ok(compose(&manifest, &Options::default(), &mut ()));
    let stage = &composed.report.stages[0];
    assert_eq!(stage.adapters, ["wasi:gpio", "wasi:spi"]);
    let slots: Vec<&str> = stage.slots.iter().map(|slot| &slot.import[..]).collect();
    assert_eq!(slots, ["draft-diag", "draft-display", "draft-led", "draft-poll-pin"]);
    let text = composed.report.to_string();
    assert!(text.contains(", adapter: wasi:gpio, adapter: wasi:spi\n"), "{text}");
    assert!(text.contains(" may drive pin \"lamp\"\n"), "{text}");
    assert_eq!(composed.component, ok(compose(&manifest, &Options::default(), &mut ())).component);
}
