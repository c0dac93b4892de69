//! What the tests of several crates need: a driver or a pipeline, built,
//! composed and running on a simulated board.
//!
//! Everything here panics with the error as a user would see it: in a test
//! that is the answer one wants.
#![forbid(unsafe_code)]

pub mod app;
pub mod build;
pub mod registry;
mod rig;
pub mod usb;

pub use build::root;
pub use periplasm_host::device::{BAROMETER, BusFault, DeviceError, HYGROMETER, THERMOMETER};
pub(crate) use rig::compiled;
pub use rig::{Rig, host};

/// The value, or a panic with the error as a user would see it.
#[track_caller]
pub fn ok<T, E: miette::Diagnostic + Send + Sync + 'static>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{:?}", miette::Report::from(error)),
    }
}
