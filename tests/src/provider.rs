//! A scripted provider: real TCP on the loopback, each answer as the test
//! wrote it, every request recorded.
//!
//! Answers are queued by path: [`Provider::answer`] for one request,
//! [`Provider::always`] for every one that finds its queue empty. An answer
//! waits at a [`Gate`] until the test opens it, so nothing depends on time.

mod gate;
mod http;
mod patience;
mod reply;

use std::collections::{HashMap, VecDeque};
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

pub use gate::Gate;
pub use http::Request;
pub use reply::{Ending, Framing, Piece, Reply};

use crate::wait::PATIENCE;

/// The path of chat completions under the base URL.
pub const CHAT: &str = "/v1/chat/completions";

/// The path of the list of models under the base URL.
pub const MODELS: &str = "/v1/models";

/// A running provider; it stops listening when this value is dropped.
#[derive(Debug)]
pub struct Provider {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    over: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    queues: HashMap<String, VecDeque<Reply>>,
    fallbacks: HashMap<String, Reply>,
    exchanges: Vec<Exchange>,
}

/// A request, and what became of its answer.
#[derive(Debug)]
struct Exchange {
    request: Request,
    end: Option<End>,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All of it was written.
    Written,
    /// The client went away before.
    ClientLeft,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `ask` finds something in the state.
    fn until<T>(&self, what: &str, mut ask: impl FnMut(&State) -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.lock();
        loop {
            if let Some(value) = ask(&state) {
                return Ok(value);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            ensure!(
                !left.is_zero(),
                "the provider waited {PATIENCE:?} for {what}"
            );
            state = self
                .changed
                .wait_timeout(state, left)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state);
        }
    }

    fn end(&self, index: usize, end: End) {
        if let Some(exchange) = self.lock().exchanges.get_mut(index) {
            exchange.end = Some(end);
        }
        self.changed.notify_all();
    }
}

impl Provider {
    /// Listens on a free port of 127.0.0.1. Until told otherwise it lists one
    /// model, `scripted`, and answers 404 to all else.
    ///
    /// # Errors
    /// When the loopback cannot be listened on.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let provider = Self {
            address: listener.local_addr()?,
            shared: Arc::default(),
        };
        provider.always(MODELS, Reply::models(&["scripted"]));
        let shared = Arc::clone(&provider.shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if shared.over.load(Ordering::SeqCst) {
                    break;
                }
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(&shared, &stream));
            }
        });
        Ok(provider)
    }

    /// What a user enters as its base URL.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What a key for it is bound to.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Queues the answer to the next request for `path`, after those queued before.
    pub fn answer(&self, path: &str, reply: Reply) {
        self.shared
            .lock()
            .queues
            .entry(path.to_owned())
            .or_default()
            .push_back(reply);
    }

    /// Queues the answer to the next request for a chat completion.
    pub fn chat(&self, reply: Reply) {
        self.answer(CHAT, reply);
    }

    /// The answer to every request for `path` for which none is queued.
    pub fn always(&self, path: &str, reply: Reply) {
        self.shared.lock().fallbacks.insert(path.to_owned(), reply);
    }

    /// The requests for `path` so far, in the order they came.
    pub fn requests(&self, path: &str) -> Vec<Request> {
        let state = self.shared.lock();
        state
            .exchanges
            .iter()
            .map(|e| &e.request)
            .filter(|r| r.path == path)
            .cloned()
            .collect()
    }

    /// Waits for the `n`-th request (from 0) for a chat completion.
    ///
    /// # Errors
    /// When it does not come.
    pub fn chat_request(&self, n: usize) -> Result<Request> {
        self.request(CHAT, n)
    }

    /// Waits for the `n`-th request (from 0) for `path`.
    ///
    /// # Errors
    /// When it does not come.
    pub fn request(&self, path: &str, n: usize) -> Result<Request> {
        self.shared
            .until(&format!("request {n} for {path}"), |state| {
                nth(state, path, n).map(|exchange| exchange.request.clone())
            })
    }

    /// Waits until the answer to the `n`-th request for `path` has ended.
    ///
    /// # Errors
    /// When it does not end.
    pub fn end(&self, path: &str, n: usize) -> Result<End> {
        self.shared
            .until(&format!("the end of answer {n} to {path}"), |state| {
                nth(state, path, n).and_then(|exchange| exchange.end)
            })
    }

    /// Every byte that was ever sent to it but for the bodies: the request
    /// lines and headers.
    pub fn heads(&self) -> String {
        let state = self.shared.lock();
        state
            .exchanges
            .iter()
            .map(|exchange| exchange.request.head.as_str())
            .collect()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

fn nth<'a>(state: &'a State, path: &str, n: usize) -> Option<&'a Exchange> {
    state
        .exchanges
        .iter()
        .filter(|exchange| exchange.request.path == path)
        .nth(n)
}

/// Reads one request and answers it; the connection serves no second one.
fn serve(shared: &Arc<Shared>, stream: &TcpStream) {
    let Ok(Some(request)) = http::read(stream) else {
        return;
    };
    let (index, reply) = {
        let mut state = shared.lock();
        let queued = state
            .queues
            .get_mut(&request.path)
            .and_then(VecDeque::pop_front);
        let reply = queued.or_else(|| state.fallbacks.get(&request.path).cloned());
        state.exchanges.push(Exchange { request, end: None });
        (
            state.exchanges.len() - 1,
            reply.unwrap_or_else(Reply::not_found),
        )
    };
    shared.changed.notify_all();
    let left = Arc::new(AtomicBool::new(false));
    let finished = Arc::new(AtomicBool::new(false));
    if let Ok(watched) = stream.try_clone() {
        let (shared, left, finished) =
            (Arc::clone(shared), Arc::clone(&left), Arc::clone(&finished));
        thread::spawn(move || {
            let gone = wait_for_end(&watched);
            if gone && !finished.load(Ordering::SeqCst) {
                left.store(true, Ordering::SeqCst);
                shared.end(index, End::ClientLeft);
            }
        });
    }
    let abandoned = || left.load(Ordering::SeqCst) || shared.over.load(Ordering::SeqCst);
    let written = reply.write(stream, &abandoned);
    if left.load(Ordering::SeqCst) {
        return;
    }
    finished.store(true, Ordering::SeqCst);
    shared.end(
        index,
        if written.is_ok() {
            End::Written
        } else {
            End::ClientLeft
        },
    );
    reply.close(stream);
}

/// Blocks until the client closes or resets its side.
fn wait_for_end(mut stream: &TcpStream) -> bool {
    let mut buffer = [0; 1024];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return true,
        }
    }
}

impl Request {
    /// The JSON body.
    ///
    /// # Errors
    /// When it is none.
    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.body).context("the request's body is no JSON")
    }
}
