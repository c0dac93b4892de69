//! The stick on a bus, by bulk-only transport (USB mass storage, bulk-only 1.0).

extern crate std;

use std::vec::Vec;

use periplasm_gadget_testing::{Line, Speed, UsbError, plug};

use crate::{disk, fat};

/// How a command ended: `bCSWStatus`, and what was not transferred.
type Status = (u8, u32);

/// A command block wrapper (5.1).
fn wrapper(tag: u32, len: u32, direction: u8, command: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::from(*b"USBC");
    bytes.extend(tag.to_le_bytes());
    bytes.extend(len.to_le_bytes());
    bytes.extend([direction, 0, command.len() as u8]);
    bytes.extend(command);
    bytes.resize(31, 0);
    bytes
}

struct Stick {
    input: Line,
    output: Line,
    tag: u32,
}

impl Stick {
    fn command(&mut self, len: usize, direction: u8, command: &[u8]) {
        self.tag += 1;
        let wrapper = wrapper(self.tag, len as u32, direction, command);
        assert_eq!(self.output.write(&wrapper), Ok(31));
    }

    fn status(&mut self) -> Status {
        let status = self.input.read(13).unwrap();
        assert_eq!(status[..4], *b"USBS");
        assert_eq!(status[4..8], self.tag.to_le_bytes());
        (status[12], u32::from_le_bytes(status[8..12].try_into().unwrap()))
    }

    fn ask(&mut self, len: usize, command: &[u8]) -> (Result<Vec<u8>, UsbError>, Status) {
        self.command(len, 0x80, command);
        let data = self.input.read(len);
        if data.is_err() {
            self.input.clear_halt();
        }
        (data, self.status())
    }

    fn send(&mut self, data: &[u8], command: &[u8]) -> Status {
        self.command(data.len(), 0, command);
        if !data.is_empty() {
            assert_eq!(self.output.write(data), Ok(data.len()));
        }
        self.status()
    }
}

fn ten(operation: u8, block: u32, blocks: u16) -> [u8; 10] {
    let mut command = [operation, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    command[2..6].copy_from_slice(&block.to_be_bytes());
    command[7..9].copy_from_slice(&blocks.to_be_bytes());
    command
}

#[test]
fn a_host_reads_and_writes_it() {
    for speed in [Speed::Full, Speed::High] {
        let plugged = plug(speed, crate::run);
        // GET MAX LUN (3.2).
        assert_eq!(plugged.control_in(0xa1, 0xfe, 0, 0, 1).unwrap(), [0]);
        let mut interface = plugged.claim(0);
        let (input, output) = (interface.line(0x81), interface.line(0x01));
        let mut stick = Stick { input, output, tag: 7 };

        let (inquiry, status) = stick.ask(36, &[0x12, 0, 0, 0, 36, 0]);
        assert_eq!((&inquiry.unwrap()[8..16], status), (&b"PERIPLSM"[..], (0, 0)));
        // Less than it would tell.
        assert_eq!(stick.ask(5, &[0x12, 0, 0, 0, 5, 0]).0.unwrap().len(), 5);
        let (capacity, status) = stick.ask(8, &ten(0x25, 0, 0));
        assert_eq!((capacity.unwrap(), status), (Vec::from([0, 0, 31, 255, 0, 0, 2, 0]), (0, 0)));
        assert_eq!(stick.send(&[], &[0, 0, 0, 0, 0, 0]), (0, 0)); // TEST UNIT READY

        // The first cluster of the file system is the file.
        let first = 8 + 1 + 2 * 32 + 32;
        let (text, status) = stick.ask(512, &ten(0x28, first, 1));
        assert_eq!((&text.unwrap()[..fat::TEXT.len()], status), (fat::TEXT, (0, 0)));

        let blocks: Vec<u8> = (0..64 * disk::BLOCK).map(|n| (n % 255) as u8).collect();
        assert_eq!(stick.send(&blocks, &ten(0x2a, 4000, 64)), (0, 0));
        let (back, status) = stick.ask(blocks.len(), &ten(0x28, 4000, 64));
        assert!(back.unwrap() == blocks);
        assert_eq!(status, (0, 0));

        // Behind the end: it stalls, and says why (6.7.2; SPC-4, table 28).
        let (nothing, status) = stick.ask(1024, &ten(0x28, disk::BLOCKS - 1, 2));
        assert_eq!((nothing, status), (Err(UsbError::Stall), (1, 1024)));
        let (sense, _) = stick.ask(18, &[3, 0, 0, 0, 18, 0]);
        let sense = sense.unwrap();
        assert_eq!((sense[2], sense[12], sense[13]), (5, 0x21, 0));
        // And goes on.
        assert_eq!(stick.ask(512, &ten(0x28, disk::BLOCKS - 1, 1)).1, (0, 0));
        let (nothing, status) = stick.ask(8, &[0xff, 0, 0, 0, 0, 0]);
        assert_eq!((nothing, status), (Err(UsbError::Stall), (1, 8)));
    }
}
