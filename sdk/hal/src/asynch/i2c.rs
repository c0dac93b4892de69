//! I2C: a transaction is started, and finished when it is done, so that
//! another future goes on meanwhile.

use embedded_hal::i2c::{Operation, SevenBitAddress, TenBitAddress};
use embedded_hal_async::i2c;

use super::happening;
use crate::bindings::periplasm::hal::start;
use crate::i2c::{sent, take, ten_bit};
use crate::{I2c, I2cError};

impl i2c::I2c<SevenBitAddress> for I2c {
    async fn transaction(
        &mut self,
        address: SevenBitAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), I2cError> {
        transaction(self, address.into(), operations).await
    }
}

impl i2c::I2c<TenBitAddress> for I2c {
    async fn transaction(
        &mut self,
        address: TenBitAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), I2cError> {
        transaction(self, ten_bit(address)?, operations).await
    }
}

async fn transaction(
    bus: &I2c,
    wire: u16,
    operations: &mut [Operation<'_>],
) -> Result<(), I2cError> {
    let transfer = start::start_i2c(bus, wire, &sent(operations));
    happening(transfer.done()).await;
    take(operations, transfer.finish()?)
}
