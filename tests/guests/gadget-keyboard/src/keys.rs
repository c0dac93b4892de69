//! Which keys type a text on an American keyboard (HID Usage Tables, chapter 10).

use usbd_human_interface_device::page::Keyboard;

/// The reports that type `text`: each character's keys, and then none. What the
/// keyboard has no key for is left out.
pub(crate) fn reports(text: &str) -> impl Iterator<Item = [Keyboard; 2]> {
    const NONE: [Keyboard; 2] = [Keyboard::NoEventIndicated; 2];
    text.bytes().filter_map(keys).flat_map(|keys| [keys, NONE])
}

fn keys(character: u8) -> Option<[Keyboard; 2]> {
    let shift = match character {
        b'A'..=b'Z' => Keyboard::LeftShift,
        _ => Keyboard::NoEventIndicated,
    };
    let key = match character.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => Keyboard::A as u8 + letter - b'a',
        digit @ b'1'..=b'9' => Keyboard::Keyboard1 as u8 + digit - b'1',
        b'0' => Keyboard::Keyboard0 as u8,
        b'\n' => Keyboard::ReturnEnter as u8,
        b' ' => Keyboard::Space as u8,
        b'.' => Keyboard::Dot as u8,
        b',' => Keyboard::Comma as u8,
        _ => return None,
    };
    Some([shift, Keyboard::from(key)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_keys_that_are_pressed_and_released() {
        extern crate std;
        use Keyboard::*;
        let typed: std::vec::Vec<_> = reports("Z9 \u{df}\n").collect();
        let none = [NoEventIndicated; 2];
        let pressed = |key| [NoEventIndicated, key];
        let expected = [
            [LeftShift, Z],
            none,
            pressed(Keyboard9),
            none,
            pressed(Space),
            none,
            pressed(ReturnEnter),
            none,
        ];
        assert_eq!(typed, expected);
    }
}
