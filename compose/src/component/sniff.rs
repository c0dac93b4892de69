//! What a file is, judged by its first bytes.

use wasmparser::Parser;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sniffed {
    /// A component, as far as its header says.
    Component,
    /// A core module.
    Module,
    /// Something else: what, and what to do with it.
    Other(&'static str, &'static str),
}

const BUILD: &str = "name a component, or the crate it is built from (`crate = \"…\"`)";

pub(crate) fn sniff(bytes: &[u8]) -> Sniffed {
    if Parser::is_component(bytes) {
        return Sniffed::Component;
    }
    if Parser::is_core_wasm(bytes) {
        return Sniffed::Module;
    }
    let (what, help) = match bytes {
        [] => ("an empty file", "the build that should have written it failed: build it again"),
        [0, b'a', b's', b'm', ..] => {
            ("WebAssembly of a version that is not known here", "build it again with current tools")
        }
        [0x1f, 0x8b, ..] => ("compressed with gzip", "unpack it first: `gunzip`"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => ("compressed with zstd", "unpack it first: `unzstd`"),
        [b'P', b'K', 3, 4, ..] => ("a zip archive", "unpack it first: `unzip`"),
        [0x7f, b'E', b'L', b'F', ..] => (
            "an ELF file: a program of this machine, or a component that was already compiled",
            "a pipeline is composed from portable components: name the `.wasm` it was made from",
        ),
        [b'!', b'<', b'a', b'r', b'c', b'h', b'>', ..] => ("a static library", BUILD),
        _ => text(bytes),
    };
    Sniffed::Other(what, help)
}

fn text(bytes: &[u8]) -> (&'static str, &'static str) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return ("unknown binary data", BUILD);
    };
    if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return ("unknown binary data", BUILD);
    }
    let text = text.trim_start();
    if text.starts_with("(component") || text.starts_with("(module") || text.starts_with(";;") {
        ("WebAssembly as text", "assemble it first: `wasm-tools parse`")
    } else if text.starts_with("package ") || text.starts_with("///") {
        ("WIT: interfaces, no code", BUILD)
    } else if text.starts_with("version https://git-lfs") {
        ("a pointer to a file in Git LFS", "fetch the file first: `git lfs pull`")
    } else {
        ("text", BUILD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_apart() {
        let other = [
            (&b""[..], "empty"),
            (b"\0asm\x07\0\0\0", "version"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"\x7fELF", "ELF"),
            (b"hello", "text"),
            (b"  (component)", "as text"),
            (b"a\0b", "unknown binary"),
            (b"\xff\xfe", "unknown binary"),
        ];
        for (bytes, expected) in other {
            let Sniffed::Other(what, _) = sniff(bytes) else { panic!("{bytes:?}") };
            assert!(what.contains(expected), "{bytes:?} is {what}");
        }
        assert_eq!(sniff(b"\0asm\x01\0\0\0"), Sniffed::Module);
        assert_eq!(sniff(b"\0asm\x0d\0\x01\0"), Sniffed::Component);
    }
}
