//! What is plugged in and unplugged.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use periplasm_usb_host as usb;

use crate::{DeviceId, DeviceInfo};

/// An endless stream of changes: what
/// [`watch_devices`](crate::watch_devices) gives.
#[derive(Debug)]
pub struct HotplugWatch {
    host: Arc<usb::Host>,
    changed: usb::Happened,
}

impl HotplugWatch {
    pub(crate) fn new(host: Arc<usb::Host>) -> Self {
        // Changes count from here on.
        let changed = usb::happened(host.changed());
        Self { host, changed }
    }
}

impl Stream for HotplugWatch {
    type Item = HotplugEvent;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<HotplugEvent>> {
        loop {
            match self.host.next_change() {
                Some(usb::Change::Connected(info)) => {
                    // One that is no device any more as far as anybody can tell
                    // is left out, as in a list.
                    if let Some(device) = DeviceInfo::new(&self.host, info) {
                        return Poll::Ready(Some(HotplugEvent::Connected(device)));
                    }
                }
                Some(usb::Change::Disconnected(id)) => {
                    return Poll::Ready(Some(HotplugEvent::Disconnected(DeviceId(id))));
                }
                None => match Pin::new(&mut self.changed).poll(context) {
                    Poll::Ready(()) => self.changed = usb::happened(self.host.changed()),
                    Poll::Pending => return Poll::Pending,
                },
            }
        }
    }
}

/// What has changed.
#[derive(Debug)]
pub enum HotplugEvent {
    /// A device was plugged in.
    Connected(DeviceInfo),
    /// A device was unplugged.
    Disconnected(DeviceId),
}
