//! Types in words, as WIT writes them, for people to compare.

use std::collections::HashMap;
use std::fmt::{self, Write};

use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentDefinedTypeId, ComponentEntityType,
    ComponentFuncTypeId, ComponentValType, ResourceId,
};
use wasmparser::types::Types;

/// The most characters of one type.
const MAX_CHARS: usize = 400;

/// Writes types of one interface, by the names that it gives them.
pub(super) struct Words<'a> {
    pub(super) types: &'a Types,
    pub(super) named: HashMap<ComponentAnyTypeId, &'a str>,
    pub(super) resources: HashMap<ResourceId, &'a str>,
}

/// Text that ends at [`MAX_CHARS`].
struct Limited {
    text: String,
    left: usize,
}

impl Write for Limited {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        for c in s.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(c);
        }
        Ok(())
    }
}

impl Words<'_> {
    /// A function, type or other export of an interface.
    pub(super) fn item(&self, item: &ComponentEntityType) -> String {
        let mut out = Limited { text: String::new(), left: MAX_CHARS };
        if self.write_item(&mut out, item).is_err() {
            out.text.push('…');
        }
        out.text
    }

    fn write_item(&self, out: &mut Limited, item: &ComponentEntityType) -> fmt::Result {
        match item {
            ComponentEntityType::Func(id) => self.func(out, *id),
            ComponentEntityType::Type { created, .. } => match created {
                ComponentAnyTypeId::Defined(id) => self.defined(out, *id),
                ComponentAnyTypeId::Resource(_) => out.write_str("resource"),
                _ => out.write_str("another kind of type"),
            },
            ComponentEntityType::Instance(_) => out.write_str("instance"),
            ComponentEntityType::Module(_) => out.write_str("core module"),
            ComponentEntityType::Value(_) => out.write_str("value"),
            ComponentEntityType::Component(_) => out.write_str("component"),
        }
    }

    fn func(&self, out: &mut Limited, id: ComponentFuncTypeId) -> fmt::Result {
        let func = &self.types[id];
        out.write_str(if func.async_ { "async func(" } else { "func(" })?;
        for (index, (name, ty)) in func.params.iter().enumerate() {
            if index > 0 {
                out.write_str(", ")?;
            }
            write!(out, "{}: ", name.as_str())?;
            self.value(out, ty)?;
        }
        out.write_str(")")?;
        if let Some(result) = &func.result {
            out.write_str(" -> ")?;
            self.value(out, result)?;
        }
        Ok(())
    }

    fn value(&self, out: &mut Limited, ty: &ComponentValType) -> fmt::Result {
        match ty {
            ComponentValType::Primitive(primitive) => write!(out, "{primitive}"),
            ComponentValType::Type(id) => match self.named.get(&ComponentAnyTypeId::Defined(*id)) {
                Some(name) => out.write_str(name),
                None => self.defined(out, *id),
            },
        }
    }

    fn resource(&self, id: ResourceId) -> &str {
        self.resources.get(&id).copied().unwrap_or("another-resource")
    }

    fn defined(&self, out: &mut Limited, id: ComponentDefinedTypeId) -> fmt::Result {
        use ComponentDefinedType as Type;
        match &self.types[id] {
            Type::Primitive(primitive) => write!(out, "{primitive}"),
            Type::Record(record) => {
                let fields = record.fields.iter().map(|(name, ty)| (name.as_str(), Some(ty)));
                self.braces(out, "record", fields)
            }
            Type::Variant(variant) => {
                out.write_str("variant {")?;
                for (index, (name, case)) in variant.cases.iter().enumerate() {
                    write!(out, "{} {}", if index > 0 { "," } else { "" }, name.as_str())?;
                    self.angle(out, "(", ")", case.ty.iter())?;
                }
                out.write_str(" }")
            }
            Type::Flags(names) => {
                self.braces(out, "flags", names.iter().map(|name| (name.as_str(), None)))
            }
            Type::Enum(names) => {
                self.braces(out, "enum", names.iter().map(|name| (name.as_str(), None)))
            }
            Type::List { element, .. } => self.angle(out, "list<", ">", [element]),
            Type::FixedLengthList { element, length, .. } => {
                self.angle(out, "list<", "", [element])?;
                write!(out, ", {length}>")
            }
            Type::Map { key, value, .. } => self.angle(out, "map<", ">", [key, value]),
            Type::Tuple(tuple) => self.angle(out, "tuple<", ">", tuple.types.iter()),
            Type::Option { ty, .. } => self.angle(out, "option<", ">", [ty]),
            Type::Result { ok, err, .. } => match (ok, err) {
                (None, None) => out.write_str("result"),
                (Some(ok), None) => self.angle(out, "result<", ">", [ok]),
                (None, Some(err)) => self.angle(out, "result<_, ", ">", [err]),
                (Some(ok), Some(err)) => self.angle(out, "result<", ">", [ok, err]),
            },
            Type::Own(id) => out.write_str(self.resource(id.resource())),
            Type::Borrow(id) => write!(out, "borrow<{}>", self.resource(id.resource())),
            Type::Future { ty, .. } => {
                out.write_str("future")?;
                self.angle(out, "<", ">", ty.iter())
            }
            Type::Stream { ty, .. } => {
                out.write_str("stream")?;
                self.angle(out, "<", ">", ty.iter())
            }
        }
    }

    fn braces<'t>(
        &self,
        out: &mut Limited,
        what: &str,
        members: impl Iterator<Item = (&'t str, Option<&'t ComponentValType>)>,
    ) -> fmt::Result {
        write!(out, "{what} {{")?;
        for (index, (name, ty)) in members.enumerate() {
            write!(out, "{} {name}", if index > 0 { "," } else { "" })?;
            if let Some(ty) = ty {
                out.write_str(": ")?;
                self.value(out, ty)?;
            }
        }
        out.write_str(" }")
    }

    /// Nothing at all if there are no types.
    fn angle<'t>(
        &self,
        out: &mut Limited,
        open: &str,
        close: &str,
        types: impl IntoIterator<Item = &'t ComponentValType>,
    ) -> fmt::Result {
        let mut any = false;
        for ty in types {
            out.write_str(if any { ", " } else { open })?;
            self.value(out, ty)?;
            any = true;
        }
        if any { out.write_str(close) } else { Ok(()) }
    }
}
