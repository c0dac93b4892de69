//! The client against servers of this process: one that does what a script says,
//! and one that is a registry.
//!
//! `UPDATE=1 cargo test -p periplasm-registry --test client` writes the goldens
//! anew; look at the difference before you commit it.

mod cache;
mod common;
mod credentials;
mod good;
mod hostile;
mod mirrors;
mod outsider;
mod redirects;
mod retries;
mod server;
mod settings;
mod tls;
mod transfer;
