use super::*;

/// usb-device's TestClass in short: one interface with two settings, a
/// class-specific descriptor in each place where one may be.
const CONFIG_BYTES: &[u8] = &[
    9, 2, 53, 0, 1, 1, 0, 0x80, 50, // configuration 1
    5, 0x24, 1, 2, 3, // of the configuration
    9, 4, 0, 0, 1, 0xff, 0, 0, 0, // setting 0
    3, 0x21, 7, // of the setting
    7, 5, 0x81, 2, 64, 0, 0, // bulk IN
    6, 0x30, 0, 0, 0, 0, // of the endpoint
    9, 4, 0, 1, 0, 0xff, 1, 0, 6, // setting 1
    5, 0x24, 9, 9, 9, // of it
];

#[test]
fn bytes_between_belong_to_what_came_before() {
    let config = Config::parse(CONFIG_BYTES).unwrap();
    assert_eq!(config.extra, 9..14);
    let [settings] = &config.interfaces[..] else { panic!("{config:?}") };
    let [first, second] = &settings[..] else { panic!("{settings:?}") };
    assert_eq!((&first.header, &first.extra), (&(14..23), &(23..26)));
    assert_eq!((&second.header, &second.extra), (&(39..48), &(48..53)));
    let [endpoint] = &first.endpoints[..] else { panic!("{first:?}") };
    assert_eq!((&endpoint.header, &endpoint.extra), (&(26..33), &(33..39)));
    assert_eq!(config.packets(endpoint), (2, 64));
    assert!(config.find(0x81, Some((0, 0))).is_some());
    assert!(config.find(0x81, Some((0, 1))).is_none());
}

#[test]
fn what_is_cut_off_counts_until_there() {
    for len in 0..CONFIG_BYTES.len() {
        match Config::parse(&CONFIG_BYTES[..len]) {
            Ok(config) => assert!(config.interfaces.len() <= 1 && len >= 9, "{len}"),
            Err(code) => assert!(code == Code::IO && len < 9, "{len}"),
        }
    }
}

#[test]
fn a_length_of_zero_ends_it() {
    let mut bytes = CONFIG_BYTES.to_vec();
    bytes[39] = 0;
    let config = Config::parse(&bytes).unwrap();
    assert_eq!(config.interfaces[0].len(), 1);
}

#[test]
fn settings_that_are_not_side_by_side_are_of_one_interface() {
    let header = [9, 2, 36, 0, 2, 1, 0, 0x80, 50];
    let setting = |number, alternate| [9, 4, number, alternate, 0, 0xff, 0, 0, 0];
    let bytes = [header, setting(0, 0), setting(1, 0), setting(0, 1)].concat();
    let settings: Vec<_> = Config::parse(&bytes).unwrap().interfaces;
    assert_eq!(settings.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn configurations_follow_each_other() {
    let blob = [CONFIG_BYTES, &[9, 2, 9, 0, 0, 2, 0, 0x80, 50]].concat();
    let values: Vec<u8> = split(&blob).iter().map(|config| config[5]).collect();
    assert_eq!(values, [1, 2]);
    // One that says it is longer than all there is, or shorter than itself.
    assert_eq!(split(&[9, 2, 0xff, 0xff, 0, 7, 0, 0x80, 50]).len(), 1);
    assert_eq!(split(&[9, 2, 0, 0, 0, 7, 0, 0x80, 50]).len(), 1);
}
