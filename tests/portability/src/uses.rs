//! Every public function that hardware's traits have a part in, as calls that
//! the compiler must generate code for.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{FnArg, Signature, Type};

use crate::bounds::{Asked, Solved, of, traits, words};
use crate::hal::Family;
use crate::names::{Meaning, Names};
use crate::solve::{MAX_CHOICES, Solver};
use crate::source::Impl;

/// One function of a driver.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    /// As a person would name it: `Chip::read`.
    pub(crate) name: String,
    /// Calls of it, each with other types; the most promising first.
    pub(crate) calls: Vec<String>,
}

/// What a driver offers, and what it is written for.
#[derive(Debug, Default)]
pub(crate) struct Offer {
    pub(crate) uses: Vec<Use>,
    pub(crate) families: BTreeSet<Family>,
    /// Packages, with versions, that calls name besides the driver's own.
    pub(crate) packages: BTreeSet<(String, String)>,
    /// Demands that nothing fits, in words.
    pub(crate) unmet: BTreeSet<String>,
}

/// Finds all of it.
pub(crate) fn offer(names: &Names) -> Offer {
    let solver = Solver::new(names);
    let mut uses = Vec::new();
    for implementation in &names.source.impls {
        of_impl(&solver, implementation, &mut uses);
    }
    for (path, function) in &names.source.functions {
        if let Some(public) = names.public(path) {
            let module = &path[..path.len() - 1];
            let calls = calls(&solver, module, &public, &function.sig, &Solved::new());
            uses.push(Use { name: public, calls });
        }
    }
    // The others have no part in this.
    for found in &mut uses {
        found.calls.retain(|call| call.contains("sdk::"));
        found.calls.truncate(MAX_CHOICES);
    }
    uses.retain(|found| !found.calls.is_empty());
    let (packages, unmet) = (solver.packages.into_inner(), solver.unmet.into_inner());
    Offer { uses, families: families(names), packages, unmet }
}

fn of_impl(solver: &Solver<'_>, implementation: &Impl, uses: &mut Vec<Use>) {
    let through = match &implementation.item.trait_ {
        None => None,
        Some((Some(_), ..)) => return,
        Some((None, path, _)) => match solver.names.resolve(&implementation.module, &words(path)) {
            Some(Meaning::Local(item)) if solver.names.public(&item).is_some() => Some(path),
            // What it does by a trait of a crate that it depends on. The
            // standard library's (formatting, conversions) ask for no hardware.
            Some(Meaning::Extern(name, _)) if solver.names.dependencies.contains_key(&name) => {
                Some(path)
            }
            _ => return,
        },
    };
    if implementation.functions().next().is_none() {
        return;
    }
    let selves = solver.self_types(implementation, 0);
    for function in implementation.functions() {
        let mut all = Vec::new();
        let mut shown = String::new();
        for (solved, ty) in &selves {
            let mut solved = solved.clone();
            solved.insert("Self".to_owned(), ty.clone());
            for item in &implementation.item.items {
                if let syn::ImplItem::Type(item) = item
                    && let Some(ty) = solver.print(&implementation.module, &item.ty, &solved)
                {
                    solved.insert(format!("Self::{}", item.ident), ty);
                }
            }
            let path = match through {
                None => format!("<{ty}>::{}", function.sig.ident),
                Some(path) => {
                    let Some(of) = solver.print_path(&implementation.module, path, &solved) else {
                        continue;
                    };
                    format!("<{ty} as {of}>::{}", function.sig.ident)
                }
            };
            shown = format!("{}::{}", plain(ty), function.sig.ident);
            all.extend(calls(solver, &implementation.module, &path, &function.sig, &solved));
        }
        uses.push(Use { name: shown, calls: all });
    }
}

/// Calls of the function at `path`.
fn calls(
    solver: &Solver<'_>,
    module: &[String],
    path: &str,
    signature: &Signature,
    solved: &Solved,
) -> Vec<String> {
    let choices = solver.choices(module, &signature.generics, solved, 0, |_| true, |_| Vec::new());
    let parameters: Vec<String> = signature
        .generics
        .params
        .iter()
        .filter_map(|param| match param {
            syn::GenericParam::Type(param) => Some(param.ident.to_string()),
            syn::GenericParam::Const(param) => Some(param.ident.to_string()),
            syn::GenericParam::Lifetime(_) => None,
        })
        .collect();
    let mut calls = Vec::new();
    for choice in choices {
        let chosen = parameters.iter().map(|name| choice.get(name).map_or("_", String::as_str));
        let chosen = chosen.collect::<Vec<_>>().join(", ");
        let turbofish = if chosen.is_empty() { String::new() } else { format!("::<{chosen}>") };
        let arguments: Option<Vec<String>> =
            signature.inputs.iter().map(|i| argument(solver, module, i, &choice)).collect();
        let Some(arguments) = arguments else { continue };
        let call = format!("{path}{turbofish}({})", arguments.join(", "));
        let output = signature.output.to_token_stream().to_string();
        let waits = signature.asyncness.is_some() || output.contains("Future <");
        let keep = if waits { "poll" } else { "keep" };
        calls.push(format!("{keep}(unsafe {{ {call} }})"));
    }
    calls
}

/// A value for an argument. Its type is inferred, unless only its traits are
/// said.
fn argument(
    solver: &Solver<'_>,
    module: &[String],
    input: &FnArg,
    solved: &Solved,
) -> Option<String> {
    let FnArg::Typed(input) = input else { return Some("any()".to_owned()) };
    if !has_impl(&input.ty) {
        return Some("any()".to_owned());
    }
    Some(format!("any::<{}>()", solver.print(module, &input.ty, solved)?))
}

fn has_impl(ty: &Type) -> bool {
    match ty {
        Type::ImplTrait(_) => true,
        Type::Reference(r) => has_impl(&r.elem),
        Type::Paren(p) => has_impl(&p.elem),
        Type::Group(g) => has_impl(&g.elem),
        Type::Slice(s) => has_impl(&s.elem),
        Type::Array(a) => has_impl(&a.elem),
        Type::Tuple(t) => t.elems.iter().any(has_impl),
        Type::Path(_) => crate::solve::arguments(ty).into_iter().any(has_impl),
        _ => false,
    }
}

/// A type without its arguments and its path.
fn plain(ty: &str) -> &str {
    let head = ty.split('<').next().unwrap_or(ty);
    head.rsplit("::").next().unwrap_or(head)
}

/// The families of traits that any bound of the crate names.
fn families(names: &Names) -> BTreeSet<Family> {
    let mut found = BTreeSet::new();
    let mut look = |module: &[String], bounds: &[syn::TraitBound]| {
        let asked = Asked::sort(names, module, bounds);
        found.extend(asked.hal.into_iter().map(|(family, _)| family));
    };
    let mut signature = |module: &[String], signature: &Signature| {
        for (_, bounds) in of(&signature.generics) {
            look(module, &bounds);
        }
        for input in &signature.inputs {
            let FnArg::Typed(input) = input else { continue };
            let mut ty = &*input.ty;
            while let Type::Reference(reference) = ty {
                ty = &reference.elem;
            }
            if let Type::ImplTrait(anything) = ty {
                look(module, &traits(anything.bounds.iter()));
            }
        }
    };
    for (path, function) in &names.source.functions {
        signature(&path[..path.len() - 1], &function.sig);
    }
    for implementation in &names.source.impls {
        for function in implementation.functions() {
            signature(&implementation.module, &function.sig);
        }
    }
    for implementation in &names.source.impls {
        for (_, bounds) in of(&implementation.item.generics) {
            look(&implementation.module, &bounds);
        }
    }
    found
}
