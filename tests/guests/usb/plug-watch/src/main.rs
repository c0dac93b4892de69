//! Says which devices are there, then what comes and goes: as many changes as
//! its argument says.

use std::collections::HashMap;
use std::error::Error;

use futures_lite::{StreamExt, future};
use nusb::hotplug::HotplugEvent;
use nusb::{DeviceId, DeviceInfo};

fn main() -> Result<(), Box<dyn Error>> {
    let changes = std::env::args().nth(1).ok_or("say how many changes to wait for")?.parse()?;
    future::block_on(watch(changes))
}

async fn watch(changes: usize) -> Result<(), Box<dyn Error>> {
    // Before the list, or what comes in between would be missed.
    let mut watch = nusb::watch_devices()?;
    let mut known = HashMap::<DeviceId, String>::new();
    for device in nusb::list_devices().await? {
        println!("there: {}", name(&device));
        known.insert(device.id(), name(&device));
    }
    println!("watching");
    for _ in 0..changes {
        match watch.next().await.ok_or("there is no word of changes")? {
            HotplugEvent::Connected(device) => {
                println!(
                    "plugged in: {}, {} interfaces",
                    name(&device),
                    device.interfaces().count()
                );
                known.insert(device.id(), name(&device));
            }
            HotplugEvent::Disconnected(id) => {
                let name = known.remove(&id).ok_or("something went that was not there")?;
                println!("unplugged: {name}");
            }
        }
    }
    Ok(())
}

fn name(device: &DeviceInfo) -> String {
    format!("{:04x}:{:04x}", device.vendor_id(), device.product_id())
}
