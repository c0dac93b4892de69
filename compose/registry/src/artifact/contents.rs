//! What a layer is: a component, or a WIT package; and its outermost names.

use miette::Diagnostic;
use wasmparser::{ComponentExternalKind, Parser, Payload, ValidPayload, Validator, WasmFeatures};
use wit_component::DecodedWasm;

/// What is in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A component: it can run.
    Component,
    /// A WIT package: interfaces and worlds, no code.
    WitPackage,
}

/// A layer's outermost names, in the order in which they are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Whether it is a component or a WIT package.
    pub kind: Kind,
    /// What it imports. A WIT package imports nothing.
    pub imports: Vec<String>,
    /// What it exports; a WIT package, its interfaces and worlds.
    pub exports: Vec<String>,
}

/// Bytes that are no component.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
pub enum ContentError {
    /// A core module.
    #[error("it is a core module, and a component is needed")]
    #[diagnostic(help("make a component of it: `wasm-tools component new`"))]
    CoreModule,
    /// No WebAssembly.
    #[error("it is {what}, and a component is needed")]
    #[diagnostic(help("was the right file published? A component begins with `\\0asm`"))]
    NotWasm {
        /// What it looks like.
        what: &'static str,
    },
    /// A component that is damaged, or uses what is not known here.
    #[error("it is no valid component: {message}")]
    #[diagnostic(help(
        "`wasm-tools validate` says more; it is damaged, or made for a later version of the \
         component model"
    ))]
    Invalid {
        /// In the validator's words.
        message: String,
    },
    /// More bytes than an artifact may have.
    #[error("it has {size} bytes, and at most {limit} are taken")]
    #[diagnostic(help("leave debug information out (`strip = true` in the profile)"))]
    TooLarge {
        /// How many it has.
        size: u64,
        /// How many it may have.
        limit: u64,
    },
}

impl Contents {
    /// Reads the names of a component, and checks all of it but its functions'
    /// code: whoever runs it checks that.
    pub fn read(bytes: &[u8]) -> Result<Self, ContentError> {
        sniff(bytes)?;
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let (mut imports, mut exports) = (Vec::new(), Vec::new());
        let (mut depth, mut only_types) = (0_usize, true);
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(invalid)?;
            match &payload {
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section.clone() {
                        imports.push(import.map_err(invalid)?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section.clone() {
                        let export = export.map_err(invalid)?;
                        only_types &= export.kind == ComponentExternalKind::Type;
                        exports.push(export.name.name.to_owned());
                    }
                }
                // Code, or another component.
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                    only_types = false;
                }
                _ => {}
            }
            match validator.payload(&payload).map_err(invalid)? {
                ValidPayload::Parser(_) => depth += 1,
                ValidPayload::End(_) => depth = depth.saturating_sub(1),
                ValidPayload::Func(..) | ValidPayload::Ok => {}
            }
        }
        let wit = only_types && imports.is_empty() && !exports.is_empty();
        let kind = if wit { Kind::WitPackage } else { Kind::Component };
        Ok(Self { kind, imports, exports })
    }

    /// As [`Contents::read`], with the interfaces and worlds of a WIT package by
    /// their full names. For bytes of one's own: what decodes packages was not
    /// made for those that mean harm.
    pub(crate) fn read_in_full(bytes: &[u8]) -> Result<Self, ContentError> {
        let contents = Self::read(bytes)?;
        match contents.kind {
            Kind::Component => Ok(contents),
            Kind::WitPackage => wit_package(bytes),
        }
    }
}

fn sniff(bytes: &[u8]) -> Result<(), ContentError> {
    if Parser::is_component(bytes) {
        return Ok(());
    }
    if Parser::is_core_wasm(bytes) {
        return Err(ContentError::CoreModule);
    }
    let what = match bytes {
        [] => "empty",
        [0, b'a', b's', b'm', ..] => "WebAssembly of a version that is not known here",
        [0x1f, 0x8b, ..] => "compressed with gzip",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "compressed with zstd",
        [0x7f, b'E', b'L', b'F', ..] => "an ELF file",
        _ if std::str::from_utf8(bytes).is_ok() => "text",
        _ => "unknown binary data",
    };
    Err(ContentError::NotWasm { what })
}

/// The interfaces and worlds of a package, by their full names.
fn wit_package(bytes: &[u8]) -> Result<Contents, ContentError> {
    let decoded = wit_component::decode(bytes).map_err(|error| {
        let message = error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ");
        ContentError::Invalid { message: short(&message) }
    })?;
    let exports = match &decoded {
        DecodedWasm::WitPackage(resolve, package) => {
            let package = &resolve.packages[*package];
            let names = package.interfaces.keys().chain(package.worlds.keys());
            names.map(|name| package.name.interface_id(name)).collect()
        }
        DecodedWasm::Component(..) => {
            let message = "its exports are types, and it is no WIT package".to_owned();
            return Err(ContentError::Invalid { message });
        }
    };
    Ok(Contents { kind: Kind::WitPackage, imports: Vec::new(), exports })
}

fn invalid(error: wasmparser::BinaryReaderError) -> ContentError {
    ContentError::Invalid { message: short(&error.to_string()) }
}

/// Errors quote names from the file, which may be long, or no letters at all.
fn short(text: &str) -> String {
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().take(400).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_component_is_named() {
        assert_eq!(Contents::read(b"\0asm\x01\0\0\0"), Err(ContentError::CoreModule));
        for (bytes, what) in [
            (&b""[..], "empty"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"hello", "text"),
            (b"\xff\0", "binary"),
            (b"\0asm\x07\0\0\0", "version"),
        ] {
            let error = Contents::read(bytes).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
    }

    #[test]
    fn a_section_that_claims_more_than_there_is_ends_reading() {
        // A custom section (0) of 2 GiB less one byte, as LEB128.
        let bomb = b"\0asm\x0d\0\x01\0\x00\xff\xff\xff\xff\x07\x01a";
        assert!(matches!(Contents::read(bomb), Err(ContentError::Invalid { .. })));
        // A type section (7) of five bytes that claims four thousand million types.
        let types = b"\0asm\x0d\0\x01\0\x07\x05\xff\xff\xff\xff\x0f";
        assert!(matches!(Contents::read(types), Err(ContentError::Invalid { .. })));
    }

    #[test]
    fn names_of_nested_components_are_not_its_own() {
        let text = r#"(component
            (import "a:b/c@1.0.0" (instance))
            (component (import "inner" (func)))
            (import "climate-bus" (instance))
        )"#;
        let contents = Contents::read(&wat::parse_str(text).unwrap()).unwrap();
        assert_eq!(contents.kind, Kind::Component);
        assert_eq!(contents.imports, ["a:b/c@1.0.0", "climate-bus"]);
    }
}
