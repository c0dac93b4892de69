//! The commands (section 11, tables 11-1 to 11-5).

pub(super) mod opcode {
    pub(in super::super) const CLEAR_IRQ: u8 = 0x02;
    pub(in super::super) const CLEAR_ERRORS: u8 = 0x07;
    pub(in super::super) const SET_DIO_IRQ: u8 = 0x08;
    pub(in super::super) const WRITE_REGISTER: u8 = 0x0d;
    pub(in super::super) const WRITE_BUFFER: u8 = 0x0e;
    pub(in super::super) const GET_PACKET_TYPE: u8 = 0x11;
    pub(in super::super) const GET_IRQ: u8 = 0x12;
    pub(in super::super) const GET_RX_BUFFER: u8 = 0x13;
    pub(in super::super) const GET_PACKET_STATUS: u8 = 0x14;
    pub(in super::super) const GET_ERRORS: u8 = 0x17;
    pub(in super::super) const READ_REGISTER: u8 = 0x1d;
    pub(in super::super) const READ_BUFFER: u8 = 0x1e;
    pub(in super::super) const SET_STANDBY: u8 = 0x80;
    pub(in super::super) const SET_RX: u8 = 0x82;
    pub(in super::super) const SET_TX: u8 = 0x83;
    pub(in super::super) const SET_SLEEP: u8 = 0x84;
    pub(in super::super) const SET_FREQUENCY: u8 = 0x86;
    pub(in super::super) const SET_CAD_PARAMS: u8 = 0x88;
    pub(in super::super) const CALIBRATE: u8 = 0x89;
    pub(in super::super) const SET_PACKET_TYPE: u8 = 0x8a;
    pub(in super::super) const SET_MODULATION: u8 = 0x8b;
    pub(in super::super) const SET_PACKET_PARAMS: u8 = 0x8c;
    pub(in super::super) const SET_BUFFER_BASE: u8 = 0x8f;
    pub(in super::super) const CALIBRATE_IMAGE: u8 = 0x98;
    pub(in super::super) const SET_SYMBOL_TIMEOUT: u8 = 0xa0;
    pub(in super::super) const GET_STATUS: u8 = 0xc0;
    pub(in super::super) const SET_FS: u8 = 0xc1;
    pub(in super::super) const SET_CAD: u8 = 0xc5;
}

/// A command that changes nothing that can be seen here.
pub(super) fn is_taken_and_ignored(opcode: u8) -> bool {
    // ResetStats, SetTxParams, SetRxTxFallbackMode, SetPaConfig,
    // SetRegulatorMode, SetDIO3AsTCXOCtrl, SetDIO2AsRfSwitchCtrl and
    // StopTimerOnPreamble.
    matches!(opcode, 0x00 | 0x8e | 0x93 | 0x95 | 0x96 | 0x97 | 0x9d | 0x9f)
}

/// Where the chip is (table 13-76, chip mode).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Sleep { warm: bool },
    StandbyRc,
    StandbyXosc,
    Fs,
    Rx,
    Tx,
}

impl Mode {
    pub(super) fn status(self) -> u8 {
        let mode = match self {
            Self::Sleep { .. } => 0,
            Self::StandbyRc => 2,
            Self::StandbyXosc => 3,
            Self::Fs => 4,
            Self::Rx => 5,
            Self::Tx => 6,
        };
        mode << 4
    }
}

/// Command status (table 13-76).
pub(super) mod outcome {
    pub(in super::super) const NONE: u8 = 0;
    pub(in super::super) const DATA: u8 = 2 << 1;
    pub(in super::super) const TIMEOUT: u8 = 3 << 1;
    pub(in super::super) const PROCESSING_ERROR: u8 = 4 << 1;
    pub(in super::super) const TX_DONE: u8 = 6 << 1;
}

/// How long BUSY is high from one mode to another (table 8-2).
pub(super) fn switching_ns(from: Mode, to: Mode) -> u64 {
    match (from, to) {
        (Mode::Sleep { warm: true }, _) => 340_000,
        (Mode::Sleep { warm: false }, _) => START_NS,
        (Mode::StandbyRc, Mode::StandbyXosc) => 31_000,
        (Mode::StandbyRc, Mode::Fs) => 50_000,
        (Mode::StandbyRc, Mode::Rx) => 83_000,
        (Mode::StandbyRc, Mode::Tx) => 126_000,
        (Mode::StandbyXosc, Mode::Fs) => 40_000,
        (Mode::StandbyXosc, Mode::Rx) => 62_000,
        (Mode::StandbyXosc, Mode::Tx) => 105_000,
        (Mode::Fs, Mode::Rx) => 41_000,
        (Mode::Fs, Mode::Tx) => 76_000,
        (Mode::Rx, Mode::Fs) => 15_000,
        (Mode::Rx, Mode::Tx) => 92_000,
        _ => COMMAND_NS,
    }
}

/// A start without what was kept: table 8-2, "SLEEP to STBY_RC cold start".
pub(super) const START_NS: u64 = 3_500_000;
/// A command that changes no mode.
pub(super) const COMMAND_NS: u64 = 10_000;
/// All blocks (section 13.1.12).
pub(super) const CALIBRATION_NS: u64 = 3_500_000;
