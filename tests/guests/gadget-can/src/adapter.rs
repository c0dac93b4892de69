//! The controller behind the adapter, and its bus: nobody else is there, so that
//! frames come back when loop-back is asked for.

use alloc::collections::VecDeque;

use usbd_gscan::Device;
use usbd_gscan::host::{
    CanBitTimingConst, CanState, DeviceBitTiming, DeviceBitTimingConst,
    DeviceBitTimingConstExtended, DeviceConfig, DeviceState, Feature, Frame, IdFlag,
};

/// One that drivers know timings for.
const CLOCK_HZ: u32 = 40_000_000;

/// What a controller without CAN FD can do.
const FEATURES: Feature = Feature::LOOP_BACK.union(Feature::GET_STATE);

/// Frames that were received and not sent to the host; a real one has room for
/// a few.
const ROOM: usize = 64;

/// One CAN controller.
#[derive(Default)]
pub(crate) struct Adapter {
    started: bool,
    loop_back: bool,
    received: VecDeque<Frame>,
}

impl Adapter {
    /// The oldest frame that came.
    pub(crate) fn next_received(&mut self) -> Option<Frame> {
        self.received.pop_front()
    }
}

/// The limits of a bxCAN, with the longer segments that 40 MHz need.
fn timing() -> CanBitTimingConst {
    CanBitTimingConst {
        tseg1_min: 1,
        tseg1_max: 256,
        tseg2_min: 1,
        tseg2_max: 128,
        sjw_max: 128,
        brp_min: 1,
        brp_max: 512,
        brp_inc: 1,
    }
}

/// Whether the class can read it: classic, with an identifier of its length.
fn is_valid(frame: &Frame) -> bool {
    let identifier = frame.can_id & 0x1fff_ffff;
    let extended = frame.can_id & IdFlag::EXTENDED.bits() != 0;
    frame.can_dlc <= 8 && (extended || identifier <= 0x7ff)
}

impl Device for Adapter {
    fn config(&self) -> DeviceConfig {
        DeviceConfig::new(1)
    }

    fn bit_timing(&self) -> DeviceBitTimingConst {
        DeviceBitTimingConst { features: FEATURES, fclk_can: CLOCK_HZ, timing: timing() }
    }

    fn bit_timing_ext(&self) -> DeviceBitTimingConstExtended {
        DeviceBitTimingConstExtended {
            features: FEATURES,
            fclk_can: CLOCK_HZ,
            timing_nominal: timing(),
            timing_data: timing(),
        }
    }

    /// Nobody else is on the bus to agree with.
    fn configure_bit_timing(&mut self, _: u8, _: DeviceBitTiming) {}

    fn configure_bit_timing_data(&mut self, _: u8, _: DeviceBitTiming) {}

    fn reset(&mut self, _: u8) {
        *self = Self::default();
    }

    fn start(&mut self, _: u8, features: Feature) {
        self.started = true;
        self.loop_back = features.contains(Feature::LOOP_BACK);
    }

    fn state(&self, _: u8) -> DeviceState {
        let state = if self.started { CanState::Active } else { CanState::Stopped };
        DeviceState { state, rx_errors: 0, tx_errors: 0 }
    }

    fn receive(&mut self, _: u8, frame: &Frame) {
        if self.started && self.loop_back && is_valid(frame) && self.received.len() < ROOM {
            self.received.push_back(*frame);
        }
    }
}
