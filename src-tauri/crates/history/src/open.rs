use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::basics::now;
use crate::error::Inner;
use crate::files::{beside, make_private};
use crate::lock::{Held, Lock};
use crate::place::Place;
use crate::run::Runs;
use crate::schema;
use crate::search::index;
use crate::store::Store;
use crate::threads::Threads;
use crate::{Error, History};

/// "DRGM": what `file` and the like can tell the file by.
const APPLICATION_ID: i32 = 0x4452_474d;

/// Connections that read.
const READERS: usize = 3;

/// How long a call waits for another process that writes.
pub(crate) const BUSY: Duration = Duration::from_secs(5);

/// The folder of pictures and videos, beside the file.
const PICTURES: &str = "pictures";

/// A history that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The history.
    pub history: History,
    /// A file that could not be read; a new one was begun.
    pub set_aside: Option<SetAside>,
}

/// A file that could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Where it is now.
    pub path: PathBuf,
    /// What was wrong with it, in SQLite's words.
    pub reason: String,
}

impl History {
    /// Opens the file at `path`, or begins it; its folder is made. It blocks, for a
    /// time that does not grow with the history, but for a migration and after a
    /// run that did not close it. A file that cannot be read is set aside as
    /// `<file>.corrupt-<ms>`, with its `-wal`, and a new one is begun.
    ///
    /// Other processes may have it open, too; a migration needs it alone.
    ///
    /// # Errors
    /// [`Error::Storage`] when it cannot be read or written, [`Error::InUse`]
    /// when another process of another version has it, [`Error::Newer`] when a
    /// newer version wrote it: then it is not touched.
    pub fn open(path: &Path) -> Result<Opened, Error> {
        let storage = |error: std::io::Error| Error::storage(path, error);
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(storage)?;
        let (lock, held) = Lock::take(path)?;
        let runs = Runs::begin(path).map_err(storage)?;
        let mut unclean = !runs.dead().is_empty();
        let opened = match held {
            Held::Alone => open_alone(path, &mut unclean),
            Held::Shared => open_beside(path).map(|connection| (connection, None)),
        };
        let opened = opened.and_then(|(writer, aside)| {
            let readers = (0..READERS).map(|_| open_reader(path));
            let readers = readers.collect::<Result<_, _>>()?;
            Ok((writer, readers, open_reader(path)?, aside))
        });
        let (writer, readers, searcher, set_aside) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                runs.end();
                return Err(error.at(path));
            }
        };
        if let (Some(lock), Held::Alone) = (&lock, held) {
            lock.share().map_err(storage)?;
        }
        let place = Place {
            path: path.to_owned(),
            store: Store::folder(folder.join(PICTURES)),
            runs,
            written: Mutex::default(),
            renditions: AtomicBool::new(true),
            index_damaged: AtomicBool::new(false),
        };
        let history = Self::start(place, writer, readers, Some(searcher), unclean, lock)?;
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
                schema::migrate(&mut connection, None, schema::MIGRATIONS)?;
                connection.pragma_update(None, "foreign_keys", true)?;
                Ok(connection)
            })
            .map_err(|error| error.at(path))?;
        let place = Place {
            path: path.to_owned(),
            store: Store::memory(),
            runs: Runs::alone(),
            written: Mutex::default(),
            renditions: AtomicBool::new(true),
            index_damaged: AtomicBool::new(false),
        };
        Self::start(place, connection, Vec::new(), None, false, None)
    }

    fn start(
        place: Place,
        writer: Connection,
        readers: Vec<Connection>,
        searcher: Option<Connection>,
        unclean: bool,
        lock: Option<Lock>,
    ) -> Result<Self, Error> {
        let place = Arc::new(place);
        let threads = Threads::start(&place, writer, readers, searcher)
            .map_err(|error| Error::storage(&place.path, error))?;
        Ok(Self::new(place, threads, unclean, lock))
    }
}

/// Opens, checks where that is due, sets aside what cannot be read, and migrates.
fn open_alone(path: &Path, unclean: &mut bool) -> Result<(Connection, Option<SetAside>), Inner> {
    match open_checked(path, unclean) {
        Err(Inner::Sqlite(error)) if is_broken(&error) => {
            let aside = SetAside {
                path: set_aside(path)?,
                reason: error.to_string(),
            };
            Ok((open_checked(path, unclean)?, Some(aside)))
        }
        other => Ok((other?, None)),
    }
}

fn open_checked(path: &Path, unclean: &mut bool) -> Result<Connection, Inner> {
    make_private(path).map_err(|error| Error::storage(path, error))?;
    // What a run that closed its history leaves is empty or gone.
    let wal = std::fs::metadata(beside(path, "-wal"));
    *unclean |= wal.is_ok_and(|wal| wal.len() > 0);
    let mut connection = connect(path)?;
    // A file that is refused or set aside keeps its `-wal` as it is.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let found = schema::version(&connection)?;
    schema::check_not_newer(path, found)?;
    if connection.is_readonly("main")? {
        return Err(Error::storage(path, "it is read-only").into());
    }
    if found == 0 {
        // Can only be chosen before the first table.
        connection.pragma_update(None, "auto_vacuum", "incremental")?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    // Answers with the mode that came of it; where shared memory is missing
    // that is not WAL, which is slower and as safe.
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    set_up(&connection)?;
    if *unclean || found < schema::newest() {
        check(&connection)?;
    }
    schema::migrate(&mut connection, Some(path), schema::MIGRATIONS)?;
    index::ensure(&connection)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(connection)
}

/// Opens a history that another process has open: nothing is checked or migrated.
fn open_beside(path: &Path) -> Result<Connection, Inner> {
    let connection = connect(path)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let found = schema::version(&connection)?;
    schema::check_not_newer(path, found)?;
    if found < schema::newest() {
        let path = path.to_owned();
        return Err(Error::InUse { path }.into());
    }
    set_up(&connection)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(connection)
}

fn open_reader(path: &Path) -> Result<Connection, Inner> {
    let connection = connect(path)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn connect(path: &Path) -> Result<Connection, Inner> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Statements are prepared once: more than the sixteen that are kept by default.
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is removed is overwritten: a removed conversation is gone.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))
}

/// Tables of which a damaged page costs a picture or the index, never a conversation. They are not
/// checked: most of an old file, and made anew or missed alone.
const APART: &str = "'picture', 'video', 'picture_blob', 'video_blob', 'small', 'rendition', \
    'search_data', 'search_idx', 'search_config'";

/// Checks every table that conversations need. A damaged index is made anew.
fn check(connection: &Connection) -> Result<(), Inner> {
    let Err(_) = check_tables(connection) else {
        return Ok(());
    };
    connection.execute_batch("REINDEX")?;
    check_tables(connection)
}

fn check_tables(connection: &Connection) -> Result<(), Inner> {
    let mut tables = connection.prepare(&format!(
        "SELECT name FROM sqlite_schema
         WHERE type = 'table' AND rootpage > 0 AND name NOT IN ({APART})"
    ))?;
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
        let pragma = |name: &'static str| {
            let read = opened.history.alone(move |connection| {
                Ok(connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0))?)
            });
            read.wait()
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
