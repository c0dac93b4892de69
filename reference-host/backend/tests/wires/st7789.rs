//! The ST7789V model against its datasheet, version 1.6, and with `mipidsi`.

use std::sync::{Arc, Mutex};

use embedded_graphics::mono_font::{MonoTextStyle, ascii::FONT_10X20};
use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::{Circle, PrimitiveStyle, Rectangle, Triangle};
use embedded_graphics::text::Text;
use embedded_hal::digital::OutputPin;
use embedded_hal::spi::SpiDevice;
use mipidsi::Builder;
use mipidsi::interface::SpiInterface;
use mipidsi::options::{ColorInversion, ColorOrder, Orientation, Rotation};
use periplasm_backend::sim::models::st7789::{Options, St7789};
use periplasm_backend::sim::{Picture, Screen};

use crate::cable::{Bench, Cable};
use crate::picture;

struct Module {
    bench: Bench,
    cable: Cable<St7789>,
    chip: Arc<Mutex<St7789>>,
}

impl Module {
    fn new(options: &Options) -> Self {
        let bench = Bench::default();
        bench.pin("reset").set_high().unwrap();
        let chip = St7789::new(options, &bench.wiring(&["dc", "reset"])).unwrap();
        let (cable, chip) = bench.spi(chip);
        Self { bench, cable, chip }
    }

    /// A command with its parameters, and a wait that is enough for all.
    fn send(&mut self, command: u8, parameters: &[u8]) {
        self.bench.pin("dc").set_low().unwrap();
        self.cable.write(&[command]).unwrap();
        self.bench.pin("dc").set_high().unwrap();
        self.cable.write(parameters).unwrap();
        self.bench.wait_ns(5_000_000);
    }

    /// Awake, on, 16 bits a pixel.
    fn on(&mut self) {
        self.send(0x11, &[]);
        self.send(0x29, &[]);
        self.send(0x3a, &[0x55]);
    }

    fn picture(&self) -> Picture {
        self.chip.lock().unwrap().picture()
    }

    fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let picture = self.picture();
        let place = 3 * (y * picture.width as usize + x);
        picture.rgb[place..place + 3].try_into().unwrap()
    }
}

const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const BLACK: [u8; 3] = [0; 3];
const WHITE: [u8; 3] = [255; 3];

#[test]
fn pixels_of_12_16_and_18_bits_are_colours() {
    let mut module = Module::new(&Options::default());
    module.on();
    for (format, pixels) in [
        (0x33, &[0xf0, 0x00, 0xf0, 0x00, 0xf0][..]),
        (0x55, &[0xf8, 0x00, 0x07, 0xe0, 0x00, 0x1f]),
        (0x66, &[0xfc, 0, 0, 0, 0xfc, 0, 0, 0, 0xfc]),
    ] {
        module.send(0x3a, &[format]);
        module.send(0x2a, &[0, 10, 0, 12]);
        module.send(0x2b, &[0, 20, 0, 20]);
        module.send(0x2c, pixels);
        let found = [10, 11, 12].map(|x| module.pixel(x, 20));
        assert_eq!(found, [RED, GREEN, BLUE], "{format:x}");
    }
}

#[test]
fn a_window_fills_row_by_row_and_begins_again_at_its_end() {
    let mut module = Module::new(&Options::default());
    module.on();
    module.send(0x2a, &[0, 1, 0, 2]);
    module.send(0x2b, &[0, 3, 0, 4]);
    module.send(0x2c, &[0xf8, 0, 0x07, 0xe0, 0, 0x1f]);
    // Memory Write Continue goes on where it was.
    module.send(0x3c, &[0xff, 0xff, 0, 0]);
    let found = [(1, 3), (2, 3), (1, 4), (2, 4)].map(|(x, y)| module.pixel(x, y));
    assert_eq!(found, [BLACK, GREEN, BLUE, WHITE]);
}

#[test]
fn memory_access_control_turns_columns_and_rows_as_in_section_8_12() {
    // Where a pixel at column 1, row 2 of the window goes: MY, MX, MV.
    for (access, x, y) in [
        (0b000, 1, 2),
        (0b010, 238, 2),
        (0b100, 1, 317),
        (0b110, 238, 317),
        (0b001, 2, 1),
        (0b011, 237, 1),
        (0b101, 2, 318),
        (0b111, 237, 318),
    ] {
        let mut module = Module::new(&Options::default());
        module.on();
        module.send(0x36, &[access << 5]);
        module.send(0x2a, &[0, 1, 0, 1]);
        module.send(0x2b, &[0, 2, 0, 2]);
        module.send(0x2c, &[0xf8, 0]);
        assert_eq!(module.pixel(x, y), RED, "{access:03b}");
    }
}

