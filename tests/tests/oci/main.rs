//! Publishing to a registry of other people, and back: docker-registry
//! (distribution 2.8), which knows nothing of WebAssembly and has no list of
//! referrers.
//!
//! `cargo xtask test oci` unpacks Debian's docker-registry and names it in
//! `PERIPLASM_DOCKER_REGISTRY`. Without that variable, these tests are left out.

mod auth;
mod compose;
mod host;
mod publish;
mod signed;
mod wit;

use libtest_mimic::{Arguments, Failed, Trial};
use periplasm_registry::Artifact;
use periplasm_tests::registry::{VARIABLE, docker_registry};

/// A test that has a name, and panics when it fails.
type Case = (&'static str, fn());

fn main() {
    let arguments = Arguments::from_args();
    let missing = docker_registry().is_none();
    if missing && !arguments.list {
        eprintln!(
            "{VARIABLE} names no docker-registry: these tests are left out. `cargo xtask test oci` \
             fetches one."
        );
    }
    let cases =
        [publish::CASES, auth::CASES, signed::CASES, wit::CASES, compose::CASES, host::CASES];
    let trial = |(name, case): &Case| {
        let case = *case;
        Trial::test(*name, move || {
            case();
            Ok::<(), Failed>(())
        })
        .with_ignored_flag(missing)
    };
    let trials = cases.into_iter().flatten().map(trial).collect();
    libtest_mimic::run(&arguments, trials).exit();
}

/// A component that imports a slot, and is different for every `word`.
fn component(word: &str) -> Vec<u8> {
    let text = format!(
        r#"(component
            (import "climate-bus" (instance))
            (import "periplasm:hal/delay@0.1.0" (instance))
            (core module (memory 1) (data (i32.const 0) {word:?}))
        )"#
    );
    wat::parse_str(text).expect("a component")
}

fn artifact(word: &str) -> Artifact {
    periplasm_tests::ok(Artifact::new(component(word)))
}
