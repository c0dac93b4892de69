//! What the kernel, or udev, says when a device comes or goes.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::task::Waker;

use periplasm_backend::linux::Watch;
use rustix::io::Errno;
use rustix::net::netlink::{KOBJECT_UEVENT, SocketAddrNetlink};
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recvfrom, socket_with};

/// Whether udev runs: its socket is there. libudev looks for it, too.
pub(super) fn udev_runs() -> bool {
    Path::new("/run/udev/control").exists()
}

/// How udev's messages begin (systemd, `sd-device/device-monitor.c`).
const MAGIC: &[u8; 12] = b"libudev\0\xfe\xed\xca\xfe";

/// The most bytes of a message. The kernel's have at most 2 KiB of properties
/// (`UEVENT_BUFFER_SIZE`), and udev adds its own.
const MESSAGE: usize = 16 * 1024;

/// Who is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaker {
    /// It speaks before anybody has set the permissions of a new node.
    Kernel,
    /// It repeats what the kernel said when all its rules have been followed.
    Udev,
}

impl Speaker {
    /// The bit of its group of listeners.
    fn group(self) -> u32 {
        match self {
            Self::Kernel => 1,
            Self::Udev => 2,
        }
    }
}

/// What was said of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Uevent {
    /// It came. When `ready` is not set, its interfaces may be yet to come, and
    /// so is another word that it has.
    Came {
        /// The number of its bus and its address.
        at: (u8, u8),
        ready: bool,
    },
    /// It went.
    Went {
        /// The number of its bus and its address.
        at: (u8, u8),
    },
    /// Something was said that nobody heard.
    Missed,
}

/// A listener.
pub(super) struct Uevents {
    socket: Arc<OwnedFd>,
    watch: Watch,
    speaker: Speaker,
}

impl Uevents {
    /// Listens to udev if it runs, and to the kernel otherwise.
    pub(super) fn new() -> io::Result<Self> {
        let speaker = if udev_runs() { Speaker::Udev } else { Speaker::Kernel };
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let netlink = (AddressFamily::NETLINK, SocketType::RAW, Some(KOBJECT_UEVENT));
        let socket = Arc::new(socket_with(netlink.0, netlink.1, flags, netlink.2)?);
        bind(&socket, &SocketAddrNetlink::new(0, speaker.group()))?;
        let watch = Watch::new(socket.clone())?;
        Ok(Self { socket, watch, speaker })
    }

    /// The next word about a device. When there is none yet, `waker` is woken
    /// when it is worth asking again.
    pub(super) fn next(&mut self, waker: Option<&Waker>) -> Option<Uevent> {
        let mut buffer = [MaybeUninit::uninit(); MESSAGE];
        loop {
            match recvfrom(&self.socket, &mut buffer, RecvFlags::empty()) {
                Ok(((message, _), _, from)) => {
                    // Only root can speak to a group, anybody to one listener.
                    let from = from.and_then(|from| SocketAddrNetlink::try_from(from).ok());
                    if from.is_some_and(|from| from.groups() == self.speaker.group())
                        && let Some(uevent) = read(self.speaker, message)
                    {
                        return Some(uevent);
                    }
                }
                Err(Errno::INTR) => {}
                // More was said than the socket holds.
                Err(Errno::NOBUFS) => return Some(Uevent::Missed),
                Err(Errno::AGAIN) => {
                    if let Some(waker) = waker {
                        self.watch.arm(waker);
                    }
                    return None;
                }
                Err(error) => {
                    tracing::warn!(%error, "the kernel tells of no changes of USB devices");
                    return None;
                }
            }
        }
    }
}

