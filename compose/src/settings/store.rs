//! The component that holds settings: one core module without state, whose
//! memory begins with the values. It is made by hand because the values are its
//! data; nothing is compiled.
//!
//! What `get-all` and `get` return is laid out as the canonical ABI wants it
//! (component model, "Canonical ABI", `store` of a `result`, an `option`, a
//! `list`): a discriminant, then from byte 4 on what it stands for.

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection,
    MemArg, MemArgTarget, MemorySection, MemoryType, Module, TypeSection, ValType,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::encode::Fault;
use crate::manifest::Settings;
use crate::name::InterfaceName;

/// The project's copy of the interface.
const WIT: &str = include_str!("../../../wit/config/store.wit");

/// The version of [`WIT`].
const VERSION: &str = "0.2.0-rc.1";

/// Where `get` writes its answer: 16 bytes, of which the first stays 0.
const ANSWER: i32 = 0;

/// The answer of `get-all`: 12 bytes.
const ALL: i32 = 16;

/// The keys and values: address and length of each, 16 bytes a pair.
const TABLE: i32 = 32;

/// A page of memory.
const PAGE: usize = 65_536;

/// A component that exports `interface` and answers with `settings`.
pub(super) fn make(interface: &InterfaceName, settings: &Settings) -> Result<Vec<u8>, Fault> {
    let version = interface.version.as_ref().map(ToString::to_string).unwrap_or_default();
    let package = WIT.replace(VERSION, &version);
    let world = format!("{package}\nworld settings {{ export store; }}\n");
    let mut resolve = Resolve::default();
    let fault = |error: &dyn std::fmt::Display| Fault::words(format!("{error}"));
    let package = resolve.push_str("settings.wit", &world).map_err(|e| fault(&e))?;
    let world = resolve.select_world(&[package], None).map_err(|e| fault(&e))?;

    let mut module = module(&format!("{interface}"), settings)?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, true)
        .map_err(|e| fault(&e))?;
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true).module(&module).map_err(|e| fault(&e))?;
    encoder.encode().map_err(|e| fault(&e))
}

/// What the memory begins with, and where it ends.
struct Image {
    bytes: Vec<u8>,
    table_end: i32,
}

impl Image {
    fn new(settings: &Settings) -> Option<Self> {
        let table_end = 16_usize.checked_mul(settings.len())?.checked_add(TABLE as usize)?;
        let mut bytes = vec![0; table_end];
        let mut entry = TABLE as usize;
        for text in settings.iter().flat_map(|(key, value)| [key, value]) {
            let address = i32::try_from(bytes.len()).ok()?;
            let length = i32::try_from(text.len()).ok()?;
            put(&mut bytes, entry, address)?;
            put(&mut bytes, entry + 4, length)?;
            entry += 8;
            bytes.extend_from_slice(text.as_bytes());
        }
        put(&mut bytes, ALL as usize + 4, TABLE)?;
        put(&mut bytes, ALL as usize + 8, i32::try_from(settings.len()).ok()?)?;
        Some(Self { bytes, table_end: i32::try_from(table_end).ok()? })
    }
}

fn put(bytes: &mut [u8], at: usize, value: i32) -> Option<()> {
    bytes.get_mut(at..at + 4)?.copy_from_slice(&value.to_le_bytes());
    Some(())
}

fn module(interface: &str, settings: &Settings) -> Result<Vec<u8>, Fault> {
    let image = Image::new(settings).ok_or_else(|| Fault::words("they are too large"))?;
    // A key that is asked for comes after the values, over the one before.
    let free = image.bytes.len().next_multiple_of(8);
    let pages = free.div_ceil(PAGE).max(1) as u64;
    let free = i32::try_from(free).map_err(|_| Fault::words("they are too large"))?;

    let (mut types, mut functions) = (TypeSection::new(), FunctionSection::new());
    let i32s = |count: usize| vec![ValType::I32; count];
    let (mut exports, mut code) = (ExportSection::new(), CodeSection::new());
    exports.export("memory", ExportKind::Memory, 0);
    for (index, (name, parameters, body)) in [
        ("cabi_realloc".to_owned(), 4, realloc(free)),
        (format!("{interface}#get"), 2, get(image.table_end)),
        (format!("{interface}#get-all"), 0, get_all()),
    ]
    .into_iter()
    .enumerate()
    {
        let index = index as u32;
        types.ty().function(i32s(parameters), i32s(1));
        functions.function(index);
        exports.export(&name, ExportKind::Func, index);
        code.function(&body);
    }
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: pages,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(0), image.bytes);

    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories);
    module.section(&exports).section(&code).section(&data);
    Ok(module.finish())
}

