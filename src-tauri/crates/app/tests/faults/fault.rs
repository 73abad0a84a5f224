//! What can go wrong below the history: a disk that is full or read-only, one that is
//! slow or fails, a database that another process holds, a clock that was wrong.
//! Linux only.
//!
//! A test that uses [`Disk`] or [`Bent`] begins with [`alone`].

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use rusqlite::{Connection, params};

/// Set in a process that [`alone`] started.
const ALONE: &str = "DRAGOMAN_TEST_ALONE";

/// True in a process of its own, which may mount and trace; elsewhere it runs the test
/// of this name (with its modules) in such a process, and answers false after it.
///
/// The namespaces of `unshare -rm` need no root; containers may forbid them.
pub fn alone(test: &str) -> bool {
    if env::var_os(ALONE).is_some() {
        return true;
    }
    let status = Command::new("unshare")
        .args(["--map-root-user", "--mount", "--kill-child"])
        .arg(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--include-ignored"])
        .env(ALONE, "1")
        .status();
    assert!(status.unwrap().success(), "{test}");
    false
}

/// A small disk in memory; gone with this value.
pub struct Disk {
    folder: tempfile::TempDir,
    bytes: u64,
}

impl Disk {
    /// One of this many bytes.
    pub fn new(bytes: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let disk = Self { folder, bytes };
        disk.mount("");
        disk
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the room that is left.
    pub fn fill(&self) {
        let mut filler = File::create(self.filler()).unwrap();
        let block = [7; 4096];
        for size in [4096, 64, 1] {
            while filler.write_all(&block[..size]).is_ok() {}
        }
    }

    /// Gives it back.
    pub fn free(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    /// No more writing, while no file is open for it; or again.
    pub fn set_read_only(&self, on: bool) {
        self.mount(if on { "remount,ro," } else { "remount,rw," });
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }

    fn mount(&self, how: &str) {
        let options = format!("{how}size={}", self.bytes);
        run(Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(self.path()));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        run(Command::new("umount").arg("--lazy").arg(self.path()));
    }
}

/// System calls on one file that are slow or fail, until this value is dropped.
/// Needs `strace`.
pub struct Bent(Child);

impl Bent {
    /// What is written to the file takes this long to be on the disk.
    pub fn slow(file: &Path, by: Duration) -> Self {
        let inject = format!("fsync,fdatasync:delay_exit={}", by.as_micros());
        Self::start(file, &inject, |probe| {
            let begun = Instant::now();
            probe.sync_data().unwrap();
            begun.elapsed() >= by
        })
    }

    /// Writing to the file, which may be open, fails as `EROFS`, `EIO`, `ENOSPC`…
    pub fn failing(file: &Path, error: &str) -> Self {
        let inject = format!("pwrite64,write,ftruncate,fsync,fdatasync:error={error}");
        Self::start(file, &inject, |probe| probe.sync_data().is_err())
    }

    /// Waits until the file is bent, as `is_bent` tells by trying.
    fn start(file: &Path, inject: &str, is_bent: impl Fn(&File) -> bool) -> Self {
        let child = Command::new("strace")
            .args(["-f", "-qq", "-o", "/dev/null"])
            .arg("-P")
            .arg(file)
            .args(["-e", &format!("inject={inject}")])
            .args(["-p", &std::process::id().to_string()])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut bent = Self(child.unwrap());
        let probe = File::open(file).unwrap();
        while !is_traced() || !is_bent(&probe) {
            let ended = bent.0.try_wait().unwrap();
            assert!(ended.is_none(), "strace ended: {ended:?}");
            thread::yield_now();
        }
        bent
    }
}

impl Drop for Bent {
    fn drop(&mut self) {
        // Asked to end, it lets go of the threads first.
        run(Command::new("kill").args(["-TERM", &self.0.id().to_string()]));
        self.0.wait().unwrap();
    }
}

/// Are all threads of this process traced?
fn is_traced() -> bool {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    threads.flatten().all(|thread| {
        let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        !status.contains("TracerPid:\t0\n")
    })
}

/// A database that someone else holds: nobody writes, until this value is dropped.
pub struct Held(Connection);

impl Held {
    pub fn new(database: &Path) -> Self {
        let connection = Connection::open(database).unwrap();
        connection.busy_timeout(Duration::from_secs(60)).unwrap();
        connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
        Self(connection)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.execute_batch("ROLLBACK").unwrap();
    }
}

/// Makes a database that nobody has open as if the clock had been this far ahead while
/// it was written: now it has gone back.
pub fn clock_was_ahead(database: &Path, by: Duration) {
    let connection = Connection::open(database).unwrap();
    let mut times = connection
        .prepare(
            "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND (c.name LIKE '%\\_at' ESCAPE '\\' OR c.name = 'rests_until')",
        )
        .unwrap();
    let times = times.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    for time in times.unwrap() {
        let (table, column): (String, String) = time.unwrap();
        let sql = format!("UPDATE {table} SET {column} = {column} + ?");
        let by = i64::try_from(by.as_millis()).unwrap();
        connection.execute(&sql, params![by]).unwrap();
    }
}

fn run(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}
