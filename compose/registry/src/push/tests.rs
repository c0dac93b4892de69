use super::*;
use crate::{Memory, RawManifest, pull};

fn artifact(text: &str) -> Artifact {
    Artifact::new(wat::parse_str(text).unwrap()).unwrap()
}

fn reference(text: &str) -> Reference {
    text.parse().unwrap()
}

fn at(memory: &Memory, reference: &Reference) -> RawManifest {
    memory.manifest(&reference.repository, reference.at()).unwrap()
}

#[test]
fn what_was_pushed_is_pulled_and_a_second_time_changes_nothing() {
    let (memory, name) = (Memory::new(), reference("registry.example/a:1.2.0"));
    let artifact = artifact(r#"(component (import "climate-bus" (instance)))"#);
    let options = PushOptions { also: vec!["latest".into(), "1.2".into()], ..Default::default() };
    let first = push(&memory, &name, &artifact, &options).unwrap();
    assert_eq!(first.before, Before::Nothing);
    let again = push(&memory, &name, &artifact, &options).unwrap();
    assert_eq!((again.before, &again.reference), (Before::Same, &first.reference));
    assert_eq!(memory.tags(&name.repository).unwrap(), ["1.2", "1.2.0", "latest"]);
    let pulled = pull(&memory, &first.reference).unwrap();
    assert_eq!((pulled.digest, pulled.component), (first.digest, artifact.bytes().to_vec()));
}

#[test]
fn a_version_is_not_given_to_another_artifact_unless_forced() {
    let (memory, name) = (Memory::new(), reference("registry.example/a:1.2.0"));
    let (one, two) = (artifact("(component)"), artifact(r#"(component (import "b" (func)))"#));
    let options = PushOptions::default();
    let first = push(&memory, &name, &one, &options).unwrap();
    let error = push(&memory, &name, &two, &options).unwrap_err();
    let both = [first.digest.to_string(), two.pack().digest.to_string()];
    assert!(both.iter().all(|digest| error.to_string().contains(digest)), "{error}");
    assert_eq!(at(&memory, &name).digest, first.digest);

    let force = PushOptions { force: true, ..Default::default() };
    let forced = push(&memory, &name, &two, &force).unwrap();
    assert_eq!(forced.before, Before::Other(first.digest));
    assert_eq!(at(&memory, &name).digest, forced.digest);
}

#[test]
fn names_that_cannot_be_used_are_refused_before_anything_is_written() {
    let memory = Memory::new();
    let artifact = artifact("(component)");
    let other = Digest::of(b"");
    for (name, also) in [
        ("registry.example/a:latest".to_owned(), None),
        (format!("registry.example/a@{other}"), None),
        (format!("registry.example/a:1.2.0@{other}"), None),
        ("registry.example/a:1.2.0".to_owned(), Some("1.3".to_owned())),
    ] {
        let options = PushOptions { also: also.into_iter().collect(), ..Default::default() };
        assert!(push(&memory, &reference(&name), &artifact, &options).is_err(), "{name}");
    }
    assert!(memory.tags(&reference("registry.example/a:1.0.0").repository).unwrap().is_empty());
}

#[test]
fn the_tag_comes_last() {
    let (memory, name) = (Memory::new(), reference("registry.example/a:1.2.0"));
    let artifact = artifact("(component)");
    let packed = artifact.pack();
    let place = check(&memory, &name, &packed.digest, &PushOptions::default()).unwrap();
    upload(&memory, &name.repository, &artifact, &packed).unwrap();
    assert!(pull(&memory, &name).unwrap_err().is_missing());
    assert!(pull(&memory, &name.repository.at(packed.digest.clone())).is_ok());
    tag(&memory, place, &packed).unwrap();
    assert!(pull(&memory, &name).is_ok());
}
