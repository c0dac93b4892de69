//! What files that are no honest pipeline are told.

mod common;

use periplasm_compose::{ExplainError, Report};
use periplasm_request::{Requests, SECTION, StageRequests, VERSION};
use wasm_encoder::{ComponentSection, CustomSection};

/// A pipeline as text, with these requests.
fn read(text: &str, requests: Option<Requests>) -> Result<Report, ExplainError> {
    let mut bytes = wat::parse_str(text).unwrap();
    if let Some(requests) = requests {
        let data = requests.to_bytes().into();
        CustomSection { name: SECTION.into(), data }.append_to_component(&mut bytes);
    }
    Report::of_component(&bytes)
}

fn requests(slot: &str) -> Requests {
    let request = periplasm_request::Request::Diag;
    let slots = vec![periplasm_request::SlotRequest { slot: slot.to_owned(), request }];
    let stages = vec![StageRequests { stage: "a".to_owned(), slots }];
    Requests { version: VERSION, pipeline: "p".to_owned(), stages }
}

const HEART: &str = r#"(core module)"#;

#[test]
fn what_is_no_pipeline_is_told_what_it_is() {
    let of = |bytes: &[u8]| Report::of_component(bytes).unwrap_err().to_string();
    assert_eq!(of(b""), "it is an empty file, not a component");
    assert_eq!(of(b"\0asm\x01\0\0\0"), "it is a core module and not composed of stages");
    let driver =
        common::component("a.wit", "package a:a; world w { export periplasm:device/light@0.1.0; }");
    assert_eq!(of(&driver), "it is a single component and not composed of stages");
    assert!(of(&driver[..driver.len() - 3]).starts_with("it is not a valid component"));
}

#[test]
fn what_a_stage_gets_must_be_what_it_asks_for() {
    let stage = |import: &str, given: &str| {
        format!(
            r#"(component
                (import "{given}" (instance $given))
                (component $c (import "{import}" (instance)) {HEART})
                (instance (instantiate $c (with "{import}" (instance $given)))))"#
        )
    };
    // The words would be of the one, and what is done of the other.
    let disguised = read(&stage("test:a/plain@0.1.0", "test:a/secret@0.1.0"), None).unwrap_err();
    assert_eq!(
        disguised.to_string(),
        "stage `#1` asks for `test:a/plain@0.1.0`, and gets `test:a/secret@0.1.0`"
    );
    // A compatible version is the same interface.
    assert!(read(&stage("test:a/plain@0.1.0", "test:a/plain@0.1.4"), None).is_ok());
    assert!(read(&stage("test:a/plain@0.1.0", "test:a/plain@0.2.0"), None).is_err());

    let bag = format!(
        r#"(component
            (component $c (import "test:a/plain" (instance)) {HEART})
            (instance $bag)
            (instance (instantiate $c (with "test:a/plain" (instance $bag)))))"#
    );
    let unclear = read(&bag, None).unwrap_err();
    assert!(matches!(unclear, ExplainError::Disguised { .. }), "{unclear}");
}

#[test]
fn requests_must_be_for_what_is_there() {
    let alone = format!("(component (component $a {HEART}) (instance (instantiate $a)))");
    assert!(read(&alone, None).is_ok());
    let error = read(&alone, Some(requests("log"))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is a request for slot `log` of stage `a`, which takes no such slot"
    );
    let slot = |kind: &str, resource: &str, name: &str| {
        let open = format!(
            r#"(instance (alias outer 1 $r (type $t)) (export "{resource}" (type $e (eq $t)))
                (type $own (own $e)) (export "open" (func (result $own))))"#
        );
        format!(
            r#"(component
                (import "{kind}" (instance $i (export "{resource}" (type (sub resource)))))
                (alias export $i "{resource}" (type $r))
                (import "a-{name}" {outer})
                (component $c
                    (import "{kind}" (instance $i (export "{resource}" (type (sub resource)))))
                    (alias export $i "{resource}" (type $r))
                    (import "{name}" {open}) {HEART})
                (instance (instantiate $c
                    (with "{kind}" (instance $i)) (with "{name}" (instance $slot)))))"#,
            outer = open.replacen("(instance", "(instance $slot", 1),
        )
    };
    let diag = slot("periplasm:hal/diag@0.1.0", "diag", "log");
    let report = read(&diag, Some(requests("log"))).unwrap();
    assert_eq!(report.permissions[0].may, ["write log lines"]);
    assert_eq!(report.stages[0].slots[0].import, "a-log");

    let error = read(&diag, None).unwrap_err();
    assert!(matches!(error, ExplainError::NoRequest { .. }), "{error}");
    let pin = slot("periplasm:hal/output-pin@0.1.0", "output-pin", "log");
    let error = read(&pin, Some(requests("log"))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "slot `log` of stage `a` opens output-pin, and its request is for diag"
    );
}
