//! The host against pipelines written by hand, most of them hostile.

mod apps;
mod boards;
mod bus;
mod cache;
mod captures;
mod endings;
mod grants;
mod hal;
mod hardware;
mod hostile_bytes;
mod leases;
mod logged;
mod program;
mod remote;
mod requests;
mod structure;
mod support;
mod usb;
mod waiting;
