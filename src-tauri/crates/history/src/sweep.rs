//! What is swept, a slice at a time; each answers whether there may be more.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use crate::history::History;
use crate::hold::{is_known, let_go};
use crate::pictures::remove_bytes;
use crate::place::{Reader, Writer};
use crate::store::run_of_part;
use crate::threads::empty_wal;
use crate::unsent::UNSENT;
use crate::{Error, copies, pieces};

/// Files that are looked at in one slice.
const FILES: usize = 64;

/// Bytes of pictures and videos that are removed in one slice, in files: a slice
/// takes some milliseconds.
const GONE: i64 = 8;

/// Pages that are given back in one slice.
const PAGES: u32 = 256;

/// Bytes that renditions may take which no message shows.
const RENDITIONS: i64 = 512 << 20;

/// How far it is with what a process has to look at once.
pub(crate) struct Sweep {
    /// Runs that were asked for already.
    runs: bool,
    /// Files that are left to look at; `None` before they were listed.
    files: Option<Vec<String>>,
    unclean: bool,
    /// Something was removed that `-wal` may hold still.
    wal: bool,
}

impl Sweep {
    pub fn new(unclean: bool) -> Self {
        Self {
            runs: false,
            files: None,
            unclean,
            wal: unclean,
        }
    }

    /// Ends what dead runs left open: their answers are interrupted, the keys in their
    /// memory are gone, and so is what waited in their composers.
    pub fn runs(&mut self, history: &History) -> Result<bool, Error> {
        if self.runs {
            return Ok(false);
        }
        let named = history.read(|reader| reader.named_runs()).wait()?;
        let runs = &history.place().runs;
        let mut dead = runs.dead();
        dead.extend(named.into_iter().filter(|run| !runs.is_alive(run)));
        history.write_beside(|writer| writer.end_run(None)).wait()?;
        for run in dead {
            let ended = run.clone();
            history
                .write_beside(move |writer| writer.end_run(Some(&ended)))
                .wait()?;
            runs.forget(&run);
        }
        self.runs = true;
        Ok(true)
    }

    /// Removes the bytes of some of what nothing holds.
    pub fn gone(&mut self, history: &History) -> Result<bool, Error> {
        let some = history.read(|reader| reader.gone("picture", GONE)).wait()?;
        let more = !some.is_empty();
        for hash in some {
            history
                .write_beside(move |writer| remove_bytes(writer, &hash))
                .wait()?;
        }
        self.wal |= more;
        Ok(more)
    }

    /// Forgets removed messages and conversations that cannot be brought back any more.
    pub fn removed(&mut self, history: &History) -> Result<bool, Error> {
        let ids = history.read(|reader| reader.past_return()).wait()?;
        let late = history.read(|reader| reader.late_in_bin()).wait()?;
        let more = !ids.is_empty() || !late.is_empty();
        for id in ids {
            history
                .write_beside(move |writer| writer.forget(&id))
                .wait()?;
        }
        for id in late {
            history
                .write_beside(move |writer| writer.erase_late(&id))
                .wait()?;
        }
        self.wal |= more;
        Ok(more)
    }

    /// Removes forgotten messages from the copies, all at once: those that go together
    /// refer to each other.
    pub fn messages(&mut self, history: &History) -> Result<bool, Error> {
        let ids = history
            .read(|reader| reader.gone("message", i64::MAX))
            .wait()?;
        if ids.is_empty() {
            return Ok(false);
        }
        for (_, copy) in copies::all(history.path()) {
            copies::remove_messages(&copy, &ids).map_err(|error| Error::storage(&copy, error))?;
        }
        history
            .write_beside(move |writer| {
                ids.iter().try_for_each(|id| writer.not_gone("message", id))
            })
            .wait()?;
        Ok(true)
    }

    /// Removes removed conversations from the copies.
    pub fn conversations(&mut self, history: &History) -> Result<bool, Error> {
        let ids = history
            .read(|reader| reader.gone("conversation", GONE))
            .wait()?;
        let more = !ids.is_empty();
        for id in ids {
            for (_, copy) in copies::all(history.path()) {
                copies::remove_conversation(&copy, &id)
                    .map_err(|error| Error::storage(&copy, error))?;
            }
            history
                .write_beside(move |writer| writer.not_gone("conversation", &id))
                .wait()?;
        }
        self.wal |= more;
        Ok(more)
    }

    /// Brings some of what changed into the index for search; one that is damaged is
    /// made anew. What was removed is purged when nothing else is written.
    pub fn index(&mut self, history: &History, idle: bool) -> Result<bool, Error> {
        let place = history.place();
        if place.index_damaged.swap(false, Ordering::Relaxed) {
            history.write_beside(|writer| writer.index_anew()).wait()?;
        }
        let did = history.write_beside(|writer| writer.index_some()).wait();
        let did = did.inspect_err(|error| place.index_trouble(error))?;
        if !did && idle {
            let purged = history.write_beside(|writer| writer.purge_index()).wait()?;
            self.wal |= purged;
        }
        Ok(did)
    }

