//! usbd-storage as a component, and three stages: a driver on nusb that has the
//! stick, embedded-sdmmc's file systems, and an app that has the files alone.

use std::fmt::Debug;

use periplasm_compose::{Options, build_stage, compose};
use periplasm_host::{Board, Grants, Pipeline};
use periplasm_tests::usb::Desk;
use periplasm_tests::{build, ok, root};

const STICK: &str = "compose/pipelines/stick/pipeline.toml";
const GADGET: &str = "compose/pipelines/stick/gadget.toml";
const SIM: &str = "compose/pipelines/stick/sim.toml";

/// What is on the stick at first.
const README: &[u8] = b"This stick is made of software.\n";

/// The line of a file in the app's list.
fn line(name: &str, contents: &[u8]) -> String {
    format!("{name:12} {:>8} bytes  {:08x}\n", contents.len(), crc32(contents))
}

/// CRC-32, worked out here on its own: division of the whole message, by the
/// book (ITU-T V.42, 8.1.1.6.2), and not bit by bit of a reflected register.
fn crc32(bytes: &[u8]) -> u32 {
    // The first 32 bits are inverted, and 32 zeros follow.
    let (mut remainder, mut taken) = (0_u32, 0);
    for byte in bytes.iter().copied().chain([0; 4]) {
        // The lowest bit goes first.
        for bit in 0..8 {
            let inverted = u32::from(taken < 32);
            let next = (u32::from(byte) >> bit & 1) ^ inverted;
            let out = remainder >> 31;
            remainder = (remainder << 1 | next) ^ (out * 0x04c1_1db7);
            taken += 1;
        }
    }
    (!remainder).reverse_bits()
}

#[test]
fn msc_the_checksum_is_the_one_of_zlib() {
    assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    assert_eq!(crc32(README), 0xf4b4_d653);
    assert_eq!(crc32(b""), 0);
}

#[test]
fn msc_files_are_read_and_written_through_three_stages() {
    let mut desk = Desk::at(SIM);
    desk.plug_in(GADGET);
    let readme = line("README.TXT", README);
    assert_eq!(desk.run(STICK, &[]).success(), readme);

    // Around a block and what is moved at once; the last one in place of the first.
    let text: String = ('a'..='z').cycle().take(70_000).collect();
    let mut names = Vec::new();
    for (name, len) in [("A", 4097), ("B.TXT", 512), ("C", 0), ("LARGE.TXT", 70_000), ("A", 513)] {
        let text = &text[..len];
        names.retain(|(other, _)| *other != name);
        let at = if len == 513 { 0 } else { names.len() };
        names.insert(at, (name, text));
        let said = desk.run(STICK, &[name, text]).success();
        let files: String = names.iter().map(|(name, text)| line(name, text.as_bytes())).collect();
        assert_eq!(said, format!("wrote {name}\n{readme}{files}"));
    }
    let said = desk.run(STICK, &["no/file", "x"]);
    assert_eq!(said.stderr, "not written: no file can have that name\n");
}

#[test]
fn msc_a_stick_that_is_plugged_in_again_works_again() {
    let mut desk = Desk::at(SIM);
    for _ in 0..2 {
        desk.plug_in(GADGET);
        let said = desk.run(STICK, &["NOTE.TXT", "hello"]).success();
        // The stick is memory, and new each time.
        let files = line("README.TXT", README) + &line("NOTE.TXT", b"hello");
        assert_eq!(said, format!("wrote NOTE.TXT\n{files}"));
        desk.unplug();
        let said = desk.run(STICK, &[]);
        assert!(matches!(said.end, Ok(1)), "{said:?}");
        assert_eq!((said.stdout, said.stderr.as_str()), (String::new(), GONE));
    }
}

const GONE: &str = "no files: the device is gone\n";

/// Read from the components themselves, and not from what was asked for them.
#[test]
fn msc_the_app_cannot_reach_usb() {
    let folder = root().join("compose/pipelines/stick");
    for (stage, files, usb) in [
        (folder.join("app"), true, false),
        (root().join("drivers/embedded-sdmmc-fat"), false, false),
        (root().join("drivers/usb/mass-storage"), false, true),
    ] {
        let built = ok(build_stage(&stage, &Options::default()));
        let imports = imports(built.bytes());
        let any = |word: &str| imports.iter().any(|name| name.contains(word));
        let found = (any("periplasm:device/files@"), any("usb"));
        assert_eq!(found, (files, usb), "{}: {imports:?}", stage.display());
    }
    let pipeline = ok(Pipeline::from_bytes(build::pipeline(STICK)));
    let usb = pipeline.slots().iter().filter(|slot| slot.kind().as_str() == "usb");
    assert_eq!(usb.map(|slot| slot.stage()).collect::<Vec<_>>(), ["stick"]);
}

fn imports(component: &[u8]) -> Vec<String> {
    let engine = wasmtime::Engine::default();
    let component = wasmtime::component::Component::new(&engine, component).unwrap();
    component.component_type().imports(&engine).map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn msc_an_app_that_asks_for_usb_is_refused() {
    // The manifest gives it none.
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("pipeline.toml");
    let app = root().join("tests/guests/usb/serial-talk");
    let text = format!("[pipeline]\nname = \"app\"\n\n[stages.app]\ncrate = {app:?}\n");
    std::fs::write(&manifest, text).unwrap();
    let error = shown(compose(&manifest, &Options::default(), &mut ()).map(drop));
    assert!(error.contains("stage `app` has a slot `usb` of kind usb"), "{error}");

    // The manifest does, and the board does not.
    let pipeline = ok(Pipeline::from_bytes(build::pipeline("tests/usb/msc/app-asks.toml")));
    let board = ok(Board::load(root().join(SIM)));
    let error = shown(Grants::decide(&pipeline, &board).map(drop).map_err(|refused| *refused));
    assert!(error.contains("stage `app`, slot `usb`: asked for"), "{error}");
}

/// The error, as a person sees it on a wide terminal.
fn shown<E: miette::Diagnostic + Debug>(result: Result<(), E>) -> String {
    let error = result.expect_err("it is refused");
    let mut text = String::new();
    let handler = miette::NarratableReportHandler::new();
    handler.render_report(&mut text, &error).unwrap();
    text
}

#[test]
fn msc_what_the_board_does_not_allow_is_refused_before_the_run() {
    let board = ok(Board::load(root().join(SIM)));
    let pipeline = ok(Pipeline::from_bytes(build::pipeline("tests/usb/msc/other-interface.toml")));
    let error = shown(Grants::decide(&pipeline, &board).map(drop).map_err(|refused| *refused));
    assert!(error.contains("stage `stick`, slot `usb`: asked for"), "{error}");
    assert!(error.contains("interface 1"), "{error}");
}

/// What is not granted is not listed: a stick whose storage is not there is
/// none, and an endpoint that is not there does not answer.
#[test]
fn msc_a_grant_for_something_else_is_none() {
    let mut desk = Desk::at("tests/usb/msc/board.toml");
    desk.plug_in(GADGET);
    for (manifest, why) in [
        ("tests/usb/msc/other-interface.toml", GONE),
        ("tests/usb/msc/one-endpoint.toml", "no files: the device does not answer\n"),
    ] {
        let said = desk.run(manifest, &[]);
        assert!(matches!(said.end, Ok(1)), "{said:?}");
        assert_eq!((said.stdout, said.stderr.as_str()), (String::new(), why), "{manifest}");
    }
    // It is there for those who were granted it.
    assert_eq!(desk.run(STICK, &[]).success(), line("README.TXT", README));
}
