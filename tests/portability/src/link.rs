//! Whether a linked core module is one of a component.

use wasmparser::{Parser, Payload};
use wit_component::ComponentEncoder;

/// Checks that `module` asks its host for nothing but what WIT describes, and
/// that a component can be made of it.
pub(crate) fn linked(module: &[u8]) -> Result<(), String> {
    for payload in Parser::new(0).parse_all(module) {
        let Payload::ImportSection(imports) = payload.map_err(|e| e.to_string())? else { continue };
        for import in imports.into_imports() {
            let import = import.map_err(|e| e.to_string())?;
            // The linker leaves what it does not find to the host.
            if import.module == "env" {
                return Err(format!("needs the symbol `{}`, which nobody defines", import.name));
            }
        }
    }
    let encoder = ComponentEncoder::default().validate(true).module(module).map(|e| e.encode());
    match encoder {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) | Err(error) => Err(format!("no component can be made of it: {error:#}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_that_nobody_defines_is_named() {
        // (module (import "env" "usb_open" (func)))
        let module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x10\x01\x03env\x08usb_open\0\0";
        assert!(linked(module).unwrap_err().contains("`usb_open`"));
        assert_eq!(linked(b"\0asm\x01\0\0\0"), Ok(()));
    }
}
