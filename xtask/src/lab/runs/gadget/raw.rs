//! On a device controller: dummy_hcd's, whose other end is this machine's own
//! host side. The controller's driver and Raw Gadget are those of real ones.

use super::classes::{PORT, breaks_off, disk, echoes, is_there, keeps, kept, reads, types};
use super::{KEYBOARD, SERIAL, SOON, STICK, refuses};
use crate::lab::guest::Job;
use crate::lab::runs::found::contains;
use crate::lab::session::{Lab, Result};

const BOARD: &str = "/lab/boards/raw-gadget.toml";

/// Debian's kernel is built without it: `xtask/src/lab/prepare/extra.rs`.
const MODULE: &str = "/lib/modules/raw_gadget.ko";

pub(super) fn go(lab: &mut Lab) -> Result<()> {
    lab.check("a kernel without it is named, with the remedy", |lab| {
        lab.ok("[ ! -e /dev/raw-gadget ] || rmmod raw_gadget")?;
        let refusal = ["there is no /dev/raw-gadget", "modprobe raw_gadget"];
        refuses(lab, &format!("run {SERIAL} --board {BOARD}"), &refusal)
    })?;
    lab.ok(&format!("insmod {MODULE}"))?;
    let result = with_module(lab);
    // Its last user may still be on the way out.
    lab.sh("for i in $(seq 50); do rmmod raw_gadget 2>/dev/null && exit 0; sleep 0.1; done")?;
    result
}

fn with_module(lab: &mut Lab) -> Result<()> {
    lab.check("a controller that is not there is named, with those that are", |lab| {
        let arguments = format!("run {SERIAL} --board /lab/boards/raw-gadget-none.toml");
        refuses(lab, &arguments, &["no USB device controller \"dummy_udc.7\"", "dummy_udc.0"])
    })?;
    lab.check("a node that is root's is refused to others, with the remedy", |lab| {
        let run = format!("periplasm run {SERIAL} --board {BOARD}");
        let output = lab.sh(&format!("su -s /bin/sh nobody -c '{run}'"))?;
        contains("what the host says", &output.text, "no permission for /dev/raw-gadget")
    })?;
    serial(lab)?;
    stick(lab)?;
    lab.check("types: hid, on the kernel's own terminal", |lab| {
        types(lab, |lab| {
            lab.sh("killall periplasm; sleep 1")?;
            started(lab, KEYBOARD).map(drop)
        })?;
        lab.ok("killall periplasm").map(drop)
    })
}

fn serial(lab: &mut Lab) -> Result<()> {
    let host = started(lab, SERIAL)?;
    lab.check("is found by the kernel, and cdc-acm gets its bytes back", echoes)?;
    lab.check("a controller that another has is refused", |lab| {
        refuses(lab, &format!("run {STICK} --board {BOARD}"), &["controller is taken"])
    })?;
    lab.check("is reset and unplugged, found again, and echoes", |lab| {
        replugged(lab, PORT)?;
        echoes(lab)
    })?;
    lab.check("the host is killed: who reads the port is told, and the port goes", |lab| {
        let reader = lab.start_job(&format!("echo reads; cat {PORT}"))?;
        lab.wait_for(&reader, "reads", SOON)?;
        lab.signal(&host, "KILL")?;
        lab.finish(reader, SOON)?;
        is_there(lab, PORT, false)
    })
}

fn stick(lab: &mut Lab) -> Result<()> {
    let host = started(lab, STICK)?;
    lab.check("a disk: the kernel's FAT reads its file", |lab| {
        let disk = disk(lab)?;
        reads(lab, &disk)
    })?;
    lab.check("a file of 300 kB is written and read", |lab| {
        let disk = disk(lab)?;
        keeps(lab, &disk)
    })?;
    lab.check("is unplugged and found again, and still has the file", |lab| {
        let before = disk(lab)?;
        replugged(lab, &before)?;
        let disk = disk(lab)?;
        kept(lab, &disk)
    })?;
    lab.check("the host is killed amid a write: nothing hangs, and the disk goes", |lab| {
        let disk = disk(lab)?;
        breaks_off(lab, &disk, &host)
    })
}

fn started(lab: &mut Lab, pipeline: &str) -> Result<Job> {
    lab.start_periplasm(&format!("run {pipeline} --board {BOARD}"))
}

/// The host side lets go of its bus, so that `file` goes, and takes it again.
fn replugged(lab: &mut Lab, file: &str) -> Result<()> {
    let hub = lab.ok("grep -l 'Dummy host controller' /sys/bus/usb/devices/usb*/product")?;
    let digits = |c: char| c.is_ascii_digit();
    let bus: String =
        hub.rsplit("/usb").next().unwrap_or_default().chars().take_while(|c| digits(*c)).collect();
    let set = |what: &str| format!("echo {bus}-0:1.0 >/sys/bus/usb/drivers/hub/{what}");
    lab.ok(&set("unbind"))?;
    is_there(lab, file, false)?;
    lab.ok(&set("bind")).map(drop)
}
