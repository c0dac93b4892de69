//! The host against pipelines written by hand, most of them hostile.

mod apps;
mod boards;
mod bus;
mod cache;
mod endings;
mod grants;
mod hostile_bytes;
mod program;
mod requests;
mod structure;
mod support;
