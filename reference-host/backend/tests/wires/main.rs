//! Models on SPI, serial lines and pins: against their datasheets, and with
//! unmodified drivers from crates.io.

mod cable;
mod cable_async;
#[path = "../support/picture.rs"]
mod picture;
mod pms;
mod sdcard;
mod st7789;
mod sx1262;
mod tb6612fng;
mod tmc2209;
mod w25q32;
mod ws2812;

/// lora-phy logs through defmt, which wants a logger.
mod silence {
    #[defmt::global_logger]
    struct Silence;

    // SAFETY: it keeps no state, so nothing can be in use twice.
    unsafe impl defmt::Logger for Silence {
        fn acquire() {}
        unsafe fn flush() {}
        unsafe fn release() {}
        unsafe fn write(_: &[u8]) {}
    }

    defmt::timestamp!("");
}
