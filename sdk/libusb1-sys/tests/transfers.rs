//! Transfers that a callback ends, as C and drivers on `rusb::ffi` use them.

mod common;

use std::ffi::{c_int, c_void};
use std::ptr;

use common::{Bench, IN, OUT, PACKET, PRODUCT, SILENT, VENDOR, bench, plug};
use libc::timeval;
use libusb1_sys::constants::*;
use libusb1_sys::*;

/// A context with the device open and claimed.
struct Rig {
    bench: Bench,
    context: *mut libusb_context,
    handle: *mut libusb_device_handle,
    ended: Vec<(c_int, Vec<u8>)>,
}

fn rig() -> Box<Rig> {
    let bench = bench();
    let mut context = ptr::null_mut();
    // SAFETY: as libusb's header says.
    unsafe {
        assert_eq!(libusb_init(&mut context), 0);
        let handle = libusb_open_device_with_vid_pid(context, VENDOR, PRODUCT);
        assert!(!handle.is_null());
        assert_eq!(libusb_claim_interface(handle, 0), 0);
        Box::new(Rig { bench, context, handle, ended: Vec::new() })
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        // SAFETY: they are open.
        unsafe {
            if !self.handle.is_null() {
                libusb_close(self.handle);
            }
            libusb_exit(self.context);
        }
    }
}

/// Notes the status and the bytes.
extern "system" fn note(transfer: *mut libusb_transfer) {
    // SAFETY: the user data is the rig, and the buffer has `actual_length` bytes.
    unsafe {
        let bytes = std::slice::from_raw_parts(
            (*transfer).buffer,
            (*transfer).actual_length.try_into().unwrap(),
        );
        let ended = &mut (*(*transfer).user_data.cast::<Rig>()).ended;
        ended.push(((*transfer).status, bytes.to_vec()));
    }
}

impl Rig {
    fn transfer(&mut self, endpoint: u8, bytes: &mut [u8], timeout: u32) -> *mut libusb_transfer {
        let rig: *mut c_void = ptr::from_mut(self).cast();
        // SAFETY: a transfer that was just made.
        unsafe {
            let transfer = libusb_alloc_transfer(0);
            let (buffer, len) = (bytes.as_mut_ptr(), bytes.len() as c_int);
            let handle = self.handle;
            libusb_fill_bulk_transfer(transfer, handle, endpoint, buffer, len, note, rig, timeout);
            transfer
        }
    }

    fn handle_events(&mut self) -> Vec<(c_int, Vec<u8>)> {
        // SAFETY: the context is open.
        assert_eq!(unsafe { libusb_handle_events(self.context) }, 0);
        std::mem::take(&mut self.ended)
    }

    fn write(&mut self, data: &[u8]) {
        let mut data = data.to_vec();
        let mut sent = 0;
        let (bytes, len) = (data.as_mut_ptr(), data.len() as c_int);
        // SAFETY: the bytes and the place for the count are ours.
        let end = unsafe { libusb_bulk_transfer(self.handle, OUT, bytes, len, &mut sent, 1000) };
        assert_eq!((end, sent), (0, len));
    }
}

#[test]
fn many_are_in_flight_and_end_in_order() {
    let mut rig = rig();
    let mut rooms = [[0; 8]; 4];
    let transfers: Vec<_> = rooms.iter_mut().map(|room| rig.transfer(IN, room, 0)).collect();
    // SAFETY: transfers that are ours, and freed when they have ended.
    unsafe {
        for &transfer in &transfers {
            assert_eq!(libusb_submit_transfer(transfer), 0);
            assert_eq!(libusb_submit_transfer(transfer), LIBUSB_ERROR_BUSY);
        }
        rig.write(b"one");
        rig.write(b"two");
        let mut ended = rig.handle_events();
        while ended.len() < 2 {
            ended.extend(rig.handle_events());
        }
        assert_eq!(ended, [(0, b"one".to_vec()), (0, b"two".to_vec())]);
        assert_eq!(libusb_cancel_transfer(transfers[0]), LIBUSB_ERROR_NOT_FOUND);

        assert_eq!(libusb_cancel_transfer(transfers[3]), 0);
        assert_eq!(rig.handle_events(), [(LIBUSB_TRANSFER_CANCELLED, vec![])]);
        rig.bench.host.unplug(rig.bench.id);
        assert_eq!(rig.handle_events(), [(LIBUSB_TRANSFER_NO_DEVICE, vec![])]);
        transfers.into_iter().for_each(|transfer| libusb_free_transfer(transfer));
    }
}

