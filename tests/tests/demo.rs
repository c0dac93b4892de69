//! The README's first command, as a new user types it.

use std::process::Command;

use periplasm_tests::root;

#[test]
fn the_demo_prints_the_answers_of_the_datasheet_twice_in_a_row() {
    for _ in 0..2 {
        let demo = Command::new(env!("CARGO"))
            .args(["xtask", "demo"])
            .current_dir(root())
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let stdout = String::from_utf8_lossy(&demo.stdout);
        let stderr = String::from_utf8_lossy(&demo.stderr);
        assert!(demo.status.success(), "{stdout}\n{stderr}");
        for line in [
            "  climate  may talk to address 0x76 on I2C bus \"environment\"",
            "temperature     25.08 °C",
            "pressure      1006.53 hPa",
            "humidity        50.15 %RH",
        ] {
            assert!(stdout.lines().any(|l| l == line), "no line {line:?} in:\n{stdout}\n{stderr}");
        }
    }
}
