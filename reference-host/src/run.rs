//! A pipeline that runs, and how it can end.

mod classify;
mod error;

pub use error::{Cause, ExportError, RunError};
use wasmtime::Store;
use wasmtime::component::{
    ComponentExportIndex, ComponentNamedList, Instance, InstancePre, Lift, Lower, TypedFunc,
};

use crate::device::DeviceError;
use crate::pipeline::Pipeline;
use crate::runtime::{State, Stopper, Ticking};

/// A pipeline with its stages in place.
///
/// A stage that fails takes its pipeline with it, and nothing else: the host,
/// its machine and all other pipelines go on.
pub struct Running {
    store: Store<State>,
    instance: Instance,
    pipeline: Pipeline,
    ended: bool,
    _ticking: Ticking,
}

impl Running {
    pub(crate) fn start(
        mut store: Store<State>,
        pre: &InstancePre<State>,
        pipeline: Pipeline,
        ticking: Ticking,
    ) -> Result<Self, RunError> {
        store.set_epoch_deadline(1);
        match pre.instantiate(&mut store) {
            Ok(instance) => Ok(Self { store, instance, pipeline, ended: false, _ticking: ticking }),
            Err(error) => match classify::end(&error, store.data(), &pipeline) {
                classify::End::Failed(error) => Err(error),
                classify::End::Exited(code) => {
                    Err(RunError { stage: None, cause: Cause::ExitedEarly(code) })
                }
            },
        }
    }

    /// The pipeline.
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// Runs the app, and returns its exit code: 0 when it succeeded, 1 when it
    /// failed, or the number it exited with.
    pub fn run_app(&mut self) -> Result<i32, RunError> {
        let no_app = || RunError { stage: None, cause: Cause::NoApp };
        let interface = self.pipeline.run_export().ok_or_else(no_app)?.to_owned();
        let run = self.typed_func::<(), (Result<(), ()>,)>(&interface, "run");
        let run = run.map_err(|_| no_app())?;
        match self.call_to_end(&run, ()) {
            Ok((Ok(()),)) => Ok(0),
            Ok((Err(()),)) => Ok(1),
            Err(classify::End::Exited(code)) => Ok(code),
            Err(classify::End::Failed(error)) => Err(error),
        }
    }

    /// Runs the gadget until it ends by itself.
    pub fn run_gadget(&mut self) -> Result<(), RunError> {
        let no_app = || RunError { stage: None, cause: Cause::NoApp };
        let interface = self.pipeline.gadget_export().ok_or_else(no_app)?.to_owned();
        let run = self.typed_func::<(), (Result<(), DeviceError>,)>(&interface, "run");
        match self.call(&run.map_err(|_| no_app())?, ())? {
            (Ok(()),) => Ok(()),
            (Err(error),) => Err(RunError { stage: None, cause: Cause::Gadget(error) }),
        }
    }

    /// Runs the app, or the gadget of a pipeline without one. Returns its exit
    /// code.
    pub fn run_main(&mut self) -> Result<i32, RunError> {
        match (self.pipeline.run_export(), self.pipeline.gadget_export()) {
            (None, Some(_)) => self.run_gadget().map(|()| 0),
            _ => self.run_app(),
        }
    }

    /// Ends this pipeline from another thread.
    pub fn stopper(&self) -> Stopper {
        self.store.data().watch.stopper().clone()
    }

    /// A function of an interface that the pipeline exports.
    pub fn typed_func<Params, Return>(
        &mut self,
        interface: &str,
        function: &str,
    ) -> Result<TypedFunc<Params, Return>, ExportError>
    where
        Params: ComponentNamedList + Lower,
        Return: ComponentNamedList + Lift,
    {
        let index =
            |store: &mut Store<State>, parent: Option<&ComponentExportIndex>, name: &str| {
                self.instance.get_export_index(store, parent, name)
            };
        let outer = index(&mut self.store, None, interface)
            .ok_or_else(|| ExportError::NoInterface(interface.to_owned()))?;
        let inner = index(&mut self.store, Some(&outer), function)
            .ok_or_else(|| ExportError::NoFunction(interface.to_owned(), function.to_owned()))?;
        self.instance
            .get_typed_func(&mut self.store, inner)
            .map_err(|error| ExportError::Type(format!("{interface}#{function}"), error))
    }

    /// Calls an exported function. After an error the pipeline has ended: every
    /// later call gives [`Cause::Ended`].
    pub fn call<Params, Return>(
        &mut self,
        function: &TypedFunc<Params, Return>,
        params: Params,
    ) -> Result<Return, RunError>
    where
        Params: ComponentNamedList + Lower,
        Return: ComponentNamedList + Lift,
    {
        self.call_to_end(function, params).map_err(|end| match end {
            classify::End::Failed(error) => error,
            classify::End::Exited(code) => {
                RunError { stage: None, cause: Cause::ExitedEarly(code) }
            }
        })
    }

    fn call_to_end<Params, Return>(
        &mut self,
        function: &TypedFunc<Params, Return>,
        params: Params,
    ) -> Result<Return, classify::End>
    where
        Params: ComponentNamedList + Lower,
        Return: ComponentNamedList + Lift,
    {
        if self.ended {
            return Err(classify::End::Failed(RunError { stage: None, cause: Cause::Ended }));
        }
        // Ticks since the last call were not this one's.
        self.store.set_epoch_deadline(1);
        self.store.data_mut().watch.reset();
        // Until it returns. What unwinds through here (a sink of the host's
        // owner that panics) leaves the stages in the middle of something.
        self.ended = true;
        match function.call(&mut self.store, params) {
            Ok(answer) => {
                self.ended = false;
                Ok(answer)
            }
            Err(error) => Err(classify::end(&error, self.store.data(), &self.pipeline)),
        }
    }
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("pipeline", &self.pipeline.digest())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
