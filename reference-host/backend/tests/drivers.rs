//! Unmodified drivers from crates.io, natively over the models.

mod support;

use std::sync::{Arc, Mutex};

use bme280::i2c::BME280;
use bme280::{Configuration, IIRFilter, Oversampling};
use embedded_hal::i2c::ErrorKind;
use lm75::{FaultQueue, Lm75, OsMode, OsPolarity, ic};
use periplasm_backend::native::{Error, NativeDelay, NativeI2c};
use periplasm_backend::sim::models;
use periplasm_backend::sim::{self, VirtualClock};
use periplasm_backend::{Clock, SharedI2c};
use support::{NO_ADDRESS, NO_DATA, device, seven};

struct Native {
    clock: Arc<VirtualClock>,
    i2c: NativeI2c,
}

impl Native {
    fn with(table: &str) -> Self {
        Self::of(|bus| bus.attach(&device(table)).unwrap())
    }

    fn of(attach: impl FnOnce(&mut sim::Bus)) -> Self {
        let clock = Arc::new(VirtualClock::new());
        let mut bus = sim::Bus::new(clock.clone());
        attach(&mut bus);
        Self { clock, i2c: NativeI2c::new(SharedI2c::new(bus)) }
    }

    fn delay(&self) -> NativeDelay {
        NativeDelay::new(self.clock.clone())
    }

    fn bme280(&self) -> BME280<NativeI2c> {
        BME280::new_primary(self.i2c.clone())
    }

    fn lm75(&self) -> Lm75<NativeI2c, ic::Lm75> {
        Lm75::new(self.i2c.clone(), 0x48)
    }
}

const BME280: &str = "model = 'bme280'\naddress = 0x76\n";

/// The driver's own error cannot be compared.
fn kind(found: Result<f32, lm75::Error<Error>>) -> Result<f32, ErrorKind> {
    found.map_err(|error| match error {
        lm75::Error::I2C(Error(kind)) => kind,
        lm75::Error::InvalidInputData => panic!("invalid input data"),
    })
}

#[track_caller]
fn near(found: f32, expected: f32, within: f32) {
    assert!((found - expected).abs() <= within, "{found}, not {expected} ± {within}");
}

#[test]
fn the_bme280_driver_reads_the_datasheets_worked_example() {
    let native = Native::with(BME280);
    let (mut driver, mut delay) = (native.bme280(), native.delay());
    driver.init(&mut delay).unwrap();
    for _ in 0..3 {
        let found = driver.measure(&mut delay).unwrap();
        assert_eq!(format!("{:.2}", found.temperature), "25.08");
        assert_eq!(format!("{:.2}", found.pressure / 100.0), "1006.53");
        near(found.humidity, 50.15, 0.01);
    }
}

#[test]
fn the_bme280_driver_reads_the_climate_of_a_board_file() {
    for (celsius, hectopascal, percent) in
        [(21.5, 1013.25, 45.0), (-39.5, 301.0, 1.0), (84.5, 1099.0, 99.0)]
    {
        let native = Native::with(&format!(
            "{BME280}temperature = {celsius:?}\npressure = {hectopascal:?}\nhumidity = {percent:?}"
        ));
        let (mut driver, mut delay) = (native.bme280(), native.delay());
        driver.init(&mut delay).unwrap();
        let found = driver.measure(&mut delay).unwrap();
        // The driver computes in single precision.
        near(found.temperature, celsius, 0.01);
        near(found.pressure / 100.0, hectopascal, 0.1);
        near(found.humidity, percent, 0.05);
    }
}

