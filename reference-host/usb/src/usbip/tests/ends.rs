//! A client's device behaves as the one on the cable does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use usb_device::test_class as known;

use super::Fixture;
use crate::cable::tests::host::*;
use crate::usbip::{Exposure, ServeError, Server};
use crate::{
    Change, DeviceInfo, Request, Setup, Transfer, UsbDevice, UsbError, UsbHost, UsbInterface,
};

/// A request of the vendor's, to the device.
fn vendor(request_type: u8, request: u8) -> Setup {
    Setup { request_type, request, value: 0, index: 0 }
}

fn loop_back(interface: &mut dyn UsbInterface, lens: &[usize]) {
    let mut to = interface.pipe(0x01).unwrap();
    let mut from = interface.pipe(0x81).unwrap();
    for &len in lens {
        let sent = write(&mut *to, &bytes(len));
        assert_eq!((sent.status, sent.actual, sent.data), (Ok(()), len, bytes(len)));
        if len > 0 && len % 64 == 0 {
            assert_eq!(write(&mut *to, &[]).status, Ok(()));
        }
        let got = read(&mut *from, len.max(1));
        assert_eq!((got.status, got.actual, got.data), (Ok(()), len, bytes(len)), "{len} bytes");
    }
}

#[test]
fn a_device_is_listed_as_it_is() {
    let fixture = Fixture::new();
    let listed = fixture.client().devices();
    let mut expected = fixture.cable.host().devices();
    assert_eq!((listed.len(), &*listed[0].ports), (1, &[2][..]));
    // Of all, names of interfaces and the host's own number are not told.
    expected[0].id = listed[0].id;
    expected[0].interfaces[0].name = None;
    assert_eq!(listed, expected);
}

#[test]
fn a_device_behaves_as_on_the_cable() {
    for (name, behaviour) in crate::cable::tests::test_class::BEHAVIOURS {
        println!("{name}");
        behaviour(&Fixture::new().client());
    }
}

#[test]
fn control_transfers_go_both_ways_and_stall() {
    let fixture = Fixture::new();
    let (_, device) = device(&fixture.client());
    for len in [0, 8, 128] {
        let sent = control_out(&*device, vendor(0x40, known::REQ_WRITE_BUFFER), &bytes(len));
        assert_eq!((sent.status, sent.actual), (Ok(()), len));
        let got = control_in(&*device, vendor(0xc0, known::REQ_READ_BUFFER), len as u16);
        assert_eq!((got.status, got.actual, got.data), (Ok(()), len, bytes(len)));
    }
    let refused = control_out(&*device, vendor(0x40, known::REQ_UNKNOWN), &[1]);
    assert_eq!(refused.status, Err(UsbError::Stall));
    assert_eq!(device.configuration(), Ok(1));
}

#[test]
fn bulk_data_comes_back() {
    let fixture = Fixture::new();
    let (_, device) = device(&fixture.client());
    let mut interface = device.claim(0).unwrap();
    assert_eq!(device.claim(0).err(), Some(UsbError::Busy));
    assert_eq!(device.claim(1).err(), Some(UsbError::NotFound));
    assert_eq!(interface.pipe(0x83).err(), Some(UsbError::NotFound));
    loop_back(&mut *interface, &[0, 1, 63, 64, 65, 128, 129]);
}

#[test]
fn many_transfers_are_in_flight_and_end_in_order() {
    let fixture = Fixture::new();
    let (_, device) = device(&fixture.client());
    let enable = Setup { value: 1, ..vendor(0x40, known::REQ_SET_BENCH_ENABLED) };
    assert_eq!(control_out(&*device, enable, &[]).status, Ok(()));
    let mut interface = device.claim(0).unwrap();
    let mut pipe = interface.pipe(0x81).unwrap();
    let request = || Request::In { len: 1 << 14, room: Vec::new() };
    for tag in 0..32 {
        pipe.submit(Transfer { tag, request: request() }).unwrap();
    }
    assert_eq!(pipe.pending(), 32);
    for tag in 0..32 {
        let got = end(&mut *pipe);
        assert_eq!((got.tag, got.status, got.actual), (tag, Ok(()), 1 << 14));
    }
}

