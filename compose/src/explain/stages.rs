//! The stages of a composed component, each against what it is given.

use std::collections::{BTreeMap, HashSet};

use periplasm_request::{Requests, Stage, Structure, join};

use super::ExplainError;
use crate::component::{Shape, StageKind};
use crate::name::{InterfaceName, shown};
use crate::plan::Wire;
use crate::report::StageFacts;

/// A stage that was found.
pub(super) struct Found<'a> {
    /// Its place among the instances.
    pub(super) place: usize,
    name: String,
    kind: StageKind,
    bytes: &'a [u8],
    shape: Shape,
    wires: Vec<Wire>,
}

impl Found<'_> {
    pub(super) fn facts(&self) -> StageFacts<'_> {
        StageFacts {
            name: &self.name,
            kind: self.kind,
            source: None,
            // A WASI inside is what the stage does not import.
            sealed: false,
            adapters: Vec::new(),
            // They are in its code.
            settings: BTreeMap::new(),
            bytes: self.bytes,
            shape: &self.shape,
            wires: self.wires.clone(),
        }
    }
}

/// Reads all stages, in the order of the requests, and those that have none
/// after them.
pub(super) fn read<'a>(
    bytes: &'a [u8],
    structure: &Structure<'_>,
    requests: &Requests,
) -> Result<Vec<Found<'a>>, ExplainError> {
    let parts = structure.stages(requests)?;
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let claimed = |place: &usize| {
        let name = parts[*place].name();
        let place = requests.stages.iter().position(|stage| stage.stage == name);
        place.unwrap_or(usize::MAX)
    };
    order.sort_by_key(claimed);

    let mut shapes = Vec::new();
    for part in &parts {
        shapes.push(shape(bytes, part)?);
    }
    let mut found = Vec::new();
    for &place in &order {
        let (code, shape) = &shapes[place];
        check_taken(&parts[place], shape)?;
        check_slots(&parts[place], shape, requests)?;
        found.push(Found {
            place,
            name: parts[place].name().to_owned(),
            kind: shape.kind(),
            bytes: code,
            shape: shape.clone(),
            wires: wires(&parts[place], place, &shapes, &order)?,
        });
    }
    check_requests(&found, requests)?;
    Ok(found)
}

fn shape<'a>(bytes: &'a [u8], part: &Stage) -> Result<(&'a [u8], Shape), ExplainError> {
    let range = part.range();
    let whole = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
    let code = whole.and_then(|(start, end)| bytes.get(start..end));
    let lost = || ExplainError::Structure("a stage ends after the file".to_owned());
    let code = code.ok_or_else(lost)?;
    let shape = Shape::read(code).map_err(|errors| match errors.first() {
        Some(error) => ExplainError::stage(part.name(), error),
        None => lost(),
    })?;
    Ok((code, shape))
}

/// The wires of a stage, in the order of its imports.
fn wires(
    part: &Stage,
    place: usize,
    shapes: &[(&[u8], Shape)],
    order: &[usize],
) -> Result<Vec<Wire>, ExplainError> {
    let mut wires = Vec::new();
    for wire in part.wires() {
        let disguised = |given: &str| ExplainError::Disguised {
            stage: part.name().to_owned(),
            import: shown(&wire.import, 100),
            given: shown(given, 100),
        };
        let Some(export) = &wire.export else {
            return Err(disguised("all that another stage exports"));
        };
        let import = shapes[place].1.imports.iter().position(|i| i.name == wire.import);
        let exports = &shapes[wire.stage].1.exports;
        let found = exports.iter().position(|e| e.name == *export);
        let provider = order.iter().position(|place| *place == wire.stage);
        let (Some(import), Some(export), Some(provider)) = (import, found, provider) else {
            return Err(disguised(export));
        };
        wires.push(Wire { import, provider, export });
    }
    wires.sort_by_key(|wire| wire.import);
    Ok(wires)
}

/// What the host gives must go by the name that the stage has for it: words in
/// a report are by these names.
fn check_taken(part: &Stage, shape: &Shape) -> Result<(), ExplainError> {
    let disguised = |import: &str, given: &str| ExplainError::Disguised {
        stage: part.name().to_owned(),
        import: shown(import, 100),
        given: shown(given, 100),
    };
    if let Some(import) = part.unclear().first() {
        return Err(disguised(import, "what is put together from single items"));
    }
    for (import, given) in part.taken() {
        let same = match (InterfaceName::parse(import), InterfaceName::parse(given)) {
            (Some(import), Some(given)) => import.same_track(&given),
            (None, None) => *given == join(part.name(), import),
            _ => false,
        };
        if !same {
            return Err(disguised(import, given));
        }
    }
    let given: HashSet<&str> = part
        .taken()
        .iter()
        .map(|(import, _)| import.as_str())
        .chain(part.wires().iter().map(|wire| wire.import.as_str()))
        .collect();
    match shape.imports.iter().find(|import| !given.contains(import.name.as_str())) {
        Some(import) => Err(disguised(&import.name, "nothing")),
        None => Ok(()),
    }
}

/// Every slot that the board fills has a request of its own kind.
fn check_slots(part: &Stage, shape: &Shape, requests: &Requests) -> Result<(), ExplainError> {
    let wired = |slot: &str| part.wires().iter().any(|wire| wire.import == slot);
    for (slot, actual) in shape.slots().filter(|(slot, _)| !wired(slot)) {
        let (stage, slot) = (part.name().to_owned(), slot.to_owned());
        let Some(request) = requests.slot(&stage, &slot) else {
            return Err(ExplainError::NoRequest { stage, slot });
        };
        if request.slot_kind() != actual.kind {
            let (kind, request) = (actual.kind.as_str(), request.kind());
            return Err(ExplainError::Kind { stage, slot, kind, request });
        }
    }
    Ok(())
}

/// Every request is for a slot that the board fills.
fn check_requests(found: &[Found<'_>], requests: &Requests) -> Result<(), ExplainError> {
    for stage in &requests.stages {
        let one = found.iter().find(|one| one.name == stage.stage);
        for asked in &stage.slots {
            let has = one.is_some_and(|one| {
                let facts = one.facts();
                facts.board_slots().any(|(slot, _)| slot == asked.slot)
            });
            if !has {
                let (stage, slot) = (stage.stage.clone(), asked.slot.clone());
                return Err(ExplainError::NoSlot { stage, slot });
            }
        }
    }
    Ok(())
}
