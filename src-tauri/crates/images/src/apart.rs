//! Work for a process of its own: this very program, called with one word.
//!
//! What it does may take any amount of time and memory, or overflow its stack; the
//! process is ended when its time is over, holds no more than its memory, and
//! takes nobody along. It gets the length of the file and the file on its standard
//! input, which then stays open until it has answered: when that ends, whoever
//! wanted the page is gone, and so it ends too.

use std::io::{self, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

use image::RgbImage;

use crate::deadline::DRAWING;
use crate::formats::pdf::{draw, page::Failure, page::Page};

/// What the program is called with.
const WORD: &str = "--draw-a-page";
/// Most memory that it holds, in bytes. 400 MB are a dozen times what a page of
/// text and photos takes.
const MEMORY: u64 = 800 << 20;
/// Most bytes that it may answer: more than any page has.
const ANSWER: u64 = 64 << 20;
/// Most seconds of a processor that it takes, should nobody be there to end it.
const PROCESSOR: u64 = DRAWING.as_secs() + 1;

/// May this program be called so?
static READY: AtomicBool = AtomicBool::new(false);

/// To be called first of all in `main`: `Some` where this process was started to
/// draw, which it has done then, and is to end with that code.
///
/// A program that does not call this draws on a thread of its own, which is given
/// up when its time is over but not bounded in memory.
pub fn drawn_apart() -> Option<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some(WORD) {
        READY.store(true, Ordering::Relaxed);
        return None;
    }
    let number = arguments.next().and_then(|number| number.parse().ok());
    let number = number.filter(|number| *number > 0);
    bound();
    // A word about a panic would go to the terminal of whoever started the app.
    std::panic::set_hook(Box::new(|_| {}));
    let bytes = received().and_then(|bytes| end_with_input().map(|()| bytes));
    let Ok(bytes) = bytes else {
        return Some(ExitCode::FAILURE);
    };
    let drawn = thread::Builder::new()
        .stack_size(256 << 20)
        .spawn(move || draw::page(bytes, number));
    let drawn = drawn.ok().and_then(|thread| thread.join().ok());
    Some(match drawn.unwrap_or(Err(Failure::Broken)) {
        Ok(page) if answer(&page).is_ok() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(failure) => ExitCode::from(code(failure)),
    })
}

/// The file that the page is of.
fn received() -> io::Result<Vec<u8>> {
    let mut input = io::stdin().lock();
    let mut length = [0; 8];
    input.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    let mut bytes = Vec::new();
    let read = input.take(length).read_to_end(&mut bytes)?;
    if read as u64 == length {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// Ends this process when its input does.
fn end_with_input() -> io::Result<()> {
    let wait = || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        std::process::exit(1);
    };
    thread::Builder::new().spawn(wait).map(|_| ())
}

/// Gives the file to the process; its input must stay open.
fn send_file(bytes: &[u8], input: &mut ChildStdin) -> io::Result<()> {
    input.write_all(&(bytes.len() as u64).to_le_bytes())?;
    input.write_all(bytes)
}

const CODES: [(Failure, u8); 3] = [
    (Failure::Broken, 3),
    (Failure::Protected, 4),
    (Failure::TooMuch, 5),
];

fn code(failure: Failure) -> u8 {
    let found = CODES.iter().find(|(known, _)| *known == failure);
    found.map_or(1, |(_, code)| *code)
}

/// Number of pages, width, height, and red, green and blue of each pixel.
fn answer(page: &Page) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for number in [page.of, page.pixels.width(), page.pixels.height()] {
        out.write_all(&number.to_le_bytes())?;
    }
    out.write_all(page.pixels.as_raw())?;
    out.flush()
}

/// An allocation beyond [`MEMORY`] fails, which ends the process, and so does the
/// end of the thread that started it.
#[cfg(unix)]
fn bound() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let most = |current, maximum| Rlimit {
        current: Some(current),
        maximum: Some(maximum),
    };
    // Where the system knows no such limit, only whoever started it bounds it.
    let _ = setrlimit(Resource::Data, most(MEMORY, MEMORY));
    let _ = setrlimit(Resource::Cpu, most(PROCESSOR, PROCESSOR + 1));
    // Nobody wants what is left of it.
    let _ = setrlimit(Resource::Core, most(0, 0));
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Signal, set_parent_process_death_signal};
        let _ = set_parent_process_death_signal(Some(Signal::KILL));
    }
}

#[cfg(not(unix))]
fn bound() {}

/// The page, drawn by a process of its own; `None` where there can be none.
pub(crate) fn page(bytes: &[u8], number: Option<u32>) -> Option<Result<Page, Failure>> {
    if !READY.load(Ordering::Relaxed) {
        return None;
    }
    let program = std::env::current_exe().ok()?;
    let mut command = Command::new(program);
    command.arg(WORD).arg(number.unwrap_or(0).to_string());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let (stdin, stdout) = (child.stdin.take()?, child.stdout.take()?);
    let (send, receive) = sync_channel(1);
    let answer = thread::scope(|scope| {
        // Where there is no thread left, its pipe closes, and so it ends.
        let input = thread::Builder::new().spawn_scoped(scope, move || {
            let mut stdin = stdin;
            // It may have ended without reading all of it.
            let _ = send_file(bytes, &mut stdin);
            stdin
        });
        let _ = thread::Builder::new().spawn_scoped(scope, move || {
            let mut answer = Vec::new();
            let read = stdout.take(ANSWER).read_to_end(&mut answer);
            let _ = send.send(read.ok().map(|_| answer));
        });
        let answer = receive.recv_timeout(DRAWING);
        // Its pipes close with it, and the two threads end.
        if answer.is_err() {
            let _ = child.kill();
        }
        // Only now may its input end.
        drop(input);
        answer
    });
    let code = ended(&mut child);
    let Ok(answer) = answer else {
        return Some(Err(Failure::TooMuch));
    };
    Some(match code {
        Some(0) => answer
            .and_then(|answer| read(&answer))
            .ok_or(Failure::Broken),
        Some(code) => {
            let found = CODES.iter().find(|(_, known)| i32::from(*known) == code);
            Err(found.map_or(Failure::Broken, |(failure, _)| *failure))
        }
        // By a signal: its memory, or its stack, was not enough.
        None => Err(Failure::TooMuch),
    })
}

fn ended(child: &mut Child) -> Option<i32> {
    child.wait().ok().and_then(|status| status.code())
}

fn read(answer: &[u8]) -> Option<Page> {
    let number = |at| drawing::raw::le32(answer, at);
    let (of, width, height) = (number(0)?, number(4)?, number(8)?);
    let pixels = RgbImage::from_raw(width, height, answer.get(12..)?.to_vec())?;
    let pixels = Arc::new(pixels);
    Some(Page { pixels, of })
}
