//! Types that have traits of other crates and of the standard library.

use syn::{GenericArgument, PathArguments};

use crate::bounds::Solved;
use crate::hal::Family;
use crate::sdk::KNOWN;
use crate::solve::Solver;

impl Solver<'_> {
    fn is_hal(&self, package: &str) -> bool {
        let mut known = self.names.dependencies.values().filter(|d| d.package == package);
        known.any(|d| Family::of(&d.package, &d.version).is_some())
    }

    /// Types that have a trait of another crate or of the standard library.
    pub(crate) fn foreign(
        &self,
        module: &[String],
        package: Option<&str>,
        bound: &syn::TraitBound,
        solved: &Solved,
    ) -> Vec<String> {
        let Some(segment) = bound.path.segments.last() else { return Vec::new() };
        let name = segment.ident.to_string();
        if let Some(package) = package {
            if self.is_hal(package) {
                // Of those that stand for no hardware one has values of its own.
                return if name == "AddressMode" { vec!["u8".to_owned()] } else { Vec::new() };
            }
            let Some(known) = KNOWN.iter().find(|k| k.package == package && k.name == name) else {
                self.unmet
                    .borrow_mut()
                    .insert(format!("needs `{name}` of {package}, which nobody here has"));
                return Vec::new();
            };
            let version = self.names.dependencies.values().find(|d| d.package == package);
            for from in known.from {
                let version = version.map(|d| d.version.clone()).unwrap_or_default();
                self.packages.borrow_mut().insert(((*from).to_owned(), version));
            }
            return known.types.iter().map(|t| (*t).to_owned()).collect();
        }
        let first = match &segment.arguments {
            PathArguments::AngleBracketed(a) => a.args.iter().find_map(|a| match a {
                GenericArgument::Type(ty) => self.print(module, ty, solved),
                GenericArgument::AssocType(a) => self.print(module, &a.ty, solved),
                _ => None,
            }),
            PathArguments::Parenthesized(a) => {
                let inputs: Option<String> =
                    a.inputs.iter().map(|i| Some(self.print(module, i, solved)? + ",")).collect();
                let output = match &a.output {
                    syn::ReturnType::Default => Some("()".to_owned()),
                    syn::ReturnType::Type(_, ty) => self.print(module, ty, solved),
                };
                inputs.zip(output).map(|(i, o)| format!("fn({i}) -> {o}"))
            }
            PathArguments::None => None,
        };
        let ty = match (name.as_str(), first) {
            ("Into" | "TryInto" | "From" | "TryFrom" | "Borrow" | "BorrowMut", Some(ty)) => ty,
            ("Fn" | "FnMut" | "FnOnce", Some(function)) => function,
            ("AsRef" | "AsMut" | "Deref" | "DerefMut", Some(ty)) => match ty.strip_prefix('[') {
                Some(item) => format!("[{}; 4]", item.trim_end_matches(']')),
                None => format!("&'static mut {ty}"),
            },
            ("Iterator" | "ExactSizeIterator" | "DoubleEndedIterator", Some(item)) => {
                format!("core::array::IntoIter<{item}, 4>")
            }
            ("IntoIterator", Some(item)) => format!("[{item}; 4]"),
            ("Future", Some(output)) => format!("core::future::Ready<{output}>"),
            ("Write", _) => "Text".to_owned(),
            ("Debug" | "Display" | "Copy" | "Clone" | "Default" | "PartialEq" | "Ord", _) => {
                "u8".to_owned()
            }
            _ => return Vec::new(),
        };
        vec![ty]
    }
}
