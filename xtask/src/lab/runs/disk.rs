//! A USB stick of QEMU's: its blocks and files by a driver on nusb, its way from
//! the kernel's driver and back, and what is seen of it when it is pulled out.

use std::time::Duration;

use serde_json::json;

use super::Run;
use super::found::{contains, failed, says};
use crate::lab::error::LabError;
use crate::lab::guest::Job;
use crate::lab::images;
use crate::lab::machine::Machine;
use crate::lab::session::{Lab, Result};

pub(super) const RUN: Run = Run {
    name: "disk",
    machine: Machine::Q35,
    about: "a USB stick by a driver on nusb, taken from the kernel, pulled out and plugged in",
    go,
};

/// The board that permits all that is asked for, and the one without `detach`.
const BOARD: &str = "--board /lab/boards/disk.toml";
const POLITE: &str = "--board /lab/boards/disk-polite.toml";

/// How long compiling a pipeline and what follows it may take.
const LONG: Duration = Duration::from_secs(90);
/// How long the kernel may take for a device.
const SHORT: Duration = Duration::from_secs(20);

/// Whether the kernel's driver has the stick, and has found its partition.
const BOUND: &str =
    "for n in $(seq 100); do [ -e /dev/sda1 ] && break; sleep 0.1; done; ls /dev/sda1";

/// Takes the stick from it, and gives it back.
const UNBIND: &str =
    "cd /sys/bus/usb/drivers/usb-storage && for i in *:*; do echo $i > unbind; done";
const BIND: &str = "cd /sys/bus/usb/devices && for i in *:*; do [ -e $i/driver ] || \
                    echo $i > /sys/bus/usb/drivers/usb-storage/bind; done";

/// Mounts the stick, does something, and unmounts it.
fn mounted(command: &str) -> String {
    format!(
        "mkdir -p /tmp/stick && mount -t vfat /dev/sda1 /tmp/stick && \
         ({command}); status=$?; umount /tmp/stick && exit $status"
    )
}

fn go(lab: &mut Lab) -> Result<()> {
    refusals(lab)?;
    contents(lab)?;
    lab.check("without permission for its node it says which, and what gives it", |lab| {
        // A cache is its owner's alone.
        lab.ok("cp -r /lab/cache /tmp/nobody && chown -R nobody /tmp/nobody")?;
        let run = format!("periplasm run --cache /tmp/nobody /lab/pipelines/stick.wasm {BOARD}");
        let text = failed(lab.sh(&format!("su nobody -s /bin/sh -c '{run}'"))?)?;
        contains("what was said", &text, "no permission for /dev/bus/usb/")
    })?;
    unplugged(lab)?;
    watched(lab)
}

/// The kernel's driver has it.
fn refusals(lab: &mut Lab) -> Result<()> {
    lab.check("the kernel's own driver has the stick", |lab| lab.ok(BOUND).map(drop))?;
    lab.check("a board without `detach` refuses who asks for it", |lab| {
        let text = failed(lab.periplasm(&format!("run /lab/pipelines/stick.wasm {POLITE}"))?)?;
        contains("what was said", &text, "to take it from the kernel's drivers")?;
        contains("what was said", &text, "detach")
    })?;
    lab.check("who does not ask for it is told why there is no stick, and what to do", |lab| {
        let text = failed(lab.periplasm(&format!("run /lab/pipelines/stick-files.wasm {BOARD}"))?)?;
        contains("what was said", &text, "46f4:0001 is in use by")?;
        contains("what was said", &text, "may = [\"detach\"]")?;
        lab.ok(BOUND).map(drop)
    })
}