fn at(offset: i32, align: u32) -> MemArg {
    MemArg { offset: offset as u64, align, target: MemArgTarget::default(), ordering: None }
}

/// `(old, old-size, align, new-size) -> address`: always the same place, with
/// as much memory behind it as is asked for. Only `get`'s key is put there.
fn realloc(free: i32) -> Function {
    const SIZE: u32 = 3;
    let mut body = Function::new([(1, ValType::I32)]);
    let missing = 4;
    body.instructions()
        // Pages that end behind it, less those that are there.
        .i32_const(free)
        .local_get(SIZE)
        .i32_add()
        .i32_const(PAGE as i32 - 1)
        .i32_add()
        .i32_const(16)
        .i32_shr_u()
        .memory_size(0)
        .i32_sub()
        .local_tee(missing)
        .i32_const(0)
        .i32_gt_s()
        .if_(wasm_encoder::BlockType::Empty)
        .local_get(missing)
        .memory_grow(0)
        .i32_const(-1)
        .i32_eq()
        .if_(wasm_encoder::BlockType::Empty)
        .unreachable()
        .end()
        .end()
        .i32_const(free)
        .end();
    body
}

/// `(key, length) -> answer`: compares with each key in turn.
fn get(table_end: i32) -> Function {
    use wasm_encoder::BlockType::Empty;
    const KEY: u32 = 0;
    const LENGTH: u32 = 1;
    const ENTRY: u32 = 2;
    const PLACE: u32 = 3;
    let mut body = Function::new([(2, ValType::I32)]);
    body.instructions()
        .i32_const(TABLE)
        .local_set(ENTRY)
        .block(Empty) // there is none
        .loop_(Empty) // the next entry
        .local_get(ENTRY)
        .i32_const(table_end)
        .i32_ge_u()
        .br_if(1)
        .block(Empty) // it is another
        .local_get(ENTRY)
        .i32_load(at(4, 2))
        .local_get(LENGTH)
        .i32_ne()
        .br_if(0)
        .i32_const(0)
        .local_set(PLACE)
        .block(Empty) // it is this
        .loop_(Empty) // the next byte
        .local_get(PLACE)
        .local_get(LENGTH)
        .i32_ge_u()
        .br_if(1)
        .local_get(KEY)
        .local_get(PLACE)
        .i32_add()
        .i32_load8_u(at(0, 0))
        .local_get(ENTRY)
        .i32_load(at(0, 2))
        .local_get(PLACE)
        .i32_add()
        .i32_load8_u(at(0, 0))
        .i32_ne()
        .br_if(2)
        .local_get(PLACE)
        .i32_const(1)
        .i32_add()
        .local_set(PLACE)
        .br(0)
        .end()
        .end()
        // Some, and where the value is: the entry's second half.
        .i32_const(ANSWER)
        .i32_const(1)
        .i32_store(at(4, 2))
        .i32_const(ANSWER)
        .local_get(ENTRY)
        .i64_load(at(8, 2))
        .i64_store(at(8, 2))
        .i32_const(ANSWER)
        .return_()
        .end()
        .local_get(ENTRY)
        .i32_const(16)
        .i32_add()
        .local_set(ENTRY)
        .br(0)
        .end()
        .end()
        .i32_const(ANSWER)
        .i32_const(0)
        .i32_store(at(4, 2))
        .i32_const(ANSWER)
        .end();
    body
}

/// `() -> answer`: it is there.
fn get_all() -> Function {
    let mut body = Function::new([]);
    body.instructions().i32_const(ALL).end();
    body
}
