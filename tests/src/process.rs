//! Programs that a test starts, and that end with it.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal};

use crate::wait;

/// A running program. It and everything in its process group is killed when
/// this value is dropped, and when the thread that started it ends.
#[derive(Debug)]
pub struct Program {
    name: String,
    child: Child,
    lines: Receiver<String>,
}

/// A command that dies with the thread that spawns it: a test that is killed
/// leaves no X server behind.
pub fn mortal(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command
}

impl Program {
    /// Starts a program in a process group of its own, and reads its stdout.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(name: &str, command: &mut Command) -> Result<Self> {
        Self::spawn(name, command.stdout(Stdio::piped()))
    }

    /// Starts a program in a process group of its own; its stdout goes where
    /// the command says, and is read only where that is a pipe.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn spawn(name: &str, command: &mut Command) -> Result<Self> {
        let mut child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {name}: {command:?}"))?;
        let (sender, lines) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        Ok(Self {
            name: name.to_owned(),
            child,
            lines,
        })
    }

    /// The next line of its stdout for which `wanted` answers with something.
    /// Lines before it are passed over.
    ///
    /// # Errors
    /// When it ends or `within` passes before such a line.
    pub fn line<T>(
        &self,
        within: Duration,
        mut wanted: impl FnMut(&str) -> Option<T>,
    ) -> Result<T> {
        let deadline = Instant::now() + within;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    if let Some(value) = wanted(&line) {
                        return Ok(value);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    bail!("{} said nothing of that kind within {within:?}", self.name)
                }
                Err(RecvTimeoutError::Disconnected) => bail!("{} ended", self.name),
            }
        }
    }

    /// Its process id, which is also that of its group.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end as the system does, and waits until it has.
    ///
    /// # Errors
    /// When it cannot be asked or waited for.
    pub fn quit(mut self) -> Result<ExitStatus> {
        signal(self.child.id(), Signal::TERM)?;
        Ok(self.child.wait()?)
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// When it does not.
    pub fn wait(mut self) -> Result<ExitStatus> {
        wait::until(format!("the end of {}", self.name), || {
            Ok(self.child.try_wait()?)
        })
    }

    /// Its standard input, once, where it was piped.
    pub fn stdin(&mut self) -> Option<std::process::ChildStdin> {
        self.child.stdin.take()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(group) = pid(self.child.id()) {
            // An error means that nothing of it runs any more.
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

/// A program that cargo built beside the running one, or beside its tests.
///
/// # Errors
/// When it is not built.
pub fn built(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let mut beside = own
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name));
    beside.find(|path| path.is_file()).with_context(|| {
        format!(
            "{name} is not built beside {}; cargo xtask test builds it",
            own.display()
        )
    })
}

/// Sends SIGKILL to one process.
///
/// # Errors
/// When there is no such process.
pub fn kill(id: u32) -> Result<()> {
    signal(id, Signal::KILL)
}

/// Sends a signal to one process.
///
/// # Errors
/// When there is no such process.
pub fn signal(id: u32, signal: Signal) -> Result<()> {
    let pid = pid(id).context("0 is no process")?;
    rustix::process::kill_process(pid, signal)
        .with_context(|| format!("cannot send {signal:?} to {id}"))
}

/// Does the process run? One that ended but was not waited for does not.
pub fn runs(id: u32) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{id}/stat")) else {
        return false;
    };
    let state = stat
        .rsplit(") ")
        .next()
        .and_then(|rest| rest.chars().next());
    !matches!(state, Some('Z' | 'X') | None)
}

/// Processes whose parent is `parent`, with the path each executes.
pub fn children(parent: u32) -> Vec<(u32, PathBuf)> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let ids = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id: &u32| parent_of(*id) == Some(parent))
        .filter_map(|id| Some((id, std::fs::read_link(format!("/proc/{id}/exe")).ok()?)))
        .collect()
}

/// Fields of `/proc/<id>/stat` after the name: state, parent, … (proc(5)).
fn parent_of(id: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit(") ").next()?.split(' ').nth(1)?.parse().ok()
}

fn pid(id: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(id).ok()?)
}
