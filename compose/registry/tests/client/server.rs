//! A server that does what a script says.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// `GET /v2/a/manifests/1`
    pub(crate) line: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    announced: Option<u64>,
    then: Then,
    raw: bool,
}

/// What happens after the body.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Then {
    Close,
    /// Nothing, for ever.
    Hang,
    /// More of the same, for ever, in chunks.
    Endless,
    /// Not even an answer: the connection ends.
    Nothing,
    /// Not even an answer, and the connection stays.
    Silent,
}

pub(crate) fn answer(status: u16) -> Answer {
    let (headers, body) = (Vec::new(), Vec::new());
    Answer { status, headers, body, announced: None, then: Then::Close, raw: false }
}

/// Exactly these bytes, then nothing.
pub(crate) fn raw(bytes: Vec<u8>) -> Answer {
    Answer { raw: true, ..answer(0).body(bytes) }
}

impl Answer {
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn kind(self, media_type: &str) -> Self {
        self.header("Content-Type", media_type)
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Says that the body has so many bytes.
    pub(crate) fn announces(mut self, bytes: u64) -> Self {
        self.announced = Some(bytes);
        self
    }

    /// Sends nothing more, and keeps the connection.
    pub(crate) fn hangs(mut self) -> Self {
        self.then = Then::Hang;
        self
    }

    /// Sends the body again and again.
    pub(crate) fn endless(mut self) -> Self {
        self.then = Then::Endless;
        self
    }

    /// Says nothing at all, and keeps the connection.
    pub(crate) fn silent(mut self) -> Self {
        self.then = Then::Silent;
        self
    }

    /// Closes the connection instead of answering.
    pub(crate) fn nothing(mut self) -> Self {
        self.then = Then::Nothing;
        self
    }
}

type Script = HashMap<String, VecDeque<Answer>>;
type Handler = dyn Fn(&Seen) -> Answer + Send + Sync;

/// The server. It ends with the value.
pub(crate) struct Server {
    /// `127.0.0.1:…`
    pub(crate) host: String,
    state: Arc<State>,
}

struct State {
    script: Mutex<Script>,
    seen: Mutex<Vec<Seen>>,
    /// Connections that hang.
    held: Mutex<Vec<Box<dyn Send>>>,
    over: AtomicBool,
    tls: Option<Arc<ServerConfig>>,
    handler: Option<Box<Handler>>,
}

impl Server {
    /// A server that has nothing: 404 for all that no script is for.
    pub(crate) fn new() -> Self {
        Self::start(None, None)
    }

    pub(crate) fn with_tls(config: ServerConfig) -> Self {
        Self::start(Some(Arc::new(config)), None)
    }

    /// A server that answers by a function.
    pub(crate) fn with(handler: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        Self::start(None, Some(Box::new(handler)))
    }

    fn start(tls: Option<Arc<ServerConfig>>, handler: Option<Box<Handler>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let state = Arc::new(State {
            script: Mutex::default(),
            seen: Mutex::default(),
            held: Mutex::default(),
            over: AtomicBool::new(false),
            tls,
            handler,
        });
        let of_thread = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if of_thread.over.load(Ordering::SeqCst) {
                    break;
                }
                let state = of_thread.clone();
                let stream = stream.unwrap();
                // What a client does wrong, it finds out itself.
                std::thread::spawn(move || drop(state.serve(stream)));
            }
        });
        Self { host, state }
    }

    /// `line` (`GET /v2/a/…`) is answered by these in turn, the last for ever.
    pub(crate) fn on(&self, line: &str, answers: impl IntoIterator<Item = Answer>) -> &Self {
        let answers = answers.into_iter().collect();
        self.state.script.lock().unwrap().insert(line.to_owned(), answers);
        self
    }

    /// All requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().unwrap().clone()
    }

    /// How often `line` was asked for.
    pub(crate) fn count(&self, line: &str) -> usize {
        self.seen().iter().filter(|seen| seen.line == line).count()
    }

    pub(crate) fn repository(&self) -> periplasm_registry::Repository {
        format!("{}/a", self.host).parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::SeqCst);
        self.state.held.lock().unwrap().clear();
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(&self.host);
    }
}

impl State {
    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        match &self.tls {
            None => self.speak(stream),
            Some(config) => {
                let connection = ServerConnection::new(config.clone());
                self.speak(StreamOwned::new(connection.map_err(std::io::Error::other)?, stream))
            }
        }
    }

    /// One request a connection.
    fn speak(&self, stream: impl Read + Write + Send + 'static) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let Some(line) = line.trim_end().strip_suffix(" HTTP/1.1") else { return Ok(()) };
        let mut headers = HashMap::new();
        loop {
            let mut header = String::new();
            stream.read_line(&mut header)?;
            let Some((name, value)) = header.trim_end().split_once(": ") else { break };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let length = headers.get("content-length").and_then(|length| length.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        stream.read_exact(&mut body)?;
        let seen = Seen { line: line.to_owned(), headers, body };
        self.seen.lock().unwrap().push(seen.clone());
        let answer = self.answer(&seen);
        self.send(stream.into_inner(), &seen, answer)
    }

    fn answer(&self, seen: &Seen) -> Answer {
        if let Some(answers) = self.script.lock().unwrap().get_mut(&seen.line) {
            return match answers.len() {
                0 | 1 => answers.front().cloned().unwrap_or_else(|| answer(500)),
                _ => answers.pop_front().unwrap(),
            };
        }
        match &self.handler {
            Some(handler) => handler(seen),
            None => answer(404).kind("application/json").body(r#"{"errors":[]}"#),
        }
    }

    fn send(
        &self,
        mut stream: impl Read + Write + Send + 'static,
        seen: &Seen,
        answer: Answer,
    ) -> std::io::Result<()> {
        if answer.then == Then::Nothing {
            return Ok(());
        }
        if answer.raw {
            stream.write_all(&answer.body)?;
            return stream.flush();
        }
        if answer.then == Then::Silent {
            self.held.lock().unwrap().push(Box::new(stream));
            return Ok(());
        }
        let mut head = format!("HTTP/1.1 {} x\r\nConnection: close\r\n", answer.status);
        for (name, value) in &answer.headers {
            head += &format!("{name}: {value}\r\n");
        }
        let bytes = answer.announced.unwrap_or(answer.body.len() as u64);
        match answer.then {
            Then::Endless => head += "Transfer-Encoding: chunked\r\n",
            _ => head += &format!("Content-Length: {bytes}\r\n"),
        }
        stream.write_all((head + "\r\n").as_bytes())?;
        if seen.line.starts_with("HEAD ") {
            return stream.flush();
        }
        if answer.then == Then::Endless {
            // Until the client has had enough.
            while !self.over.load(Ordering::SeqCst) {
                stream.write_all(format!("{:x}\r\n", answer.body.len()).as_bytes())?;
                stream.write_all(&answer.body)?;
                stream.write_all(b"\r\n")?;
            }
        }
        stream.write_all(&answer.body)?;
        stream.flush()?;
        if answer.then == Then::Hang {
            self.held.lock().unwrap().push(Box::new(stream));
        }
        Ok(())
    }
}
