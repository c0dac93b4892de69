//! What is listed.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use periplasm_backend::Event;
use periplasm_usb::descriptors::{configurations, kinds, walk};
use periplasm_usb::{Change, DeviceId, Guarded, UsbError, UsbHost};

use crate::fake::{Fake, Reached};
use crate::samples::{HID, SERIAL, device};
use crate::{filters, info, serial_port};

fn guarded(fake: &Fake, request: &str, board: &str) -> Arc<dyn UsbHost> {
    Guarded::new(Arc::new(fake.clone()), filters(request), filters(board))
}

fn poll(event: &mut dyn Event) -> Poll<()> {
    event.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn other_devices_are_not_there() {
    let one = info(1, &[&HID], Some("one"));
    let fake = Fake::of(vec![one.clone(), info(2, &[&HID], None)]);
    let ids = |request, board| -> Vec<u64> {
        guarded(&fake, request, board).devices().iter().map(|info| info.id.0).collect()
    };
    let none = Vec::<u64>::new();
    assert_eq!(ids("[{}]", "[{}]"), [1, 2]);
    assert_eq!(ids("[]", "[{}]"), none);
    assert_eq!(ids("[{}]", "[]"), none);
    assert_eq!(ids(r#"[{"vendor": 65535}]"#, r#"[{"product": 1}]"#), [1, 2]);
    assert_eq!(ids(r#"[{"vendor": 65534}]"#, "[{}]"), none);
    // A serial number that could not be read is no serial number.
    assert_eq!(ids("[{}]", r#"[{"serial": "one"}]"#), [1]);
    assert_eq!(ids(r#"[{"ports": [1, 2]}]"#, "[{}]"), [1, 2]);
    assert_eq!(ids(r#"[{"ports": [1]}]"#, "[{}]"), none);

    let host = guarded(&fake, r#"[{"serial": "one"}]"#, "[{}]");
    assert_eq!(host.devices(), [one], "and nothing of it was changed");
    assert_eq!(host.open(DeviceId(2)).err(), Some(UsbError::NotFound));
    assert_eq!(host.open(DeviceId(3)).err(), Some(UsbError::NotFound));
    assert!(host.open(DeviceId(1)).is_ok());
    assert_eq!(fake.reached(), [Reached::Open(DeviceId(1))]);
}

#[test]
fn others_come_and_go_unseen() {
    let fake = Fake::of(vec![info(1, &[&HID], None), info(2, &[&HID], Some("mine"))]);
    let host = guarded(&fake, r#"[{"serial": "mine"}]"#, "[{}]");
    let mut changes = host.watch();
    let mut event = changes.changed();
    fake.change(Change::Disconnected(DeviceId(1)));
    fake.change(Change::Connected(info(3, &[&HID], Some("other"))));
    assert!(poll(&mut *event).is_pending());
    assert_eq!(changes.next(), None);
    fake.change(Change::Disconnected(DeviceId(3)));
    fake.change(Change::Disconnected(DeviceId(2)));
    assert!(poll(&mut *event).is_ready());
    assert_eq!(changes.next(), Some(Change::Disconnected(DeviceId(2))));
    assert_eq!(changes.next(), None);
    assert!(poll(&mut *event).is_ready(), "it has happened");
    let again = info(4, &[&HID], Some("mine"));
    fake.change(Change::Connected(again.clone()));
    assert!(poll(&mut *changes.changed()).is_ready());
    assert_eq!(changes.next(), Some(Change::Connected(again)));
}

#[test]
fn other_interfaces_are_not_there() {
    let (_, host, _) = serial_port(r#"[{"interfaces": [2]}]"#);
    let info = host.devices().remove(0);
    assert_eq!(info.interfaces.iter().map(|one| one.number).collect::<Vec<_>>(), [2]);
    let mut left = [&SERIAL[..9], &SERIAL[70..]].concat();
    (left[2], left[4]) = (34, 1);
    assert_eq!(*info.descriptors, *device(&[&left]));

    // Half of an association: the association stays.
    let (_, host, _) = serial_port(r#"[{"interfaces": [1]}]"#);
    let mut left = [&SERIAL[..17], &SERIAL[47..70]].concat();
    (left[2], left[4]) = (40, 1);
    assert_eq!(*host.devices().remove(0).descriptors, *device(&[&left]));

    // One endpoint of one interface.
    let (_, host, _) = serial_port(r#"[{"interfaces": [1], "endpoints": [129]}]"#);
    let mut left = [&SERIAL[..17], &SERIAL[47..63]].concat();
    (left[2], left[4], left[21]) = (33, 1, 1);
    assert_eq!(*host.devices().remove(0).descriptors, *device(&[&left]));

    let (_, host, _) = serial_port(r#"[{}]"#);
    assert_eq!(*host.devices().remove(0).descriptors, *device(&[&SERIAL]));
}

#[test]
fn what_damaged_descriptors_hide_stays_hidden() {
    for at in 9..SERIAL.len() {
        for value in [0, 1, 2, 4, 5, 9, 255] {
            let mut bytes = SERIAL;
            bytes[at] = value;
            let fake = Fake::of(vec![info(1, &[&bytes, &HID], None)]);
            let host = guarded(&fake, r#"[{"interfaces": [1], "endpoints": [1]}]"#, "[{}]");
            let shown = host.devices().remove(0).descriptors;
            assert_eq!(configurations(&shown).count(), 2);
            for one in walk(&shown) {
                let one = one.unwrap();
                match one.kind {
                    kinds::INTERFACE => assert_eq!(one.bytes[2], 1, "{at} {value}"),
                    kinds::ENDPOINT => assert_eq!(one.bytes[2], 1, "{at} {value}"),
                    _ => {}
                }
            }
            for one in configurations(&shown) {
                assert_eq!(one.unwrap().damage, None, "{at} {value}");
            }
        }
    }
}
