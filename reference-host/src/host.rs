//! From a pipeline to one that runs.

mod slots;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use miette::Diagnostic;
use thiserror::Error;
use wasmtime::component::{Component, InstancePre, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::WasiCtxBuilder;

use crate::cache::Cache;
use crate::grants::Grants;
use crate::machine::{Machine, MachineError};
use crate::output::Output;
use crate::pipeline::Pipeline;
use crate::run::{RunError, Running};
use crate::runtime::{self, LogSink, State, Ticking, Watch};
use crate::text::printable;

/// What a host is made with.
#[derive(Clone, Debug, Default)]
pub struct HostOptions {
    /// A folder for compiled code, so that a pipeline is compiled once and
    /// later loaded in a fraction of a millisecond. Without one, nothing is
    /// written anywhere.
    ///
    /// Compiled code is run as it is: whoever can write into the folder can do
    /// all that the host can. It is made for this user alone, and one that
    /// others can write into is not used.
    pub cache: Option<PathBuf>,
}

/// Runs pipelines. All hosts of a process share one engine.
#[derive(Clone)]
pub struct Host {
    engine: Engine,
    linker: Arc<Linker<State>>,
    cache: Option<Arc<Cache>>,
}

/// A pipeline as machine code, with its imports checked against the host's.
/// Cheap to clone.
#[derive(Clone)]
pub struct Compiled {
    pipeline: Pipeline,
    pre: InstancePre<State>,
}

/// How one run goes.
#[derive(Debug, Default)]
pub struct RunOptions {
    /// The longest the run may take on a wall clock. Default: no limit.
    pub timeout: Option<Duration>,
    /// The app's arguments, without its name.
    pub args: Vec<String>,
    /// Whether the app may read the host's standard input.
    pub stdin: bool,
    /// Where the app's standard output goes.
    pub stdout: Output,
    /// Where the app's standard error goes.
    pub stderr: Output,
    /// Where the messages of stages go.
    pub log: LogSink,
}

/// Why a host cannot be made, or a pipeline not be compiled.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum HostError {
    /// The engine does not work on this machine.
    #[error("the WebAssembly engine cannot start: {0:#}")]
    Engine(wasmtime::Error),
    /// The cache must not be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Cache(#[from] crate::cache::CacheError),
    /// The engine refuses the code of a stage.
    #[error("pipeline cannot be compiled: {}", reason(.0))]
    #[diagnostic(help("a stage uses a feature of WebAssembly that this host does not have"))]
    Compile(wasmtime::Error),
    /// An import is of another type than what the host has.
    #[error("an import has another type than this host's: {}", reason(.0))]
    #[diagnostic(help("build the stage against the WIT packages of this host's version"))]
    Link(wasmtime::Error),
}

/// What the engine says, which may quote names from the pipeline.
fn reason(error: &wasmtime::Error) -> String {
    printable(&format!("{error:#}"), 1024).into_owned()
}

/// Why a pipeline did not start.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum StartError {
    /// Hardware is not there.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Machine(#[from] MachineError),
    /// The grants are another pipeline's.
    #[error("nothing was granted for slot `{slot}` of stage `{stage}`")]
    #[diagnostic(help("start a pipeline with the grants that were decided for it"))]
    NotGranted {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
    },
    /// The thread that finds stalled stages cannot be started.
    #[error("the watchdog's thread cannot start: {0}")]
    Watchdog(std::io::Error),
    /// A stage failed while it was set up.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Run(#[from] RunError),
}

/// The most bytes that one call of the host may hand over, and the most
/// handles a pipeline may hold at once: what a guest can make the host
/// allocate is bounded by these.
const MAX_CALL_BYTES: usize = 64 << 20;
const MAX_HANDLES: usize = 10_000;
const MAX_WASI_RESOURCES: usize = 1024;
const MAX_RANDOM_BYTES: u64 = 1 << 20;

impl Host {
    /// A host.
    pub fn new(options: HostOptions) -> Result<Self, HostError> {
        let engine = runtime::engine().map_err(HostError::Engine)?;
        let linker = Arc::new(runtime::base(&engine).map_err(HostError::Engine)?);
        let cache = match options.cache {
            Some(folder) => Some(Arc::new(Cache::open(folder, &engine)?)),
            None => None,
        };
        Ok(Self { engine, linker, cache })
    }

    /// Makes machine code of `pipeline`, or takes it from the cache, and checks
    /// the type of each import. Nothing of it runs.
    pub fn compile(&self, pipeline: &Pipeline) -> Result<Compiled, HostError> {
        let compile = || Component::from_binary(&self.engine, pipeline.bytes());
        let component = match &self.cache {
            Some(cache) => cache.load_or(pipeline.digest(), compile),
            None => compile(),
        };
        let component = component.map_err(HostError::Compile)?;
        let linker = runtime::with_slots(&self.linker, pipeline).map_err(HostError::Link)?;
        let pre = linker.instantiate_pre(&component).map_err(HostError::Link)?;
        Ok(Compiled { pipeline: pipeline.clone(), pre })
    }

    /// Makes an instance of a pipeline, with what it was granted on `machine`.
    pub fn start(
        &self,
        compiled: &Compiled,
        machine: &Machine,
        grants: &Grants,
        options: RunOptions,
    ) -> Result<Running, StartError> {
        let ticking = Ticking::new(&self.engine).map_err(StartError::Watchdog)?;
        let state = state(compiled, machine, grants, options)?;
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| &mut state.limiter);
        store.set_hostcall_fuel(MAX_CALL_BYTES);
        store.set_max_component_handles(MAX_HANDLES);
        store.epoch_deadline_callback(|mut store| store.data_mut().watch.tick());
        Ok(Running::start(store, &compiled.pre, compiled.pipeline.clone(), ticking)?)
    }
}

impl Compiled {
    /// The pipeline.
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("cache", &self.cache).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiled")
            .field("pipeline", &self.pipeline.digest())
            .finish_non_exhaustive()
    }
}

fn state(
    compiled: &Compiled,
    machine: &Machine,
    grants: &Grants,
    options: RunOptions,
) -> Result<State, StartError> {
    let limits = machine.limits();
    let watch = Watch::new(limits.stall, options.timeout);
    let mut wasi = WasiCtxBuilder::new();
    runtime::set_clock(&mut wasi, machine);
    wasi.max_random_size(MAX_RANDOM_BYTES).arg(compiled.pipeline.name()).args(&options.args);
    if options.stdin {
        runtime::set_stdin(&mut wasi, &watch);
    }
    options.stdout.set_stdout(&mut wasi);
    options.stderr.set_stderr(&mut wasi);
    let mut table = ResourceTable::new();
    table.set_max_capacity(MAX_WASI_RESOURCES);
    Ok(State {
        slots: slots::open(&compiled.pipeline, machine, grants)?,
        clock: machine.clock().clone(),
        real_time: machine.real_time(),
        watch,
        waits: runtime::Waits::default(),
        events: runtime::Slab::new(runtime::MAX_EVENTS),
        transfers: runtime::Transfers::default(),
        buffers: runtime::Buffers::default(),
        usb: runtime::Usb::default(),
        limiter: runtime::Limiter::new(limits.memory_bytes),
        panic: None,
        log: options.log,
        wasi: wasi.build(),
        table,
    })
}
