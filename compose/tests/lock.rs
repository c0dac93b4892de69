//! `pipeline.lock`: what it keeps, and what it refuses.

mod common;

use std::path::Path;
use std::sync::{Arc, Mutex};

use miette::Diagnostic as _;
use periplasm_compose::{
    ComposeError, Composed, Fetch, FetchError, Fetched, Lock, LockChange, LockError, LockProblem,
    Options, Problem, Remote, Update, compose,
};

const DRIVER: &str = "
package test:meter;
world meter {
    import bus: interface { use wasi:i2c/i2c@0.2.0-draft.{i2c}; open: func() -> i2c; }
    export test:device/meter@0.1.0;
}
package test:device@0.1.0 {
    interface meter { read: func() -> u32; }
}";

const MANIFEST: &str = "[pipeline]\nname = \"p\"\nexports = [\"near\"]\n\
    [stages.near]\nwasm = \"meter.wasm\"\nslots.bus = { i2c = \"b\", address = 1 }\n\
    [stages.far]\noci = \"registry.example/meter:1\"\nslots.bus = { i2c = \"b\", address = 2 }\n";

/// A registry whose one tag is at the digest of the moment, and which has all
/// earlier ones.
#[derive(Debug, Default)]
struct Tag(Mutex<u8>);

impl Fetch for Tag {
    fn fetch(&self, _: &Remote, pinned: Option<&str>) -> Result<Fetched, FetchError> {
        let now = format!("registry.example/meter:1@{}", digest(*self.0.lock().unwrap()));
        let reference = pinned.map_or(now, str::to_owned);
        Ok(Fetched { component: common::component("meter.wit", DRIVER), reference })
    }
}

fn digest(of: u8) -> String {
    format!("sha256:{}", format!("{of:02x}").repeat(32))
}

struct Case {
    folder: tempfile::TempDir,
    tag: Arc<Tag>,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pipeline.toml"), MANIFEST).unwrap();
        let component = common::component("meter.wit", DRIVER);
        std::fs::write(folder.path().join("meter.wasm"), component).unwrap();
        Self { folder, tag: Arc::default() }
    }

    fn lock(&self) -> std::path::PathBuf {
        Lock::beside(&self.folder.path().join("pipeline.toml"))
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.lock()).unwrap()
    }

    fn compose(&self, locked: bool, update: Update) -> Result<Composed, ComposeError> {
        let fetch: Option<Arc<dyn Fetch>> = Some(self.tag.clone());
        let options = Options { keep_lock: locked, update, fetch, ..Options::default() };
        compose(self.folder.path(), &options, &mut ())
    }

    /// Composes, and keeps the lock.
    fn compose_and_keep(&self) -> Composed {
        let composed = self.compose(false, Update::Nothing).unwrap();
        composed.lock.write(&self.lock()).unwrap();
        composed
    }

    /// What is wrong with `locked` when the lock has this text.
    fn refused(&self, text: &str) -> LockError {
        std::fs::write(self.lock(), text).unwrap();
        assert!(self.compose(false, Update::Nothing).is_err());
        Lock::read(&self.lock()).unwrap_err()
    }
}

fn drift(error: &ComposeError) -> Vec<String> {
    let change = |problem: &Problem| match problem {
        Problem::Lock(LockProblem::Drift { change, .. }) => change.to_string(),
        other => panic!("{other:?}"),
    };
    error.problems().iter().map(change).collect()
}

