//! Requests are claims: forged, missing and surplus ones.

use periplasm_host::Pipeline;
use periplasm_host::pipeline::{PipelineError, SlotKind};
use periplasm_request::{Request, Requests, SECTION, SlotRequest, StageRequests};

use crate::support::{GOOD, Stage, bytes, custom_section, requests, wat, with_section};

const OTHER: Stage<'_> = Stage { name: "other", ..GOOD };

/// The pipeline of two stages with these requests instead of its own.
fn with(change: impl FnOnce(&mut Requests)) -> Result<Pipeline, PipelineError> {
    let stages = [GOOD, OTHER];
    let mut requests = requests(&stages);
    change(&mut requests);
    Pipeline::from_bytes(with_section(&wat(&stages), &requests.to_bytes()))
}

#[test]
fn requests_that_fit_are_read() {
    let pipeline = with(|_| {}).unwrap();
    let slots: Vec<_> = pipeline.slots().iter().map(|s| (s.import(), s.kind())).collect();
    let expected = [
        ("good-bus".to_owned(), SlotKind::I2c),
        ("good-log".to_owned(), SlotKind::Diag),
        ("other-bus".to_owned(), SlotKind::I2c),
        ("other-log".to_owned(), SlotKind::Diag),
    ];
    assert_eq!(slots, expected);
    assert_eq!(pipeline.name(), "test");
}

#[test]
fn a_slot_without_a_request_is_refused() {
    let error = with(|r| drop(r.stages[1].slots.pop())).unwrap_err();
    assert!(
        matches!(&error, PipelineError::NoRequest { stage, slot } if stage == "other" && slot == "log"),
        "{error}"
    );
}

#[test]
fn slots_without_any_section_are_refused() {
    let error = Pipeline::from_bytes(wat::parse_str(wat(&[GOOD])).unwrap()).unwrap_err();
    assert!(matches!(&error, PipelineError::NoRequest { stage, .. } if stage == "good"), "{error}");
}

#[test]
fn a_request_without_a_slot_is_refused() {
    let extra = SlotRequest { slot: "more".into(), request: Request::Diag };
    let error = with(|r| r.stages[0].slots.push(extra.clone())).unwrap_err();
    assert!(
        matches!(&error, PipelineError::NoSlot { stage, slot } if stage == "good" && slot == "more"),
        "{error}"
    );
    let ghost = StageRequests { stage: "ghost".into(), slots: vec![extra] };
    let error = with(|r| r.stages.push(ghost)).unwrap_err();
    assert!(matches!(&error, PipelineError::NoSlot { stage, .. } if stage == "ghost"), "{error}");
}

#[test]
fn a_request_of_another_kind_than_the_slots_type_is_refused() {
    let error = with(|r| {
        // A log that claims to be a bus.
        r.stages[0].slots[1].request = r.stages[0].slots[0].request.clone();
    })
    .unwrap_err();
    let PipelineError::KindMismatch { stage, slot, kind, request } = error else {
        panic!("{error}")
    };
    assert_eq!(
        (stage.as_str(), slot.as_str(), kind, request),
        ("good", "log", SlotKind::Diag, "i2c")
    );
}

#[test]
fn a_section_that_is_not_what_compose_writes_is_refused() {
    for section in ["", "{}", "[]", "{\"version\":2}", "{\"version\":1,\"pipeline\":\"x\"}"] {
        let error =
            Pipeline::from_bytes(with_section(&wat(&[GOOD]), section.as_bytes())).unwrap_err();
        assert!(matches!(error, PipelineError::Requests(_)), "{section:?}: {error}");
    }
}

#[test]
fn two_sections_are_refused_even_if_they_agree() {
    let mut bytes = bytes(&[GOOD]);
    bytes.extend(custom_section(SECTION, &requests(&[GOOD]).to_bytes()));
    let error = Pipeline::from_bytes(bytes).unwrap_err();
    assert!(matches!(error, PipelineError::TwoRequestSections), "{error}");
}

#[test]
fn a_section_inside_of_a_stage_says_nothing() {
    let hidden = "(component $good (@custom \"periplasm:requests\" \"forged\")";
    let text = wat(&[GOOD]).replacen("(component $good", hidden, 1);
    assert!(text.contains("forged"));
    Pipeline::from_bytes(with_section(&text, &requests(&[GOOD]).to_bytes())).unwrap();
}

#[test]
fn names_and_messages_from_a_file_are_fit_for_a_terminal() {
    let pipeline = with(|r| r.pipeline = "\u{1b}[31mred".into()).unwrap();
    assert_eq!(pipeline.name(), "\\u{1b}[31mred");
    let section = "{\"version\":1,\"\u{9b}2J\":1}";
    let error = Pipeline::from_bytes(with_section(&wat(&[GOOD]), section.as_bytes())).unwrap_err();
    assert!(error.to_string().contains("2J"), "{error}");
    assert!(!error.to_string().contains(char::is_control), "{error}");
}
