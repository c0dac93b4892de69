//! By USB/IP: exported by the host, attached by Debian's `usbip` and vhci-hcd.

use super::classes::{PORT, breaks_off, disk, echoes, is_there, keeps, kept, reads, types};
use super::{KEYBOARD, SERIAL, SOON, STICK, refuses};
use crate::lab::error::LabError;
use crate::lab::guest::Job;
use crate::lab::runs::found::contains;
use crate::lab::session::{Lab, Result};

const BOARD: &str = "/lab/boards/gadget.toml";

/// What to attach: the only device of the only bus.
const ATTACH: &str = "usbip attach --remote 127.0.0.1 --busid 1-1";

pub(super) fn go(lab: &mut Lab) -> Result<()> {
    // usbip notes there what it has attached.
    lab.ok("mkdir -p /var/run")?;
    serial(lab)?;
    stick(lab)?;
    lab.check("types: hid, on the kernel's own terminal", |lab| {
        let host = exported(lab, KEYBOARD, "1209:0001")?;
        types(lab, |lab| {
            lab.sh("usbip detach --port 0")?;
            attached_again(lab)
        })?;
        stopped(lab, host)
    })
}

fn serial(lab: &mut Lab) -> Result<()> {
    let host =
        lab.check("is listed by Debian's usbip", |lab| exported(lab, SERIAL, "16c0:27dd"))?;
    lab.check("an address that is taken is refused, with the remedy", |lab| {
        let refusal = ["cannot serve USB/IP at 127.0.0.1:3240", "name another port in the board"];
        refuses(lab, &format!("run {STICK} --board {BOARD}"), &refusal)
    })?;
    lab.check("is attached, and cdc-acm gets its bytes back", |lab| {
        lab.ok(ATTACH)?;
        echoes(lab)
    })?;
    lab.check("belongs to one client", |lab| {
        let output = lab.sh(ATTACH)?;
        contains("a second attachment", &output.text, "Device busy")
    })?;
    lab.check("is detached, attached again, and echoes", |lab| {
        lab.ok("usbip detach --port 0")?;
        is_there(lab, PORT, false)?;
        attached_again(lab)?;
        echoes(lab)
    })?;
    lab.check("the host is killed: who reads the port is told, and the port goes", |lab| {
        let reader = lab.start_job(&format!("echo reads; cat {PORT}"))?;
        lab.wait_for(&reader, "reads", SOON)?;
        stopped(lab, host)?;
        lab.finish(reader, SOON)?;
        is_there(lab, PORT, false)
    })?;
    lab.check("the run ends while it is attached: the host says so, and ends", |lab| {
        let arguments = format!("run {SERIAL} --board {BOARD} --timeout 15s");
        let host = lab.start_periplasm(&arguments)?;
        listed(lab, "16c0:27dd")?;
        lab.ok(ATTACH)?;
        is_there(lab, PORT, true)?;
        let output = lab.finish(host, SOON)?;
        if output.status != 70 {
            return Err(LabError::unexpected("status", output.status.to_string(), "70"));
        }
        contains("what the host says", &output.text, "the run took longer than 15s")?;
        is_there(lab, PORT, false)
    })
}

fn stick(lab: &mut Lab) -> Result<()> {
    let host = exported(lab, STICK, "1209:0002")?;
    lab.check("a disk: the kernel's FAT reads its file", |lab| {
        lab.ok(ATTACH)?;
        let disk = disk(lab)?;
        reads(lab, &disk)
    })?;
    lab.check("a file of 300 kB is written and read", |lab| {
        let disk = disk(lab)?;
        keeps(lab, &disk)
    })?;
    lab.check("is detached and attached again, and still has the file", |lab| {
        let before = disk(lab)?;
        lab.ok("usbip detach --port 0")?;
        is_there(lab, &before, false)?;
        attached_again(lab)?;
        let disk = disk(lab)?;
        kept(lab, &disk)
    })?;
    lab.check("the host is killed amid a write: nothing hangs, and the disk goes", |lab| {
        let disk = disk(lab)?;
        breaks_off(lab, &disk, &host)
    })
}

/// Starts a gadget and waits until it is listed.
fn exported(lab: &mut Lab, pipeline: &str, ids: &str) -> Result<Job> {
    let host = lab.start_periplasm(&format!("run {pipeline} --board {BOARD}"))?;
    listed(lab, ids)?;
    Ok(host)
}

fn listed(lab: &mut Lab, ids: &str) -> Result<()> {
    lab.ok(&format!(
        "for i in $(seq 300); do usbip list --remote 127.0.0.1 2>/dev/null | grep '({ids})' && \
         exit 0; sleep 0.1; done; exit 1"
    ))
    .map(drop)
}

/// The server has to see that the client before has left.
fn attached_again(lab: &mut Lab) -> Result<()> {
    lab.ok(&format!("for i in $(seq 50); do {ATTACH} && exit 0; sleep 0.1; done; exit 1")).map(drop)
}

/// Kills the host and waits until vhci-hcd has its port back.
fn stopped(lab: &mut Lab, host: Job) -> Result<()> {
    lab.signal(&host, "KILL")?;
    lab.ok("for i in $(seq 300); do usbip port 2>/dev/null | grep -q '^Port 00' || exit 0; \
         sleep 0.1; done; exit 1")
        .map(drop)
}
