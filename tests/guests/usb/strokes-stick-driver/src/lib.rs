//! What the lab does over and over with a USB stick, as a driver.

use std::cell::RefCell;

use bindings::exports::test::strokes_stick::strokes as wit;
use strokes_stick::{Failed, Stick};

periplasm_driver::driver!(Strokes);

struct Strokes;

thread_local! {
    static STICK: RefCell<Option<Stick>> = const { RefCell::new(None) };
}

fn stroke(f: impl FnOnce(&mut Stick) -> Result<u32, Failed>) -> Result<u32, ()> {
    STICK.with_borrow_mut(|stick| f(stick.as_mut().ok_or(())?).map_err(drop))
}

impl wit::Guest for Strokes {
    fn take() -> Result<(), ()> {
        STICK.set(Some(Stick::open().map_err(drop)?));
        Ok(())
    }

    fn give_back() {
        STICK.set(None);
    }

    fn control(count: u32) -> Result<u32, ()> {
        stroke(|stick| stick.control(count))
    }

    fn read(count: u32, len: u32) -> Result<u32, ()> {
        stroke(|stick| stick.read(count, len))
    }
}
