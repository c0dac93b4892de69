//! Reading a component's outermost imports and exports.

use wasmparser::{Parser, Payload, ValidPayload, Validator, WasmFeatures};

use crate::name::shown;

/// The outermost names of a valid component, and its types.
pub(super) struct Outline {
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
    /// Whether there is any code in it, at any depth.
    pub(super) has_code: bool,
    pub(super) types: wasmparser::types::Types,
}

/// Which parts of a component are validated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// All of it.
    Code,
    /// All but the bodies of functions: those were when its parts were read.
    Structure,
}

/// Validates a component. An error is in the validator's words.
pub(super) fn outline(bytes: &[u8], wanted: Depth) -> Result<Outline, String> {
    let mut validator = Validator::new_with_features(WasmFeatures::default());
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut has_code = false;
    let mut depth = 0_usize;
    let mut types = None;
    let mut functions = wasmparser::FuncValidatorAllocations::default();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(words)?;
        match &payload {
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section.clone() {
                    imports.push(import.map_err(words)?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section.clone() {
                    exports.push(export.map_err(words)?.name.name.to_owned());
                }
            }
            Payload::ModuleSection { .. } => has_code = true,
            _ => {}
        }
        match validator.payload(&payload).map_err(words)? {
            ValidPayload::Parser(_) => depth += 1,
            ValidPayload::Func(..) if wanted == Depth::Structure => {}
            ValidPayload::Func(function, body) => {
                let mut validator = function.into_validator(functions);
                validator.validate(&body).map_err(words)?;
                functions = validator.into_allocations();
            }
            ValidPayload::End(of) if depth == 0 => types = Some(of),
            ValidPayload::End(_) => depth -= 1,
            ValidPayload::Ok => {}
        }
    }
    let types = types.ok_or_else(|| "it ends too early".to_owned())?;
    Ok(Outline { imports, exports, has_code, types })
}

fn words(error: wasmparser::BinaryReaderError) -> String {
    // It may quote names from the file.
    shown(&error.to_string(), 400)
}
