//! Pipelines in WAT: each stage is a few lines of core code around the same
//! imports.

use std::sync::{Arc, Mutex};

use periplasm_host::{
    Board, Compiled, Grants, Host, HostOptions, I2cAddress, LogSink, Machine, Pipeline, Request,
    RunError, RunOptions, Running,
};
use periplasm_request::{Requests, SECTION, SlotRequest, StageRequests, VERSION};

/// The outermost imports of a pipeline.
const SHARED: &str = r#"
  (import "wasi:i2c/i2c@0.2.0-draft" (instance $i2c
    (type $source' (enum "address" "data" "unknown"))
    (export "no-acknowledge-source" (type $source (eq $source')))
    (type $code' (variant (case "bus") (case "arbitration-loss") (case "no-acknowledge" $source)
      (case "overrun") (case "other")))
    (export "error-code" (type $code (eq $code')))
    (type $operation' (variant (case "read" u64) (case "write" (list u8))))
    (export "operation" (type $operation (eq $operation')))
    (export "i2c" (type $bus (sub resource)))
    (export "[method]i2c.transaction" (func (param "self" (borrow $bus)) (param "address" u16)
      (param "operations" (list $operation)) (result (result (list (list u8)) (error $code)))))
    (export "[method]i2c.read" (func (param "self" (borrow $bus)) (param "address" u16)
      (param "len" u64) (result (result (list u8) (error $code)))))
    (export "[method]i2c.write" (func (param "self" (borrow $bus)) (param "address" u16)
      (param "data" (list u8)) (result (result (error $code)))))
    (export "[method]i2c.write-read" (func (param "self" (borrow $bus)) (param "address" u16)
      (param "write" (list u8)) (param "read-len" u64) (result (result (list u8) (error $code)))))
  ))
  (alias export $i2c "i2c" (type $bus))
  (import "periplasm:hal/diag@0.1.0" (instance $diag
    (type $level' (enum "error" "warn" "info" "debug" "trace"))
    (export "level" (type $level (eq $level')))
    (type $location' (record (field "file" string) (field "line" u32) (field "column" u32)))
    (export "location" (type $location (eq $location')))
    (export "diag" (type $voice (sub resource)))
    (export "[method]diag.log" (func (param "self" (borrow $voice)) (param "level" $level)
      (param "message" string)))
    (export "[method]diag.panicked" (func (param "self" (borrow $voice)) (param "message" string)
      (param "location" (option $location))))
  ))
  (alias export $diag "diag" (type $voice))
  (import "periplasm:hal/delay@0.1.0" (instance $delay
    (export "delay" (func (param "ns" u64)))
  ))
"#;

/// The canonical functions and the core imports of a stage.
const GLUE: &str = r#"
    (core module $libc
      (memory (export "memory") 2)
      (global $next (mut i32) (i32.const 0x10000))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
        (global.set $next (i32.add (local.get $at) (local.get 3)))
        (if (i32.gt_u (global.get $next) (i32.const 0x1f000))
          (then (global.set $next (i32.const 0x10000))))
        (local.get $at)))
    (core instance $libc (instantiate $libc))
    (alias core export $libc "memory" (core memory $memory))
    (alias core export $libc "realloc" (core func $realloc))
    (core func $open (canon lower (func $bus "open")))
    (core func $addresses (canon lower (func $bus "addresses") (memory $memory) (realloc $realloc)))
    (core func $drop (canon resource.drop $handle))
    (core func $read (canon lower (func $i2c "[method]i2c.read") (memory $memory) (realloc $realloc)))
    (core func $write (canon lower (func $i2c "[method]i2c.write") (memory $memory)))
    (core func $write-read (canon lower (func $i2c "[method]i2c.write-read") (memory $memory) (realloc $realloc)))
    (core func $transaction (canon lower (func $i2c "[method]i2c.transaction") (memory $memory) (realloc $realloc)))
    (core func $voice (canon lower (func $log "open")))
    (core func $say (canon lower (func $diag "[method]diag.log") (memory $memory)))
    (core func $panicked (canon lower (func $diag "[method]diag.panicked") (memory $memory)))
    (core func $wait (canon lower (func $delay "delay")))
    (core instance $host
      (export "memory" (memory $memory))
      (export "open" (func $open)) (export "addresses" (func $addresses)) (export "drop" (func $drop))
      (export "read" (func $read)) (export "write" (func $write))
      (export "write-read" (func $write-read)) (export "transaction" (func $transaction))
      (export "voice" (func $voice)) (export "say" (func $say)) (export "panicked" (func $panicked))
      (export "wait" (func $wait)))
"#;

const CORE_IMPORTS: &str = r#"
      (import "host" "memory" (memory 2))
      (import "host" "open" (func $open (result i32)))
      (import "host" "addresses" (func $addresses (param i32)))
      (import "host" "drop" (func $drop (param i32)))
      (import "host" "read" (func $read (param i32 i32 i64 i32)))
      (import "host" "write" (func $write (param i32 i32 i32 i32 i32)))
      (import "host" "write-read" (func $write-read (param i32 i32 i32 i32 i64 i32)))
      (import "host" "transaction" (func $transaction (param i32 i32 i32 i32 i32)))
      (import "host" "voice" (func $voice (result i32)))
      (import "host" "say" (func $say (param i32 i32 i32 i32)))
      (import "host" "panicked" (func $panicked (param i32 i32 i32 i32 i32 i32 i32 i32)))
      (import "host" "wait" (func $wait (param i64)))
"#;

/// A stage with the slots `bus` and `log`, and its core code.
///
/// The code defines `(func $probe (param $x i64) (result i64) …)` and may use
/// the imports of `CORE_IMPORTS`. Answers of the bus are written to address 0.
pub(crate) struct Stage<'a> {
    pub(crate) name: &'a str,
    pub(crate) code: &'a str,
    /// What the slot `bus` asks for.
    pub(crate) addresses: &'a [u16],
}

/// The name under which a stage's `probe` is exported.
pub(crate) fn interface(stage: &str) -> String {
    format!("test:{stage}/probe@0.1.0")
}

/// The text of a pipeline.
pub(crate) fn wat(stages: &[Stage<'_>]) -> String {
    let mut text = format!("(component\n{SHARED}");
    for stage in stages {
        let slot = |slot: &str, resource: &str, more: &str| {
            format!(
                "(import \"{}-{slot}\" (instance ${}-{slot} (alias outer 1 ${resource} (type $t)) \
                 (export \"r\" (type $r (eq $t))) (export \"open\" (func (result (own $r)))) {more}))\n",
                stage.name, stage.name
            )
        };
        let addresses = "(export \"addresses\" (func (result (list u16))))";
        text += &slot("bus", "bus", addresses);
        text += &slot("log", "voice", "");
    }
    for Stage { name, code, .. } in stages {
        let imports = SHARED.replace("$bus", "$handle").replace("$voice", "$tongue");
        text += &format!(
            r#"
  (component ${name}
    {imports}
    (import "bus" (instance $bus (alias outer 1 $handle (type $t)) (export "r" (type $r (eq $t)))
      (export "open" (func (result (own $r)))) (export "addresses" (func (result (list u16))))))
    (import "log" (instance $log (alias outer 1 $tongue (type $t)) (export "r" (type $r (eq $t)))
      (export "open" (func (result (own $r))))))
    {GLUE}
    (core module $main {CORE_IMPORTS}
      {code}
      (export "probe" (func $probe)))
    (core instance $main (instantiate $main (with "host" (instance $host))))
    (func $probe (param "x" u64) (result u64) (canon lift (core func $main "probe")))
    (instance $out (export "probe" (func $probe)))
    (export "{out}" (instance $out)))
  (instance ${name} (instantiate ${name}
    (with "wasi:i2c/i2c@0.2.0-draft" (instance $i2c)) (with "periplasm:hal/diag@0.1.0" (instance $diag))
    (with "periplasm:hal/delay@0.1.0" (instance $delay))
    (with "bus" (instance ${name}-bus)) (with "log" (instance ${name}-log))))
  (alias export ${name} "{out}" (instance ${name}-out))
  (export "{out}" (instance ${name}-out))
"#,
            out = interface(name)
        );
    }
    text + ")"
}

/// The requests that fit [`wat`].
pub(crate) fn requests(stages: &[Stage<'_>]) -> Requests {
    let stage = |stage: &Stage<'_>| {
        let addresses = stage.addresses.iter().map(|a| I2cAddress::from_wire(*a).unwrap());
        let bus = Request::I2c { bus: "main".into(), addresses: addresses.collect() };
        StageRequests {
            stage: stage.name.into(),
            slots: vec![
                SlotRequest { slot: "bus".into(), request: bus },
                SlotRequest { slot: "log".into(), request: Request::Diag },
            ],
        }
    };
    Requests {
        version: VERSION,
        pipeline: "test".into(),
        stages: stages.iter().map(stage).collect(),
    }
}

/// A component with a section of requests after it.
pub(crate) fn with_section(wat: &str, section: &[u8]) -> Vec<u8> {
    let mut bytes = wat::parse_str(wat).unwrap_or_else(|error| panic!("{error}\n{wat}"));
    bytes.extend_from_slice(&custom_section(SECTION, section));
    bytes
}

/// A custom section (core specification, section 5.5.3).
pub(crate) fn custom_section(name: &str, contents: &[u8]) -> Vec<u8> {
    let leb = |mut number: usize| {
        let mut bytes = Vec::new();
        while number >= 0x80 {
            bytes.push((number as u8 & 0x7f) | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    };
    let mut body = leb(name.len());
    body.extend_from_slice(name.as_bytes());
    body.extend_from_slice(contents);
    [vec![0], leb(body.len()), body].concat()
}

/// The bytes of a pipeline.
pub(crate) fn bytes(stages: &[Stage<'_>]) -> Vec<u8> {
    with_section(&wat(stages), &requests(stages).to_bytes())
}

pub(crate) fn pipeline(stages: &[Stage<'_>]) -> Pipeline {
    Pipeline::from_bytes(bytes(stages)).unwrap()
}

/// A bus of register files at 0x50 and 0x51.
pub(crate) const BOARD: &str = r#"
backend = "sim"
limits = { memory-mib = 4, stall-ms = 100, log-bytes = 5000 }
[i2c.main]
allow = [0x20, 0x50, 0x51]
allow-ten-bit = [0x150]
devices = [{ model = "registers", address = 0x50 }, { model = "registers", address = 0x51 }]
"#;

pub(crate) fn board() -> Board {
    Board::parse(BOARD, "board.toml").unwrap()
}

pub(crate) fn host() -> Host {
    Host::new(HostOptions::default()).unwrap()
}

/// What stages said, as `stage level message`.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn sink(&self) -> LogSink {
        let log = self.0.clone();
        LogSink::to(move |r| {
            log.lock().unwrap().push(format!("{} {:?} {}", r.stage, r.level, r.message));
        })
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// A pipeline that is running on a board of its own.
pub(crate) struct Bench {
    pub(crate) running: Running,
    pub(crate) log: Log,
}

impl Bench {
    pub(crate) fn of(stages: &[Stage<'_>]) -> Self {
        Self::start(&pipeline(stages), RunOptions::default()).unwrap()
    }

    pub(crate) fn start(pipeline: &Pipeline, options: RunOptions) -> Result<Self, RunError> {
        let (host, board) = (host(), board());
        let compiled: Compiled = host.compile(pipeline).unwrap();
        let grants = Grants::decide(pipeline, &board).unwrap();
        let machine = Machine::open(&board).unwrap();
        let log = Log::default();
        let options = RunOptions { log: log.sink(), ..options };
        match host.start(&compiled, &machine, &grants, options) {
            Ok(running) => Ok(Self { running, log }),
            Err(periplasm_host::StartError::Run(error)) => Err(error),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn probe(&mut self, stage: &str, x: u64) -> Result<u64, RunError> {
        let probe = self.running.typed_func::<(u64,), (u64,)>(&interface(stage), "probe").unwrap();
        self.running.call(&probe, (x,)).map(|(answer,)| answer)
    }
}

/// A stage that does nothing wrong: it adds one.
pub(crate) const GOOD: Stage<'_> = Stage {
    name: "good",
    code: "(func $probe (param $x i64) (result i64) (i64.add (local.get $x) (i64.const 1)))",
    addresses: &[0x50],
};

/// Whatever happened before, this process still runs a pipeline.
pub(crate) fn the_next_pipeline_runs() {
    assert_eq!(Bench::of(&[GOOD]).probe("good", 41), Ok(42));
}
