//! What holds for any input.

mod common;

use std::path::Path;
use std::sync::OnceLock;

use periplasm_compose::{Options, compose};
use periplasm_request::{MAX_NAME_BYTES, is_slot_name, is_stage_name, join, split};
use proptest::prelude::*;

fn stage_name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9]{0,63}".prop_filter("a stage's name", |name| is_stage_name(name))
}

fn slot_name() -> impl Strategy<Value = String> {
    // Short alphabets, so that different pairs come close to each other.
    prop_oneof![
        "[ab][ab1]{0,2}(-[ab][ab1]{0,2}){0,3}",
        "[a-z][a-z0-9]{0,9}(-[a-z][a-z0-9]{0,9}){0,5}"
    ]
    .prop_filter("a slot's name", |name| name.len() <= MAX_NAME_BYTES && is_slot_name(name))
}

fn compose_in(folder: &Path) -> Result<(), String> {
    let composed = compose(&folder.join("pipeline.toml"), &Options::default(), &mut ());
    composed.map(|_| ()).map_err(|error| format!("{:?}", miette::Report::new(error)))
}

const CLIMATE: &str = "
package test:climate;
world climate {
    include periplasm:hal/driver@0.1.0;
    import bus: interface {
        use wasi:i2c/i2c@0.2.0-draft.{i2c};
        open: func() -> i2c;
    }
    import wasi:i2c/i2c@0.2.0-draft;
    export periplasm:device/thermometer@0.1.0;
}";

const MANIFEST: &str = "
[pipeline]
name = \"p\"
exports = [\"climate\"]
[stages.climate]
wasm = \"climate.wasm\"
slots.bus = { i2c = \"b\", address = 1 }
";

fn climate() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| common::component("climate.wit", CLIMATE))
}

/// Gives a pin.
const EXPANDER: &str = "
package test:expander;
world expander {
    include periplasm:hal/driver@0.1.0;
    export periplasm:hal/output-pin@0.1.0;
    export p0: interface {
        use periplasm:hal/output-pin@0.1.0.{output-pin};
        open: func() -> output-pin;
    }
}";

/// Takes it.
const LAMP: &str = "
package test:lamp;
world lamp {
    include periplasm:hal/driver@0.1.0;
    import pin: interface {
        use periplasm:hal/output-pin@0.1.0.{output-pin};
        open: func() -> output-pin;
    }
    import periplasm:hal/output-pin@0.1.0;
    export periplasm:device/light@0.1.0;
}";

