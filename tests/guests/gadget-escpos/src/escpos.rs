//! ESC/POS: text, and commands that are skipped by their lengths.

use alloc::string::String;
use alloc::vec::Vec;

const DLE: u8 = 0x10;
const ESC: u8 = 0x1b;
const GS: u8 = 0x1d;

/// A line is cut where paper ends.
const MAX_LINE: usize = 200;

/// All is well: the bits that are fixed, and none of an error (DLE EOT).
const WELL: u8 = 0b0001_0010;

/// A printer between two packets.
#[derive(Default)]
pub(crate) struct Printer {
    line: Vec<u8>,
    /// A command that has not come whole.
    command: Vec<u8>,
}

impl Printer {
    /// Prints lines that are whole, and returns what the printer answers.
    pub(crate) fn take(&mut self, packet: &[u8], print: &mut impl FnMut(&str)) -> Vec<u8> {
        let mut answer = Vec::new();
        for &byte in packet {
            match byte {
                _ if !self.command.is_empty() => {
                    self.command.push(byte);
                    if self.command.len() == length(&self.command) {
                        match self.command[..] {
                            [DLE, 4, ..] => answer.push(WELL),
                            // What is in the line is printed, and paper fed.
                            [ESC, b'd' | b'J', ..] => self.print(print),
                            _ => {}
                        }
                        self.command.clear();
                    }
                }
                DLE | ESC | GS => self.command.push(byte),
                b'\n' => self.print(print),
                byte if byte >= b' ' && self.line.len() < MAX_LINE => self.line.push(byte),
                _ => {}
            }
        }
        answer
    }

    fn print(&mut self, print: &mut impl FnMut(&str)) {
        print(&String::from_utf8_lossy(&self.line));
        self.line.clear();
    }
}

/// Bytes of a command, as far as it came.
fn length(command: &[u8]) -> usize {
    match *command {
        // Real-time status: some have a parameter.
        [DLE, 4, 7 | 8 | 18, ..] => 4,
        [DLE, ..] => 3,
        // Initialize, one and two lines' spacing; drawer.
        [ESC, b'@' | b'2', ..] => 2,
        [ESC, b'p', ..] => 5,
        // Cut, with a feed or without.
        [GS, b'V', b'A' | b'B' | b'a' | b'b', ..] => 4,
        // Function groups say their lengths.
        [GS, b'(', _, low, high, ..] => 5 + usize::from(u16::from_le_bytes([low, high])),
        [GS, b'(', ..] => 5,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_print_nothing_wherever_packets_end() {
        // Reset, double size, a QR code's data (function 180), drawer, cut.
        let bytes =
            b"\x1b@\x1d!\x11A\x1d(k\x05\0\x31\x50\x30Hi\x1bp\0\x19\xfaB\x1dV\0\n\x10\x04\x08\x03";
        for size in 1..bytes.len() {
            let (mut printer, mut lines, mut answers) = Printer::default().parts();
            for packet in bytes.chunks(size) {
                answers.extend(printer.take(packet, &mut |line| lines.push(String::from(line))));
            }
            assert_eq!((lines, answers), (Vec::from([String::from("AB")]), Vec::from([WELL])));
        }
    }

    impl Printer {
        fn parts(self) -> (Self, Vec<String>, Vec<u8>) {
            (self, Vec::new(), Vec::new())
        }
    }
}
