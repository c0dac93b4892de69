//! `periplasm:usb-device/usb-device`.

use periplasm_usb as usb;
use wasmtime::component::{ComponentType, Lift, Lower};

#[derive(Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
// Guests make the values.
#[allow(dead_code)]
pub(in crate::runtime) enum TransferType {
    #[component(name = "control")]
    Control,
    #[component(name = "isochronous")]
    Isochronous,
    #[component(name = "bulk")]
    Bulk,
    #[component(name = "interrupt")]
    Interrupt,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(in crate::runtime) enum PortSpeed {
    #[component(name = "full")]
    Full,
    #[component(name = "high")]
    High,
}

#[derive(Clone, Copy, ComponentType, Lift)]
#[component(record)]
pub(in crate::runtime) struct Endpoint {
    address: u8,
    transfers: TransferType,
    #[component(name = "max-packet-size")]
    max_packet_size: u16,
    interval: u8,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(in crate::runtime) enum ControllerError {
    #[component(name = "would-block")]
    WouldBlock,
    #[component(name = "overflow")]
    Overflow,
    #[component(name = "invalid")]
    Invalid,
    #[component(name = "gone")]
    Gone,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(record)]
pub(in crate::runtime) struct BusEvents {
    reset: bool,
    suspend: bool,
    resume: bool,
    attached: bool,
    detached: bool,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(record)]
pub(in crate::runtime) struct Events {
    bus: BusEvents,
    setup: Option<u64>,
    #[component(name = "out-ready")]
    out_ready: u16,
    #[component(name = "in-complete")]
    in_complete: u16,
}

impl From<usb::PortSpeed> for PortSpeed {
    fn from(speed: usb::PortSpeed) -> Self {
        match speed {
            usb::PortSpeed::Full => Self::Full,
            usb::PortSpeed::High => Self::High,
        }
    }
}

impl From<Endpoint> for usb::EndpointConfig {
    fn from(endpoint: Endpoint) -> Self {
        let transfers = match endpoint.transfers {
            TransferType::Control => usb::TransferType::Control,
            TransferType::Isochronous => usb::TransferType::Isochronous,
            TransferType::Bulk => usb::TransferType::Bulk,
            TransferType::Interrupt => usb::TransferType::Interrupt,
        };
        let Endpoint { address, max_packet_size, interval, .. } = endpoint;
        Self { address, transfers, max_packet_size, interval }
    }
}

impl From<usb::ControllerError> for ControllerError {
    fn from(error: usb::ControllerError) -> Self {
        match error {
            usb::ControllerError::WouldBlock => Self::WouldBlock,
            usb::ControllerError::Overflow => Self::Overflow,
            usb::ControllerError::Invalid => Self::Invalid,
            usb::ControllerError::Gone => Self::Gone,
        }
    }
}

impl From<usb::Events> for Events {
    fn from(events: usb::Events) -> Self {
        let usb::BusEvents { reset, suspend, resume, attached, detached } = events.bus;
        Self {
            bus: BusEvents { reset, suspend, resume, attached, detached },
            setup: events.setup.map(u64::from_le_bytes),
            out_ready: events.out_ready,
            in_complete: events.in_complete,
        }
    }
}
