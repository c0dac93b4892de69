//! The sum that finds a damaged file out.

use std::io::{self, Read};

use crate::pipeline::Digest;

/// What stands after the code in a file of the cache, so that a file that was
/// cut short, damaged on disk or given another one's name is found out: a mark,
/// and a sum over the pipeline's digest and all before it. It guards against accidents only; against people, the folder's
/// permissions do.
const TRAILER_MARK: [u8; 8] = *b"plasm 02";
const TRAILER_BYTES: usize = 16;

/// `code` of the pipeline `digest` as a file of the cache holds it.
pub(super) fn with_trailer(digest: &Digest, mut code: Vec<u8>) -> Vec<u8> {
    let mut sum = Sum::new(digest, code.len() as u64);
    sum.add(&code);
    code.extend_from_slice(&TRAILER_MARK);
    code.extend_from_slice(&sum.end().to_le_bytes());
    code
}

/// Whether `file` of `len` bytes ends with the sum of what stands before it.
/// It is read piece by piece: memory for all of it would take longer to get
/// than the sum does.
pub(super) fn is_whole(digest: &Digest, mut file: impl Read, len: u64) -> io::Result<bool> {
    let Some(mut left) = len.checked_sub(TRAILER_BYTES as u64) else { return Ok(false) };
    let (mut sum, mut piece) = (Sum::new(digest, left), [0; PIECE]);
    while left > 0 {
        let size = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        file.read_exact(&mut piece[..size])?;
        sum.add(&piece[..size]);
        left -= size as u64;
    }
    let mut trailer = [0; TRAILER_BYTES];
    file.read_exact(&mut trailer)?;
    let expected = [TRAILER_MARK, sum.end().to_le_bytes()].concat();
    Ok(trailer == *expected)
}

/// A multiple of a block, so that only the last piece can end within one.
const PIECE: usize = 32 << 10;
const LANES: usize = 4;
const BLOCK: usize = 8 * LANES;

/// A fast sum that any accident changes: each word is mixed into one of four
/// states by a multiplication (FNV's prime, Fowler, Noll and Vo). The four are
/// independent, so the processor works on all at once.
struct Sum([u64; LANES]);

impl Sum {
    fn new(digest: &Digest, len: u64) -> Self {
        let mut sum = Self([len, 1, 2, 3]);
        sum.add(digest.bytes());
        sum
    }

    fn add(&mut self, bytes: &[u8]) {
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        for block in blocks {
            for (lane, word) in self.0.iter_mut().zip(block.as_chunks::<8>().0) {
                *lane = mix(*lane, u64::from_le_bytes(*word));
            }
        }
        for byte in rest {
            self.0[0] = mix(self.0[0], u64::from(*byte));
        }
    }

    fn end(&self) -> u64 {
        self.0.iter().fold(0, |state, lane| mix(state, *lane))
    }
}

fn mix(state: u64, word: u64) -> u64 {
    (state.rotate_left(23) ^ word).wrapping_mul(0x0000_0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `code` with its trailer.
    fn kept(code: &[u8]) -> Vec<u8> {
        with_trailer(&Digest::of(b"pipeline"), code.to_vec())
    }

    fn whole(bytes: &[u8]) -> bool {
        is_whole(&Digest::of(b"pipeline"), bytes, bytes.len() as u64).unwrap()
    }

    #[test]
    fn the_code_of_another_pipeline_is_found_out() {
        let bytes = kept(b"code");
        assert!(!is_whole(&Digest::of(b"other"), &bytes[..], bytes.len() as u64).unwrap());
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_found_out() {
        let bytes = kept(&(0..100u8).collect::<Vec<_>>());
        assert!(whole(&bytes));
        for at in 0..bytes.len() {
            assert!(!whole(&bytes[..at]), "cut to {at} bytes");
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert!(!whole(&changed), "byte {at} changed");
        }
    }

    #[test]
    fn reading_in_pieces_gives_the_same_sum() {
        for len in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 17] {
            let code: Vec<u8> = (0..len).map(|i| (i * 7 + i / 256) as u8).collect();
            assert!(whole(&kept(&code)), "{len} bytes");
        }
    }

    #[test]
    fn a_file_that_shrinks_while_it_is_read_is_an_error() {
        let bytes = kept(b"code");
        let cut = &bytes[..bytes.len() - 1];
        assert!(is_whole(&Digest::of(b"pipeline"), cut, bytes.len() as u64).is_err());
    }
}