/// What is on it.
fn contents(lab: &mut Lab) -> Result<()> {
    let stick = lab.folder.join(images::STICK);
    let image = move || {
        std::fs::read(&stick).map_err(|source| LabError::File { path: stick.clone(), source })
    };
    lab.check("all 16384 blocks are those of the image, and the kernel has it back", |lab| {
        let expected = format!("16384 blocks of 512 bytes, {:08x}", crc32fast::hash(&image()?));
        let text = works(lab, &format!("run /lab/pipelines/stick.wasm {BOARD}"))?;
        contains("what was said", &text, &expected)?;
        lab.ok(BOUND).map(drop)
    })?;
    lab.check("a run that is ended by its time gives it back, too", |lab| {
        failed(
            lab.periplasm(&format!("run --timeout 3s /lab/pipelines/stick.wasm {BOARD} -- 1"))?,
        )?;
        lab.ok(BOUND).map(drop)
    })?;
    lab.check("and so does one that is told to end", |lab| {
        let run = format!("run --timeout 180s /lab/pipelines/stick.wasm {BOARD} -- 1");
        let job = lab.start_periplasm(&run)?;
        lab.wait_for(&job, "reads after", LONG)?;
        lab.ok("killall -TERM periplasm")?;
        says(&lab.finish(job, SHORT)?, 143, "reads after")?;
        lab.ok(BOUND).map(drop)
    })?;
    lab.check("a file that the kernel wrote is read, without `detach` where it let go", |lab| {
        let wrote = lab.ok(&mounted(
            "dd if=/lab/bin/periplasm of=/tmp/stick/KERNEL.BIN bs=1001 count=137 2>/dev/null && \
             crc32 /tmp/stick/KERNEL.BIN",
        ))?;
        let sum = wrote.split_whitespace().next().unwrap_or_default();
        lab.ok(UNBIND)?;
        let text = works(lab, &format!("run /lab/pipelines/stick-files.wasm {POLITE}"))?;
        contains(
            "what was said",
            &text,
            &format!("{:12} {:>8} bytes  {sum}", "KERNEL.BIN", 137 * 1001),
        )
    })?;
    lab.check("a file that the component writes is there for the kernel, and in the image", |lab| {
        const TEXT: &str = "from a component, for the kernel";
        let run = format!("run /lab/pipelines/stick-files.wasm {POLITE} -- NOTE.TXT '{TEXT}'");
        contains("what was said", &works(lab, &run)?, "wrote NOTE.TXT")?;
        lab.ok(BIND)?;
        lab.ok(BOUND)?;
        contains("what was said", &lab.ok(&mounted("cat /tmp/stick/note.txt"))?, TEXT)?;
        let image = image()?;
        match image.windows(TEXT.len()).any(|bytes| bytes == TEXT.as_bytes()) {
            true => Ok(()),
            false => Err(LabError::unexpected("the image", "no such text", TEXT)),
        }
    })
}

/// Pulled out while it is read, and plugged in again.
fn unplugged(lab: &mut Lab) -> Result<()> {
    let run = format!("run --timeout 180s /lab/pipelines/stick.wasm {BOARD} -- 2");
    let job = lab.start_periplasm(&run)?;
    lab.wait_for(&job, "reads after", LONG)?;
    for time in ["", " again"] {
        lab.check(format!("pulled out while it is read, the driver says so{time}"), |lab| {
            pull(lab)?;
            wait_count(lab, &job, "the device is gone after", if time.is_empty() { 1 } else { 2 })
        })?;
        lab.check(format!("plugged in{time}, the same app reads on"), |lab| {
            plug(lab)?;
            wait_count(lab, &job, "back after", if time.is_empty() { 1 } else { 2 })
        })?;
    }
    lab.check("every block is the same as before", |lab| {
        let output = lab.finish(job, LONG)?;
        if output.status != 0 || output.text.contains("changed") {
            return Err(LabError::unexpected("reading", output.text, "the end, and no change"));
        }
        lab.ok(BOUND).map(drop)
    })?;
    lab.check("what is not plugged in is said to be gone", |lab| {
        pull(lab)?;
        let text = failed(lab.periplasm(&format!("run /lab/pipelines/stick.wasm {BOARD}"))?)?;
        contains("what was said", &text, "the device is gone")?;
        plug(lab)
    })
}

/// Seen coming and going by one that listens; no udev runs here.
fn watched(lab: &mut Lab) -> Result<()> {
    lab.ok(BOUND)?;
    let job = lab.start_periplasm(&format!("run /lab/pipelines/plugs.wasm {BOARD} -- 2"))?;
    lab.wait_for(&job, "watching", LONG)?;
    lab.check("a program that listens hears of both, with the device's interfaces", |lab| {
        pull(lab)?;
        lab.wait_for(&job, "unplugged: 46f4:0001", SHORT)?;
        plug(lab)?;
        let output = lab.finish(job, SHORT)?;
        contains("what was said", &output.text, "there: 46f4:0001")?;
        contains("what was said", &output.text, "plugged in: 46f4:0001, 1 interfaces")?;
        lab.ok(BOUND).map(drop)
    })
}

fn pull(lab: &mut Lab) -> Result<()> {
    lab.qmp("device_del", json!({ "id": "stick" }))?;
    lab.event("DEVICE_DELETED", SHORT).map(drop)
}

fn plug(lab: &mut Lab) -> Result<()> {
    let stick = json!({ "driver": "usb-storage", "bus": "x.0", "drive": "stick", "id": "stick" });
    lab.qmp("device_add", stick).map(drop)
}

fn wait_count(lab: &mut Lab, job: &Job, text: &str, times: usize) -> Result<()> {
    let what = format!("say {text:?} {times} times");
    lab.wait_until(job, &what, LONG, |said| said.matches(text).count() >= times).map(drop)
}

/// Runs the host, which must end well.
fn works(lab: &mut Lab, arguments: &str) -> Result<String> {
    let output = lab.periplasm(arguments)?;
    match output.status {
        0 => Ok(output.text),
        status => Err(LabError::unexpected(arguments, format!("{status}: {}", output.text), "0")),
    }
}
