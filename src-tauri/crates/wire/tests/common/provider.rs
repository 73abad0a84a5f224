//! A provider on a loopback port that says what it is told to.

use std::io::{Error, ErrorKind, Result};

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A loopback port to answer on, and the base URL that leads there.
///
/// # Errors
/// When the system has no port to give.
pub async fn listen() -> Result<(TcpListener, String)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/v1", listener.local_addr()?);
    Ok((listener, url))
}

/// Reads one request: its head and its body.
///
/// # Errors
/// When it breaks off, or its head is no text.
pub async fn request(socket: &mut TcpStream) -> Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        more(socket, &mut bytes).await?;
    };
    let body = bytes.split_off(end);
    let head =
        String::from_utf8(bytes).map_err(|error| Error::new(ErrorKind::InvalidData, error))?;
    let length = head.lines().find_map(|line| {
        let line = line.to_ascii_lowercase();
        line.strip_prefix("content-length:")?.trim().parse().ok()
    });
    let mut body = body;
    while body.len() < length.unwrap_or(0) {
        more(socket, &mut body).await?;
    }
    Ok((head, body))
}

async fn more(socket: &mut TcpStream, bytes: &mut Vec<u8>) -> Result<()> {
    match socket.read_buf(bytes).await? {
        0 => Err(Error::new(
            ErrorKind::UnexpectedEof,
            "the request broke off",
        )),
        _ => Ok(()),
    }
}

/// Takes one request and answers with these bytes, in these pieces, then closes.
///
/// # Errors
/// When the request cannot be read.
pub async fn answer(listener: &TcpListener, pieces: &[Bytes]) -> Result<(String, Vec<u8>)> {
    let (mut socket, _) = listener.accept().await?;
    socket.set_nodelay(true)?;
    let got = request(&mut socket).await?;
    for piece in pieces {
        // The client may have read enough and gone.
        if socket.write_all(piece).await.is_err() {
            return Ok(got);
        }
        tokio::task::yield_now().await;
    }
    let _ = socket.shutdown().await;
    Ok(got)
}
