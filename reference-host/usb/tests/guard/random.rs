//! Any filters, any operations: what reaches the device is what may.

use std::sync::Arc;

use periplasm_request::{ControlScope, UsbFilter, UsbPrivilege};
use periplasm_usb::{DeviceId, Guarded, Pipe, Request, Setup, Transfer, UsbDevice, UsbHost};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::fake::{Fake, Reached};
use crate::info;
use crate::oracle::Oracle;
use crate::samples::{HID, SERIAL};

/// What somebody tries.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Open,
    Claim(u8),
    Pipe { of: u8, address: u8 },
    Control { setup: Setup, input: bool },
    Reset,
    SetConfiguration(u8),
    KernelDriverActive(u8),
    Detach(u8),
    Attach(u8),
}

const ADDRESSES: [u8; 8] = [0x00, 0x80, 0x01, 0x81, 0x82, 0x83, 0x84, 0x91];

fn filter() -> impl Strategy<Value = UsbFilter> {
    let identity = (
        prop::option::weighted(0.2, select(vec![0xffff_u16, 0xfffe])),
        prop::option::weighted(0.2, select(vec![1_u16, 2])),
        prop::option::weighted(0.2, select(vec!["one".to_owned(), "two".to_owned()])),
        prop::option::weighted(0.2, select(vec![vec![1, 2], vec![1], vec![]])),
    );
    let scopes: Vec<ControlScope> = ["standard", "class", "vendor"]
        .iter()
        .flat_map(|kind| {
            let to = ["", "-device", "-interface", "-endpoint", "-other"];
            to.map(|to| format!("{kind}{to}").parse().unwrap())
        })
        .collect();
    let privileges =
        vec![UsbPrivilege::Reset, UsbPrivilege::SetConfiguration, UsbPrivilege::Detach];
    let grants = (
        prop::option::of(subsequence(vec![0_u8, 1, 2, 3], 0..4)),
        prop::option::of(subsequence(ADDRESSES.to_vec(), 0..8)),
        subsequence(scopes, 0..8),
        subsequence(privileges, 0..=3),
    );
    (identity, grants).prop_map(|(identity, (interfaces, endpoints, control, may))| {
        let (vendor, product, serial, ports) = identity;
        UsbFilter { vendor, product, serial, ports, interfaces, endpoints, control, may }
    })
}

/// Requests that mean something: `bmRequestType` and `bRequest`.
const KNOWN: [(u8, u8); 14] = [
    (0x80, 0), // GET_STATUS
    (0x81, 0),
    (0x82, 0),
    (0x80, 6), // GET_DESCRIPTOR
    (0x81, 6),
    (0x81, 10), // GET_INTERFACE
    (0x02, 1),  // CLEAR_FEATURE
    (0x00, 3),  // SET_FEATURE
    (0x01, 11), // SET_INTERFACE
    (0x00, 9),  // SET_CONFIGURATION
    (0xa1, 1),  // HID's GET_REPORT
    (0xa2, 1),
    (0x23, 3), // a hub's SET_PORT_FEATURE
    (0x40, 1),
];

fn setup() -> impl Strategy<Value = Setup> {
    let request = prop_oneof![
        any::<(u8, u8)>(),
        (select(vec![0_u8, 0x80]), 0..4_u8, 0..4_u8, 0..13_u8)
            .prop_map(|(direction, whose, to, request)| (direction | whose << 5 | to, request)),
        select(KNOWN.to_vec()),
    ];
    let kind = select(vec![0_u8, 1, 2, 3, 4, 5, 6, 7, 15, 0x21, 0x22]);
    let index = prop_oneof![0..4_u8, select(ADDRESSES.to_vec()), any::<u8>()];
    (request, kind, 0..2_u8, index, any::<bool>()).prop_map(
        |((request_type, request), kind, low, index, high)| Setup {
            request_type,
            request,
            value: u16::from_le_bytes([low, kind]),
            index: u16::from_le_bytes([index, u8::from(high)]),
        },
    )
}

fn operation() -> impl Strategy<Value = Operation> {
    let number = 0..5_u8;
    prop_oneof![
        1 => Just(Operation::Open),
        2 => number.clone().prop_map(Operation::Claim),
        4 => (number.clone(), select(ADDRESSES.to_vec()))
            .prop_map(|(of, address)| Operation::Pipe { of, address }),
        9 => (setup(), prop::bool::weighted(0.9)).prop_map(|(setup, right)| {
            let input = (setup.request_type >= 0x80) == right;
            Operation::Control { setup, input }
        }),
        1 => Just(Operation::Reset),
        1 => number.clone().prop_map(Operation::SetConfiguration),
        1 => number.clone().prop_map(Operation::KernelDriverActive),
        1 => number.clone().prop_map(Operation::Detach),
        1 => number.prop_map(Operation::Attach),
    ]
}