#[test]
fn the_bme280_driver_works_with_every_setting_that_it_offers() {
    use Oversampling::{
        Oversampling1X, Oversampling2X, Oversampling4X, Oversampling8X, Oversampling16X,
    };
    for oversampling in
        [Oversampling1X, Oversampling2X, Oversampling4X, Oversampling8X, Oversampling16X]
    {
        for filter in [IIRFilter::Off, IIRFilter::Coefficient2, IIRFilter::Coefficient16] {
            let native = Native::with(BME280);
            let (mut driver, mut delay) = (native.bme280(), native.delay());
            // Its 40 ms are enough for one quantity at ×16 (33 + 3 + 2.5 ms).
            let settings = Configuration::default()
                .with_temperature_oversampling(oversampling)
                .with_iir_filter(filter)
                .with_pressure_oversampling(Oversampling1X)
                .with_humidity_oversampling(Oversampling1X);
            driver.init_with_config(&mut delay, settings).unwrap();
            for _ in 0..2 {
                let found = driver.measure(&mut delay).unwrap();
                near(found.temperature, 25.08, 0.01);
                // 16 bits of pressure are steps of about 3 Pa.
                near(found.pressure, 100_653.27, 50.0);
            }
        }
    }
}

#[test]
fn the_bme280_driver_waits_too_short_for_a_chip_that_takes_the_maximum_time() {
    // It waits 40 ms, the typical time of its own settings; the maximum is
    // 46.1 ms (section 9.1). It then reads the registers of before the
    // measurement: 0x80000, 0x80000, 0x8000.
    let native = Native::with(&format!("{BME280}measurement-time = 'maximum'"));
    let (mut driver, mut delay) = (native.bme280(), native.delay());
    driver.init(&mut delay).unwrap();
    let unmeasured = models::bme280::compensate(
        &models::bme280::Calibration::default(),
        models::bme280::Raw { temperature: 0x80000, pressure: 0x80000, humidity: 0x8000 },
    );
    let found = driver.measure(&mut delay).unwrap();
    near(found.temperature, unmeasured.temperature as f32, 0.01);
    near(found.pressure, unmeasured.pressure as f32, 5.0);
}

#[test]
fn the_bme280_driver_refuses_a_chip_with_another_identity() {
    let native = Native::with("model = 'registers'\naddress = 0x76");
    let found = native.bme280().init(&mut native.delay());
    assert!(matches!(found, Err(bme280::Error::UnsupportedChip)), "{found:?}");
}

#[test]
fn the_bme280_driver_reports_a_chip_that_disappears_and_goes_on_when_it_is_back() {
    // `init` takes ten transactions, a measurement four.
    let fault = "fault = { kind = 'no-acknowledge', after = 14, times = 2 }";
    let native = Native::with(&format!("{BME280}{fault}"));
    let (mut driver, mut delay) = (native.bme280(), native.delay());
    driver.init(&mut delay).unwrap();
    driver.measure(&mut delay).unwrap();
    for _ in 0..2 {
        let gone = driver.measure(&mut delay);
        assert!(matches!(gone, Err(bme280::Error::Bus(Error(NO_ADDRESS)))), "{gone:?}");
    }
    let back = driver.measure(&mut delay).unwrap();
    assert_eq!(format!("{:.2}", back.temperature), "25.08");
}

#[test]
fn the_bme280_driver_reports_a_chip_that_is_gone_for_good() {
    let native = Native::with(&format!("{BME280}fault = {{ kind = 'disappears', after = 12 }}"));
    let (mut driver, mut delay) = (native.bme280(), native.delay());
    driver.init(&mut delay).unwrap();
    for _ in 0..3 {
        let gone = driver.measure(&mut delay);
        assert!(matches!(gone, Err(bme280::Error::Bus(Error(NO_ADDRESS)))), "{gone:?}");
    }
    let gone = driver.init(&mut delay);
    assert!(matches!(gone, Err(bme280::Error::Bus(Error(NO_ADDRESS)))), "{gone:?}");
}

#[test]
fn the_lm75_driver_reads_the_datasheets_temperatures() {
    for celsius in [125.0, 25.0, 0.5, 0.0, -0.5, -25.0, -55.0] {
        let table = format!("model = 'lm75'\naddress = 0x48\ntemperature = {celsius:?}");
        assert_eq!(kind(Native::with(&table).lm75().read_temperature()), Ok(celsius));
    }
}

