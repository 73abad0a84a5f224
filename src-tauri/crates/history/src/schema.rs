use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::error::Inner;
use crate::{Error, copies, old};

/// The file's format is the number of these that it went through
/// (`user_version`). Never change one that was released: add another.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001.sql"),
    include_str!("../migrations/0002.sql"),
    include_str!("../migrations/0003.sql"),
    include_str!("../migrations/0004.sql"),
    include_str!("../migrations/0005.sql"),
    include_str!("../migrations/0006.sql"),
    SEARCH,
    include_str!("../migrations/0008.sql"),
    LISTS,
    include_str!("../migrations/0010.sql"),
    include_str!("../migrations/0011.sql"),
];

/// Makes the index for search, or makes it anew.
pub(crate) const SEARCH: &str = include_str!("../migrations/0007.sql");

/// The indexes of the lists: without them these are the same, only slower.
const LISTS: &str = include_str!("../migrations/0009.sql");

/// Brings the file to the newest format, with foreign keys off. A copy of what was
/// there before is made first (see [`copies`]); a file that is begun now needs none.
pub(crate) fn migrate(
    connection: &mut Connection,
    path: Option<&Path>,
    migrations: &[&str],
) -> Result<(), Inner> {
    let found = version(connection)?;
    let mut version = found;
    let path = path.filter(|_| found > 0);
    // A table that is rebuilt under its old name keeps what refers to it.
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, true)?;
    while let Some(&sql) = usize::try_from(version)
        .ok()
        .and_then(|done| migrations.get(done))
    {
        // As it was found: what lies between is nobody's.
        if let Some(path) = path.filter(|_| version == found) {
            copies::make(connection, path, version)?;
        }
        let moves = version + 1 == old::FORMAT;
        let facts = moves.then(|| old::Facts::read(connection)).transpose()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let ran = transaction.execute_batch(sql);
        // New tables and indexes take the place of pages that are moved: where what leads to
        // those is damaged there are none, and all else is there.
        let transaction = match ran {
            Err(error) if [SEARCH, LISTS].contains(&sql) && is_damage(&error) => {
                transaction.rollback()?;
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?
            }
            ran => {
                ran?;
                transaction
            }
        };
        version += 1;
        if let Some(facts) = facts {
            old::take_over(&transaction, facts)?;
        }
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, false)?;
    Ok(())
}

/// Is a page of the file not what it should be?
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt)
}

/// The format of a file; 0 for one that is empty.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// The newest format that is known here.
pub(crate) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Written by a newer version?
pub(crate) fn check_not_newer(path: &Path, found: i64) -> Result<(), Error> {
    if found > newest() {
        return Err(Error::Newer {
            path: path.to_owned(),
            found,
            known: newest(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::beside;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn migrations_are_preceded_by_a_copy_and_run_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dragoman.db");
        let mut connection = Connection::open(&path).unwrap();
        let steps = [
            "CREATE TABLE a (x TEXT) STRICT; INSERT INTO a VALUES ('kept');",
            "ALTER TABLE a ADD COLUMN y TEXT; UPDATE a SET y = x || '!';",
            "DROP TABLE a;",
        ];
        migrate(&mut connection, Some(&path), &steps[..1]).unwrap();
        assert_eq!(names(folder.path()), ["dragoman.db"]);
        migrate(&mut connection, Some(&path), &steps).unwrap();
        migrate(&mut connection, Some(&path), &steps).unwrap();
        assert_eq!(version(&connection).unwrap(), 3);
        // Of what was found, not of each step.
        assert_eq!(names(folder.path()), ["dragoman.db", "dragoman.db.v1.bak"]);
        let copy = Connection::open(beside(&path, ".v1.bak")).unwrap();
        let value: String = copy
            .query_row("SELECT x FROM a", [], |row| row.get(0))
            .unwrap();
        assert_eq!(value, "kept");
        assert_eq!(version(&copy).unwrap(), 1);
    }

    #[test]
    fn a_migration_that_fails_leaves_the_format_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dragoman.db");
        let mut connection = Connection::open(&path).unwrap();
        let steps = ["CREATE TABLE a (x TEXT) STRICT;", "DROP TABLE a; NONSENSE;"];
        assert!(migrate(&mut connection, Some(&path), &steps).is_err());
        assert_eq!(version(&connection).unwrap(), 1);
        connection
            .execute("INSERT INTO a VALUES ('x')", [])
            .unwrap();
    }
}
