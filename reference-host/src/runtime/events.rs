//! `periplasm:hal/wait`: events, and waiting for the first of several.

use std::task::{Context, Waker};

use periplasm_backend::{Event, Moment};
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource, ResourceType, WasmList};

use super::state::State;
use super::waiting::{Look, NEVER, Next, Outside, Waiting};
use super::watch::Stop;

/// The most events that one pipeline may hold at once.
pub const MAX_EVENTS: usize = 1024;

/// The most events in the list of one `any`.
pub const MAX_EVENTS_OF_ANY: usize = 256;

/// Something a stage waits for. What has happened stays so, whatever becomes of
/// its cause, and is not asked again.
pub(crate) struct Waited(Option<Box<dyn Event>>);

impl Waited {
    fn look(&mut self, context: &mut Context<'_>) -> Look {
        let Some(event) = &mut self.0 else { return Look::Happened };
        let look = Look::at(&mut **event, context);
        if matches!(look, Look::Happened) {
            self.0 = None;
        }
        look
    }

    fn has_happened(&self) -> bool {
        self.0.is_none()
    }
}

pub(super) fn add(wait: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    wait.resource("event", ResourceType::host::<Waited>(), |mut store, number| {
        store.data_mut().events.remove(number);
        Ok(())
    })?;
    wait.func_wrap("[method]event.ready", ready)?;
    wait.func_wrap("any", any)?;
    wait.func_wrap("timer", timer)
}

impl State {
    /// A handle of a new event.
    pub(super) fn event(&mut self, event: Box<dyn Event>) -> wasmtime::Result<Resource<Waited>> {
        self.event_or_past(Some(event))
    }

    /// A handle of an event from outside of the board.
    pub(super) fn outside_event(
        &mut self,
        event: Box<dyn Event>,
    ) -> wasmtime::Result<Resource<Waited>> {
        self.event(Box::new(Outside(event)))
    }

    /// The same; without one it has happened already.
    pub(super) fn event_or_past(
        &mut self,
        event: Option<Box<dyn Event>>,
    ) -> wasmtime::Result<Resource<Waited>> {
        let number = self.events.insert(Waited(event));
        Ok(Resource::new_own(number.ok_or(Stop::TooMuch("1024 events at once"))?))
    }
}

fn ready(
    mut store: StoreContextMut<'_, State>,
    (event,): (Resource<Waited>,),
) -> wasmtime::Result<(bool,)> {
    let state = store.data_mut();
    state.called();
    let event = state.events.get_mut(event.rep()).ok_or_else(super::state::not_a_handle)?;
    let look = event.look(&mut Context::from_waker(Waker::noop()));
    Ok((matches!(look, Look::Happened),))
}

fn any(
    mut store: StoreContextMut<'_, State>,
    (list,): (WasmList<Resource<Waited>>,),
) -> wasmtime::Result<(Vec<u32>,)> {
    store.data_mut().called();
    if list.len() > MAX_EVENTS_OF_ANY {
        return Err(Stop::TooMuch("256 events in one list").into());
    }
    let numbers: Vec<u32> = list
        .iter(&mut store)?
        .map(|event| event.map(|event| event.rep()))
        .collect::<wasmtime::Result<_>>()?;
    let state = store.data_mut();
    if numbers.is_empty() {
        return Ok((numbers,));
    }
    let events = &mut state.events;
    Waiting::new(&state.clock, state.real_time, &state.watch).wait(NEVER, |context| {
        let (mut happened, mut next) = (false, Next::default());
        for number in &numbers {
            match events.get_mut(*number).map(|event| event.look(context)) {
                Some(Look::Until(other)) => next = next.or(other),
                Some(Look::Happened) | None => happened = true,
            }
        }
        if happened { Look::Happened } else { Look::Until(next) }
    })?;
    let has = |number: &u32| events.get(*number).is_none_or(Waited::has_happened);
    Ok(((0..).zip(&numbers).filter(|(_, number)| has(number)).map(|(place, _)| place).collect(),))
}

fn timer(
    mut store: StoreContextMut<'_, State>,
    (ns,): (u64,),
) -> wasmtime::Result<(Resource<Waited>,)> {
    let state = store.data_mut();
    state.called();
    let moment = Moment::new(state.clock.clone(), state.clock.now_ns().saturating_add(ns));
    Ok((state.event(Box::new(moment))?,))
}
