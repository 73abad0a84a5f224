//! One process that reads pictures, and who ends it when it takes too long.

use std::io::{self, BufReader};
use std::path::Path;
use std::process::{Child as Process, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::frame;
use crate::job::{Answer, Hello, Job, VERSION};
use crate::tail;

/// What it is told of the environment: where fonts are. Nothing else is its business.
const ENVIRONMENT: [&str; 6] = [
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    // Windows starts nothing without the first.
    "SYSTEMROOT",
    "USERPROFILE",
    "LOCALAPPDATA",
];

/// `CREATE_NO_WINDOW` of Windows (Process Creation Flags).
#[cfg(windows)]
const NO_WINDOW: u32 = 0x0800_0000;

/// How long it may take to say its first word.
const START: Duration = Duration::from_secs(30);
/// How much longer than the job is waited for, so that what it says itself of its time
/// comes first.
const GRACE: Duration = Duration::from_secs(1);

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Lost {
    /// It did not start, or not as what was wanted.
    NotStarted(String),
    /// It took too long, and was ended.
    TooLong,
    /// It ended by itself, or said what nobody understands.
    Ended,
}

/// A process that waits for a job.
#[derive(Debug)]
pub(crate) struct Child {
    watch: Arc<Watch>,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    hello: Option<Hello>,
}

impl Child {
    /// Starts it; what it says first is heard with the first job.
    pub(crate) fn start(program: &Path) -> Result<Self, Lost> {
        let failed = |error: io::Error| Lost::NotStarted(error.to_string());
        let mut command = Command::new(program);
        command.env_clear();
        for name in ENVIRONMENT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        // Not the folder that the app was started in, which may be one to be unmounted.
        if let Some(folder) = program.parent().filter(|folder| folder.is_absolute()) {
            command.current_dir(folder);
        }
        #[cfg(windows)]
        {
            use std::os::windows::process::CommandExt;
            // Else each opens a console before the window.
            command.creation_flags(NO_WINDOW);
        }
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let pipes = (process.stdin.take(), process.stdout.take());
        #[cfg(target_os = "linux")]
        widen(&pipes);
        let watch = Arc::new(Watch::new(process));
        let (Some(input), Some(output)) = pipes else {
            watch.end();
            return Err(Lost::NotStarted("it has no pipes".to_owned()));
        };
        let child = Self {
            watch: Arc::clone(&watch),
            input: Some(input),
            output: BufReader::new(output),
            hello: None,
        };
        // Without anyone to end it, it gets no job; dropped, it ends.
        thread::Builder::new()
            .name("pictures".to_owned())
            .spawn(move || watch.keep())
            .map_err(failed)?;
        Ok(child)
    }

    /// Does it still run?
    pub(crate) fn runs(&self) -> bool {
        self.watch.runs()
    }

    /// What it says first.
    pub(crate) fn hello(&mut self) -> Result<Hello, Lost> {
        if let Some(hello) = &self.hello {
            return Ok(hello.clone());
        }
        self.watch.until(Some(Instant::now() + START));
        let read = frame::read::<Hello>(&mut self.output);
        self.watch.until(None);
        let hello = match read {
            Ok(Some((hello, _))) => hello,
            Ok(None) => return Err(Lost::NotStarted("it ended at once".to_owned())),
            Err(error) => return Err(Lost::NotStarted(error.to_string())),
        };
        if hello.version != VERSION {
            let reason = format!("it is of version {}, not {VERSION}", hello.version);
            return Err(Lost::NotStarted(reason));
        }
        Ok(self.hello.insert(hello).clone())
    }

    /// Does a job; each answer but the last goes to `early`. After any `Err`, and after
    /// an answer that says that it is the last, the process takes no other.
    pub(crate) fn work(
        &mut self,
        job: &Job,
        bytes: &[u8],
        early: &mut dyn FnMut(Answer),
    ) -> Result<Answer, Lost> {
        self.hello()?;
        self.watch
            .until(Some(Instant::now() + job.patience + GRACE));
        let answer = self.answer(job, bytes, early);
        self.watch.until(None);
        answer.ok_or_else(|| match self.watch.end() {
            Ending::TooLong => Lost::TooLong,
            Ending::Other => Lost::Ended,
        })
    }

    fn answer(&mut self, job: &Job, bytes: &[u8], early: &mut dyn FnMut(Answer)) -> Option<Answer> {
        // What it says before it ended may still be there.
        let _ = frame::write(self.input.as_mut()?, job, &[bytes]);
        loop {
            let (mut answer, payloads) = frame::read::<Answer>(&mut self.output).ok()??;
            if let Ok(made) = &mut answer.made {
                let places = made.payloads();
                if places.len() != payloads.len() || places.len() != answer.tails.len() {
                    return None;
                }
                let payloads = payloads.into_iter().zip(&answer.tails);
                for (place, (mut payload, alike)) in places.into_iter().zip(payloads) {
                    tail::join(&mut payload, bytes, *alike)?;
                    *place = payload;
                }
            }
            if !answer.more {
                return Some(answer);
            }
            early(answer);
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It would end with its input; whoever waits for nothing need not wait for that.
        self.input = None;
        self.watch.end();
    }
}

/// Makes room for much of a picture at once, so that it crosses in few turns. Where the
/// system allows less, it takes more of them.
#[cfg(target_os = "linux")]
fn widen((input, output): &(Option<ChildStdin>, Option<ChildStdout>)) {
    /// What a user may have without asking (`fs.pipe-max-size`, pipe(7)).
    const BYTES: usize = 1 << 20;
    if let (Some(input), Some(output)) = (input, output) {
        let _ = rustix::pipe::fcntl_setpipe_size(input, BYTES);
        let _ = rustix::pipe::fcntl_setpipe_size(output, BYTES);
    }
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// It was ended since it took too long, or ended so itself.
    TooLong,
    /// Anything else.
    Other,
}

/// Ends a process when a job takes too long: whoever waits for it only reads and writes.
#[derive(Debug)]
struct Watch {
    kept: Mutex<Kept>,
    changed: Condvar,
}

#[derive(Debug)]
struct Kept {
    process: Process,
    /// When it has taken too long.
    until: Option<Instant>,
    /// It was ended for that.
    late: bool,
    /// It was ended, for whatever reason.
    over: bool,
}

impl Watch {
    fn new(process: Process) -> Self {
        Self {
            kept: Mutex::new(Kept {
                process,
                until: None,
                late: false,
                over: false,
            }),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn runs(&self) -> bool {
        let mut kept = self.lock();
        !kept.over && matches!(kept.process.try_wait(), Ok(None))
    }

    fn until(&self, until: Option<Instant>) {
        self.lock().until = until;
        self.changed.notify_all();
    }

    /// What the watching thread does, until the process is over.
    fn keep(&self) {
        let mut kept = self.lock();
        while !kept.over {
            let Some(until) = kept.until else {
                let waited = self.changed.wait(kept);
                kept = waited.unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                kept.late = true;
                kept.until = None;
                // Its pipes close with it, and whoever waits hears of it.
                let _ = kept.process.kill();
            } else {
                let waited = self.changed.wait_timeout(kept, left);
                kept = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }

    /// Ends it, if it has not ended.
    fn end(&self) -> Ending {
        let mut kept = self.lock();
        kept.over = true;
        self.changed.notify_all();
        let _ = kept.process.kill();
        let status = kept.process.wait();
        #[cfg(unix)]
        if let Ok(status) = status {
            use std::os::unix::process::ExitStatusExt;
            kept.late |= status.signal() == Some(XCPU);
        }
        #[cfg(not(unix))]
        let _ = status;
        if kept.late {
            Ending::TooLong
        } else {
            Ending::Other
        }
    }
}

/// The signal of a process that took all of its time (POSIX; 24 on Linux and macOS).
#[cfg(unix)]
const XCPU: i32 = 24;
