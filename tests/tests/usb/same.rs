//! A driver on nusb does the same in a component as natively: any sequence of
//! transfers leaves the same transcript on the bus.

use std::sync::{Arc, Mutex, PoisonError};

use periplasm_backend::RealClock;
use periplasm_backend::trace::{Act, Entry};
use periplasm_tests::{Rig, build, ok};
use periplasm_usb::TracedHost;
use periplasm_usb::cable::Cable;
use proptest::collection::vec;
use proptest::prelude::*;
use strokes_usb::{Failed, PACKET, Strokes};

use crate::usb_gadget::plug;

const SLOTS: &str = "usb = { usb = \"desk\", devices = [{ vendor = 0x1209, product = 1, \
                     control = [\"vendor-device\"] }] }";

const BOARD: &str = "backend = \"sim\"\n[usb.desk]\ncable = \"desk\"\n\
                     allow = [{ vendor = 0x1209, control = [\"vendor-device\"] }]\n";

const INTERFACE: &str = "test:strokes-usb/strokes@0.1.0";

type Native = fn(&mut Strokes, u32, usize) -> Result<(), Failed>;

/// By the component's names. Isochronous packets are not among them: how many
/// are late is not the driver's doing.
const STROKES: [(&str, Native); 9] = [
    ("bulk", Strokes::bulk),
    ("interrupt", Strokes::interrupt),
    ("control", Strokes::control),
    ("read", Strokes::read),
    ("write", Strokes::write),
    ("read-random", Strokes::read_random),
    ("write-random", Strokes::write_random),
    ("stream-in", Strokes::stream_in),
    ("stream-out", Strokes::stream_out),
];

/// Which of them, how often, and with how many bytes.
type Stroke = (usize, u32, usize);

/// An echo holds a packet; the others take whole packets.
fn strokes() -> impl Strategy<Value = Vec<Stroke>> {
    let small = (0..3_usize, 1..4_u32, 1..=PACKET);
    let large = (3..STROKES.len(), 1..7_u32, (1..9_usize).prop_map(|packets| packets * PACKET));
    vec(prop_oneof![small, large], 1..12)
}

/// What was done on the bus, without the times.
#[derive(Clone, Default)]
struct Transcript(Arc<Mutex<Vec<Act>>>);

impl Transcript {
    fn put(&self, entry: &Entry) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(entry.act.clone());
    }

    fn take(&self) -> Vec<Act> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn natively(strokes: &[Stroke]) -> (Vec<bool>, Vec<Act>) {
    let (cable, transcript) = (Cable::new(1), Transcript::default());
    plug(&cable);
    let sink = transcript.clone();
    let clock = Arc::new(RealClock::new());
    let host = TracedHost::of(cable.host(), clock, move |entry| sink.put(&entry));
    periplasm_usb_host::native::install(host);
    let mut device = Strokes::open().expect("the gadget is plugged in");
    let done = strokes.iter().map(|&(stroke, count, len)| {
        let (_, native) = STROKES[stroke];
        native(&mut device, count, len).is_ok()
    });
    (done.collect(), transcript.take())
}

fn in_a_component(strokes: &[Stroke]) -> (Vec<bool>, Vec<Act>) {
    let transcript = Transcript::default();
    let sink = transcript.clone();
    let component = build::driver("tests/guests/strokes-usb-driver", SLOTS);
    let mut rig =
        Rig::start(component, BOARD, |machine| machine.traced(move |_, entry| sink.put(entry)));
    plug(&ok(rig.machine.cable("desk")));
    let done = strokes.iter().map(|&(stroke, count, len)| {
        let (done,): (Result<(), ()>,) =
            ok(rig.call(INTERFACE, STROKES[stroke].0, (count, len as u32)));
        done.is_ok()
    });
    (done.collect(), transcript.take())
}

proptest! {
    // Each case makes a gadget twice, and lets it be found.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn same_transfers_leave_the_same_transcript(strokes in strokes()) {
        let (native, on_native_bus) = natively(&strokes);
        let (component, on_component_bus) = in_a_component(&strokes);
        prop_assert!(!on_native_bus.is_empty());
        prop_assert_eq!(native, component);
        prop_assert_eq!(on_native_bus, on_component_bus);
    }
}
