//! A driver under test.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use periplasm_host::device::{BAROMETER, DeviceError, HYGROMETER, THERMOMETER};
use periplasm_host::{
    Board, Compiled, Grants, Host, HostOptions, Machine, Pipeline, RunError, RunOptions, Running,
};
use wasmtime::component::{ComponentNamedList, Lift, Lower};

use crate::{build, ok};

/// What a call gives: the device's answer, or the end of the stage.
pub(crate) type Answer<T> = Result<Result<T, DeviceError>, RunError>;

/// The one host of a test process.
pub fn host() -> &'static Host {
    static HOST: LazyLock<Host> = LazyLock::new(|| ok(Host::new(HostOptions::default())));
    &HOST
}

/// `pipeline` compiled: once a process, for the tests run it again and again.
pub(crate) fn compiled(pipeline: &Pipeline) -> Compiled {
    static COMPILED: LazyLock<Mutex<HashMap<String, Compiled>>> = LazyLock::new(Mutex::default);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let digest = pipeline.digest().to_string();
    compiled.entry(digest).or_insert_with(|| ok(host().compile(pipeline))).clone()
}

/// A pipeline that runs on a board of its own.
pub struct Rig {
    /// The running pipeline.
    pub running: Running,
    /// Its hardware.
    pub machine: Machine,
}

impl Rig {
    /// The driver crate in the folder `driver` (from the root) as a component
    /// on `board` (a board file's text), with `slots` as its slots' requests.
    #[track_caller]
    pub fn driver(driver: &str, slots: &str, board: &str) -> Self {
        Self::start(build::driver(driver, slots), board, |machine| machine)
    }

    /// As [`Self::driver`], with the machine changed before the start.
    #[track_caller]
    pub fn start(
        component: Vec<u8>,
        board: &str,
        machine: impl FnOnce(Machine) -> Machine,
    ) -> Self {
        Self::with(component, board, RunOptions::default(), machine)
    }

    /// As [`Self::start`], with options of the run. It ends after a minute.
    #[track_caller]
    pub fn with(
        component: Vec<u8>,
        board: &str,
        options: RunOptions,
        machine: impl FnOnce(Machine) -> Machine,
    ) -> Self {
        let board = ok(Board::parse(board, "board.toml"));
        let pipeline = ok(Pipeline::from_bytes(component));
        let grants = ok(Grants::decide(&pipeline, &board).map_err(|refused| *refused));
        let machine = machine(Machine::new(&board));
        ok(machine.open_granted(&grants));
        let compiled = compiled(&pipeline);
        let options = RunOptions { timeout: Some(Duration::from_secs(60)), ..options };
        let running = ok(host().start(&compiled, &machine, &grants, options));
        Self { running, machine }
    }

    /// Calls a function of an exported interface.
    #[track_caller]
    pub fn call<P, R>(&mut self, interface: &str, function: &str, params: P) -> Result<R, RunError>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift,
    {
        let function = ok(self.running.typed_func::<P, R>(interface, function));
        self.running.call(&function, params)
    }

    /// The temperature in milli-°C.
    #[track_caller]
    pub fn temperature(&mut self) -> Answer<i32> {
        Ok(self.call::<_, (_,)>(THERMOMETER, "temperature", ())?.0)
    }

    /// The relative humidity in milli-%.
    #[track_caller]
    pub fn humidity(&mut self) -> Answer<u32> {
        Ok(self.call::<_, (_,)>(HYGROMETER, "humidity", ())?.0)
    }

    /// The pressure in milli-Pa.
    #[track_caller]
    pub fn pressure(&mut self) -> Answer<u32> {
        Ok(self.call::<_, (_,)>(BAROMETER, "pressure", ())?.0)
    }
}
