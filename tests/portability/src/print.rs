//! A type of the driver's source, as the generated crate writes it.

use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type};

use crate::bounds::{Solved, bare, words};
use crate::names::Meaning;
use crate::solve::Solver;

impl Solver<'_> {
    /// `ty`, which stands in `module`, with its parameters as they were solved.
    /// Nothing when it cannot be named from outside.
    pub(crate) fn print(&self, module: &[String], ty: &Type, solved: &Solved) -> Option<String> {
        if let Some(known) = bare(ty).and_then(|name| solved.get(&name)) {
            return Some(known.clone());
        }
        let inner = |ty: &Type| self.print(module, ty, solved);
        Some(match ty {
            Type::Path(path) if path.qself.is_some() => "_".to_owned(),
            Type::Path(path) => self.print_path(module, &path.path, solved)?,
            Type::Reference(r) => {
                format!("&{}{}", r.mutability.map_or("", |_| "mut "), inner(&r.elem)?)
            }
            Type::Tuple(tuple) => {
                let parts = tuple.elems.iter().map(|e| Some(inner(e)? + ","));
                format!("({})", parts.collect::<Option<String>>()?)
            }
            Type::Array(array) => {
                let length = array.len.to_token_stream().to_string();
                let length = solved.get(&length).cloned().unwrap_or(length);
                format!("[{}; {}]", inner(&array.elem)?, number(&length))
            }
            Type::Slice(slice) => format!("[{}]", inner(&slice.elem)?),
            Type::Paren(paren) => inner(&paren.elem)?,
            Type::Group(group) => inner(&group.elem)?,
            Type::ImplTrait(anything) => {
                let bounds = crate::bounds::traits(anything.bounds.iter());
                self.candidates(module, &bounds, solved, 0).into_iter().next()?
            }
            Type::BareFn(function) => {
                let inputs = function.inputs.iter().map(|i| Some(inner(&i.ty)? + ","));
                let output = match &function.output {
                    syn::ReturnType::Default => "()".to_owned(),
                    syn::ReturnType::Type(_, ty) => inner(ty)?,
                };
                format!("fn({}) -> {output}", inputs.collect::<Option<String>>()?)
            }
            Type::Never(_) => "!".to_owned(),
            _ => "_".to_owned(),
        })
    }

    /// A path with its arguments, from the generated crate's root on.
    pub(crate) fn print_path(
        &self,
        module: &[String],
        path: &syn::Path,
        solved: &Solved,
    ) -> Option<String> {
        let written = words(path);
        let first = written.first()?;
        if solved.contains_key(first) && written.len() > 1 {
            // An associated type: of this `impl`, or for the compiler to find.
            return Some(solved.get(&written.join("::")).cloned().unwrap_or("_".to_owned()));
        }
        let named = match self.names.resolve(module, &written) {
            Some(Meaning::Local(item)) => match self.names.public(&item) {
                Some(public) => public,
                None => return self.behind(&item),
            },
            Some(Meaning::Extern(name, rest)) => {
                let root = if self.names.krate == name { String::new() } else { "::".to_owned() };
                // The generated crate is `no_std` and has what both have in core.
                let name = if name == "std" { "core".to_owned() } else { name };
                format!("{root}{name}::{}", rest.join("::"))
            }
            // The prelude, or a primitive; or of another crate's glob.
            None if first.starts_with(char::is_uppercase) && !in_prelude(first) => {
                return Some("_".to_owned());
            }
            None => written.join("::"),
        };
        let arguments = path.segments.last().map(|s| &s.arguments);
        let Some(PathArguments::AngleBracketed(arguments)) = arguments else { return Some(named) };
        let mut printed = Vec::new();
        for argument in &arguments.args {
            printed.push(match argument {
                GenericArgument::Lifetime(_) => "'static".to_owned(),
                GenericArgument::Type(ty) => self.print(module, ty, solved)?,
                GenericArgument::Const(value) => {
                    format!("{{ {} }}", number(&value.to_token_stream().to_string()))
                }
                _ => continue,
            });
        }
        Some(format!("{named}<{}>", printed.join(", ")))
    }

    /// What a private alias without parameters stands for.
    fn behind(&self, item: &[String]) -> Option<String> {
        let alias = self.names.source.aliases.get(item)?;
        if !alias.generics.params.is_empty() {
            return None;
        }
        self.print(&item[..item.len() - 1], &alias.ty, &Solved::new())
    }
}

/// Whether the generated crate, which is `no_std`, has the name as it is.
fn in_prelude(name: &str) -> bool {
    matches!(name, "Option" | "Result" | "Self")
}

/// A length that is a number, else one for the compiler to find.
fn number(text: &str) -> String {
    let text = text.trim_matches(['{', '}', ' ']);
    let plain = text.starts_with(|c: char| c.is_ascii_digit()) || matches!(text, "true" | "false");
    if plain { text.to_owned() } else { "_".to_owned() }
}
