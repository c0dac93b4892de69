//! Lists the files of a volume with their checksums. With a name and a text as
//! arguments it writes a file before, and reads it back.

mod crc32;

use std::fmt;
use std::process::ExitCode;

use bindings::periplasm::device::files::{self, Written};
use crc32::Crc32;
use periplasm_app::{Buffer, Error, describe};

periplasm_app::app!();

/// Bytes that are read at once.
const PART: u32 = 64 * 1024;

/// Why there is no list.
enum Failed {
    /// The volume failed.
    Volume(Error),
    /// What the volume made of the file that was to be written.
    NotWritten(&'static str),
    /// The file that was just written or listed is not there, or not as it was.
    Changed(String),
    /// What the program is for.
    Usage,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Volume(error)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Volume(error) => write!(f, "no files: {}", describe(error)),
            Self::NotWritten(why) => write!(f, "not written: {why}"),
            Self::Changed(name) => write!(f, "{name} is not what it was before"),
            Self::Usage => write!(f, "usage: stick [NAME TEXT]"),
        }
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.as_slice() {
        [] => list(),
        [name, text] => write(name, text.as_bytes()).and_then(|()| list()),
        _ => Err(Failed::Usage),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("{failed}");
            ExitCode::FAILURE
        }
    }
}

fn list() -> Result<(), Failed> {
    for entry in files::entries()? {
        if entry.folder {
            println!("{:12} folder", entry.name);
            continue;
        }
        let (size, sum) = checksum(&entry.name)?;
        if size != entry.size {
            return Err(Failed::Changed(entry.name));
        }
        println!("{:12} {size:>8} bytes  {sum:08x}", entry.name);
    }
    Ok(())
}

fn write(name: &str, text: &[u8]) -> Result<(), Failed> {
    let contents = Buffer::new(text.len() as u32);
    contents.write(0, text).map_err(|_| Error::InvalidData)?;
    match files::write(name, &contents)? {
        Written::Whole => (),
        Written::Full => return Err(Failed::NotWritten("there is no room")),
        Written::Refused => return Err(Failed::NotWritten("no file can have that name")),
    }
    let mut expected = Crc32::new();
    expected.add(text);
    if checksum(name)? != (text.len() as u64, expected.value()) {
        return Err(Failed::Changed(name.to_owned()));
    }
    println!("wrote {name}");
    Ok(())
}

/// How many bytes a file has, and their checksum.
fn checksum(name: &str) -> Result<(u64, u32), Failed> {
    let part = Buffer::new(PART);
    let (mut size, mut sum) = (0, Crc32::new());
    loop {
        let len = files::read(name, size, &part)?;
        let len = len.ok_or_else(|| Failed::Changed(name.to_owned()))?;
        sum.add(&part.read(0, len).map_err(|_| Error::InvalidData)?);
        size += u64::from(len);
        if len < PART {
            return Ok((size, sum.value()));
        }
    }
}
