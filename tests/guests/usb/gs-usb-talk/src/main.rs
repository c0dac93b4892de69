//! Sends CAN frames through an adapter with `gs_usb`, and prints what comes back
//! from it: `gs-usb-talk 3`. The adapter is asked for loop-back.

use std::error::Error;
use std::time::Duration;

use gs_usb::{GS_CAN_MODE_LOOP_BACK, GS_CAN_MODE_NORMAL, GsUsb, GsUsbError, GsUsbFrame};

/// How long one waits for a frame.
const TIMEOUT: Duration = Duration::from_secs(1);
const BITRATE: u32 = 500_000;
const FIRST_ID: u32 = 0x120;

fn main() -> Result<(), Box<dyn Error>> {
    let count: u8 = std::env::args().nth(1).map_or(Ok(3), |count| count.parse())?;
    let mut adapters = GsUsb::scan()?.into_iter();
    let mut adapter = adapters.next().ok_or("there is no adapter")?;
    let info = adapter.device_info()?;
    println!("{adapter}: {} channel(s)", info.channel_count());
    adapter.set_bitrate(BITRATE)?;
    adapter.start(GS_CAN_MODE_NORMAL | GS_CAN_MODE_LOOP_BACK)?;
    for number in 0..count {
        let id = FIRST_ID + u32::from(number);
        let data: Vec<u8> = (0..=number % 8).collect();
        adapter.send(&GsUsbFrame::with_data(id, &data))?;
        let (mut echoed, mut received) = (false, false);
        while !(echoed && received) {
            let frame = match adapter.read(TIMEOUT) {
                Err(GsUsbError::ReadTimeout) => return Err(missing(id, echoed).into()),
                frame => frame?,
            };
            if (frame.arbitration_id(), frame.data()) != (id, &data[..]) {
                return Err(format!("sent {id:#x} {data:?}, got {frame}").into());
            }
            echoed |= frame.is_echo_frame();
            received |= frame.is_rx_frame();
        }
        println!("{id:#x} {data:?}");
    }
    adapter.stop()?;
    Ok(())
}

fn missing(id: u32, echoed: bool) -> String {
    let what = if echoed { "loop back" } else { "echo" };
    format!("no {what} of {id:#x}")
}
