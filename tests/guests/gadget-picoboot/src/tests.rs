//! The bootloader on a bus: RP2040 datasheet, 2.8.5.

extern crate std;

use std::vec::Vec;

use periplasm_gadget_testing::{Line, Plugged, Speed, UsbError, plug};

const FLASH: u32 = 0x1000_0000;
const SRAM: u32 = 0x2000_0000;

struct Pico {
    plugged: Plugged,
    input: Line,
    output: Line,
    token: u32,
}

impl Pico {
    fn command(&mut self, id: u8, arguments: &[u32], transfer: u32) {
        self.token += 1;
        let ids = u32::from_le_bytes([id, 4 * arguments.len() as u8, 0, 0]);
        let mut words = Vec::from([0x431f_d10b, self.token, ids, transfer]);
        words.extend_from_slice(arguments);
        words.resize(8, 0);
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(self.output.write(&bytes), Ok(32));
    }

    fn erase(&mut self, address: u32, len: u32) -> Result<Vec<u8>, UsbError> {
        self.command(0x03, &[address, len], 0);
        self.input.read(64)
    }

    fn write(&mut self, address: u32, data: &[u8]) {
        self.command(0x05, &[address, data.len() as u32], data.len() as u32);
        assert_eq!(self.output.write(data), Ok(data.len()));
        assert_eq!(self.input.read(64), Ok(Vec::new()));
    }

    fn read(&mut self, address: u32, len: u32) -> Vec<u8> {
        self.command(0x84, &[address, len], len);
        let data = self.input.read(len as usize).unwrap();
        assert_eq!(self.output.write(&[]), Ok(0));
        data
    }

    /// GET_COMMAND_STATUS: token, code and command.
    fn status(&self) -> (u32, u32, u8) {
        let status = self.plugged.control_in(0xc1, 0x42, 0, 0, 16).unwrap();
        let word = |at| u32::from_le_bytes(status[at..at + 4].try_into().unwrap());
        (word(0), word(4), status[8])
    }
}

#[test]
fn flash_is_erased_written_and_read() {
    let plugged = plug(Speed::Full, crate::run);
    let mut interface = plugged.claim(0);
    let (input, output) = (interface.line(0x84), interface.line(0x03));
    let mut pico = Pico { plugged, input, output, token: 100 };
    assert_eq!(pico.read(0x10, 3), [b'M', b'u', 1]);
    assert_eq!(pico.erase(FLASH, 8192), Ok(Vec::new()));
    let image: Vec<u8> = (0..2048).map(|n| (n % 241) as u8).collect();
    pico.write(FLASH + 256, &image);
    assert_eq!(pico.read(FLASH + 256, 2048), image);
    assert_eq!(pico.read(FLASH, 256), [0xff; 256]);
    pico.write(SRAM + 3, b"odd");
    assert_eq!(pico.read(SRAM + 3, 3), b"odd");
    assert_eq!(pico.status(), (pico.token, 0, 0x84));

    // Each mistake stalls, says why, and ends with a reset of the interface.
    let mistakes: [(u8, &[u32], u32, u32); 6] = [
        (0x03, &[FLASH, 100], 0, 5),              // Alignment.
        (0x03, &[FLASH + (2 << 20), 4096], 0, 4), // Behind the end.
        (0x84, &[u32::MAX, 16], 16, 4),
        (0x84, &[FLASH], 16, 2),      // Arguments' size.
        (0x05, &[FLASH, 256], 16, 3), // Transfer's length.
        (0x42, &[], 0, 1),            // No command.
    ];
    for (id, arguments, transfer, code) in mistakes {
        pico.command(id, arguments, transfer);
        assert_eq!(pico.input.read(64), Err(UsbError::Stall), "{id:#x}");
        assert_eq!(pico.status(), (pico.token, code, id));
        pico.input.clear_halt();
        pico.output.clear_halt();
        pico.plugged.control_out(0x41, 0x41, 0, 0, &[]).unwrap();
        assert_eq!(pico.read(FLASH + 256, 4), image[..4]);
    }
}
