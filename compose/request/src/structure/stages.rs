//! The stages of a pipeline, and their names.

use std::collections::HashSet;
use std::ops::Range;

use super::{Origin, Structure, StructureError};
use crate::{Requests, is_stage_name, split};

/// One stage: an instance of a nested component.
#[derive(Clone, Debug)]
pub struct Stage {
    name: String,
    named_by: NamedBy,
    range: Range<u64>,
    wires: Vec<Wire>,
    taken: Vec<(String, String)>,
    unclear: Vec<String>,
}

/// Where a stage's name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// The imports it was given as slots.
    Slots,
    /// The component's name section, or the requests: a claim.
    Claim,
    /// Its place among the stages, because nothing else names it.
    Place,
}

/// One argument of a stage that another stage exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// What the stage imports.
    pub import: String,
    /// The place of the exporting stage among the stages.
    pub stage: usize,
    /// What that one calls it; `None` if the argument is all that it exports.
    pub export: Option<String>,
}

impl Stage {
    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the name can be relied on.
    pub fn named_by(&self) -> NamedBy {
        self.named_by
    }

    /// The bytes of the stage's component in the pipeline's.
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// What the stage takes from other stages.
    pub fn wires(&self) -> &[Wire] {
        &self.wires
    }

    /// What the stage takes from whoever runs the composition: what itself
    /// imports, and the composition's import.
    pub fn taken(&self) -> &[(String, String)] {
        &self.taken
    }

    /// Arguments that are put together from single items, so that it cannot be
    /// told whose they are. `compose` makes none.
    pub fn unclear(&self) -> &[String] {
        &self.unclear
    }
}

impl Stage {
    fn takes(&mut self, structure: &Structure<'_>, import: &str, index: u32) {
        let import = import.to_owned();
        let origin = structure.origins.get(index as usize).copied().unwrap_or(Origin::Bag);
        match (origin, structure.stage_of(origin)) {
            (_, Some((stage, export))) => self.wires.push(Wire { import, stage, export }),
            (Origin::Import(name), None) => self.taken.push((import, name.to_owned())),
            (_, None) => self.unclear.push(import),
        }
    }
}

impl Structure<'_> {
    /// The stages, in the order in which they are instantiated, with the name and
    /// the wiring of each.
    pub fn stages(&self, requests: &Requests) -> Result<Vec<Stage>, StructureError> {
        let structure = self;
        let mut taken = HashSet::new();
        let mut by_slots = Vec::new();
        for instance in &structure.instances {
            let name = name_by_slots(structure, &instance.arguments)?;
            if let Some(name) = name
                && !taken.insert(name.to_owned())
            {
                let message = format!("two instances take the slots of stage `{name}`");
                return Err(StructureError::Other(message));
            }
            by_slots.push(name);
        }
        // A stage without slots. The requests name it if only one is left over.
        let mut unnamed = requests.stages.iter().map(|s| &s.stage).filter(|s| !taken.contains(*s));
        let only_unnamed = match (unnamed.next(), unnamed.next()) {
            (Some(name), None) if by_slots.iter().filter(|n| n.is_none()).count() == 1 => {
                Some(name)
            }
            _ => None,
        };
        let mut stages = Vec::new();
        for (place, (instance, name)) in structure.instances.iter().zip(by_slots).enumerate() {
            let in_names = structure.names.get(&instance.index).copied();
            let claim = in_names
                .filter(|name| is_stage_name(name) && !taken.contains(*name))
                .or(only_unnamed.map(String::as_str));
            let (name, named_by) = match (name, claim) {
                (Some(name), _) => (name.to_owned(), NamedBy::Slots),
                (None, Some(name)) => (name.to_owned(), NamedBy::Claim),
                // No stage can have this name, so it is never taken.
                (None, None) => (format!("#{}", place + 1), NamedBy::Place),
            };
            taken.insert(name.clone());
            let mut stage = Stage {
                name,
                named_by,
                range: instance.range.clone(),
                wires: Vec::new(),
                taken: Vec::new(),
                unclear: Vec::new(),
            };
            instance.arguments.iter().for_each(|(import, index)| {
                stage.takes(structure, import, *index);
            });
            stages.push(stage);
        }
        Ok(stages)
    }

    /// The stages whose interfaces are exported, by their places, and the names
    /// under which the composition exports them.
    pub fn exported(&self) -> impl Iterator<Item = (usize, &str)> {
        self.given.iter().filter_map(|(name, origin)| Some((self.stage_of(*origin)?.0, *name)))
    }

    /// The stage that an instance comes from, and what that one calls it.
    fn stage_of(&self, origin: Origin<'_>) -> Option<(usize, Option<String>)> {
        match origin {
            Origin::Instance(stage) => Some((stage, None)),
            Origin::Export(instance, name) => match self.origins.get(instance as usize) {
                Some(Origin::Instance(stage)) => Some((*stage, Some(name.to_owned()))),
                _ => None,
            },
            Origin::Import(_) | Origin::Bag => None,
        }
    }
}

fn name_by_slots<'a>(
    structure: &Structure<'a>,
    arguments: &[(&'a str, u32)],
) -> Result<Option<&'a str>, StructureError> {
    let mut found: Option<&str> = None;
    for (_, index) in arguments {
        let Some(Origin::Import(import)) = structure.origins.get(*index as usize) else { continue };
        let Some((stage, _)) = split(import) else { continue };
        if found.is_some_and(|other| other != stage) {
            let other = found.unwrap_or_default();
            let message = format!("one instance takes slots of stage `{other}` and of `{stage}`");
            return Err(StructureError::Other(message));
        }
        found = Some(stage);
    }
    Ok(found)
}
