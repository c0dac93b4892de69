//! usb-device's `tests/test_class_host`, as it is in the package: it looks for a
//! TestClass device and tests it.
// The sources are not ours.
#![allow(unused_mut, clippy::all)]

include!(env!("TEST_CLASS_HOST"));
