//! What is read from a component's own bytes.

use periplasm_host::pipeline::{NamedBy, PipelineError};
use periplasm_host::{Cause, Pipeline, RunOptions};

use crate::support::{Bench, GOOD, Stage, bytes, pipeline, requests, wat, with_section};

const SECOND: Stage<'_> = Stage { name: "second", ..GOOD };

fn changed(change: impl FnOnce(String) -> String) -> PipelineError {
    let stages = [GOOD, SECOND];
    let text = change(wat(&stages));
    Pipeline::from_bytes(with_section(&text, &requests(&stages).to_bytes())).unwrap_err()
}

#[test]
fn stages_are_named_by_the_slots_they_are_given() {
    let pipeline = pipeline(&[GOOD, SECOND]);
    let names: Vec<_> = pipeline.stages().iter().map(|s| (s.name(), s.named_by())).collect();
    assert_eq!(names, [("good", NamedBy::Slots), ("second", NamedBy::Slots)]);
}

#[test]
fn each_stage_is_the_bytes_of_its_component() {
    let pipeline = pipeline(&[GOOD, SECOND]);
    let [first, second] = pipeline.stages() else { panic!("two stages") };
    for stage in [first, second] {
        let range = stage.range().start as usize..stage.range().end as usize;
        // A component of its own: magic, version and layer.
        assert!(pipeline.bytes()[range].starts_with(b"\0asm\x0d\0\x01\0"));
    }
    assert!(first.range().end <= second.range().start);
}

#[test]
fn the_digest_is_of_the_bytes_and_of_nothing_else() {
    assert_eq!(pipeline(&[GOOD]).digest(), pipeline(&[GOOD]).digest());
    assert_ne!(pipeline(&[GOOD]).digest(), pipeline(&[SECOND]).digest());
}

#[test]
fn an_instance_with_slots_of_two_stages_is_refused() {
    let error = changed(|text| {
        text.replacen(
            "(with \"log\" (instance $good-log))",
            "(with \"log\" (instance $second-log))",
            1,
        )
    });
    let PipelineError::Structure(message) = error else { panic!("{error}") };
    assert_eq!(message, "one instance takes slots of stage `good` and of `second`");
}

#[test]
fn two_instances_with_the_slots_of_one_stage_are_refused() {
    let error = changed(|text| {
        text.replace("(instance $second-bus)", "(instance $good-bus)")
            .replace("(instance $second-log)", "(instance $good-log)")
    });
    let PipelineError::Structure(message) = error else { panic!("{error}") };
    assert_eq!(message, "two instances take the slots of stage `good`");
}

#[test]
fn a_slot_of_an_unknown_type_is_refused_by_its_type_and_not_by_its_name() {
    let slot = |interface: &str| {
        let text = format!("(component $x) (import \"good-extra\" {interface})");
        let error =
            changed(|wat| wat.replacen("(component $good", &format!("{text} (component $good"), 1));
        let PipelineError::UnknownSlot { stage, slot, found } = error else { panic!("{error}") };
        assert_eq!((stage.as_str(), slot.as_str()), ("good", "extra"));
        found
    };
    assert_eq!(slot("(func)"), "it is not an interface");
    assert_eq!(slot("(instance)"), "it has no function `open`");
    assert_eq!(
        slot("(instance (export \"open\" (func (param \"x\" u8))))"),
        "its `open` is not a plain function without parameters"
    );
    assert_eq!(
        slot("(instance (export \"open\" (func (result u32))))"),
        "its `open` does not return a handle of its own"
    );
    // A resource of the right name, and of nobody the host knows.
    assert_eq!(
        slot(
            "(instance (export \"i2c\" (type $r (sub resource))) (export \"open\" (func (result (own $r)))))"
        ),
        "its `open` returns a handle of an interface this host does not know"
    );
    let more = "(instance (alias outer 1 $bus (type $t)) (export \"r\" (type $r (eq $t)))
        (export \"open\" (func (result (own $r)))) (export \"reset\" (func)))";
    assert_eq!(slot(more), "a slot that opens i2c has no `reset`");
}

#[test]
fn an_import_the_host_does_not_have_is_refused_with_what_it_has() {
    let import = |import: &str| {
        let text = format!("(import {import} (instance (export \"f\" (func))))");
        let error =
            changed(|wat| wat.replacen("(component $good", &format!("{text} (component $good"), 1));
        let PipelineError::UnknownImport { help, .. } = error else { panic!("{error}") };
        help
    };
    assert!(import("\"periplasm:hal/delay@0.2.0\"").contains("`periplasm:hal/delay@0.1.0`"));
    assert!(import("\"periplasm:device/thermometer@0.1.0\"").contains("add a stage"));
    assert!(import("\"bus\"").contains("<stage>-<slot>"));
    assert!(import("\"wasi:cli/stdout@0.3.0\"").contains("0.2"));
    assert!(import("\"a:b/c@1.0.0\"").contains("add a stage"));
}

#[test]
fn an_interface_of_types_alone_needs_nobody() {
    let types = "(import \"a:b/types@1.0.0\" (instance
        (type $e' (enum \"x\" \"y\")) (export \"e\" (type (eq $e'))))) (component $good";
    let text = wat(&[GOOD]).replacen("(component $good", types, 1);
    let pipeline =
        Pipeline::from_bytes(with_section(&text, &requests(&[GOOD]).to_bytes())).unwrap();
    assert!(pipeline.shared_imports().iter().any(|i| i.name == "a:b/types@1.0.0"));
    crate::support::host().compile(&pipeline).unwrap();
}

