//! `read FIRST COUNT` copies blocks to the output, `write FIRST` copies the
//! input to blocks, as many as it fills.

use std::io::{Read, Write, stdin, stdout};

use bindings::periplasm::device::block_storage;
use periplasm_app::{Buffer, Error, describe};

periplasm_app::app!();

fn main() -> Result<(), String> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let failed = |error: Error| describe(&error).to_string();
    match words[..] {
        ["read", first, count] => {
            let size = block_storage::size().map_err(failed)?;
            let count: u32 = number(count)?;
            let len = count.checked_mul(size.block_bytes).ok_or("too many blocks")?;
            let blocks = Buffer::new(len);
            block_storage::read(number(first)?, &blocks).map_err(failed)?;
            let bytes = blocks.read(0, len).map_err(|error| format!("{error:?}"))?;
            stdout().write_all(&bytes).map_err(|error| error.to_string())
        }
        ["write", first] => {
            let mut bytes = Vec::new();
            stdin().read_to_end(&mut bytes).map_err(|error| error.to_string())?;
            let len = u32::try_from(bytes.len()).map_err(|error| error.to_string())?;
            let blocks = Buffer::new(len);
            blocks.write(0, &bytes).map_err(|error| format!("{error:?}"))?;
            block_storage::write(number(first)?, &blocks).map_err(failed)
        }
        _ => Err("`read FIRST COUNT` or `write FIRST`".to_owned()),
    }
}

fn number<N: std::str::FromStr>(word: &str) -> Result<N, String> {
    word.parse().map_err(|_| format!("{word} is no number"))
}
