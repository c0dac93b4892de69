//! What `usb-device`'s gadget for tests does, seen from the host side: the
//! behaviours that its own suite checks on real controllers, and some more. They
//! hold for every way from a host to a controller.

use std::sync::Arc;

use periplasm_request::{UsbFilter, UsbPrivilege};
use usb_device::test_class as known;

use crate::{Guarded, PortSpeed, Setup, UsbError, UsbHost, UsbInterface};

use super::super::Cable;
use super::adapter::test_class;
use super::host::*;

/// Something that holds of a host with the gadget plugged in.
pub(crate) type Behaviour = fn(&Arc<dyn UsbHost>);

macro_rules! behaviours {
    ($($name:ident)*) => {
        /// All of them, to be tried on a gadget one after the other.
        pub(crate) const BEHAVIOURS: &[(&str, Behaviour)] =
            &[$((stringify!($name), $name as Behaviour)),*];

        mod on_the_cable {
            $(
                #[test]
                fn $name() {
                    super::on_a_cable(super::$name);
                }
            )*
        }
    };
}

behaviours! {
    it_is_listed_with_its_descriptors
    a_setup_packet_arrives_as_it_was_sent
    control_data_goes_and_comes_back
    long_control_data_comes_in_many_packets
    an_unknown_request_stalls_and_the_next_one_works
    strings_are_read
    the_second_setting_alone_has_the_isochronous_endpoint
    bulk_data_comes_back
    interrupt_data_comes_back
    bulk_data_streams_both_ways
    a_halted_endpoint_stalls_until_it_is_cleared
    a_reset_keeps_the_device_and_its_interfaces
}

fn on_a_cable(behaviour: Behaviour) {
    let cable = Cable::new(1);
    let _gadget = test_class(cable.plug(None, PortSpeed::Full).unwrap());
    behaviour(&cable.host());
}

#[test]
fn a_guard_that_permits_all_changes_nothing() {
    let all = UsbFilter {
        control: ["standard", "class", "vendor"].map(|scope| scope.parse().unwrap()).into(),
        may: UsbPrivilege::ALL.into(),
        ..UsbFilter::default()
    };
    for (name, behaviour) in BEHAVIOURS {
        println!("{name}");
        let cable = Cable::new(1);
        let _gadget = test_class(cable.plug(None, PortSpeed::Full).unwrap());
        behaviour(&Guarded::new(cable.host(), vec![all.clone()], vec![all.clone()]));
    }
}

/// A request of the vendor's, to the device.
fn vendor(request_type: u8, request: u8) -> Setup {
    Setup { request_type, request, value: 0, index: 0 }
}

fn it_is_listed_with_its_descriptors(host: &Arc<dyn UsbHost>) {
    let (info, device) = device(host);
    assert_eq!((info.vendor(), info.product_id()), (known::VID, known::PID));
    assert_eq!(info.speed, Some(crate::Speed::Full));
    assert_eq!(info.manufacturer.as_deref(), Some(known::MANUFACTURER));
    assert_eq!(info.product.as_deref(), Some(known::PRODUCT));
    assert_eq!(info.serial.as_deref(), Some(known::SERIAL_NUMBER));
    assert_eq!(info.interfaces.len(), 1);
    assert_eq!((info.interfaces[0].number, info.interfaces[0].class), (0, 0xff));
    assert_eq!(device.configuration(), Ok(1));
}

fn a_setup_packet_arrives_as_it_was_sent(host: &Arc<dyn UsbHost>) {
    let (_, device) = device(host);
    let setup = Setup { value: 0x1234, index: 0xabcd, ..vendor(0x40, known::REQ_STORE_REQUEST) };
    for len in 0..16 {
        assert_eq!(control_out(&*device, setup, &bytes(len)).status, Ok(()), "{len}");
        let stored = control_in(&*device, vendor(0xc0, known::REQ_READ_BUFFER), 8);
        assert_eq!(stored.data, [0x40, 1, 0x34, 0x12, 0xcd, 0xab, len as u8, 0], "{len}");
    }
}

fn control_data_goes_and_comes_back(host: &Arc<dyn UsbHost>) {
    let (_, device) = device(host);
    for len in [0, 7, 8, 9, 15, 16, 17, 127, 128] {
        let sent = control_out(&*device, vendor(0x40, known::REQ_WRITE_BUFFER), &bytes(len));
        assert_eq!((sent.status, sent.actual, sent.data), (Ok(()), len, bytes(len)));
        let got = control_in(&*device, vendor(0xc0, known::REQ_READ_BUFFER), len as u16);
        assert_eq!((got.status, got.actual, got.data), (Ok(()), len, bytes(len)));
    }
}

fn long_control_data_comes_in_many_packets(host: &Arc<dyn UsbHost>) {
    let (_, device) = device(host);
    let got = control_in(&*device, vendor(0xc0, known::REQ_READ_LONG_DATA), 257);
    assert_eq!((got.status, &*got.data), (Ok(()), known::LONG_DATA));
    // More than there is: a short packet ends it.
    let got = control_in(&*device, vendor(0xc0, known::REQ_READ_LONG_DATA), 1000);
    assert_eq!((got.status, &*got.data), (Ok(()), known::LONG_DATA));
}

