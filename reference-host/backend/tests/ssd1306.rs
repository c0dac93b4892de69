//! The SSD1306 model against Solomon Systech's datasheet, revision 1.1, and the
//! unmodified driver `ssd1306` over it.

mod support;

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::mono_font::{MonoTextStyle, ascii::FONT_6X10, ascii::FONT_10X20};
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::{Drawable, Primitive};
use embedded_graphics::primitives::{PrimitiveStyle, Rectangle, RoundedRectangle, Triangle};
use embedded_graphics::text::Text;
use periplasm_backend::native::{NativeDelay, NativeI2c, NativeOutput, NativeSpi};
use periplasm_backend::sim::models::ssd1306::{Options, Panel, Ssd1306};
use periplasm_backend::sim::{
    self, Direction, I2cTarget, Nets, Output, OutputConfig, Picture, Screen, SpiConfig, SpiTarget,
    VirtualClock, Wiring, World,
};
use periplasm_backend::{Level, SharedI2c, SharedSpi};
use ssd1306::mode::DisplayConfig;
use ssd1306::prelude::*;
use ssd1306::{I2CDisplayInterface, Ssd1306 as Driver};
use support::picture::golden;
use support::seven;

/// What a module of 128 × 64 pixels needs before it shows its memory upright.
const UPRIGHT: &[u8] = &[0x8d, 0x14, 0xa1, 0xc8, 0xda, 0x12, 0xaf];

fn chip() -> Ssd1306 {
    Ssd1306::new(&Options::default(), &Wiring::default()).unwrap()
}

fn send(chip: &mut Ssd1306, control: u8, bytes: &[u8]) {
    chip.start(Direction::Write, 0);
    I2cTarget::write(chip, control, 0);
    for byte in bytes {
        I2cTarget::write(chip, *byte, 0);
    }
    I2cTarget::stop(chip, 0);
}

fn command(chip: &mut Ssd1306, bytes: &[u8]) {
    send(chip, 0x00, bytes);
}

fn data(chip: &mut Ssd1306, bytes: &[u8]) {
    send(chip, 0x40, bytes);
}

/// A module that shows its memory upright, all of it 0.
fn clear() -> Ssd1306 {
    let mut chip = chip();
    command(&mut chip, UPRIGHT);
    command(&mut chip, &[0x20, 0x00]);
    data(&mut chip, &[0; 1024]);
    chip
}

/// The lit pixels: x, y.
fn lit(chip: &Ssd1306) -> Vec<(usize, usize)> {
    let Picture { width, rgb, .. } = chip.picture();
    let lit = |(place, pixel): (usize, &[u8])| {
        (pixel == [0xff; 3]).then_some((place % width as usize, place / width as usize))
    };
    rgb.chunks(3).enumerate().filter_map(lit).collect()
}

#[test]
fn a_byte_is_eight_rows_of_a_column_the_upper_one_in_its_lowest_bit() {
    // Section 8.7, figure 8-14.
    let mut chip = clear();
    command(&mut chip, &[0x21, 5, 127, 0x22, 2, 7]);
    data(&mut chip, &[0b1000_0001]);
    assert_eq!(lit(&chip), [(5, 16), (5, 23)]);
}

#[test]
fn the_pointers_go_as_the_three_addressing_modes_say() {
    // Section 10.1.3, figures 10-1 to 10-4, from column 126 of page 6 on.
    for (mode, expected) in [
        // Page addressing stays in its page.
        (0b10, [(126, 48), (127, 48), (0, 48), (1, 48)]),
        (0b00, [(126, 48), (127, 48), (126, 56), (127, 56)]),
        (0b01, [(126, 48), (126, 56), (127, 48), (127, 56)]),
    ] {
        let mut chip = clear();
        command(&mut chip, &[0x20, mode]);
        if mode == 0b10 {
            command(&mut chip, &[0xb6, 0x0e, 0x17]);
        } else {
            command(&mut chip, &[0x21, 126, 127, 0x22, 6, 7]);
        }
        data(&mut chip, &[1; 4]);
        let mut found = lit(&chip);
        let mut expected = expected.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "mode {mode:02b}");
    }
}

#[test]
fn the_segment_remap_changes_only_what_comes_in_later() {
    // Section 10.1.8.
    let mut chip = clear();
    data(&mut chip, &[1]);
    command(&mut chip, &[0xa0]);
    assert_eq!(lit(&chip), [(0, 0)]);
    data(&mut chip, &[1]);
    assert_eq!(lit(&chip), [(0, 0), (126, 0)]);
}