#[test]
fn it_shows_nothing_asleep_or_off_and_inverts_when_it_is_told() {
    let mut module = Module::new(&Options::default());
    assert_eq!(module.pixel(0, 0), BLACK);
    module.on();
    module.send(0x21, &[]);
    assert_eq!(module.pixel(0, 0), WHITE);
    module.send(0x28, &[]);
    assert_eq!(module.pixel(0, 0), BLACK);
    module.send(0x29, &[]);
    module.send(0x10, &[]);
    assert_eq!(module.pixel(0, 0), BLACK);
}

#[test]
fn scrolling_moves_the_middle_and_leaves_the_fixed_rows() {
    let mut module = Module::new(&Options::default());
    module.on();
    for (row, pixel) in [(0_u8, [0xf8, 0]), (10, [0x07, 0xe0]), (19, [0, 0x1f])] {
        module.send(0x2a, &[0, 0, 0, 0]);
        module.send(0x2b, &[0, row, 0, row]);
        module.send(0x2c, &pixel);
    }
    // 10 fixed rows, 10 that scroll, 300 fixed ones; row 19 comes first.
    module.send(0x33, &[0, 10, 0, 10, 1, 44]);
    module.send(0x37, &[0, 19]);
    assert_eq!([0, 10, 11, 19].map(|y| module.pixel(0, y)), [RED, BLUE, GREEN, BLACK]);
    module.send(0x13, &[]);
    assert_eq!([0, 10, 19].map(|y| module.pixel(0, y)), [RED, GREEN, BLUE]);
}

#[test]
fn a_reset_pulse_puts_it_to_sleep_and_a_shorter_one_does_nothing() {
    let mut module = Module::new(&Options::default());
    module.on();
    module.send(0x21, &[]);
    let mut reset = module.bench.pin("reset");
    for (pulse_ns, expected) in [(9_999, WHITE), (10_000, BLACK)] {
        reset.set_low().unwrap();
        module.bench.wait_ns(pulse_ns);
        reset.set_high().unwrap();
        module.bench.wait_ns(5_000_000);
        module.send(0x29, &[]);
        assert_eq!(module.pixel(0, 0), expected);
    }
}

#[test]
fn what_comes_too_early_after_a_reset_is_lost() {
    let mut module = Module::new(&Options::default());
    module.send(0x01, &[]);
    module.send(0x11, &[]);
    module.bench.pin("dc").set_low().unwrap();
    module.cable.write(&[0x01]).unwrap();
    module.cable.write(&[0x11]).unwrap();
    module.bench.wait_ns(5_000_000);
    module.send(0x29, &[]);
    module.send(0x21, &[]);
    assert_eq!(module.pixel(0, 0), BLACK, "it woke up");
}

#[test]
fn mipidsi_draws_what_a_person_then_sees() {
    let options = Options { width: 240, height: 240, ips: true, ..Options::default() };
    let module = Module::new(&options);
    let mut buffer = [0; 512];
    let interface = SpiInterface::new(module.cable, module.bench.pin("dc"), &mut buffer);
    let mut display = Builder::new(mipidsi::models::ST7789, interface)
        .display_size(240, 240)
        .invert_colors(ColorInversion::Inverted)
        .color_order(ColorOrder::Rgb)
        .reset_pin(module.bench.pin("reset"))
        .init(&mut module.bench.clone())
        .unwrap();
    draw(&mut display);
    picture::golden("st7789-shapes", &module.chip.lock().unwrap().picture());
}

#[test]
fn mipidsi_draws_the_same_turned_by_a_quarter() {
    let module = Module::new(&Options::default());
    let mut buffer = [0; 64];
    let interface = SpiInterface::new(module.cable, module.bench.pin("dc"), &mut buffer);
    let mut display = Builder::new(mipidsi::models::ST7789, interface)
        .orientation(Orientation::new().rotate(Rotation::Deg90))
        .reset_pin(module.bench.pin("reset"))
        .init(&mut module.bench.clone())
        .unwrap();
    draw(&mut display);
    picture::golden("st7789-turned", &module.chip.lock().unwrap().picture());
}

fn draw(display: &mut impl DrawTarget<Color = Rgb565, Error: std::fmt::Debug>) {
    display.clear(Rgb565::new(2, 4, 8)).unwrap();
    let filled = PrimitiveStyle::with_fill;
    Circle::new(Point::new(20, 60), 80).into_styled(filled(Rgb565::RED)).draw(display).unwrap();
    Rectangle::new(Point::new(120, 60), Size::new(100, 80))
        .into_styled(PrimitiveStyle::with_stroke(Rgb565::GREEN, 6))
        .draw(display)
        .unwrap();
    Triangle::new(Point::new(30, 220), Point::new(120, 160), Point::new(210, 220))
        .into_styled(filled(Rgb565::BLUE))
        .draw(display)
        .unwrap();
    let style = MonoTextStyle::new(&FONT_10X20, Rgb565::WHITE);
    Text::new("Periplasm", Point::new(20, 36), style).draw(display).unwrap();
}
