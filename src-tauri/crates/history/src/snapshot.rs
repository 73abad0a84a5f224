//! A whole copy of the file while it is in use, and what such a copy holds.

use std::path::Path;

use protocol::Keep;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use stores::KeyRow;

use crate::Error;
use crate::error::Inner;
use crate::files::make_private;
use crate::history::History;
use crate::hold::is_known;
use crate::keys::keys_where;
use crate::lock::{Held, Lock};
use crate::place::Reader;
use crate::schema;

/// Pages that are copied between two looks at whether it goes on.
const PAGES: i32 = 1024;

/// What a copy holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// Conversations, those in the bin among them.
    pub conversations: u64,
    /// Messages, on every branch.
    pub messages: u64,
    /// Pictures and videos whose bytes are files of their own: hash and size in bytes.
    pub pictures: Vec<(String, u64)>,
    /// What is known of keys; those that are only in the memory of a run left out.
    pub keys: Vec<KeyRow>,
}

impl History {
    /// Copies the file as it is now to `to`, which becomes one file that needs no other.
    /// Others go on writing meanwhile, and it holds nothing of that. `goes_on` hears how
    /// many pages of how many are copied, and ends it with false. Blocking.
    ///
    /// # Errors
    /// [`Error::Interrupted`]; [`Error::Storage`], also for a history that is not kept.
    /// What is at `to` then is of no use.
    pub fn copy_to(
        &self,
        to: &Path,
        goes_on: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<(), Error> {
        if !self.is_kept() {
            return Err(Error::storage(self.path(), "it is not kept"));
        }
        make_private(to).map_err(|error| Error::storage(to, error))?;
        let from = open(self.path()).map_err(|error| Error::sqlite(self.path(), &error))?;
        // As long as it is read, the copy is of one moment.
        from.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema")
            .map_err(|error| Error::sqlite(self.path(), &error))?;
        copy(&from, to, goes_on).map_err(|error| error.at(to))
    }
}

fn copy(
    from: &Connection,
    to: &Path,
    goes_on: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<(), Inner> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut copy = Connection::open_with_flags(to, flags)?;
    // Nobody reads it before it is whole.
    copy.pragma_update(None, "synchronous", "off")?;
    let steps = Backup::new(from, &mut copy)?;
    loop {
        let step = steps.step(PAGES)?;
        let progress = steps.progress();
        let count = |pages: i32| u64::try_from(pages).unwrap_or_default();
        let total = count(progress.pagecount);
        if !goes_on(total.saturating_sub(count(progress.remaining)), total) {
            return Err(Error::Interrupted.into());
        }
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            // Nothing else has it open.
            _ => return Err(Error::storage(to, "it is in use").into()),
        }
    }
    drop(steps);
    copy.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))?;
    copy.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    // What only a run's memory can answer for.
    copy.execute("DELETE FROM key WHERE run IS NOT NULL", [])?;
    copy.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// What a copy holds. Blocking.
///
/// # Errors
/// [`Error::Storage`] where it is no history or cannot be read, [`Error::Newer`].
pub fn contents(copy: &Path) -> Result<Contents, Error> {
    let read = || -> Result<Contents, Inner> {
        let connection = open(copy)?;
        schema::check_not_newer(copy, schema::version(&connection)?)?;
        let count = |table: &str| {
            let sql = format!("SELECT count(*) FROM {table}");
            connection.query_row(&sql, [], |row| row.get(0).map(unsigned))
        };
        // What an old file was not relieved of yet goes along in it.
        let pictures = connection
            .prepare(
                "SELECT hash, bytes FROM picture
                 WHERE NOT EXISTS (SELECT 1 FROM picture_blob b WHERE b.hash = picture.hash)
                 UNION
                 SELECT hash, bytes FROM video
                 WHERE NOT EXISTS (SELECT 1 FROM video_blob b WHERE b.hash = video.hash)
                 ORDER BY hash",
            )?
            .query_map([], |row| Ok((row.get(0)?, unsigned(row.get(1)?))))?
            .collect::<Result<_, _>>()?;
        let mut keys = keys_where(&connection, "", "1", &[])?;
        keys.retain(|key| key.kept == Keep::Keyring);
        Ok(Contents {
            conversations: count("conversation")?,
            messages: count("message")?,
            pictures,
            keys,
        })
    };
    read().map_err(|error| error.at(copy))
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

impl Reader<'_> {
    /// Is this the hash of a picture or video that is kept?
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn keeps(&self, hash: &str) -> Result<bool, Error> {
        self.with(|connection| Ok(is_known(connection, hash)?))
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(crate::open::BUSY)?;
    Ok(connection)
}

/// Keeps every process out of a history, until it is dropped.
pub struct Alone {
    _lock: Option<Lock>,
}

impl Alone {
    /// Takes the history at `path` alone; its folder is there. Blocks for a moment at
    /// most.
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::Storage`].
    pub fn take(path: &Path) -> Result<Self, Error> {
        match Lock::take(path)? {
            (lock, Held::Alone) => Ok(Self { _lock: lock }),
            (_, Held::Shared) => Err(Error::InUse {
                path: path.to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NewTurn;

    fn turn(text: &str) -> NewTurn {
        NewTurn {
            conversation: None,
            text: text.to_owned(),
            parts: Vec::new(),
            answers: vec![protocol::Answer::default()],
            params: protocol::ChatParams::default(),
        }
    }

    #[test]
    fn a_copy_is_of_one_moment_and_one_file_whatever_is_written_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dragoman.db");
        let history = History::open(&path).unwrap().history;
        for number in 0..200 {
            let text = format!("{number} {}", "much to say ".repeat(2_000));
            history
                .write(move |w| w.begin_turn(turn(&text)))
                .wait()
                .unwrap();
        }
        let copy = folder.path().join("copy.db");
        let mut looks = 0;
        let copied = history.copy_to(&copy, &mut |_, _| {
            looks += 1;
            let begun = history.write(|w| w.begin_turn(turn("meanwhile"))).wait();
            begun.is_ok()
        });
        copied.unwrap();
        assert!(looks > 1, "copied in {looks}");
        let found = contents(&copy).unwrap();
        assert_eq!((found.conversations, found.messages), (200, 400));
        assert!(!crate::files::beside(&copy, "-wal").exists());
        let stopped = history.copy_to(&folder.path().join("other.db"), &mut |_, _| false);
        assert!(matches!(stopped, Err(Error::Interrupted)));
        // Opened as a home, it is as any other.
        let home = folder.path().join("home");
        std::fs::create_dir(&home).unwrap();
        std::fs::rename(&copy, home.join("dragoman.db")).unwrap();
        let again = History::open(&home.join("dragoman.db")).unwrap();
        assert!(again.set_aside.is_none());
        let newest = again
            .history
            .read(|r| r.conversations(None, 1))
            .wait()
            .unwrap();
        assert!(newest.0[0].title.starts_with("199"));
    }

    #[test]
    fn a_history_is_had_alone_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dragoman.db");
        let alone = Alone::take(&path).unwrap();
        assert!(matches!(History::open(&path), Err(Error::InUse { .. })));
        drop(alone);
        let history = History::open(&path).unwrap().history;
        assert!(matches!(Alone::take(&path), Err(Error::InUse { .. })));
        drop(history);
    }
}
