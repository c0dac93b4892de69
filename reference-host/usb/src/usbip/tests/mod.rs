//! Both ends over loopback, with `usb-device`'s gadget for tests on a cable, and
//! peers that lie.

mod ends;
mod liars;
mod raw;

use std::sync::Arc;

use super::{Client, Server};
use crate::cable::Cable;
use crate::cable::tests::{adapter, host};
use crate::{PortSpeed, UsbHost};

/// A gadget on a cable, and a server for it.
struct Fixture {
    cable: Cable,
    server: Server,
    _gadget: adapter::Running,
}

impl Fixture {
    fn new() -> Self {
        let cable = Cable::new(3);
        let port = cable.plug(Some(2), PortSpeed::Full).unwrap();
        let _gadget = adapter::test_class(port);
        // Enumerated.
        drop(host::device(&cable.host()));
        let server = Server::bind("127.0.0.1:0", cable.host()).unwrap();
        Self { cable, server, _gadget }
    }

    fn address(&self) -> String {
        self.server.address().to_string()
    }

    fn client(&self) -> Arc<dyn UsbHost> {
        Client::connect(&self.address()).unwrap()
    }
}
