//! Backups of a home with many pictures.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, ensure};
use backup::{Folder, Made, Source, make};
use history::History;
use protocol::Settings;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use super::home;
use crate::figures::{median, milliseconds};

/// Pictures of the home, and the bytes of each.
pub const PICTURES: usize = 20_000;
const PICTURE: usize = 4_096;

/// Backups of the unchanged home.
const RUNS: usize = 5;

/// What it takes.
pub struct Backups {
    /// The first, in milliseconds.
    pub first: f64,
    /// One of the unchanged home after that, median.
    pub unchanged: f64,
}

/// Measures them.
///
/// # Errors
/// When a home cannot be made, or no backup of it.
pub fn backups(folder: &Path) -> Result<Backups> {
    let (home, backups) = (folder.join("home"), folder.join("backups"));
    fs::create_dir_all(&backups)?;
    write(&home)?;
    let history = History::open(&home.join("dragoman.db"))?.history;
    let at = protocol::dates::now();
    let first = once(&history, &home, &backups, at)?;
    ensure!(first.1.new_pictures == PICTURES as u64, "{:?}", first.1);
    let mut unchanged = Vec::new();
    for run in 1..=RUNS {
        let at = at + run as i64 * 1_000;
        let (took, made) = once(&history, &home, &backups, at)?;
        ensure!(made.new_pictures == 0, "{made:?}");
        unchanged.push(took);
    }
    history.close().wait()?;
    Ok(Backups {
        first: first.0,
        unchanged: median(unchanged.into_iter()),
    })
}

fn once(history: &History, home: &Path, folder: &Path, at: i64) -> Result<(f64, Made)> {
    let source = Source {
        history,
        home,
        settings: &Settings::default(),
        app: "bench",
        id: "bench",
    };
    let begun = Instant::now();
    let made = make(&Folder::for_home(folder, home)?, &source, at, &mut |_| true)?;
    Ok((milliseconds(begun), made))
}

/// A home of as many conversations as pictures, with one each.
fn write(home: &Path) -> Result<()> {
    let history = History::open(&home.join("dragoman.db"))?.history;
    history
        .write(|w| (0..PICTURES).try_for_each(|_| home::conversation(w, 2).map(drop)))
        .wait()?;
    history.close().wait()?;
    let pictures = home.join("pictures");
    fs::create_dir_all(&pictures)?;
    let mut file = Connection::open(home.join("dragoman.db"))?;
    let transaction = file.transaction()?;
    let mut bytes = vec![0_u8; PICTURE];
    for number in 0..PICTURES {
        fastrand::Rng::with_seed(number as u64).fill(&mut bytes);
        let digest = Sha256::digest(&bytes);
        let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        transaction.execute(
            "INSERT INTO picture VALUES (?, 'image/png', 1, 1, ?, 1)",
            params![hash, PICTURE as i64],
        )?;
        transaction.execute(
            "INSERT INTO part (message, position, kind, picture, name)
             SELECT id, 0, 'picture', ?2, 'a.png' FROM message WHERE seq = 2 * ?1 + 1",
            params![number as i64, hash],
        )?;
        fs::write(pictures.join(hash), &bytes)?;
    }
    transaction.commit()?;
    file.close().map_err(|(_, error)| error)?;
    Ok(())
}
