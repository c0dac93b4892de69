//! Control requests, one by one.

use periplasm_usb::{Completed, Request, Setup, Transfer, UsbDevice, UsbError};

use crate::fake::Reached;
use crate::samples::SERIAL;
use crate::serial_port;

/// Sends a request and tells how it ended; the direction is that of its type.
fn send(device: &dyn UsbDevice, setup: Setup, len: u16) -> Result<Completed, UsbError> {
    let mut pipe = device.control();
    let request = if setup.request_type & 0x80 != 0 {
        Request::ControlIn { setup, len }
    } else {
        Request::ControlOut { setup, data: vec![0; usize::from(len)] }
    };
    pipe.submit(Transfer { tag: 7, request })?;
    Ok(pipe.take().unwrap())
}

fn setup(request_type: u8, request: u8, value: u16, index: u16) -> Setup {
    Setup { request_type, request, value, index }
}

/// Whether the requests reach a device of which this was granted.
fn reaches(request: &str, cases: &[(u8, u8, u16, u16, bool)]) {
    let (fake, _, device) = serial_port(request);
    for &(request_type, number, value, index, expected) in cases {
        let setup = setup(request_type, number, value, index);
        let ended = send(&*device, setup, 8);
        let reached = fake.reached();
        assert_eq!(reached.len(), usize::from(expected), "{request}: {setup:02x?}: {ended:?}");
        if !expected {
            assert!(matches!(ended, Err(UsbError::Denied)), "{request}: {setup:02x?}: {ended:?}");
        }
    }
}

#[test]
fn states_and_descriptors_can_be_read() {
    reaches(
        r#"[{"interfaces": [1], "endpoints": [129]}]"#,
        &[
            (0x80, 0, 0, 0, true),           // GET_STATUS of the device
            (0x81, 0, 0, 1, true),           // of the interface
            (0x82, 0, 0, 0x81, true),        // of the endpoint
            (0x82, 0, 0, 0x80, true),        // of endpoint 0
            (0x80, 8, 0, 0, true),           // GET_CONFIGURATION
            (0x81, 10, 0, 1, true),          // GET_INTERFACE
            (0x80, 6, 0x0100, 0, true),      // the device descriptor
            (0x80, 6, 0x0302, 0x0409, true), // a string
            (0x80, 6, 0x0600, 0, true),      // the qualifier
            (0x80, 6, 0x0f00, 0, true),      // BOS
            (0x81, 6, 0x2200, 1, true),      // a report descriptor of the interface
            (0x81, 0, 0, 0, false),          // another interface's
            (0x81, 6, 0x2200, 2, false),
            (0x81, 0, 0, 7, false),      // nobody's
            (0x82, 0, 0, 0x83, false),   // another interface's endpoint
            (0x82, 0, 0, 0x01, false),   // another endpoint of the interface
            (0x80, 6, 0x0400, 0, false), // an interface descriptor
            (0x80, 6, 0x2200, 0, false), // a report descriptor of the device
            (0x83, 0, 0, 0, false),      // GET_STATUS of nobody knows what
            (0x00, 3, 1, 0, false),      // SET_FEATURE
            (0x02, 1, 0, 0x81, false),   // CLEAR_FEATURE(ENDPOINT_HALT)
            (0xa1, 0x21, 0, 1, false),   // GET_LINE_CODING
            (0xc0, 1, 0, 0, false),      // a vendor's
        ],
    );
}

#[test]
fn scopes_reach_granted_recipients_alone() {
    reaches(
        r#"[{"interfaces": [0, 1], "endpoints": [131], "control": ["class-interface"]}]"#,
        &[
            (0x21, 0x20, 0, 0, true),      // SET_LINE_CODING
            (0x21, 0x20, 0, 0x0501, true), // the high byte is the class's
            (0x21, 0x20, 0, 2, false),
            (0xa1, 1, 0, 2, false),    // HID's GET_REPORT
            (0x20, 0x20, 0, 0, false), // the device
            (0x22, 0x20, 0, 0x83, false),
            (0x23, 3, 8, 1, false), // a hub's SET_PORT_FEATURE
            (0x41, 0x20, 0, 0, false),
            (0x61, 0x20, 0, 0, false), // the reserved type
        ],
    );
    reaches(
        r#"[{"interfaces": [1], "endpoints": [129, 131], "control": ["standard"]}]"#,
        &[
            (0x02, 1, 0, 0x81, true),  // CLEAR_FEATURE(ENDPOINT_HALT)
            (0x02, 1, 0, 0x83, false), // an endpoint of another interface
            (0x02, 1, 0, 0x01, false),
            (0x02, 1, 0, 0x91, false), // reserved bits
            (0x02, 1, 0, 0x00, false),
            (0x00, 3, 1, 0, true),      // SET_FEATURE(DEVICE_REMOTE_WAKEUP)
            (0x00, 7, 0x0300, 0, true), // SET_DESCRIPTOR
            (0x80, 6, 0x2200, 0, true),
        ],
    );
    reaches(
        r#"[{"interfaces": [1], "control": ["vendor-device", "class-other"]}]"#,
        &[
            (0x40, 9, 0, 2, true), // whatever wIndex is to the vendor
            (0x41, 9, 0, 1, false),
            (0x23, 3, 8, 1, true),
            (0x24, 3, 8, 1, false), // reserved recipients
            (0x3f, 3, 8, 1, false),
            (0x45, 9, 0, 2, false),
        ],
    );
}