/// What a message says of a device, if it is about one.
fn read(speaker: Speaker, message: &[u8]) -> Option<Uevent> {
    let properties = match speaker {
        // `ACTION@DEVPATH` comes first, and is no property.
        Speaker::Kernel => message,
        Speaker::Udev => {
            let word = |at: usize| {
                let bytes = message.get(at..at + 4)?.try_into().ok()?;
                usize::try_from(u32::from_ne_bytes(bytes)).ok()
            };
            let (from, len) = (word(16)?, word(20)?);
            message.strip_prefix(MAGIC)?;
            message.get(from..from.checked_add(len)?)?
        }
    };
    let value = |key: &str| {
        properties.split(|byte| *byte == 0).find_map(|property| {
            let value = property.strip_prefix(key.as_bytes())?.strip_prefix(b"=")?;
            str::from_utf8(value).ok()
        })
    };
    if (value("SUBSYSTEM"), value("DEVTYPE")) != (Some("usb"), Some("usb_device")) {
        return None;
    }
    let at = (value("BUSNUM")?.parse().ok()?, value("DEVNUM")?.parse().ok()?);
    match value("ACTION")? {
        // The kernel says so when it has chosen a configuration, since 4.14.
        "bind" => Some(Uevent::Came { at, ready: true }),
        // As it finds the device, before it asks for configurations. When udev
        // repeats it there mostly is one.
        "add" if speaker == Speaker::Udev => Some(Uevent::Came { at, ready: false }),
        "remove" => Some(Uevent::Went { at }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Linux 6.1 says it of QEMU's memory stick.
    fn message(action: &str, kind: &str) -> Vec<u8> {
        format!(
            "{action}@/devices/pci0000:00/0000:00:02.0/usb1/1-1\0ACTION={action}\0\
             DEVPATH=/devices/pci0000:00/0000:00:02.0/usb1/1-1\0SUBSYSTEM=usb\0MAJOR=189\0\
             MINOR=1\0DEVNAME=bus/usb/001/002\0DEVTYPE={kind}\0PRODUCT=46f4/1/0\0TYPE=0/0/0\0\
             BUSNUM=001\0DEVNUM=012\0SEQNUM=1117\0"
        )
        .into_bytes()
    }

    /// The same as udev repeats it, with a header of 40 bytes.
    fn repeated(message: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for word in [40, 40, message.len() as u32, 0, 0, 0, 0] {
            bytes.extend(word.to_ne_bytes());
        }
        bytes.extend_from_slice(message);
        bytes
    }

    const AT: (u8, u8) = (1, 12);

    #[test]
    fn a_device_comes_when_it_has_a_configuration() {
        let kernel = |action, kind| read(Speaker::Kernel, &message(action, kind));
        assert_eq!(kernel("bind", "usb_device"), Some(Uevent::Came { at: AT, ready: true }));
        assert_eq!(kernel("remove", "usb_device"), Some(Uevent::Went { at: AT }));
        assert_eq!(kernel("add", "usb_device"), None);
        assert_eq!(kernel("unbind", "usb_device"), None);
        assert_eq!(kernel("bind", "usb_interface"), None);
    }

    #[test]
    fn udev_is_heard_where_it_speaks() {
        let udev = |action| read(Speaker::Udev, &repeated(&message(action, "usb_device")));
        assert_eq!(udev("add"), Some(Uevent::Came { at: AT, ready: false }));
        assert_eq!(udev("bind"), Some(Uevent::Came { at: AT, ready: true }));
        assert_eq!(udev("remove"), Some(Uevent::Went { at: AT }));
        assert_eq!(read(Speaker::Udev, &message("remove", "usb_device")), None);
    }

    #[test]
    fn what_is_cut_off_says_nothing() {
        let whole = repeated(&message("remove", "usb_device"));
        for len in 0..whole.len() {
            assert_eq!(read(Speaker::Udev, &whole[..len]), None);
        }
        let mut far = whole;
        far[16..24].fill(0xff);
        assert_eq!(read(Speaker::Udev, &far), None);
        assert_eq!(read(Speaker::Kernel, b""), None);
    }

    /// A container without netlink has nothing to listen to.
    #[test]
    fn a_listener_to_whom_nobody_speaks_hears_nothing() {
        if let Ok(mut uevents) = Uevents::new() {
            while uevents.next(None).is_some() {}
        }
    }
}
