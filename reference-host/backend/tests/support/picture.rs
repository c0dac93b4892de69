//! Pictures that a person has looked at.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use periplasm_backend::sim::Picture;

/// Compares `picture` with `tests/pictures/<name>.png`. With `UPDATE=1` it is
/// written anew: look at it then.
#[track_caller]
pub(crate) fn golden(name: &str, picture: &Picture) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
    let path = folder.join(format!("{name}.png"));
    if std::env::var_os("UPDATE").is_some() {
        write(&path, picture);
    }
    let expected = read(&path);
    assert!(expected == *picture, "this is not {}:\n{}", path.display(), text(picture, &expected));
}

fn write(path: &Path, picture: &Picture) {
    let file = BufWriter::new(File::create(path).unwrap());
    let mut encoder = png::Encoder::new(file, picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(&picture.rgb).unwrap();
}

fn read(path: &Path) -> Picture {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = png::Decoder::new(BufReader::new(file)).read_info().unwrap();
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut rgb).unwrap();
    assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Rgb, png::BitDepth::Eight));
    Picture { width: info.width, height: info.height, rgb }
}

/// A sketch, with `!` where they differ.
fn text(found: &Picture, expected: &Picture) -> String {
    let pixel = |picture: &Picture, x: u32, y: u32| {
        let place = 3 * (y * picture.width + x) as usize;
        picture.rgb.get(place..place + 3).map(<[u8]>::to_vec)
    };
    let row = |y| {
        let mark = |x| match (pixel(found, x, y), pixel(expected, x, y)) {
            (found, expected) if found != expected => '!',
            (Some(rgb), _) if rgb != [0; 3] => '#',
            _ => '.',
        };
        (0..found.width).map(mark).collect::<String>() + "\n"
    };
    (0..found.height).map(row).collect()
}
