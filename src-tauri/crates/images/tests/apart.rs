//! The process that draws a page: it never outlives whoever wanted the page.
//!
//! This program is all three: the tests, the app that wants a page, and the
//! process that draws it, which tells the test that it runs through a socket.
//! What it leaves open there ends with it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[cfg(target_os = "linux")]
#[path = "images/fixtures.rs"]
#[allow(dead_code, reason = "what kinds are made of")]
mod fixtures;
#[cfg(target_os = "linux")]
#[path = "images/kinds.rs"]
#[allow(dead_code, reason = "of all kinds it needs one")]
mod kinds;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{Read, Write};
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Child, Command, ExitCode, Stdio};
    use std::time::Duration;

    use images::{Caps, Error};
    use rustix::process::{Pid, Signal, WaitOptions, set_child_subreaper, waitpid};

    use crate::kinds;

    /// Names the socket to the process that draws.
    const SOCKET: &str = "APART_SOCKET";
    /// Makes this program an app that wants a page of this kind.
    const APP: &str = "APART_APP";

    const TESTS: [(&str, fn()); 5] = [
        ("a_page_is_drawn_by_a_process", a_page_is_drawn_by_a_process),
        (
            "one_that_takes_too_long_is_ended",
            one_that_takes_too_long_is_ended,
        ),
        ("it_ends_with_the_app", it_ends_with_the_app),
        ("it_ends_with_its_input", it_ends_with_its_input),
        (
            "it_ends_when_it_took_its_time",
            it_ends_when_it_took_its_time,
        ),
    ];

    pub fn main() -> ExitCode {
        let socket = std::env::var_os(SOCKET).filter(|_| std::env::args().len() > 1);
        if let Some(socket) = socket {
            let mut stream = UnixStream::connect(socket).unwrap();
            stream.write_all(&std::process::id().to_le_bytes()).unwrap();
            // Ends with the process.
            std::mem::forget(stream);
        }
        if let Some(done) = images::drawn_apart() {
            return done;
        }
        if let Ok(kind) = std::env::var(APP) {
            return app(&kind);
        }
        let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-'));
        for (name, test) in TESTS {
            if wanted.as_ref().is_none_or(|wanted| name.contains(wanted)) {
                test();
                println!("test {name} ... ok");
            }
        }
        ExitCode::SUCCESS
    }

    fn app(kind: &str) -> ExitCode {
        let bytes = if kind == "endless" {
            endless()
        } else {
            kinds::pdf(&[[200, 0, 0]])
        };
        match images::page("a.pdf", &bytes, 1, &Caps::default()) {
            Ok(png) if png.starts_with(b"\x89PNG") => ExitCode::from(10),
            Err(Error::TooSlow { .. }) => ExitCode::from(11),
            other => panic!("{other:?}"),
        }
    }

    /// A page with a form of ten forms of ten forms, twelve deep, that draws nothing:
    /// it takes time, and no memory.
    fn endless() -> Vec<u8> {
        let forms: Vec<(String, String)> = (0..12)
            .map(|n| {
                let words = "/Type/XObject/Subtype/Form/BBox[0 0 144 72]/Resources<</XObject<<";
                if n == 0 {
                    return (format!("{words}>>>>"), "q Q".to_owned());
                }
                // The first of them is object 4.
                (format!("{words}/A {} 0 R>>>>", n + 3), "/A Do ".repeat(10))
            })
            .collect();
        let forms: Vec<_> = forms
            .iter()
            .map(|(words, content)| (words.as_str(), content.as_bytes()))
            .collect();
        kinds::pdf_of(&[("", b"/X11 Do")], &forms)
    }

    /// Where processes that draw tell that they run.
    struct Desk {
        listener: UnixListener,
        folder: tempfile::TempDir,
    }

    impl Desk {
        fn open() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let listener = UnixListener::bind(folder.path().join("s")).unwrap();
            Self { listener, folder }
        }

        fn command(&self) -> Command {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.env(SOCKET, self.folder.path().join("s"));
            command
        }

        /// Starts an app that wants a page.
        fn app(&self, kind: &str) -> Child {
            self.command().env(APP, kind).spawn().unwrap()
        }

        /// Starts the process that draws, with a page that takes for ever.
        fn endless(&self) -> Child {
            let mut child = self
                .command()
                .args(["--draw-a-page", "1"])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            let bytes = endless();
            let input = child.stdin.as_mut().unwrap();
            input
                .write_all(&(bytes.len() as u64).to_le_bytes())
                .unwrap();
            input.write_all(&bytes).unwrap();
            child
        }

        /// The next process that draws.
        fn drawing(&self) -> Drawing {
            let (mut stream, _) = self.listener.accept().unwrap();
            let mut id = [0; 4];
            stream.read_exact(&mut id).unwrap();
            let pid = i32::from_le_bytes(id);
            Drawing { stream, pid }
        }
    }

    struct Drawing {
        stream: UnixStream,
        pid: i32,
    }

    impl Drawing {
        /// Waits until it has worked for a fifth of a second, which is more than
        /// it takes to read the file.
        fn until_busy(&self) {
            let worked = || {
                let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap();
                let fields = stat.rsplit(')').next().unwrap();
                let ticks = fields.split_whitespace().nth(11).unwrap();
                ticks.parse::<u32>().unwrap()
            };
            while worked() < 20 {
                std::thread::yield_now();
            }
        }

        /// Waits until it is gone.
        fn until_gone(mut self) {
            let patience = Some(Duration::from_secs(60));
            self.stream.set_read_timeout(patience).unwrap();
            assert_eq!(self.stream.read(&mut [0]).unwrap(), 0, "it is gone");
        }
    }

    fn a_page_is_drawn_by_a_process() {
        let desk = Desk::open();
        let mut app = desk.app("plain");
        desk.drawing().until_gone();
        assert_eq!(app.wait().unwrap().code(), Some(10));
    }

    fn one_that_takes_too_long_is_ended() {
        let desk = Desk::open();
        let mut app = desk.app("endless");
        desk.drawing().until_gone();
        assert_eq!(app.wait().unwrap().code(), Some(11));
    }

    fn it_ends_with_the_app() {
        // Whom the app leaves behind is then ours to wait for.
        set_child_subreaper(Some(rustix::process::getpid())).unwrap();
        let desk = Desk::open();
        let mut app = desk.app("endless");
        let drawing = desk.drawing();
        drawing.until_busy();
        app.kill().unwrap();
        app.wait().unwrap();
        let pid = Pid::from_raw(drawing.pid).unwrap();
        drawing.until_gone();
        let (_, status) = waitpid(Some(pid), WaitOptions::empty()).unwrap().unwrap();
        let ended = status.terminating_signal();
        assert_ne!(ended, Some(Signal::XCPU.as_raw()), "not for its own time");
        set_child_subreaper(None).unwrap();
    }

    fn it_ends_with_its_input() {
        let desk = Desk::open();
        let mut child = desk.endless();
        let drawing = desk.drawing();
        drawing.until_busy();
        drop(child.stdin.take());
        drawing.until_gone();
        let status = child.wait().unwrap();
        assert_eq!(
            status.code(),
            Some(1),
            "by itself, not by a signal: {status}"
        );
    }

    fn it_ends_when_it_took_its_time() {
        let desk = Desk::open();
        let mut child = desk.endless();
        let input = child.stdin.take();
        desk.drawing().until_gone();
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(Signal::XCPU.as_raw()), "{status}");
        drop(input);
    }
}