#[test]
fn a_lock_is_read_as_it_was_written() {
    let case = Case::new();
    let composed = case.compose_and_keep();
    let lock = &composed.lock;
    assert_eq!(Lock::read(&case.lock()).unwrap().as_ref(), Some(lock));
    assert!(!lock.write(&case.lock()).unwrap(), "it says the same already");
    assert_eq!(lock.digest, composed.report.digest);
    let names: Vec<&str> = lock.stages.iter().map(|stage| stage.name.as_str()).collect();
    assert_eq!(names, ["far", "near"]);
    assert_eq!(lock.stages[0].imports, ["wasi:i2c@0.2.0-draft"]);
    assert_eq!(lock.stages[0].exports, ["test:device@0.1.0"]);
    let names: Vec<&str> = lock.packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(names, ["test:device@0.1.0", "wasi:i2c@0.2.0-draft"]);
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lock.expected.toml");
    // Those of components change with the tools that make them.
    let text = case.text().replace(&lock.digest, "sha256:<composed>");
    let text = text.replace(&lock.stages[0].digest, "sha256:<meter>");
    assert_eq!(common::golden(&golden, &text), None);
    // A checkout for Windows changes the ends of lines.
    let windows = case.text().replace('\n', "\r\n");
    assert_eq!(Lock::parse(Path::new("pipeline.lock"), &windows).unwrap(), *lock);
}

#[test]
fn a_tag_stays_where_it_was_until_it_is_updated() {
    let case = Case::new();
    let first = case.compose_and_keep();
    *case.tag.0.lock().unwrap() = 1;
    let resolved = |composed: &Composed| {
        let row = serde_json::to_value(&composed.report.stages[1].source).unwrap();
        row["oci"]["resolved"].as_str().unwrap().to_owned()
    };
    let again = case.compose(false, Update::Nothing).unwrap();
    assert_eq!(again.lock, first.lock);
    assert!(resolved(&again).ends_with(&digest(0)));
    let others = Update::Stages(vec!["near".to_owned()]);
    assert!(resolved(&case.compose(false, others).unwrap()).ends_with(&digest(0)));
    for update in [Update::Everything, Update::Stages(vec!["far".to_owned()])] {
        let updated = case.compose(false, update.clone()).unwrap();
        assert!(resolved(&updated).ends_with(&digest(1)));
        let [LockChange::Source { stage, locked, found }] = &first.lock.diff(&updated.lock)[..]
        else {
            panic!("{:?}", first.lock.diff(&updated.lock));
        };
        assert_eq!(stage, "far");
        assert!(locked.contains(&digest(0)) && found.contains(&digest(1)));
        // Locked is locked.
        assert!(resolved(&case.compose(true, update).unwrap()).ends_with(&digest(0)));
    }
    let error = case.compose(false, Update::Stages(vec!["moon".to_owned()])).unwrap_err();
    assert_eq!(error.to_string(), "there is no stage `moon` to be updated");
    assert!(error.help().unwrap().to_string().contains("`near`"));
}

#[test]
fn locked_refuses_other_bytes_and_names_both() {
    let case = Case::new();
    let error = case.compose(true, Update::Nothing).unwrap_err();
    let source = error.diagnostic_source().unwrap().to_string();
    assert!(source.starts_with("there is no "), "{source}");

    let composed = case.compose_and_keep();
    assert_eq!(case.compose(true, Update::Nothing).unwrap().lock, composed.lock);
    let other = DRIVER.replace("-> u32", "-> u64");
    let other = common::component("meter.wit", &other);
    std::fs::write(case.folder.path().join("meter.wasm"), other).unwrap();
    let changes = drift(&case.compose(true, Update::Nothing).unwrap_err());
    let [component, package] = &changes[..] else { panic!("{changes:?}") };
    let was = &composed.lock.stage("near").unwrap().digest;
    assert!(component.starts_with(&format!("stage near was {was}, and is sha256:")), "{component}");
    assert!(package.starts_with("WIT package test:device@0.1.0 was sha256:"), "{package}");
}

