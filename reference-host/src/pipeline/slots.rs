//! The slots of a pipeline, joined with their requests.

pub use periplasm_request::SlotKind;
use periplasm_request::{Request, Requests};

use super::PipelineError;
use super::classify::SlotImport;

/// One slot of one stage, and what it asks for.
#[derive(Clone, Debug)]
pub struct Slot {
    stage: String,
    name: String,
    kind: SlotKind,
    request: Request,
}

impl Slot {
    /// The stage.
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// The slot's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The import it is.
    pub fn import(&self) -> String {
        periplasm_request::join(&self.stage, &self.name)
    }

    /// What it opens, by its type.
    pub fn kind(&self) -> SlotKind {
        self.kind
    }

    /// The hardware it asks for: a claim, of the slot's own kind.
    pub fn request(&self) -> &Request {
        &self.request
    }
}

/// Gives each slot its request. Both sides must match, one to one.
pub(super) fn with_requests(
    imports: Vec<SlotImport>,
    requests: &Requests,
) -> Result<Vec<Slot>, PipelineError> {
    let mut slots = Vec::new();
    for SlotImport { stage, slot, kind } in imports {
        let Some(request) = requests.slot(&stage, &slot) else {
            return Err(PipelineError::NoRequest { stage, slot });
        };
        if request.slot_kind() != kind {
            let request = request.kind();
            return Err(PipelineError::KindMismatch { stage, slot, kind, request });
        }
        slots.push(Slot { stage, name: slot, kind, request: request.clone() });
    }
    for stage in &requests.stages {
        for asked in &stage.slots {
            if !slots.iter().any(|s| s.stage == stage.stage && s.name == asked.slot) {
                let (stage, slot) = (stage.stage.clone(), asked.slot.clone());
                return Err(PipelineError::NoSlot { stage, slot });
            }
        }
    }
    Ok(slots)
}
