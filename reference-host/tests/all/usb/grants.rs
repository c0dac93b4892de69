//! Requests for USB devices ∩ a board's filters.

use periplasm_host::grants::{Granted, Refusal, UsbRefusal};
use periplasm_host::{Board, Grants, Pipeline, Request};
use periplasm_request::{Requests, SlotRequest, StageRequests, UsbFilter, VERSION};

use crate::support::with_section;

/// A stage with the slot `usb`, which it does not use.
const WAT: &str = r#"(component
  (import "periplasm:usb/usb@0.1.0" (instance $usb (export "usb-host" (type $h (sub resource)))))
  (alias export $usb "usb-host" (type $host))
  (import "disk-usb" (instance $disk-usb (alias outer 1 $host (type $t))
    (export "r" (type $r (eq $t))) (export "open" (func (result (own $r))))))
  (component $disk (import "usb" (instance)))
  (instance $disk (instantiate $disk (with "usb" (instance $disk-usb)))))"#;

fn pipeline(devices: Vec<UsbFilter>) -> Pipeline {
    let request = Request::Usb { name: "desk".into(), devices };
    let slots = vec![SlotRequest { slot: "usb".into(), request }];
    let stages = vec![StageRequests { stage: "disk".into(), slots }];
    let requests = Requests { version: VERSION, pipeline: "usb".into(), stages };
    Pipeline::from_bytes(with_section(WAT, &requests.to_bytes())).unwrap()
}

fn board(allow: &str) -> Board {
    let text = format!("backend = \"sim\"\n[usb.desk]\ncable = \"desk\"\nallow = {allow}");
    Board::parse(&text, "b.toml").unwrap()
}

/// A filter in the words of a board.
fn filter(text: &str) -> UsbFilter {
    board(&format!("[{text}]")).usb("desk").unwrap().allow()[0].clone()
}

fn decide(asked: &str, allow: &str) -> Result<Granted, Box<UsbRefusal>> {
    match Grants::decide(&pipeline(vec![filter(asked)]), &board(allow)) {
        Ok(grants) => Ok(grants.iter().next().unwrap().hardware.clone()),
        Err(mut refused) => match refused.refusals.remove(0) {
            Refusal::Usb(refusal) => Err(refusal),
            other => panic!("{other}"),
        },
    }
}

#[test]
fn a_request_that_may_be_met_is_granted_with_both_sides() {
    let allow = "[{ vendor = 0x16c0, interfaces = [0, 1], control = [\"class\"] }]";
    let asked = "{ vendor = 0x16c0, product = 0x05dc, control = [\"class-interface\"] }";
    let Granted::Usb { name, request, allow } = decide(asked, allow).unwrap() else { panic!() };
    assert_eq!((name.as_str(), request), ("desk", vec![filter(asked)]));
    assert_eq!(allow[0].interfaces, Some(vec![0, 1]));
    // What it does not name it may do as far as the board says.
    assert!(decide("{}", "[{ vendor = 0x16c0, interfaces = [0] }]").is_ok());
    // Two filters of the board may stand for one of the request.
    let two = "[{ vendor = 0x16c0, interfaces = [0] }, { serial = \"A\", interfaces = [1] }]";
    assert!(decide("{ vendor = 0x16c0, interfaces = [0, 1] }", two).is_ok());
}

#[test]
fn a_request_that_nothing_can_come_of_is_refused_with_both_sides() {
    for (asked, allow, message) in [
        (
            "{ vendor = 0x1209 }",
            "[{ vendor = 0x16c0, product = 0x05dc, interfaces = [0] }]",
            "asked for any USB device of vendor 1209 at `desk`; \
             allowed: USB device 16c0:05dc (interface 0)",
        ),
        (
            "{ serial = \"B\" }",
            "[{ serial = \"A\" }]",
            "asked for any USB device with serial number \"B\" at `desk`; \
             allowed: any USB device with serial number \"A\" (all interfaces)",
        ),
        (
            "{ ports = [1, 2] }",
            "[{ ports = [1] }]",
            "asked for any USB device at port 1.2 at `desk`; \
             allowed: any USB device at port 1 (all interfaces)",
        ),
        (
            "{ interfaces = [0, 2], endpoints = [0x81], control = [\"vendor\"], may = [\"reset\"] }",
            "[{ interfaces = [0], endpoints = [0x02], control = [\"class\"] }]",
            "asked for any USB device at `desk`: interface 2, endpoint 0x81, vendor requests, \
             to reset it; allowed: any USB device (interface 0, endpoint 0x02, class requests)",
        ),
        // What another device's filter permits does not count.
        (
            "{ vendor = 1, may = [\"detach\"] }",
            "[{ vendor = 1 }, { vendor = 2, may = [\"detach\"] }]",
            "asked for any USB device of vendor 0001 at `desk`: to take it from the kernel's \
             drivers; allowed: any USB device of vendor 0001 (all interfaces); any USB device of \
             vendor 0002 (all interfaces; may take it from the kernel's drivers)",
        ),
    ] {
        let refusal = decide(asked, allow).unwrap_err();
        assert_eq!(refusal.to_string(), format!("stage `disk`, slot `usb`: {message}"));
        // What the help says to write is enough.
        let (_, add) = refusal.help.split_once("`allow`: ").unwrap();
        assert!(decide(asked, &format!("[{add}]")).is_ok(), "{add}");
    }
}

#[test]
fn a_board_without_the_name_says_what_to_write() {
    let asked = "{ vendor = 0x16c0, ports = [1], endpoints = [0x81], may = [\"reset\"] }";
    let none = Board::parse("backend = \"sim\"", "b.toml").unwrap();
    let refused = Grants::decide(&pipeline(vec![filter(asked)]), &none).unwrap_err();
    let Refusal::NoneNamed { help, .. } = &refused.refusals[0] else { panic!() };
    let (_, lines) = help.split_once('\n').unwrap();
    let board = Board::parse(&format!("backend = \"sim\"\n{lines}"), "b.toml").unwrap();
    assert!(Grants::decide(&pipeline(vec![filter(asked)]), &board).is_ok());
}

#[test]
fn a_forged_request_of_hundreds_is_told_briefly() {
    let mut asked = filter("{ vendor = 1 }");
    asked.interfaces = Some((0..=255).collect());
    asked.serial = Some("\u{1b}[2J".repeat(30));
    let refused = Grants::decide(&pipeline(vec![asked; 4]), &board("[{ vendor = 2 }]"));
    let text = refused.unwrap_err().refusals[0].to_string();
    assert!(text.len() < 500 && !text.contains('\u{1b}'), "{text}");
}
