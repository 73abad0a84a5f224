//! What went wrong on the way: the network, a proxy, or a certificate.

use std::error::Error as StdError;
use std::time::Duration;

use crate::error::Error;

/// Where a request was going when it failed.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// The provider's host.
    pub host: String,
    /// Host and port of the proxy it goes through.
    pub proxy: Option<String>,
    /// To an `https` address.
    pub tls: bool,
    /// How long a connection may take.
    pub connect: Duration,
    /// It asks for an answer that is billed, and not for a list.
    pub billed: bool,
}

/// Who a failed connection is owed to. reqwest and hyper-util keep the types of
/// their proxy errors to themselves, so the words they begin with have to tell;
/// the tests hold these against real proxies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The CONNECT request to an HTTP proxy.
    Tunnel,
    /// The conversation with a SOCKS proxy.
    Socks,
    /// Looking the provider's name up before asking a SOCKS proxy.
    Lookup,
    /// Anything else.
    Other,
}

impl Way {
    /// The typed error of an answer that stopped: broken off, or packed wrongly.
    pub fn broken(&self, error: &reqwest::Error) -> Error {
        let inner = bottom(error).downcast_ref::<std::io::Error>();
        let garbled = inner.filter(|io| {
            use std::io::ErrorKind::{InvalidData, InvalidInput, Other};
            let tls = io.get_ref().is_some_and(|e| e.is::<rustls::Error>());
            matches!(io.kind(), InvalidData | InvalidInput | Other) && !tls
        });
        match garbled {
            Some(_) => Error::BadAnswer {
                reason: "it is packed or framed wrongly, so that it cannot be read on".into(),
            },
            // An answer had begun: the request was sent.
            None => self.failure(error).after(self.billed),
        }
    }

    /// The typed error of a request that failed on the network.
    pub fn failure(&self, error: &reqwest::Error) -> Error {
        let step = step(error);
        let proxy = self.proxy.as_ref().filter(|_| error.is_connect());
        let at_proxy = proxy.filter(|_| match step {
            Step::Tunnel | Step::Socks => true,
            Step::Lookup => false,
            // Without TLS of its own a request is handed to the proxy as it is.
            Step::Other => !self.tls || error.is_timeout(),
        });
        let host = at_proxy.unwrap_or(&self.host).clone();
        if let Some(reason) = certificate(error) {
            return Error::Certificate { host, reason };
        }
        let reason = if error.is_connect() && error.is_timeout() {
            format!("no connection within {} seconds", self.connect.as_secs())
        } else {
            innermost(error)
        };
        if at_proxy.is_none() {
            let (why, reason) = plain(reason);
            return Error::Network {
                host,
                reason,
                why,
                sent: false,
            };
        }
        let words = reason.trim_start_matches("tunnel error: ");
        let words = words.trim_start_matches("SOCKS error: ");
        match words {
            "proxy authorization required"
            | "credentials not accepted"
            | "server does not support user/pass authentication"
            | "server implements authentication incorrectly" => sign_in(host),
            "failed to create underlying connection" => Error::Proxy {
                host,
                reason: "no connection to it".into(),
                refused: false,
            },
            "unsuccessful" => Error::Proxy {
                host,
                reason: format!("it does not connect to {}", self.host),
                refused: false,
            },
            words => Error::Proxy {
                host,
                reason: words.to_owned(),
                refused: false,
            },
        }
    }

    /// The error of a connection that did not outlive a sleep of the computer.
    pub fn slept(&self) -> Error {
        Error::Network {
            host: self.host.clone(),
            reason: "the computer slept, and the connection did not outlive it".into(),
            why: Some("slept"),
            sent: self.billed,
        }
    }

    /// The error of an answer of status 407, which only a proxy sends.
    pub fn sign_in(&self) -> Error {
        sign_in(self.proxy.clone().unwrap_or_else(|| self.host.clone()))
    }
}

/// A broken connection in words for a person, where those of the libraries (hyper, h2,
/// rustls, which keep the types of these errors to themselves) are none.
fn plain(words: String) -> (Option<&'static str>, String) {
    const CLOSED: &[&str] = &[
        "connection closed before message completed",
        "unexpected eof",
        "unexpected end of file",
        "close_notify",
        "early eof",
        "end of file before message length reached",
        "operation was canceled",
        "channel closed",
    ];
    const BROKEN: &[&str] = &["stream error", "connection error", "http2 error", "goaway"];
    let lower = words.to_lowercase();
    if CLOSED.iter().any(|known| lower.contains(known)) {
        let said = "the other side closed the connection in the middle";
        return (Some("closed"), said.to_owned());
    }
    if BROKEN.iter().any(|known| lower.contains(known)) {
        let said = "the other side broke the connection off";
        return (Some("reset"), said.to_owned());
    }
    (None, words)
}

fn sign_in(host: String) -> Error {
    Error::Proxy {
        host,
        reason: "it wants a user name and a password, or refused those it got".into(),
        refused: true,
    }
}

fn step(error: &reqwest::Error) -> Step {
    let mut next = error.source();
    while let Some(error) = next {
        let words = error.to_string();
        if words.starts_with("tunnel error") {
            return Step::Tunnel;
        }
        if words.starts_with("SOCKS error") {
            return Step::Socks;
        }
        if words == "error resolving for socks proxy" {
            return Step::Lookup;
        }
        next = error.source();
    }
    Step::Other
}

/// Why a certificate was refused, where that is what went wrong.
fn certificate(error: &(dyn StdError + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        let inner = match error.downcast_ref::<std::io::Error>() {
            // Its `source` skips the error it wraps.
            Some(io) => io.get_ref().map(|e| e as &(dyn StdError + 'static)),
            None => None,
        };
        for error in [Some(error), inner].into_iter().flatten() {
            if let Some(rustls::Error::InvalidCertificate(why)) = error.downcast_ref() {
                return Some(why.to_string());
            }
        }
        next = inner.or_else(|| error.source());
    }
    None
}

/// The words of the error at the bottom, which names the cause and not the URL.
pub(crate) fn innermost(error: &(dyn StdError + 'static)) -> String {
    bottom(error).to_string()
}

fn bottom<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_certificate_is_told_from_other_failures() {
        let wrap = |error: rustls::Error| std::io::Error::other(std::io::Error::other(error));
        let refused = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        let why = certificate(&wrap(refused));
        assert!(why.is_some_and(|why| why.to_lowercase().contains("expired")));
        assert_eq!(certificate(&wrap(rustls::Error::DecryptError)), None);
    }
}