const GIVEN: &str = "
[pipeline]
name = \"p\"
exports = [\"lamp\"]
[stages.expander]
wasm = \"expander.wasm\"
[stages.lamp]
wasm = \"lamp.wasm\"
slots.pin = { stage = \"expander\", export = \"p0\" }
";

/// The stages of [`GIVEN`].
fn pair() -> [&'static [u8]; 2] {
    static BYTES: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    let bytes = BYTES.get_or_init(|| {
        [common::component("expander.wit", EXPANDER), common::component("lamp.wit", LAMP)]
    });
    [&bytes[0], &bytes[1]]
}

fn compose_pair([expander, lamp]: [&[u8]; 2]) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pipeline.toml"), GIVEN).unwrap();
    std::fs::write(folder.path().join("expander.wasm"), expander).unwrap();
    std::fs::write(folder.path().join("lamp.wasm"), lamp).unwrap();
    compose_in(folder.path())
}

/// Pieces of manifests, in any order.
fn nearly_a_manifest() -> impl Strategy<Value = String> {
    let pieces = [
        "[pipeline]\n",
        "name = ",
        "\"weather\"\n",
        "exports = ",
        "[stages]\n",
        "[stages.a]\n",
        "[stages.a.slots]\n",
        "[stages.b]\n",
        "crate = ",
        "wasm = ",
        "uses = ",
        "bus = ",
        "oci = ",
        "{ i2c = \"b\", address = 0x76 }\n",
        "{ i2c = 1 }\n",
        "{ output-pin = \"b\" }\n",
        "{ usb = \"b\", devices = [{ vendor = 1, endpoints = [0x81, 0x80] }, 1] }\n",
        "{ usb = \"b\", ports = [0], may = [\"reset\", \"é\"], control = 1 }\n",
        "{ stage = \"b\", export = \"p0\" }\n",
        "{ stage = \"a\", pwm = 1 }\n",
        "[\"a\", \"b\"]\n",
        "\"a\"\n",
        "[]\n",
        "{ \"a:b/c\" = \"a\" }\n",
        "0x7f\n",
        "-1\n",
        "true\n",
        "1979-05-27\n",
        "1e9\n",
        "[[",
        "]]\n",
        ".",
        "\n",
        "é",
        "\"\"\"",
        "#",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..24)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_joined_name_stands_for_one_stage_and_one_slot(
        pairs in prop::collection::vec((stage_name(), slot_name()), 2)
    ) {
        for (stage, slot) in &pairs {
            let joined = join(stage, slot);
            prop_assert_eq!(split(&joined), Some((stage.as_str(), slot.as_str())));
        }
        let joined: Vec<String> = pairs.iter().map(|(stage, slot)| join(stage, slot)).collect();
        prop_assert_eq!(joined[0] == joined[1], pairs[0] == pairs[1]);
    }

    #[test]
    fn any_bytes_as_a_manifest_are_an_error_and_no_panic(bytes: Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pipeline.toml"), &bytes).unwrap();
        prop_assert!(compose_in(folder.path()).is_err());
    }

    #[test]
    fn nearly_a_manifest_is_an_error_and_no_panic(text in nearly_a_manifest()) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pipeline.toml"), &text).unwrap();
        // None of them has a stage that could be had.
        prop_assert!(compose_in(folder.path()).is_err());
    }

    #[test]
    fn any_bytes_as_a_stage_are_an_error_and_no_panic(bytes: Vec<u8>, header in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let mut stage = if header { b"\0asm\x0d\0\x01\0".to_vec() } else { Vec::new() };
        stage.extend(bytes);
        std::fs::write(folder.path().join("pipeline.toml"), MANIFEST).unwrap();
        std::fs::write(folder.path().join("climate.wasm"), &stage).unwrap();
        prop_assert!(compose_in(folder.path()).is_err());
    }

    #[test]
    fn a_stage_with_a_byte_changed_composes_or_is_an_error(
        at in any::<prop::sample::Index>(), byte: u8, cut in any::<Option<prop::sample::Index>>()
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut stage = climate().to_vec();
        let at = at.index(stage.len());
        stage[at] = byte;
        if let Some(cut) = cut {
            stage.truncate(cut.index(stage.len()));
        }
        std::fs::write(folder.path().join("pipeline.toml"), MANIFEST).unwrap();
        std::fs::write(folder.path().join("climate.wasm"), &stage).unwrap();
        if let Err(error) = compose_in(folder.path()) {
            prop_assert!(!error.is_empty());
        }
    }

    #[test]
    fn a_giver_or_a_taker_with_a_byte_changed_composes_or_is_an_error(
        at in any::<prop::sample::Index>(), byte: u8, giver: bool
    ) {
        let [expander, lamp] = pair();
        let mut stage = if giver { expander } else { lamp }.to_vec();
        let at = at.index(stage.len());
        stage[at] = byte;
        let pair = if giver { [&stage, lamp] } else { [expander, &stage] };
        if let Err(error) = compose_pair(pair) {
            prop_assert!(!error.is_empty());
        }
    }
}

#[test]
fn the_stages_that_the_properties_change_compose_unchanged() {
    compose_pair(pair()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pipeline.toml"), MANIFEST).unwrap();
    std::fs::write(folder.path().join("climate.wasm"), climate()).unwrap();
    compose_in(folder.path()).unwrap();
}
