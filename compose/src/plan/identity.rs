//! Whether a handle that a stage gets from one side means something to the
//! other: resources are the same only if the same stage, or the host, made them.

use super::{Staged, Wire};
use crate::component::{Import, ImportKind, Origin};
use crate::problem::{Problem, View, WiringProblem};

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

    /// The resource as the stage sees it, and who makes what it gets.
    fn sides(&self, user: usize, taken: &[(&Import, &Maker); 2], resource: &str) -> Vec<View> {
        let [(owner, _), (import, _)] = taken;
        let mut lines = vec![format!("  interface {} {{ resource {resource}; }}", owner.name)];
        let brings = match owner.name == import.name {
            true => format!("  interface {} {{ resource {resource}; }}", import.name),
            false => {
                format!("  interface {} {{ use {}.{{{resource}}}; }}", import.name, owner.name)
            }
        };
        lines.push(brings);
        lines.push(format!("  // one `{resource}`"));
        let stage = self.staged[user].stage.name.value.clone();
        let interface = "both as".to_owned();
        let mut views = vec![View { stage: Some(stage), does: "imports", interface, lines }];
        for (import, maker) in taken {
            let (stage, line) = match maker {
                Maker::Host(interface, name) => {
                    (None, format!("+ // `{name}` of {interface} is the host's own"))
                }
                Maker::Stage(stage, number) => {
                    let staged = &self.staged[*stage];
                    let shape = &staged.loaded.shape;
                    let of = shape.exports.iter().find_map(|export| {
                        let mut all = export.contract.resources.iter();
                        let (name, _) = all.find(|(_, n)| *n == number)?;
                        Some((name, &export.name))
                    });
                    let line = match of {
                        Some((name, of)) => format!("+ // its own `{name}`, of {of}"),
                        None => "+ // its own".to_owned(),
                    };
                    (Some(staged.stage.name.value.clone()), line)
                }
            };
            let does = if stage.is_some() { "exports" } else { "gives" };
            let interface = import.name.clone();
            views.push(View { stage, does, interface, lines: vec![line] });
        }
        views
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
        let owner = owner.unwrap_or(import);
        WiringProblem::Resource {
            sides: self.sides(user, &[(owner, expected), (import, given)], resource),
            stage: stage.name.value.clone(),
            resource: resource.to_owned(),
            through: import.name.clone(),
            owner: owner.name.clone(),
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
