use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::error::Inner;
use crate::history::now;
use crate::schema::{self, beside};
use crate::{Error, History, keys, pictures};

/// "DRGM": what `file` and the like can tell the file by.
const APPLICATION_ID: i32 = 0x4452_474d;

/// A history that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The history.
    pub history: History,
    /// Where a file that could not be read is now; a new one was begun.
    pub set_aside: Option<PathBuf>,
}

impl History {
    /// Opens the file at `path`, or begins it; its folder is made. Pictures
    /// that no message holds and keys that were kept for one run only are
    /// swept. A file that is broken is set aside as `<file>.corrupt-<ms>`,
    /// with its `-wal`, and a new one is begun.
    ///
    /// # Errors
    /// [`Error::Storage`] when it cannot be read or written, [`Error::InUse`]
    /// when another process has it, [`Error::Newer`] when a newer version
    /// wrote it: then it is not touched.
    pub fn open(path: &Path) -> Result<Opened, Error> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| Error::storage(path, error))?;
        }
        let lock = lock(path)?;
        let (connection, set_aside) = match open_checked(path) {
            Err(Inner::Sqlite(error)) if is_broken(&error) => {
                let aside = set_aside(path)?;
                let connection = open_checked(path).map_err(|error| error.at(path))?;
                (connection, Some(aside))
            }
            other => (other.map_err(|error| error.at(path))?, None),
        };
        let history = Self::new(path, connection, lock);
        history.sweep()?;
        Ok(Opened { history, set_aside })
    }

    /// A history that ends with the process, for a run whose folder cannot be
    /// written.
    ///
    /// # Errors
    /// [`Error::Storage`] when there is no memory for it.
    pub fn in_memory() -> Result<Self, Error> {
        let path = Path::new(":memory:");
        let connection = Connection::open_in_memory()
            .map_err(Inner::from)
            .and_then(|mut connection| {
                connection.pragma_update(None, "foreign_keys", true)?;
                schema::migrate(&mut connection, None, schema::MIGRATIONS)?;
                Ok(connection)
            })
            .map_err(|error| error.at(path))?;
        Ok(Self::new(path, connection, None))
    }

    fn sweep(&self) -> Result<(), Error> {
        self.with(|state| {
            let transaction = state.begin()?;
            keys::remove_session_keys(&transaction)?;
            pictures::sweep_all(&transaction)?;
            transaction.commit()?;
            // Gives the room of what was swept back, a bounded piece a start.
            state
                .connection
                .execute_batch("PRAGMA incremental_vacuum(4096)")?;
            Ok(())
        })
    }
}

/// Opens, checks and migrates.
fn open_checked(path: &Path) -> Result<Connection, Inner> {
    make_private(path).map_err(|error| Error::storage(path, error))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    // A file that is refused or set aside keeps its `-wal` as it is.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let found = schema::version(&connection)?;
    if found > schema::newest() {
        return Err(newer(path, found).into());
    }
    if connection.is_readonly("main")? {
        return Err(Error::storage(path, "it is read-only").into());
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    if found == 0 {
        // Can only be chosen before the first table.
        connection.pragma_update(None, "auto_vacuum", "incremental")?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    // Answers with the mode that came of it; where shared memory is missing
    // that is not WAL, which is slower and as safe.
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is removed is overwritten: a removed conversation is gone.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    check(&connection)?;
    schema::migrate(&mut connection, Some(path), schema::MIGRATIONS)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(connection)
}

/// Checks every table but the pictures and videos: those are most of the file, and reading
/// all of it would make each start as slow as the history is large. A damaged
/// picture harms no conversation.
fn check(connection: &Connection) -> Result<(), Inner> {
    let mut tables = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('picture', 'video')",
    )?;
    let names = tables.query_map([], |row| row.get::<_, String>(0))?;
    for name in names {
        let mut check =
            connection.prepare("SELECT quick_check FROM pragma_quick_check WHERE arg = ?")?;
        let found: String = check.query_row([name?], |row| row.get(0))?;
        if found != "ok" {
            return Err(corrupt(found).into());
        }
    }
    Ok(())
}

/// Begins the file so that only its owner can read it; SQLite gives `-wal` and
/// `-shm` the same rights.
pub(crate) fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn lock(path: &Path) -> Result<Option<File>, Error> {
    let name = beside(path, ".lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&name)
        .map_err(|error| Error::storage(path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Error::InUse {
            path: path.to_owned(),
        }),
        // A file system without locks: better open than not.
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

fn newer(path: &Path, found: i64) -> Error {
    Error::Newer {
        path: path.to_owned(),
        found,
        known: schema::newest(),
    }
}

fn corrupt(reason: String) -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    rusqlite::Error::SqliteFailure(code, Some(reason))
}

fn is_broken(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

fn set_aside(path: &Path) -> Result<PathBuf, Error> {
    let aside = beside(path, &format!(".corrupt-{}", now()));
    for suffix in ["", "-wal", "-shm"] {
        match std::fs::rename(beside(path, suffix), beside(&aside, suffix)) {
            Err(error) if !suffix.is_empty() && error.kind() == std::io::ErrorKind::NotFound => {}
            other => other.map_err(|error| Error::storage(path, error))?,
        }
    }
    Ok(aside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_answered_for_is_on_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let opened = History::open(&folder.path().join("dragoman.db")).unwrap();
        let pragma = |name: &str| {
            opened.history.with(|state| {
                Ok(state
                    .connection
                    .pragma_query_value(None, name, |row| row.get::<_, i64>(0))?)
            })
        };
        for (name, value) in [
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("secure_delete", 1),
            ("auto_vacuum", 2),
        ] {
            assert_eq!(pragma(name).unwrap(), value, "{name}");
        }
    }
}
