//! What drivers on rusb see.

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{Bench, IN, OUT, PRODUCT, SILENT, VENDOR, bench, plug};
use rusb::{Context, Device, DeviceHandle, Error, Hotplug, HotplugBuilder, UsbContext};

const SECOND: Duration = Duration::from_secs(1);
const SHORT: Duration = Duration::from_millis(5);

fn open(context: &Context) -> DeviceHandle<Context> {
    context.open_device_with_vid_pid(VENDOR, PRODUCT).unwrap()
}

fn claimed() -> (Bench, DeviceHandle<Context>) {
    let bench = bench();
    let handle = open(&Context::new().unwrap());
    handle.claim_interface(0).unwrap();
    (bench, handle)
}

#[test]
fn a_device_is_listed_as_it_describes_itself() {
    let _bench = bench();
    let context = Context::new().unwrap();
    let devices = context.devices().unwrap();
    assert_eq!(devices.len(), 1);
    let device = devices.iter().next().unwrap();
    assert!(device == context.devices().unwrap().iter().next().unwrap());
    assert_eq!((device.bus_number(), device.address(), device.port_number()), (1, 1, 1));
    assert_eq!(device.port_numbers().unwrap(), [1, 1]);
    assert_eq!(device.speed(), rusb::Speed::High);
    assert!(device.get_parent().is_none());
    let descriptor = device.device_descriptor().unwrap();
    assert_eq!((descriptor.vendor_id(), descriptor.product_id()), (VENDOR, PRODUCT));
    assert_eq!(descriptor.usb_version(), rusb::Version(3, 1, 0));
    assert_eq!(descriptor.device_version(), rusb::Version(12, 3, 4));
    assert_eq!(descriptor.class_code(), 0xef);
    assert_eq!(rusb::version().major(), 1);
}

#[test]
fn a_configuration_is_taken_apart() {
    let _bench = bench();
    let context = Context::new().unwrap();
    let device = context.devices().unwrap().iter().next().unwrap();
    let config = device.active_config_descriptor().unwrap();
    assert_eq!((config.number(), config.max_power()), (1, 100));
    assert!(config.remote_wakeup() && !config.self_powered());
    assert_eq!(config.extra(), [8, 11, 0, 1, 0xff, 0, 0, 0]);
    let settings: Vec<_> = config.interfaces().flat_map(|i| i.descriptors()).collect();
    let [bulk, audio] = &settings[..] else { panic!("{} settings", settings.len()) };
    assert_eq!((bulk.setting_number(), bulk.description_string_index()), (0, Some(5)));
    assert_eq!(bulk.extra(), [4, 0x24, 1, 2]);
    let endpoints: Vec<_> =
        bulk.endpoint_descriptors().map(|e| (e.address(), e.interval())).collect();
    assert_eq!(endpoints, [(OUT, 0), (IN, 0), (SILENT, 8)]);
    let iso = audio.endpoint_descriptors().next().unwrap();
    assert_eq!((iso.refresh(), iso.synch_address(), iso.extra()), (2, 3, Some(&[3, 0x25, 7][..])));
    assert_eq!(device.config_descriptor(1).err(), Some(Error::NotFound));
}

#[test]
fn strings_are_read() {
    let _bench = bench();
    let handle = open(&Context::new().unwrap());
    let languages = handle.read_languages(SECOND).unwrap();
    assert_eq!(languages.iter().map(|l| l.lang_id()).collect::<Vec<_>>(), [0x0409, 0x0407]);
    let german = languages[1];
    assert_eq!(handle.read_string_descriptor(german, 8, SECOND).unwrap(), "Gerät");
    assert_eq!(handle.read_string_descriptor_ascii(8).unwrap(), "Ger?t");
    assert_eq!(handle.read_string_descriptor_ascii(9), Err(Error::Pipe));
}

#[test]
fn control_transfers_go_either_way() {
    let (bench, handle) = claimed();
    let mut room = [0; 4];
    assert_eq!(handle.read_control(0xc0, 1, 0, 0x0102, &mut room, SECOND), Ok(4));
    assert_eq!(room, [2, 1, 2, 1]);
    assert_eq!(handle.write_control(0x40, 2, 3, 4, b"ab", SECOND), Ok(2));
    assert_eq!(handle.write_control(0x40, 9, 0, 0, &[], SECOND), Err(Error::Pipe));
    assert_eq!(bench.seen.take(), ["2 3 4 [97, 98]", "9 0 0 []"]);
}

#[test]
fn what_functions_stand_for_is_no_request() {
    let (bench, handle) = claimed();
    // SET_INTERFACE and SET_CONFIGURATION (USB 2.0, table 9-4).
    assert_eq!(handle.write_control(0x01, 11, 1, 0, &[], SECOND), Ok(0));
    assert_eq!(handle.write_control(0x01, 11, 0, 7, &[], SECOND), Err(Error::NotFound));
    assert_eq!(handle.write_control(0x00, 9, 1, 0, &[], SECOND), Err(Error::Busy));
    assert!(bench.seen.take().is_empty());
}

#[test]
fn bytes_go_and_come() {
    let (_bench, handle) = claimed();
    for len in [0, 1, 63, 64, 65, 4096] {
        let data: Vec<u8> = (0..len).map(|at| at as u8).collect();
        assert_eq!(handle.write_bulk(OUT, &data, SECOND), Ok(len), "{len}");
        let mut room = vec![0; 5000];
        assert_eq!(handle.read_bulk(IN, &mut room, SECOND), Ok(len), "{len}");
        assert_eq!(room[..len], data, "{len}");
    }
}

