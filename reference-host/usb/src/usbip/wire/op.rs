//! Operations: which devices there are, and to take one. Each is the first
//! message of a connection.

use std::io::{self, Read, Write};

use super::{Fields, MAX_DEVICES, ReadError, VERSION, WireError, array};

const LIST: u16 = 0x0005;
const IMPORT: u16 = 0x0003;
/// The bit of a request; its answer has the same code without it.
const ASK: u16 = 0x8000;

const PATH: usize = 256;
const BUS_ID: usize = 32;
/// Path, bus id, and the numbers behind them.
const DEVICE: usize = PATH + BUS_ID + 24;

/// What a client wants of a new connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// OP_REQ_DEVLIST.
    List,
    /// OP_REQ_IMPORT.
    Import {
        /// The device's bus id, as the list names it.
        bus_id: String,
    },
}

/// A device in an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Where the device is at the server, such as `/sys/devices/…/usb3/3-2`.
    pub path: String,
    /// Its name in requests, such as `3-2`.
    pub bus_id: String,
    /// The number of its bus.
    pub bus: u32,
    /// Its number on the bus.
    pub device: u32,
    /// Linux's number for its speed.
    pub speed: u32,
    /// `idVendor`.
    pub vendor: u16,
    /// `idProduct`.
    pub product: u16,
    /// `bcdDevice`.
    pub version: u16,
    /// `bDeviceClass`, `bDeviceSubClass`, `bDeviceProtocol`.
    pub class: [u8; 3],
    /// `bConfigurationValue` of the active configuration.
    pub configuration: u8,
    /// `bNumConfigurations`.
    pub configurations: u8,
    /// `bNumInterfaces` of the active configuration.
    pub interface_count: u8,
    /// The interfaces, in a list: as many as the count says. In the answer to an
    /// import there are none.
    pub interfaces: Vec<ListedInterface>,
}

/// `bInterfaceClass`, `bInterfaceSubClass`, `bInterfaceProtocol`.
pub type ListedInterface = [u8; 3];

impl Exported {
    /// What commands name the device by.
    pub fn id(&self) -> u32 {
        (self.bus << 16) | (self.device & 0xffff)
    }

    fn read(from: &mut impl Read) -> Result<Self, ReadError> {
        let block: [u8; DEVICE] = array(from)?;
        let mut fields = Fields(&block);
        Ok(Self {
            path: text(&fields.take::<PATH>())?,
            bus_id: text(&fields.take::<BUS_ID>())?,
            bus: fields.word(),
            device: fields.word(),
            speed: fields.word(),
            vendor: fields.half(),
            product: fields.half(),
            version: fields.half(),
            class: fields.take(),
            configuration: fields.byte(),
            configurations: fields.byte(),
            interface_count: fields.byte(),
            interfaces: Vec::new(),
        })
    }

    fn write(&self, to: &mut Vec<u8>) {
        fixed::<PATH>(&self.path, to);
        fixed::<BUS_ID>(&self.bus_id, to);
        for word in [self.bus, self.device, self.speed] {
            to.extend(word.to_be_bytes());
        }
        for half in [self.vendor, self.product, self.version] {
            to.extend(half.to_be_bytes());
        }
        to.extend(self.class);
        to.extend([self.configuration, self.configurations, self.interface_count]);
    }
}

impl Operation {
    /// Reads the first message of a connection.
    pub fn read(from: &mut impl Read) -> Result<Self, ReadError> {
        let (code, _status) = head(from)?;
        match code.checked_sub(ASK) {
            Some(LIST) => Ok(Self::List),
            Some(IMPORT) => {
                let bus_id: [u8; BUS_ID] = array(from)?;
                Ok(Self::Import { bus_id: text(&bus_id)? })
            }
            _ => Err(WireError::Code { found: code.into() }.into()),
        }
    }

    /// Its bytes.
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let mut out = Vec::new();
        match self {
            Self::List => put_head(ASK | LIST, 0, &mut out),
            Self::Import { bus_id } => {
                put_head(ASK | IMPORT, 0, &mut out);
                fixed::<BUS_ID>(bus_id, &mut out);
            }
        }
        to.write_all(&out)
    }
}