    /// Empties `-wal` after something was removed: it holds pages as they were.
    pub fn wal(&mut self, history: &History) -> Result<bool, Error> {
        if self.wal {
            history
                .alone(|connection| Ok(empty_wal(connection)?))
                .wait()?;
            self.wal = false;
        }
        Ok(false)
    }

    /// After a run that did not close the history: removes files that no row names.
    pub fn files(&mut self, history: &History) -> Result<bool, Error> {
        if !self.unclean {
            return Ok(false);
        }
        let place = history.place();
        let files = match &mut self.files {
            Some(files) => files,
            files @ None => {
                let names = place.store.names();
                let names = names.map_err(|error| Error::storage(&place.path, error))?;
                files.insert(names.into_iter().collect())
            }
        };
        let some = files.split_off(files.len().saturating_sub(FILES));
        if some.is_empty() {
            self.unclean = false;
            return Ok(false);
        }
        history
            .write_beside(move |writer| {
                for name in &some {
                    remove_unknown(writer, name)?;
                }
                Ok(())
            })
            .wait()?;
        Ok(true)
    }

    /// Keeps the renditions within their bound, where some were kept since.
    pub fn renditions(&self, history: &History) -> Result<bool, Error> {
        if !history.place().renditions.swap(false, Ordering::Relaxed) {
            return Ok(false);
        }
        history
            .write_beside(|writer| writer.bound_renditions(RENDITIONS))
            .wait()
    }
}

/// Empties the pictures in copies that older versions made.
pub(crate) fn copies(history: &History) -> Result<bool, Error> {
    let due = history.read(|reader| reader.gone("copies", 1)).wait()?;
    if due.is_empty() {
        return Ok(false);
    }
    for (_, copy) in copies::all(history.path()) {
        copies::empty_pictures(&copy).map_err(|error| Error::storage(&copy, error))?;
    }
    history
        .write_beside(|writer| writer.not_gone("copies", ""))
        .wait()?;
    Ok(true)
}

/// Gives some freed pages back.
pub(crate) fn vacuum(history: &History) -> Result<bool, Error> {
    history
        .alone(|connection| {
            let free: i64 =
                connection.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
            if free == 0 {
                return Ok(false);
            }
            // Each step of it frees one page: it has to be stepped to its end.
            let mut freeing = connection.prepare(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
            let mut pages = freeing.query([])?;
            while pages.next()?.is_some() {}
            drop(pages);
            drop(freeing);
            let left: i64 =
                connection.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
            // A file that was begun without it cannot give any back.
            Ok(left < free && left > 0)
        })
        .wait()
}

fn remove_unknown(writer: &Writer<'_>, name: &str) -> Result<(), Error> {
    if let Some(run) = run_of_part(name) {
        if !writer.place.runs.is_alive(run) {
            writer.place.store.remove_part(name);
        }
        return Ok(());
    }
    if writer.with(|connection| Ok(is_known(connection, name)?))? {
        return Ok(());
    }
    let removed = writer.place.store.remove(name);
    removed.map_err(|error| Error::storage(&writer.place.path, error))
}

impl Reader<'_> {
    /// Runs that own a row.
    fn named_runs(&self) -> Result<BTreeSet<String>, Error> {
        self.with(|connection| {
            Ok(connection
                .prepare(
                    "SELECT run FROM message WHERE state = 'streaming' AND run IS NOT NULL
                     UNION SELECT run FROM key WHERE run IS NOT NULL
                     UNION SELECT run FROM waiting WHERE run <> ?",
                )?
                .query_map([UNSENT], |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
    }

    /// Names of what is noted as gone.
    fn gone(&self, kind: &'static str, limit: i64) -> Result<Vec<String>, Error> {
        self.with(|connection| {
            Ok(connection
                .prepare_cached("SELECT name FROM gone WHERE kind = ? LIMIT ?")?
                .query_map(rusqlite::params![kind, limit], |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
    }
}

impl Writer<'_> {
    /// It lies nowhere any more.
    fn not_gone(&self, kind: &'static str, name: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute("DELETE FROM gone WHERE kind = ? AND name = ?", [kind, name])?;
            Ok(())
        })
    }

    /// Ends what this run owned; `None` for what versions owned that named no run.
    fn end_run(&self, run: Option<&str>) -> Result<(), Error> {
        self.with(|connection| {
            pieces::fold_open(connection, run)?;
            connection.execute("DELETE FROM key WHERE kept = 'session' AND run IS ?", [run])?;
            let waited: Vec<String> = connection
                .prepare("DELETE FROM waiting WHERE run IS ? RETURNING hash")?
                .query_map([run], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            Ok(let_go(connection, waited.iter().map(String::as_str))?)
        })
    }
}
