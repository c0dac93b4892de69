//! Every ported driver as a component, on a simulated board. One program, for a
//! host is linked into each; `cargo xtask test driver_lm75` runs one of them.

mod driver_ads1x1x;
mod driver_bme280;
mod driver_ds1307;
mod driver_embedded_sdmmc;
mod driver_embedded_sdmmc_fat;
mod driver_lm75;
mod driver_lora_phy;
mod driver_mipidsi;
mod driver_mpu6050;
mod driver_port_expander;
mod driver_pwm_pca9685;
mod driver_sen0177;
mod driver_ssd1306;
mod driver_tb6612fng;
mod driver_tmc2209;
mod driver_tmp117;
mod driver_w25q32jv;
mod driver_ws2812_spi;
