//! A folder of files as a site on the loopback: the page's fake build, for a browser.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, ensure};

/// A site that is served until the test ends.
#[derive(Debug)]
pub struct Site {
    port: u16,
}

impl Site {
    /// Serves a folder on a free port; `/` is its `index.html`.
    ///
    /// # Errors
    /// When there is no such file, or no port.
    pub fn serve(folder: &Path) -> Result<Self> {
        ensure!(
            folder.join("index.html").is_file(),
            "{} is missing; cargo xtask test builds it",
            folder.display()
        );
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let folder = folder.to_owned();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let folder = folder.clone();
                // A browser that goes away in the middle takes nothing of the test along.
                thread::spawn(move || drop(answer(stream, &folder)));
            }
        });
        Ok(Self { port })
    }

    /// The address of a place in it, `?scene=chat` for example.
    pub fn url(&self, rest: &str) -> String {
        format!("http://127.0.0.1:{}/{rest}", self.port)
    }
}

/// Answers one request, and closes.
fn answer(mut stream: TcpStream, folder: &Path) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let target = first.split(' ').nth(1).context("a request has a target")?;
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let found = inside(folder, path).and_then(|file| Some((fs::read(&file).ok()?, file)));
    let (status, kind, body) = match &found {
        Some((bytes, file)) => ("200 OK", kind(file), bytes.as_slice()),
        None => ("404 Not Found", "text/plain", b"".as_slice()),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)?;
    Ok(())
}

/// The file that a path of a request names, if it is in the folder.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = path.trim_start_matches('/');
    let path = Path::new(if path.is_empty() { "index.html" } else { path });
    path.components()
        .all(|part| matches!(part, Component::Normal(_)))
        .then(|| folder.join(path))
}

/// What a browser must be told of a file: it runs no module of another type.
fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|end| end.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
