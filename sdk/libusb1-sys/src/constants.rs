//! The constants of libusb 1.0's header, by their names there.
#![expect(missing_docs, reason = "the names are libusb's, and documented by it")]

use std::ffi::c_int;

macro_rules! constants {
    ($($type:ty { $($name:ident = $value:expr,)* })*) => {
        $($(pub const $name: $type = $value;)*)*
    };
}

constants! {
    // What a function returns.
    c_int {
        LIBUSB_SUCCESS = 0,
        LIBUSB_ERROR_IO = -1,
        LIBUSB_ERROR_INVALID_PARAM = -2,
        LIBUSB_ERROR_ACCESS = -3,
        LIBUSB_ERROR_NO_DEVICE = -4,
        LIBUSB_ERROR_NOT_FOUND = -5,
        LIBUSB_ERROR_BUSY = -6,
        LIBUSB_ERROR_TIMEOUT = -7,
        LIBUSB_ERROR_OVERFLOW = -8,
        LIBUSB_ERROR_PIPE = -9,
        LIBUSB_ERROR_INTERRUPTED = -10,
        LIBUSB_ERROR_NO_MEM = -11,
        LIBUSB_ERROR_NOT_SUPPORTED = -12,
        LIBUSB_ERROR_OTHER = -99,
    }
    // How a transfer ended.
    c_int {
        LIBUSB_TRANSFER_COMPLETED = 0,
        LIBUSB_TRANSFER_ERROR = 1,
        LIBUSB_TRANSFER_TIMED_OUT = 2,
        LIBUSB_TRANSFER_CANCELLED = 3,
        LIBUSB_TRANSFER_STALL = 4,
        LIBUSB_TRANSFER_NO_DEVICE = 5,
        LIBUSB_TRANSFER_OVERFLOW = 6,
    }
    // What a transfer may be asked for besides.
    u8 {
        LIBUSB_TRANSFER_SHORT_NOT_OK = 1 << 0,
        LIBUSB_TRANSFER_FREE_BUFFER = 1 << 1,
        LIBUSB_TRANSFER_FREE_TRANSFER = 1 << 2,
        LIBUSB_TRANSFER_ADD_ZERO_PACKET = 1 << 3,
    }
    // What a build of libusb can do.
    u32 {
        LIBUSB_CAP_HAS_CAPABILITY = 0x0000,
        LIBUSB_CAP_HAS_HOTPLUG = 0x0001,
        LIBUSB_CAP_HAS_HID_ACCESS = 0x0100,
        LIBUSB_CAP_SUPPORTS_DETACH_KERNEL_DRIVER = 0x0101,
    }
    // How much is logged.
    c_int {
        LIBUSB_LOG_LEVEL_NONE = 0,
        LIBUSB_LOG_LEVEL_ERROR = 1,
        LIBUSB_LOG_LEVEL_WARNING = 2,
        LIBUSB_LOG_LEVEL_INFO = 3,
        LIBUSB_LOG_LEVEL_DEBUG = 4,
    }
    // `bDeviceClass` and `bInterfaceClass`.
    u8 {
        LIBUSB_CLASS_PER_INTERFACE = 0,
        LIBUSB_CLASS_AUDIO = 1,
        LIBUSB_CLASS_COMM = 2,
        LIBUSB_CLASS_HID = 3,
        LIBUSB_CLASS_PHYSICAL = 5,
        LIBUSB_CLASS_PRINTER = 7,
        LIBUSB_CLASS_IMAGE = 6,
        LIBUSB_CLASS_MASS_STORAGE = 8,
        LIBUSB_CLASS_HUB = 9,
        LIBUSB_CLASS_DATA = 10,
        LIBUSB_CLASS_SMART_CARD = 0x0B,
        LIBUSB_CLASS_CONTENT_SECURITY = 0x0D,
        LIBUSB_CLASS_VIDEO = 0x0E,
        LIBUSB_CLASS_PERSONAL_HEALTHCARE = 0x0F,
        LIBUSB_CLASS_DIAGNOSTIC_DEVICE = 0xDC,
        LIBUSB_CLASS_WIRELESS = 0xE0,
        LIBUSB_CLASS_APPLICATION = 0xFE,
        LIBUSB_CLASS_VENDOR_SPEC = 0xFF,
    }
    // How fast a device talks.
    c_int {
        LIBUSB_SPEED_UNKNOWN = 0,
        LIBUSB_SPEED_LOW = 1,
        LIBUSB_SPEED_FULL = 2,
        LIBUSB_SPEED_HIGH = 3,
        LIBUSB_SPEED_SUPER = 4,
        LIBUSB_SPEED_SUPER_PLUS = 5,
    }
    // `bDescriptorType`.
    u8 {
        LIBUSB_DT_DEVICE = 0x01,
        LIBUSB_DT_CONFIG = 0x02,
        LIBUSB_DT_STRING = 0x03,
        LIBUSB_DT_INTERFACE = 0x04,
        LIBUSB_DT_ENDPOINT = 0x05,
        LIBUSB_DT_BOS = 0x0F,
        LIBUSB_DT_DEVICE_CAPABILITY = 0x10,
        LIBUSB_DT_HID = 0x21,
        LIBUSB_DT_REPORT = 0x22,
        LIBUSB_DT_PHYSICAL = 0x23,
        LIBUSB_DT_HUB = 0x29,
        LIBUSB_DT_SUPERSPEED_HUB = 0x2A,
        LIBUSB_DT_SS_ENDPOINT_COMPANION = 0x30,
    }
    // Parts of `bEndpointAddress`.
    u8 {
        LIBUSB_ENDPOINT_ADDRESS_MASK = 0x0F,
        LIBUSB_ENDPOINT_DIR_MASK = 0x80,
        LIBUSB_ENDPOINT_IN = 0x80,
        LIBUSB_ENDPOINT_OUT = 0x00,
    }
    // Parts of `bmAttributes` of an endpoint, bits 0 and 1.
    u8 {
        LIBUSB_TRANSFER_TYPE_MASK = 0x03,
        LIBUSB_TRANSFER_TYPE_CONTROL = 0,
        LIBUSB_TRANSFER_TYPE_ISOCHRONOUS = 1,
        LIBUSB_TRANSFER_TYPE_BULK = 2,
        LIBUSB_TRANSFER_TYPE_INTERRUPT = 3,
        LIBUSB_TRANSFER_TYPE_BULK_STREAM = 4,
    }
    // Bits 2 and 3 of an isochronous endpoint.
    u8 {
        LIBUSB_ISO_SYNC_TYPE_MASK = 0x0C,
        LIBUSB_ISO_SYNC_TYPE_NONE = 0,
        LIBUSB_ISO_SYNC_TYPE_ASYNC = 1,
        LIBUSB_ISO_SYNC_TYPE_ADAPTIVE = 2,
        LIBUSB_ISO_SYNC_TYPE_SYNC = 3,
    }
    // Bits 4 and 5 of an isochronous endpoint.
    u8 {
        LIBUSB_ISO_USAGE_TYPE_MASK = 0x30,
        LIBUSB_ISO_USAGE_TYPE_DATA = 0,
        LIBUSB_ISO_USAGE_TYPE_FEEDBACK = 1,
        LIBUSB_ISO_USAGE_TYPE_IMPLICIT = 2,
    }
    // `bmRequestType`, bits 5 and 6.
    u8 {
        LIBUSB_REQUEST_TYPE_STANDARD = 0x00 << 5,
        LIBUSB_REQUEST_TYPE_CLASS = 0x01 << 5,
        LIBUSB_REQUEST_TYPE_VENDOR = 0x02 << 5,
        LIBUSB_REQUEST_TYPE_RESERVED = 0x03 << 5,
    }
    // `bmRequestType`, bits 0 to 4.
    u8 {
        LIBUSB_RECIPIENT_DEVICE = 0x00,
        LIBUSB_RECIPIENT_INTERFACE = 0x01,
        LIBUSB_RECIPIENT_ENDPOINT = 0x02,
        LIBUSB_RECIPIENT_OTHER = 0x03,
    }
    // `bRequest` of standard requests.
    u8 {
        LIBUSB_REQUEST_GET_STATUS = 0x00,
        LIBUSB_REQUEST_CLEAR_FEATURE = 0x01,
        LIBUSB_REQUEST_SET_FEATURE = 0x03,
        LIBUSB_REQUEST_SET_ADDRESS = 0x05,
        LIBUSB_REQUEST_GET_DESCRIPTOR = 0x06,
        LIBUSB_REQUEST_SET_DESCRIPTOR = 0x07,
        LIBUSB_REQUEST_GET_CONFIGURATION = 0x08,
        LIBUSB_REQUEST_SET_CONFIGURATION = 0x09,
        LIBUSB_REQUEST_GET_INTERFACE = 0x0A,
        LIBUSB_REQUEST_SET_INTERFACE = 0x0B,
        LIBUSB_REQUEST_SYNCH_FRAME = 0x0C,
        LIBUSB_REQUEST_SET_SEL = 0x30,
        LIBUSB_SET_ISOCH_DELAY = 0x31,
    }
    // Hotplug.
    c_int {
        LIBUSB_HOTPLUG_NO_FLAGS = 0,
        LIBUSB_HOTPLUG_ENUMERATE = 1 << 0,
        LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED = 0x01,
        LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT = 0x02,
        LIBUSB_HOTPLUG_MATCH_ANY = -1,
    }
    // Options.
    u32 {
        LIBUSB_OPTION_LOG_LEVEL = 0x00,
        LIBUSB_OPTION_USE_USBDK = 0x01,
        LIBUSB_OPTION_WEAK_AUTHORITY = 0x02,
        LIBUSB_OPTION_NO_DEVICE_DISCOVERY = 0x02,
    }
    // Whose messages a log callback takes.
    c_int {
        LIBUSB_LOG_CB_GLOBAL = 1 << 0,
        LIBUSB_LOG_CB_CONTEXT = 1 << 1,
    }
}

/// Bytes of a SETUP packet before the data of a control transfer.
pub const LIBUSB_CONTROL_SETUP_SIZE: usize = 8;
