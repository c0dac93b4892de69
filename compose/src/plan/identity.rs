//! Whether a handle that a stage gets from one side means something to the
//! other: resources are the same only if the same stage, or the host, made them.

use super::{Staged, Wire};
use crate::component::{Import, ImportKind, Origin};
use crate::problem::{Problem, WiringProblem};

/// Who made a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Maker {
    /// The host: the interface and the name.
    Host(String, String),
    /// A stage, and the number of the resource there.
    Stage(usize, usize),
}

pub(super) fn check(staged: &[Staged<'_>], wires: &[Vec<Wire>], problems: &mut Vec<Problem>) {
    let makers = Makers { staged, wires };
    for (user, stage) in staged.iter().enumerate() {
        for (index, import) in stage.loaded.shape.imports.iter().enumerate() {
            for (name, number) in &import.contract().resources {
                let Some(expected) = makers.of(user, *number) else { continue };
                let Some(given) = makers.given(user, index, name, &expected) else { continue };
                if given != expected {
                    problems.push(makers.describe(user, import, name, *number, &given, &expected));
                }
            }
        }
    }
}

struct Makers<'a> {
    staged: &'a [Staged<'a>],
    wires: &'a [Vec<Wire>],
}

impl Makers<'_> {
    fn wire(&self, user: usize, import: usize) -> Option<&Wire> {
        self.wires[user].iter().find(|wire| wire.import == import)
    }

    /// Who makes the resource that a stage knows by this number. The manifest
    /// has no circles, so this ends.
    fn of(&self, stage: usize, number: usize) -> Option<Maker> {
        let shape = &self.staged[stage].loaded.shape;
        let Origin::Import(import) = *shape.resources.get(number)? else {
            return Some(Maker::Stage(stage, number));
        };
        let brought = &shape.imports.get(import)?;
        let (name, _) = brought.contract().resources.iter().find(|(_, n)| **n == number)?;
        match self.wire(stage, import) {
            Some(wire) => self.exported(wire, name),
            None => Some(Maker::Host(path(brought), name.clone())),
        }
    }

    fn exported(&self, wire: &Wire, name: &str) -> Option<Maker> {
        let export = &self.staged[wire.provider].loaded.shape.exports.get(wire.export)?;
        self.of(wire.provider, *export.contract.resources.get(name)?)
    }

    /// Who makes what this import brings under this name.
    fn given(&self, user: usize, import: usize, name: &str, expected: &Maker) -> Option<Maker> {
        if let Some(wire) = self.wire(user, import) {
            return self.exported(wire, name);
        }
        // An import that the host satisfies: the host's own are its own.
        match expected {
            Maker::Host(..) => None,
            Maker::Stage(..) => {
                let brought = self.staged[user].loaded.shape.imports.get(import)?;
                Some(Maker::Host(path(brought), name.to_owned()))
            }
        }
    }

    fn words(&self, maker: &Maker) -> String {
        match maker {
            Maker::Host(..) => "the host".to_owned(),
            Maker::Stage(stage, _) => format!("stage `{}`", self.staged[*stage].stage.name.value),
        }
    }

    fn describe(
        &self,
        user: usize,
        import: &Import,
        resource: &str,
        number: usize,
        given: &Maker,
        expected: &Maker,
    ) -> Problem {
        let Staged { stage, loaded } = &self.staged[user];
        let owner = match loaded.shape.resources.get(number) {
            Some(Origin::Import(index)) => loaded.shape.imports.get(*index),
            _ => None,
        };
        WiringProblem::Resource {
            stage: stage.name.value.clone(),
            resource: resource.to_owned(),
            through: import.name.clone(),
            owner: owner.unwrap_or(import).name.clone(),
            one: self.words(given),
            other: self.words(expected),
            at: stage.uses_at,
        }
        .into()
    }
}

/// The interface's name without its version, which hosts match loosely; a
/// slot's own name.
fn path(import: &Import) -> String {
    match &import.kind {
        ImportKind::Interface { interface, .. } => interface.path.clone(),
        ImportKind::Slot { .. } => import.name.clone(),
    }
}