#[test]
fn the_lm75_driver_for_eleven_bits_reads_the_lm75b() {
    for celsius in [125.0, 25.125, 0.125, -0.125, -54.875, -55.0] {
        let native = Native::with(&format!(
            "model = 'lm75'\naddress = 0x48\nresolution-bits = 11\ntemperature = {celsius:?}"
        ));
        let mut driver = Lm75::new_pct2075(native.i2c.clone(), 0x48);
        assert_eq!(kind(driver.read_temperature()), Ok(celsius));
    }
}

#[test]
fn the_lm75_driver_sets_up_the_watchdog() {
    let chip = Arc::new(Mutex::new(models::lm75::Lm75::new(&Default::default()).unwrap()));
    let native = Native::of(|bus| {
        bus.attach_target(seven(0x48), Box::new(chip.clone()), None).unwrap();
    });
    let mut driver = native.lm75();
    driver.set_os_temperature(30.5).unwrap();
    driver.set_hysteresis_temperature(-2.0).unwrap();
    driver.set_os_mode(OsMode::Interrupt).unwrap();
    driver.set_os_polarity(OsPolarity::ActiveHigh).unwrap();
    driver.set_fault_queue(FaultQueue::_2).unwrap();

    let pin_after = |conversions: u64, celsius| {
        let mut chip = chip.lock().unwrap();
        chip.set_temperature(celsius, native.clock.now_ns()).unwrap();
        native.clock.delay_ns(conversions * 100_000_000);
        chip.is_os_high(native.clock.now_ns())
    };
    assert!(!pin_after(2, 30.5), "not above");
    assert!(!pin_after(1, 31.0), "one fault is not two");
    assert!(pin_after(1, 31.0));
    driver.read_temperature().unwrap();
    assert!(!pin_after(5, 31.0), "the read has ended it");
    assert!(pin_after(2, -2.5));

    driver.disable().unwrap();
    assert!(!pin_after(10, 100.0), "shut down");
    assert_eq!(kind(driver.read_temperature()), Ok(-2.5));
    driver.enable().unwrap();
    native.clock.delay_ns(100_000_000);
    assert_eq!(kind(driver.read_temperature()), Ok(100.0));
}

#[test]
fn the_lm75_driver_reports_a_chip_that_disappears_and_goes_on_when_it_is_back() {
    let fault = "fault = { kind = 'no-acknowledge', after = 1, times = 2 }";
    let native = Native::with(&format!("model = 'lm75'\naddress = 0x48\n{fault}"));
    let mut driver = native.lm75();
    let gone = Err(NO_ADDRESS);
    let found: Vec<_> = (0..5).map(|_| kind(driver.read_temperature())).collect();
    assert_eq!(found, [Ok(25.0), gone, gone, Ok(25.0), Ok(25.0)]);
}

#[test]
fn the_lm75_driver_reports_which_byte_was_not_acknowledged() {
    let fault = "fault = { kind = 'no-acknowledge', source = 'data' }";
    let native = Native::with(&format!("model = 'lm75'\naddress = 0x48\n{fault}"));
    assert_eq!(kind(native.lm75().read_temperature()), Err(NO_DATA));
}

#[test]
fn two_drivers_share_one_bus() {
    let native = Native::of(|bus| {
        bus.attach(&device(BME280)).unwrap();
        bus.attach(&device("model = 'lm75'\naddress = 0x48\ntemperature = -25.0")).unwrap();
    });
    let (mut climate, mut cold, mut delay) = (native.bme280(), native.lm75(), native.delay());
    climate.init(&mut delay).unwrap();
    assert_eq!(kind(cold.read_temperature()), Ok(-25.0));
    assert_eq!(format!("{:.2}", climate.measure(&mut delay).unwrap().temperature), "25.08");
}
