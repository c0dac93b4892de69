//! A stage in WAT with a slot of most kinds, and what it can do to the host.

use periplasm_host::{
    Board, Grants, Host, HostOptions, Machine, Pipeline, Request, RunError, RunOptions, Running,
};
use periplasm_request::{Requests, SlotRequest, StageRequests, VERSION};

use crate::support::{interface, with_section};

/// The outermost imports, and those of each stage.
const SHARED: &str = r#"
  (import "periplasm:hal/wait@0.1.0" (instance $wait
    (export "event" (type $e (sub resource)))
    (export "[method]event.ready" (func (param "self" (borrow $e)) (result bool)))
    (export "any" (func (param "events" (list (borrow $e))) (result (list u32))))
    (export "timer" (func (param "ns" u64) (result (own $e))))))
  (alias export $wait "event" (type $event))
  (import "periplasm:hal/output-pin@0.1.0" (instance $output
    (type $x' (enum "gone" "other")) (export "error" (type $x (eq $x')))
    (export "output-pin" (type $r (sub resource)))
    (export "[method]output-pin.set" (func (param "self" (borrow $r)) (param "high" bool)
      (result (result (error $x)))))))
  (alias export $output "output-pin" (type $dc-r))
  (import "periplasm:hal/input-pin@0.1.0" (instance $input
    (alias outer 1 $event (type $ev)) (export "event" (type $e (eq $ev)))
    (type $x' (enum "gone" "other")) (export "error" (type $x (eq $x')))
    (type $c' (enum "high" "low" "rising-edge" "falling-edge" "any-edge"))
    (export "condition" (type $c (eq $c')))
    (type $d' (record (field "rising" bool) (field "at-ns" u64) (field "lost" u64)))
    (export "edge" (type $d (eq $d')))
    (export "input-pin" (type $r (sub resource)))
    (export "[method]input-pin.wait-for" (func (param "self" (borrow $r)) (param "condition" $c)
      (param "timeout-ns" (option u64)) (result (result bool (error $x)))))
    (export "[method]input-pin.next-edge" (func (param "self" (borrow $r))
      (param "timeout-ns" (option u64)) (result (result (option $d) (error $x)))))
    (export "[method]input-pin.watch" (func (param "self" (borrow $r)) (param "condition" $c)
      (result (result (own $e) (error $x)))))))
  (alias export $input "input-pin" (type $irq-r))
  (import "periplasm:hal/pwm@0.1.0" (instance $pwm
    (type $x' (enum "above-max" "gone" "other")) (export "error" (type $x (eq $x')))
    (export "pwm" (type $r (sub resource)))
    (export "[method]pwm.max-duty-cycle" (func (param "self" (borrow $r)) (result u16)))
    (export "[method]pwm.set-duty-cycle" (func (param "self" (borrow $r)) (param "duty" u16)
      (result (result (error $x)))))))
  (alias export $pwm "pwm" (type $fan-r))
  (import "periplasm:hal/spi@0.1.0" (instance $spi
    (type $x' (enum "overrun" "mode-fault" "frame-format" "chip-select-fault" "too-long" "gone" "other"))
    (export "error" (type $x (eq $x')))
    (type $w' (record (field "write" (list u8)) (field "read-len" u32)))
    (export "exchange" (type $w (eq $w')))
    (type $o' (variant (case "read" u32) (case "write" (list u8)) (case "transfer" $w)
      (case "delay-ns" u32)))
    (export "operation" (type $o (eq $o')))
    (export "spi-device" (type $r (sub resource)))
    (export "[method]spi-device.transaction" (func (param "self" (borrow $r))
      (param "operations" (list $o)) (result (result (list (list u8)) (error $x)))))
    (export "[method]spi-device.read" (func (param "self" (borrow $r)) (param "len" u32)
      (result (result (list u8) (error $x)))))))
  (alias export $spi "spi-device" (type $dev-r))
  (alias export $spi "operation" (type $spi-operation))
  (alias export $spi "error" (type $spi-error))
  (import "periplasm:hal/start@0.1.0" (instance $start
    (alias outer 1 $event (type $ev)) (export "event" (type $e (eq $ev)))
    (alias outer 1 $dev-r (type $de)) (export "spi-device" (type $d (eq $de)))
    (alias outer 1 $spi-operation (type $oe)) (export "spi-operation" (type $o (eq $oe)))
    (alias outer 1 $spi-error (type $xe)) (export "spi-error" (type $x (eq $xe)))
    (export "spi-transfer" (type $t (sub resource)))
    (export "[method]spi-transfer.done" (func (param "self" (borrow $t)) (result (own $e))))
    (export "[method]spi-transfer.finish" (func (param "self" (borrow $t))
      (result (result (list (list u8)) (error $x)))))
    (export "start-spi" (func (param "device" (borrow $d)) (param "operations" (list $o))
      (result (own $t))))))
  (import "periplasm:hal/serial@0.1.0" (instance $serial
    (type $x' (enum "overrun" "parity" "frame-format" "noise" "gone" "other"))
    (export "error" (type $x (eq $x')))
    (export "serial" (type $r (sub resource)))
    (export "[method]serial.read" (func (param "self" (borrow $r)) (param "max" u32)
      (param "timeout-ns" (option u64)) (result (result (list u8) (error $x)))))
    (export "[method]serial.write" (func (param "self" (borrow $r)) (param "data" (list u8))
      (result (result u32 (error $x)))))))
  (alias export $serial "serial" (type $port-r))
  (import "periplasm:hal/can@0.1.0" (instance $can
    (type $x' (enum "overrun" "bit" "stuff" "crc" "form" "acknowledge" "gone" "other"))
    (export "error" (type $x (eq $x')))
    (type $i' (variant (case "standard" u16) (case "extended" u32))) (export "id" (type $i (eq $i')))
    (type $p' (variant (case "data" (list u8)) (case "remote" u8))) (export "payload" (type $p (eq $p')))
    (type $f' (record (field "id" $i) (field "payload" $p))) (export "frame" (type $f (eq $f')))
    (export "can" (type $r (sub resource)))
    (export "[method]can.transmit" (func (param "self" (borrow $r)) (param "frame" $f)
      (param "timeout-ns" (option u64)) (result (result bool (error $x)))))
    (export "[method]can.receive" (func (param "self" (borrow $r)) (param "timeout-ns" (option u64))
      (result (result (option $f) (error $x)))))))
  (alias export $can "can" (type $net-r))
  (import "periplasm:hal/buffer@0.1.0" (instance $buffer
    (type $x' (enum "out-of-bounds")) (export "error" (type $x (eq $x')))
    (export "buffer" (type $r (sub resource)))
    (export "[constructor]buffer" (func (param "len" u32) (result (own $r))))
    (export "[method]buffer.read" (func (param "self" (borrow $r)) (param "offset" u32)
      (param "len" u32) (result (result (list u8) (error $x)))))
    (export "[method]buffer.write" (func (param "self" (borrow $r)) (param "offset" u32)
      (param "data" (list u8)) (result (result (error $x)))))))
  (alias export $buffer "buffer" (type $buffer-r))
"#;

/// The slots of each stage, and what they ask for on [`BOARD`].
pub(crate) fn slots() -> [(&'static str, Request); 6] {
    let name = |name: &str| name.to_owned();
    [
        ("dc", Request::OutputPin { name: name("screen-dc") }),
        ("irq", Request::InputPin { name: name("button") }),
        ("fan", Request::Pwm { name: name("fan") }),
        ("dev", Request::Spi { name: name("flash") }),
        ("port", Request::Serial { name: name("gps") }),
        ("net", Request::Can { name: name("vehicle") }),
    ]
}

/// Each function of the host: its name in the stage's code, what it is, and
/// its parameters and results there.
const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("ready", "$wait \"[method]event.ready\"", "(param i32) (result i32)"),
    ("any", "$wait \"any\"", "(param i32 i32 i32)"),
    ("timer", "$wait \"timer\"", "(param i64) (result i32)"),
    ("set", "$output \"[method]output-pin.set\"", "(param i32 i32 i32)"),
    ("wait-for", "$input \"[method]input-pin.wait-for\"", "(param i32 i32 i32 i64 i32)"),
    ("next-edge", "$input \"[method]input-pin.next-edge\"", "(param i32 i32 i64 i32)"),
    ("watch", "$input \"[method]input-pin.watch\"", "(param i32 i32 i32)"),
    ("max-duty", "$pwm \"[method]pwm.max-duty-cycle\"", "(param i32) (result i32)"),
    ("set-duty", "$pwm \"[method]pwm.set-duty-cycle\"", "(param i32 i32 i32)"),
    ("transaction", "$spi \"[method]spi-device.transaction\"", "(param i32 i32 i32 i32)"),
    ("spi-read", "$spi \"[method]spi-device.read\"", "(param i32 i32 i32)"),
    ("start", "$start \"start-spi\"", "(param i32 i32 i32) (result i32)"),
    ("done", "$start \"[method]spi-transfer.done\"", "(param i32) (result i32)"),
    ("finish", "$start \"[method]spi-transfer.finish\"", "(param i32 i32)"),
    ("serial-read", "$serial \"[method]serial.read\"", "(param i32 i32 i32 i64 i32)"),
    ("serial-write", "$serial \"[method]serial.write\"", "(param i32 i32 i32 i32)"),
    ("transmit", "$can \"[method]can.transmit\"", "(param i32 i32 i32 i32 i32 i32 i32 i64 i32)"),
    ("receive", "$can \"[method]can.receive\"", "(param i32 i32 i64 i32)"),
    ("buffer", "$buffer \"[constructor]buffer\"", "(param i32) (result i32)"),
    ("buffer-read", "$buffer \"[method]buffer.read\"", "(param i32 i32 i32 i32)"),
    ("buffer-write", "$buffer \"[method]buffer.write\"", "(param i32 i32 i32 i32 i32)"),
];

/// A pipeline of stages with these names and this core code, which defines
/// `(func $probe (param $x i64) (result i64) …)` and opens a slot by
/// `(call $open-<slot>)`.
pub(crate) fn wat(stages: &[&str], code: &str) -> String {
    let slot = |import: &str, id: &str, resource: &str| {
        format!(
            "(import \"{import}\" (instance ${id} (alias outer 1 ${resource}-r (type $t)) \
             (export \"r\" (type $r (eq $t))) (export \"open\" (func (result (own $r))))))\n"
        )
    };
    let mut text = format!("(component\n{SHARED}");
    for stage in stages {
        for (name, _) in slots() {
            text += &slot(&format!("{stage}-{name}"), &format!("{stage}-{name}"), name);
        }
    }
    for stage in stages {
        let (mut imports, mut lowered, mut exports, mut core, mut with) =
            <(String, String, String, String, String)>::default();
        let mut function = |name: &str, what: &str, ty: &str| {
            lowered += &format!(
                "(core func ${name} (canon lower (func {what}) (memory $memory) (realloc $realloc)))\n"
            );
            exports += &format!("(export \"{name}\" (func ${name}))");
            core += &format!("(import \"host\" \"{name}\" (func ${name} {ty}))\n");
        };
        for (name, what, ty) in FUNCTIONS {
            function(name, what, ty);
        }
        for (name, _) in slots() {
            function(&format!("open-{name}"), &format!("${name} \"open\""), "(result i32)");
            imports += &slot(name, name, name);
            with += &format!("(with \"{name}\" (instance ${stage}-{name}))");
        }
        for (interface, id) in [
            ("wait", "wait"),
            ("output-pin", "output"),
            ("input-pin", "input"),
            ("pwm", "pwm"),
            ("spi", "spi"),
            ("start", "start"),
            ("serial", "serial"),
            ("can", "can"),
            ("buffer", "buffer"),
        ] {
            with += &format!("(with \"periplasm:hal/{interface}@0.1.0\" (instance ${id}))");
        }
        for (name, resource) in [("drop-event", "event"), ("drop-buffer", "buffer-r")] {
            lowered += &format!("(core func ${name} (canon resource.drop ${resource}))\n");
            exports += &format!("(export \"{name}\" (func ${name}))");
            core += &format!("(import \"host\" \"{name}\" (func ${name} (param i32)))\n");
        }
        text += &format!(
            r#"
  (component ${stage}
    {SHARED} {imports}
    (core module $libc (memory (export "memory") 2)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0x10000)))
    (core instance $libc (instantiate $libc))
    (alias core export $libc "memory" (core memory $memory))
    (alias core export $libc "realloc" (core func $realloc))
    {lowered}
    (core instance $host (export "memory" (memory $memory)) {exports})
    (core module $main (import "host" "memory" (memory 2)) {core}
      {code}
      (export "probe" (func $probe)))
    (core instance $main (instantiate $main (with "host" (instance $host))))
    (func $probe (param "x" u64) (result u64) (canon lift (core func $main "probe")))
    (instance $out (export "probe" (func $probe)))
    (export "{out}" (instance $out)))
  (instance ${stage} (instantiate ${stage} {with}))
  (alias export ${stage} "{out}" (instance ${stage}-out))
  (export "{out}" (instance ${stage}-out))
"#,
            out = interface(stage)
        );
    }
    text + ")"
}

/// The requests of these stages, changed.
pub(crate) fn requests(stages: &[&str], change: impl Fn(&mut Request)) -> Requests {
    let slot = |(slot, mut request): (&str, Request)| {
        change(&mut request);
        SlotRequest { slot: slot.into(), request }
    };
    let stage =
        |stage: &&str| StageRequests { stage: (*stage).into(), slots: slots().map(slot).into() };
    Requests {
        version: VERSION,
        pipeline: "test".into(),
        stages: stages.iter().map(stage).collect(),
    }
}

pub(crate) const BOARD: &str = r#"
backend = "sim"
limits = { memory-mib = 64, stall-ms = 100 }
[output-pin.screen-dc]
[input-pin.button]
wave = [{ at-us = 100, level = "high" }, { at-us = 250, level = "low" }]
[pwm.fan]
max-duty = 1000
[spi.flash]
model = "registers"
[serial.gps]
model = "loopback"
[can.vehicle]
peers = [{ kind = "echo" }]
"#;

pub(crate) fn board() -> Board {
    Board::parse(BOARD, "board.toml").unwrap_or_else(|error| panic!("{error:?}"))
}

pub(crate) fn pipeline(stages: &[&str], code: &str) -> Pipeline {
    let section = requests(stages, |_| {}).to_bytes();
    Pipeline::from_bytes(with_section(&wat(stages, code), &section)).unwrap()
}

/// Starts the stage `hal` with this code on a machine of its own.
pub(crate) fn running(code: &str, options: RunOptions) -> Running {
    let (pipeline, board) = (pipeline(&["hal"], code), board());
    let machine = Machine::open(&board).unwrap();
    let grants = Grants::decide(&pipeline, &board).unwrap();
    let host = Host::new(HostOptions::default()).unwrap();
    host.start(&host.compile(&pipeline).unwrap(), &machine, &grants, options).unwrap()
}

/// Calls its `probe`.
pub(crate) fn call(running: &mut Running, x: u64) -> Result<u64, RunError> {
    let probe = running.typed_func::<(u64,), (u64,)>(&interface("hal"), "probe").unwrap();
    running.call(&probe, (x,)).map(|(answer,)| answer)
}

/// What a stage answers that has run `code`, which leaves an `i64`.
pub(crate) fn answer(code: &str) -> Result<u64, RunError> {
    let code = format!("(func $probe (param $x i64) (result i64) {code})");
    call(&mut running(&code, RunOptions::default()), 0)
}
