//! The `ws2812-spi` driver as a component, on a simulated board.

use periplasm_tests::{DeviceError, Rig};
use wasmtime::component::{ComponentType, Lower};

const LIGHT: &str = "periplasm:device/light@0.1.0";

const BOARD: &str = r#"
backend = "sim"

[spi-bus.chain]
model = "ws2812"
screen = "lamps"
lamps = 4
"#;

#[derive(ComponentType, Lower, Clone, Copy)]
#[component(record)]
struct Rgb {
    red: u8,
    green: u8,
    blue: u8,
}

#[test]
fn the_lamps_show_the_colours_and_keep_what_they_were_not_told() {
    let mut rig = Rig::driver("drivers/ws2812-spi", "chain = { spi-bus = \"chain\" }", BOARD);
    let mut show = |colours: &[Rgb]| {
        rig.call::<_, (Result<(), DeviceError>,)>(LIGHT, "show", (colours,)).unwrap().0.unwrap();
        rig.machine.pictures()["lamps"].rgb.clone()
    };
    let orange = Rgb { red: 255, green: 128, blue: 1 };
    let dark = Rgb { red: 0, green: 0, blue: 0 };
    assert_eq!(show(&[orange; 4]), [255, 128, 1].repeat(4));
    assert_eq!(show(&[dark]), [&[0; 3], &[255, 128, 1].repeat(3)[..]].concat());
    assert_eq!(show(&[]), [&[0; 3], &[255, 128, 1].repeat(3)[..]].concat());
}