#[test]
fn a_resource_of_its_own_is_more_than_a_type() {
    let error = changed(|wat| {
        let import = "(import \"a:b/types@1.0.0\" (instance (export \"r\" (type (sub resource)))))
            (component $good";
        wat.replacen("(component $good", import, 1)
    });
    assert!(matches!(&error, PipelineError::UnknownImport { .. }), "{error}");
}

#[test]
fn files_that_are_no_pipelines_are_told_apart() {
    let error = |bytes: &[u8]| Pipeline::from_bytes(bytes.to_vec()).unwrap_err();
    assert!(matches!(error(b""), PipelineError::Empty));
    assert!(matches!(
        error(b"[pipeline]\nname = \"weather\"\n"),
        PipelineError::NotWasm("a text file")
    ));
    assert!(matches!(error("°".repeat(600).as_bytes()), PipelineError::NotWasm("a text file")));
    assert!(matches!(error(b"\x00\x01\x02\xff"), PipelineError::NotWasm("unknown bytes")));
    assert!(matches!(error(b"\x7fELF\x02\x01"), PipelineError::NotWasm("compiled code (ELF)")));
    let module = wat::parse_str("(module (func (export \"run\")))").unwrap();
    assert!(matches!(error(&module), PipelineError::CoreModule));
    let single = wat::parse_str("(component (core module))").unwrap();
    assert!(matches!(error(&single), PipelineError::NotComposed("a core module")));
    let nothing = wat::parse_str("(component)").unwrap();
    assert!(matches!(error(&nothing), PipelineError::Structure(_)));
    assert!(matches!(error(b"\0asm\x0d\0\x01\0\x63"), PipelineError::Invalid { .. }));
    assert!(matches!(error(b"\0asm"), PipelineError::Invalid { .. }));
}

#[test]
fn a_pipeline_that_is_cut_short_is_invalid_or_lacks_something() {
    let whole = bytes(&[GOOD]);
    // Every section, without trying each byte of each.
    for len in (0..whole.len()).step_by(11) {
        assert!(Pipeline::from_bytes(whole[..len].to_vec()).is_err(), "cut to {len} bytes");
    }
}

/// Two stages, `a` and `b`, with `code` after the component `$stage` that
/// exports `x`.
fn composition(code: &str) -> Result<Pipeline, PipelineError> {
    let text = format!(
        r#"(component
          (component $stage (core module $m (func (export "x") unreachable))
            (core instance $m (instantiate $m))
            (func (export "x") (canon lift (core func $m "x"))))
          {code})"#
    );
    Pipeline::from_bytes(wat::parse_str(text).unwrap())
}

#[test]
fn which_of_two_instances_of_one_component_failed_is_not_guessed() {
    let exports = r#"(instance $a (instantiate $stage)) (instance $b (instantiate $stage))
        (alias export $b "x" (func $x)) (instance $out (export "probe" (func $x)))
        (export "test:b/probe@0.1.0" (instance $out))"#;
    let pipeline = composition(exports).unwrap();
    let mut bench = Bench::start(&pipeline, RunOptions::default()).unwrap();
    let probe = bench.running.typed_func::<(), ()>("test:b/probe@0.1.0", "probe").unwrap();
    let error = bench.running.call(&probe, ()).unwrap_err();
    assert_eq!((error.stage.clone(), error.cause.clone()), (None, Cause::Aborted), "{error}");
    assert_eq!(error.to_string(), "the pipeline gave up without saying why");
}

#[test]
fn a_stage_made_of_another_ones_code_is_refused() {
    for code in [
        // Taken from outside, however deep.
        "(instance (instantiate $stage))
            (component $thief (alias outer 1 $stage (component $s)) (instance (instantiate $s)))
            (instance (instantiate $thief))",
        "(component $thief (component (alias outer 2 $stage (component $s)))) (instance (instantiate $thief))",
        // Handed over.
        "(component $thief (import \"s\" (component $s)) (instance (instantiate $s)))
            (instance (instantiate $thief (with \"s\" (component $stage))))",
    ] {
        let error = composition(code).unwrap_err();
        let PipelineError::Structure(message) = error else { panic!("{code}: {error}") };
        assert_eq!(message, "a stage is made of another one's code", "{code}");
    }
    // Its own it may instantiate as it likes.
    composition("(component $own (component $c) (component (alias outer 1 $c (component $d)) (instance (instantiate $d)))) (instance (instantiate $own))").unwrap();
}
