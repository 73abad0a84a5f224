//! Copies of the rows as they were before a migration: `<file>.v<n>.bak`, without
//! pictures and the index for search, the last five of them. What is removed from the
//! history is removed from them, too.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::Error;
use crate::error::Inner;
use crate::files::beside;
use crate::files::make_private;
use crate::old;

/// Copies that are kept.
const KEPT: usize = 5;

/// Copies all rows of a file of this format, pictures left empty.
pub(crate) fn make(from: &Connection, path: &Path, version: i64) -> Result<(), Inner> {
    let copy = beside(path, &format!(".v{version}.bak"));
    let unfinished = beside(&copy, ".part");
    let failed = |error: std::io::Error| Error::storage(&copy, error);
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(failed(error).into());
        }
        _ => {}
    }
    make_private(&unfinished).map_err(failed)?;
    from.execute(
        "ATTACH ? AS copy",
        [unfinished.to_string_lossy().into_owned()],
    )?;
    let copied = copy_rows(from);
    from.execute_batch("DETACH copy")?;
    copied?;
    std::fs::rename(&unfinished, &copy).map_err(failed)?;
    for (_, old) in all(path).into_iter().rev().skip(KEPT) {
        std::fs::remove_file(&old).map_err(failed)?;
    }
    Ok(())
}

fn copy_rows(from: &Connection) -> Result<(), Inner> {
    // A damaged page among pictures costs their facts, in the copy as in the file. It
    // is met outside of the transaction, which SQLite would not commit after it.
    let damaged = old::damaged(from);
    from.execute_batch("BEGIN")?;
    let copied = copy_tables(from, &damaged);
    let end = if copied.is_ok() { "COMMIT" } else { "ROLLBACK" };
    from.execute_batch(end)?;
    copied
}

fn copy_tables(from: &Connection, damaged: &[&str]) -> Result<(), Inner> {
    let tables: Vec<(String, String)> = from
        .prepare(
            "SELECT name, sql FROM main.sqlite_schema
             WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                 AND name <> 'search' AND name NOT LIKE 'search!_%' ESCAPE '!'
             ORDER BY rowid",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (name, sql) in &tables {
        copy_table(from, name, sql, damaged)?;
    }
    for pragma in ["user_version", "application_id"] {
        let value: i64 = from.pragma_query_value(None, pragma, |row| row.get(0))?;
        from.pragma_update(Some("copy"), pragma, value)?;
    }
    Ok(())
}

fn copy_table(from: &Connection, name: &str, sql: &str, damaged: &[&str]) -> Result<(), Inner> {
    let Some(rest) = sql.strip_prefix("CREATE TABLE ") else {
        return Err(Error::storage(Path::new(name), "nothing copies this table").into());
    };
    from.execute_batch(&format!("CREATE TABLE copy.{rest}"))?;
    if damaged.contains(&name) {
        return Ok(());
    }
    let columns = columns(from, name)?;
    let names: Vec<String> = columns.iter().map(|(name, _)| quoted(name)).collect();
    let value = |(name, is_blob): &(String, bool)| {
        if *is_blob {
            "x''".to_owned()
        } else {
            quoted(name)
        }
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    let (name, names, values) = (quoted(name), names.join(", "), values.join(", "));
    from.execute_batch(&format!(
        "INSERT INTO copy.{name} ({names}) SELECT {values} FROM main.{name}"
    ))?;
    Ok(())
}

/// Names of a table's columns, and whether they hold bytes.
fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<(String, bool)>> {
    connection
        .prepare("SELECT name, type FROM pragma_table_info(?)")?
        .query_map([table], |row| {
            let kind: String = row.get(1)?;
            Ok((row.get(0)?, kind.eq_ignore_ascii_case("blob")))
        })?
        .collect()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The copies beside a file, oldest format first.
pub(crate) fn all(path: &Path) -> Vec<(i64, PathBuf)> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Vec::new();
    };
    let start = format!("{}.v", name.to_string_lossy());
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut copies: Vec<(i64, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix(&start)?.strip_suffix(".bak")?;
            Some((version.parse().ok()?, entry.path()))
        })
        .collect();
    copies.sort();
    copies
}

/// Empties every picture in a copy that an older version made with them.
///
/// # Errors
/// SQLite's.
pub(crate) fn empty_pictures(copy: &Path) -> rusqlite::Result<()> {
    let connection = open(copy)?;
    let tables: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for table in tables {
        for (column, _) in columns(&connection, &table)?
            .iter()
            .filter(|(_, blob)| *blob)
        {
            let (table, column) = (quoted(&table), quoted(column));
            connection.execute_batch(&format!("UPDATE {table} SET {column} = x''"))?;
        }
    }
    connection.execute_batch("VACUUM")?;
    connection.close().map_err(|(_, error)| error)
}

/// Removes a conversation from a copy, whatever its format.
///
/// # Errors
/// SQLite's.
pub(crate) fn remove_conversation(copy: &Path, id: &str) -> rusqlite::Result<()> {
    let connection = open(copy)?;
    connection.execute("DELETE FROM conversation WHERE id = ?", [id])?;
    connection.close().map_err(|(_, error)| error)
}

/// Removes messages from a copy, whatever its format. A conversation that is shown up to
/// one of them shows nothing then, and one that is left without any has no title.
///
/// # Errors
/// SQLite's.
pub(crate) fn remove_messages(copy: &Path, ids: &[String]) -> rusqlite::Result<()> {
    let mut connection = open(copy)?;
    let transaction = connection.transaction()?;
    for id in ids {
        let conversation: Option<String> = transaction
            .prepare_cached("DELETE FROM message WHERE id = ? RETURNING conversation")?
            .query_map([id], |row| row.get(0))?
            .next()
            .transpose()?;
        transaction
            .prepare_cached(
                "UPDATE conversation SET title = '' WHERE id = ?1
                 AND NOT EXISTS (SELECT 1 FROM message WHERE conversation = ?1)",
            )?
            .execute([conversation])?;
    }
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)
}

/// Opens a copy so that nothing that is removed from it stays in it or beside it.
fn open(copy: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(copy, flags)?;
    connection.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))?;
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}
