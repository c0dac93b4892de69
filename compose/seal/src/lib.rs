//! The WASI that a driver on std gets instead of the app's.
//!
//! `compose` puts one of these into each driver that imports WASI, so that it
//! shares nothing with the app or with another driver:
//!
//! | of WASI | a driver gets |
//! | --- | --- |
//! | arguments, environment, folder | none |
//! | standard input | its end |
//! | standard output and error | its log, by lines: as `info` and as `warn` |
//! | exit | the end of the stage, as by a panic |
//! | files | none; every path leads nowhere |
//! | monotonic clock | the board's clock |
//! | wall clock | 1970-01-01 00:00, always |
//! | insecure random numbers | the same in every run |
//! | secure random numbers | the end of the stage: there are none that it could rely on |
//! | network | not in it: `compose` refuses a driver that imports it |
#![no_std]

extern crate alloc;

mod cli;
mod clocks;
mod files;
mod lines;
mod polls;
mod random;
mod streams;

periplasm_driver::driver!(Seal);

struct Seal;
