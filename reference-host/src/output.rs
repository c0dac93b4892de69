//! Where an app's output goes.

use std::fmt;

use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;

/// Where one of an app's two outputs goes.
#[derive(Clone, Debug, Default)]
pub enum Output {
    /// Nowhere.
    #[default]
    Discard,
    /// To the host's own.
    Inherit,
    /// Into memory.
    Capture(Captured),
}

/// What an app wrote. Clones share it.
#[derive(Clone)]
pub struct Captured(MemoryOutputPipe);

impl Captured {
    /// Room for at most `bytes`; after that the app finds its output closed.
    pub fn new(bytes: usize) -> Self {
        Self(MemoryOutputPipe::new(bytes))
    }

    /// What was written until now. Bytes that are not UTF-8 become `�`.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.contents()).into_owned()
    }
}

impl fmt::Debug for Captured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Captured").field(&self.text()).finish()
    }
}

impl Output {
    pub(crate) fn set_stdout(self, wasi: &mut WasiCtxBuilder) {
        match self {
            Self::Discard => {}
            Self::Inherit => {
                wasi.inherit_stdout();
            }
            Self::Capture(captured) => {
                wasi.stdout(captured.0);
            }
        }
    }

    pub(crate) fn set_stderr(self, wasi: &mut WasiCtxBuilder) {
        match self {
            Self::Discard => {}
            Self::Inherit => {
                wasi.inherit_stderr();
            }
            Self::Capture(captured) => {
                wasi.stderr(captured.0);
            }
        }
    }
}
