//! The pipelines that go into the machines.

use super::machine::Machine;

/// One of them.
pub(super) struct Pipeline {
    /// Its file in the machine: `/lab/pipelines/<name>.wasm`.
    pub(super) name: &'static str,
    /// Its manifest, from the project's root on.
    pub(super) manifest: &'static str,
    pub(super) machines: &'static [Machine],
}

/// All of them.
pub(super) const ALL: &[Pipeline] = &[
    Pipeline {
        name: "thermometer",
        manifest: "compose/pipelines/thermometer/pipeline.toml",
        machines: &Machine::ALL,
    },
    Pipeline {
        name: "behind-mux",
        manifest: "tests/lab/pipelines/behind-mux/pipeline.toml",
        machines: &[Machine::Imx8mp],
    },
    Pipeline {
        name: "overhead-buses",
        manifest: "tests/lab/pipelines/overhead-buses/pipeline.toml",
        machines: &[Machine::Imx8mp],
    },
    Pipeline {
        name: "overhead-stick",
        manifest: "tests/lab/pipelines/overhead-stick/pipeline.toml",
        machines: &[Machine::Q35],
    },
    Pipeline {
        name: "stick",
        manifest: "tests/lab/pipelines/stick/pipeline.toml",
        machines: &[Machine::Q35],
    },
    Pipeline {
        name: "stick-files",
        manifest: "tests/lab/pipelines/stick/files.toml",
        machines: &[Machine::Q35],
    },
    Pipeline {
        name: "plugs",
        manifest: "tests/lab/pipelines/stick/plugs.toml",
        machines: &[Machine::Q35],
    },
    Pipeline {
        name: "keyboard",
        manifest: "tests/lab/pipelines/keyboard/pipeline.toml",
        machines: &[Machine::Q35],
    },
    Pipeline {
        name: "flash",
        manifest: "tests/lab/pipelines/flash/pipeline.toml",
        machines: &[Machine::Imx8mp],
    },
    Pipeline {
        name: "dust",
        manifest: "tests/lab/pipelines/dust/pipeline.toml",
        machines: &[Machine::Imx8mp],
    },
    Pipeline {
        name: "ask-spi",
        manifest: "tests/lab/pipelines/ask-spi/pipeline.toml",
        machines: &[Machine::Imx8mp],
    },
    Pipeline {
        name: "ask-pins",
        manifest: "tests/lab/pipelines/ask-pins/pipeline.toml",
        machines: &[Machine::Imx8mp],
    },
    Pipeline {
        name: "ask-serial",
        manifest: "tests/lab/pipelines/ask-serial/pipeline.toml",
        machines: &[Machine::Imx8mp],
    },
    Pipeline {
        name: "serial-gadget",
        manifest: "tests/usb/serial/gadget.toml",
        machines: &[Machine::Q35],
    },
    Pipeline {
        name: "stick-gadget",
        manifest: "compose/pipelines/stick/gadget.toml",
        machines: &[Machine::Q35],
    },
    Pipeline {
        name: "keyboard-gadget",
        manifest: "tests/usb/keyboard/gadget.toml",
        machines: &[Machine::Q35],
    },
];
