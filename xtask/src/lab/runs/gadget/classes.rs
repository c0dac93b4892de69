//! What the kernel's drivers of classes make of a gadget.

use crate::lab::error::LabError;
use crate::lab::guest::Job;
use crate::lab::runs::found::contains;
use crate::lab::session::{Lab, Result};

/// The serial port that the kernel makes.
pub(super) const PORT: &str = "/dev/ttyACM0";

/// Waits until the file `path` is there, or is not any more.
pub(super) fn is_there(lab: &mut Lab, path: &str, there: bool) -> Result<()> {
    let not = if there { "" } else { "! " };
    lab.ok(&format!(
        "for i in $(seq 300); do [ {not}-e {path} ] && exit 0; sleep 0.1; done; \
         dmesg | tail -20; exit 1"
    ))
    .map(drop)
}

/// The kernel's driver of serial ports sends more than the gadget's buffers hold,
/// and all of it comes back.
pub(super) fn echoes(lab: &mut Lab) -> Result<()> {
    is_there(lab, PORT, true)?;
    lab.ok(&format!(
        "exec 3<>{PORT} || exit
         stty raw -echo <&3
         seq 3000 >/tmp/sent
         head -c $(wc -c </tmp/sent) <&3 >/tmp/came & reader=$!
         cat /tmp/sent >&3
         wait $reader
         cmp /tmp/sent /tmp/came"
    ))
    .map(drop)
}

/// The disk that the gadget is, once the kernel has found its partition.
pub(super) fn disk(lab: &mut Lab) -> Result<String> {
    let name = lab.ok("for i in $(seq 300); do
             for disk in /sys/block/sd*; do
                 [ -e $disk/device/vendor ] && read -r vendor <$disk/device/vendor &&
                     [ \"$vendor\" = PERIPLSM ] && [ -e /dev/${disk##*/}1 ] &&
                     echo ${disk##*/} && exit 0
             done
             sleep 0.1
         done
         dmesg | tail -20; exit 1")?;
    Ok(format!("/dev/{}", name.trim()))
}

/// The kernel's file system reads the file that the gadget has.
pub(super) fn reads(lab: &mut Lab, disk: &str) -> Result<()> {
    let text = lab.ok(&format!(
        "mount -t vfat {disk}1 /mnt || exit; cat /mnt/README.TXT; status=$?; umount /mnt; \
         exit $status"
    ))?;
    contains("README.TXT", &text, "This stick is made of software.")
}

/// A file that the kernel writes is there when it is mounted again, and nothing of
/// it is taken from the kernel's memory.
pub(super) fn keeps(lab: &mut Lab, disk: &str) -> Result<()> {
    lab.ok(&format!(
        "head -c 300000 /dev/urandom >/tmp/sent
         mount -t vfat {disk}1 /mnt || exit
         cp /tmp/sent /mnt/SENT.BIN && umount /mnt"
    ))?;
    kept(lab, disk)
}

/// The file that [`keeps`] has written.
pub(super) fn kept(lab: &mut Lab, disk: &str) -> Result<()> {
    lab.ok(&format!(
        "echo 3 >/proc/sys/vm/drop_caches
         mount -t vfat {disk}1 /mnt || exit
         cmp /tmp/sent /mnt/SENT.BIN; status=$?; umount /mnt; exit $status"
    ))
    .map(drop)
}

/// The host is killed while the kernel writes to the disk: the program that
/// writes ends, and the disk goes.
pub(super) fn breaks_off(lab: &mut Lab, disk: &str, host: &Job) -> Result<()> {
    lab.ok(&format!("mount -t vfat {disk}1 /mnt"))?;
    let writer =
        lab.start_job("echo writes; dd if=/dev/urandom of=/mnt/MORE.BIN bs=4k count=700; sync")?;
    lab.wait_for(&writer, "writes", super::SOON)?;
    lab.signal(host, "KILL")?;
    // Whatever came of its bytes.
    lab.finish(writer, super::SOON)?;
    lab.ok("umount /mnt")?;
    is_there(lab, &disk.replace("/dev/", "/sys/block/"), false)
}

/// What the keyboard types, on the screen's own terminal. It types each time it
/// is plugged in, by `plug`, soon after: where the machine has little of a
/// processor, the kernel's driver has not begun by then, and drops some of it.
pub(super) fn types(lab: &mut Lab, mut plug: impl FnMut(&mut Lab) -> Result<()>) -> Result<()> {
    const TEXT: &str = "Hello from a keyboard of software.";
    let mut typed = String::new();
    for _ in 0..3 {
        let reader = lab.start_job("timeout 20 head -n 1 </dev/tty1")?;
        plug(lab)?;
        typed = lab.finish(reader, super::SOON)?.text;
        if typed.trim_end() == TEXT {
            return Ok(());
        }
    }
    Err(LabError::unexpected("what was typed", typed.trim_end(), TEXT))
}