#[test]
fn time_ends_one() {
    let mut rig = rig();
    let mut tv = timeval { tv_sec: 0, tv_usec: 0 };
    let mut byte = [1];
    let transfer = rig.transfer(SILENT, &mut byte, 20);
    // SAFETY: as above.
    unsafe {
        assert_eq!(libusb_get_next_timeout(rig.context, &mut tv), 0);
        assert_eq!(libusb_submit_transfer(transfer), 0);
        assert_eq!(libusb_get_next_timeout(rig.context, &mut tv), 1);
        assert!(tv.tv_sec == 0 && tv.tv_usec <= 20_000);
        assert_eq!(rig.handle_events(), [(LIBUSB_TRANSFER_TIMED_OUT, vec![])]);
        libusb_free_transfer(transfer);
    }
}

#[test]
fn a_blocking_transfer_queues_behind_others() {
    let mut rig = rig();
    let mut room = [0; 8];
    let transfer = rig.transfer(IN, &mut room, 0);
    // SAFETY: as above.
    unsafe {
        assert_eq!(libusb_submit_transfer(transfer), 0);
        rig.write(b"first");
        rig.write(b"second");
        let (mut bytes, mut read) = ([0; 8], 0);
        let end = libusb_bulk_transfer(rig.handle, IN, bytes.as_mut_ptr(), 8, &mut read, 1000);
        assert_eq!((end, &bytes[..read as usize]), (0, &b"second"[..]));
        assert_eq!(rig.ended, [(0, b"first".to_vec())]);
        libusb_free_transfer(transfer);
    }
}

#[test]
fn an_empty_packet_follows_a_full_one() {
    let mut rig = rig();
    for len in [PACKET - 1, PACKET] {
        let mut bytes = vec![7; len.into()];
        let transfer = rig.transfer(OUT, &mut bytes, 0);
        // SAFETY: as above.
        unsafe {
            (*transfer).flags = LIBUSB_TRANSFER_ADD_ZERO_PACKET | LIBUSB_TRANSFER_FREE_TRANSFER;
            assert_eq!(libusb_submit_transfer(transfer), 0);
        }
        assert_eq!(rig.handle_events(), [(0, bytes)]);
    }
    assert_eq!(rig.bench.seen.take(), ["63 bytes", "64 bytes", "0 bytes"]);
}

#[test]
fn a_short_one_may_be_an_error() {
    let mut rig = rig();
    rig.write(b"abc");
    let mut room = [0; 8];
    let transfer = rig.transfer(IN, &mut room, 0);
    // SAFETY: as above.
    unsafe {
        (*transfer).flags = LIBUSB_TRANSFER_SHORT_NOT_OK;
        assert_eq!(libusb_submit_transfer(transfer), 0);
        assert_eq!(rig.handle_events(), [(LIBUSB_TRANSFER_ERROR, b"abc".to_vec())]);
        libusb_free_transfer(transfer);
    }
}

#[test]
fn control_transfers_have_their_setup_packet_in_front() {
    let mut rig = rig();
    let rig_pointer: *mut c_void = ptr::from_mut(&mut *rig).cast();
    let mut buffer = [0; 12];
    // SAFETY: as above; the buffer has room for a packet and four bytes.
    unsafe {
        let transfer = libusb_alloc_transfer(0);
        libusb_fill_control_setup(buffer.as_mut_ptr(), 0xc0, 1, 0, 0x0a0b, 4);
        let (handle, bytes) = (rig.handle, buffer.as_mut_ptr());
        libusb_fill_control_transfer(transfer, handle, bytes, note, rig_pointer, 1000);
        assert_eq!((*transfer).length, 12);
        assert_eq!(libusb_submit_transfer(transfer), 0);
        assert_eq!(rig.handle_events().len(), 1);
        assert_eq!(((*transfer).status, (*transfer).actual_length), (0, 4));
        let data = libusb_control_transfer_get_data(transfer);
        assert_eq!(std::slice::from_raw_parts(data, 4), [0x0b, 0x0a, 0x0b, 0x0a]);
        // A packet that promises more data than there is.
        libusb_fill_control_setup((*transfer).buffer, 0x40, 1, 0, 0, 5);
        assert_eq!(libusb_submit_transfer(transfer), LIBUSB_ERROR_INVALID_PARAM);
        libusb_free_transfer(transfer);
    }
}

