//! Descriptors: known ones and damaged ones. Any bytes are read in `tests/fuzz`.

mod samples;

use periplasm_usb::TransferType;
use periplasm_usb::descriptors::*;
use samples::{BOS, HID, HID_DEVICE, SERIAL, STORAGE, device};

#[test]
fn the_keyboard_of_the_hid_specification() {
    let read = DeviceDescriptor::read(&HID_DEVICE).unwrap();
    assert_eq!((read.usb, read.max_packet_size_0, read.release), (0x0100, 8, 0x0100));
    assert_eq!((read.vendor, read.product), (0xffff, 1));
    assert_eq!((read.manufacturer, read.product_name, read.serial), (4, 14, 48));

    let all = device(&[&HID]);
    let read: Vec<_> = configurations(&all).map(Result::unwrap).collect();
    let [configuration] = read[..] else { panic!("{read:?}") };
    configuration.check().unwrap();
    assert_eq!((configuration.value, configuration.attributes), (1, 0xa0));
    assert_eq!(configuration.max_power, 50, "100 mA");
    let classes: Vec<_> =
        configuration.interfaces().map(|one| (one.class, one.subclass, one.protocol)).collect();
    assert_eq!(classes, [(3, 1, 1), (3, 1, 2)]);
    let keyboard = configuration.interface(0, 0).unwrap();
    let extras: Vec<_> = keyboard.extras().map(|one| (one.kind, one.bytes)).collect();
    assert_eq!(extras, [(0x21, &HID[18..27])]);
    let (mouse, endpoint) = configuration.endpoint(0x82).unwrap();
    assert_eq!(mouse.number, 1);
    assert_eq!((endpoint.transfers(), endpoint.interval), (TransferType::Interrupt, 10));
    assert!(endpoint.is_in());
    assert_eq!(endpoint.packet_bytes(), 8);
}

#[test]
fn the_storage_device_of_the_bulk_only_specification() {
    let configuration = Configuration::read(&STORAGE).unwrap();
    configuration.check().unwrap();
    let interface = configuration.interface(0, 0).unwrap();
    assert_eq!((interface.class, interface.subclass, interface.protocol), (8, 6, 0x50));
    let endpoints: Vec<_> = interface
        .endpoints()
        .map(|one| (one.address, one.transfers(), one.packet_bytes()))
        .collect();
    assert_eq!(endpoints, [(0x81, TransferType::Bulk, 64), (2, TransferType::Bulk, 64)]);
}

#[test]
fn associations_settings_and_extras() {
    let configuration = Configuration::read(&SERIAL).unwrap();
    configuration.check().unwrap();
    let association = configuration.associations().next().unwrap();
    assert_eq!(association.interfaces().collect::<Vec<_>>(), [0, 1]);
    let extras: Vec<_> =
        configuration.interface(0, 0).unwrap().extras().map(|one| one.bytes.to_vec()).collect();
    assert_eq!(extras, [&SERIAL[26..31], &SERIAL[31..35], &SERIAL[35..40]]);
    assert_eq!(configuration.interface(2, 0).unwrap().endpoints().count(), 0);
    let endpoint = configuration.interface(2, 1).unwrap().endpoint(0x84).unwrap();
    assert_eq!(endpoint.transfers(), TransferType::Isochronous);
    assert_eq!((endpoint.packet_bytes(), endpoint.packets_per_microframe()), (1024, 3));
    let mut whole = Vec::new();
    for part in configuration.parts() {
        whole.extend_from_slice(match part {
            Part::Own(bytes) => bytes,
            Part::Association(association) => association.bytes,
            Part::Interface(interface) => interface.bytes,
        });
    }
    assert_eq!(whole, SERIAL);
}

#[test]
fn capabilities_and_strings() {
    let bos = Bos::read(&BOS).unwrap();
    let capabilities: Vec<_> = bos.capabilities().map(Result::unwrap).collect();
    assert_eq!(capabilities, [Capability { kind: 2, bytes: &BOS[5..] }]);
    assert_eq!(languages(&[4, 3, 9, 4]).unwrap().collect::<Vec<_>>(), [0x0409]);
    assert_eq!(text(&[8, 3, b'U', 0, b'S', 0, b'B', 0]).unwrap(), "USB");
    // A clef, U+1D11E, is two units; the first alone is nothing.
    assert_eq!(text(&[6, 3, 0x34, 0xd8, 0x1e, 0xdd]).unwrap(), "\u{1d11e}");
    assert_eq!(text(&[4, 3, 0x34, 0xd8]), Err(DescriptorError::Text { at: 0 }));
    assert_eq!(text(&[3, 3, 0x34]), Err(DescriptorError::Text { at: 0 }));
    assert_eq!(text(&[2, 3]).unwrap(), "");
    let expected = DescriptorError::Kind { at: 0, expected: kinds::STRING, found: kinds::BOS };
    assert_eq!(text(&BOS), Err(expected));
}

