//! What simulated displays show at the end of a run, as PNG files.

use std::fs;
use std::io;
use std::path::Path;

use periplasm_host::{Machine, Picture};

use super::whole::whole;

/// Writes `<name>.png` for each display into `folder`, which is made if it is
/// not there. Each file appears whole or not at all.
pub(super) fn write(machine: &Machine, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, picture) in machine.pictures() {
        let file = folder.join(format!("{}.png", plain(&name)));
        whole(&file, &png(&picture)?)?;
    }
    Ok(())
}

/// A name from a board file as part of a file's name: it must not lead out of
/// the folder.
fn plain(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    name.chars().take(64).map(plain).collect()
}

fn png(picture: &Picture) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&picture.rgb)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_the_folder() {
        assert_eq!(plain("front-2"), "front-2");
        assert_eq!(plain("../../etc/x"), "------etc-x");
    }

    #[test]
    fn what_is_written_is_a_png_of_the_same_pixels() {
        let picture = Picture { width: 2, height: 1, rgb: vec![1, 2, 3, 250, 251, 252] };
        let bytes = png(&picture).unwrap();
        let mut reader = png::Decoder::new(io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; 6];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height, pixels), (2, 1, picture.rgb));
    }
}
