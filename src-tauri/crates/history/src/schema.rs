use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, TransactionBehavior};

use crate::Error;
use crate::error::Inner;
use crate::open::make_private;

/// The file's format is the number of these that it went through
/// (`user_version`). Never change one that was released: add another.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001.sql"),
    include_str!("../migrations/0002.sql"),
    include_str!("../migrations/0003.sql"),
];

/// Brings the file to the newest format. A copy named `<file>.v<n>.bak` of what
/// was there before is made first, once for each format; a file that is begun now
/// needs none.
pub(crate) fn migrate(
    connection: &mut Connection,
    path: Option<&Path>,
    migrations: &[&str],
) -> Result<(), Inner> {
    let mut version = version(connection)?;
    let path = path.filter(|_| version > 0);
    while let Some(sql) = usize::try_from(version)
        .ok()
        .and_then(|done| migrations.get(done))
    {
        if let Some(path) = path {
            copy(connection, path, version)?;
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(sql)?;
        version += 1;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

/// The format of a file; 0 for one that is empty.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// The newest format that is known here.
pub(crate) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn copy(connection: &Connection, path: &Path, version: i64) -> Result<(), Inner> {
    let copy = beside(path, &format!(".v{version}.bak"));
    let unfinished = beside(path, &format!(".v{version}.bak.part"));
    let failed = |error: std::io::Error| Error::storage(&copy, error);
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(failed(error).into());
        }
        _ => {}
    }
    make_private(&unfinished).map_err(failed)?;
    let mut target = Connection::open(&unfinished)?;
    Backup::new(connection, &mut target)?.run_to_completion(1024, Duration::ZERO, None)?;
    target.close().map_err(|(_, error)| error)?;
    std::fs::rename(&unfinished, &copy).map_err(failed)?;
    Ok(())
}

/// The path with something added to the file's name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn each_migration_is_preceded_by_a_copy_and_runs_once() {
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
        assert_eq!(
            names(folder.path()),
            ["dragoman.db", "dragoman.db.v1.bak", "dragoman.db.v2.bak"]
        );
        for (copy, column, expected) in [(".v1.bak", "x", "kept"), (".v2.bak", "y", "kept!")] {
            let copy = Connection::open(beside(&path, copy)).unwrap();
            let sql = format!("SELECT {column} FROM a");
            let value: String = copy.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert_eq!(value, expected);
        }
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