#[test]
fn rows_are_shown_as_in_tables_10_1_and_10_2() {
    // The column of table 10-1 or 10-2: remapped?, multiplex ratio, offset,
    // start line; then rows COM0, COM8 and COM63 of the table as the row of the
    // memory that they show.
    for (remapped, ratio, offset, start, com0, com8, com63) in [
        (false, 64, 0, 0, Some(0), Some(8), Some(63)),
        (false, 64, 8, 0, Some(8), Some(16), Some(7)),
        (false, 64, 0, 8, Some(8), Some(16), Some(7)),
        (false, 56, 0, 0, Some(0), Some(8), None),
        (false, 56, 8, 0, Some(8), Some(16), Some(7)),
        (false, 56, 0, 8, Some(8), Some(16), None),
        (true, 64, 0, 0, Some(63), Some(55), Some(0)),
        (true, 64, 8, 0, Some(7), Some(63), Some(8)),
        (true, 64, 0, 8, Some(7), Some(63), Some(8)),
        (true, 48, 0, 0, Some(47), Some(39), None),
        (true, 48, 8, 0, None, Some(47), None),
        (true, 48, 0, 8, Some(55), Some(47), None),
    ] {
        let mut chip = clear();
        let scan = if remapped { 0xc8 } else { 0xc0 };
        command(&mut chip, &[scan, 0xa8, ratio - 1, 0xd3, offset, 0x40 | start]);
        // Row r of the memory is lit in column r.
        for row in 0..64 {
            command(&mut chip, &[0x21, row, 127, 0x22, row / 8, 7]);
            data(&mut chip, &[1 << (row % 8)]);
        }
        let lit = lit(&chip);
        // COM0 is the module's lowest row.
        let shown = |com: usize| lit.iter().find(|(_, y)| *y == 63 - com).map(|(x, _)| *x);
        assert_eq!(
            [shown(0), shown(8), shown(63)],
            [com0, com8, com63],
            "remapped {remapped}, ratio {ratio}, offset {offset}, start {start}"
        );
    }
}

#[test]
fn it_is_dark_while_off_or_without_its_charge_pump_and_can_be_inverted_or_all_lit() {
    let mut chip = clear();
    data(&mut chip, &[0xff]);
    let mut count = |bytes: &[u8]| {
        command(&mut chip, bytes);
        lit(&chip).len()
    };
    assert_eq!(count(&[0xe3]), 8);
    assert_eq!(count(&[0xae]), 0);
    assert_eq!(count(&[0xaf, 0xa7]), 128 * 64 - 8);
    assert_eq!(count(&[0xa5]), 128 * 64);
    assert_eq!(count(&[0xa4, 0xa6]), 8);
    assert_eq!(count(&[0x8d, 0x10]), 0);
}

#[test]
fn wrong_pins_for_the_rows_mix_them_up() {
    let mut chip = clear();
    data(&mut chip, &[0x03]);
    assert_eq!(lit(&chip), [(0, 0), (0, 1)]);
    command(&mut chip, &[0xda, 0x02]);
    assert_eq!(lit(&chip).len(), 2);
    assert_ne!(lit(&chip), [(0, 0), (0, 1)]);
}

#[test]
fn control_bytes_may_change_between_commands_and_data() {
    // Section 8.1.5.2: Co = 1, one byte and then another control byte.
    let mut chip = clear();
    chip.start(Direction::Write, 0);
    for byte in [0x80, 0xa7, 0x80, 0xa6, 0xc0, 0x01, 0x40, 0x02, 0x04] {
        I2cTarget::write(&mut chip, byte, 0);
    }
    assert_eq!(lit(&chip), [(0, 0), (1, 1), (2, 2)]);
    chip.start(Direction::Read, 0);
    assert_eq!(I2cTarget::read(&mut chip, 0), 0x00);
    command(&mut chip, &[0xae]);
    assert_eq!(I2cTarget::read(&mut chip, 0), 0x40);
}

#[test]
fn spi_takes_data_while_dc_is_high_and_a_reset_forgets_the_settings() {
    let nets = Nets::new();
    let pins = [("dc".into(), "dc".into()), ("reset".into(), "reset".into())];
    let mut chip = Ssd1306::new(&Options::default(), &Wiring::new(&nets, pins.into())).unwrap();
    let write = |chip: &mut Ssd1306, dc, bytes: &[u8]| {
        nets.net("dc").set(dc, 0);
        chip.select(0);
        SpiTarget::write(chip, bytes, 0);
        chip.deselect(0);
    };
    write(&mut chip, Level::Low, UPRIGHT);
    write(&mut chip, Level::Low, &[0x20, 0x00]);
    write(&mut chip, Level::High, &[0; 1024]);
    write(&mut chip, Level::High, &[0x10]);
    assert_eq!(lit(&chip), [(0, 4)]);

    nets.net("reset").set(Level::High, 0);
    nets.net("reset").set(Level::Low, 0);
    write(&mut chip, Level::Low, UPRIGHT);
    nets.net("reset").set(Level::High, 0);
    write(&mut chip, Level::High, &[]);
    assert_eq!(lit(&chip), [], "off: nothing is taken while RES# is low");
    write(&mut chip, Level::Low, UPRIGHT);
    assert_eq!(lit(&chip), [(0, 4)], "the memory stays");
}

