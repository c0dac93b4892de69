//! The ioctls. This is the only file here with `unsafe`.
#![allow(unsafe_code)]

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::thread::JoinHandleExt;
use std::sync::Once;
use std::thread::JoinHandle;

use nix::libc;

use super::error::{NODE, OpenError};
use super::kernel::{Event, Kernel};
use crate::{EndpointConfig, PortSpeed, TransferType};

/// Bytes of a name, with the zero byte behind it.
const NAME: usize = 128;

/// `struct usb_raw_init`.
#[repr(C)]
struct Init {
    driver: [u8; NAME],
    device: [u8; NAME],
    speed: u8,
}

/// The head of `struct usb_raw_event` and of `struct usb_raw_ep_io`; the data
/// follows it.
#[repr(C)]
struct Head([u8; HEAD]);

const HEAD: usize = 8;

/// `struct usb_endpoint_descriptor`, with the two bytes that only audio has.
#[repr(C)]
struct Descriptor([u8; 9]);

nix::ioctl_write_ptr!(raw_init, b'U', 0, Init);
nix::ioctl_write_int_bad!(raw_run, nix::request_code_none!(b'U', 1));
nix::ioctl_read!(raw_event_fetch, b'U', 2, Head);
nix::ioctl_write_ptr!(raw_ep0_write, b'U', 3, Head);
nix::ioctl_readwrite!(raw_ep0_read, b'U', 4, Head);
nix::ioctl_write_ptr!(raw_ep_enable, b'U', 5, Descriptor);
nix::ioctl_write_int!(raw_ep_disable, b'U', 6);
nix::ioctl_write_ptr!(raw_ep_write, b'U', 7, Head);
nix::ioctl_readwrite!(raw_ep_read, b'U', 8, Head);
nix::ioctl_write_int_bad!(raw_configure, nix::request_code_none!(b'U', 9));
nix::ioctl_write_int!(raw_vbus_draw, b'U', 10);
nix::ioctl_write_int_bad!(raw_ep0_stall, nix::request_code_none!(b'U', 12));
nix::ioctl_write_int!(raw_ep_set_halt, b'U', 13);
nix::ioctl_write_int!(raw_ep_clear_halt, b'U', 14);

/// The argument of those that take none: the kernel insists on zero.
const NOTHING: libc::c_int = 0;

/// 100 mA, in units of 2 mA: what a device may draw before it is granted more.
const DRAW: libc::c_ulong = 50;

/// An open node.
pub(super) struct Device(File);

impl Device {
    /// Opens the node for a controller.
    pub(super) fn open(driver: &str, device: &str, speed: PortSpeed) -> Result<Self, OpenError> {
        let init = Init {
            driver: name(driver)?,
            device: name(device)?,
            // `enum usb_device_speed`.
            speed: match speed {
                PortSpeed::Full => 2,
                PortSpeed::High => 3,
            },
        };
        catch_signal();
        let file = OpenOptions::new().read(true).write(true).open(NODE);
        let file = file.map_err(|source| OpenError::opening(device, source))?;
        // SAFETY: the kernel reads the whole structure, which has its layout.
        let done = unsafe { raw_init(file.as_raw_fd(), &init) };
        done.map_err(|errno| OpenError::Io { device: device.to_owned(), source: errno.into() })?;
        Ok(Self(file))
    }

    fn fd(&self) -> libc::c_int {
        self.0.as_raw_fd()
    }
}

/// A name with zero bytes behind it.
fn name(name: &str) -> Result<[u8; NAME], OpenError> {
    let wrong = || OpenError::Name { name: name.to_owned() };
    let mut bytes = [0; NAME];
    let room = bytes.get_mut(..name.len()).filter(|room| room.len() < NAME).ok_or_else(wrong)?;
    room.copy_from_slice(name.as_bytes());
    if name.is_empty() || name.contains('\0') { Err(wrong()) } else { Ok(bytes) }
}

