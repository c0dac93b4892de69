//! The types of libusb 1.0's header, by their names and layouts there.
#![expect(missing_docs, reason = "the names are libusb's, and documented by it")]

use std::ffi::{c_char, c_int, c_short, c_uchar, c_uint, c_void};

macro_rules! opaque {
    ($($name:ident)*) => { $(
        #[repr(C)]
        pub struct $name {
            __private: c_void,
        }
    )* };
}

macro_rules! records {
    ($($(#[$layout:meta])* $name:ident { $($field:ident: $type:ty,)* })*) => { $(
        #[repr(C)]
        $(#[$layout])*
        pub struct $name {
            $(pub $field: $type,)*
        }
    )* };
}

opaque! { libusb_context libusb_device libusb_device_handle }

records! {
    libusb_version {
        major: u16,
        minor: u16,
        micro: u16,
        nano: u16,
        rc: *const c_char,
        describe: *const c_char,
    }

    libusb_device_descriptor {
        bLength: u8,
        bDescriptorType: u8,
        bcdUSB: u16,
        bDeviceClass: u8,
        bDeviceSubClass: u8,
        bDeviceProtocol: u8,
        bMaxPacketSize0: u8,
        idVendor: u16,
        idProduct: u16,
        bcdDevice: u16,
        iManufacturer: u8,
        iProduct: u8,
        iSerialNumber: u8,
        bNumConfigurations: u8,
    }

    libusb_config_descriptor {
        bLength: u8,
        bDescriptorType: u8,
        wTotalLength: u16,
        bNumInterfaces: u8,
        bConfigurationValue: u8,
        iConfiguration: u8,
        bmAttributes: u8,
        bMaxPower: u8,
        interface: *const libusb_interface,
        extra: *const c_uchar,
        extra_length: c_int,
    }

    libusb_interface {
        altsetting: *const libusb_interface_descriptor,
        num_altsetting: c_int,
    }

    libusb_interface_descriptor {
        bLength: u8,
        bDescriptorType: u8,
        bInterfaceNumber: u8,
        bAlternateSetting: u8,
        bNumEndpoints: u8,
        bInterfaceClass: u8,
        bInterfaceSubClass: u8,
        bInterfaceProtocol: u8,
        iInterface: u8,
        endpoint: *const libusb_endpoint_descriptor,
        extra: *const c_uchar,
        extra_length: c_int,
    }

    libusb_endpoint_descriptor {
        bLength: u8,
        bDescriptorType: u8,
        bEndpointAddress: u8,
        bmAttributes: u8,
        wMaxPacketSize: u16,
        bInterval: u8,
        bRefresh: u8,
        bSynchAddress: u8,
        extra: *const c_uchar,
        extra_length: c_int,
    }

    libusb_ss_endpoint_companion_descriptor {
        bLength: u8,
        bDescriptorType: u8,
        bMaxBurst: u8,
        bmAttributes: u8,
        wBytesPerInterval: u16,
    }

    libusb_bos_dev_capability_descriptor {
        bLength: u8,
        bDescriptorType: u8,
        bDevCapabilityType: u8,
        dev_capability_data: [u8; 0],
    }

    libusb_bos_descriptor {
        bLength: u8,
        bDescriptorType: u8,
        wTotalLength: u16,
        bNumDeviceCaps: u8,
        dev_capability: [libusb_bos_dev_capability_descriptor; 0],
    }

    libusb_usb_2_0_extension_descriptor {
        bLength: u8,
        bDescriptorType: u8,
        bDevCapabilityType: u8,
        bmAttributes: u32,
    }

    libusb_ss_usb_device_capability_descriptor {
        bLength: u8,
        bDescriptorType: u8,
        bDevCapabilityType: u8,
        bmAttributes: u8,
        wSpeedSupported: u16,
        bFunctionalitySupport: u8,
        bU1DevExitLat: u8,
        bU2DevExitLat: u16,
    }

    libusb_container_id_descriptor {
        bLength: u8,
        bDescriptorType: u8,
        bDevCapabilityType: u8,
        bReserved: u8,
        ContainerId: [u8; 16],
    }

    #[repr(packed)]
    libusb_control_setup {
        bmRequestType: u8,
        bRequest: u8,
        wValue: u16,
        wIndex: u16,
        wLength: u16,
    }

    libusb_iso_packet_descriptor {
        length: c_uint,
        actual_length: c_uint,
        status: c_int,
    }

    libusb_transfer {
        dev_handle: *mut libusb_device_handle,
        flags: u8,
        endpoint: c_uchar,
        transfer_type: c_uchar,
        timeout: c_uint,
        status: c_int,
        length: c_int,
        actual_length: c_int,
        callback: libusb_transfer_cb_fn,
        user_data: *mut c_void,
        buffer: *mut c_uchar,
        num_iso_packets: c_int,
        iso_packet_desc: [libusb_iso_packet_descriptor; 0],
    }

    libusb_pollfd {
        fd: c_int,
        events: c_short,
    }
}

pub type libusb_hotplug_callback_handle = c_int;
pub type libusb_hotplug_flag = c_int;
pub type libusb_hotplug_event = c_int;
pub type libusb_log_cb_mode = c_int;

pub type libusb_transfer_cb_fn = extern "system" fn(*mut libusb_transfer);
pub type libusb_pollfd_added_cb = extern "system" fn(c_int, c_short, *mut c_void);
pub type libusb_pollfd_removed_cb = extern "system" fn(c_int, *mut c_void);
pub type libusb_log_cb = extern "system" fn(*mut libusb_context, c_int, *mut c_void);
pub type libusb_hotplug_callback_fn = extern "system" fn(
    *mut libusb_context,
    *mut libusb_device,
    libusb_hotplug_event,
    *mut c_void,
) -> c_int;
