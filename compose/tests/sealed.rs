//! Drivers that import WASI: each gets one of its own.

mod common;

use std::path::Path;

use periplasm_compose::{Composed, Options, Problem, StageProblem, compose};

/// As std leaves it in a component, in an older version than the seal's.
const WASI: &str = "
package wasi:io@0.2.6 {
    interface error { resource error { to-debug-string: func() -> string; } }
    interface poll {
        resource pollable { block: func(); }
    }
    interface streams {
        use error.{error};
        use poll.{pollable};
        variant stream-error { last-operation-failed(error), closed }
        resource output-stream {
            check-write: func() -> result<u64, stream-error>;
            blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
            subscribe: func() -> pollable;
        }
    }
}
package wasi:cli@0.2.6 {
    interface environment { get-arguments: func() -> list<string>; }
    interface stdout {
        use wasi:io/streams@0.2.6.{output-stream};
        get-stdout: func() -> output-stream;
    }
    interface run { run: func() -> result; }
}
package wasi:random@0.2.6 {
    interface insecure-seed { insecure-seed: func() -> tuple<u64, u64>; }
}
package wasi:sockets@0.2.6 {
    interface tcp { listen: func(); }
}";

const STD: &str = "
    import wasi:io/poll@0.2.6;
    import wasi:io/streams@0.2.6;
    import wasi:cli/environment@0.2.6;
    import wasi:cli/stdout@0.2.6;
    import wasi:random/insecure-seed@0.2.6;";

const BUS: &str = "
    import bus: interface {
        use wasi:i2c/i2c@0.2.0-draft.{i2c};
        open: func() -> i2c;
    }
    import wasi:i2c/i2c@0.2.0-draft;
    export periplasm:device/thermometer@0.1.0;";