#[test]
fn one_transfer_of_many_is_cancelled() {
    let fixture = Fixture::new();
    let (_, device) = device(&fixture.client());
    let mut interface = device.claim(0).unwrap();
    let mut from = interface.pipe(0x81).unwrap();
    for tag in 0..3 {
        from.submit(Transfer { tag, request: Request::In { len: 64, room: Vec::new() } }).unwrap();
    }
    from.cancel(1);
    let mut to = interface.pipe(0x01).unwrap();
    assert_eq!(write(&mut *to, b"first").status, Ok(()));
    let got = end(&mut *from);
    assert_eq!((got.tag, &*got.data), (0, &b"first"[..]));
    let cancelled = end(&mut *from);
    assert_eq!((cancelled.tag, cancelled.status), (1, Err(UsbError::Cancelled)));
    assert_eq!(write(&mut *to, b"second").status, Ok(()));
    let got = end(&mut *from);
    assert_eq!((got.tag, &*got.data), (2, &b"second"[..]));
}

#[test]
fn a_halted_endpoint_is_cleared_on_both_sides() {
    let fixture = Fixture::new();
    let (_, device) = device(&fixture.client());
    let halt = Setup { request_type: 0x02, request: 3, value: 0, index: 0x81 };
    let mut interface = device.claim(0).unwrap();
    let mut pipe = interface.pipe(0x81).unwrap();
    assert_eq!(control_out(&*device, halt, &[]).status, Ok(()));
    for _ in 0..2 {
        assert_eq!(read(&mut *pipe, 64).status, Err(UsbError::Stall));
    }
    assert_eq!(pipe.clear_halt(), Ok(()));
    drop(pipe);
    loop_back(&mut *interface, &[5]);
}

#[test]
fn settings_configurations_and_resets_are_the_servers() {
    let fixture = Fixture::new();
    let (_, device) = device(&fixture.client());
    let mut interface = device.claim(0).unwrap();
    assert_eq!(device.set_configuration(1), Err(UsbError::Busy));
    assert_eq!(interface.set_alternate(7), Err(UsbError::NotFound));
    // The gadget has this setting and refuses it.
    assert_eq!(interface.set_alternate(1), Err(UsbError::Stall));
    assert_eq!(interface.set_alternate(0), Ok(()));
    assert_eq!(device.reset(), Ok(()));
    loop_back(&mut *interface, &[64, 3]);
    drop(interface);
    assert_eq!(device.set_configuration(2), Err(UsbError::NotFound));
    assert_eq!(device.set_configuration(1), Ok(()));
    loop_back(&mut *device.claim(0).unwrap(), &[7]);
}

#[test]
fn a_pulled_plug_ends_everything_and_a_new_device_comes() {
    let fixture = Fixture::new();
    let client = fixture.client();
    let (info, device) = device(&client);
    let mut watch = client.watch();
    let mut interface = device.claim(0).unwrap();
    let mut pipe = interface.pipe(0x81).unwrap();
    pipe.submit(Transfer { tag: 1, request: Request::In { len: 64, room: Vec::new() } }).unwrap();
    fixture.cable.pull(2);
    assert_eq!(end(&mut *pipe).status, Err(UsbError::Gone));
    assert_eq!(next(&mut *watch), Change::Disconnected(info.id));
    let again = Transfer { tag: 2, request: Request::In { len: 64, room: Vec::new() } };
    assert_eq!(pipe.submit(again), Err(UsbError::Gone));
    assert_eq!(device.configuration(), Err(UsbError::Gone));
    assert_eq!(client.open(info.id).err(), Some(UsbError::Gone));

    fixture.cable.put_back(2);
    let Change::Connected(new) = next(&mut *watch) else { panic!() };
    assert_ne!(new.id, info.id);
    let device = client.open(new.id).unwrap();
    loop_back(&mut *device.claim(0).unwrap(), &[9]);
}