/// Does it on an open device; what a device that was granted nothing of lacks
/// is done in vain.
fn attempt(device: &dyn UsbDevice, operation: &Operation) -> Option<Reached> {
    match *operation {
        Operation::Open => None,
        Operation::Claim(number) => {
            let _ = device.claim(number);
            Some(Reached::Claim(number))
        }
        Operation::Pipe { of, address } => {
            if let Ok(mut interface) = device.claim(of)
                && let Ok(mut pipe) = interface.pipe(address)
            {
                // The transfer of the other direction goes nowhere.
                let both = [Request::Out(vec![1]), Request::In { len: 1, room: vec![] }];
                let taken = both.map(|request| submit(&mut *pipe, request));
                assert_eq!(taken, [address < 0x80, address >= 0x80]);
            }
            Some(Reached::Pipe(of, address))
        }
        Operation::Control { setup, input } => {
            let request = if input {
                Request::ControlIn { setup, len: 64 }
            } else {
                Request::ControlOut { setup, data: vec![1] }
            };
            submit(&mut *device.control(), request.clone());
            Some(Reached::Submit(request))
        }
        Operation::Reset => {
            let _ = device.reset();
            Some(Reached::Reset)
        }
        Operation::SetConfiguration(value) => {
            let _ = device.set_configuration(value);
            Some(Reached::SetConfiguration(value))
        }
        Operation::KernelDriverActive(number) => {
            let _ = device.kernel_driver_active(number);
            Some(Reached::KernelDriverActive(number))
        }
        Operation::Detach(number) => {
            let _ = device.detach_kernel_driver(number);
            Some(Reached::Detach(number))
        }
        Operation::Attach(number) => {
            let _ = device.attach_kernel_driver(number);
            Some(Reached::Attach(number))
        }
    }
}

fn submit(pipe: &mut dyn Pipe, request: Request) -> bool {
    pipe.submit(Transfer { tag: 0, request }).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_reaches_a_device_is_what_both_permit(
        request in prop::collection::vec(filter(), 0..4),
        board in prop::collection::vec(filter(), 0..4),
        operations in prop::collection::vec(operation(), 1..40),
        serial in prop::option::of(Just("one")),
        keyboard: bool,
    ) {
        let configuration = if keyboard { &HID[..] } else { &SERIAL };
        let endpoints =
            if keyboard { &[(0x81, 0), (0x82, 1)][..] } else { &[(0x83, 0), (0x81, 1), (0x01, 1), (0x84, 2)] };
        let fake = Fake::of(vec![info(1, &[configuration], serial)]);
        let device = fake.devices().remove(0);
        let host = Guarded::new(Arc::new(fake.clone()), request.clone(), board.clone());
        let oracle =
            Oracle { request: &request, board: &board, device: &device, endpoints };

        let listed = host.devices();
        prop_assert_eq!(listed.len(), usize::from(oracle.allows(&Operation::Open)));
        let opened = host.open(DeviceId(1));
        prop_assert_eq!(fake.reached().len(), listed.len());
        let Ok(opened) = opened else { return Ok(()) };
        for number in 0..=3 {
            let there = listed[0].interfaces.iter().any(|one| one.number == number);
            let may = device.interfaces.iter().any(|one| one.number == number)
                && oracle.allows(&Operation::Claim(number));
            prop_assert_eq!(there, may);
        }
        for operation in &operations {
            let Some(trace) = attempt(&*opened, operation) else { continue };
            let reached = fake.reached();
            let allowed = oracle.allows(operation);
            prop_assert_eq!(reached.contains(&trace), allowed, "{:02x?}: {:?}", operation, reached);
            // And nothing else, but what leads to it.
            for one in reached {
                let on_the_way = match (&one, operation) {
                    (Reached::Claim(number), Operation::Pipe { of, .. }) => {
                        number == of && oracle.allows(&Operation::Claim(*of))
                    }
                    (Reached::Submit(_), Operation::Pipe { .. }) => allowed,
                    _ => one == trace,
                };
                prop_assert!(on_the_way, "{:?} by {:?}", one, operation);
            }
        }
    }
}
