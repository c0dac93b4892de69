use periplasm_usb::descriptors::{
    Bos, Configuration, DeviceDescriptor, Part, configurations, languages, text, walk,
};

/// Descriptors of all kinds, read from the bytes: each piece is where it says it
/// is, and nothing is left out or read twice.
pub fn descriptors(bytes: &[u8]) {
    let _ = (DeviceDescriptor::read(bytes), text(bytes).is_ok(), languages(bytes).is_ok());
    if let Ok(bos) = Bos::read(bytes) {
        assert!(bos.capabilities().count() <= bytes.len());
    }
    let mut at = 0;
    for one in walk(bytes).flatten() {
        assert_eq!(one.at, at);
        assert_eq!(&bytes[at..at + one.bytes.len()], one.bytes);
        at += one.bytes.len();
    }
    for configuration in configurations(bytes).flatten() {
        all_parts(&configuration);
    }
}

fn all_parts(configuration: &Configuration<'_>) {
    let checked = configuration.check();
    assert!(configuration.damage.is_none() || checked.is_err());
    let mut left = configuration.bytes;
    for part in configuration.parts() {
        let bytes = match part {
            Part::Own(bytes) => bytes,
            Part::Association(association) => association.bytes,
            Part::Interface(interface) => {
                let own: usize = interface.endpoints().map(|one| one.bytes.len()).sum();
                assert_eq!(interface.own().len() + own, interface.bytes.len());
                if checked.is_ok() {
                    let declared = usize::from(interface.declared_endpoints);
                    assert_eq!(interface.endpoints().count(), declared);
                }
                interface.bytes
            }
        };
        assert!(left.starts_with(bytes));
        left = &left[bytes.len()..];
    }
    assert!(left.is_empty());
}
