//! A gadget and the program that uses it: two pipelines beside each other on
//! one machine, as `periplasm run --beside` has them.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use periplasm_host::{
    Board, Captured, Grants, LogSink, Machine, Output, Pipeline, RunError, RunOptions, Stopper,
};

use crate::{build, compiled, host, ok, root};

/// A machine with gadgets plugged in. They are unplugged when it is dropped.
pub struct Desk {
    /// The machine.
    pub machine: Machine,
    board: Board,
    gadgets: Vec<Gadget>,
    log: Arc<Mutex<Vec<String>>>,
}

/// A gadget that is running.
struct Gadget {
    stopper: Stopper,
    thread: JoinHandle<Result<i32, RunError>>,
}

/// What a program did.
#[derive(Debug)]
pub struct Said {
    /// Its exit code, or how it ended.
    pub end: Result<i32, RunError>,
    /// What it wrote.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Said {
    /// What it wrote, if it succeeded.
    #[track_caller]
    pub fn success(self) -> String {
        assert!(matches!(self.end, Ok(0)), "{:?}\n{}{}", self.end, self.stdout, self.stderr);
        self.stdout
    }
}

/// How long a gadget may take to be seen: compiled code on a busy machine.
const PLUG_IN: Duration = Duration::from_secs(20);

impl Desk {
    /// A machine with the board file at `path`, from the root.
    #[track_caller]
    pub fn at(path: &str) -> Self {
        Self::on(ok(Board::load(root().join(path))))
    }

    /// A machine with this board.
    #[track_caller]
    pub fn on(board: Board) -> Self {
        let machine = Machine::new(&board);
        Self { machine, board, gadgets: Vec::new(), log: Arc::default() }
    }

    /// Starts the gadget of the manifest at `path`, from the root, and waits
    /// until the host side sees it.
    #[track_caller]
    pub fn plug_in(&mut self, path: &str) -> &mut Self {
        let pipeline = ok(Pipeline::from_bytes(build::pipeline(path)));
        let grants = ok(Grants::decide(&pipeline, &self.board).map_err(|refused| *refused));
        ok(self.machine.open_granted(&grants));
        let log = self.log.clone();
        let options = RunOptions {
            log: LogSink::to(move |record| {
                log.lock().unwrap_or_else(PoisonError::into_inner).push(record.message.to_owned());
            }),
            ..RunOptions::default()
        };
        let running = host().start(&compiled(&pipeline), &self.machine, &grants, options);
        let mut running = ok(running);
        let stopper = running.stopper();
        // The machine plugs it out when its slots are dropped, before it is joined.
        let thread = std::thread::spawn(move || running.run_main());
        let start = Instant::now();
        let go_on = || start.elapsed() < PLUG_IN && !thread.is_finished();
        let seen = self.machine.await_gadgets(std::slice::from_ref(&grants), go_on);
        assert!(seen, "{path}: no gadget was seen: {:?}", thread.is_finished());
        self.gadgets.push(Gadget { stopper, thread });
        self
    }

    /// What the gadgets logged, once it is so many lines; whatever is there after
    /// a while otherwise.
    pub fn logged(&self, lines: usize) -> Vec<String> {
        let start = Instant::now();
        loop {
            let log = self.log.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if log.len() >= lines || start.elapsed() > PLUG_IN {
                return log;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends all gadgets, and gives how each ended.
    pub fn unplug(&mut self) -> Vec<Result<i32, RunError>> {
        self.gadgets.iter().for_each(|gadget| gadget.stopper.stop());
        let join = |gadget: Gadget| gadget.thread.join().expect("a gadget's thread does not panic");
        self.gadgets.drain(..).map(join).collect()
    }

    /// Runs the program of the manifest at `path`, from the root.
    #[track_caller]
    pub fn run(&self, path: &str, args: &[&str]) -> Said {
        let pipeline = ok(Pipeline::from_bytes(build::pipeline(path)));
        let grants = ok(Grants::decide(&pipeline, &self.board).map_err(|refused| *refused));
        ok(self.machine.open_granted(&grants));
        let (stdout, stderr) = (Captured::new(1 << 20), Captured::new(1 << 20));
        let options = RunOptions {
            timeout: Some(Duration::from_secs(120)),
            args: args.iter().map(|&arg| arg.to_owned()).collect(),
            stdout: Output::Capture(stdout.clone()),
            stderr: Output::Capture(stderr.clone()),
            log: LogSink::tracing(),
            ..RunOptions::default()
        };
        let running = host().start(&compiled(&pipeline), &self.machine, &grants, options);
        let end = ok(running).run_main();
        Said { end, stdout: stdout.text(), stderr: stderr.text() }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.unplug();
    }
}
