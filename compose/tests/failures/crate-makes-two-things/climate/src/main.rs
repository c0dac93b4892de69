//! and an app.
fn main() {}
