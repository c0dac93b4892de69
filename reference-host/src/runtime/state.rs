//! What the host functions of one pipeline work on.

use std::fmt;
use std::sync::Arc;

use periplasm_backend::Clock;
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::WasiCtx;

use super::analog::{AdcSlot, PwmSlot};
use super::buffer::Buffers;
use super::bus::I2cSlot;
use super::can::CanSlot;
use super::diag::DiagSlot;
use super::events::Waited;
use super::limits::Limiter;
use super::log::LogSink;
use super::pins::{InputPinSlot, OutputPinSlot};
use super::serial::SerialSlot;
use super::slab::Slab;
use super::spi::{SpiBusSlot, SpiSlot};
use super::start::Transfers;
use super::usb::{Usb, UsbDeviceSlot, UsbSlot};
use super::wait::Waits;
use super::watch::Watch;
use crate::pipeline;

/// The data of a store.
pub(crate) struct State {
    /// One a slot, in the order of the pipeline's slots.
    pub(crate) slots: Box<[SlotState]>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Whether a delay takes real time.
    pub(crate) real_time: bool,
    pub(crate) watch: Watch,
    /// The moments the app waits for at once.
    pub(crate) waits: Waits,
    /// What stages wait for, and what they were given to hold.
    pub(crate) events: Slab<Waited>,
    pub(crate) transfers: Transfers,
    pub(crate) buffers: Buffers,
    pub(crate) usb: Usb,
    pub(crate) limiter: Limiter,
    pub(crate) panic: Option<PanicReport>,
    pub(crate) log: LogSink,
    pub(crate) wasi: WasiCtx,
    pub(crate) table: ResourceTable,
}

/// What a stage said last through `panicked`.
#[derive(Clone, Debug)]
pub(crate) struct PanicReport {
    pub(crate) stage: Arc<str>,
    pub(crate) message: String,
    pub(crate) location: Option<String>,
}

/// What one slot was granted. A handle's type is what stands here, and its
/// number is its slot's place in [`State::slots`], so a lookup is an index, and
/// a thousand handles of one slot take no more than one.
macro_rules! slots {
    ($($kind:ident($slot:ty)),* $(,)?) => {
        pub(crate) enum SlotState {
            $($kind($slot),)*
        }

        $(impl Slot for $slot {
            #[inline]
            fn of(slot: &SlotState) -> Option<&Self> {
                if let SlotState::$kind(slot) = slot { Some(slot) } else { None }
            }

            #[inline]
            fn of_mut(slot: &mut SlotState) -> Option<&mut Self> {
                if let SlotState::$kind(slot) = slot { Some(slot) } else { None }
            }
        })*
    };
}

slots! {
    I2c(I2cSlot),
    Spi(SpiSlot),
    SpiBus(SpiBusSlot),
    OutputPin(OutputPinSlot),
    InputPin(InputPinSlot),
    Pwm(PwmSlot),
    Adc(AdcSlot),
    Serial(SerialSlot),
    Can(CanSlot),
    Usb(UsbSlot),
    UsbDevice(UsbDeviceSlot),
    Diag(DiagSlot),
}

/// One kind of slot.
pub(crate) trait Slot: Sized + 'static {
    fn of(slot: &SlotState) -> Option<&Self>;
    fn of_mut(slot: &mut SlotState) -> Option<&mut Self>;
}

/// Whose slot it is, and whether something was said about its calls already.
pub(crate) struct Owner {
    pub(crate) stage: Arc<str>,
    pub(crate) slot: Arc<str>,
    warned: bool,
}

impl Owner {
    pub(crate) fn of(slot: &pipeline::Slot) -> Self {
        Self { stage: slot.stage().into(), slot: slot.name().into(), warned: false }
    }

    /// Writes to the host's log what no hardware can do, once a slot.
    #[cold]
    pub(super) fn warn(&mut self, about: fmt::Arguments<'_>) {
        if !std::mem::replace(&mut self.warned, true) {
            let (stage, slot) = (&*self.stage, &*self.slot);
            tracing::warn!(stage, slot, "{about}");
        }
    }
}

impl State {
    /// To be called by each host function first.
    #[inline]
    pub(super) fn called(&mut self) {
        self.watch.reset();
        self.limiter.forget();
    }

    // A guest cannot make up a number: Wasmtime looks it up in the guest's
    // table of handles. Should one be wrong all the same, the call fails.
    #[inline]
    pub(super) fn slot<T: Slot>(&self, handle: &Resource<T>) -> wasmtime::Result<&T> {
        self.slots.get(handle.rep() as usize).and_then(T::of).ok_or_else(not_a_handle)
    }

    #[inline]
    pub(super) fn slot_mut<T: Slot>(&mut self, handle: &Resource<T>) -> wasmtime::Result<&mut T> {
        self.slots.get_mut(handle.rep() as usize).and_then(T::of_mut).ok_or_else(not_a_handle)
    }
}

#[cold]
pub(super) fn not_a_handle() -> wasmtime::Error {
    wasmtime::Error::msg("a handle that was not opened")
}
