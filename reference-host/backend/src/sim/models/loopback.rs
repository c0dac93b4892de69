//! A wire from the controller's output to its input.

use std::collections::VecDeque;

use serde::Deserialize;

use crate::sim::{ConfigError, Model, SerialTarget, Site, SpiTarget};

/// What a board file may say about it: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {}

/// What goes out comes in: on SPI at the same time, on a serial line at once.
#[derive(Clone, Debug, Default)]
pub struct Loopback {
    bytes: VecDeque<u8>,
}

impl Model<dyn SpiTarget> for Loopback {
    type Options = Options;
    const NAME: &'static str = "loopback";

    fn build(_: &Options, _: &Site) -> Result<Box<dyn SpiTarget>, ConfigError> {
        Ok(Box::new(Self::default()))
    }
}

impl SpiTarget for Loopback {
    fn select(&mut self, _: u64) {}

    fn exchange(&mut self, sent: u8, _: u64) -> u8 {
        sent
    }

    fn deselect(&mut self, _: u64) {}
}

impl Model<dyn SerialTarget> for Loopback {
    type Options = Options;
    const NAME: &'static str = "loopback";

    fn build(_: &Options, _: &Site) -> Result<Box<dyn SerialTarget>, ConfigError> {
        Ok(Box::new(Self::default()))
    }
}

impl SerialTarget for Loopback {
    fn receive(&mut self, bytes: &[u8], _: u64) {
        self.bytes.extend(bytes);
    }

    fn send(&mut self, into: &mut Vec<u8>, _: u64) {
        into.extend(self.bytes.drain(..));
    }

    fn next_ns(&self) -> Option<u64> {
        None
    }
}
