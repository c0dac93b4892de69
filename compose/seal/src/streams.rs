//! `wasi:io/streams` and the standard streams: no input, and output to the log.

use alloc::string::String;
use alloc::vec::Vec;

use periplasm_driver::{Device, Error as DeviceError, Level};

use crate::Seal;
use crate::bindings::diag;
use crate::bindings::exports::wasi::cli::{stderr, stdin, stdout};
use crate::bindings::exports::wasi::io::error::{self, GuestError};
use crate::bindings::exports::wasi::io::poll::Pollable;
use crate::bindings::exports::wasi::io::streams::{
    Guest, GuestInputStream, GuestOutputStream, InputStream, InputStreamBorrow, OutputStream,
    StreamError,
};
use crate::lines::Lines;
use crate::polls::Moment;

/// The most bytes that a stream takes at once.
const MAX_WRITE: u64 = 64 * 1024;

/// What has no value: nothing makes it.
pub(crate) enum Never {}

/// The lines that have not ended: those of standard output, and of standard
/// error.
static LINES: Device<[Lines; 2]> = Device::new(|| Ok([Lines::default(), Lines::default()]));

/// Standard input: it has ended.
pub(crate) struct Ended;

/// Standard output or standard error.
#[derive(Clone, Copy)]
pub(crate) enum Output {
    Out,
    Err,
}

impl Output {
    fn log(self, write: impl FnOnce(&mut Lines, &mut dyn FnMut(&str))) {
        let level = match self {
            Self::Out => Level::Info,
            Self::Err => Level::Warn,
        };
        // Nobody is further up the stack, so it is never in use.
        let _ = LINES.with(|lines| {
            let mut say = |line: &str| diag::open().log(level, line);
            write(&mut lines[self as usize], &mut say);
            Ok::<_, DeviceError>(())
        });
    }
}

/// Says what was written and no line break ended.
pub(crate) fn end_lines() {
    for output in [Output::Out, Output::Err] {
        output.log(|lines, say| lines.end(say));
    }
}

impl Guest for Seal {
    type InputStream = Ended;
    type OutputStream = Output;
}

impl stdin::Guest for Seal {
    fn get_stdin() -> InputStream {
        InputStream::new(Ended)
    }
}

impl stdout::Guest for Seal {
    fn get_stdout() -> OutputStream {
        OutputStream::new(Output::Out)
    }
}

impl stderr::Guest for Seal {
    fn get_stderr() -> OutputStream {
        OutputStream::new(Output::Err)
    }
}

impl error::Guest for Seal {
    type Error = Never;
}

impl GuestError for Never {
    fn to_debug_string(&self) -> String {
        match *self {}
    }
}

impl GuestInputStream for Ended {
    fn read(&self, _: u64) -> Result<Vec<u8>, StreamError> {
        Err(StreamError::Closed)
    }

    fn blocking_read(&self, _: u64) -> Result<Vec<u8>, StreamError> {
        Err(StreamError::Closed)
    }

    fn skip(&self, _: u64) -> Result<u64, StreamError> {
        Err(StreamError::Closed)
    }

    fn blocking_skip(&self, _: u64) -> Result<u64, StreamError> {
        Err(StreamError::Closed)
    }

    fn subscribe(&self) -> Pollable {
        Pollable::new(Moment::NOW)
    }
}

impl GuestOutputStream for Output {
    fn check_write(&self) -> Result<u64, StreamError> {
        Ok(MAX_WRITE)
    }

    fn write(&self, contents: Vec<u8>) -> Result<(), StreamError> {
        self.log(|lines, say| lines.push(&contents, say));
        Ok(())
    }

    fn blocking_write_and_flush(&self, contents: Vec<u8>) -> Result<(), StreamError> {
        self.write(contents)
    }

    /// std writes a line in several pieces and flushes each, so this ends none.
    fn flush(&self) -> Result<(), StreamError> {
        Ok(())
    }

    fn blocking_flush(&self) -> Result<(), StreamError> {
        Ok(())
    }

    fn subscribe(&self) -> Pollable {
        Pollable::new(Moment::NOW)
    }

    fn write_zeroes(&self, len: u64) -> Result<(), StreamError> {
        if len > MAX_WRITE {
            return Err(StreamError::Closed);
        }
        self.log(|lines, say| (0..len).for_each(|_| lines.push(&[0], &mut *say)));
        Ok(())
    }

    fn blocking_write_zeroes_and_flush(&self, len: u64) -> Result<(), StreamError> {
        self.write_zeroes(len)
    }

    fn splice(&self, _: InputStreamBorrow<'_>, _: u64) -> Result<u64, StreamError> {
        Err(StreamError::Closed)
    }

    fn blocking_splice(&self, _: InputStreamBorrow<'_>, _: u64) -> Result<u64, StreamError> {
        Err(StreamError::Closed)
    }
}
