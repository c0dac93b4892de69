//! Control transfers.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use periplasm_usb_host as usb;

use crate::MaybeFuture;
use crate::device::Opened;
use crate::transfer::{ControlIn, ControlOut, Direction, TransferError, nanoseconds, status};

/// A control transfer that has not begun. It owns its bytes, so that it may
/// outlive what it was made of.
pub(crate) struct Control {
    device: Arc<Opened>,
    setup: usb::Setup,
    data: Data,
    timeout: Option<u64>,
}

enum Data {
    In(u16),
    Out(Vec<u8>),
}

type Ended = Result<Vec<u8>, TransferError>;

impl Control {
    pub(crate) fn from_device(device: Arc<Opened>, data: ControlIn, timeout: Duration) -> Self {
        let ControlIn { control_type, recipient, request, value, index, length } = data;
        let request_type = Direction::In as u8 | (control_type as u8) << 5 | recipient as u8;
        let setup = usb::Setup { request_type, request, value, index };
        Self { device, setup, data: Data::In(length), timeout: nanoseconds(timeout) }
    }

    pub(crate) fn to_device(device: Arc<Opened>, data: ControlOut<'_>, timeout: Duration) -> Self {
        let ControlOut { control_type, recipient, request, value, index, data } = data;
        let request_type = Direction::Out as u8 | (control_type as u8) << 5 | recipient as u8;
        let setup = usb::Setup { request_type, request, value, index };
        Self { device, setup, data: Data::Out(data.to_vec()), timeout: nanoseconds(timeout) }
    }
}

impl MaybeFuture for Control {
    fn wait(self) -> Ended {
        let Self { device, setup, data, timeout } = self;
        ended(match data {
            Data::In(len) => device.usb.control_in(setup, len, timeout),
            Data::Out(data) => device.usb.control_out(setup, &data, timeout),
        })
    }
}

fn ended(done: usb::Completion) -> Ended {
    status(done.status).map(|()| done.data)
}

impl IntoFuture for Control {
    type Output = Ended;
    type IntoFuture = Awaited;

    fn into_future(self) -> Awaited {
        Awaited::New(self)
    }
}

/// A control transfer that is awaited.
pub(crate) enum Awaited {
    New(Control),
    InFlight(InFlight),
    Done,
}

pub(crate) struct InFlight {
    pipe: usb::Pipe,
    tag: u32,
    ended: usb::Happened,
    /// The end of its time, until it has come.
    late: Option<usb::Happened>,
    // Outlives the pipe.
    _device: Arc<Opened>,
}

impl InFlight {
    fn new(control: Control) -> Result<Self, usb::Error> {
        let Control { device, setup, data, timeout } = control;
        let pipe = device.usb.control();
        let tag = match data {
            Data::In(len) => pipe.submit_control_in(setup, len)?,
            Data::Out(data) => pipe.submit_control_out(setup, &data)?,
        };
        let ended = usb::happened(pipe.ready());
        let late = timeout.map(|ns| usb::happened(usb::wait::timer(ns)));
        Ok(Self { pipe, tag, ended, late, _device: device })
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Ended> {
        // Its time first, so that both are known to what waits for the end.
        if let Some(late) = &mut self.late
            && Pin::new(late).poll(context).is_ready()
        {
            self.late = None;
            // It may have ended by itself meanwhile.
            self.pipe.cancel(self.tag);
        }
        if Pin::new(&mut self.ended).poll(context).is_pending() {
            return Poll::Pending;
        }
        Poll::Ready(match self.pipe.wait(None) {
            Some(done) => ended(done),
            None => Err(TransferError::Disconnected),
        })
    }
}

impl Future for Awaited {
    type Output = Ended;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Ended> {
        let mut transfer = match std::mem::replace(&mut *self, Self::Done) {
            Self::New(control) => match InFlight::new(control) {
                Ok(transfer) => transfer,
                Err(error) => return Poll::Ready(Err(error.into())),
            },
            Self::InFlight(transfer) => transfer,
            Self::Done => panic!("a future that has ended was polled"),
        };
        let polled = transfer.poll(context);
        if polled.is_pending() {
            *self = Self::InFlight(transfer);
        }
        polled
    }
}
