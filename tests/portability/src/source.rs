//! A crate's items, from its source as the compiler expands it: macros are
//! carried out and `cfg`s are decided by the one who knows.

use std::collections::BTreeMap;

use syn::{ImplItem, Item, UseTree, Visibility};

/// A path from the crate's root on.
pub(crate) type LocalPath = Vec<String>;

/// What stands under a name in a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Type,
    Trait,
    Function,
    Module,
}

/// A name that a `use` brings.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) name: String,
    /// As it is written.
    pub(crate) path: Vec<String>,
    pub(crate) public: bool,
}

/// A module's names.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) items: BTreeMap<String, (What, bool)>,
    pub(crate) imports: Vec<Import>,
    /// `use path::*`, and whether it is public.
    pub(crate) globs: Vec<(Vec<String>, bool)>,
}

/// An `impl` block.
pub(crate) struct Impl {
    pub(crate) module: LocalPath,
    pub(crate) item: syn::ItemImpl,
}

impl Impl {
    /// Its functions that can be named from outside: all of a trait's, the
    /// public ones of a type's own.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &syn::ImplItemFn> {
        let of_trait = self.item.trait_.is_some();
        self.item.items.iter().filter_map(move |item| match item {
            ImplItem::Fn(function) if of_trait || is_public(&function.vis) => Some(function),
            _ => None,
        })
    }
}

/// All that a crate's source says that matters here.
#[derive(Default)]
pub struct Source {
    pub(crate) modules: BTreeMap<LocalPath, Module>,
    pub(crate) structs: BTreeMap<LocalPath, syn::Generics>,
    pub(crate) aliases: BTreeMap<LocalPath, syn::ItemType>,
    pub(crate) traits: BTreeMap<LocalPath, syn::ItemTrait>,
    pub(crate) functions: BTreeMap<LocalPath, syn::ItemFn>,
    pub(crate) impls: Vec<Impl>,
}

impl Source {
    /// Reads expanded source.
    ///
    /// # Errors
    ///
    /// What syn cannot read: the compiler prints some of its own inner words.
    pub fn parse(text: &str) -> Result<Self, syn::Error> {
        let file = syn::parse_file(text)?;
        let mut source = Self::default();
        source.module(Vec::new(), &file.items);
        Ok(source)
    }

    fn module(&mut self, at: LocalPath, items: &[Item]) {
        let mut module = Module::default();
        let mut inner = Vec::new();
        for item in items {
            let mut name = |ident: &syn::Ident, what, vis: &Visibility| {
                let name = ident.to_string();
                module.items.insert(name.clone(), (what, is_public(vis)));
                let mut path = at.clone();
                path.push(name);
                path
            };
            match item {
                Item::Struct(i) => {
                    let path = name(&i.ident, What::Type, &i.vis);
                    self.structs.insert(path, i.generics.clone());
                }
                Item::Enum(i) => {
                    let path = name(&i.ident, What::Type, &i.vis);
                    self.structs.insert(path, i.generics.clone());
                }
                Item::Union(i) => {
                    let path = name(&i.ident, What::Type, &i.vis);
                    self.structs.insert(path, i.generics.clone());
                }
                Item::Type(i) => {
                    let path = name(&i.ident, What::Type, &i.vis);
                    self.aliases.insert(path, i.clone());
                }
                Item::Trait(i) => {
                    let path = name(&i.ident, What::Trait, &i.vis);
                    self.traits.insert(path, i.clone());
                }
                Item::Fn(i) => {
                    let path = name(&i.sig.ident, What::Function, &i.vis);
                    self.functions.insert(path, i.clone());
                }
                Item::Mod(i) => {
                    let path = name(&i.ident, What::Module, &i.vis);
                    if let Some((_, items)) = &i.content {
                        inner.push((path, items));
                    }
                }
                Item::Use(i) => uses(&i.tree, &mut Vec::new(), is_public(&i.vis), &mut module),
                Item::ExternCrate(i) => {
                    let name = i.rename.as_ref().map_or(&i.ident, |(_, name)| name).to_string();
                    let path = vec![String::new(), i.ident.to_string()];
                    module.imports.push(Import { name, path, public: is_public(&i.vis) });
                }
                Item::Impl(i) => {
                    self.impls.push(Impl { module: at.clone(), item: i.clone() });
                }
                _ => {}
            }
        }
        self.modules.insert(at, module);
        for (path, items) in inner {
            self.module(path, items);
        }
    }
}

pub(crate) fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
}

/// The names of one `use`. An empty first word stands for a leading `::`.
fn uses(tree: &UseTree, path: &mut Vec<String>, public: bool, module: &mut Module) {
    match tree {
        UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            uses(&inner.tree, path, public, module);
            path.pop();
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                uses(tree, path, public, module);
            }
        }
        UseTree::Glob(_) => module.globs.push((path.clone(), public)),
        UseTree::Name(_) | UseTree::Rename(_) => {
            let (ident, name) = match tree {
                UseTree::Rename(rename) => (&rename.ident, &rename.rename),
                UseTree::Name(name) => (&name.ident, &name.ident),
                _ => return,
            };
            let mut whole = path.clone();
            // `use path::{self}` is `path` itself.
            if ident != "self" || whole.is_empty() {
                whole.push(ident.to_string());
            }
            let name = if name == "self" {
                whole.last().cloned().unwrap_or_default()
            } else {
                name.to_string()
            };
            module.imports.push(Import { name, path: whole, public });
        }
    }
}
