//! A stage in WAT with the slots `usb` and `port`, and all that these tests call.

use std::sync::Arc;

use periplasm_host::{
    Board, Grants, Host, HostOptions, Machine, Pipeline, Request, RunError, RunOptions, Running,
};
use periplasm_request::{Requests, SlotRequest, StageRequests, UsbFilter, VERSION};

use super::fake::Fake;
use crate::support::{interface, with_section};

const SHARED: &str = r#"
  (import "periplasm:hal/wait@0.1.0" (instance $wait
    (export "event" (type $e (sub resource)))
    (export "[method]event.ready" (func (param "self" (borrow $e)) (result bool)))
    (export "any" (func (param "events" (list (borrow $e))) (result (list u32))))
    (export "timer" (func (param "ns" u64) (result (own $e))))))
  (alias export $wait "event" (type $event))
  (import "periplasm:hal/buffer@0.1.0" (instance $buffer
    (export "buffer" (type $r (sub resource)))
    (export "[constructor]buffer" (func (param "len" u32) (result (own $r))))))
  (alias export $buffer "buffer" (type $buffer-r))
  (import "periplasm:usb/usb@0.1.0" (instance $usb
    (alias outer 1 $event (type $ev)) (export "event" (type $e (eq $ev)))
    (alias outer 1 $buffer-r (type $bu)) (export "buffer" (type $b (eq $bu)))
    (type $x' (enum "gone" "stall" "timeout" "cancelled" "overflow" "protocol" "busy" "denied"
      "not-found" "invalid" "exhausted" "unsupported" "other"))
    (export "error" (type $x (eq $x')))
    (type $s' (record (field "request-type" u8) (field "request" u8) (field "value" u16)
      (field "index" u16)))
    (export "setup" (type $s (eq $s')))
    (type $p' (record (field "status" (option $x)) (field "actual" u32)))
    (export "packet" (type $p (eq $p')))
    (type $c' (record (field "tag" u32) (field "status" (option $x)) (field "actual" u32)
      (field "data" (list u8)) (field "packets" (list $p))))
    (export "completion" (type $c (eq $c')))
    (export "usb-host" (type $host (sub resource)))
    (export "usb-device" (type $device (sub resource)))
    (export "usb-interface" (type $interface (sub resource)))
    (export "pipe" (type $pipe (sub resource)))
    (export "[method]usb-host.descriptors" (func (param "self" (borrow $host)) (param "id" u64)
      (result (result (list u8) (error $x)))))
    (export "[method]usb-host.open" (func (param "self" (borrow $host)) (param "id" u64)
      (result (result (own $device) (error $x)))))
    (export "[method]usb-device.claim" (func (param "self" (borrow $device)) (param "number" u8)
      (result (result (own $interface) (error $x)))))
    (export "[method]usb-device.control" (func (param "self" (borrow $device))
      (result (own $pipe))))
    (export "[method]usb-device.control-in" (func (param "self" (borrow $device))
      (param "setup" $s) (param "len" u16) (param "timeout-ns" (option u64)) (result $c)))
    (export "[method]usb-interface.pipe" (func (param "self" (borrow $interface))
      (param "endpoint" u8) (result (result (own $pipe) (error $x)))))
    (export "[method]pipe.submit-out" (func (param "self" (borrow $pipe)) (param "data" (list u8))
      (result (result u32 (error $x)))))
    (export "[method]pipe.submit-out-from" (func (param "self" (borrow $pipe))
      (param "buffer" (borrow $b)) (param "offset" u32) (param "len" u32)
      (result (result u32 (error $x)))))
    (export "[method]pipe.submit-in" (func (param "self" (borrow $pipe)) (param "len" u32)
      (result (result u32 (error $x)))))
    (export "[method]pipe.submit-isochronous-in" (func (param "self" (borrow $pipe))
      (param "packets" (list u32)) (result (result u32 (error $x)))))
    (export "[method]pipe.wait" (func (param "self" (borrow $pipe))
      (param "timeout-ns" (option u64)) (result (option $c))))
    (export "[method]pipe.wait-into" (func (param "self" (borrow $pipe))
      (param "timeout-ns" (option u64)) (param "buffer" (borrow $b)) (param "offset" u32)
      (result (option $c))))
    (export "[method]pipe.ready" (func (param "self" (borrow $pipe)) (result (own $e))))
    (export "[method]pipe.transfer-in" (func (param "self" (borrow $pipe)) (param "len" u32)
      (param "timeout-ns" (option u64)) (result $c)))))
  (alias export $usb "usb-host" (type $usb-r))
  (alias export $usb "usb-device" (type $device-r))
  (alias export $usb "usb-interface" (type $interface-r))
  (alias export $usb "pipe" (type $pipe-r))
  (import "periplasm:usb-device/usb-device@0.1.0" (instance $udc
    (alias outer 1 $event (type $ev)) (export "event" (type $e (eq $ev)))
    (type $t' (enum "control" "isochronous" "bulk" "interrupt"))
    (export "transfer-type" (type $t (eq $t')))
    (type $n' (record (field "address" u8) (field "transfers" $t) (field "max-packet-size" u16)
      (field "interval" u8)))
    (export "endpoint" (type $n (eq $n')))
    (type $x' (enum "would-block" "overflow" "invalid" "gone")) (export "error" (type $x (eq $x')))
    (type $b' (record (field "reset" bool) (field "suspend" bool) (field "resume" bool)
      (field "attached" bool) (field "detached" bool)))
    (export "bus-events" (type $b (eq $b')))
    (type $v' (record (field "bus" $b) (field "setup" (option u64)) (field "out-ready" u16)
      (field "in-complete" u16)))
    (export "events" (type $v (eq $v')))
    (export "usb-device" (type $r (sub resource)))
    (export "[method]usb-device.enable" (func (param "self" (borrow $r))
      (param "endpoints" (list $n)) (result (result (error $x)))))
    (export "[method]usb-device.wait" (func (param "self" (borrow $r))
      (param "timeout-ns" (option u64)) (result $v)))
    (export "[method]usb-device.write" (func (param "self" (borrow $r)) (param "number" u8)
      (param "packet" (list u8)) (result (result (error $x)))))))
  (alias export $udc "usb-device" (type $port-r))
"#;

/// Each function of the host: its name in the stage's code, what it is, and its
/// parameters and results there.
const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("event-ready", "$wait \"[method]event.ready\"", "(param i32) (result i32)"),
    ("any", "$wait \"any\"", "(param i32 i32 i32)"),
    ("timer", "$wait \"timer\"", "(param i64) (result i32)"),
    ("buffer", "$buffer \"[constructor]buffer\"", "(param i32) (result i32)"),
    ("descriptors", "$usb \"[method]usb-host.descriptors\"", "(param i32 i64 i32)"),
    ("open", "$usb \"[method]usb-host.open\"", "(param i32 i64 i32)"),
    ("claim", "$usb \"[method]usb-device.claim\"", "(param i32 i32 i32)"),
    ("control", "$usb \"[method]usb-device.control\"", "(param i32) (result i32)"),
    (
        "control-in",
        "$usb \"[method]usb-device.control-in\"",
        "(param i32 i32 i32 i32 i32 i32 i32 i64 i32)",
    ),
    ("pipe", "$usb \"[method]usb-interface.pipe\"", "(param i32 i32 i32)"),
    ("submit-out", "$usb \"[method]pipe.submit-out\"", "(param i32 i32 i32 i32)"),
    ("submit-out-from", "$usb \"[method]pipe.submit-out-from\"", "(param i32 i32 i32 i32 i32)"),
    ("submit-in", "$usb \"[method]pipe.submit-in\"", "(param i32 i32 i32)"),
    ("submit-iso-in", "$usb \"[method]pipe.submit-isochronous-in\"", "(param i32 i32 i32 i32)"),
    ("wait", "$usb \"[method]pipe.wait\"", "(param i32 i32 i64 i32)"),
    ("wait-into", "$usb \"[method]pipe.wait-into\"", "(param i32 i32 i64 i32 i32 i32)"),
    ("ready", "$usb \"[method]pipe.ready\"", "(param i32) (result i32)"),
    ("transfer-in", "$usb \"[method]pipe.transfer-in\"", "(param i32 i32 i32 i64 i32)"),
    ("enable", "$udc \"[method]usb-device.enable\"", "(param i32 i32 i32 i32)"),
    ("port-wait", "$udc \"[method]usb-device.wait\"", "(param i32 i32 i64 i32)"),
    ("port-write", "$udc \"[method]usb-device.write\"", "(param i32 i32 i32 i32 i32)"),
];

const DROPS: &[(&str, &str)] = &[
    ("drop-event", "event"),
    ("drop-device", "device-r"),
    ("drop-interface", "interface-r"),
    ("drop-pipe", "pipe-r"),
];

/// What each piece of code may call beside: handles of the only device, and of an
/// endpoint of its interface 0, whose own handle is left at address 1000.
const HELPERS: &str = r#"
  (func $device (result i32) (call $open (call $open-usb) (i64.const 1) (i32.const 0))
    (if (i32.load8_u (i32.const 0)) (then (unreachable))) (i32.load (i32.const 4)))
  (func $endpoint (param i32) (result i32)
    (call $claim (call $device) (i32.const 0) (i32.const 0))
    (if (i32.load8_u (i32.const 0)) (then (unreachable)))
    (i32.store (i32.const 1000) (i32.load (i32.const 4)))
    (call $pipe (i32.load (i32.const 4)) (local.get 0) (i32.const 0))
    (if (i32.load8_u (i32.const 0)) (then (unreachable))) (i32.load (i32.const 4)))
"#;

pub(super) const BOARD: &str = r#"
backend = "sim"
limits = { memory-mib = 64, stall-ms = 100 }
[usb.desk]
cable = "desk"
allow = [{}]
[usb-device.stick]
cable = "desk"
port = 1
"#;

fn wat(code: &str) -> String {
    let slot = |import: &str, id: &str, resource: &str| {
        format!(
            "(import \"{import}\" (instance ${id} (alias outer 1 ${resource}-r (type $t)) \
             (export \"r\" (type $r (eq $t))) (export \"open\" (func (result (own $r))))))\n"
        )
    };
    let (mut lowered, mut exports, mut core) = <(String, String, String)>::default();
    let mut function = |name: &str, lower: String, ty: &str| {
        lowered += &format!("(core func ${name} {lower})\n");
        exports += &format!("(export \"{name}\" (func ${name}))");
        core += &format!("(import \"host\" \"{name}\" (func ${name} {ty}))\n");
    };
    let options = "(memory $memory) (realloc $realloc)";
    for (name, what, ty) in FUNCTIONS {
        function(name, format!("(canon lower (func {what}) {options})"), ty);
    }
    for name in ["usb", "port"] {
        let lower = format!("(canon lower (func $my-{name} \"open\"))");
        function(&format!("open-{name}"), lower, "(result i32)");
    }
    for (name, resource) in DROPS {
        function(name, format!("(canon resource.drop ${resource})"), "(param i32)");
    }
    let outer = slot("usb-usb", "usb-usb", "usb") + &slot("usb-port", "usb-port", "port");
    let inner = slot("usb", "my-usb", "usb") + &slot("port", "my-port", "port");
    let out = interface("usb");
    format!(
        r#"(component {SHARED} {outer}
  (component $stage {SHARED} {inner}
    (core module $libc (memory (export "memory") 2)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0x10000)))
    (core instance $libc (instantiate $libc))
    (alias core export $libc "memory" (core memory $memory))
    (alias core export $libc "realloc" (core func $realloc))
    {lowered}
    (core instance $host (export "memory" (memory $memory)) {exports})
    (core module $main (import "host" "memory" (memory 2)) {core} {HELPERS}
      (func $probe (param $x i64) (result i64) {code})
      (export "probe" (func $probe)))
    (core instance $main (instantiate $main (with "host" (instance $host))))
    (func $probe (param "x" u64) (result u64) (canon lift (core func $main "probe")))
    (instance $out (export "probe" (func $probe)))
    (export "{out}" (instance $out)))
  (instance $stage (instantiate $stage (with "usb" (instance $usb-usb))
    (with "port" (instance $usb-port)) (with "periplasm:hal/wait@0.1.0" (instance $wait))
    (with "periplasm:hal/buffer@0.1.0" (instance $buffer))
    (with "periplasm:usb/usb@0.1.0" (instance $usb))
    (with "periplasm:usb-device/usb-device@0.1.0" (instance $udc))))
  (alias export $stage "{out}" (instance $stage-out))
  (export "{out}" (instance $stage-out)))"#
    )
}

/// A pipeline of one stage, `usb`, whose `probe` is this code; it leaves an
/// `i64`.
pub(super) fn pipeline(code: &str) -> Pipeline {
    let name = || "desk".to_owned();
    let usb = Request::Usb { name: name(), devices: vec![UsbFilter::default()] };
    let port = Request::UsbDevice { name: "stick".into() };
    let slots = [("usb", usb), ("port", port)]
        .map(|(slot, request)| SlotRequest { slot: slot.into(), request });
    let stages = vec![StageRequests { stage: "usb".into(), slots: slots.into() }];
    let requests = Requests { version: VERSION, pipeline: "usb".into(), stages };
    Pipeline::from_bytes(with_section(&wat(code), &requests.to_bytes())).unwrap()
}

/// A machine whose devices are those of `fake`.
pub(super) fn machine(fake: &Fake) -> Machine {
    let machine = Machine::new(&Board::parse(BOARD, "board.toml").unwrap());
    machine.put_usb("desk", Arc::new(fake.clone()));
    machine
}

/// Starts it on this machine.
pub(super) fn start(machine: &Machine, code: &str, options: RunOptions) -> Running {
    let (pipeline, board) = (pipeline(code), Board::parse(BOARD, "board.toml").unwrap());
    let grants = Grants::decide(&pipeline, &board).unwrap();
    let host = Host::new(HostOptions::default()).unwrap();
    host.start(&host.compile(&pipeline).unwrap(), machine, &grants, options).unwrap()
}

/// Calls its `probe`.
pub(super) fn call(running: &mut Running) -> Result<u64, RunError> {
    let probe = running.typed_func::<(u64,), (u64,)>(&interface("usb"), "probe").unwrap();
    running.call(&probe, (0,)).map(|(answer,)| answer)
}

/// What the stage answers that has run `code` with the devices of `fake`.
pub(super) fn answer_with(fake: &Fake, code: &str) -> Result<u64, RunError> {
    call(&mut start(&machine(fake), code, RunOptions::default()))
}

pub(super) fn answer(code: &str) -> Result<u64, RunError> {
    answer_with(&Fake::default(), code)
}