#[test]
fn what_is_a_function_is_no_request() {
    let recipients = [0_u8, 1, 2, 3];
    let cases: Vec<_> = recipients
        .iter()
        .flat_map(|recipient| [5, 9, 11].map(|request| (*recipient, request, 1, 0, false)))
        .chain([5, 9, 11].map(|request| (0x80, request, 1, 0, false)))
        .collect();
    reaches(r#"[{"control": ["standard", "class", "vendor"]}]"#, &cases);
    // They are other requests of a class: SET_REPORT, SET_PROTOCOL (HID 1.11, 7.2).
    let cases = [(0x21, 9, 0x0200, 0, true), (0x21, 11, 0, 0, true)];
    reaches(r#"[{"control": ["class"]}]"#, &cases);
}

#[test]
fn directions_and_lengths_have_to_fit() {
    let (fake, _, device) = serial_port(r#"[{"control": ["standard", "class", "vendor"]}]"#);
    let mut pipe = device.control();
    for request in [
        Request::ControlIn { setup: setup(0x40, 0, 0, 0), len: 1 },
        Request::ControlOut { setup: setup(0xc0, 0, 0, 0), data: vec![] },
        Request::ControlOut { setup: setup(0x40, 0, 0, 0), data: vec![0; 65536] },
        Request::Out(vec![]),
        Request::In { len: 1, room: vec![] },
        Request::IsochronousIn { packets: vec![] },
    ] {
        assert_eq!(pipe.submit(Transfer { tag: 0, request }), Err(UsbError::Invalid));
    }
    let mut data = device.claim(1).unwrap();
    let (mut input, mut output) = (data.pipe(0x81).unwrap(), data.pipe(0x01).unwrap());
    fake.reached();
    for (to_input, request) in [
        (true, Request::Out(vec![])),
        (true, Request::IsochronousOut { data: vec![], packets: vec![] }),
        (true, Request::ControlIn { setup: setup(0xc0, 0, 0, 0), len: 1 }),
        (false, Request::In { len: 1, room: vec![] }),
        (false, Request::IsochronousIn { packets: vec![1] }),
        (false, Request::IsochronousOut { data: vec![0; 3], packets: vec![1, 1] }),
        (false, Request::IsochronousOut { data: vec![], packets: vec![u32::MAX; 2] }),
    ] {
        let pipe = if to_input { &mut input } else { &mut output };
        assert_eq!(pipe.submit(Transfer { tag: 0, request }), Err(UsbError::Invalid));
    }
    assert_eq!(fake.reached(), []);
}

#[test]
fn configurations_are_answered_without_the_device() {
    let (fake, _, device) = serial_port(r#"[{"interfaces": [2], "control": ["standard"]}]"#);
    let mut left = [&SERIAL[..9], &SERIAL[70..]].concat();
    (left[2], left[4]) = (34, 1);
    let read = |value, len| send(&*device, setup(0x80, 6, value, 0), len).unwrap();
    assert_eq!(read(0x0200, 255).data, left);
    assert_eq!(read(0x0200, 9).data, left[..9]);
    assert_eq!(read(0x0200, 0).data, left[..0]);
    let stall = |ended: Completed| assert_eq!(ended.status, Err(UsbError::Stall));
    stall(read(0x0201, 255));
    stall(read(0x0700, 255));
    // Whoever it is said to be for.
    stall(send(&*device, setup(0x81, 6, 0x0200, 2), 255).unwrap());
    stall(send(&*device, setup(0x83, 6, 0x0200, 0), 255).unwrap());
    assert_eq!(fake.reached(), []);
}

#[test]
fn answers_come_in_the_order_of_the_requests() {
    let (fake, _, device) = serial_port("[{}]");
    let mut pipe = device.control();
    let status = setup(0x80, 0, 0, 0);
    let configuration = setup(0x80, 6, 0x0200, 0);
    for (tag, setup) in [(1, configuration), (2, status), (3, configuration), (4, status)] {
        let request = Request::ControlIn { setup, len: 2 };
        pipe.submit(Transfer { tag, request }).unwrap();
    }
    assert_eq!(pipe.pending(), 4);
    assert_eq!(pipe.clear_halt(), Err(UsbError::Busy));
    let mut ended = Vec::new();
    while periplasm_usb::wait_any(&mut [&mut *pipe.ready()], None)
        && let Some(one) = pipe.take()
    {
        ended.push((one.tag, one.actual));
    }
    assert_eq!(ended, [(1, 2), (2, 0), (3, 2), (4, 0)]);
    assert_eq!(pipe.pending(), 0);
    assert_eq!(fake.reached().len(), 2);
    let many = Transfer { tag: 0, request: Request::ControlIn { setup: configuration, len: 2 } };
    let refused = (0..10_000).find_map(|_| pipe.submit(many.clone()).err());
    assert_eq!(refused, Some(UsbError::Exhausted));
}

#[test]
fn recipients_are_those_of_the_active_configuration() {
    let (fake, _, device) = serial_port(r#"[{"interfaces": [1]}]"#);
    let status = |to: u8, index| send(&*device, setup(0x80 | to, 0, 0, index), 2).map(|_| ());
    assert_eq!((status(1, 1), status(2, 0x81)), (Ok(()), Ok(())));
    fake.0.lock().unwrap().active = 0;
    let denied = Err(UsbError::Denied);
    assert_eq!((status(1, 1), status(2, 0x81)), (denied, denied));
    assert_eq!(fake.reached().len(), 2);
    let claimed = Reached::Claim(1);
    device.claim(1).unwrap();
    assert_eq!(fake.reached(), [claimed], "the backend knows whether it can be");
}
