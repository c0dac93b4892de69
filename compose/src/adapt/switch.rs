//! The component between an adapter and the slots of one stage: it knows their
//! names, and opens them by their places. One core module, made by hand because
//! the names are its data; nothing is compiled.

use std::fmt::Write as _;

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, ImportSection, MemorySection, MemoryType, Module, TypeSection,
    ValType,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::encode::Fault;
use crate::kind::SlotKind;

/// Through which adapters ask.
const PACKAGE: &str = "periplasm:adapt";
const VERSION: &str = "0.1.0";

/// A page of memory.
const PAGE: usize = 65_536;

/// Slots of one kind, and the interface through which they are asked for.
pub(super) struct Slots<'a> {
    pub(super) kind: SlotKind,
    pub(super) asked: &'static str,
    pub(super) names: Vec<&'a str>,
}

/// A component that imports the slots and gives them.
pub(super) fn make(slots: &[Slots<'_>]) -> Result<Vec<u8>, Fault> {
    let fault = |error: &dyn std::fmt::Display| Fault::words(format!("{error:#}"));
    let mut resolve = Resolve::default();
    let package = resolve.push_str("switch.wit", &world(slots)).map_err(|e| fault(&e))?;
    let world = resolve.select_world(&[package], None).map_err(|e| fault(&e))?;
    let mut module = module(slots).ok_or_else(|| Fault::words("there are too many slots"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, true)
        .map_err(|e| fault(&e))?;
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true).module(&module).map_err(|e| fault(&e))?;
    encoder.encode().map_err(|e| fault(&e))
}

/// Its world. Of the interfaces of hardware it needs the resources alone.
fn world(slots: &[Slots<'_>]) -> String {
    let (mut imports, mut asked, mut hal) = (String::new(), String::new(), String::new());
    for Slots { kind, asked: interface, names } in slots {
        let (owner, resource) = kind.resource();
        let uses = format!("use {owner}.{{{resource}}};");
        for name in names {
            // Infallible: it is a String.
            let _ = writeln!(
                imports,
                "import %{name}: interface {{ {uses} open: func() -> {resource}; }}"
            );
        }
        let _ = writeln!(imports, "export {PACKAGE}/{interface}@{VERSION};");
        let _ = writeln!(
            asked,
            "interface {interface} {{ {uses} names: func() -> list<string>; open: func(place: \
             u32) -> {resource}; }}"
        );
        let (_, path) = owner.split_once('/').unwrap_or_default();
        let (interface, _) = path.split_once('@').unwrap_or((path, ""));
        let _ = writeln!(hal, "interface {interface} {{ resource {resource}; }}");
    }
    format!(
        "package periplasm:switch@{VERSION};\nworld switch {{\n{imports}}}\n\
         package {PACKAGE}@{VERSION} {{\n{asked}}}\npackage periplasm:hal@0.1.0 {{\n{hal}}}\n"
    )
}

/// What the memory begins with: for each list of names its address and length,
/// the addresses and lengths of the names, and the names (component model,
/// "Canonical ABI", `store` of a `list` and of a `string`).
struct Image {
    bytes: Vec<u8>,
    /// Where the address and length of each list are.
    lists: Vec<i32>,
}

impl Image {
    fn new(slots: &[Slots<'_>]) -> Option<Self> {
        let mut image = Self { bytes: Vec::new(), lists: Vec::new() };
        for Slots { names, .. } in slots {
            image.bytes.resize(image.bytes.len().next_multiple_of(4), 0);
            let list = image.bytes.len();
            let entries = list + 8;
            image.bytes.resize(entries + 8 * names.len(), 0);
            image.put(list, entries)?;
            image.put(list + 4, names.len())?;
            for (place, name) in names.iter().enumerate() {
                image.put(entries + 8 * place, image.bytes.len())?;
                image.put(entries + 8 * place + 4, name.len())?;
                image.bytes.extend_from_slice(name.as_bytes());
            }
            image.lists.push(i32::try_from(list).ok()?);
        }
        (image.bytes.len() <= PAGE).then_some(image)
    }

    fn put(&mut self, at: usize, value: usize) -> Option<()> {
        let value = i32::try_from(value).ok()?;
        self.bytes.get_mut(at..at + 4)?.copy_from_slice(&value.to_le_bytes());
        Some(())
    }
}

/// `None` if the names fill more than a page.
fn module(slots: &[Slots<'_>]) -> Option<Vec<u8>> {
    let image = Image::new(slots)?;
    let mut types = TypeSection::new();
    types.ty().function([], [ValType::I32]);
    types.ty().function([ValType::I32], [ValType::I32]);
    let mut imports = ImportSection::new();
    for name in slots.iter().flat_map(|slots| &slots.names) {
        imports.import(name, "open", EntityType::Function(0));
    }
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    let mut next =
        u32::try_from(slots.iter().map(|slots| slots.names.len()).sum::<usize>()).ok()?;
    let mut first = 0;
    for (Slots { asked, names, .. }, list) in slots.iter().zip(&image.lists) {
        let count = u32::try_from(names.len()).ok()?;
        for (name, ty, body) in [("names", 0, constant(*list)), ("open", 1, open(first, count))] {
            functions.function(ty);
            code.function(&body);
            exports.export(&format!("{PACKAGE}/{asked}@{VERSION}#{name}"), ExportKind::Func, next);
            next += 1;
        }
        first += count;
    }
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(0), image.bytes);

    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&memories);
    module.section(&exports).section(&code).section(&data);
    Some(module.finish())
}

fn constant(value: i32) -> Function {
    let mut body = Function::new([]);
    body.instructions().i32_const(value).end();
    body
}

/// `(place) -> handle`: calls the import of that place.
fn open(first: u32, count: u32) -> Function {
    let mut body = Function::new([]);
    for place in 0..count {
        body.instructions()
            .local_get(0)
            .i32_const(place as i32)
            .i32_eq()
            .if_(BlockType::Empty)
            .call(first + place)
            .return_()
            .end();
    }
    body.instructions().unreachable().end();
    body
}
