//! Every public item by its full path, with the signatures that drivers rely
//! on. Nothing here runs: what does not compile, fails.
#![allow(dead_code, reason = "it is to compile")]

use std::num::NonZeroU8;
use std::time::Duration;

use nusb::MaybeFuture;

fn require<T: Send + Sync + 'static>() {}

fn types_go_to_other_threads() {
    use nusb::transfer::{Buffer, Bulk, Completion, In, Interrupt, Out};
    require::<nusb::Device>();
    require::<nusb::Interface>();
    require::<nusb::Endpoint<Bulk, In>>();
    require::<nusb::Endpoint<Interrupt, Out>>();
    require::<nusb::DeviceInfo>();
    require::<nusb::DeviceSelector>();
    require::<nusb::Error>();
    require::<nusb::hotplug::HotplugWatch>();
    require::<nusb::io::EndpointRead<Bulk>>();
    require::<nusb::io::EndpointWrite<Bulk>>();
    require::<(Buffer, Completion)>();
}

fn not_borrowed<T: MaybeFuture<IntoFuture: 'static> + 'static>(action: T) -> T {
    action
}

fn lists() -> Result<(), nusb::Error> {
    let _: Vec<nusb::DeviceInfo> = nusb::list_devices().wait()?.collect();
    let _: Vec<nusb::BusInfo> = nusb::list_buses().wait()?.collect();
    let selectors = [nusb::DeviceSelector::all().with_class(3)];
    let _: Option<nusb::DeviceInfo> = nusb::request_device(&selectors).wait()?;
    let _: nusb::hotplug::HotplugWatch = nusb::watch_devices()?;
    Ok(())
}

fn bus(bus: &nusb::BusInfo) -> (u8, &str, Option<&str>, Option<&str>) {
    let _: Option<nusb::UsbControllerType> = bus.controller_type();
    (bus.busnum(), bus.bus_id(), bus.driver(), bus.system_name())
}

fn info(info: &nusb::DeviceInfo) -> Result<nusb::Device, nusb::Error> {
    let _: nusb::DeviceId = info.id();
    let _: (u8, &str, u8, &[u8]) =
        (info.busnum(), info.bus_id(), info.device_address(), info.port_chain());
    let _: [u16; 4] =
        [info.vendor_id(), info.product_id(), info.device_version(), info.usb_version()];
    let _: [u8; 3] = [info.class(), info.subclass(), info.protocol()];
    let _: Option<nusb::Speed> = info.speed();
    let _: [Option<&str>; 3] =
        [info.manufacturer_string(), info.product_string(), info.serial_number()];
    let _: Option<String> = not_borrowed(info.get_manufacturer_string()).wait()?;
    let _: Option<String> = not_borrowed(info.get_product_string()).wait()?;
    let _: Option<String> = not_borrowed(info.get_serial_number_string()).wait()?;
    for interface in info.interfaces() {
        let _: &nusb::InterfaceInfo = interface;
        let _: Option<&str> = interface.interface_string();
        let _: Option<String> = not_borrowed(interface.get_interface_string()).wait()?;
    }
    not_borrowed(info.open()).wait()
}

fn device(device: &nusb::Device) -> Result<nusb::Interface, nusb::Error> {
    let time = Duration::from_millis(100);
    let _: nusb::descriptors::DeviceDescriptor = device.device_descriptor();
    let _: Result<_, nusb::ActiveConfigurationError> = device.active_configuration();
    let _: Option<nusb::Speed> = device.speed();
    device.detach_kernel_driver(0)?;
    device.attach_kernel_driver(0)?;
    not_borrowed(device.set_configuration(1)).wait()?;
    not_borrowed(device.reset()).wait()?;
    let _: Result<Vec<u8>, nusb::GetDescriptorError> =
        not_borrowed(device.get_descriptor(1, 0, 0, time)).wait();
    let languages = not_borrowed(device.get_string_descriptor_supported_languages(time)).wait();
    let _: Option<u16> = languages.ok().and_then(|mut languages| languages.next());
    let index = NonZeroU8::MIN;
    let english = nusb::descriptors::language_id::US_ENGLISH;
    let _: Result<String, nusb::GetDescriptorError> =
        not_borrowed(device.get_string_descriptor(index, english, time)).wait();
    let _ = not_borrowed(device.claim_interface(0)).wait()?;
    not_borrowed(device.detach_and_claim_interface(0)).wait()
}

fn interface(interface: nusb::Interface) -> Result<(), Box<dyn std::error::Error>> {
    use nusb::transfer::{Bulk, ControlIn, ControlOut, ControlType, Out, Recipient};
    let time = Duration::from_millis(100);
    not_borrowed(interface.set_alt_setting(1)).wait()?;
    let _: (u8, u8) = (interface.get_alt_setting(), interface.interface_number());
    let bytes = vec![1, 2];
    let request = ControlOut {
        control_type: ControlType::Vendor,
        recipient: Recipient::Other,
        request: 1,
        value: 2,
        index: 3,
        data: &bytes,
    };
    not_borrowed(interface.control_out(request, time)).wait()?;
    let request = ControlIn {
        control_type: ControlType::Standard,
        recipient: Recipient::Device,
        request: 1,
        value: 2,
        index: 3,
        length: 4,
    };
    let _: Vec<u8> = not_borrowed(interface.control_in(request, time)).wait()?;
    let _: Option<nusb::descriptors::InterfaceDescriptor<'_>> = interface.descriptors().next();
    let _: Option<nusb::descriptors::InterfaceDescriptor<'_>> = interface.descriptor();
    let _: nusb::Endpoint<Bulk, Out> = interface.endpoint::<Bulk, Out>(1)?;
    not_borrowed(interface.release()).wait()?;
    Ok(())
}

