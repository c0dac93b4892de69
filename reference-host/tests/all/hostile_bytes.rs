//! Whatever the bytes are, reading them is an error and never a panic.

use std::sync::LazyLock;

use periplasm_host::{Board, Pipeline};
use proptest::prelude::*;

use crate::support::{GOOD, Stage, bytes};

static VALID: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let second = Stage { name: "second", ..GOOD };
    bytes(&[GOOD, second])
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_an_error(
        header in prop::sample::select(vec![&b""[..], b"\0asm\x0d\0\x01\0", b"\0asm\x01\0\0\0"]),
        rest in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let bytes = [header, &rest].concat();
        prop_assert!(Pipeline::from_bytes(bytes).is_err());
    }

    #[test]
    fn a_changed_pipeline_is_read_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = VALID.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        // Its names or numbers may have changed; what is read must be usable.
        if let Ok(pipeline) = Pipeline::from_bytes(bytes) {
            for stage in pipeline.stages() {
                prop_assert!(stage.range().end as usize <= pipeline.bytes().len());
                prop_assert!(stage.wires().iter().all(|w| w.stage < pipeline.stages().len()));
            }
            prop_assert_eq!(pipeline.slots().len(), 4);
        }
    }

    #[test]
    fn a_changed_board_is_read_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 1..8),
    ) {
        let mut text: Vec<char> = crate::support::BOARD.chars().collect();
        for (at, c) in changes {
            let at = at.index(text.len());
            text[at] = c;
        }
        let text: String = text.into_iter().collect();
        if let Err(error) = Board::parse(&text, "board.toml") {
            // A label outside of the file would fail here.
            let shown = format!("{:?}", miette::Report::new(error));
            prop_assert!(!shown.contains("OutOfBounds"), "{}", shown);
        }
    }
}
