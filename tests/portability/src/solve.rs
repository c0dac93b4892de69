//! From bounds to types: a small solver. It offers candidates in the order of
//! their promise; the compiler decides.

use std::cell::RefCell;
use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{GenericArgument, GenericParam, Generics, PathArguments, Type};

use crate::bounds::{self, Asked, Solved, bare, words};
use crate::names::{Meaning, Names};
use crate::sdk::{self, stand_in};
use crate::source::{Impl, LocalPath};

/// How deep traits of a crate may stand on each other.
const MAX_DEPTH: u8 = 4;

/// How many types are offered for one parameter.
const MAX_TYPES: usize = 6;

/// How many choices for all parameters together are offered.
pub(crate) const MAX_CHOICES: usize = 8;

/// Finds types for the parameters of a driver.
pub(crate) struct Solver<'a> {
    pub(crate) names: &'a Names,
    /// Packages whose types were offered.
    pub(crate) packages: RefCell<BTreeSet<(String, String)>>,
    /// Demands that nothing fits, in words.
    pub(crate) unmet: RefCell<BTreeSet<String>>,
}

impl<'a> Solver<'a> {
    pub(crate) fn new(names: &'a Names) -> Self {
        Self { names, packages: RefCell::default(), unmet: RefCell::default() }
    }

    /// The ways to choose types for `generics`, the most promising first. Only
    /// the parameters that `needed` holds for are chosen.
    pub(crate) fn choices(
        &self,
        module: &[String],
        generics: &Generics,
        outer: &Solved,
        depth: u8,
        needed: impl Fn(&str) -> bool,
        position: impl Fn(&str) -> Vec<String>,
    ) -> Vec<Solved> {
        let all = bounds::of(generics);
        // What is not chosen is for the compiler to find.
        let open = || all.iter().map(|(name, _)| (name.clone(), "_".to_owned()));
        let known: Solved = outer.clone().into_iter().chain(open()).collect();
        let mut choices = vec![known.clone()];
        for (name, asked) in &all {
            if !needed(name) {
                continue;
            }
            let mut types = self.said(module, generics, name);
            types.extend(self.candidates(module, asked, &known, depth));
            let sorted = Asked::sort(self.names, module, asked);
            // Without a demand that says more, what stands in that place
            // elsewhere is the best guess.
            if sorted.hal.is_empty() && sorted.local.is_empty() {
                types.extend(position(name));
                types.push("()".to_owned());
                // A derived `impl<T: Debug>` says less than one with hardware.
                types.sort_by_key(|ty| ty != "_" && !ty.contains("sdk::"));
                types.dedup();
            }
            types.truncate(MAX_TYPES);
            let mut more = Vec::new();
            for ty in &types {
                for choice in &choices {
                    let mut choice = choice.clone();
                    choice.insert(name.clone(), ty.clone());
                    more.push(choice);
                }
            }
            more.truncate(MAX_CHOICES);
            choices = more;
        }
        for param in &generics.params {
            if let GenericParam::Const(param) = param {
                let value = match param.ty.to_token_stream().to_string().as_str() {
                    "bool" => "true",
                    "char" => "'a'",
                    _ => "4",
                };
                // The compiler may find it; else any will do.
                let literal = choices.clone().into_iter();
                let with = |value: &str, mut choice: Solved| {
                    choice.insert(param.ident.to_string(), value.to_owned());
                    choice
                };
                let literal: Vec<Solved> = literal.map(|choice| with(value, choice)).collect();
                choices = choices.into_iter().map(|choice| with("_", choice)).collect();
                choices.extend(literal);
            }
        }
        choices
    }

    /// What a parameter is that others say, as `Error = E` does: the compiler
    /// knows, where these others are.
    fn said(&self, module: &[String], generics: &Generics, name: &str) -> Vec<String> {
        let saying = bounds::saying(generics, name);
        let mut types: Vec<String> = saying.iter().take(1).map(|_| "_".to_owned()).collect();
        for (_, kind) in Asked::sort(self.names, module, &saying).hal {
            types.extend(sdk::error(kind).map(str::to_owned));
        }
        types.dedup();
        types
    }

    /// Types that may have all of `bounds`.
    pub(crate) fn candidates(
        &self,
        module: &[String],
        bounds: &[syn::TraitBound],
        solved: &Solved,
        depth: u8,
    ) -> Vec<String> {
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        let asked = Asked::sort(self.names, module, bounds);
        if !asked.hal.is_empty() {
            let found = stand_in(&asked.hal);
            if found.is_none() {
                let kinds: Vec<String> = asked.hal.iter().map(|(_, k)| format!("{k:?}")).collect();
                let kinds = kinds.join(" and ");
                self.unmet.borrow_mut().insert(format!("needs one thing that is {kinds}"));
            }
            return found.into_iter().map(str::to_owned).collect();
        }
        let mut found: Option<Vec<String>> = None;
        for local in &asked.local {
            let who = self.implementors(local, depth + 1);
            found = Some(match found {
                None => who,
                Some(before) => {
                    let both: Vec<_> = before.iter().filter(|t| who.contains(t)).cloned().collect();
                    if both.is_empty() { before } else { both }
                }
            });
        }
        if let Some(found) = found {
            return found;
        }
        let others = asked.other.iter();
        others
            .flat_map(|(package, b)| self.foreign(module, package.as_deref(), b, solved))
            .collect()
    }

