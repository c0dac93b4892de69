//! What each macro expands to.

use std::path::Path;

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::generate::{APP, DRIVER, USB, World};

type Expansion = syn::Result<TokenStream>;

/// The expansion, or a compile error and what keeps the compiler from adding
/// errors of its own about all that is now missing.
pub(crate) fn or_error(expansion: Expansion) -> proc_macro::TokenStream {
    let failed = |error: syn::Error| {
        let error = error.into_compile_error();
        quote! {
            #error
            // Where an absent module is used, the compiler advises to add a
            // crate of that name.
            #[doc(hidden)]
            pub mod bindings {}
            // Has the allocator and the panic handler that a driver lacks now.
            #[cfg(target_family = "wasm")]
            extern crate std;
        }
    };
    expansion.unwrap_or_else(failed).into()
}

/// `input` is the macro's argument: the name of the crate's own type.
pub(crate) fn driver(input: proc_macro::TokenStream) -> Expansion {
    let device: syn::Ident = syn::parse(input).map_err(|found| {
        let message = "`driver!` takes the name of the type that implements `Guest` for what the \
                       world exports, defined beside it: `driver!(Sensor);` and `struct Sensor;`";
        syn::Error::new(found.span(), message)
    })?;
    let world = crate_world()?;
    if !world.has_slot("diag") {
        return Err(error(format!(
            "world `{}` has no slot `diag`, through which a panic is reported: \
             begin it with `include periplasm:hal/driver@0.1.0;`",
            world.name()
        )));
    }
    if !world.has_exports() {
        return Err(error(format!(
            "world `{}` exports nothing: a driver exports at least one device interface, \
             such as `export periplasm:device/thermometer@0.1.0;`, or hardware for other stages, \
             such as `export p0: interface {{ … }}`",
            world.name()
        )));
    }
    let bindings = module(world, DRIVER, "::periplasm_driver::wit_bindgen")?;
    Ok(quote! {
        #bindings
        // Not natively: a linker there does not take such names.
        #[cfg(target_family = "wasm")]
        bindings::export!(#device with_types_in bindings);
        #[cfg(not(target_family = "wasm"))]
        const _: ::core::marker::PhantomData<#device> = ::core::marker::PhantomData;

        ::periplasm_driver::runtime!(bindings::diag::open);
    })
}

pub(crate) fn app(_: syn::parse::Nothing) -> Expansion {
    module(crate_world()?, APP, "::periplasm_app::wit_bindgen")
}

pub(crate) fn sdk(world: syn::LitStr) -> Expansion {
    let name = world.value();
    let known = if name.starts_with("periplasm:usb") { USB } else { &[] };
    module(World::built_in(&name).map_err(error)?, known, "::wit_bindgen")
}

/// The world of the crate that is being compiled.
fn crate_world() -> syn::Result<World> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR")
        .ok_or_else(|| error("CARGO_MANIFEST_DIR is not set: build with cargo"))?;
    World::in_folder(&Path::new(&root).join("wit")).map_err(error)
}

fn module(world: World, known: &[crate::generate::Known], runtime: &str) -> Expansion {
    // Makes cargo build again when a WIT file changes.
    let files = world.files.iter().map(|file| {
        let file = file.display().to_string();
        quote! { const _: &[u8] = ::core::include_bytes!(#file); }
    });
    let files: TokenStream = files.collect();
    let source: TokenStream = world.bindings(known, runtime).map_err(error)?.parse()?;
    Ok(quote! {
        #[allow(missing_docs, rust_2018_idioms, unsafe_code, unreachable_pub, unused, clippy::all)]
        #[allow(clippy::undocumented_unsafe_blocks, rustdoc::all)]
        pub mod bindings {
            #source
            #files
        }
    })
}

fn error(message: impl std::fmt::Display) -> syn::Error {
    syn::Error::new(Span::call_site(), message)
}
