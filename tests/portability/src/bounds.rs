//! What a generic parameter must be able to do.

use std::collections::BTreeMap;

use syn::{
    GenericArgument, GenericParam, Generics, PathArguments, Type, TypeParamBound, WherePredicate,
};

use crate::hal::{Family, Kind};
use crate::names::{Meaning, Names};
use crate::source::LocalPath;

/// The bounds of each type parameter, in the order of the parameters.
pub(crate) fn of(generics: &Generics) -> Vec<(String, Vec<syn::TraitBound>)> {
    let mut found: Vec<(String, Vec<syn::TraitBound>)> = Vec::new();
    for param in &generics.params {
        if let GenericParam::Type(param) = param {
            found.push((param.ident.to_string(), traits(param.bounds.iter())));
        }
    }
    let predicates = generics.where_clause.iter().flat_map(|w| &w.predicates);
    for predicate in predicates {
        if let WherePredicate::Type(predicate) = predicate
            && let Some(name) = bare(&predicate.bounded_ty)
            && let Some((_, bounds)) = found.iter_mut().find(|(param, _)| *param == name)
        {
            bounds.extend(traits(predicate.bounds.iter()));
        }
    }
    found
}

/// The bounds that say what the parameter `name` is: those with `Error = name`.
pub(crate) fn saying(generics: &Generics, name: &str) -> Vec<syn::TraitBound> {
    let says = |bound: &syn::TraitBound| {
        let arguments = bound.path.segments.last().map(|s| &s.arguments);
        let Some(PathArguments::AngleBracketed(arguments)) = arguments else { return false };
        arguments.args.iter().any(|argument| match argument {
            GenericArgument::AssocType(equal) => bare(&equal.ty).as_deref() == Some(name),
            _ => false,
        })
    };
    of(generics).into_iter().flat_map(|(_, bounds)| bounds).filter(says).collect()
}

pub(crate) fn traits<'a>(bounds: impl Iterator<Item = &'a TypeParamBound>) -> Vec<syn::TraitBound> {
    let traits = bounds.filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) if matches!(bound.modifier, syn::TraitBoundModifier::None) => {
            Some(bound.clone())
        }
        _ => None,
    });
    traits.collect()
}

/// The name, if the type is nothing but one.
pub(crate) fn bare(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) if path.qself.is_none() => path.path.get_ident().map(ToString::to_string),
        Type::Paren(paren) => bare(&paren.elem),
        Type::Group(group) => bare(&group.elem),
        _ => None,
    }
}

/// A path's words, with an empty one for a leading `::`.
pub(crate) fn words(path: &syn::Path) -> Vec<String> {
    let leading = path.leading_colon.map(|_| String::new());
    leading.into_iter().chain(path.segments.iter().map(|s| s.ident.to_string())).collect()
}

/// The bounds of one parameter, sorted by what is known of them.
#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) hal: Vec<(Family, Kind)>,
    /// Traits of the crate itself.
    pub(crate) local: Vec<LocalPath>,
    /// Traits of other crates: the package's name, and the bound.
    pub(crate) other: Vec<(Option<String>, syn::TraitBound)>,
}

impl Asked {
    /// Sorts `bounds`, which stand in `module`. The supertraits of the crate's
    /// own traits are asked too.
    pub(crate) fn sort(names: &Names, module: &[String], bounds: &[syn::TraitBound]) -> Self {
        let mut asked = Self::default();
        asked.add(names, module, bounds, 4);
        asked
    }

    fn add(&mut self, names: &Names, module: &[String], bounds: &[syn::TraitBound], depth: u8) {
        for bound in bounds {
            let meaning = names.resolve(module, &words(&bound.path));
            if let Some(hal) = meaning.as_ref().and_then(|m| names.hal(m)) {
                if !self.hal.contains(&hal) {
                    self.hal.push(hal);
                }
                continue;
            }
            match meaning {
                Some(Meaning::Local(path)) => {
                    if let Some(item) = names.source.traits.get(&path)
                        && depth > 0
                        && !self.local.contains(&path)
                    {
                        self.local.push(path.clone());
                        let at = &path[..path.len() - 1];
                        self.add(names, at, &traits(item.supertraits.iter()), depth - 1);
                    }
                }
                Some(Meaning::Extern(name, _)) => {
                    let package = names.dependencies.get(&name).map(|d| d.package.clone());
                    self.other.push((package, bound.clone()));
                }
                None => self.other.push((None, bound.clone())),
            }
        }
    }
}

/// What each parameter became.
pub(crate) type Solved = BTreeMap<String, String>;
