//! Pulses, voltages, serial ports and CAN buses, traced.

use super::{Act, Traced};
use crate::{Adc, AdcError, CanBus, CanError, CanFrame, Event, Pwm, PwmError, Serial, SerialError};

impl<P: Pwm> Pwm for Traced<P> {
    fn max_duty(&self) -> u16 {
        self.hardware.max_duty()
    }

    fn set_duty(&mut self, duty: u16) -> Result<(), PwmError> {
        let result = self.hardware.set_duty(duty);
        self.teller.tell_now(Act::SetDuty(duty, result));
        result
    }
}

impl<A: Adc> Adc for Traced<A> {
    fn max_code(&self) -> i32 {
        self.hardware.max_code()
    }

    fn read(&mut self) -> Result<i32, AdcError> {
        let result = self.hardware.read();
        self.teller.tell_now(Act::Convert(result));
        result
    }

    fn read_microvolts(&mut self) -> Result<i32, AdcError> {
        let result = self.hardware.read_microvolts();
        self.teller.tell_now(Act::ConvertMicrovolts(result));
        result
    }
}

impl<S: Serial> Serial for Traced<S> {
    fn read(&mut self, buffer: &mut [u8], until_ns: u64) -> Result<usize, SerialError> {
        let result = self.hardware.read(buffer, until_ns);
        match result {
            Ok(0) => {}
            Ok(len) => {
                let bytes = buffer.get(..len).unwrap_or(buffer).to_vec();
                self.teller.tell_now(Act::SerialRead(Ok(bytes)));
            }
            Err(error) => self.teller.tell_now(Act::SerialRead(Err(error))),
        }
        result
    }

    fn write(&mut self, data: &[u8]) -> Result<usize, SerialError> {
        let at_ns = self.teller.now_ns();
        let result = self.hardware.write(data);
        self.teller.tell(at_ns, Act::SerialWrite(data.to_vec(), result));
        result
    }

    fn flush(&mut self) -> Result<(), SerialError> {
        let at_ns = self.teller.now_ns();
        let result = self.hardware.flush();
        self.teller.tell(at_ns, Act::FlushSerial(result));
        result
    }

    fn read_ready(&mut self) -> Result<bool, SerialError> {
        self.hardware.read_ready()
    }

    fn readable(&mut self) -> Box<dyn Event> {
        self.hardware.readable()
    }
}

impl<C: CanBus> CanBus for Traced<C> {
    fn transmit(&mut self, frame: &CanFrame, until_ns: u64) -> Result<bool, CanError> {
        let result = self.hardware.transmit(frame, until_ns);
        match result {
            Ok(false) => {}
            Ok(true) => self.teller.tell_now(Act::CanTransmit(*frame, Ok(()))),
            Err(error) => self.teller.tell_now(Act::CanTransmit(*frame, Err(error))),
        }
        result
    }

    fn receive(&mut self, until_ns: u64) -> Result<Option<CanFrame>, CanError> {
        let result = self.hardware.receive(until_ns);
        if let Some(taken) = result.transpose() {
            self.teller.tell_now(Act::CanReceive(taken));
        }
        result
    }

    fn receivable(&mut self) -> Box<dyn Event> {
        self.hardware.receivable()
    }
}