#[test]
fn locked_refuses_another_manifest_before_it_fetches_anything() {
    let case = Case::new();
    case.compose_and_keep();
    let manifest = case.folder.path().join("pipeline.toml");
    let moved = MANIFEST
        .replace("meter:1", "meter:2")
        .replace("[stages.near]", "[stages.new]\nwasm = \"no.wasm\"\n[stages.near]");
    std::fs::write(&manifest, moved).unwrap();
    let changes = drift(&case.compose(true, Update::Nothing).unwrap_err());
    let [new, moved] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(new, "stage new is new");
    assert!(moved.ends_with("and comes from oci registry.example/meter:2"), "{moved}");

    // The same stages, and another address.
    std::fs::write(&manifest, MANIFEST.replace("address = 1", "address = 3")).unwrap();
    let changes = drift(&case.compose(true, Update::Nothing).unwrap_err());
    assert!(changes[0].starts_with("the composed component was sha256:"), "{changes:?}");
    assert_eq!(changes.len(), 1);

    std::fs::write(&manifest, MANIFEST.replace("name = \"p\"", "name = \"q\"")).unwrap();
    for locked in [false, true] {
        let error = case.compose(locked, Update::Nothing).unwrap_err();
        let source = error.diagnostic_source().unwrap().to_string();
        assert!(source.ends_with("is the lock of pipeline `p`, and this is `q`"), "{source}");
    }
}

#[test]
fn what_is_no_lock_is_refused_with_its_line() {
    let case = Case::new();
    case.compose_and_keep();
    let good = case.text();
    let line = |error: &LockError| match error {
        LockError::NotALock { text, at, .. } => {
            1 + text.inner()[..at.offset()].matches('\n').count()
        }
        other => panic!("{other:?}"),
    };

    assert_eq!(line(&case.refused("this is not a lock")), 1);
    assert_eq!(line(&case.refused(&good.replacen("sha256:", "sha256:x", 1))), 4);
    assert_eq!(line(&case.refused(&good.replacen("name = ", "nam = ", 1))), 7);
    let conflict = good.replacen("version", "<<<<<<< ours\nversion", 1);
    assert_eq!(line(&case.refused(&conflict)), 2);
    let two = good.replacen("oci = ", "crate = \"a\"\noci = ", 1);
    assert!(case.refused(&two).to_string().contains("a stage has one of"));
    let unpinned = good.replacen(&format!("meter:1@{}", digest(0)), "meter:1", 1);
    assert!(case.refused(&unpinned).to_string().contains("no digest after `@`"));

    let error = case.refused(&good.replacen("version = 1", "version = 2", 1));
    assert!(matches!(error, LockError::Version { found: 2, expected: 1, .. }), "{error:?}");
    let error = case.refused(&good.replacen("pipeline =", "pipeline  =", 1));
    assert!(matches!(error, LockError::Edited { line: 3, .. }), "{error:?}");
    let twice = good.find("\n[[package]]").unwrap();
    let twice = format!("{good}{}", &good[twice..]);
    assert!(matches!(case.refused(&twice), LockError::Edited { .. }));

    std::fs::write(case.lock(), vec![b'#'; 5 << 20]).unwrap();
    assert!(matches!(Lock::read(&case.lock()), Err(LockError::TooLarge { .. })));
    std::fs::remove_file(case.lock()).unwrap();
    std::fs::create_dir(case.lock()).unwrap();
    assert!(matches!(Lock::read(&case.lock()), Err(LockError::Unreadable { .. })));
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_lock_or_an_error(text: String) {
        let _ = Lock::parse(Path::new("pipeline.lock"), &text);
    }

    #[test]
    fn a_lock_with_a_line_changed_is_refused_or_as_written(line in 0..24_usize, with in ".{0,40}") {
        let golden = include_str!("lock.expected.toml");
        let zero = digest(0);
        let text = golden.replace("sha256:<composed>", &zero).replace("sha256:<meter>", &zero);
        let mut lines: Vec<&str> = text.lines().collect();
        let line = line % lines.len();
        lines[line] = &with;
        let text = lines.join("\n") + "\n";
        if let Ok(lock) = Lock::parse(Path::new("pipeline.lock"), &text) {
            proptest::prop_assert_eq!(lock.to_string(), text);
        }
    }
}