const MANIFEST: &str = "
[pipeline]
name = \"weather\"
[stages.climate]
wasm = \"climate.wasm\"
slots.bus = { i2c = \"environment\", address = 0x76 }
[stages.dew]
wasm = \"dew.wasm\"
[stages.app]
wasm = \"app.wasm\"
uses = [\"climate\", \"dew\"]
";

fn stage(folder: &Path, name: &str, world: &str) {
    let text = format!("package test:{name};\nworld {name} {{\n{world}\n}}\n{WASI}");
    let bytes = common::component(&format!("{name}.wit"), &text);
    std::fs::write(folder.join(format!("{name}.wasm")), bytes).unwrap();
}

/// `climate` has a log of its own, `dew` has none.
fn compose_with(climate: &str) -> Result<Composed, periplasm_compose::ComposeError> {
    let folder = tempfile::tempdir().unwrap();
    stage(folder.path(), "climate", climate);
    stage(folder.path(), "dew", &format!("{STD}\nexport periplasm:device/hygrometer@0.1.0;"));
    let app = "import periplasm:device/thermometer@0.1.0;
        import periplasm:device/hygrometer@0.1.0;
        import wasi:cli/environment@0.2.6;
        export wasi:cli/run@0.2.6;";
    stage(folder.path(), "app", app);
    std::fs::write(folder.path().join("pipeline.toml"), MANIFEST).unwrap();
    compose(folder.path(), &Options::default(), &mut ())
}

fn with_log(world: &str) -> String {
    format!("include periplasm:hal/driver@0.1.0;\n{world}\n{BUS}")
}

/// The names under which the nested components of the outermost level get
/// their arguments, one list for each instance.
fn arguments(component: &[u8]) -> Vec<Vec<String>> {
    let (mut found, mut depth) = (Vec::new(), 0);
    for payload in wasmparser::Parser::new(0).parse_all(component) {
        match payload.unwrap() {
            wasmparser::Payload::ComponentSection { .. }
            | wasmparser::Payload::ModuleSection { .. } => depth += 1,
            wasmparser::Payload::End(_) => depth -= 1,
            wasmparser::Payload::ComponentInstanceSection(section) if depth == 0 => {
                for instance in section {
                    if let wasmparser::ComponentInstance::Instantiate { args, .. } =
                        instance.unwrap()
                    {
                        found.push(args.iter().map(|a| a.name.to_owned()).collect());
                    }
                }
            }
            _ => {}
        }
    }
    found
}

#[test]
fn each_driver_gets_a_wasi_of_its_own_and_the_app_keeps_the_hosts() {
    let composed = compose_with(&with_log(STD)).unwrap();
    let stages = &composed.report.stages;
    assert_eq!(stages.iter().map(|s| s.sealed).collect::<Vec<_>>(), [true, true, false]);
    // Slots keep their names; a driver without a log has one for what it prints.
    let slots = |stage: usize| stages[stage].slots.iter().map(|s| &s.name[..]).collect::<Vec<_>>();
    assert_eq!(slots(0), ["bus", "diag"]);
    assert_eq!(slots(1), ["diag"]);
    let instances = arguments(&composed.component);
    assert_eq!(instances.len(), 3, "a stage is one instance: {instances:?}");
    let with_wasi = |instance: &&Vec<String>| {
        instance.iter().any(|name| name.starts_with("wasi:") && !name.starts_with("wasi:i2c"))
    };
    let shared: Vec<_> = instances.iter().filter(with_wasi).collect();
    assert_eq!(shared.len(), 1, "the app's alone: {instances:?}");

    // Names for whoever debugs the seal are left out.
    let names = b"dtor-directory-entry-stream";
    assert!(!composed.component.windows(names.len()).any(|part| part == names));

    // The list of the seal's crates is not: one in each of the two.
    let list = b"\x07.dep-v0";
    assert_eq!(composed.component.windows(list.len()).filter(|part| part == list).count(), 2);
    for (stage, sealed) in [("climate", true), ("dew", true), ("app", false)] {
        let with = &composed.lock.stage(stage).unwrap().with;
        assert_eq!(with.contains_key("seal"), sealed, "{with:?}");
    }

    let text = composed.report.to_string();
    for stage in ["climate", "dew"] {
        assert!(text.contains(&format!("file {stage}.wasm, sealed WASI\n")), "{text}");
    }
    // A stage that is composed itself is still one stage from outside.
    let alone = periplasm_compose::Report::of_component(&composed.component).unwrap();
    assert_eq!(alone.permissions, composed.report.permissions);

    let may = |stage: usize| composed.report.permissions[stage].may.join(", ");
    assert_eq!(may(1), "measure time, wait, write log lines");
    assert_eq!(may(2), "read the arguments and environment it is given");
    assert_eq!(composed.component, compose_with(&with_log(STD)).unwrap().component);
}

#[test]
fn what_the_seal_lacks_is_refused_by_its_name() {
    let network = format!("{STD}\nimport wasi:sockets/tcp@0.2.6;");
    let error = compose_with(&with_log(&network)).unwrap_err();
    let [Problem::Stage(StageProblem::SharedWasi { stage, interfaces, .. })] = error.problems()
    else {
        panic!("{error:?}");
    };
    assert_eq!((stage.as_str(), interfaces.as_str()), ("climate", "`wasi:sockets/tcp@0.2.6`"));
}

#[test]
fn what_is_wasi_by_name_alone_does_not_fit() {
    let odd = "import wasi:cli/environment@0.2.6;
        import wasi:clocks/sundial@0.2.6;";
    let clocks = "package wasi:clocks@0.2.6 { interface sundial { hour: func() -> u8; } }";
    let folder = tempfile::tempdir().unwrap();
    let text =
        format!("package test:climate;\nworld climate {{\n{}\n}}\n{WASI}\n{clocks}", with_log(odd));
    let bytes = common::component("climate.wit", &text);
    std::fs::write(folder.path().join("climate.wasm"), bytes).unwrap();
    let manifest = "[pipeline]\nname = \"p\"\nexports = [\"climate\"]\n[stages.climate]\n\
        wasm = \"climate.wasm\"\nslots.bus = { i2c = \"b\", address = 1 }\n";
    std::fs::write(folder.path().join("pipeline.toml"), manifest).unwrap();
    let error = compose(folder.path(), &Options::default(), &mut ()).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("does not fit driver `climate`"), "{message}");
    assert!(message.contains("`wasi:clocks/sundial@0.2.6` is not in it"), "{message}");
}