#[test]
fn ends_are_told_apart() {
    let (bench, handle) = claimed();
    let mut room = [0; 2];
    assert_eq!(handle.read_bulk(IN, &mut room, SHORT), Err(Error::Timeout));
    assert_eq!(handle.write_interrupt(SILENT, b"x", SHORT), Err(Error::Timeout));
    handle.write_bulk(OUT, b"abc", SECOND).unwrap();
    assert_eq!(handle.read_bulk(IN, &mut room, SECOND), Err(Error::Overflow));
    assert_eq!(handle.write_bulk(OUT, b"stall", SECOND), Err(Error::Pipe));
    bench.seen.take();
    handle.clear_halt(OUT).unwrap();
    assert_eq!(bench.seen.take(), ["unstalled 0x1"]);
    bench.host.unplug(bench.id);
    assert_eq!(handle.read_bulk(IN, &mut room, SECOND), Err(Error::NoDevice));
    assert_eq!(handle.active_configuration(), Err(Error::NoDevice));
    assert_eq!(handle.context().devices().unwrap().len(), 0);
}

#[test]
fn an_endpoint_is_used_through_its_interface() {
    let bench = bench();
    let context = Context::new().unwrap();
    let (first, second) = (open(&context), open(&context));
    assert_eq!(first.write_bulk(OUT, b"x", SECOND), Err(Error::NotFound));
    first.claim_interface(0).unwrap();
    first.claim_interface(0).unwrap();
    assert_eq!(second.claim_interface(0), Err(Error::Busy));
    assert_eq!(second.claim_interface(32), Err(Error::InvalidParam));
    assert_eq!(first.write_bulk(OUT, b"x", SECOND), Ok(1));
    first.release_interface(0).unwrap();
    assert_eq!(first.release_interface(0), Err(Error::NotFound));
    second.claim_interface(0).unwrap();
    assert_eq!(second.set_active_configuration(1), Err(Error::Busy));
    bench.seen.take();
    second.reset().unwrap();
    assert_eq!(bench.seen.take(), ["reset"]);
    assert_eq!(second.write_bulk(OUT, b"y", SECOND), Ok(1));
    drop(second);
    first.unconfigure().unwrap();
    assert_eq!(first.active_configuration(), Ok(0));
    assert_eq!(first.device().active_config_descriptor().err(), Some(Error::NotFound));
}

#[test]
fn a_kernels_driver_gives_way_and_comes_back() {
    let bench = bench();
    bench.host.unplug(bench.id);
    plug(&bench.host, &[0]);
    let handle = open(&Context::new().unwrap());
    assert_eq!(handle.kernel_driver_active(0), Ok(true));
    assert_eq!(handle.claim_interface(0), Err(Error::Busy));
    handle.set_auto_detach_kernel_driver(true).unwrap();
    handle.claim_interface(0).unwrap();
    assert_eq!(handle.kernel_driver_active(0), Ok(false));
    handle.release_interface(0).unwrap();
    assert_eq!(handle.kernel_driver_active(0), Ok(true));
    handle.detach_kernel_driver(0).unwrap();
    assert_eq!(handle.detach_kernel_driver(0), Err(Error::NotFound));
    handle.attach_kernel_driver(0).unwrap();
    assert_eq!(handle.kernel_driver_active(0), Ok(true));
}

/// Notes who comes and goes.
struct Listener(Arc<Mutex<Vec<(bool, u8)>>>);

impl Hotplug<Context> for Listener {
    fn device_arrived(&mut self, device: Device<Context>) {
        self.0.lock().unwrap().push((true, device.address()));
    }

    fn device_left(&mut self, device: Device<Context>) {
        self.0.lock().unwrap().push((false, device.address()));
    }
}

#[test]
fn listeners_are_told_of_what_comes_and_goes() {
    let bench = bench();
    assert!(rusb::has_hotplug());
    let context = Context::new().unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let take = || std::mem::take(&mut *told.lock().unwrap());
    let mut builder = HotplugBuilder::new();
    let builder = *builder.vendor_id(VENDOR).enumerate(true);
    let registered = builder.register(&context, Box::new(Listener(told.clone()))).unwrap();
    let mut others = HotplugBuilder::new();
    let others = *others.product_id(7);
    let other: rusb::Registration<Context> =
        others.register(&context, Box::new(Listener(told.clone()))).unwrap();
    assert_eq!(take(), [(true, 1)]);

    context.handle_events(Some(Duration::ZERO)).unwrap();
    assert_eq!(take(), []);
    let (second, _) = plug(&bench.host, &[]);
    context.handle_events(Some(SECOND)).unwrap();
    bench.host.unplug(second);
    bench.host.unplug(bench.id);
    // What has gone is known until listeners were told.
    assert_eq!(context.devices().unwrap().len(), 0);
    context.handle_events(None).unwrap();
    assert_eq!(take(), [(true, 2), (false, 2), (false, 1)]);

    drop((registered, other));
    plug(&bench.host, &[]);
    context.handle_events(Some(SHORT)).unwrap();
    assert_eq!(take(), []);
}

#[test]
fn a_log_tells_of_calls_that_failed() {
    let _bench = bench();
    let mut context = Context::new().unwrap();
    let told: &'static Mutex<Vec<String>> = Box::leak(Box::default());
    let log = Box::new(|_, text| told.lock().unwrap().push(text));
    context.set_log_callback(log, rusb::LogCallbackMode::Context);
    let handle = open(&context);
    handle.set_alternate_setting(0, 1).unwrap_err();
    assert!(told.lock().unwrap().is_empty());
    context.set_log_level(rusb::LogLevel::Warning);
    handle.set_alternate_setting(0, 1).unwrap_err();
    let expected = "libusb: set_interface_alt_setting failed with -5\n";
    assert_eq!(*told.lock().unwrap(), [expected]);
}
