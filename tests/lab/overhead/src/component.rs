//! A pipeline of one driver, on the reference host.

use std::path::{Path, PathBuf};

use periplasm_host::{
    Board, Grants, Host, HostOptions, LogSink, Machine, Pipeline, RunOptions, Running,
};
use wasmtime::component::{ComponentNamedList, Lift, Lower, TypedFunc};

use crate::error::{Error, Result};

/// A pipeline that runs.
pub(crate) struct Component {
    running: Running,
    /// Its hardware.
    _machine: Machine,
}

impl Component {
    /// Loads, compiles and starts a pipeline.
    pub(crate) fn open(pipeline: &Path, board: &Path, cache: Option<PathBuf>) -> Result<Self> {
        let pipeline = Pipeline::load(pipeline).map_err(Error::host)?;
        let board = Board::load(board).map_err(Error::host)?;
        let grants = Grants::decide(&pipeline, &board).map_err(|refused| Error::host(*refused))?;
        let host = Host::new(HostOptions { cache }).map_err(Error::host)?;
        let compiled = host.compile(&pipeline).map_err(Error::host)?;
        let machine = Machine::new(&board);
        machine.open_granted(&grants).map_err(Error::host)?;
        let options = RunOptions { log: LogSink::tracing(), ..RunOptions::default() };
        let running = host.start(&compiled, &machine, &grants, options).map_err(Error::host)?;
        Ok(Self { running, _machine: machine })
    }

    /// A function of an exported interface.
    pub(crate) fn function<P, R>(&mut self, interface: &str, name: &str) -> Result<TypedFunc<P, R>>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift,
    {
        self.running.typed_func(interface, name).map_err(Error::host)
    }

    /// Calls one.
    pub(crate) fn call<P, R>(&mut self, function: &TypedFunc<P, R>, params: P) -> Result<R>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift,
    {
        self.running.call(function, params).map_err(Error::host)
    }
}
