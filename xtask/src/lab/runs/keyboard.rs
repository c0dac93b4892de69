//! A USB keyboard of QEMU's: its interrupt endpoint, read by a program on nusb
//! while keys are pressed from outside.

use std::time::Duration;

use serde_json::json;

use super::Run;
use super::found::{contains, failed};
use crate::lab::error::LabError;
use crate::lab::machine::Machine;
use crate::lab::session::{Lab, Result};

pub(super) const RUN: Run = Run {
    name: "keyboard",
    machine: Machine::Q35,
    about: "a USB keyboard by a program on nusb, with keys pressed from outside",
    go,
};

const RUN_IT: &str = "run --timeout 90s /lab/pipelines/keyboard.wasm --board \
                      /lab/boards/keyboard.toml";

/// The kernel's driver of keyboards, once it has one, lets go.
const UNBIND: &str = "cd /sys/bus/usb/drivers/usbhid && for n in $(seq 100); do \
                      ls | grep -q : && break; sleep 0.1; done; \
                      for i in *:*; do echo $i > unbind; done";

fn go(lab: &mut Lab) -> Result<()> {
    lab.qmp("device_add", json!({ "driver": "usb-kbd", "bus": "x.0", "id": "keyboard" }))?;
    let result = typed(lab);
    lab.qmp("device_del", json!({ "id": "keyboard" }))?;
    lab.event("DEVICE_DELETED", Duration::from_secs(20))?;
    result
}

fn typed(lab: &mut Lab) -> Result<()> {
    lab.check("who finds it with the kernel's driver is told so, by the driver's name", |lab| {
        lab.ok("for n in $(seq 100); do ls /sys/bus/usb/drivers/usbhid | grep : && break; \
                sleep 0.1; done")?;
        let output = lab.periplasm(RUN_IT)?;
        let busy = "0627:0001 is in use by the kernel's driver `usbhid`";
        contains("the program", &failed(output)?, busy)
    })?;
    lab.check("every key that is pressed is read, in order", |lab| {
        lab.ok(UNBIND)?;
        let job = lab.start_periplasm(RUN_IT)?;
        // It asks for reports at its start, and the keyboard keeps 16 keys.
        lab.ok("for n in $(seq 200); do ls -d /sys/bus/usb/drivers/usbfs/*:* && break; \
                sleep 0.1; done")?;
        for key in ["h", "e", "l", "l", "o", "dot", "ret"] {
            let key = json!({ "type": "qcode", "data": key });
            lab.qmp("send-key", json!({ "keys": [key], "hold-time": 50 }))?;
            std::thread::sleep(Duration::from_millis(150));
        }
        let output = lab.finish(job, Duration::from_secs(30))?;
        match output.text.trim() {
            "hello." if output.status == 0 => Ok(()),
            _ => Err(LabError::unexpected("what was typed", output.text, "hello.")),
        }
    })
}
