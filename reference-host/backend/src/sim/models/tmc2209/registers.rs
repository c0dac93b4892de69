//! The registers that are written and read back (section 5).

pub(super) mod address {
    pub(in super::super) const GCONF: u8 = 0x00;
    pub(in super::super) const GSTAT: u8 = 0x01;
    pub(in super::super) const IFCNT: u8 = 0x02;
    pub(in super::super) const NODECONF: u8 = 0x03;
    pub(in super::super) const IOIN: u8 = 0x06;
    pub(in super::super) const FACTORY_CONF: u8 = 0x07;
    pub(in super::super) const IHOLD_IRUN: u8 = 0x10;
    pub(in super::super) const TSTEP: u8 = 0x12;
    pub(in super::super) const VACTUAL: u8 = 0x22;
    pub(in super::super) const MSCNT: u8 = 0x6a;
    pub(in super::super) const CHOPCONF: u8 = 0x6c;
    pub(in super::super) const DRV_STATUS: u8 = 0x6f;
    pub(in super::super) const PWMCONF: u8 = 0x70;
}

/// Those with which the driver is set up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Registers {
    pub(super) gconf: u32,
    pub(super) gstat: u32,
    pub(super) ifcnt: u8,
    pub(super) nodeconf: u32,
    pub(super) factory_conf: u32,
    pub(super) ihold_irun: u32,
    pub(super) vactual: i32,
    pub(super) chopconf: u32,
    pub(super) pwmconf: u32,
}

/// GCONF: microsteps come from CHOPCONF and not from the pins.
const MSTEP_REG_SELECT: u32 = 1 << 7;

impl Default for Registers {
    /// The reset values of sections 5.1, 5.5.1 and 5.5.3; GSTAT says that there
    /// was a reset.
    fn default() -> Self {
        Self {
            gconf: 0x0000_0101,
            gstat: 1,
            ifcnt: 0,
            nodeconf: 0,
            factory_conf: 0,
            ihold_irun: 0,
            vactual: 0,
            chopconf: 0x1000_0053,
            pwmconf: 0xc10d_0024,
        }
    }
}

impl Registers {
    /// Bit times from a read request to its reply (section 5.1, SENDDELAY).
    pub(super) fn send_delay_bits(&self) -> u64 {
        let delay = self.nodeconf >> 8 & 0xf;
        8 * u64::from(if delay < 2 { 1 } else { delay | 1 })
    }

    /// Microsteps of a full step. The pins MS1 and MS2 are low: 8.
    pub(super) fn microsteps(&self) -> u32 {
        if self.gconf & MSTEP_REG_SELECT == 0 {
            return 8;
        }
        256 >> (self.chopconf >> 24 & 0xf).min(8)
    }

    /// Takes a write, which is counted.
    pub(super) fn write(&mut self, register: u8, value: u32) {
        self.ifcnt = self.ifcnt.wrapping_add(1);
        match register {
            address::GCONF => self.gconf = value & 0x3ff,
            // Written ones clear.
            address::GSTAT => self.gstat &= !value,
            address::NODECONF => self.nodeconf = value & 0xf00,
            address::FACTORY_CONF => self.factory_conf = value & 0x31f,
            address::IHOLD_IRUN => self.ihold_irun = value & 0x000f_1f1f,
            // 24 bits with a sign.
            address::VACTUAL => self.vactual = ((value << 8) as i32) >> 8,
            address::CHOPCONF => self.chopconf = value,
            address::PWMCONF => self.pwmconf = value,
            _ => {}
        }
    }
}