fn endpoint<Type: nusb::transfer::BulkOrInterrupt + 'static>(
    mut endpoint: nusb::Endpoint<Type, nusb::transfer::In>,
) -> nusb::io::EndpointRead<Type> {
    let _: (u8, usize, usize) =
        (endpoint.endpoint_address(), endpoint.max_packet_size(), endpoint.pending());
    let buffer: nusb::transfer::Buffer = endpoint.allocate(64);
    endpoint.submit(buffer);
    let _: Option<nusb::transfer::Completion> = endpoint.wait_next_complete(Duration::MAX);
    drop(endpoint.next_complete());
    endpoint.cancel_all();
    let _: Result<(), nusb::Error> = not_borrowed(endpoint.clear_halt()).wait();
    endpoint.reader(4096)
}

fn reader<Type: nusb::transfer::BulkOrInterrupt>(mut reader: nusb::io::EndpointRead<Type>) {
    reader.set_num_transfers(2);
    reader.set_read_timeout(Duration::MAX);
    reader = reader.with_num_transfers(2).with_read_timeout(Duration::MAX);
    let mut until: nusb::io::EndpointReadUntilShortPacket<'_, Type> = reader.until_short_packet();
    let _: bool = until.is_end();
    let _: Result<(), nusb::io::ExpectedShortPacket> = until.consume_end();
    reader.cancel_all();
    let _: nusb::Endpoint<Type, nusb::transfer::In> = reader.into_inner();
}

fn writer<Type: nusb::transfer::BulkOrInterrupt>(
    endpoint: nusb::Endpoint<Type, nusb::transfer::Out>,
) -> std::io::Result<nusb::Endpoint<Type, nusb::transfer::Out>> {
    let mut writer: nusb::io::EndpointWrite<Type> = endpoint.writer(64);
    writer.set_num_transfers(2);
    writer.set_write_timeout(Duration::MAX);
    writer = writer.with_num_transfers(2).with_write_timeout(Duration::MAX);
    writer.submit();
    writer.submit_end();
    writer.flush_end()?;
    drop(writer.flush_end_async());
    Ok(writer.into_inner())
}

fn buffers(mut buffer: nusb::transfer::Buffer) -> Vec<u8> {
    use std::mem::MaybeUninit;
    let _: [usize; 4] =
        [buffer.len(), buffer.requested_len(), buffer.capacity(), buffer.remaining_capacity()];
    let _: [bool; 2] = [buffer.is_empty(), buffer.is_zero_copy()];
    buffer.set_requested_len(1);
    buffer.clear();
    buffer.extend_fill(1, 0)[0] = 1;
    buffer.extend_from_slice(&[1]);
    buffer[0] = 2;
    let _ = nusb::transfer::Buffer::from(vec![MaybeUninit::<u8>::uninit(); 4]);
    let _ = nusb::transfer::Buffer::from([1, 2]);
    let _ = nusb::transfer::Buffer::from(&[1, 2][..]);
    buffer.into_vec()
}

fn descriptors<'a>(
    configuration: &nusb::descriptors::ConfigurationDescriptor<'a>,
) -> Option<nusb::descriptors::EndpointDescriptor<'a>> {
    let _: Option<nusb::descriptors::Descriptor<'a>> = configuration.descriptors().next();
    let _: nusb::descriptors::DescriptorIter<'a> = configuration.descriptors();
    let _: &'a [u8] = configuration.as_bytes();
    let interface: nusb::descriptors::InterfaceDescriptors<'a> =
        configuration.interfaces().next()?;
    let _: u8 = interface.interface_number();
    let _: nusb::descriptors::InterfaceDescriptor<'a> = interface.first_alt_setting();
    let setting = configuration.interface_alt_settings().next()?;
    let endpoint = setting.endpoints().find(|endpoint| {
        endpoint.transfer_type() == nusb::descriptors::TransferType::Bulk
            && endpoint.direction() == nusb::transfer::Direction::In
    })?;
    let _: (u8, u8, u16, u8) = (
        endpoint.address(),
        endpoint.attributes(),
        endpoint.max_packet_size_raw(),
        endpoint.packets_per_microframe(),
    );
    Some(endpoint)
}

/// Errors are told apart, and are std's and io's.
fn errors(error: nusb::Error, transfer: nusb::transfer::TransferError) -> std::io::Error {
    let _: Option<u32> = error.os_error();
    match error.kind() {
        nusb::ErrorKind::Disconnected
        | nusb::ErrorKind::Busy
        | nusb::ErrorKind::PermissionDenied
        | nusb::ErrorKind::NotFound
        | nusb::ErrorKind::Unsupported
        | nusb::ErrorKind::Other => (),
        _ => (),
    }
    match transfer {
        nusb::transfer::TransferError::Cancelled
        | nusb::transfer::TransferError::Stall
        | nusb::transfer::TransferError::Disconnected
        | nusb::transfer::TransferError::Fault
        | nusb::transfer::TransferError::InvalidArgument => transfer.into(),
        nusb::transfer::TransferError::Unknown(_) => error.into(),
    }
}
