//! What stages may do, in plain words.

use std::collections::BTreeSet;

use periplasm_request::Request;

use super::{Permissions, hardware};
use crate::component::{Contract, ImportKind, Shape};
use crate::kind::{SlotKind, Words as _};
use crate::manifest::Manifest;
use crate::name::InterfaceName;
use crate::plan::Plan;
use crate::source::Loaded;

/// What an app may do through WASI, by interface, in the order in which it is
/// told. `None` where an interface gives nothing by itself: streams, types,
/// and whether a stream is a terminal.
const WASI: [(&str, Option<&str>); 14] = [
    ("wasi:cli/environment", Some("read the arguments and environment it is given")),
    ("wasi:cli/stdin", Some("read standard input")),
    ("wasi:cli/stdout", Some("write to standard output")),
    ("wasi:cli/stderr", Some("write to standard error")),
    ("wasi:cli/exit", Some("end with an exit code")),
    ("wasi:cli/", None),
    ("wasi:clocks/wall-clock", Some("read the time of day")),
    ("wasi:clocks/", Some("measure time and wait")),
    ("wasi:random/", Some("draw random numbers")),
    ("wasi:filesystem/", Some("use the files and folders it is given")),
    ("wasi:sockets/", Some("use the network")),
    ("wasi:http/", Some("make and answer HTTP requests")),
    ("wasi:io/", None),
    ("wasi:i2c/", None),
];

/// Said as one, when a stage may do both.
const PAIR: (&str, &str, &str) = (
    "write to standard output",
    "write to standard error",
    "write to standard output and standard error",
);

pub(super) fn all(manifest: &Manifest, all: &[Loaded], plan: &Plan) -> Vec<Permissions> {
    let stages = manifest.stages.iter().zip(all).enumerate();
    let stages = stages.map(|(index, (stage, loaded))| {
        let mut may = Vec::new();
        let requests = plan.requests.stages.iter().find(|r| r.stage == stage.name.value);
        let slots = requests.map(|requests| requests.slots.as_slice()).unwrap_or_default();
        // Hardware first: it is what a reader looks for.
        may.extend(slots.iter().flat_map(|slot| hardware::on_board(&slot.request)));
        for wire in &plan.wires[index] {
            let ImportKind::Slot { slot, .. } = &loaded.shape.imports[wire.import].kind else {
                continue;
            };
            let export = &all[wire.provider].shape.exports[wire.export].name;
            let giver = &manifest.stages[wire.provider].name.value;
            may.push(hardware::of_stage(slot.kind, export, giver));
        }
        may.extend(shared(&loaded.shape, plan, index));
        if slots.iter().any(|slot| matches!(slot.request, Request::Diag)) {
            may.push("write log lines".to_owned());
        }
        Permissions { stage: stage.name.value.clone(), may }
    });
    stages.collect()
}

/// What the interfaces that the host satisfies allow.
fn shared(shape: &Shape, plan: &Plan, stage: usize) -> Vec<String> {
    let wired = |import: &str| {
        plan.wires[stage].iter().any(|wire| shape.imports[wire.import].name == import)
    };
    let interfaces: Vec<(&InterfaceName, &Contract)> = shape
        .interfaces()
        .filter(|(import, _, contract)| contract.has_functions && !wired(&import.name))
        .map(|(_, interface, contract)| (interface, contract))
        .collect();
    let mut may: Vec<String> = Vec::new();
    let mut others: BTreeSet<String> = BTreeSet::new();
    let mut told: BTreeSet<(usize, &str)> = BTreeSet::new();
    for (interface, contract) in interfaces {
        match interface.path.as_str() {
            "periplasm:hal/clock" => may.push("measure time".to_owned()),
            "periplasm:hal/delay" => may.push("wait".to_owned()),
            // Events come from handles and are waited for with them, one by one.
            "periplasm:hal/wait" if !contract.items.contains_key("any") => {}
            "periplasm:hal/wait" => may.push("wait for the first of several events".to_owned()),
            "periplasm:hal/start" => may.push("start transactions and go on meanwhile".to_owned()),
            "periplasm:hal/buffer" => may.push("keep bytes in buffers of the host".to_owned()),
            // What a filter says, it says better.
            "periplasm:usb/usb-admin" => {}
            // The handles come from slots; this is what can be done with them.
            _ if SlotKind::of_interface(interface).is_some() => {}
            path => match WASI.iter().position(|(prefix, _)| path.starts_with(prefix)) {
                Some(order) => told.extend(WASI[order].1.map(|words| (order, words))),
                None => {
                    others.insert(format!("call the host's {interface}"));
                }
            },
        }
    }
    let mut wasi: Vec<&str> = told.into_iter().map(|(_, words)| words).collect();
    if wasi.contains(&PAIR.0) && wasi.contains(&PAIR.1) {
        wasi.retain(|words| *words != PAIR.1);
        wasi.iter_mut().filter(|words| **words == PAIR.0).for_each(|words| *words = PAIR.2);
    }
    // What a user sees of an app first.
    wasi.sort_by_key(|words| *words != PAIR.2);
    may.extend(wasi.into_iter().map(str::to_owned));
    may.extend(others);
    may
}