/// `USB_RAW_IO_FLAGS_ZERO`.
const ZERO: u16 = 1;

/// `struct usb_raw_ep_io` with its data: handle, flags, length.
fn message(handle: u16, flags: u16, len: u32, data: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(HEAD + data.len());
    message.extend(handle.to_ne_bytes());
    message.extend(flags.to_ne_bytes());
    message.extend(len.to_ne_bytes());
    message.extend(data);
    message
}

/// The same with room for `len` bytes.
fn room(handle: u16, len: u16) -> Vec<u8> {
    message(handle, 0, len.into(), &vec![0; len.into()])
}

/// What came into such a room.
fn came(mut message: Vec<u8>, len: libc::c_int) -> Vec<u8> {
    message.drain(..HEAD);
    message.truncate(usize::try_from(len).unwrap_or(0));
    message
}

impl Kernel for Device {
    fn run(&self) -> io::Result<()> {
        // SAFETY: the argument is a number.
        unsafe { raw_run(self.fd(), NOTHING) }?;
        Ok(())
    }

    fn event(&self) -> io::Result<Event> {
        let mut event = vec![0; HEAD + Event::DATA];
        event[4..8].copy_from_slice(&(Event::DATA as u32).to_ne_bytes());
        // SAFETY: the kernel writes the head and at most as many bytes behind it
        // as the head says, which are there.
        unsafe { raw_event_fetch(self.fd(), event.as_mut_ptr().cast()) }?;
        let word = |at: usize| u32::from_ne_bytes([0, 1, 2, 3].map(|byte| event[at + byte]));
        let len = (word(4) as usize).min(Event::DATA);
        Ok(Event::parse(word(0), &event[HEAD..HEAD + len]))
    }

    fn ep0_write(&self, data: &[u8], short: bool) -> io::Result<()> {
        let message = message(0, if short { ZERO } else { 0 }, data.len() as u32, data);
        // SAFETY: the kernel reads the head and the bytes behind it that it says,
        // which are there.
        unsafe { raw_ep0_write(self.fd(), message.as_ptr().cast()) }?;
        Ok(())
    }

    fn ep0_read(&self, len: u16) -> io::Result<Vec<u8>> {
        let mut message = room(0, len);
        // SAFETY: the kernel writes at most as many bytes behind the head as the
        // head says, which are there.
        let len = unsafe { raw_ep0_read(self.fd(), message.as_mut_ptr().cast()) }?;
        Ok(came(message, len))
    }

    fn ep0_stall(&self) -> io::Result<()> {
        // SAFETY: the argument is a number.
        unsafe { raw_ep0_stall(self.fd(), NOTHING) }?;
        Ok(())
    }

    fn enable(&self, endpoint: &EndpointConfig) -> io::Result<u16> {
        let [low, high] = endpoint.max_packet_size.to_le_bytes();
        let attributes = match endpoint.transfers {
            TransferType::Control => 0,
            TransferType::Isochronous => 1,
            TransferType::Bulk => 2,
            TransferType::Interrupt => 3,
        };
        let EndpointConfig { address, interval, .. } = *endpoint;
        let descriptor = Descriptor([7, 5, address, attributes, low, high, interval, 0, 0]);
        // SAFETY: the kernel reads the whole structure, which has its layout.
        let handle = unsafe { raw_ep_enable(self.fd(), &descriptor) }?;
        u16::try_from(handle).map_err(|_| io::ErrorKind::InvalidData.into())
    }

    fn disable(&self, handle: u16) -> io::Result<()> {
        // SAFETY: the argument is a number, which the kernel checks.
        unsafe { raw_ep_disable(self.fd(), handle.into()) }?;
        Ok(())
    }

    fn configure(&self) -> io::Result<()> {
        // SAFETY: the argument is a number.
        unsafe { raw_vbus_draw(self.fd(), DRAW) }?;
        // SAFETY: the argument is a number.
        unsafe { raw_configure(self.fd(), NOTHING) }?;
        Ok(())
    }