fn an_unknown_request_stalls_and_the_next_one_works(host: &Arc<dyn UsbHost>) {
    let (_, device) = device(host);
    for data in [&[][..], &[1, 2, 3]] {
        let refused = control_out(&*device, vendor(0x40, known::REQ_UNKNOWN), data);
        assert_eq!(refused.status, Err(UsbError::Stall));
        let refused = control_in(&*device, vendor(0xc0, known::REQ_UNKNOWN), 10);
        assert_eq!(refused.status, Err(UsbError::Stall));
        let got = control_in(&*device, vendor(0xc0, known::REQ_READ_LONG_DATA), 257);
        assert_eq!(got.status, Ok(()));
    }
}

fn strings_are_read(host: &Arc<dyn UsbHost>) {
    let (_, device) = device(host);
    let read = |index: u8| {
        let value = 0x0300 | u16::from(index);
        let setup = Setup { request_type: 0x80, request: 6, value, index: 0x0409 };
        let got = control_in(&*device, setup, 255);
        assert_eq!(got.status, Ok(()));
        super::super::enumerate::text(&got.data).unwrap()
    };
    assert_eq!(read(1), known::MANUFACTURER);
    assert_eq!(read(2), known::PRODUCT);
    assert_eq!(read(3), known::SERIAL_NUMBER);
    assert_eq!(read(4), known::CUSTOM_STRING);
    assert_eq!(read(5), known::INTERFACE_STRING);
}

fn the_second_setting_alone_has_the_isochronous_endpoint(host: &Arc<dyn UsbHost>) {
    let (_, device) = device(host);
    let mut interface = device.claim(0).unwrap();
    assert_eq!(interface.pipe(0x83).err(), Some(UsbError::NotFound));
    assert!(interface.pipe(0x81).is_ok());
    assert_eq!(interface.set_alternate(2), Err(UsbError::NotFound));
    // `usb-device` refuses a setting that its class does not say it is in.
    assert_eq!(interface.set_alternate(1), Err(UsbError::Stall));
}

fn loop_back(interface: &mut dyn UsbInterface, out: u8, lens: &[usize], size: usize) {
    let mut to = interface.pipe(out).unwrap();
    let mut from = interface.pipe(out | 0x80).unwrap();
    for &len in lens {
        let sent = write(&mut *to, &bytes(len));
        assert_eq!((sent.status, sent.actual), (Ok(()), len));
        if len > 0 && len % size == 0 {
            assert_eq!(write(&mut *to, &[]).status, Ok(()));
        }
        let got = read(&mut *from, len.max(1));
        assert_eq!((got.status, got.actual, got.data), (Ok(()), len, bytes(len)), "{len} bytes");
    }
}

fn bulk_data_comes_back(host: &Arc<dyn UsbHost>) {
    let (_, device) = device(host);
    let mut interface = device.claim(0).unwrap();
    loop_back(&mut *interface, 0x01, &[0, 1, 2, 32, 63, 64, 65, 127, 128, 129], 64);
}

fn interrupt_data_comes_back(host: &Arc<dyn UsbHost>) {
    let (_, device) = device(host);
    let mut interface = device.claim(0).unwrap();
    loop_back(&mut *interface, 0x02, &[0, 1, 2, 15, 30], 31);
}

fn bulk_data_streams_both_ways(host: &Arc<dyn UsbHost>) {
    let (_, device) = device(host);
    let enable = Setup { value: 1, ..vendor(0x40, known::REQ_SET_BENCH_ENABLED) };
    assert_eq!(control_out(&*device, enable, &[]).status, Ok(()));
    let mut interface = device.claim(0).unwrap();
    let (mut to, mut from) = (interface.pipe(0x01).unwrap(), interface.pipe(0x81).unwrap());
    for _ in 0..16 {
        assert_eq!(write(&mut *to, &bytes(1 << 16)).actual, 1 << 16);
        assert_eq!(read(&mut *from, 1 << 16).actual, 1 << 16);
    }
}

fn a_halted_endpoint_stalls_until_it_is_cleared(host: &Arc<dyn UsbHost>) {
    let (_, device) = device(host);
    // SET_FEATURE(ENDPOINT_HALT), GET_STATUS (9.4.9, 9.4.5).
    let halt = Setup { request_type: 0x02, request: 3, value: 0, index: 0x81 };
    let status = Setup { request_type: 0x82, request: 0, value: 0, index: 0x81 };
    let mut interface = device.claim(0).unwrap();
    let mut pipe = interface.pipe(0x81).unwrap();
    assert_eq!(control_in(&*device, status, 2).data, [0, 0]);
    assert_eq!(control_out(&*device, halt, &[]).status, Ok(()));
    assert_eq!(control_in(&*device, status, 2).data, [1, 0]);
    for _ in 0..2 {
        assert_eq!(read(&mut *pipe, 64).status, Err(UsbError::Stall));
    }
    assert_eq!(pipe.clear_halt(), Ok(()));
    assert_eq!(control_in(&*device, status, 2).data, [0, 0]);
    drop(pipe);
    loop_back(&mut *interface, 0x01, &[5], 64);
}

fn a_reset_keeps_the_device_and_its_interfaces(host: &Arc<dyn UsbHost>) {
    let (info, device) = device(host);
    let mut interface = device.claim(0).unwrap();
    assert_eq!(device.reset(), Ok(()));
    assert_eq!(host.devices(), [info]);
    assert_eq!(device.claim(0).err(), Some(UsbError::Busy));
    loop_back(&mut *interface, 0x01, &[64, 3], 64);
}