type OverI2c<SIZE> = Driver<I2CInterface<NativeI2c>, SIZE, ssd1306::mode::BasicMode>;

fn driver<SIZE: DisplaySize>(
    panel: Panel,
    size: SIZE,
    rotation: DisplayRotation,
) -> (OverI2c<SIZE>, Arc<Mutex<Ssd1306>>) {
    let mut bus = sim::Bus::new(Arc::new(VirtualClock::new()));
    let chip = Ssd1306::new(&Options { panel }, &Wiring::default()).unwrap();
    let chip = Arc::new(Mutex::new(chip));
    bus.attach_target(seven(0x3c), Box::new(chip.clone()), None).unwrap();
    let interface = I2CDisplayInterface::new(NativeI2c::new(SharedI2c::new(bus)));
    (Driver::new(interface, size, rotation), chip)
}

/// The card that the pipeline `compose/pipelines/screen` shows, too.
fn draw_weather<D: DrawTarget<Color = BinaryColor, Error: Debug>>(display: &mut D) {
    let line = PrimitiveStyle::with_stroke(BinaryColor::On, 1);
    let frame = Rectangle::new(Point::zero(), Size::new(128, 64));
    RoundedRectangle::with_equal_corners(frame, Size::new_equal(6))
        .into_styled(line)
        .draw(display)
        .unwrap();
    let large = MonoTextStyle::new(&FONT_10X20, BinaryColor::On);
    Text::new("25.08 C", Point::new(8, 24), large).draw(display).unwrap();
    let small = MonoTextStyle::new(&FONT_6X10, BinaryColor::On);
    Text::new("1006.53 hPa", Point::new(8, 42), small).draw(display).unwrap();
    Text::new("50.15 %RH", Point::new(8, 56), small).draw(display).unwrap();
    Triangle::new(Point::new(120, 8), Point::new(108, 56), Point::new(120, 56))
        .into_styled(PrimitiveStyle::with_fill(BinaryColor::On))
        .draw(display)
        .unwrap();
}

#[test]
fn what_the_driver_draws_is_what_a_person_sees() {
    let (driver, chip) = driver(Panel::Rows64, DisplaySize128x64, DisplayRotation::Rotate0);
    let mut display = driver.into_buffered_graphics_mode();
    display.init().unwrap();
    draw_weather(&mut display);
    display.flush().unwrap();
    golden("ssd1306-weather", &chip.lock().unwrap().picture());
}

#[test]
fn the_driver_turns_the_picture() {
    let (driver, chip) = driver(Panel::Rows64, DisplaySize128x64, DisplayRotation::Rotate180);
    let mut display = driver.into_buffered_graphics_mode();
    display.init().unwrap();
    display.set_pixel(3, 5, true);
    display.flush().unwrap();
    assert_eq!(lit(&chip.lock().unwrap()), [(124, 58)]);
}

#[test]
fn the_driver_knows_the_panel_of_32_rows() {
    let (driver, chip) = driver(Panel::Rows32, DisplaySize128x32, DisplayRotation::Rotate0);
    let mut display = driver.into_buffered_graphics_mode();
    display.init().unwrap();
    for (x, y) in [(0, 0), (1, 1), (127, 31)] {
        display.set_pixel(x, y, true);
    }
    display.flush().unwrap();
    assert_eq!(lit(&chip.lock().unwrap()), [(0, 0), (1, 1), (127, 31)]);
}

#[test]
fn the_driver_draws_the_same_over_spi_with_its_two_pins() {
    let clock = Arc::new(VirtualClock::new());
    let world = World::new(clock.clone());
    let panel: SpiConfig = toml::from_str(
        "model = 'ssd1306'\nscreen = 'weather'\npins = { dc = 'dc', reset = 'panel-reset' }",
    )
    .unwrap();
    let panel = sim::SpiDevice::new(&world, "panel", &panel).unwrap();
    let output = |name| NativeOutput::new(Output::new(&world, name, &OutputConfig::default()));
    let wires = SPIInterface::new(NativeSpi::new(SharedSpi::new(panel)), output("dc"));
    let driver = Driver::new(wires, DisplaySize128x64, DisplayRotation::Rotate0);
    let mut display = driver.into_buffered_graphics_mode();
    let mut delay = NativeDelay::new(clock);
    display.reset(&mut output("panel-reset"), &mut delay).unwrap();
    display.init().unwrap();
    draw_weather(&mut display);
    display.flush().unwrap();
    golden("ssd1306-weather", &world.screens().picture("weather").unwrap());
}
