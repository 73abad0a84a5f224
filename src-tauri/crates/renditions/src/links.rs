//! Links to pictures and videos: sent as they are, or fetched.

use std::time::Duration;

use accounts::Accounts;
use drawing::{Draw, Limits, Prepared};
use protocol::{ErrorCode, IpcError, Link};
use url::Url;
use wire::{FetchError, FetchLimits};

use crate::blocking::{WORK, blocking};

/// How much of a link is fetched.
const FETCHED: FetchLimits = FetchLimits {
    accept: "image/*",
    bytes: 20_000_000,
    time: Duration::from_secs(15),
};

/// Longest address that is taken: signed ones run to a few thousand characters.
const LONGEST: usize = 8 * 1024;

/// What an address that was dropped, pasted or typed names; `None` where the text
/// is no web address at all.
///
/// # Errors
/// [`ErrorCode::LinkNotRead`] for one that is not taken: `http` to another machine,
/// a user name in it, too long.
pub fn parse(text: &str) -> Option<Result<Link, IpcError>> {
    let text = text.trim();
    let (scheme, _) = text.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let host = match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => return None,
    };
    Some(if text.len() > LONGEST {
        Err(not_read(&host, "its address is too long", "too_long"))
    } else if !url.username().is_empty() || url.password().is_some() {
        Err(not_read(&host, "it holds a user name or password", "auth"))
    } else if url.scheme() == "http" && !is_here(&url) {
        Err(not_read(&host, "only https links are read", "scheme"))
    } else {
        Ok(Link {
            video: names_video(&url),
            url: written(text, &url, &host),
            host,
            refused: false,
        })
    })
}

/// The address as it was written, byte for byte: what is signed in it is signed as
/// it is spelt. Only the host is spelt as it is looked up, and what is no ASCII is
/// percent-encoded; an address that programs read in different ways is spelt anew.
fn written(text: &str, url: &Url, host: &str) -> String {
    let rest = text.split_once("://").map(|(_, rest)| rest);
    let (authority, rest) = rest.map_or(("", ""), |rest| {
        rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()))
    });
    let is_doubtful = |c: char| c == '\\' || c.is_ascii_control() || c.is_ascii_whitespace();
    if authority.is_empty() || text.contains(is_doubtful) {
        return url.as_str().to_owned();
    }
    let mut written = format!("{}://{host}", url.scheme());
    for c in rest.chars() {
        if c.is_ascii() {
            written.push(c);
        } else {
            let mut bytes = [0; 4];
            let encoded = c.encode_utf8(&mut bytes).bytes();
            written.extend(encoded.map(|byte| format!("%{byte:02X}")));
        }
    }
    written
}

/// Is it an address of this machine, by its spelling?
fn is_here(url: &Url) -> bool {
    url.host_str().is_some_and(wire::is_loopback)
}

fn names_video(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    [".mp4", ".mov", ".webm", ".avi", ".m4v"]
        .iter()
        .any(|ending| path.ends_with(ending))
}

/// The name of what a link leads to: the last part of its path, else its host.
pub fn name(link: &Link) -> String {
    let url = Url::parse(&link.url).ok();
    let last = url
        .as_ref()
        .and_then(|url| url.path_segments()?.next_back());
    match last {
        Some(name) if !name.is_empty() => name.chars().take(120).collect(),
        _ => link.host.clone(),
    }
}

/// The bytes that a link names.
///
/// # Errors
/// [`ErrorCode::LinkNotRead`] with the reason.
pub async fn bytes(accounts: &Accounts, link: &Link) -> Result<Vec<u8>, IpcError> {
    accounts.settle(&link.url).await?;
    let fetched = accounts.client().fetch(&link.url, FETCHED).await;
    Ok(fetched
        .map_err(|error| failed(&link.host, &error))?
        .to_vec())
}

/// Why what a link names is no picture.
pub fn unread(link: &Link, error: IpcError) -> IpcError {
    match error.code {
        ErrorCode::Storage => error,
        ErrorCode::NotAPicture => not_read(&link.host, "what it leads to is not a picture", "type"),
        _ => not_read(&link.host, &error.message, ""),
    }
}

/// The picture that a link names, fitted.
///
/// # Errors
/// [`ErrorCode::LinkNotRead`] with the reason, also for what is no picture.
pub async fn fetch(
    accounts: &Accounts,
    draw: &Draw,
    link: &Link,
    limits: &Limits,
) -> Result<Prepared, IpcError> {
    let bytes = bytes(accounts, link).await?;
    let (name, limits, draw) = (name(link), limits.clone(), draw.clone());
    let prepared = blocking(WORK, move || Ok(draw.prepare(&name, &bytes, &limits)?));
    prepared.await.map_err(|error| unread(link, error))
}

