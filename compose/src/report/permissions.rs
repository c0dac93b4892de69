//! What stages may do, in plain words.

use std::collections::BTreeSet;

use periplasm_request::Request;

use super::{Facts, HostReport, Permissions, StageFacts, hardware};
use crate::component::{Contract, ImportKind};
use crate::kind::{SlotKind, Words as _};
use crate::name::InterfaceName;

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

/// How an interface is told of which nothing is known here.
const UNKNOWN: &str = "call the host's";

/// Said as one, when a stage may do both.
const PAIR: (&str, &str, &str) = (
    "write to standard output",
    "write to standard error",
    "write to standard output and standard error",
);

pub(super) fn all(facts: &Facts<'_>) -> Vec<Permissions> {
    let stages = facts.stages.iter().map(|stage| {
        let mut may = Vec::new();
        let requests = facts.requests.stages.iter().find(|r| r.stage == stage.name);
        let slots = requests.map(|requests| requests.slots.as_slice()).unwrap_or_default();
        // Hardware first: it is what a reader looks for.
        may.extend(slots.iter().flat_map(|slot| hardware::on_board(&slot.request)));
        for wire in &stage.wires {
            let ImportKind::Slot { slot, .. } = &stage.shape.imports[wire.import].kind else {
                continue;
            };
            let giver = &facts.stages[wire.provider].name;
            may.push(hardware::of_stage(slot.kind.as_str(), facts.export(wire), giver));
        }
        let host = host(stage);
        may.extend(words(&host));
        if slots.iter().any(|slot| matches!(slot.request, Request::Diag)) {
            may.push("write log lines".to_owned());
        }
        Permissions { stage: stage.name.to_owned(), may, host }
    });
    stages.collect()
}

/// The interfaces that the host satisfies, and what they allow.
fn host(stage: &StageFacts<'_>) -> Vec<HostReport> {
    let interfaces = stage
        .shape
        .interfaces()
        .filter(|(import, _, contract)| contract.has_functions && !stage.is_wired(&import.name));
    let interfaces = interfaces.map(|(_, interface, contract)| HostReport {
        interface: interface.to_string(),
        may: allows(interface, contract),
    });
    interfaces.collect()
}

/// What an interface of the host's allows.
fn allows(interface: &InterfaceName, contract: &Contract) -> Option<String> {
    let words = match interface.path.as_str() {
        "periplasm:hal/clock" => "measure time",
        "periplasm:hal/delay" => "wait",
        // Events come from handles and are waited for with them, one by one.
        "periplasm:hal/wait" if !contract.items.contains_key("any") => return None,
        "periplasm:hal/wait" => "wait for the first of several events",
        "periplasm:hal/start" => "start transactions and go on meanwhile",
        "periplasm:hal/buffer" => "keep bytes in buffers of the host",
        // What a filter says, it says better.
        "periplasm:usb/usb-admin" => return None,
        // The handles come from slots; this is what can be done with them.
        _ if SlotKind::of_interface(interface).is_some() => return None,
        path => match place(path) {
            Some(place) => WASI[place].1?,
            None => return Some(format!("{UNKNOWN} {interface}")),
        },
    };
    Some(words.to_owned())
}

/// Where [`WASI`] has an interface.
fn place(path: &str) -> Option<usize> {
    WASI.iter().position(|(prefix, _)| path.starts_with(prefix))
}

/// All that interfaces allow, each thing once: what is ours in the order of the
/// imports, then WASI, then what nobody here knows.
fn words(host: &[HostReport]) -> Vec<String> {
    let (mut may, mut others) = (Vec::new(), BTreeSet::new());
    let mut told: BTreeSet<(usize, &str)> = BTreeSet::new();
    for HostReport { interface, may: allowed } in host {
        let Some(allowed) = allowed else { continue };
        match place(interface) {
            Some(order) => _ = told.insert((order, allowed)),
            None if allowed.starts_with(UNKNOWN) => _ = others.insert(allowed.clone()),
            None => may.push(allowed.clone()),
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
