//! Homes on the disk: one of an old version with many pictures, and what is there
//! between two runs.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use protocol::Settings;
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::pictures::{encode, photo};

use crate::seen::Found;

/// The newest format that kept pictures in the database.
const OLD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/upgrade/3/clean");

/// Pictures that are added to it, of about 300 KB each.
const ADDED: u32 = 24;

/// What a home holds when nobody has it open.
#[derive(Debug, Default)]
pub struct Disk {
    /// What is not as it must be.
    pub wrong: Vec<String>,
    /// Hashes of the pictures and videos that are there, wherever they are.
    pub hashes: HashSet<String>,
    /// How many of them are in the database.
    pub blobs: usize,
}

/// The added pictures, made once.
pub fn pictures() -> Result<Vec<Vec<u8>>> {
    let one = |seed| encode(&photo(1600, 1200, seed), image::ImageFormat::Jpeg);
    (0..ADDED).map(one).collect()
}

/// Puts a home of the old version at `home`, with these pictures; what it holds.
pub fn old(home: &Path, pictures: &[Vec<u8>]) -> Result<Found> {
    for entry in fs::read_dir(Path::new(OLD).join("home"))? {
        let entry = entry?;
        fs::copy(entry.path(), home.join(entry.file_name()))?;
    }
    let mut found = expected()?;
    let mut database = Connection::open(home.join("dragoman.db"))?;
    let write = database.transaction()?;
    write.execute(
        "INSERT INTO conversation (id, title, head, created_at, updated_at)
         VALUES ('many', 'Many', 'many-1', 1, 1)",
        [],
    )?;
    write.execute(
        "INSERT INTO message (id, conversation, role, state, text, created_at)
         VALUES ('many-1', 'many', 'user', 'complete', 'Many', 1)",
        [],
    )?;
    let mut parts = Vec::new();
    for (position, bytes) in (0_i64..).zip(pictures) {
        let hash = hash(bytes);
        write.execute(
            "INSERT INTO picture (hash, mime, width, height, bytes, created_at, data)
             VALUES (?1, 'image/jpeg', 1600, 1200, length(?2), 1, ?2)",
            params![hash, bytes],
        )?;
        write.execute(
            "INSERT INTO part (message, position, kind, picture, name, master)
             VALUES ('many-1', ?1, 'picture', ?2, 'a.jpg', ?2)",
            params![position, hash],
        )?;
        parts.push(json!({ "hash": hash, "master": hash }));
    }
    write.commit()?;
    found.conversations.push(json!({
        "id": "many", "title": "Many",
        "messages": [{ "id": "many-1", "role": "user", "text": "Many", "pictures": parts }],
    }));
    Ok(found)
}

/// What the fixture's own list says that it holds, as far as it is looked at here.
fn expected() -> Result<Found> {
    let text = fs::read_to_string(Path::new(OLD).join("expect.json"))?;
    let expected: Value = serde_json::from_str(&text)?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let message = |message: &Value| {
        let shown = list(&message["parts"]).into_iter();
        let pictures: Vec<Value> = shown
            .filter(|part| part["picture"].is_string())
            .map(|part| {
                let master = part["master"].as_str().unwrap_or_default();
                json!({ "hash": part["picture"], "master": master })
            })
            .collect();
        json!({
            "id": message["id"], "role": message["role"], "state": message["state"],
            "text": message["text"], "pictures": pictures,
        })
    };
    let conversation = |one: Value| {
        let branch = list(&one["branch"]);
        let messages = list(&one["messages"]).into_iter();
        let messages = messages.filter(|message| branch.contains(&message["id"]));
        let messages: Vec<Value> = messages.map(|one| message(&one)).collect();
        json!({ "id": one["id"], "title": one["title"], "messages": messages })
    };
    let conversations = list(&expected["conversations"]).into_iter();
    Ok(Found {
        conversations: conversations.map(conversation).collect(),
        settings: known_since(&expected["settings"])?,
        notices: Vec::new(),
    })
}

/// Looks at a copy of a home, so that the next run finds the home as the kill left it.
pub fn look(home: &Path) -> Result<Disk> {
    let mut disk = Disk::default();
    let copy = tempfile::tempdir()?;
    for name in ["dragoman.db", "dragoman.db-wal"] {
        if home.join(name).is_file() {
            fs::copy(home.join(name), copy.path().join(name))?;
        }
    }
    let database = Connection::open(copy.path().join("dragoman.db"))?;
    let says: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if says != "ok" {
        disk.wrong.push(format!("integrity_check: {says}"));
    }
    for table in tables_of_bytes(&database)? {
        let mut rows = database.prepare(&format!("SELECT hash, data FROM \"{table}\""))?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            disk.holds(row.get(0)?, &row.get::<_, Vec<u8>>(1)?);
            disk.blobs += 1;
        }
    }
    for file in files(&home.join("pictures"))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        // A temporary file that a kill left behind is nobody's.
        let named = name
            .get(..64)
            .filter(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if let Some(hash) = named.filter(|_| !name.ends_with(".part")) {
            disk.holds(hash.to_owned(), &fs::read(&file)?);
        }
    }
    Ok(disk)
}

impl Disk {
    fn holds(&mut self, named: String, bytes: &[u8]) {
        if hash(bytes) == named {
            self.hashes.insert(named);
        } else {
            self.wrong.push(format!("{named} is not what it was"));
        }
    }
}

/// Tables that hold pictures or videos, as every format that did named their columns.
fn tables_of_bytes(database: &Connection) -> Result<Vec<String>> {
    let mut tables = database.prepare(
        "SELECT t.name FROM sqlite_schema t
         WHERE t.type = 'table'
           AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE name = 'hash')
           AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE name = 'data')",
    )?;
    let names = tables.query_map([], |row| row.get(0))?;
    names.collect::<Result<_, _>>().context("tables of bytes")
}

/// Every file in a folder and its folders; none where there is no such folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    if !folder.is_dir() {
        return Ok(all);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            all.extend(files(&path)?);
        } else {
            all.push(path);
        }
    }
    Ok(all)
}

fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The settings of an older version, with what came since as it is at first.
fn known_since(older: &Value) -> Result<Value> {
    let mut settings = serde_json::to_value(Settings::default())?;
    for (name, value) in older.as_object().context("settings")? {
        settings[name] = value.clone();
    }
    Ok(settings)
}