/// Reads the answer to [`Operation::List`]; the inner error is the server's
/// status.
pub fn read_list(from: &mut impl Read) -> Result<Result<Vec<Exported>, u32>, ReadError> {
    let status = answer(from, LIST)?;
    if status != 0 {
        return Ok(Err(status));
    }
    let found = u32::from_be_bytes(array(from)?);
    if found > MAX_DEVICES {
        return Err(WireError::Devices { found }.into());
    }
    let mut devices = Vec::new();
    for _ in 0..found {
        let mut device = Exported::read(from)?;
        for _ in 0..device.interface_count {
            let [class, subclass, protocol, _] = array(from)?;
            device.interfaces.push([class, subclass, protocol]);
        }
        devices.push(device);
    }
    Ok(Ok(devices))
}

/// The bytes of an answer to [`Operation::List`].
pub fn write_list(devices: &[Exported], to: &mut impl Write) -> io::Result<()> {
    let mut out = Vec::new();
    put_head(LIST, 0, &mut out);
    let devices = &devices[..devices.len().min(MAX_DEVICES as usize)];
    out.extend((devices.len() as u32).to_be_bytes());
    for device in devices {
        let count = usize::from(device.interface_count);
        device.write(&mut out);
        let interfaces = device.interfaces.iter().copied().chain(std::iter::repeat([0; 3]));
        for [class, subclass, protocol] in interfaces.take(count) {
            out.extend([class, subclass, protocol, 0]);
        }
    }
    to.write_all(&out)
}

/// Reads the answer to [`Operation::Import`]; the inner error is the server's
/// status.
pub fn read_import(from: &mut impl Read) -> Result<Result<Exported, u32>, ReadError> {
    match answer(from, IMPORT)? {
        0 => Ok(Ok(Exported::read(from)?)),
        status => Ok(Err(status)),
    }
}

/// The bytes of an answer to [`Operation::Import`]: a device, or a status that
/// is not 0.
pub fn write_import(answer: Result<&Exported, u32>, to: &mut impl Write) -> io::Result<()> {
    let mut out = Vec::new();
    put_head(IMPORT, answer.err().unwrap_or(0), &mut out);
    if let Ok(device) = answer {
        device.write(&mut out);
    }
    to.write_all(&out)
}

/// Version, code, status.
fn put_head(code: u16, status: u32, to: &mut Vec<u8>) {
    to.extend(VERSION.to_be_bytes());
    to.extend(code.to_be_bytes());
    to.extend(status.to_be_bytes());
}

fn head(from: &mut impl Read) -> Result<(u16, u32), ReadError> {
    let block: [u8; 8] = array(from)?;
    let mut fields = Fields(&block);
    let (version, code, status) = (fields.half(), fields.half(), fields.word());
    if version != VERSION {
        return Err(WireError::Version { found: version }.into());
    }
    Ok((code, status))
}

/// The status of an answer that has this code.
fn answer(from: &mut impl Read, expected: u16) -> Result<u32, ReadError> {
    let (code, status) = head(from)?;
    if code != expected {
        return Err(WireError::Code { found: code.into() }.into());
    }
    Ok(status)
}

/// A text that a zero byte closes.
fn text(field: &[u8]) -> Result<String, WireError> {
    let end = field.iter().position(|byte| *byte == 0).ok_or(WireError::Text)?;
    let text = std::str::from_utf8(&field[..end]).map_err(|_| WireError::Text)?;
    Ok(text.to_owned())
}

/// The same, written: cut off where it is too long, at a whole character.
fn fixed<const N: usize>(text: &str, to: &mut Vec<u8>) {
    let text = text.split('\0').next().unwrap_or_default();
    let text = &text[..text.floor_char_boundary(N - 1)];
    to.extend(text.as_bytes());
    to.extend(std::iter::repeat_n(0, N - text.len()));
}