#[test]
fn a_setting_ends_them_and_a_close_forgets_them() {
    let mut rig = rig();
    let (mut one, mut two) = ([0; 8], [0; 8]);
    let (first, second) = (rig.transfer(IN, &mut one, 0), rig.transfer(SILENT, &mut two, 0));
    // SAFETY: as above.
    unsafe {
        assert_eq!(libusb_submit_transfer(first), 0);
        assert_eq!(libusb_set_interface_alt_setting(rig.handle, 0, 0), 0);
        assert_eq!(rig.handle_events(), [(LIBUSB_TRANSFER_CANCELLED, vec![])]);
        assert_eq!(libusb_submit_transfer(first), 0);
        assert_eq!(libusb_submit_transfer(second), 0);
        libusb_close(rig.handle);
        rig.handle = ptr::null_mut();
        let now = timeval { tv_sec: 0, tv_usec: 0 };
        assert_eq!(libusb_handle_events_timeout(rig.context, &now), 0);
        assert!(rig.ended.is_empty() && (*first).dev_handle.is_null());
        assert_eq!(libusb_submit_transfer(first), LIBUSB_ERROR_INVALID_PARAM);
        libusb_free_transfer(first);
        libusb_free_transfer(second);
    }
}

#[test]
fn isochronous_packets_are_bounded_by_their_transfer() {
    let rig = rig();
    let mut buffer = [0; 30];
    // SAFETY: as above; there is room for three packets.
    unsafe {
        let transfer = libusb_alloc_transfer(3);
        let (handle, bytes) = (rig.handle, buffer.as_mut_ptr());
        let none = ptr::null_mut();
        libusb_fill_iso_transfer(transfer, handle, 0x83, bytes, 30, 3, note, none, 0);
        libusb_set_iso_packet_lengths(transfer, 10);
        assert_eq!(libusb_get_iso_packet_buffer(transfer, 2), bytes.add(20));
        assert_eq!(libusb_get_iso_packet_buffer_simple(transfer, 1), bytes.add(10));
        assert!(libusb_get_iso_packet_buffer(transfer, 3).is_null());
        (*transfer).num_iso_packets = 4;
        assert_eq!(libusb_submit_transfer(transfer), LIBUSB_ERROR_INVALID_PARAM);
        (*transfer).num_iso_packets = 3;
        libusb_set_iso_packet_lengths(transfer, 11);
        assert_eq!(libusb_submit_transfer(transfer), LIBUSB_ERROR_INVALID_PARAM);
        libusb_free_transfer(transfer);
        assert!(libusb_alloc_transfer(-1).is_null());
    }
}

#[test]
fn descriptors_of_usb_3_are_read() {
    let rig = rig();
    // SAFETY: pointers that the library gave, freed once.
    unsafe {
        let device = libusb_get_device(rig.handle);
        let mut config = ptr::null();
        assert_eq!(libusb_get_active_config_descriptor(device, &mut config), 0);
        let endpoints = (*(*(*config).interface).altsetting).endpoint;
        let mut companion = ptr::null();
        let get = libusb_get_ss_endpoint_companion_descriptor;
        assert_eq!(get(rig.context, endpoints, &mut companion), LIBUSB_ERROR_NOT_FOUND);
        assert_eq!(get(rig.context, endpoints.add(1), &mut companion), 0);
        assert_eq!(((*companion).bMaxBurst, (*companion).wBytesPerInterval), (3, 256));
        libusb_free_ss_endpoint_companion_descriptor(companion.cast_mut());
        libusb_free_config_descriptor(config);
        assert_eq!(libusb_get_max_packet_size(device, IN), 64);
        assert_eq!(libusb_get_max_iso_packet_size(device, 0x83), 2048);
        assert_eq!(libusb_get_max_packet_size(device, 0x8f), LIBUSB_ERROR_NOT_FOUND);
    }
}

