//! A stage's settings: a small component that holds them is put into the stage,
//! so that they are part of it and no other stage sees them.

mod store;

use crate::component::{self, Import, ImportKind, Shape};
use crate::encode::{Fault, guarded};
use crate::inside;
use crate::manifest::{Settings, Stage};
use crate::name::InterfaceName;
use crate::problem::StageProblem;
use crate::seal::is_taken;

/// Through which a component reads its settings, in any version: the shape has
/// been the same since it has this name.
const STORE: &str = "wasi:config/store";

/// The stage with its settings inside; `None` if it reads none and has none.
pub(crate) fn put_in(
    stage: &Stage,
    component: &[u8],
    shape: &Shape,
) -> Result<Option<Vec<u8>>, StageProblem> {
    let name = || stage.name.value.clone();
    let Some((_, interface)) = imported(stage, shape) else {
        return match &stage.settings {
            Some(settings) => Err(StageProblem::SettingsUnread { stage: name(), at: settings.at }),
            None => Ok(None),
        };
    };
    let none = Settings::new();
    let settings = stage.settings.as_ref().map_or(&none, |settings| &settings.value);
    let labelled = |import: &Import| {
        matches!(import.kind, ImportKind::Interface { labelled: true, .. }).then_some(())
    };
    // The composing library would forget what a label stands for.
    let made = match shape.imports.iter().find_map(labelled) {
        Some(()) => Err(Fault::words("it takes an interface under a label beside them")),
        None => guarded(|| {
            let store = store::make(interface, settings)?;
            let inner =
                Shape::read(&store).map_err(|errors| Fault::words(format!("{errors:?}")))?;
            let parts = [("settings", store.as_slice(), &inner), ("stage", component, shape)];
            inside::compose(parts, |import, name| !is_taken(stage, import, name))
        }),
    };
    let at = stage.settings.as_ref().map_or(stage.source.at, |settings| settings.at);
    made.map(Some).map_err(|fault| StageProblem::SettingsUnfit {
        stage: name(),
        message: fault.message,
        at,
    })
}

/// The digest of what a stage is told: of its settings as JSON, sorted by key.
pub(crate) fn digest(stage: &Stage) -> String {
    let none = Settings::new();
    let settings = stage.settings.as_ref().map_or(&none, |settings| &settings.value);
    // Text by text: JSON can say that.
    component::digest(&serde_json::to_vec(settings).unwrap_or_default())
}

/// The store that the stage imports, unless another stage shall give it.
fn imported<'a>(stage: &Stage, shape: &'a Shape) -> Option<(&'a Import, &'a InterfaceName)> {
    shape.interfaces().find_map(|(import, interface, _)| {
        let store = interface.path == STORE && !is_taken(stage, &import.name, interface);
        store.then_some((import, interface))
    })
}
