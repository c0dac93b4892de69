//! The table of the control function.

use crate::Level;
use crate::sim::{Net, Wiring};

/// What the two outputs of a channel do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Connected to the motor's supply.
    High,
    /// Connected to ground.
    Low,
    /// Connected to nothing.
    Off,
}

/// What a channel does with its motor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Clockwise.
    Clockwise,
    /// Counterclockwise.
    Counterclockwise,
    /// Both ends of the motor are connected: it is braked.
    ShortBrake,
    /// The motor coasts.
    Stop,
    /// As stop, and the chip sleeps.
    Standby,
}

impl Mode {
    /// The outputs 1 and 2.
    pub fn outputs(self) -> (Output, Output) {
        match self {
            Self::Clockwise => (Output::High, Output::Low),
            Self::Counterclockwise => (Output::Low, Output::High),
            Self::ShortBrake => (Output::Low, Output::Low),
            Self::Stop | Self::Standby => (Output::Off, Output::Off),
        }
    }
}

/// "H-SW control function": the mode for these inputs.
pub fn mode(in1: bool, in2: bool, pwm: bool, standby: bool) -> Mode {
    match (in1, in2, pwm, standby) {
        (_, _, _, false) => Mode::Standby,
        (true, true, _, _) | (true, false, false, _) | (false, true, false, _) => Mode::ShortBrake,
        (false, true, true, _) => Mode::Counterclockwise,
        (true, false, true, _) => Mode::Clockwise,
        (false, false, true, _) => Mode::Stop,
        // The table has this row for PWM high only; low switches no bridge on.
        (false, false, false, _) => Mode::Stop,
    }
}

/// One channel, on its wires.
#[derive(Clone, Debug)]
pub struct Channel {
    in1: Net,
    in2: Net,
    standby: Net,
}

impl Channel {
    /// The pins: two inputs, and standby (`stby`). Each is pulled down if it is
    /// not connected (section "Pin functions").
    pub const PINS: &'static [&'static str] = &["in1", "in2", "stby"];

    /// On these wires.
    pub fn new(wiring: &Wiring) -> Self {
        let pin = |name| wiring.pin_or(name, Level::Low);
        Self { in1: pin("in1"), in2: pin("in2"), standby: pin("stby") }
    }

    /// What it does at `now_ns` while the PWM input has this level.
    pub fn mode(&self, pwm: Level, now_ns: u64) -> Mode {
        let [in1, in2, standby] =
            [&self.in1, &self.in2, &self.standby].map(|net| net.level(now_ns).is_high());
        mode(in1, in2, pwm.is_high(), standby)
    }

    /// The mean of the voltage across the motor at `now_ns` with this duty
    /// cycle, as a part of the supply: -1 to 1, clockwise is positive.
    pub fn drive(&self, duty: f64, now_ns: u64) -> f64 {
        let part = |mode| match mode {
            Mode::Clockwise => 1.0,
            Mode::Counterclockwise => -1.0,
            Mode::ShortBrake | Mode::Stop | Mode::Standby => 0.0,
        };
        let on = part(self.mode(Level::High, now_ns));
        let off = part(self.mode(Level::Low, now_ns));
        duty * on + (1.0 - duty) * off
    }
}
