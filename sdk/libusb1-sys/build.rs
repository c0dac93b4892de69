//! Tells dependents which libusb this stands for, as upstream's script does.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:version_number=1.0.27");
}
