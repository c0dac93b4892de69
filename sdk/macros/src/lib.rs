//! The SDK's macros. Use them through `periplasm-driver` and `periplasm-app`,
//! which name the paths that the expansions need.
//!
//! Each reads the one world in the crate's `wit/` folder, knows Periplasm's
//! own WIT packages without copies of them in `wit/deps`, and expands to a
//! module `bindings`, made by wit-bindgen. A type that the SDK already has
//! (an I2C handle, a device error) is the SDK's, not a second one.
#![forbid(unsafe_code)]

mod expand;
mod generate;
mod packages;

use proc_macro::TokenStream;

/// Turns a crate into a driver: bindings, allocator, panic report, exports.
///
/// The argument is the name of the type on which the crate implements the
/// `Guest` trait of each interface its world exports. The crate begins with
/// `#![no_std]`: without it, the compiler finds a second panic handler
/// (`duplicate lang item`).
#[proc_macro]
pub fn driver(input: TokenStream) -> TokenStream {
    expand::or_error(expand::driver(input))
}

/// Makes the bindings of an app: what its world imports.
#[proc_macro]
pub fn app(input: TokenStream) -> TokenStream {
    expand::or_error(syn::parse(input).and_then(expand::app))
}

/// Makes the SDK's own bindings for a world of a built-in package, such as
/// `"periplasm:hal/sdk"`. For the SDK's crates only.
#[doc(hidden)]
#[proc_macro]
pub fn sdk_bindings(input: TokenStream) -> TokenStream {
    expand::or_error(syn::parse(input).and_then(expand::sdk))
}