/// Opens a device as soon as it can be.
fn opened(client: &Arc<dyn UsbHost>) -> (DeviceInfo, Arc<dyn UsbDevice>) {
    let end = Instant::now() + LONG;
    loop {
        if let Some(info) = client.devices().pop()
            && let Ok(device) = client.open(info.id)
        {
            return (info, device);
        }
        assert!(Instant::now() < end, "it is not given back");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_device_is_one_clients_and_is_given_back() {
    let fixture = Fixture::new();
    let (first, second) = (fixture.client(), fixture.client());
    // Each takes it for a moment, and may hide it from the other.
    let theirs = opened(&second).0;
    let device = opened(&first).1;
    // Another handle is the same client's.
    let other = first.open(first.devices()[0].id).unwrap();
    assert_eq!(second.open(theirs.id).err(), Some(UsbError::Busy));
    drop(device);
    assert_eq!(other.configuration(), Ok(1));
    drop(other);
    opened(&second);
}

#[test]
fn a_client_finds_nothing_of_the_one_before() {
    let fixture = Fixture::new();
    let (first, second) = (fixture.client(), fixture.client());
    let device = opened(&first).1;
    let mut interface = device.claim(0).unwrap();
    // Nobody reads what comes back.
    assert_eq!(write(&mut *interface.pipe(0x01).unwrap(), b"old").status, Ok(()));
    drop((interface, device, first));
    let device = opened(&second).1;
    loop_back(&mut *device.claim(0).unwrap(), &[5]);
}

#[test]
fn the_end_of_the_server_is_the_end_of_its_devices() {
    let fixture = Fixture::new();
    let client = fixture.client();
    let (info, device) = device(&client);
    let mut watch = client.watch();
    drop(fixture);
    assert_eq!(next(&mut *watch), Change::Disconnected(info.id));
    assert_eq!(device.reset(), Err(UsbError::Gone));
    let got = super::super::Client::connect("127.0.0.1:1").err().unwrap();
    assert!(got.to_string().contains("127.0.0.1:1"), "{got}");
}

#[test]
fn what_makes_no_sense_or_is_too_much_is_refused() {
    let fixture = Fixture::new();
    let (_, device) = device(&fixture.client());
    let mut interface = device.claim(0).unwrap();
    let mut pipe = interface.pipe(0x81).unwrap();
    let mut submit = |request| pipe.submit(Transfer { tag: 0, request });
    assert_eq!(submit(Request::Out(vec![1])), Err(UsbError::Invalid));
    assert_eq!(submit(Request::IsochronousIn { packets: vec![8] }), Err(UsbError::Invalid));
    let huge = Request::In { len: 1 << 30, room: Vec::new() };
    assert_eq!(submit(huge), Err(UsbError::Exhausted));
    let mut refused = None;
    for _ in 0..2000 {
        refused = refused.or(submit(Request::In { len: 64, room: Vec::new() }).err());
    }
    assert_eq!(refused, Some(UsbError::Exhausted));
    pipe.cancel_all();
    while pipe.pending() > 0 {
        assert_eq!(end(&mut *pipe).status, Err(UsbError::Cancelled));
    }
    drop(pipe);
    loop_back(&mut *interface, &[5]);
}

#[test]
fn nobody_else_is_served_unless_it_is_said() {
    let fixture = Fixture::new();
    let error = Server::bind("0.0.0.0:0", fixture.cable.host()).unwrap_err();
    assert!(matches!(error, ServeError::Exposed { .. }), "{error}");
    let server = Server::bind_to("0.0.0.0:0", fixture.cable.host(), Exposure::Anywhere);
    assert!(server.is_ok());
    let error = Server::bind("nowhere", fixture.cable.host()).unwrap_err();
    assert!(matches!(error, ServeError::Address { .. }), "{error}");
    let error = Server::bind(&fixture.address(), fixture.cable.host()).unwrap_err();
    assert!(matches!(error, ServeError::Listen { .. }), "{error}");
}