#[test]
fn capabilities_are_read() {
    let rig = rig();
    // SAFETY: as above; the pointers are where C has them, behind the header.
    unsafe {
        let mut bos = ptr::null();
        assert_eq!(libusb_get_bos_descriptor(rig.handle, &mut bos), 0);
        assert_eq!(((*bos).bNumDeviceCaps, (*bos).wTotalLength), (4, 46));
        let capabilities: *const *mut libusb_bos_dev_capability_descriptor = bos.byte_add(8).cast();
        let capability = |at: usize| *capabilities.add(at);

        let mut extension = ptr::null();
        let get = libusb_get_usb_2_0_extension_descriptor;
        assert_eq!(get(rig.context, capability(0), &mut extension), 0);
        assert_eq!((*extension).bmAttributes, 0xf41e);
        libusb_free_usb_2_0_extension_descriptor(extension.cast_mut());

        let mut speeds = ptr::null();
        let get = libusb_get_ss_usb_device_capability_descriptor;
        assert_eq!(get(rig.context, capability(1), &mut speeds), 0);
        assert_eq!(((*speeds).wSpeedSupported, (*speeds).bU2DevExitLat), (0x000e, 0x07ff));
        libusb_free_ss_usb_device_capability_descriptor(speeds.cast_mut());

        let mut container = ptr::null();
        let get = libusb_get_container_id_descriptor;
        assert_eq!(get(rig.context, capability(3), &mut container), LIBUSB_ERROR_INVALID_PARAM);
        assert_eq!(get(rig.context, capability(2), &mut container), 0);
        let id = (*container).ContainerId;
        assert_eq!(id[..3], [1, 2, 3]);
        libusb_free_container_id_descriptor(container.cast_mut());
        assert_eq!((*capability(3)).bDevCapabilityType, 0x77);
        libusb_free_bos_descriptor(bos.cast_mut());
    }
}

#[test]
fn another_thread_interrupts_a_wait() {
    let rig = rig();
    let context = rig.context.addr();
    let interrupter = std::thread::spawn(move || {
        // SAFETY: the context is open until the thread was joined.
        unsafe { libusb_interrupt_event_handler(ptr::with_exposed_provenance_mut(context)) }
    });
    rig.context.expose_provenance();
    // SAFETY: as above.
    assert_eq!(unsafe { libusb_handle_events(rig.context) }, 0);
    interrupter.join().unwrap();
}

#[test]
fn options_and_names_are_libusbs() {
    let rig = rig();
    // SAFETY: strings that the library gave.
    unsafe {
        let option = |option: u32| libusb_set_option(rig.context, option);
        assert_eq!(option(LIBUSB_OPTION_USE_USBDK), LIBUSB_ERROR_NOT_SUPPORTED);
        assert_eq!(option(LIBUSB_OPTION_NO_DEVICE_DISCOVERY), 0);
        assert_eq!(option(9), LIBUSB_ERROR_INVALID_PARAM);
        let level = LIBUSB_LOG_LEVEL_ERROR;
        assert_eq!(libusb_set_option(rig.context, LIBUSB_OPTION_LOG_LEVEL, level), 0);
        let text = |text| std::ffi::CStr::from_ptr(text).to_str().unwrap();
        assert_eq!(text(libusb_error_name(-9)), "LIBUSB_ERROR_PIPE");
        assert_eq!(text(libusb_error_name(1)), "**UNKNOWN**");
        assert!(!text(libusb_strerror(-4)).is_empty());
        assert_eq!(libusb_setlocale(c"en_GB.UTF-8".as_ptr()), 0);
        assert_eq!(libusb_setlocale(c"xx".as_ptr()), LIBUSB_ERROR_NOT_FOUND);
        assert_eq!(libusb_setlocale(c"x".as_ptr()), LIBUSB_ERROR_INVALID_PARAM);
        let mut list = ptr::null();
        plug(&rig.bench.host, &[]);
        assert_eq!(libusb_get_device_list(ptr::null_mut(), &mut list), 2);
        libusb_free_device_list(list, 1);
    }
}
