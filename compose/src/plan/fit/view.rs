//! An interface as one component sees it, in WIT, with what differs marked.

use std::collections::{BTreeMap, BTreeSet};

use super::Side;
use crate::component::{Contract, Origin, Shape};
use crate::problem::View;

/// The most items that are shown of each side.
const MOST: usize = 4;

/// What two sides say of the same items: each as the other does not. `missing`
/// items are not in the left one.
pub(super) fn pair(left: &Side<'_>, right: &Side<'_>, items: &[&str]) -> (View, View) {
    // Types first, as people write them.
    let mut items = items.to_vec();
    let is_function = |item: &&str| {
        let found = right.contract.items.get(*item);
        found.is_some_and(|item| item.words.contains("func("))
    };
    items.sort_by_key(is_function);
    (view(left, &items, '-'), view(right, &items, '+'))
}

fn view(side: &Side<'_>, items: &[&str], mark: char) -> View {
    let contract = side.contract;
    let mut lines = vec![format!("  interface {} {{", short(&side.interface))];
    lines.extend(uses(side, items));
    let mut resources: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for item in items.iter().take(MOST) {
        let line = match contract.items.get(*item) {
            Some(found) => wit(item, &found.words),
            None => format!("// it has no `{}`", plain(item)),
        };
        match of_resource(item) {
            Some(resource) => resources.entry(resource).or_default().push(line),
            None => lines.push(format!("{mark}   {line}")),
        }
    }
    for (resource, methods) in resources {
        lines.push(format!("    resource {resource} {{"));
        lines.extend(methods.into_iter().map(|line| format!("{mark}     {line}")));
        lines.push("    }".to_owned());
    }
    let differ = items.len().saturating_sub(MOST);
    if differ > 0 {
        lines.push(format!("    // and {differ} more that differ"));
    }
    let same = contract.items.keys().filter(|item| !items.contains(&item.as_str())).count();
    if same > 0 {
        lines.push(format!(
            "    // {same} more that {} the same",
            if same == 1 { "is" } else { "are" }
        ));
    }
    lines.push("  }".to_owned());
    let (stage, does) = (Some(side.name.to_owned()), side.does);
    View { stage, does, interface: side.interface.clone(), lines }
}

/// Who defines the resources that the items speak of.
fn uses(side: &Side<'_>, items: &[&str]) -> Vec<String> {
    let named = |resource: &str| {
        items.iter().filter_map(|item| side.contract.items.get(*item)).any(|item| {
            item.words.split(|c: char| !c.is_alphanumeric() && c != '-').any(|w| w == resource)
        })
    };
    let resources: BTreeSet<(&str, usize)> = side
        .contract
        .resources
        .iter()
        .filter(|(name, _)| named(name))
        .map(|(name, number)| (name.as_str(), *number))
        .collect();
    let told = resources.into_iter().filter_map(|(name, number)| {
        let owner = owner(side.shape, side.contract, number)?;
        Some(format!("    use {owner}.{{{name}}};"))
    });
    told.collect()
}

/// The interface that brings a resource to another; `None` if that is the same.
pub(super) fn owner<'a>(shape: &'a Shape, here: &Contract, number: usize) -> Option<&'a str> {
    let has = |contract: &Contract| contract.resources.values().any(|n| *n == number);
    match *shape.resources.get(number)? {
        Origin::Import(index) => {
            let import = shape.imports.get(index)?;
            (!std::ptr::eq(import.contract(), here)).then_some(import.name.as_str())
        }
        Origin::Own => {
            let first = shape.exports.iter().find(|export| has(&export.contract))?;
            (!std::ptr::eq(&first.contract, here)).then_some(first.name.as_str())
        }
    }
}

/// The resource whose function an item is.
fn of_resource(item: &str) -> Option<&str> {
    if let Some(resource) = item.strip_prefix("[constructor]") {
        return Some(resource);
    }
    let rest = item.strip_prefix("[method]").or_else(|| item.strip_prefix("[static]"))?;
    rest.split_once('.').map(|(resource, _)| resource)
}

/// `[method]i2c.read` as people write it.
fn plain(item: &str) -> &str {
    item.rsplit_once(']').map_or(item, |(_, name)| name)
}

/// An item as WIT writes it.
fn wit(item: &str, words: &str) -> String {
    let method = plain(item).rsplit_once('.').map_or(plain(item), |(_, method)| method);
    if let Some(arguments) = words.strip_prefix("func(").filter(|_| item.starts_with("[construct"))
    {
        let arguments = arguments.split_once(')').map_or(arguments, |(before, _)| before);
        return format!("constructor({arguments});");
    }
    if words.starts_with("func(") || words.starts_with("async func(") {
        let words = match item.starts_with("[method]") {
            true => without_self(words),
            false => words.to_owned(),
        };
        let kind = if item.starts_with("[static]") { "static " } else { "" };
        return format!("{method}: {kind}{words};");
    }
    for kind in ["record", "variant", "flags", "enum"] {
        if let Some(rest) = words.strip_prefix(kind).filter(|rest| rest.starts_with(' ')) {
            return format!("{kind} {item}{rest}");
        }
    }
    match words {
        "resource" => format!("resource {item};"),
        _ => format!("type {item} = {words};"),
    }
}

/// A method's first parameter is the resource, which WIT does not write.
fn without_self(words: &str) -> String {
    let Some((before, rest)) = words.split_once("(self: ") else { return words.to_owned() };
    let Some((_, rest)) = rest.split_once('>') else { return words.to_owned() };
    format!("{before}({}", rest.strip_prefix(", ").unwrap_or(rest))
}

/// `thermometer` of `periplasm:device/thermometer@0.1.0`.
fn short(interface: &str) -> &str {
    let path = interface.split_once('@').map_or(interface, |(path, _)| path);
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_told_as_wit_writes_them() {
        // WIT.md of the component model, "Item: interface".
        for (item, words, expected) in [
            ("read", "func() -> s32", "read: func() -> s32;"),
            ("meter", "record { id: u32 }", "record meter { id: u32 }"),
            ("meter", "resource", "resource meter;"),
            ("id", "list<u8>", "type id = list<u8>;"),
            (
                "[method]i2c.read",
                "func(self: borrow<i2c>, n: u64) -> u8",
                "read: func(n: u64) -> u8;",
            ),
            ("[method]i2c.stop", "func(self: borrow<i2c>)", "stop: func();"),
            ("[static]i2c.first", "func() -> i2c", "first: static func() -> i2c;"),
            ("[constructor]i2c", "func(n: u8) -> i2c", "constructor(n: u8);"),
        ] {
            assert_eq!(wit(item, words), expected);
        }
        assert_eq!(of_resource("[method]i2c.read"), Some("i2c"));
        assert_eq!(of_resource("read"), None);
    }
}
