//! What a stage may do, in pieces that can be compared.

use periplasm_request::{I2cAddress, Request, UsbFilter};

use crate::name::InterfaceName;
use crate::report::{Report, of_stage, on_board};

/// One piece: nothing of it can be granted without all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ability {
    /// An address on a bus of the board.
    I2c { bus: String, address: I2cAddress },
    /// USB devices that one filter speaks of.
    Usb { name: String, filter: UsbFilter },
    /// Any other hardware of the board, or the log.
    Board(Request),
    /// Hardware of another stage: its kind, the stage, and what that one calls
    /// it.
    Given { kind: &'static str, provider: String, export: String, may: String },
    /// The functions of another stage.
    Call { interface: String, provider: String },
    /// What an interface of the host's allows, in words.
    Host(String),
}

/// The pieces of what a stage may do; none if there is no such stage.
pub(super) fn abilities(report: &Report, stage: &str) -> Vec<Ability> {
    let mut all = Vec::new();
    if let Some(found) = report.stages.iter().find(|one| one.name == stage) {
        found.slots.iter().for_each(|slot| all.extend(of_request(&slot.request)));
        all.extend(found.given.iter().map(|given| Ability::Given {
            kind: given.kind,
            provider: given.provider.clone(),
            export: given.export.clone(),
            may: of_stage(given.kind, &given.export, &given.provider),
        }));
    }
    let wires = report.wiring.iter().filter(|wire| wire.user == stage);
    all.extend(wires.map(|wire| Ability::Call {
        interface: wire.interface.clone(),
        provider: wire.provider.clone(),
    }));
    let permissions = report.permissions.iter().filter(|one| one.stage == stage);
    let host = permissions.flat_map(|permissions| &permissions.host);
    all.extend(host.filter_map(|host| host.may.clone()).map(Ability::Host));
    all
}

fn of_request(request: &Request) -> Vec<Ability> {
    match request {
        Request::I2c { bus, addresses } => {
            let one = |address: &I2cAddress| Ability::I2c { bus: bus.clone(), address: *address };
            addresses.iter().map(one).collect()
        }
        Request::Usb { name, devices } => {
            let one =
                |filter: &UsbFilter| Ability::Usb { name: name.clone(), filter: filter.clone() };
            devices.iter().map(one).collect()
        }
        other => vec![Ability::Board(other.clone())],
    }
}

impl Ability {
    /// Whether who may do this may do the other.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Usb { name, filter }, Self::Usb { name: wanted, filter: asked }) => {
                name == wanted && filter.covers(asked)
            }
            // A compatible version is the same thing to call.
            (
                Self::Call { interface, provider },
                Self::Call { interface: wanted, provider: asked },
            ) => provider == asked && same(interface, wanted),
            _ => self == other,
        }
    }
}

fn same(one: &str, other: &str) -> bool {
    match (InterfaceName::parse(one), InterfaceName::parse(other)) {
        (Some(one), Some(other)) => one.same_track(&other),
        _ => one == other,
    }
}

/// What goes on from "may", each thing once, and the addresses of a bus in one.
pub(super) fn words(abilities: &[Ability]) -> Vec<String> {
    let mut requests: Vec<Request> = Vec::new();
    let mut others: Vec<String> = Vec::new();
    for ability in abilities {
        match ability {
            Ability::I2c { bus, address } => {
                let same = requests.iter_mut().find_map(|request| match request {
                    Request::I2c { bus: known, addresses } if known == bus => Some(addresses),
                    _ => None,
                });
                match same {
                    Some(addresses) if addresses.contains(address) => {}
                    Some(addresses) => addresses.push(*address),
                    None => {
                        requests.push(Request::I2c { bus: bus.clone(), addresses: vec![*address] });
                    }
                }
            }
            Ability::Usb { name, filter } => {
                requests.push(Request::Usb { name: name.clone(), devices: vec![filter.clone()] });
            }
            Ability::Board(Request::Diag) => others.push("write log lines".to_owned()),
            Ability::Board(request) => requests.push(request.clone()),
            Ability::Given { may, .. } | Ability::Host(may) => others.push(may.clone()),
            Ability::Call { interface, provider } => {
                others.push(format!("call {interface} of stage {provider}"));
            }
        }
    }
    let mut words: Vec<String> = Vec::new();
    for may in requests.iter().flat_map(on_board).chain(others) {
        if !words.contains(&may) {
            words.push(may);
        }
    }
    words
}
