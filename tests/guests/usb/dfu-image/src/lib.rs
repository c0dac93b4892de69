//! What the programs that write firmware share: their arguments, an image, and
//! reading it back, which `dfu-core` does not do.
//!
//! Requests are those of DfuSe, STMicroelectronics' AN3156 ("USB DFU protocol
//! used in the STM32 bootloader").

use std::error::Error;

/// `DFU_DNLOAD`, `DFU_UPLOAD`, `DFU_GETSTATUS`, `DFU_ABORT`.
const DNLOAD: u8 = 1;
const UPLOAD: u8 = 2;
const GETSTATUS: u8 = 3;
const ABORT: u8 = 6;

/// The command "set address pointer", in block 0 (AN3156, 4.2).
const SET_ADDRESS: u8 = 0x21;
/// Block numbers below are for commands.
const FIRST_BLOCK: u16 = 2;
/// `bState` of the answer to `DFU_GETSTATUS`: idle after a download.
const DNLOAD_IDLE: u8 = 5;

/// Where STM32 has its flash.
pub const START: u32 = 0x0800_0000;

/// Anything that goes wrong.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Which device, and how large an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arguments {
    /// `idVendor`.
    pub vendor: u16,
    /// `idProduct`.
    pub product: u16,
    /// Bytes.
    pub size: usize,
}

/// Class requests to the interface of a device.
pub trait Requests {
    /// A request to the device.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    fn write(&self, request: u8, value: u16, data: &[u8]) -> Result<()>;

    /// A request from the device: how many bytes.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    fn read(&self, request: u8, value: u16, room: &mut [u8]) -> Result<usize>;
}

impl Arguments {
    /// From the command line: `0483:df11 4096`.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn read() -> Result<Self> {
        let usage = "expected <vendor>:<product> <bytes>, such as 0483:df11 4096";
        let mut arguments = std::env::args().skip(1);
        let (device, size) = arguments.next().zip(arguments.next()).ok_or(usage)?;
        let (vendor, product) = device.split_once(':').ok_or(usage)?;
        Ok(Self {
            vendor: u16::from_str_radix(vendor, 16)?,
            product: u16::from_str_radix(product, 16)?,
            size: size.parse()?,
        })
    }

    /// An image in which no two blocks are alike.
    pub fn image(&self) -> Vec<u8> {
        let mut state: u32 = 0x2545_f491;
        let mut next = || {
            // Marsaglia's xorshift.
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as u8
        };
        (0..self.size).map(|_| next()).collect()
    }
}

/// Reads `size` bytes of memory from `address` on, in blocks of `block` bytes.
///
/// # Errors
///
/// A request that failed, a state that was not expected, or memory that ends
/// before.
pub fn read_back(
    device: &impl Requests,
    address: u32,
    block: usize,
    size: usize,
) -> Result<Vec<u8>> {
    device.write(ABORT, 0, &[])?;
    let [a, b, c, d] = address.to_le_bytes();
    device.write(DNLOAD, 0, &[SET_ADDRESS, a, b, c, d])?;
    // The first one starts the command, the second one tells how it ended.
    let state = status(device).and_then(|_| status(device))?;
    if state != DNLOAD_IDLE {
        return Err(format!("the address was not taken: state {state}").into());
    }
    device.write(ABORT, 0, &[])?;
    let mut memory = Vec::new();
    for number in FIRST_BLOCK.. {
        let mut room = vec![0; block.min(size - memory.len())];
        let read = device.read(UPLOAD, number, &mut room)?;
        memory.extend(room.get(..read).unwrap_or_default());
        if memory.len() >= size || read < room.len() {
            break;
        }
    }
    device.write(ABORT, 0, &[])?;
    Ok(memory)
}

/// Whether what was read is what was written; where not.
///
/// # Errors
///
/// The first byte that differs.
pub fn compare(written: &[u8], read: &[u8]) -> Result<()> {
    if written.len() != read.len() {
        return Err(format!("wrote {} bytes, read {}", written.len(), read.len()).into());
    }
    match written.iter().zip(read).position(|(written, read)| written != read) {
        Some(at) => {
            Err(format!("byte {at}: wrote {:#04x}, read {:#04x}", written[at], read[at]).into())
        }
        None => Ok(()),
    }
}

fn status(device: &impl Requests) -> Result<u8> {
    let mut status = [0; 6];
    match device.read(GETSTATUS, 0, &mut status)? {
        6 if status[0] == 0 => Ok(status[4]),
        6 => Err(format!("the device has error {}", status[0]).into()),
        n => Err(format!("a status of {n} bytes").into()),
    }
}
