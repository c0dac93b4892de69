//! `wasi:random`: the same numbers in every run, and none for secrets.
//!
//! A run can be repeated so. A `HashMap` is not protected from keys that are
//! chosen to collide; what suffers is the driver that takes them.

use alloc::vec::Vec;

use periplasm_driver::{Device, Error};

use crate::Seal;
use crate::bindings::exports::wasi::random::{insecure, insecure_seed, random};

static STATE: Device<u64> = Device::new(|| Ok(0));

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, figure 17).
fn next() -> u64 {
    let step = |state: &mut u64| {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok::<_, Error>(z ^ (z >> 31))
    };
    // Nobody is further up the stack, so it is never in use.
    STATE.with(step).unwrap_or_default()
}

impl insecure::Guest for Seal {
    fn get_insecure_random_bytes(len: u64) -> Vec<u8> {
        // More than there is memory for ends the stage, as any allocation does.
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let mut bytes = Vec::with_capacity(len);
        while bytes.len() < len {
            let number = next().to_le_bytes();
            bytes.extend_from_slice(&number[..number.len().min(len - bytes.len())]);
        }
        bytes
    }

    fn get_insecure_random_u64() -> u64 {
        next()
    }
}

impl insecure_seed::Guest for Seal {
    fn insecure_seed() -> (u64, u64) {
        (next(), next())
    }
}

impl random::Guest for Seal {
    fn get_random_bytes(len: u64) -> Vec<u8> {
        if len == 0 { Vec::new() } else { refuse() }
    }

    fn get_random_u64() -> u64 {
        refuse()
    }
}

/// Numbers that somebody can guess would be taken for a secret.
fn refuse() -> ! {
    crate::cli::end("the driver asks for secure random numbers, and sealed WASI has none")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published first outputs for the seed 0.
    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        assert_eq!(next(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(next(), 0x6e78_9e6a_a1b9_65f4);
        let bytes = <Seal as insecure::Guest>::get_insecure_random_bytes(11);
        assert_eq!(bytes.len(), 11);
        assert_eq!(bytes[..8], 0x06c4_5d18_8009_454f_u64.to_le_bytes());
    }
}