    fn write(&self, handle: u16, packet: &[u8]) -> io::Result<()> {
        let message = message(handle, 0, packet.len() as u32, packet);
        // SAFETY: as in `ep0_write`.
        unsafe { raw_ep_write(self.fd(), message.as_ptr().cast()) }?;
        Ok(())
    }

    fn read(&self, handle: u16, len: u16) -> io::Result<Vec<u8>> {
        let mut message = room(handle, len);
        // SAFETY: as in `ep0_read`.
        let len = unsafe { raw_ep_read(self.fd(), message.as_mut_ptr().cast()) }?;
        Ok(came(message, len))
    }

    fn halt(&self, handle: u16, halted: bool) -> io::Result<()> {
        // SAFETY: the argument is a number, which the kernel checks.
        let done = unsafe {
            if halted {
                raw_ep_set_halt(self.fd(), handle.into())
            } else {
                raw_ep_clear_halt(self.fd(), handle.into())
            }
        };
        done?;
        Ok(())
    }

    fn interrupt(&self, thread: &JoinHandle<()>) {
        // SAFETY: a thread that is not joined has its number, running or not; the
        // signal's handler does nothing.
        unsafe { libc::pthread_kill(thread.as_pthread_t() as libc::pthread_t, signal()) };
    }
}

/// A signal for this alone; programs rarely use those of the real-time range.
fn signal() -> libc::c_int {
    libc::SIGRTMIN() + 7
}

extern "C" fn nothing(_: libc::c_int) {}

/// Lets the signal end a call without doing anything else.
fn catch_signal() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let handler: extern "C" fn(libc::c_int) = nothing;
        // SAFETY: a zeroed `sigaction` is one without flags (calls are not begun
        // again) and with an empty mask; the handler touches nothing.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = handler as libc::sighandler_t;
            libc::sigaction(signal(), &action, std::ptr::null_mut());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_have_the_kernels_sizes() {
        // `sizeof` of a C compiler, for uapi/linux/usb/raw_gadget.h and ch9.h.
        assert_eq!(size_of::<Init>(), 257);
        assert_eq!(size_of::<Head>(), 8);
        assert_eq!(size_of::<Descriptor>(), 9);
    }

    #[test]
    fn messages_have_handle_flags_and_length_before_their_data() {
        let bytes = message(3, ZERO, 2, &[8, 9]);
        let expected =
            [&3u16.to_ne_bytes()[..], &1u16.to_ne_bytes(), &2u32.to_ne_bytes(), &[8, 9]].concat();
        assert_eq!(bytes, expected);
        assert_eq!(came(room(1, 4), 2), [0, 0]);
        assert!(came(room(1, 4), -1).is_empty());
    }

    #[test]
    fn names_must_fit() {
        assert_eq!(&name("dummy_udc.0").unwrap()[..12], b"dummy_udc.0\0");
        for wrong in ["", "a\0b", &"x".repeat(128)] {
            assert!(matches!(name(wrong), Err(OpenError::Name { .. })), "{wrong:?}");
        }
    }

    #[test]
    fn a_machine_without_raw_gadget_says_so() {
        if !std::path::Path::new(NODE).exists() {
            let error = Device::open("dummy_udc", "dummy_udc.0", PortSpeed::High).err().unwrap();
            assert!(matches!(error, OpenError::Missing), "{error}");
            assert!(error.remedy().contains("raw_gadget"));
        }
    }

    #[test]
    fn the_signal_ends_a_call() {
        catch_signal();
        let (ready, wait) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            ready.send(()).unwrap();
            let (near, _far) = std::os::unix::net::UnixStream::pair().unwrap();
            // `read` of std gives back what a signal ended.
            let error = std::io::Read::read(&mut &near, &mut [0]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::Interrupted);
        });
        wait.recv().unwrap();
        let device = Device(File::open("/dev/null").unwrap());
        while !thread.is_finished() {
            device.interrupt(&thread);
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        thread.join().unwrap();
    }
}
