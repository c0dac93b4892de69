//! Prints lines with `escpos` on nusb: `escpos-print 0525:a700 Hello world`.

use std::error::Error;

use escpos::driver::NativeUsbDriver;
use escpos::printer::Printer;
use escpos::utils::Protocol;

fn main() -> Result<(), Box<dyn Error>> {
    let usage = "expected <vendor>:<product> <line>…, such as 0525:a700 Hello";
    let mut arguments = std::env::args().skip(1);
    let device = arguments.next().ok_or(usage)?;
    let (vendor, product) = device.split_once(':').ok_or(usage)?;
    let (vendor, product) = (u16::from_str_radix(vendor, 16)?, u16::from_str_radix(product, 16)?);
    let mut printer =
        Printer::new(NativeUsbDriver::open(vendor, product)?, Protocol::default(), None);
    printer.init()?;
    for line in arguments {
        printer.writeln(&line)?;
    }
    printer.print_cut()?;
    println!("printed");
    Ok(())
}