fn failed(host: &str, error: &FetchError) -> IpcError {
    let why = match error {
        FetchError::Address => "",
        FetchError::Network(_) => "network",
        FetchError::Scheme => "scheme",
        FetchError::Private => "private",
        FetchError::Redirect => "redirect",
        FetchError::Status(status) => {
            return not_read(host, &error.to_string(), "status").arg("status", status);
        }
        FetchError::Size(_) => "size",
        FetchError::Timeout(_) => "timeout",
    };
    not_read(host, &error.to_string(), why)
}

/// May the same link be read another time? A network that is away, a server that is
/// busy or down.
pub fn is_passing(error: &IpcError) -> bool {
    let arg = |name: &str| error.args.get(name).map(String::as_str);
    match arg("why") {
        Some("timeout" | "network") => true,
        Some("status") => {
            let status = arg("status").and_then(|status| status.parse::<u16>().ok());
            status.is_some_and(|status| status >= 500 || matches!(status, 408 | 425 | 429))
        }
        _ => error.code == ErrorCode::Storage,
    }
}

/// `why` is the page's name of the reason; empty where it has none.
pub fn not_read(host: &str, reason: &str, why: &str) -> IpcError {
    let message = format!(
        "The link to {host} cannot be used: {reason}. Save the picture and add the file instead."
    );
    let error = IpcError::new(ErrorCode::LinkNotRead, message)
        .arg("host", host)
        .arg("reason", reason);
    if why.is_empty() {
        error
    } else {
        error.arg("why", why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_a_path_and_never_holds_a_password() {
        let link = |text: &str| parse(text).unwrap().unwrap();
        let cat = link(" https://Pictures.example:8443/a/cat.PNG?x=1#y ");
        assert_eq!(cat.host, "pictures.example:8443");
        assert_eq!((cat.video, name(&cat).as_str()), (false, "cat.PNG"));
        assert!(link("https://a.example/b/film.MP4?sign=1").video);
        assert!(!link("http://localhost:3000/a.png").video);
        assert_eq!(name(&link("https://a.example/")), "a.example");
        for path in [
            "/home/a/cat.png",
            "C:\\cat.png",
            "cat.png",
            "ftp://a/b",
            "https:///",
            "",
        ] {
            assert!(parse(path).is_none(), "{path}");
        }
        for (text, why) in [
            ("http://pictures.example/cat.png", "scheme"),
            ("http://192.168.1.1/cat.png", "scheme"),
            ("https://me:pw@a.example/cat.png", "auth"),
        ] {
            let error = parse(text).unwrap().unwrap_err();
            assert_eq!(error.code, ErrorCode::LinkNotRead);
            assert_eq!(error.args["why"], why, "{text}");
            assert!(!error.message.contains("pw"), "{error}");
        }
        let long = format!("https://a.example/{}", "a".repeat(9000));
        assert!(parse(&long).unwrap().is_err());
    }

    #[test]
    fn an_address_is_sent_as_it_was_written() {
        for text in [
            "https://a.example/a%2Bb%2Fc%23d%26e%3D%20f.png?sig=a%2Bb%2F%3D&q=a+b&r=%2b",
            "https://a.example/a+b,c;d='e'(f)!~*$@:[g]|h^i{j}.png?k={l}|'m'",
            "https://a.example/x/../y/./%2e%2E/z.png#a%2Fb",
            "https://a.example:8443?no=slash",
            "https://a.example/100%.png?%zz=%",
            "https://[2001:db8::1]/a%2Fb.png",
        ] {
            assert_eq!(parse(text).unwrap().unwrap().url, text);
        }
        // What must be spelt anew: hosts, what is no ASCII, and what programs that read
        // it could take for another host.
        for (text, sent) in [
            (
                "HTTPS://Bücher.Example/猫%2B.png?q=é+%C3%A9",
                "https://xn--bcher-kva.example/%E7%8C%AB%2B.png?q=%C3%A9+%C3%A9",
            ),
            ("https://A.Example:443/B%2b", "https://a.example/B%2b"),
            (
                "https://a.example\\@b.example/c",
                "https://a.example/@b.example/c",
            ),
            ("https:////a.example/b%2B", "https://a.example/b%2B"),
        ] {
            assert_eq!(parse(text).unwrap().unwrap().url, sent, "{text}");
        }
    }
}