#[test]
fn what_comes_before_damage_counts() {
    // The mouse's interface descriptor has no length.
    let mut bytes = HID;
    bytes[34] = 0;
    let read = Configuration::read(&bytes).unwrap();
    let damage = DescriptorError::TooShort { at: 34, expected: 2, found: 0 };
    assert_eq!((read.interfaces().count(), read.damage), (1, Some(damage)));
    assert_eq!(read.check(), Err(damage));
    // It is too short for an interface.
    bytes[34] = 3;
    let damage = DescriptorError::TooShort { at: 34, expected: 9, found: 3 };
    assert_eq!(Configuration::read(&bytes).unwrap().damage, Some(damage));
    // It reaches over the end.
    bytes[34] = 26;
    let damage = DescriptorError::Truncated { at: 34, expected: 26, found: 25 };
    assert_eq!(Configuration::read(&bytes).unwrap().damage, Some(damage));
    // The device sent less than it said.
    let read = Configuration::read(&HID[..34]).unwrap();
    let damage = DescriptorError::Truncated { at: 0, expected: 59, found: 34 };
    assert_eq!((read.interfaces().count(), read.damage), (1, Some(damage)));
    // A configuration within a configuration is none of its extras.
    let twice = [&HID[..], &HID[..]].concat();
    let mut bytes = twice.clone();
    bytes[2] = 118;
    let damage = DescriptorError::Kind { at: 59, expected: kinds::INTERFACE, found: 2 };
    assert_eq!(Configuration::read(&bytes).unwrap().damage, Some(damage));
    assert_eq!(configurations(&twice).count(), 2);
}

#[test]
fn headers_that_nobody_can_read() {
    for (bytes, error) in [
        (&[][..], DescriptorError::Truncated { at: 0, expected: 9, found: 0 }),
        (&[9], DescriptorError::Truncated { at: 0, expected: 2, found: 1 }),
        (&[0, 2, 9, 0], DescriptorError::TooShort { at: 0, expected: 2, found: 0 }),
        (&[4, 2, 9, 0], DescriptorError::TooShort { at: 0, expected: 9, found: 4 }),
        (&HID_DEVICE, DescriptorError::Kind { at: 0, expected: 2, found: 1 }),
        (
            &[9, 2, 8, 0, 0, 1, 0, 0x80, 0],
            DescriptorError::TotalLength { at: 0, expected: 9, found: 8 },
        ),
    ] {
        assert_eq!(Configuration::read(bytes), Err(error), "{bytes:?}");
    }
    let error = DescriptorError::Truncated { at: 0, expected: 18, found: 17 };
    assert_eq!(DeviceDescriptor::read(&HID_DEVICE[..17]), Err(error));
    // The second configuration: its offset is that in all bytes.
    let all = device(&[&STORAGE, &[0, 0]]);
    let error = DescriptorError::TooShort { at: 50, expected: 2, found: 0 };
    assert_eq!(configurations(&all).nth(1), Some(Err(error)));
    assert_eq!(configurations(&all).count(), 2);
    let many = device(&[&STORAGE[..]; 9]);
    let last = configurations(&many).last();
    assert_eq!(last, Some(Err(DescriptorError::TooMany { at: 18 + 8 * 32 })));
}

#[test]
fn counts_that_lie_and_duplicates_are_told() {
    let check = |at: usize, value: u8| {
        let mut bytes = SERIAL;
        bytes[at] = value;
        Configuration::read(&bytes).unwrap().check().unwrap_err()
    };
    let count = |at, field, declared, found| DescriptorError::Count { at, field, declared, found };
    assert_eq!(check(4, 4), count(0, "bNumInterfaces", 4, 3));
    assert_eq!(check(21, 255), count(17, "bNumEndpoints", 255, 1));
    let twice = DescriptorError::DuplicateInterface { at: 47, number: 0, alternate: 0 };
    assert_eq!(check(49, 0), twice);
    // The data interface's OUT endpoint becomes the vendor's, or its own IN.
    let endpoint = |at, address| DescriptorError::DuplicateEndpoint { at, address };
    assert_eq!(check(65, 0x81), endpoint(63, 0x81));
    assert_eq!(check(90, 0x81), endpoint(88, 0x81));
    let no_address = |at, address| DescriptorError::EndpointAddress { at, address };
    assert_eq!(check(90, 0x80), no_address(88, 0x80));
    assert_eq!(check(90, 0x94), no_address(88, 0x94));
    // The association becomes an extra, and so the interface's endpoint is stray.
    assert_eq!(check(18, 0x24), no_address(40, 0x83));
}

#[test]
fn the_largest_configuration_is_read() {
    // 65535 bytes: as many of the smallest descriptors as go in.
    let mut bytes = HID[..9].to_vec();
    bytes[2..4].copy_from_slice(&u16::MAX.to_le_bytes());
    bytes.resize(65535, 0);
    bytes[9..].chunks_mut(2).for_each(|one| one.copy_from_slice(&[2, 0x24]));
    let read = Configuration::read(&bytes).unwrap();
    assert_eq!((read.bytes.len(), read.damage), (65535, None));
    // Interfaces, each too many.
    let interfaces = bytes[9..].chunks_mut(9);
    interfaces.for_each(|one| one.copy_from_slice(&[9, 4, 0, 0, 0, 0xff, 0, 0, 0][..one.len()]));
    let read = Configuration::read(&bytes).unwrap();
    assert_eq!(read.interfaces().count(), 7280);
    assert!(matches!(read.damage, Some(DescriptorError::Truncated { .. })));
}
