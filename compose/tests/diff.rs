//! What a new version may do that the old one could not.

mod common;

use std::path::Path;

use periplasm_compose::{Change, Diff, Options, Report, WireReport, compose};
use periplasm_request::{I2cAddress, Request, UsbFilter};
use proptest::prelude::*;

/// The report of a case of `tests/pipelines`, with a change in its manifest.
fn report(case: &str, from: &str, to: &str) -> Report {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pipelines").join(case);
    let folder = tempfile::tempdir().unwrap();
    common::prepare(&case, folder.path());
    let manifest = folder.path().join("pipeline.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(&manifest, text.replacen(from, to, 1)).unwrap();
    match compose(&manifest, &Options::default(), &mut ()) {
        Ok(composed) => composed.report,
        Err(error) => panic!("{:?}", miette::Report::new(error)),
    }
}

fn gained(old: &Report, new: &Report) -> Vec<String> {
    let diff = Diff::new(old, new);
    diff.gained.iter().map(|one| format!("{} may {}", one.stage, one.may)).collect()
}

#[test]
fn a_change_of_the_manifest_is_told_as_what_it_permits() {
    let house = || report("ten-stages", "", "");
    let old = house();
    assert!(Diff::new(&old, &house()).is_empty());
    let change = |from: &str, to: &str| {
        let new = report("ten-stages", from, to);
        (gained(&old, &new), gained(&new, &old))
    };
    let words = |text: &str| vec![text.to_owned()];

    // Fewer addresses are no new permission; another one is.
    let fewer = change("[0x76, 0x77]", "[0x77]");
    assert_eq!(fewer, (vec![], words("outside may talk to address 0x76 on I2C bus \"garden\"")));
    let other = change("[0x76, 0x77]", "[0x75, 0x76, 0x74]");
    assert_eq!(other.0, words("outside may talk to addresses 0x75 and 0x74 on I2C bus \"garden\""));
    // The same address on another bus is another one.
    assert_eq!(
        change("i2c = \"garden\"", "i2c = \"house\"").0,
        words("outside may talk to addresses 0x76 and 0x77 on I2C bus \"house\"")
    );
    assert_eq!(
        change("\"growing-light\"", "\"heater\""),
        (words("lamp may drive pin \"heater\""), words("lamp may drive pin \"growing-light\""))
    );
    // Who is called.
    assert_eq!(
        change("near = \"inside\", far = \"outside\"", "near = \"inside\", far = \"inside\""),
        (vec![], words("mean may call periplasm:device/thermometer@0.1.0 of stage outside"))
    );
}

#[test]
fn a_filter_that_is_narrower_is_no_new_permission() {
    let old = report("ten-stages", "", "");
    let narrower = report("ten-stages", "vendor = 0x12d1", "vendor = 0x12d1\nproduct = 0x1001");
    assert!(gained(&old, &narrower).is_empty());
    assert_eq!(
        gained(&narrower, &old),
        [
            "phone may use any USB device of vendor 12d1 at \"modem\": interfaces 0 and 1, endpoints \
          0x81 and 0x02, class requests to interfaces; may take it from the kernel's drivers"
        ]
    );
    let reset = report("ten-stages", "[\"detach\"]", "[\"detach\", \"reset\"]");
    assert_eq!(gained(&old, &reset).len(), 1);
}

#[test]
fn stages_that_come_and_go_are_told() {
    let old = report("ten-stages", "", "");
    let mut new = old.clone();
    let gone = new.stages.remove(9);
    new.permissions.remove(9);
    new.wiring.retain(|wire| wire.provider != gone.name);
    let diff = Diff::new(&old, &new);
    assert!(diff.gained.is_empty());
    let phone = |diff: &[periplasm_compose::Permission]| {
        diff.iter().filter(|one| one.stage == "phone").count()
    };
    assert_eq!(phone(&diff.lost), 5);
    assert!(matches!(&diff.changes[..], [Change::StageRemoved { stage, .. }] if stage == "phone"));
    let back = Diff::new(&new, &old);
    assert_eq!(phone(&back.gained), 5);
    assert!(back.gained.iter().any(|one| one.may == "call test:phone/ring@0.1.0 of stage phone"));
}

#[test]
fn another_component_with_the_same_permissions_is_told_as_such() {
    let old = report("weather", "", "");
    let mut new = old.clone();
    new.stages[0].digest = "sha256:1".to_owned();
    let told = Diff::new(&old, &new);
    assert!(matches!(&told.changes[..], [Change::Component { same_permissions: true, .. }]));
    assert!(told.to_string().contains("climate is another component with the same permissions"));
    new.permissions[0].host.retain(|host| host.may.is_none());
    let told = Diff::new(&old, &new);
    assert!(matches!(&told.changes[..], [Change::Component { same_permissions: false, .. }]));
}

fn any_request() -> impl Strategy<Value = Request> {
    let name = prop::sample::select(vec!["house", "garden", "x"]).prop_map(str::to_owned);
    let address = (0_u16..0x80).prop_map(|n| I2cAddress::seven_bit(n).unwrap());
    let i2c = (name.clone(), prop::collection::btree_set(address, 1..4));
    let vendor = prop::option::of(0x12d0_u16..0x12d3);
    prop_oneof![
        i2c.prop_map(|(bus, set)| Request::I2c { bus, addresses: set.into_iter().collect() }),
        name.clone().prop_map(|name| Request::OutputPin { name }),
        name.clone().prop_map(|name| Request::InputPin { name }),
        (name, vendor).prop_map(|(name, vendor)| {
            let filter = UsbFilter { vendor, ..UsbFilter::default() };
            Request::Usb { name, devices: vec![filter] }
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_request_that_is_added_shows_up_and_nothing_else_does(
        had in prop::collection::vec(any_request(), 0..4),
        added in any_request(),
    ) {
        let mut old = blank();
        old.stages[0].slots = had.iter().map(slot).collect();
        let mut new = old.clone();
        new.stages[0].slots.push(slot(&added));
        let diff = Diff::new(&old, &new);
        prop_assert!(diff.lost.is_empty());
        // Known from outside: what is permitted, one thing after another.
        let covered = match &added {
            Request::I2c { bus, addresses } => addresses.iter().all(|one| had.iter().any(|h| {
                matches!(h, Request::I2c { bus: b, addresses } if b == bus && addresses.contains(one))
            })),
            Request::Usb { name, devices } => had.iter().any(|h| matches!(h,
                Request::Usb { name: n, devices: d } if n == name
                    && (d[0].vendor.is_none() || d[0].vendor == devices[0].vendor))),
            other => had.contains(other),
        };
        prop_assert_eq!(diff.gained.is_empty(), covered, "{:?}", diff.gained);
        prop_assert!(Diff::new(&new, &new).is_empty());
    }

    #[test]
    fn a_wire_to_another_stage_is_new_and_a_newer_version_is_not(
        minor in 1_u64..3, patch in 0_u64..3, provider in prop::sample::select(vec!["b", "c"]),
    ) {
        let wire = |interface: String, provider: &str| WireReport {
            user: "a".to_owned(), interface, provider: provider.to_owned(), label: None,
        };
        let mut old = blank();
        old.wiring.push(wire("test:a/b@0.1.0".to_owned(), "b"));
        let mut new = old.clone();
        new.wiring[0] = wire(format!("test:a/b@0.{minor}.{patch}"), provider);
        let same = minor == 1 && provider == "b";
        prop_assert_eq!(Diff::new(&old, &new).gained.is_empty(), same);
    }
}

/// A pipeline of one stage that may do nothing.
fn blank() -> Report {
    use std::sync::OnceLock;
    static BLANK: OnceLock<Report> = OnceLock::new();
    let mut report = BLANK.get_or_init(|| report("an-app-alone", "", "")).clone();
    report.stages[0].name = "a".to_owned();
    report.permissions.clear();
    report
}

fn slot(request: &Request) -> periplasm_compose::SlotReport {
    let (name, kind) = (request.kind().to_owned(), request.kind());
    periplasm_compose::SlotReport {
        import: format!("a-{name}"),
        name,
        kind,
        request: request.clone(),
    }
}
