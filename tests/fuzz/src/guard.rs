use std::sync::Arc;

use periplasm_request::{ControlScope, UsbFilter};
use periplasm_usb::descriptors::{Configuration, configurations, kinds, walk};
use periplasm_usb::{DeviceId, DeviceInfo, Guarded, Request, Setup, Transfer, UsbDevice};

use crate::recorder::{Fake, Reached};

const SCOPES: [&str; 8] = [
    "standard",
    "class",
    "vendor",
    "standard-interface",
    "standard-endpoint",
    "class-interface",
    "class-device",
    "vendor-endpoint",
];

/// Control requests and claims to a device with hostile descriptors, of which
/// some is granted: nothing that was not reaches it, or is shown.
///
/// The bytes: the granted interfaces (bit n is number n) and endpoints (bit n is
/// IN endpoint n), scopes, how many requests, the requests of eight bytes, and
/// the device's descriptors.
pub fn guard(bytes: &[u8]) {
    let Some((&[interfaces, endpoints, scopes, count], rest)) = bytes.split_first_chunk() else {
        return;
    };
    let Some((requests, descriptors)) = rest.split_at_checked(usize::from(count % 16) * 8) else {
        return;
    };
    let set = |bits: u8, base: u8| -> Vec<u8> {
        (0..8).filter(|bit| bits & 1 << bit != 0).map(|bit| base + bit).collect()
    };
    let filter = UsbFilter {
        interfaces: Some(set(interfaces, 0)),
        endpoints: Some(set(endpoints, 0x80)),
        control: set(scopes, 0).into_iter().map(|n| scope(SCOPES[usize::from(n)])).collect(),
        ..UsbFilter::default()
    };
    let fake = Fake::of(vec![info(descriptors)]);
    let board = UsbFilter {
        control: ["standard", "class", "vendor"].map(scope).into(),
        ..UsbFilter::default()
    };
    let host = Guarded::new(Arc::new(fake.clone()), vec![filter.clone()], vec![board]);

    shown(&filter, &host.devices().remove(0).descriptors);
    let device = host.open(DeviceId(1)).expect("it is granted");
    fake.reached();
    for request in requests.as_chunks().0 {
        send(&*device, *request);
        for reached in fake.reached() {
            let Reached::Submit(
                Request::ControlIn { setup, .. } | Request::ControlOut { setup, .. },
            ) = reached
            else {
                panic!("{reached:?}")
            };
            request_is_granted(&filter, descriptors, setup);
        }
    }
    for number in 0..=u8::MAX {
        let claimed = device.claim(number).is_ok();
        assert_eq!(claimed, filter.permits_interface(number));
    }
}

fn scope(word: &str) -> ControlScope {
    word.parse().expect("a scope")
}

fn info(descriptors: &[u8]) -> DeviceInfo {
    DeviceInfo {
        id: DeviceId(1),
        bus: 1,
        address: 1,
        ports: vec![1],
        speed: None,
        descriptors: descriptors.into(),
        manufacturer: None,
        product: None,
        serial: None,
        interfaces: Vec::new(),
    }
}

fn send(device: &dyn UsbDevice, request: [u8; 8]) {
    let [request_type, request, v0, v1, i0, i1, l0, l1] = request;
    let (value, index) = (u16::from_le_bytes([v0, v1]), u16::from_le_bytes([i0, i1]));
    let len = u16::from_le_bytes([l0, l1]);
    let setup = Setup { request_type, request, value, index };
    let request = if request_type & 0x80 != 0 {
        Request::ControlIn { setup, len }
    } else {
        Request::ControlOut { setup, data: vec![0; usize::from(len)] }
    };
    let mut pipe = device.control();
    let taken = pipe.submit(Transfer { tag: 1, request }).is_ok();
    assert_eq!(pipe.pending(), usize::from(taken));
    let ended = pipe.take();
    assert_eq!(ended.is_some(), taken);
    if let Some(ended) = ended {
        assert!(ended.data.len() <= usize::from(len));
    }
}

fn request_is_granted(filter: &UsbFilter, descriptors: &[u8], setup: Setup) {
    let Setup { request_type, request, value, index } = setup;
    assert_ne!(request_type & 0x60, 0x60, "the reserved type");
    assert!(request_type & 0x1f <= 3, "a reserved recipient");
    let standard = request_type & 0x60 == 0;
    assert!(!standard || ![5, 9, 11].contains(&request), "{setup:?}");
    assert!(!standard || request != 6 || ![2, 7].contains(&(value >> 8)), "{setup:?}");
    let [target, _] = index.to_le_bytes();
    match request_type & 0x1f {
        1 => assert!(filter.permits_interface(target), "{setup:?}"),
        2 if target & 0x0f == 0 => assert_eq!((request_type, request), (0x82, 0)),
        2 => {
            assert!(filter.permits_endpoint(target), "{setup:?}");
            let active = configurations(descriptors).flatten().find(|one| one.value == 1);
            let owners = active.iter().flat_map(Configuration::interfaces);
            for owner in owners.filter(|one| one.endpoint(target).is_some()) {
                assert!(filter.permits_interface(owner.number), "{setup:?}");
            }
        }
        _ => {}
    }
}

/// What is shown is sound, and has nothing that was not granted.
fn shown(filter: &UsbFilter, descriptors: &[u8]) {
    for one in walk(descriptors) {
        let one = one.expect("it is sound");
        match one.kind {
            kinds::INTERFACE => assert!(filter.permits_interface(one.bytes[2])),
            kinds::ENDPOINT => assert!(filter.permits_endpoint(one.bytes[2])),
            _ => {}
        }
    }
    for one in configurations(descriptors) {
        let one = one.expect("it is sound");
        assert_eq!((one.damage, usize::from(one.total_length)), (None, one.bytes.len()));
    }
}