    /// The types that have the crate's own trait `of`.
    fn implementors(&self, of: &LocalPath, depth: u8) -> Vec<String> {
        let mut found = Vec::new();
        for implementation in &self.names.source.impls {
            let Some((_, path, _)) = &implementation.item.trait_ else { continue };
            if self.names.resolve(&implementation.module, &words(path))
                != Some(Meaning::Local(of.clone()))
            {
                continue;
            }
            for (_, ty) in self.self_types(implementation, depth) {
                if !found.contains(&ty) && found.len() < 2 * MAX_TYPES {
                    found.push(ty);
                }
            }
        }
        found
    }

    /// The types that an `impl` block is for, each with how its parameters
    /// were chosen.
    pub(crate) fn self_types(&self, of: &Impl, depth: u8) -> Vec<(Solved, String)> {
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        let ty = &*of.item.self_ty;
        let written = ty.to_token_stream();
        let mentioned = |name: &str| mentions(written.clone(), name);
        let head = self.head(&of.module, ty);
        let position = |name: &str| {
            let Some(head) = &head else { return Vec::new() };
            let place = arguments(ty).iter().position(|a| bare(a).as_deref() == Some(name));
            place.map_or(Vec::new(), |place| self.elsewhere(head, place, depth + 1))
        };
        let choices =
            self.choices(&of.module, &of.item.generics, &Solved::new(), depth, mentioned, position);
        let mut found: Vec<(Solved, String)> = Vec::new();
        for choice in choices {
            if let Some(ty) = self.print(&of.module, ty, &choice)
                && !found.iter().any(|(_, known)| *known == ty)
            {
                found.push((choice, ty));
            }
        }
        found
    }

    /// The crate's own type that `ty` is, without its arguments.
    pub(crate) fn head(&self, module: &[String], ty: &Type) -> Option<LocalPath> {
        let Type::Path(path) = ty else { return None };
        match self.names.resolve(module, &words(&path.path))? {
            Meaning::Local(head) => Some(head),
            Meaning::Extern(..) => None,
        }
    }

    /// What other `impl` blocks, and the definition, have in place `place` of
    /// the type `head`.
    fn elsewhere(&self, head: &LocalPath, place: usize, depth: u8) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut add = |types: Vec<String>| {
            for ty in types {
                if !found.contains(&ty) {
                    found.push(ty);
                }
            }
        };
        if depth <= MAX_DEPTH {
            for other in &self.names.source.impls {
                if self.head(&other.module, &other.item.self_ty).as_ref() != Some(head) {
                    continue;
                }
                let arguments = arguments(&other.item.self_ty);
                let Some(argument) = arguments.get(place) else { continue };
                let bounds = bounds::of(&other.item.generics);
                match bare(argument).and_then(|a| bounds.iter().find(|(name, _)| *name == a)) {
                    Some((name, bounds)) => {
                        let said = self.said(&other.module, &other.item.generics, name);
                        add(said.into_iter().filter(|ty| ty != "_").collect());
                        add(self.candidates(&other.module, bounds, &Solved::new(), depth));
                    }
                    // With parameters inside it is not known enough.
                    None if !bounds
                        .iter()
                        .any(|(n, _)| mentions(argument.to_token_stream(), n)) =>
                    {
                        add(self
                            .print(&other.module, argument, &Solved::new())
                            .into_iter()
                            .collect());
                    }
                    None => {}
                }
            }
        }
        if let Some(generics) = self.names.source.structs.get(head) {
            let module = &head[..head.len() - 1];
            let types: Vec<_> = generics.type_params().collect();
            if let Some(param) = types.get(place) {
                let bounds = bounds::of(generics);
                let bounds = bounds.get(place).map(|(_, b)| b.as_slice()).unwrap_or_default();
                add(self.candidates(module, bounds, &Solved::new(), depth));
                if let Some(default) = &param.default {
                    add(self.print(module, default, &Solved::new()).into_iter().collect());
                }
            }
        }
        found
    }
}

/// The types among a path's arguments.
pub(crate) fn arguments(ty: &Type) -> Vec<&Type> {
    let Type::Path(path) = ty else { return Vec::new() };
    let arguments = path.path.segments.last().map(|s| &s.arguments);
    let Some(PathArguments::AngleBracketed(arguments)) = arguments else { return Vec::new() };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// Whether `name` stands anywhere in `tokens`.
fn mentions(tokens: proc_macro2::TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        proc_macro2::TokenTree::Ident(ident) => ident == name,
        proc_macro2::TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}
